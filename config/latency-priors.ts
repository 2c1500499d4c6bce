// Published latencies of bridges: facts with their source, in latency-priors.json.
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { readJson } from './document.ts'

const seconds = z.number().positive()

const lane = z
  .strictObject({
    bridge: z.string().min(1),
    from: z.string().min(1),
    to: z.string().min(1),
    transfers: z.int().positive(),
    q1: seconds,
    median: seconds,
    q3: seconds,
  })
  .refine(({ q1, median, q3 }) => q1 <= median && median <= q3, 'expected quartiles in order')

const schema = z.strictObject({
  source: z.string().min(1),
  licence: z.string().min(1),
  period: z.string().min(1),
  meaning: z.string().min(1),
  lanes: z.array(lane).min(1),
})

/** Quartiles in seconds from sending to arrival on one lane of one bridge. */
export type PublishedLane = z.infer<typeof lane>

/** All lanes with where they are from. */
export type LatencyPriors = z.infer<typeof schema>

/** Reads the published latencies that come with the program. */
export const latencyPriors = (file = fileURLToPath(new URL('./latency-priors.json', import.meta.url))): LatencyPriors =>
  readJson(file, schema)

/** One lane; undefined where nobody published one. */
export const publishedLane = (
  { lanes }: LatencyPriors,
  bridge: string,
  from: string,
  to: string,
): PublishedLane | undefined => lanes.find((one) => one.bridge === bridge && one.from === from && one.to === to)

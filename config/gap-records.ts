// The lines that a gap's evidence is kept in: one record per line, bare, as an event or in a journal.
import { z } from 'zod'
import type { GapRecord } from '../agent/domain/gap-record.ts'
import { chainId, instant } from '../agent/domain/units.ts'

const finite = z.number()
const odds = finite.min(0).max(1)
const level = z.object({ alpha: finite.gt(0).lt(1), VaR: finite, ES: finite })

const forecast = z.object({
  id: z.string(),
  at: finite.transform(instant),
  modelledAt: finite,
  engine: z.int().transform(chainId),
  vault: z.string(),
  collateral: z.int(),
  feed: z.int(),
  state: z.enum(['calm', 'triggered', 'cascade']),
  version: finite,
  effectiveSample: finite.min(0),
  debt: finite.gt(0),
  K: finite.gt(0),
  h: finite.gt(0),
  lossOdds: odds,
  expectedLoss: finite.min(0),
  premium: finite,
  deviation: finite.gt(0),
  levels: z.array(level).min(1),
  baselines: z.record(z.string(), z.array(level)).default({}),
})

const realised = z.object({
  taken: z.boolean(),
  realisedAt: finite.transform(instant),
  seconds: finite.min(0),
  drawn: z.boolean(),
  x: finite,
  loss: finite,
  u: odds,
  uLatency: odds,
})

const record: z.ZodType<GapRecord> = z
  .object({ forecast, realised })
  .refine(
    ({ forecast: { K, h }, realised: { x, loss } }) => Math.abs(K - h * Math.exp(x) - loss) <= 1e-6 * (K + h),
    'expected loss = K - h exp(x)',
  )

/** How a line of evidence is marked when it stands among others. */
const MARKS: ReadonlySet<unknown> = new Set(['gap-realised', 'gap:realised'])

/** One line: evidence, something else, or evidence that cannot be read and why. */
export type Line =
  | { readonly kind: 'record'; readonly record: GapRecord }
  | { readonly kind: 'other' }
  | { readonly kind: 'broken'; readonly message: string }

/** Reads a line. Text that is no JSON is something else, unless the line claims to be evidence. */
export function gapLine(text: string): Line {
  const found = objectIn(text)
  if (found === undefined) return /gap.realised/.test(text) ? broken('no JSON object') : { kind: 'other' }
  const marked = ['type', 'event', 'kind'].some((key) => MARKS.has(found[key]))
  const inner = found['record'] ?? found
  const bare = typeof inner === 'object' && inner !== null && 'forecast' in inner && 'realised' in inner
  if (!marked && !bare) return { kind: 'other' }
  const parsed = record.safeParse(inner)
  return parsed.success ? { kind: 'record', record: parsed.data } : broken(z.prettifyError(parsed.error))
}

const broken = (message: string): Line => ({ kind: 'broken', message: message.replaceAll(/\s+/g, ' ') })

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const found: unknown = JSON.parse(text)
    return typeof found === 'object' && found !== null ? { ...found } : undefined
  } catch {
    return undefined // Logs hold other lines too; the caller decides.
  }
}

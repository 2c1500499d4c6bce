// What must hold at the end of a run: one vocabulary, as a sentence or as fields.
import { z } from 'zod'
import { name } from './fields.ts'
import { suggest } from './nearest.ts'
import { type Raw, readSentence, sentenceFor } from './sentences.ts'
import { amount, duration, ratio } from './units.ts'

const count = z.int().nonnegative()
const mode = z.enum(['isolated', 'cross', 'unified'])
const but = z.array(name).default([])

const bare = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('bad-debt'), most: amount })
    .describe('What accounts could not pay, and marks below zero that nobody took.'),
  z
    .strictObject({ kind: z.literal('fell'), least: count, mode: mode.optional(), options: z.literal(true).optional() })
    .describe('Accounts that fell below maintenance.'),
  z
    .strictObject({ kind: z.literal('liquidated'), least: count.optional(), most: count.optional() })
    .describe('Accounts of which somebody took a slice.'),
  z
    .strictObject({ kind: z.literal('in-time'), least: ratio })
    .describe('Share of the liquidated that were bid for before their equity was negative.'),
  z
    .strictObject({ kind: z.literal('refused'), least: count })
    .describe('Accounts that an agent passed over for their gap.'),
  z
    .strictObject({
      kind: z.literal('settlements'),
      least: count,
      road: z.enum(['state-proof', 'liquidity-service']).optional(),
      route: name.optional(),
    })
    .describe('Won slices whose collateral came home.'),
  z
    .strictObject({ kind: z.literal('winners'), least: count, of: name.optional() })
    .describe('Different agents that won a slice, of a named account or of any.'),
  z
    .strictObject({ kind: z.literal('restored'), account: name })
    .describe('A named account fell, was liquidated, and is above maintenance at the end.'),
  z
    .strictObject({ kind: z.literal('lines'), least: count, end: z.enum(['opened', 'repaid', 'enforced']) })
    .describe('Credit lines that came so far.'),
  z
    .strictObject({ kind: z.literal('backed') })
    .describe('The shares of a provider pool are worth what its backers put in, or more.'),
  z
    .strictObject({ kind: z.literal('redeemed'), but })
    .describe('Every claim on every route was paid. Always asked; said to leave routes out.'),
  z
    .strictObject({ kind: z.literal('closed'), within: duration, route: name.optional() })
    .describe('Wall time from the bid to the final payment, of every claim.'),
  z
    .strictObject({ kind: z.literal('credited'), within: duration })
    .describe('Wall time from a deposit to its credit on the engine chain.'),
  z
    .strictObject({ kind: z.literal('resumes'), agent: name })
    .describe('An agent that was killed comes back, and what it had under way comes home.'),
  z
    .strictObject({ kind: z.literal('mesh'), least: count, within: duration })
    .describe('Peers of every agent in the mesh of prices; for no longer than that below it.'),
  z
    .strictObject({ kind: z.literal('isolated'), but: z.array(name).min(1) })
    .describe('Every other route stands: not tripped, its ledgers equal, its claims redeemed.'),
  z.strictObject({ kind: z.literal('tripped'), route: name }).describe('Somebody stopped the route by a proof.'),
  z.strictObject({ kind: z.literal('slashed'), agent: name }).describe('The attestor lost its bond on some chain.'),
  z.strictObject({ kind: z.literal('slashed-only'), but: z.array(name).min(1) }).describe('No other bond fell.'),
  z
    .strictObject({ kind: z.literal('loss'), route: name.optional(), most: z.union([z.literal('cap'), amount]) })
    .describe(
      'What a route credited and nobody deposited, at the prices of the opening; of every route when none is named.',
    ),
  z
    .strictObject({ kind: z.literal('withdrawn'), but })
    .describe('After the action withdraw: every depositor was paid all that was not seized.'),
  z
    .strictObject({ kind: z.literal('silence'), from: duration, to: duration })
    .describe('No bid was taken between two times from the opening.'),
  z
    .strictObject({ kind: z.literal('compare'), of: z.enum(['liquidations', 'bad-debt', 'idle']), mode, than: mode })
    .describe('The same book under two modes; for accounts with `twins`.'),
  z
    .strictObject({ kind: z.literal('learned'), least: count })
    .describe("Candidates that every agent without logs found from its peers' proven states."),
  z
    .strictObject({ kind: z.literal('conserved'), but })
    .describe('Every ledger of every chain, to the wei. Always asked; said to leave routes out.'),
  z.strictObject({ kind: z.literal('alive') }).describe('No agent is missing at the end. Always asked.'),
])

type Fields = z.output<typeof bare>

/** One thing that must hold, and how it is said. */
export type Assertion = Fields & { readonly sentence: string }
/** A sentence or the fields of an assertion. */
export const assertion = z
  .unknown()
  .meta(editorsView())
  .transform((value, context): Assertion => {
    const raw = typeof value === 'string' ? readSentence(value) : value
    if (!isRaw(raw) || 'nearest' in raw) {
      const message =
        isRaw(raw) && typeof value === 'string'
          ? `"${value}" is no assertion – did you mean "${String(raw['nearest'])}"?`
          : 'expected a sentence such as "no bad debt", or an object with a kind'
      context.issues.push({ code: 'custom', message, input: value })
      return z.NEVER
    }
    const read = bare.safeParse(raw, { reportInput: true })
    if (read.success) return { ...read.data, sentence: sentenceFor(raw) }
    for (const issue of read.error.issues)
      context.issues.push({ code: 'custom', path: issue.path, message: inWords(issue, raw), input: issue.input })
    return z.NEVER
  })

/** The assertion with other counts, and the sentence that goes with them. */
export function restated<A extends Assertion>(one: A, least: number): A {
  const raw = readSentence(one.sentence)
  return { ...one, least, sentence: sentenceFor({ ...raw, least }) }
}

/** What every run is asked, unless the scenario says the same of fewer routes. */
export const standing = (stated: readonly Assertion[]): readonly Assertion[] =>
  (['redeemed', 'conserved', 'alive'] as const).flatMap((kind) =>
    stated.some((one) => one.kind === kind) ? [] : [{ ...bare.parse({ kind }), sentence: sentenceFor({ kind }) }],
  )

const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value)

function inWords(issue: z.core.$ZodIssue, raw: Raw): string {
  if (issue.code === 'invalid_union' && issue.path[0] === 'kind')
    return `there is no kind ${String(raw['kind'])} – ${suggest(String(raw['kind']), KINDS)}`
  if (issue.code !== 'unrecognized_keys') return issue.message
  return `${issue.keys.join(', ')} is nothing that an assertion of the kind ${String(raw['kind'])} says`
}

/** Every kind of assertion and what it asks, for the reference. */
export const assertionKinds = (): readonly { readonly kind: string; readonly asks: string }[] =>
  bare.options.map((one) => ({ kind: one.shape.kind.value, asks: one.description ?? '' }))

const KINDS = bare.options.map((one) => one.shape.kind.value)

/** What an editor is told of it: a sentence, or one of the kinds. */
function editorsView(): Record<string, unknown> {
  const { $schema: _, ...fields } = z.toJSONSchema(bare, { io: 'input', unrepresentable: 'any' })
  return { anyOf: [{ type: 'string' }, fields] }
}

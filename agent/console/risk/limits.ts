// What a sample cannot show, said in words: silence would be read as a verdict.
import type { Verdict } from '../../maths/trust/verdict.ts'

/** Independent events that a level needs before its coverage can be told from twice as many hits. */
const NEEDED: readonly (readonly [level: string, events: number])[] = [
  ['95 %', 200],
  ['97.5 %', 400],
  ['99 %', 1_000],
  ['99.9 %', 10_000],
]

/** Sentences, the gravest first. */
export function limitsOf(verdict: Verdict | undefined): readonly string[] {
  if (verdict === undefined) return ['There is not a single record: nothing is known of how the model does.']
  const { events, records, drawn, taken } = verdict
  const short = NEEDED.filter(([, needed]) => events < needed).map(
    ([level, needed]) => `${level} needs ${needed.toLocaleString('en')} independent events; there are ${events}.`,
  )
  const missing = (['calm', 'triggered', 'cascade'] as const).filter(
    (state) => !verdict.coverage.some((one) => one.state === state),
  )
  return [
    ...short,
    ...missing.map((state) => `No record is from a ${state} market: how the model does there is not known.`),
    ...(records > 3 * events
      ? [`${records} records fell into ${events} event-hours: positions of one hour share a crash and count once.`]
      : []),
    ...(drawn > 0
      ? [
          `${drawn} of ${records} latencies were drawn from the model's own law, not lived through: they cannot refute it.`,
        ]
      : []),
    ...(taken === 0 ? ['No quote was taken: slippage and the cost of selling were not seen.'] : []),
    'Losses by failure of a bridge are a jump to default: no sample of settled gaps shows them.',
  ]
}

// Every assertion of a scenario, judged at one moment: what it wanted and what it found.
import { type Assertion, standing } from '../../../config/assertions.ts'
import { agentJudges } from './agents.ts'
import type { Facts, Finding, Judges } from './facts.ts'
import { marketJudges } from './market.ts'
import { modeJudges } from './modes.ts'
import { routeJudges } from './routes.ts'

/** One assertion, judged. `holds` is undefined while it is open. */
export type Verdict = { readonly claim: string; readonly holds: boolean | undefined; readonly found: string }

/** Every assertion as it stands, in the order of the scenario, then what every run is asked. */
export const judgeAll = (facts: Facts): readonly Verdict[] =>
  assertionsOf(facts).map((one) => {
    const { state, found } = judge(one, facts)
    return { claim: one.sentence, holds: state === 'open' ? undefined : state === 'holds', found }
  })

/** The last word: what is still open does not hold. */
export const lastWord = (facts: Facts): readonly (Verdict & { readonly holds: boolean })[] =>
  judgeAll(facts).map((one) => ({ ...one, holds: one.holds === true }))

const assertionsOf = ({ scenario }: Facts): readonly Assertion[] => [...scenario.assert, ...standing(scenario.assert)]

const JUDGES: Judges = { ...marketJudges, ...routeJudges, ...agentJudges, ...modeJudges }

/** Each kind has its judge; the table knows that the two belong together, the compiler does not. */
function judge<K extends Assertion['kind']>(one: Extract<Assertion, { readonly kind: K }>, facts: Facts): Finding {
  return JUDGES[one.kind as K](one, facts)
}

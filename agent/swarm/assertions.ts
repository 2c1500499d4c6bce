// What must hold at the end of a run. Each says what it wanted and what it found.
import type { Scenario } from '../../config/scenario.ts'
import { isConserved } from './conservation.ts'
import { usd } from './format.ts'
import type { Outcome } from './outcome.ts'

/** One assertion, judged. */
export type Verdict = { readonly claim: string; readonly holds: boolean; readonly found: string }

/** Every assertion of the scenario on this outcome, in the order of the story. */
export function judge(outcome: Outcome, { expect }: Scenario): readonly Verdict[] {
  const { fell, settledBy, agents, ledgers } = outcome
  const perMode = (['isolated', 'cross', 'unified'] as const).map(
    (mode) => [mode, fell.filter((life) => life.mode === mode).length] as const,
  )
  const dead = agents.filter((agent) => !agent.alive).map((agent) => agent.name)
  const broken = ledgers.filter(({ left, right }) => left !== right)
  return [
    ...atLeast('accounts fell below maintenance', expect.fell, fell.length),
    ...perMode.flatMap(([mode, count]) => atLeast(`of them in mode ${mode}`, expect.fellPerMode, count)),
    ...atLeast('of them with options', expect.fellWithOptions, fell.filter((life) => life.options).length),
    ...atLeast('settlements by state proof', expect.settledPerRoute, settledBy['state-proof']),
    ...atLeast('settlements by liquidity service', expect.settledPerRoute, settledBy['liquidity-service']),
    ...atLeast('different winners', expect.winners, outcome.winners),
    ...lendingVerdicts(outcome, expect.lines),
    verdict(`bad debt at most ${usd(expect.badDebt)}`, outcome.badDebt <= expect.badDebt, usd(outcome.badDebt)),
    verdict('every claim redeemed', outcome.unsettled === 0, `${outcome.unsettled} of ${outcome.claims.length} open`),
    ...agents.flatMap(({ name, learned }) =>
      learned === undefined ? [] : atLeast(`candidates found without logs by ${name}`, 1, learned),
    ),
    verdict('value conserved to the wei on every chain', isConserved(ledgers), conservationText(broken)),
    verdict(
      'every agent alive',
      dead.length === 0,
      dead.length === 0 ? `${agents.length} alive` : `dead: ${dead.join(', ')}`,
    ),
  ]
}

function lendingVerdicts({ lines }: Outcome, wanted: Scenario['expect']['lines']): readonly Verdict[] {
  if (lines === undefined || wanted === undefined) return []
  return (['opened', 'repaid', 'enforced'] as const).flatMap((end) =>
    atLeast(`credit lines ${end}`, wanted[end], lines[end]),
  )
}

/** Nothing is claimed where nothing is expected. */
const atLeast = (what: string, least: number, found: number): readonly Verdict[] =>
  least > 0 ? [verdict(`at least ${least} ${what}`, found >= least, String(found))] : []

const verdict = (claim: string, holds: boolean, found: string): Verdict => ({ claim, holds, found })

const conservationText = (broken: Outcome['ledgers']): string =>
  broken.length === 0
    ? 'all ledgers equal'
    : broken.map(({ what, left, right }) => `${what}: ${left} against ${right}`).join('; ')

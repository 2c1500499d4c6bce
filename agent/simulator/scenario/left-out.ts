// What of a scenario the simulator leaves out, in words for whoever plays it.
import type { Scenario } from '../../../config/scenario.ts'

/** One line each; none when the whole file is played. */
export function leftOut(scenario: Scenario): readonly string[] {
  const { faults, actions, lines, provider, agents, vaults, prices } = scenario
  const blind = agents.reduce((sum, { blindLogs }) => sum + blindLogs, 0)
  const told = (there: boolean, what: string): readonly string[] => (there ? [what] : [])
  return [
    ...told(faults.length > 0, `faults: ${[...new Set(faults.map(({ kind }) => kind))].join(', ')}`),
    ...told(actions.length > 0, `actions: ${[...new Set(actions.map((one) => one.do))].join(', ')}`),
    ...told(lines !== undefined, 'credit lines'),
    ...told(provider.count > 0, `${provider.count} liquidity ${provider.count === 1 ? 'provider' : 'providers'}`),
    ...told(blind > 0, 'that some agents read no logs'),
    ...told(
      vaults.some(({ engineSource, vaultSource }) => engineSource !== undefined || vaultSource !== undefined),
      'sources of truth besides attestation',
    ),
    ...told(prices.impact > 0, "the mark that seizure sales leave on everybody's price"),
  ]
}

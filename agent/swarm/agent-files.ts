// The files of one agent: its config and its key, in its own directory of the run.
import { chmodSync, writeFileSync } from 'node:fs'
import type { Scenario } from '../../config/scenario.ts'
import type { AgentConfigInput } from '../../config/schema.ts'
import type { Bps, Wad } from '../domain/units.ts'
import type { Seated } from './deployment.ts'
import type { LocalChain } from './local-chain.ts'
import type { RunDirectory } from './run-directory.ts'

/** Writes config and key and returns the path of the config. JSON is YAML that every reader agrees on. */
export function writeAgent(
  run: RunDirectory,
  seat: Seated,
  {
    scenario,
    chains,
    bootstrap,
    announce,
  }: {
    readonly scenario: Scenario
    readonly chains: readonly Pick<LocalChain, 'id' | 'url'>[]
    readonly bootstrap: readonly string[]
    readonly announce: readonly string[]
  },
): string {
  const key = run.file('agents', seat.name, 'operator.key')
  writeFileSync(key, `${seat.key}\n`, { mode: 0o600 })
  chmodSync(key, 0o600)
  const config: AgentConfigInput = {
    name: seat.name,
    network: '../../network.json',
    mode: 'live',
    role: seat.role,
    attest: seat.attest,
    relay: seat.relay,
    blindLogs: seat.blindLogs,
    dataDir: 'data',
    seed: scenario.seed,
    pace: '400ms',
    // A process more per agent would be nine of them on one small machine.
    keys: { operator: 'operator.key', signer: 'inline' },
    chains: chains.map(({ id, url }) => ({ id, rpc: [url], quorum: 1, executor: seat.executor })),
    // A scenario wants to see how a strategy ends, not where a protection would have stopped it.
    protections: { drawdown: '100 %', gapLosses: 1_000_000, failedGas: '1000000 USD', market: '100 %' },
    strategies: [{ use: seat.strategy, params: { ...seat.params } }],
    provider: { margin: percent(scenario.provider.margin), maxClaim: dollarText(scenario.provider.maxClaim) },
    p2p: { bootstrap: [...bootstrap], announce: [...announce] },
  }
  const file = run.file('agents', seat.name, 'agent.yaml')
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 })
  return file
}

const percent = (ratio: Bps): string => `${(ratio / 100).toFixed(2)} %`

/** An amount as config files take it, exact. */
export const dollarText = (amount: Wad): string => {
  const [whole, part] = [amount / 10n ** 18n, (amount % 10n ** 18n).toString().padStart(18, '0').replace(/0+$/, '')]
  return part === '' ? `${whole} USD` : `${whole}.${part} USD`
}

// Everything that must be right before capital moves, looked at once. Reads only: nothing is sent.
import type { Address } from 'viem'
import type { AgentConfig } from '../../../config/schema.ts'
import { configError } from '../../domain/errors.ts'
import type { Network } from '../../domain/network.ts'
import { majority } from '../links.ts'
import { examineContracts } from './contracts.ts'
import { check, type Finding, fail, ok } from './finding.ts'
import { examineKey, examineMachine } from './machine.ts'
import { examineChain } from './nodes.ts'
import { examinePeers } from './peers.ts'
import { examineStanding } from './standing.ts'

/** Looks at the machine, then at every chain of the network, then at peers; findings as they are made. */
export async function* examine(config: AgentConfig, network: Network): AsyncGenerator<Finding> {
  yield* await examineMachine(config)
  const [findings, operator] = await examineKey(config, network)
  yield* findings
  yield await check('machine', 'config', async () => covered(config, network))
  for (const chain of config.chains) {
    const answers = await examineChain(chain)
    yield* answers
    if (answers.every(({ status }) => status === 'fail')) continue
    yield* await examineContracts(chain, network)
    if (operator !== undefined) yield* await examineStanding(chain, network, { operator, capital: config.capital })
  }
  yield* await examinePeers(config)
}

/**
 * What a live agent looks at before its first bid: contracts and standing on every chain. Answers what is not ok.
 * Throws E_NOT_READY at the first thing that would fail.
 */
export async function standReady(
  config: AgentConfig,
  network: Network,
  operator: Address,
): Promise<readonly Finding[]> {
  const looks = config.chains.flatMap((chain) => [
    byMost(chain, (one) => examineContracts(one, network)),
    byMost(chain, (one) => examineStanding(one, network, { operator, capital: config.capital })),
  ])
  const findings = (await Promise.all(looks)).flat().filter(({ status }) => status !== 'ok')
  const broken = findings.find(({ status }) => status === 'fail')
  if (broken === undefined) return findings
  throw configError(
    'E_NOT_READY',
    `${broken.area}, ${broken.check}: ${broken.found}`,
    `${broken.fix ?? ''} lienmesh doctor shows everything.`.trim(),
  )
}

type Chain = AgentConfig['chains'][number]

/** Asks the others where the first endpoint finds something wrong: one that lies, or does not answer, stops no agent. */
async function byMost(chain: Chain, look: (chain: Chain) => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  const { rpc, quorum = majority(rpc.length) } = chain
  const [first, ...others] = rpc.map((url) => ({ ...chain, rpc: [url] }))
  const said = first === undefined ? [] : await look(first)
  if (said.every(({ status }) => status !== 'fail')) return said
  const rest = await Promise.all(others.map(look))
  return said.map((finding, i) => {
    const all = [finding, ...rest.flatMap((found) => found[i] ?? [])]
    const passed = all.filter(({ status }) => status !== 'fail')
    return (passed.length >= quorum ? passed[0] : all.find(({ status }) => status === 'fail')) ?? finding
  })
}

/** An agent needs every chain of its network. */
function covered({ chains, mode }: AgentConfig, network: Network) {
  const needed = new Set([...network.engines, ...network.vaults].map(({ chain }) => chain))
  const missing = [...needed].filter((one) => !chains.some(({ id }) => id === one))
  if (missing.length > 0) return fail(`chains lacks ${missing.join(', ')}`, 'Add their rpc and executor to chains.')
  return ok(`network ${network.name}, ${needed.size} chains, mode ${mode}`)
}

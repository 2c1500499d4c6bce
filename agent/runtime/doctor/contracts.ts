// The network description against the chains: code at every address, and contracts that point at each other.
import { type Address, isAddressEqual } from 'viem'
import { getCode, readContract } from 'viem/actions'
import type { AgentConfig } from '../../../config/schema.ts'
import { marginEngineAbi } from '../../adapters/chain/abi/margin-engine.ts'
import { rootOracleAbi } from '../../adapters/chain/abi/root-oracle.ts'
import { vaultMirrorAbi } from '../../adapters/chain/abi/vault-mirror.ts'
import type { EngineDeployment, Network, Source, VaultDeployment } from '../../domain/network.ts'
import type { ChainId } from '../../domain/units.ts'
import { check, type Finding, fail, ok, warn } from './finding.ts'
import { type Node, nodeAt } from './nodes.ts'

/** Every contract that the agent would talk to on one chain. */
export async function examineContracts(
  { id, rpc }: AgentConfig['chains'][number],
  network: Network,
): Promise<readonly Finding[]> {
  const [url] = rpc
  if (url === undefined) return []
  const node = nodeAt(url)
  const area = `chain ${id}`
  const looks = [
    check(area, 'contracts', () => codeAt(node, addressesOn(id, network))),
    ...network.engines
      .filter(({ chain }) => chain === id)
      .map((engine) => check(area, `engine ${engine.name}`, () => priced(node, engine))),
    ...network.vaults.flatMap((vault) => [
      ...(vault.engine === id ? [check(area, `mirror of ${vault.id}`, () => mirrors(node, vault))] : []),
      ...(vault.chain === id ? [check(area, `roots for ${vault.id}`, () => rooted(node, vault))] : []),
    ]),
  ]
  return Promise.all(looks)
}

type Named = readonly [string, Address]

function addressesOn(id: ChainId, { engines, vaults }: Network): readonly Named[] {
  const named = (one: object, keys: readonly string[]): readonly Named[] =>
    Object.entries(one).filter((entry): entry is [string, Address] => keys.includes(entry[0]))
  return [
    ...engines
      .filter(({ chain }) => chain === id)
      .flatMap((one) =>
        named(one, [
          'engine',
          'auction',
          'priceBook',
          'creditLines',
          'riskParameters',
          'insuranceFund',
          'registry',
          'cash',
        ]),
      ),
    ...vaults
      .filter(({ engine }) => engine === id)
      .flatMap((one) => [...named(one, ['mirror']), ...sourcesIn('vaultSource', one.vaultSource)]),
    ...vaults
      .filter(({ chain }) => chain === id)
      .flatMap((one) => [
        ...named(one, ['vault', 'registry', 'router', 'dollar']),
        ...sourcesIn('engineSource', one.engineSource),
        ...one.assets.map(({ symbol, token }): Named => [symbol, token]),
      ]),
  ]
}

async function codeAt(node: Node, places: readonly Named[]) {
  const codes = await Promise.all(places.map(([, address]) => getCode(node, { address })))
  const empty = places.filter((_, i) => codes[i] === undefined).map(([name, address]) => `${name} ${address}`)
  if (empty.length === 0) return ok(`code at all ${places.length} addresses`)
  return fail(`no code at ${empty.join(', ')}`, 'Use the network description of this network, or its right chain.')
}

async function priced(node: Node, { engine, priceBook }: EngineDeployment) {
  const book = await readContract(node, { address: engine, abi: marginEngineAbi, functionName: 'priceBook' })
  return wired('its price book', book, priceBook)
}

async function mirrors(node: Node, { mirror, vault }: VaultDeployment) {
  return wired(
    'its vault',
    await readContract(node, { address: mirror, abi: vaultMirrorAbi, functionName: 'vault' }),
    vault,
  )
}

/** A source by its name, and those it is made of. */
const sourcesIn = (name: string, source: Source): readonly Named[] => [
  [name, source.at],
  ...(source.kind === 'quorum' ? source.of.flatMap((one, i) => sourcesIn(`${name} ${i}`, one)) : []),
  ...(source.kind === 'optimistic' ? sourcesIn(`arbiter of ${name}`, source.arbiter) : []),
]

/** Whether a claim of this vault could be proven now. */
async function rooted(node: Node, { engineSource, engine }: VaultDeployment) {
  const held = { address: engineSource.at, abi: rootOracleAbi } as const
  if (engineSource.kind === 'quorum') return ok(`${engineSource.needed} of ${engineSource.of.length} sources decide`)
  const paused = await readContract(node, { ...held, functionName: 'paused' })
  if (engineSource.kind !== 'message') {
    const proves = await readContract(node, { ...held, functionName: 'sourceChainId' })
    if (proves !== BigInt(engine)) return fail(`proves chain ${proves}, expected ${engine}`, 'Correct engineSource.')
  }
  if (paused) return warn('paused by its guardian', 'Claims of this vault wait until it goes on.')
  return ok(engineSource.kind === 'message' ? 'hears its gateway' : `proves chain ${engine}`)
}

function wired(what: string, found: Address, expected: Address) {
  if (isAddressEqual(found, expected)) return ok(`${what} is ${expected}`)
  return fail(
    `${what} is ${found}, expected ${expected}`,
    'Use the network description that was written for these contracts.',
  )
}

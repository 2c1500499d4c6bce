// The network description against the chains: code at every address, and contracts that point at each other.
import type { Address } from 'viem'
import { getCode, readContract } from 'viem/actions'
import type { AgentConfig } from '../../../config/schema.ts'
import { rootOracleAbi } from '../../adapters/chain/abi/root-oracle.ts'
import type { Network, Source, VaultDeployment } from '../../domain/network.ts'
import type { ChainId } from '../../domain/units.ts'
import { check, type Finding, fail, ok, warn } from './finding.ts'
import { type Node, nodeAt } from './nodes.ts'
import { engineLinks, type Link, mirrorLinks, sourceLinks, vaultLinks } from './wiring.ts'

/** Every contract that the agent would talk to on one chain. */
export async function examineContracts(
  { id, rpc }: AgentConfig['chains'][number],
  network: Network,
): Promise<readonly Finding[]> {
  const [url] = rpc
  if (url === undefined) return []
  const node = nodeAt(url)
  const area = `chain ${id}`
  const links = (name: string, all: readonly Link[]) => check(area, name, () => linked(node, all))
  const looks = [
    check(area, 'contracts', () => codeAt(node, addressesOn(id, network))),
    ...network.engines
      .filter(({ chain }) => chain === id)
      .map((engine) => links(`engine ${engine.name}`, engineLinks(engine))),
    ...network.vaults.flatMap((vault) => [
      ...(vault.engine === id
        ? [
            links(`mirror of ${vault.id}`, [
              ...mirrorLinks(network, vault),
              ...sourceLinks(vault.vaultSource, vault.chain),
            ]),
          ]
        : []),
      ...(vault.chain === id
        ? [
            links(`vault ${vault.id}`, [...vaultLinks(vault), ...sourceLinks(vault.engineSource, vault.engine)]),
            check(area, `roots for ${vault.id}`, () => rooted(node, vault)),
          ]
        : []),
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
        ...one.assets.flatMap(({ symbol, token, pair }): readonly Named[] => [
          [symbol, token],
          [`pool of ${symbol}`, pair],
        ]),
      ]),
  ]
}

async function codeAt(node: Node, places: readonly Named[]) {
  const codes = await Promise.all(places.map(([, address]) => getCode(node, { address })))
  const empty = places.filter((_, i) => codes[i] === undefined).map(([name, address]) => `${name} ${address}`)
  if (empty.length === 0) return ok(`code at all ${places.length} addresses`)
  return fail(`no code at ${empty.join(', ')}`, 'Use the network description of this network, or its right chain.')
}

/** A source by its name, and those it is made of. */
const sourcesIn = (name: string, source: Source): readonly Named[] => [
  [name, source.at],
  ...(source.kind === 'quorum' ? source.of.flatMap((one, i) => sourcesIn(`${name} ${i}`, one)) : []),
  ...(source.kind === 'optimistic' ? sourcesIn(`arbiter of ${name}`, source.arbiter) : []),
]

/** Whether every contract names those that the description names. */
async function linked(node: Node, links: readonly Link[]) {
  const read = await Promise.allSettled(
    links.map(({ at, abi, name, args }) => readContract(node, { address: at, abi, functionName: name, args })),
  )
  const wrong = links.flatMap(({ says, expected }, i) => {
    const one = read[i]
    if (one?.status !== 'fulfilled' || same(one.value, expected)) return []
    return [`${says} is ${String(one.value)}, expected ${String(expected)}`]
  })
  if (wrong.length > 0)
    return fail(wrong.join('; '), 'Use the network description that was written for these contracts.')
  for (const one of read) if (one.status === 'rejected') throw one.reason
  return ok(`${links.length} references between contracts are as described`)
}

const same = (a: unknown, b: unknown): boolean => String(a).toLowerCase() === String(b).toLowerCase()

/** Whether a claim of this vault could be proven now. */
async function rooted(node: Node, { engineSource }: VaultDeployment) {
  if (engineSource.kind === 'quorum') return ok(`${engineSource.needed} of ${engineSource.of.length} sources decide`)
  const held = { address: engineSource.at, abi: rootOracleAbi } as const
  const paused = await readContract(node, { ...held, functionName: 'paused' })
  if (paused) return warn('paused by its guardian', 'Claims of this vault wait until it goes on.')
  return ok(engineSource.kind === 'message' ? 'hears its gateway' : 'not paused')
}

// lienmesh swarm env: where everything of a run is, as a shell takes it.
import { join } from 'node:path'
import { loadNetwork } from '../../config/network.ts'
import type { RunDirectory } from './run-directory.ts'

/** Names and values: the run's folder, a URL for every chain, the addresses of every contract that somebody may call. */
export function environmentOf(run: RunDirectory): readonly (readonly [string, string])[] {
  const { chains } = run.record()
  const file = join(run.path, 'network.json')
  const { engines, vaults } = loadNetwork(file)
  return [
    ['SWARM_RUN', run.path],
    ['SWARM_NETWORK', file],
    ...chains.map(({ name, url }) => [`RPC_${shouted(name)}`, url] as const),
    ...engines.flatMap(({ name, engine, auction, priceBook, creditLines, registry, cash }) =>
      Object.entries({ engine, auction, priceBook, creditLines, registry, cash }).map(
        ([what, address]) => [`${shouted(name)}_${shouted(what)}`, address] as const,
      ),
    ),
    ...vaults.flatMap(({ id, vault, mirror, dollar }) =>
      Object.entries({ vault, mirror, dollar }).map(
        ([what, address]) => [`${shouted(id)}_${shouted(what)}`, address] as const,
      ),
    ),
  ]
}

/** `vault-fast` is VAULT_FAST, `priceBook` PRICE_BOOK. */
const shouted = (name: string): string =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()

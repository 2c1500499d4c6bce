// The owner's lists, read against the network: what each name and tag means there, and why something is refused.
import { nearest } from '../../config/nearest.ts'
import type { AgentConfig } from '../../config/schema.ts'
import { collateralKey, type Policy, wayKey } from '../core/policy.ts'
import { configError } from '../domain/errors.ts'
import type { Network, VaultDeployment } from '../domain/network.ts'
import type { ChainId } from '../domain/units.ts'
import { classOf } from '../maths/risk/stress.ts'

type Lists = AgentConfig['policy']
type Kind = 'routes' | 'chains' | 'assets'
/** Something that a list may speak of: what it is called, and every word that means it. */
type Thing = { readonly called: string; readonly words: readonly string[] }

/** What is refused and why; undefined where every list is empty. A word that means nothing is E_POLICY. */
export function policyOf(lists: Lists | undefined, network: Network): Policy | undefined {
  if (lists === undefined || isOpen(lists)) return undefined
  const ways = network.vaults.flatMap((vault) => waysOf(vault, lists))
  const chains = new Map([...new Set(chainIds(network))].map((id) => [id, chainThing(network, id, lists)]))
  const assets = network.vaults.flatMap((vault) =>
    vault.assets.map(({ collateral, symbol }) => ({
      key: collateralKey(vault.id, collateral),
      thing: tagged(lists, symbol, [symbol, classOf(symbol)]),
    })),
  )
  refuseUnknown(lists, {
    routes: ways.map(({ thing }) => thing),
    chains: [...chains.values()],
    assets: assets.map(({ thing }) => thing),
  })
  const onChain = (id: ChainId): string | undefined => against(lists, 'chains', chains.get(id))
  return {
    engines: reasons(network.engines.map(({ chain }) => [chain, onChain(chain)])),
    ways: reasons(ways.map(({ key, chain, thing }) => [key, against(lists, 'routes', thing) ?? onChain(chain)])),
    assets: reasons(assets.map(({ key, thing }) => [key, against(lists, 'assets', thing)])),
  }
}

const isOpen = ({ routes, chains, assets, tags }: Lists): boolean =>
  [routes, chains, assets].every(({ allow, refuse }) => allow.length + refuse.length === 0) &&
  Object.keys(tags).length === 0

const chainIds = ({ engines, vaults }: Network): readonly ChainId[] => [...engines, ...vaults].map(({ chain }) => chain)

/** A vault's collateral comes home by proof, or a provider buys the claim. */
const waysOf = ({ id, chain, engineSource }: VaultDeployment, lists: Lists) =>
  (['state-proof', 'liquidity-service'] as const).map((settlement) => ({
    key: wayKey(id, settlement),
    chain,
    thing: tagged(lists, `${id} by ${settlement}`, [id, settlement, engineSource.kind]),
  }))

function chainThing({ engines, vaults }: Network, id: ChainId, lists: Lists): Thing {
  const here = engines.filter(({ chain }) => chain === id)
  const roles = [...(here.length > 0 ? ['engine'] : []), ...(vaults.some(({ chain }) => chain === id) ? ['vault'] : [])]
  return tagged(lists, `chain ${id}`, [String(id), ...here.map(({ name }) => name), ...roles])
}

/** A thing by its own words and by every tag that names one of them. */
function tagged({ tags }: Lists, called: string, words: readonly string[]): Thing {
  const own = Object.entries(tags).flatMap(([tag, names]) => (names.some((one) => words.includes(one)) ? [tag] : []))
  return { called, words: [...words, ...own] }
}

/** What a list says against a thing. Refusing goes before allowing. */
function against(lists: Lists, kind: Kind, thing: Thing | undefined): string | undefined {
  if (thing === undefined) return undefined
  const { allow, refuse } = lists[kind]
  const word = refuse.find((one) => thing.words.includes(one))
  if (word !== undefined) return `policy.${kind}.refuse has ${word}: ${thing.called}`
  if (allow.length === 0 || allow.some((one) => thing.words.includes(one))) return undefined
  return `policy.${kind}.allow has only ${allow.join(', ')}: not ${thing.called}`
}

/** A misspelt refusal would allow what it was written against. */
function refuseUnknown({ tags, ...lists }: Lists, things: Readonly<Record<Kind, readonly Thing[]>>): void {
  const known = (kind: Kind): readonly string[] => things[kind].flatMap(({ words }) => words)
  const all = [...known('routes'), ...known('chains'), ...known('assets')]
  for (const kind of ['routes', 'chains', 'assets'] as const)
    for (const list of ['allow', 'refuse'] as const)
      refuseWords(`policy.${kind}.${list}`, lists[kind][list], known(kind))
  for (const [tag, names] of Object.entries(tags)) refuseWords(`policy.tags.${tag}`, names, all)
}

function refuseWords(place: string, words: readonly string[], known: readonly string[]): void {
  const word = words.find((one) => !known.includes(one))
  if (word === undefined) return
  const near = nearest(word, known)
  throw configError(
    'E_POLICY',
    `${place}: nothing in this network is called ${word}${near === undefined ? '' : ` – did you mean ${near}?`}`,
    `Known there: ${[...new Set(known)].slice(0, MOST_NAMED).join(', ')}.`,
  )
}

const MOST_NAMED = 20

const reasons = <K>(found: readonly (readonly [K, string | undefined])[]): ReadonlyMap<K, string> =>
  new Map(found.flatMap(([key, why]) => (why === undefined ? [] : [[key, why] as const])))

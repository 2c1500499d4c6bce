// One path from end to end: bid, proof, claim and sale, on forks that go back afterwards.
import type { Address } from 'viem'
import { openEngineChain } from '../../adapters/chain/engine-chain.ts'
import type { ChainLink } from '../../adapters/chain/link.ts'
import { openVaultChain } from '../../adapters/chain/vault-chain.ts'
import type { Claim, Fill, Intent, Route } from '../../domain/liquidation.ts'
import type { MarginAccount } from '../../domain/market.ts'
import type { VaultDeployment } from '../../domain/network.ts'
import { type ChainId, type VaultId, wad } from '../../domain/units.ts'
import { isBelowMaintenance } from '../../maths/margin.ts'
import { quorumPrices } from '../../maths/oracle.ts'
import { standingOf } from '../../maths/standing.ts'
import type { EngineChain } from '../../ports/chain.ts'
import { type Fork, mineAt, undone } from './fork.ts'
import { type Actor, type EngineGround, forkOf, type Ground, openSending } from './ground.ts'
import { OFFERED, setCash, signOffer, signPrices, vaultsOf } from './powers.ts'
import { type Prover, proverOf } from './prover.ts'
import { cashFor, type Fallen, sinkingCash, wantOf } from './wants.ts'

/** An account of an engine, a route, and whose executor goes it. */
export type Path = {
  readonly engine: EngineGround
  readonly account: MarginAccount
  readonly route: Route
  readonly actor: Actor
}

/** What became of a vault's part of a claim. Dollars (wad). */
type Sold = { readonly vault: VaultId; readonly waits: number; readonly proceeds: bigint }

/** A path that was gone, or where and why it ended. `lent`: cash that the drill gave the executor on the fork. */
export type Tried = { readonly path: Path; readonly lent: bigint } & (
  | { readonly proven: true; readonly fill: Fill; readonly sold: readonly Sold[] }
  | { readonly proven: false; readonly at: Stop; readonly reason: string }
)

/** Where a path may end. */
type Stop = 'account' | 'bid' | 'claim' | 'sale'

/** Goes one path and takes back whatever it did. An error of ours is a reason like any other: the next path is tried. */
export function attempt(ground: Ground, path: Path, signal: AbortSignal): Promise<Tried> {
  const forks = [...ground.forks.values()]
  return undone(forks, ground.clock, async () => {
    for (const fork of forks) await mineAt(fork, ground.clock)
    const links = new Map<ChainId, ChainLink>()
    const going: Going = { ground, path, links, lent: 0n, signal }
    try {
      for (const [chain, fork] of ground.forks) links.set(chain, await openSending(fork, ground.clock))
      return await go(going)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      return stopped(going, 'account', error instanceof Error ? error.message : String(error))
    } finally {
      for (const link of links.values()) await link.close()
    }
  })
}

type Going = {
  readonly ground: Ground
  readonly path: Path
  readonly links: ReadonlyMap<ChainId, ChainLink>
  readonly signal: AbortSignal
  lent: bigint
}

const stopped = ({ path, lent }: Going, at: Stop, reason: string): Tried => ({ path, lent, proven: false, at, reason })

async function go(going: Going): Promise<Tried> {
  const { ground, path, signal } = going
  const executor = path.actor.on.get(path.engine.deployment.chain)
  if (executor === undefined) return stopped(going, 'bid', 'NO_EXECUTOR')
  const chain = await openEngineChain({
    link: linkOf(going, path.engine.deployment.chain),
    ...partsOf(going, executor),
  })
  const fallen = await sink(going, chain)
  if (typeof fallen === 'string') return stopped(going, 'account', fallen)
  const ready = await mayBid(going, chain, executor, fallen)
  const want = wantOf(ready, path.route, { name: nameOf(path), at: ground.clock.now() })
  await lend(going, chain, executor, want)
  const offer = await offerOf(going, executor, want)
  const outcome = await chain.bid(want, offer, signal)
  if (outcome.kind !== 'won') return stopped(going, 'bid', outcome.reason)
  const claims = path.route.settlement === 'state-proof' ? claimsOf(going, want, outcome.fill) : []
  const home = await bringHome(going, executor, claims)
  return 'reason' in home
    ? stopped(going, home.at, home.reason)
    : { path, lent: going.lent, proven: true, fill: outcome.fill, sold: home.sold }
}

const partsOf = ({ ground, path }: Going, executor: Address) => ({
  network: ground.plan.network,
  executor,
  beneficiary: beneficiaryOf(ground, path) ?? executor,
})

/** The executors on the vault chains of one engine have one address. */
function beneficiaryOf({ plan }: Ground, { engine, actor }: Path): Address | undefined {
  const [vault] = vaultsOf(plan.network, engine.deployment.chain)
  return vault === undefined ? undefined : actor.on.get(vault.chain)
}

const nameOf = ({ account, route, actor }: Path): string => `${account.id} ${route.id} ${actor.name}`

function linkOf({ links }: Going, chain: ChainId): ChainLink {
  const link = links.get(chain)
  if (link === undefined) throw new Error(`chain ${chain} is not forked`)
  return link
}

const engineFork = ({ ground, path }: Going): Fork => forkOf(ground.forks, path.engine.deployment.chain)

/** The account below maintenance at the prices of the moment: as it is, or with less cash. */
async function sink(going: Going, chain: EngineChain): Promise<Fallen | string> {
  const { path } = going
  const before = await look(going, chain)
  if (typeof before === 'string') return before
  if (isBelowMaintenance(before.margin)) return before
  await setCash(engineFork(going), path.engine.deployment, path.account.id, sinkingCash(path.account, before.margin))
  await mineAt(engineFork(going), going.ground.clock)
  const after = await look(going, chain)
  return typeof after === 'string' || isBelowMaintenance(after.margin) ? after : 'STILL_HEALTHY'
}

/** The account as the fork has it now, with prices signed now. */
async function look({ ground, path }: Going, chain: EngineChain): Promise<Fallen | string> {
  const { deployment, terms, prices } = path.engine
  const at = ground.clock.now()
  const head = await chain.latest()
  const [account] = await chain.accounts([path.account.id], head)
  if (account === undefined) return 'ACCOUNT_UNKNOWN'
  const batches = await signPrices(deployment, prices, { quorum: terms.priceQuorum, at })
  const { margin, held } = standingOf(account, terms, quorumPrices(batches))
  if (margin === undefined || held === undefined) return 'PRICE_MISSING'
  return { account, margin, held, terms, batches, seconds: head.timestamp }
}

/** Whoever has no bond lets the first seconds of the auction pass. */
async function mayBid(going: Going, chain: EngineChain, executor: Address, fallen: Fallen): Promise<Fallen> {
  const { ground, signal } = going
  const { bondedSeconds } = fallen.terms.auction
  if (bondedSeconds === 0 || (await chain.bonded(executor))) return fallen
  const want = wantOf(fallen, going.path.route, { name: nameOf(going.path), at: ground.clock.now() })
  await chain.openAuctions([want.quote.candidate], signal)
  ground.clock.skip(bondedSeconds)
  await mineAt(engineFork(going), ground.clock)
  const later = await look(going, chain)
  return typeof later === 'string' ? fallen : later
}

/** A drill tries ways, not purses: what the executor lacks it is given on the fork. */
async function lend(going: Going, chain: EngineChain, executor: Address, want: Intent): Promise<void> {
  const [has, needs] = [await chain.cash(executor), cashFor(want)]
  if (has >= needs) return
  going.lent = needs - has
  await setCash(engineFork(going), going.path.engine.deployment, executor, needs)
  await mineAt(engineFork(going), going.ground.clock)
}

/** The provider's offer, and cash with which it can keep it. */
async function offerOf(going: Going, bidder: Address, { quote }: Intent) {
  const { ground, path } = going
  const lender = path.route.provider
  if (lender === undefined) return undefined
  const most = wad((quote.collateralValue * BigInt(OFFERED)) / 10_000n + 1n)
  await setCash(engineFork(going), path.engine.deployment, lender, 2n * most)
  await mineAt(engineFork(going), ground.clock)
  return signOffer(path.engine.deployment, { lender, bidder, account: path.account, most, at: ground.clock.now() })
}

function claimsOf({ ground, path }: Going, { id }: Intent, { legs, anchor }: Fill): readonly Claim[] {
  const vaults = vaultsOf(ground.plan.network, path.engine.deployment.chain)
  return legs.flatMap(({ vault, collateral, amount }) => {
    const asset = vaults.find((one) => one.id === vault)?.assets.find((one) => one.collateral === collateral)?.token
    if (asset === undefined || amount === 0n) return []
    return [{ intent: id, vault, collateral, asset, amount, openedAt: ground.clock.now(), openedIn: anchor }]
  })
}

type Home = { readonly sold: readonly Sold[] } | { readonly at: Stop; readonly reason: string }

async function bringHome(going: Going, executor: Address, claims: readonly Claim[]): Promise<Home> {
  const { ground, path } = going
  if (claims.length === 0) return { sold: [] }
  const vaults = vaultsOf(ground.plan.network, path.engine.deployment.chain)
  const engine = linkOf(going, path.engine.deployment.chain)
  const beneficiary = beneficiaryOf(ground, path) ?? executor
  const { finality } = path.engine.deployment
  const prover = await proverOf(engineFork(going), { vaults, beneficiary, link: engine, finality })
  const sold: Sold[] = []
  for (const vault of vaults) {
    const own = claims.filter((claim) => claim.vault === vault.id)
    if (own.length === 0) continue
    const home = await settle(going, prover, { vault, claims: own, executor: beneficiary })
    if ('reason' in home) return home
    sold.push(home)
  }
  return { sold }
}

type Part = { readonly vault: VaultDeployment; readonly claims: readonly Claim[]; readonly executor: Address }

/** Root, proof, claim and sale on one vault. Waits are skipped, not waited for. */
async function settle(
  { ground, path, links, signal }: Going,
  prover: Prover,
  { vault, claims, executor }: Part,
): Promise<Sold | Extract<Home, { readonly reason: string }>> {
  const fork = forkOf(ground.forks, vault.chain)
  const link = links.get(vault.chain)
  if (link === undefined) return { at: 'claim', reason: 'CHAIN_MISSING' }
  const engine = { reader: prover.reader, finality: path.engine.deployment.finality }
  const chain = await openVaultChain({ link, deployment: vault, executor, engine })
  const basis = await chain.basis(prover.number, await prover.attested(ground.plan.network))
  if (basis === undefined) return { at: 'claim', reason: `NO_BASIS_FROM_${vault.engineSource.kind.toUpperCase()}` }
  for (let waits = 0; waits < PATIENCE; waits++) {
    const step = await chain.redeem(claims, basis, () => wad(1n), signal)
    if (step.kind === 'sold') return { vault: vault.id, waits, proceeds: step.sale.proceeds }
    if (step.kind === 'stuck') return { at: step.reason === 'BELOW_FLOOR' ? 'sale' : 'claim', reason: step.reason }
    ground.clock.skip(Math.max(1, Number(step.usableAt) - Math.floor(ground.clock.now() / 1_000)))
    await mineAt(fork, ground.clock)
  }
  return { at: 'claim', reason: 'WAITS_FOR_EVER' }
}

/** Waits of one settlement. */
const PATIENCE = 4

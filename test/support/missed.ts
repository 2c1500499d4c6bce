// Books, moves and a hunt for accounts that a trigger ladder misses: what integers find below maintenance and doubles do not.
import type { EngineTerms, Instrument, MarginAccount, OraclePrice, Prices } from '../../agent/domain/market.ts'
import { bps, type FeedId, instant, price, wad } from '../../agent/domain/units.ts'
import { isBelowMaintenance, margin } from '../../agent/maths/margin.ts'
import { openWatch, rest, sweep, touch, type Watch } from '../../agent/maths/triggers/watch.ts'
import { account, address, collateral, engineTerms, instrument, ladder, packShocks } from './builders.ts'
import { uniform } from './synthetic-book.ts'

/** What a hunt found. `looks`: accounts that the ladder named where everybody was checked. */
export type Hunt = { checks: number; missed: number; below: number; looks: number; moves: number }

/** Random moves of a random book, every account checked in integers after every move; then every account at its very edge. */
export function hunt({ accounts, moves, edges, seed }: Size): Hunt {
  const random = uniform(seed)
  const world = drawWorld(accounts, random)
  const hunted = { checks: 0, missed: 0, below: 0, looks: 0, moves: 0 }
  for (let i = 0; i < moves; i++) {
    moveWorld(world, random)
    check(world, hunted, world.accounts)
  }
  for (let i = 0; i < edges; i++) atTheEdge(world, hunted, random)
  return hunted
}

export type Size = {
  readonly accounts: number
  readonly moves: number
  readonly edges: number
  readonly seed: number
}

type World = {
  terms: EngineTerms
  prices: Map<FeedId, OraclePrice>
  readonly accounts: MarginAccount[]
  readonly byId: Map<string, MarginAccount>
  readonly watch: Watch
}

function drawWorld(count: number, random: () => number): World {
  const world = {
    terms: drawTerms(),
    prices: new Map<FeedId, OraclePrice>(),
    accounts: [] as MarginAccount[],
    byId: new Map<string, MarginAccount>(),
    watch: openWatch(),
  }
  for (let feed = 0; feed < FEEDS; feed++)
    world.prices.set(feed, quote(feed, feed < PERPETUALS ? 10 ** (1 + random() * 4) : 50))
  for (let i = 0; i < count; i++) put(world, drawAccount(world, i, random))
  return world
}

const PERPETUALS = 6
const OPTIONS = 2
const FEEDS = PERPETUALS + OPTIONS

/** Perpetuals with arrays that add up and arrays that do not, one marked by another feed, two options, six collaterals. */
function drawTerms(): EngineTerms {
  const skewed = packShocks([-1_200, -700, -300, 0, 200, 500, 900, 1_500, -90, 33, 0, 0, 7, -7, 450, -450])
  const perpetual = (id: number, over: Partial<Instrument> = {}) =>
    instrument({ id, name: `P${id}`, markFeed: id, underlyingFeed: id, fundingIndex: 0n, ...over })
  const option = (id: number, feed: number) =>
    instrument({ id, name: `O${id}`, kind: 'option', markFeed: feed, underlyingFeed: id - PERPETUALS, shocks: 0n })
  return engineTerms({
    instruments: [
      perpetual(0),
      perpetual(1),
      perpetual(2, { shocks: ladder(1_500), contingency: bps(250) }),
      perpetual(3, { shocks: skewed }),
      perpetual(4, { shocks: 0n, contingency: bps(0) }),
      perpetual(5, { underlyingFeed: 4, shocks: ladder(400) }),
      option(6, 6),
      option(7, 7),
    ],
    collaterals: [0, 1, 2, 3].map((id) =>
      collateral({ id, feed: id, decimals: [18, 8, 6, 0][id] ?? 18, haircut: bps(500 + 100 * id), gap: bps(100) }),
    ),
  })
}

/** One account, a little above or a little below maintenance, most of them by less than a tenth of what they hold. */
function drawAccount({ terms, prices }: World, i: number, random: () => number): MarginAccount {
  const many = 1 + Math.floor(random() ** 2 * 5)
  const options = random() < 0.1
  const positions = Array.from({ length: many }, () => {
    const id = Math.floor(random() * (options ? FEEDS : PERPETUALS))
    const notional = (random() < 0.5 ? -1 : 1) * 10 ** (2 + random() * 4)
    return {
      instrument: id,
      size: units(notional, id, prices),
      entryFunding: BigInt(Math.round((random() - 0.5) * 1e18)),
    }
  })
  const credit = [0, 1, 2, 3]
    .filter(() => random() < 0.4)
    .map((id) => ({
      collateral: id,
      amount: units(10 ** (2 + random() * 4), id, prices) / 10n ** BigInt(18 - (terms.collaterals[id]?.decimals ?? 18)),
    }))
  const unique = [...new Map(positions.map((one) => [one.instrument, one])).values()]
  const mode = random() < 0.1 ? ('cross' as const) : ('unified' as const)
  const bare = account({ id: address(i + 1), mode, cash: wad(0n), positions: unique, credit })
  const now = margin(bare, terms, prices)
  if (now === undefined) return bare
  const gross = Number(now.maintenance) / 1e18 + 10
  const room = (random() < 0.9 ? 1 : -0.02) * gross * 2 * random() ** 3
  return { ...bare, cash: wad(now.maintenance - now.equity + BigInt(Math.round(room * 1e9)) * 10n ** 9n) }
}

const units = (notional: number, feed: FeedId, prices: Prices) =>
  wad(BigInt(Math.round((notional / (Number(prices.get(feed)?.price ?? 0n) / 1e8)) * 1e9)) * 10n ** 9n)

/** Usually one feed by a little; sometimes all, a crash, an array, a haircut, funding, news of an account, silence. */
function moveWorld(world: World, random: () => number): void {
  const kind = random()
  const by = () => Math.exp((random() - 0.5) * (kind < 0.75 ? 0.002 : kind < 0.95 ? 0.02 : 0.5))
  const next = new Map(world.prices)
  for (const feed of next.keys()) {
    const old = next.get(feed)
    if (old === undefined || (kind < 0.5 && random() < 0.7)) continue
    const moved = max1(BigInt(Math.round(Number(old.price) * by())))
    const shocks = feed >= PERPETUALS && random() < 0.3 ? drawShocks(random) : old.shocks
    next.set(feed, { ...old, price: price(moved), shocks, degraded: random() < 0.0003 })
  }
  world.prices = next
  if (random() < 0.05) world.terms = moveTerms(world.terms, random)
  for (let i = 0; i < world.accounts.length / 50; i++) {
    const at = Math.floor(random() * world.accounts.length)
    put(world, drawAccount(world, at, random), at)
  }
}

const max1 = (raw: bigint): bigint => (raw < 1n ? 1n : raw)
const drawShocks = (random: () => number): bigint =>
  packShocks(Array.from({ length: 16 }, () => Math.round((random() - 0.5) * 6_000)))

function moveTerms(terms: EngineTerms, random: () => number): EngineTerms {
  const funding = (index = 0n) => index + BigInt(Math.round((random() - 0.5) * 1e16))
  return {
    ...terms,
    instruments: terms.instruments.map((one) =>
      one.kind === 'perpetual' ? { ...one, fundingIndex: funding(one.fundingIndex) } : one,
    ),
    collaterals: terms.collaterals.map((one) =>
      random() < 0.2 ? { ...one, gap: bps(100 + Math.floor(random() * 200)) } : one,
    ),
  }
}

function put({ accounts, byId, watch }: World, one: MarginAccount, at = accounts.length): void {
  accounts[at] = one
  byId.set(one.id, one)
  touch(watch, one.id)
}

function check(world: World, hunted: Hunt, accounts: readonly MarginAccount[]): void {
  const { terms, prices, byId, watch } = world
  const keys = new Set(sweep(watch, { terms, prices, accountOf: (key) => byId.get(key) }))
  hunted.moves++
  if (accounts.length > 1) hunted.looks += keys.size
  for (const one of accounts) {
    const found = margin(one, terms, prices)
    hunted.checks++
    if (found === undefined) continue
    const below = isBelowMaintenance(found)
    if (below) hunted.below++
    if (below && !keys.has(one.id)) hunted.missed++
    if (!below && keys.has(one.id)) rest(watch, one.id)
  }
}

/** Where the integers change their mind about an account, to the last unit of a price: two units either side of it. */
function atTheEdge(world: World, hunted: Hunt, random: () => number): void {
  const one = world.accounts[Math.floor(random() * world.accounts.length)]
  const feed = one?.positions[0]?.instrument
  const old = feed === undefined ? undefined : { ...(world.prices.get(feed) ?? quote(feed, 1)), degraded: false }
  if (one === undefined || old === undefined || feed === undefined) return
  const whole = new Map([...world.prices].map(([key, found]) => [key, { ...found, degraded: false }]))
  const at = (raw: bigint) => new Map(whole).set(feed, { ...old, price: price(raw) })
  const isBelow = (raw: bigint) => {
    const found = margin(one, world.terms, at(raw))
    return found !== undefined && isBelowMaintenance(found)
  }
  let [low, high] = [max1(old.price / 2n), old.price * 2n]
  const first = isBelow(low)
  if (first === isBelow(high)) return
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (isBelow(middle) === first) low = middle
    else high = middle
  }
  for (const raw of [low - 2n, high + 1n, low - 1n, high, low]) {
    world.prices = at(max1(raw))
    check(world, hunted, [one])
  }
  world.prices = at(old.price)
  check(world, hunted, [one])
}

function quote(feed: FeedId, dollars: number): OraclePrice {
  return {
    feed,
    price: price(BigInt(Math.round(dollars * 1e8))),
    confidence: bps(5),
    shocks: ladder(900),
    sequence: instant(1),
  }
}

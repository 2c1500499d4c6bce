// A long random day on the contracts and on a model of them, call by call: both refuse the same and end the same.
import { type Address, decodeFunctionResult, encodeFunctionData, type Hex, keccak256 } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { liquidationAuctionAbi } from '../../agent/adapters/chain/abi/liquidation-auction.ts'
import { marginEngineAbi } from '../../agent/adapters/chain/abi/margin-engine.ts'
import { testTokenAbi } from '../../agent/adapters/chain/abi/test-token.ts'
import type { EngineTerms, Mode } from '../../agent/domain/market.ts'
import { bps, instant, millis, price } from '../../agent/domain/units.ts'
import { isBelowMaintenance } from '../../agent/maths/margin.ts'
import { wordSlot } from '../../agent/maths/slots.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'
import { address, auctionTerms, engineTerms, instrument, ladder, usd } from '../support/builders.ts'
import * as model from '../support/engine-model.ts'
import { dump, overlaid, type Places } from '../support/engine-storage.ts'
import {
  deployMarginChain,
  lineSlot,
  type MarginChain,
  mirrorsOf,
  overridesFor,
  packLine,
  type QuotedEntry,
} from '../support/margin-chain.ts'

/** Longer and otherwise as a campaign: LIENMESH_MODEL_STEPS=5000 LIENMESH_MODEL_SEED=7. */
const STEPS = Number(process.env.LIENMESH_MODEL_STEPS ?? 240)
const SEED = Number(process.env.LIENMESH_MODEL_SEED ?? 20_261)
const modes: readonly Mode[] = ['unified', 'cross', 'isolated', 'cross', 'cross']
const people = modes.map((_, i) => address(0xa00 + i))
const [AGENT = address(0), RIVAL = address(0)] = people.slice(3)
const base: EngineTerms = engineTerms({
  instruments: [
    instrument(),
    instrument({ id: 1, markFeed: 1, underlyingFeed: 1, contingency: bps(73), shocks: ladder(1_111) }),
    instrument({ id: 2, kind: 'option', markFeed: 2, underlyingFeed: 0, shocks: 0n }),
  ],
  auction: auctionTerms({ bondedSeconds: 0 }),
  priceMaxAge: millis(1e12),
})

let anvil: Anvil
let chain: MarginChain
beforeAll(async () => {
  anvil = await startAnvil({ chainId: base.chain, args: ['--no-mining', '--auto-impersonate'] })
  chain = await deployMarginChain(anvil, base, [])
})
afterAll(() => anvil?.stop())

test(
  `contracts and model agree on every view and every word of storage after each of ${STEPS} calls`,
  async () => {
    const random = seeded(SEED)
    let now = chain.now + 10n
    let books = await opening(now)
    const places = await placesOf()
    const contracts = [...new Set([chain.engine, chain.auction, ...places.mirrors])]
    let stored = await dump(anvil, contracts)
    const counts = { accepted: 0, refused: 0, bids: 0 }
    let indices: readonly bigint[] = [0n, 0n, 0n]
    for (let step = 0; step < STEPS; step++) {
      now += 1n + BigInt(Math.floor(random() * 9))
      const entries = market(random)
      if (random() < 0.3) indices = indices.map((index, id) => (id < 2 ? index + usd(random() * 4 - 2) : 0n))
      const terms = {
        ...base,
        instruments: base.instruments.map((one, id) => ({ ...one, fundingIndex: indices[id] ?? 0n })),
      }
      const prices = new Map(entries.map((one) => [one.feed, { ...one, sequence: instant(0) }]))
      const moment: model.Moment = { terms, prices, now }
      await publish(entries, terms, now)
      const { calls, after, bids } = move(books, random, moment)
      for (const call of calls) {
        const done = await transact(call, now)
        expect(done).toBe(after !== undefined)
      }
      counts[after === undefined ? 'refused' : 'accepted']++
      if (after !== undefined && bids) counts.bids++
      books = after ?? books
      expect(await views(now)).toEqual(expected(books, moment))
      const predicted = overlaid(stored, books, { ...places, terms })
      stored = await dump(anvil, contracts)
      expect(stored).toEqual(predicted)
    }
    expect(counts.accepted).toBeGreaterThan(STEPS / 4)
    expect(counts.refused).toBeGreaterThan(0)
    expect(counts.bids).toBeGreaterThan(3)
  },
  240_000 + 500 * STEPS,
)

type Call = { readonly from: Address; readonly to: Address; readonly data: Hex }
type Move = { readonly calls: readonly Call[]; readonly after: model.Books | undefined; readonly bids: boolean }

/** What somebody does next: whoever fails is auctioned and bid for first. */
function move(books: model.Books, random: () => number, moment: model.Moment): Move {
  const failing = people.find(
    (who) => who !== AGENT && isBelowMaintenance(model.marginOf(model.held(books, who), moment)),
  )
  if (failing !== undefined) return liquidate(books, failing, moment)
  if (random() < 0.2) {
    const call = engineCall(AGENT, 'closeAll', [AGENT])
    return { calls: [call], after: model.closeAll(books, AGENT, moment), bids: false }
  }
  const who = people[Math.floor(random() * 3)] ?? AGENT
  if (random() < 0.25) return withdrawal(books, who, random, moment)
  const size = BigInt(Math.round((random() * 2 - 1) * 6e6)) * 10n ** 12n + 1n
  const order = { instrument: Math.floor(random() * 3), size }
  const call = engineCall(who, 'trade', [who, order.instrument, size, size > 0n ? 2n ** 64n - 1n : 0n])
  return { calls: [call], after: model.trade(books, who, order, moment), bids: false }
}

/** Cash or credit asked back: sometimes more than there is. */
function withdrawal(books: model.Books, who: Address, random: () => number, moment: model.Moment): Move {
  if (random() < 0.5) {
    const units = BigInt(Math.ceil(random() * 9e9))
    const after = model.withdrawCash(books, who, units * 10n ** 12n, moment)
    return { calls: [engineCall(who, 'withdrawCash', [who, units, who])], after, bids: false }
  }
  const amount = BigInt(Math.ceil(random() * 9e4)) * 10n ** 12n
  const after = model.withdrawCollateral(books, who, { collateral: 0, amount }, moment)
  return { calls: [engineCall(who, 'withdrawCollateral', [who, 0, amount, who])], after, bids: false }
}

function liquidate(books: model.Books, who: Address, moment: model.Moment): Move {
  const account = model.held(books, who)
  const bidder = who === RIVAL ? AGENT : RIVAL
  const started = { ...account, startedAt: account.startedAt ?? moment.now }
  if (account.startedAt === undefined) {
    const data = encodeFunctionData({ abi: liquidationAuctionAbi, functionName: 'start', args: [who] })
    return { calls: [{ from: bidder, to: chain.auction, data }], after: model.put(books, who, started), bids: false }
  }
  const terms = {
    account: who,
    fraction: model.largest(account, moment),
    maxPay: 2n ** 200n,
    expectedVersion: account.version,
    beneficiary: bidder,
  }
  const data = encodeFunctionData({ abi: liquidationAuctionAbi, functionName: 'bid', args: [terms] })
  return {
    calls: [{ from: bidder, to: chain.auction, data }],
    after: model.bid(books, who, bidder, moment),
    bids: true,
  }
}

type EngineCall = 'trade' | 'closeAll' | 'withdrawCash' | 'withdrawCollateral'

function engineCall(from: Address, functionName: EngineCall, args: readonly unknown[]): Call {
  const data = encodeFunctionData({ abi: marginEngineAbi, functionName, args } as Parameters<
    typeof encodeFunctionData
  >[0])
  return { from, to: chain.engine, data }
}

/** Five accounts with cash, two of them with credit, written where the chain keeps them. */
async function opening(now: bigint): Promise<model.Books> {
  const accounts = new Map<string, model.Held>()
  for (const [i, who] of people.entries()) {
    const mode = modes[i] ?? 'cross'
    const credit = i === 0 ? [{ collateral: 0, amount: 10n ** 18n }] : []
    const cash = i < 3 ? usd(20_000) : usd(400_000)
    await send({ from: who, to: chain.engine, data: encodeOpen(mode) }, now)
    const state = { id: who, mode, version: 1n, cash, positions: [], credit, auctionStartedAt: undefined }
    const overrides = await overridesFor(chain, base, state as unknown as Parameters<typeof overridesFor>[2], [])
    await write(who, overrides)
    accounts.set(who, {
      mode,
      cash,
      version: 1n,
      updatedAt: 0n,
      positions: new Map(),
      credit: new Map(credit.map((one) => [one.collateral, one.amount])),
      startedAt: undefined,
    })
  }
  return { accounts, pool: 0n, insurance: 0n, owed: new Map() }
}

/** Where the model finds its words; the token that cash is, with enough in the engine for whoever leaves. */
async function placesOf(): Promise<Places> {
  const at = async (name: string): Promise<Address> => `0x${(await ask(chain, name)).slice(26)}`
  const token = await at('cashToken')
  const mint = encodeFunctionData({ abi: testTokenAbi, functionName: 'mint', args: [chain.engine, 10n ** 15n] })
  await send({ from: AGENT, to: token, data: mint }, chain.now + 10n)
  return {
    engine: chain.engine,
    auction: chain.auction,
    mirrors: await mirrorsOf(chain, base),
    terms: base,
    pool: await at('pool'),
    insurance: await at('insurance'),
    credited: (who, collateral) => (who === people[0] && collateral === 0 ? 10n ** 18n : 0n),
  }
}

/** Its word and its credit: everything else the engine writes itself. */
async function write(who: Address, overrides: Awaited<ReturnType<typeof overridesFor>>): Promise<void> {
  const own = wordSlot(who, keccak256)
  for (const [contract, { stateDiff }] of Object.entries(overrides)) {
    const kept = Object.entries(stateDiff).filter(([slot]) => contract !== chain.engine || slot === own)
    if (contract !== chain.auction)
      for (const [slot, word] of kept) await anvil.ask('anvil_setStorageAt', contract, slot, word)
  }
}

const MODES: readonly Mode[] = ['isolated', 'cross', 'unified']
const encodeOpen = (mode: Mode): Hex =>
  encodeFunctionData({ abi: marginEngineAbi, functionName: 'open', args: [0n, MODES.indexOf(mode) + 1] })

function market(random: () => number): readonly QuotedEntry[] {
  const near = (dollars: number): bigint => BigInt(Math.round(dollars * (0.75 + random() / 2) * 1e8))
  return [2_500, 60_000, 60].map((dollars, feed) => ({
    feed,
    price: price(near(dollars)),
    confidence: bps(Math.floor(random() * 80)),
    shocks: feed < 2 ? 0n : ladder(300),
    degraded: random() < 0.08,
  }))
}

async function publish(entries: readonly QuotedEntry[], terms: EngineTerms, now: bigint): Promise<void> {
  const nobody = {
    id: address(1),
    mode: 'cross',
    version: 0n,
    cash: 0n,
    positions: [],
    credit: [],
    auctionStartedAt: undefined,
  }
  const at = { ...chain, now }
  const overrides = await overridesFor(at, base, nobody as unknown as Parameters<typeof overridesFor>[2], entries)
  for (const [slot, word] of Object.entries(overrides[chain.book]?.stateDiff ?? {}))
    await anvil.ask('anvil_setStorageAt', chain.book, slot, word)
  for (const one of terms.instruments)
    await anvil.ask('anvil_setStorageAt', chain.engine, lineSlot(one.id), packLine(one))
}

async function transact(call: Call, now: bigint): Promise<boolean> {
  const { status } = await send(call, now)
  return status === '0x1'
}

async function send({ from, to, data }: Call, now: bigint): Promise<{ readonly status: Hex }> {
  await anvil.ask('anvil_setBalance', from, '0xffffffffffffffffff')
  const hash = await anvil.ask('eth_sendTransaction', { from, to, data, gas: '0x2faf080' })
  const latest = (await anvil.ask('eth_getBlockByNumber', 'latest', false)) as { timestamp: Hex }
  if (BigInt(latest.timestamp) < now) await anvil.ask('evm_setNextBlockTimestamp', Number(now))
  await anvil.ask('evm_mine')
  return (await anvil.ask('eth_getTransactionReceipt', hash)) as { status: Hex }
}

const views = async (now: bigint) => {
  const at = { ...chain, now }
  const read = async (who: Address) => {
    const state = decodeFunctionResult({
      abi: marginEngineAbi,
      functionName: 'accountState',
      data: await ask(at, 'accountState', who),
    })
    const found = decodeFunctionResult({
      abi: marginEngineAbi,
      functionName: 'margin',
      data: await ask(at, 'margin', who),
    })
    return { cash: state.cash, version: state.version, positions: state.positions, credit: state.credit, found }
  }
  const cash = async (name: 'pool' | 'insurance'): Promise<bigint> => {
    const who: Address = `0x${(await ask(at, name)).slice(26)}`
    return BigInt.asIntN(256, BigInt(await ask(at, 'cashOf', who)))
  }
  return { accounts: await Promise.all(people.map(read)), pool: await cash('pool'), insurance: await cash('insurance') }
}

async function ask(_: MarginChain, functionName: string, ...args: readonly unknown[]): Promise<Hex> {
  const data = encodeFunctionData({ abi: marginEngineAbi, functionName, args } as Parameters<
    typeof encodeFunctionData
  >[0])
  return (await anvil.ask('eth_call', { to: chain.engine, data }, 'latest')) as Hex
}

function expected(books: model.Books, moment: model.Moment) {
  const accounts = people.map((who) => {
    const { cash, version, positions, credit } = model.held(books, who)
    const held = [...positions].sort(([a], [b]) => a - b)
    return {
      cash,
      version,
      positions: held.map(([id, { size, entry }]) => ({ instrument: id, size, entryFunding: entry })),
      credit: [...credit].filter(([, amount]) => amount > 0n).map(([collateral, amount]) => ({ collateral, amount })),
      found: model.marginOf(model.held(books, who), moment),
    }
  })
  return { accounts, pool: books.pool, insurance: books.insurance }
}

/** Park and Miller's minimal generator. */
function seeded(seed: number): () => number {
  let state = seed * 7_919 + 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

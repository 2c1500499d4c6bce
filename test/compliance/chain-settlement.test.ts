// One settlement through the adapters alone, on two real chains: deposit, root, credit, trade, fall, bid, claim, sale.
import { type Address, encodeFunctionData, keccak256, toHex } from 'viem'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { testTokenAbi } from '../../agent/adapters/chain/abi/test-token.ts'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import { proveState } from '../../agent/adapters/gossip/state-proof.ts'
import type { Claim, Fill, Intent } from '../../agent/domain/liquidation.ts'
import type { EngineTerms } from '../../agent/domain/market.ts'
import { balanceOf, unbalanced } from '../../agent/domain/posting.ts'
import type { TradeOrder } from '../../agent/domain/trade.ts'
import { type AccountId, instant, millis, price, wad } from '../../agent/domain/units.ts'
import type { ChainReader, Deposit } from '../../agent/ports/chain.ts'
import type { Reconciler } from '../../agent/runtime/reconcile.ts'
import { lockCollateral, nameTraders, openAccounts, type Trader, tradeOnCredit } from '../../agent/swarm/traders.ts'
import { drillTests } from '../support/drill-tests.ts'
import { type LocalNetwork, startLocalNetwork } from '../support/local-network.ts'
import { accountsNow, type Parts, playOn, type Seat } from '../support/seat.ts'
import { blind, fastProvenBy, openBooks, outstanding, relayFor } from '../support/seat-acts.ts'
import { eventually } from '../support/sending.ts'
import { ETHER, long, SIZE, signOffer, soon, won } from '../support/settlement.ts'

const never = new AbortController().signal
let network: LocalNetwork
let parts: Parts
let winner: Seat
let rival: Seat
let traders: readonly Trader[]
let terms: EngineTerms
let books: readonly Reconciler[]
const halts: string[] = []

beforeAll(async () => {
  network = await startLocalNetwork()
  parts = playOn(network)
  ;[winner, rival] = await Promise.all([parts.takeSeat(0), parts.takeSeat(1)])
  terms = await winner.engine.terms()
  books = await openBooks(winner, halts)
  traders = await nameTraders(network.deployment, [1n, 2n, 3n, 4n, 5n, 6n, 7n].map(long))
  await Promise.all([lockCollateral(network.deployment, traders), openAccounts(network.deployment, traders)])
})

afterAll(async () => {
  await Promise.all([...(winner?.links ?? []), ...(rival?.links ?? [])].map((link) => link.close()))
  await network?.stop()
})

describe('before the fall', () => {
  test('the terms are those of the scenario', () => {
    expect(terms.collaterals.map(({ id, vault, symbol, decimals }) => ({ id, vault, symbol, decimals }))).toEqual([
      { id: 0, vault: 'vault-fast', symbol: 'WETH', decimals: 18 },
      { id: 1, vault: 'vault-fast', symbol: 'WBTC', decimals: 8 },
      { id: 2, vault: 'vault-slow', symbol: 'WETH', decimals: 18 },
      { id: 3, vault: 'vault-slow', symbol: 'WBTC', decimals: 8 },
    ])
    const { instruments, auction, prices } = network.scenario
    const kinds = instruments.map(({ kind }) => (kind === 'perpetual' ? 'perpetual' : 'option'))
    expect(terms.instruments.map(({ kind }) => kind)).toEqual(kinds)
    expect(terms.priceQuorum).toBe(prices.quorum)
    const { startDiscount, discountPerSecond, maxDiscount, target, dust } = auction
    expect(terms.auction).toMatchObject({ startDiscount, discountPerSecond, maxDiscount, target, dust })
  })

  test('pools pay what the scenario starts from, on both vaults, to a thousandth', async () => {
    for (const vault of [winner.fast, winner.slow]) {
      const { number, prices } = await vault.pools()
      expect(number).toBeLessThanOrEqual((await vault.latest()).number)
      const feeds = new Map(network.scenario.feeds.map(({ name, start }) => [name, Number(start)]))
      const said = terms.collaterals.filter((one) => one.vault === vault.vault)
      expect(prices.map(({ collateral }) => collateral)).toEqual(said.map(({ id }) => id))
      for (const [i, { price }] of prices.entries())
        expect(Math.abs(Number(price) / (feeds.get(i === 0 ? 'ETH' : 'BTC') ?? 0) - 1)).toBeLessThan(0.001)
    }
  })

  test('deposits become credit by proof, once', async () => {
    for (const vault of [winner.fast, winner.slow]) {
      const latest = await vault.latest()
      const deposits = await vault.deposits(0n, latest.number)
      expect(deposits.map(({ account }) => account).sort()).toEqual(traders.map(({ account }) => account).sort())
      const basis = await parts.basisAt(vault, latest.number)
      expect(await winner.engine.credit(vault.vault, basis, deposits, never)).toEqual({
        ...{ kind: 'credited', tx: expect.stringMatching(/^0x/), held: [] },
      })
      expect(await winner.engine.credit(vault.vault, basis, deposits, never)).toEqual({ kind: 'nothing', held: [] })
    }
    const [account] = await accountsNow(winner, [traders[0]?.account ?? '0x'])
    expect(account?.credit).toEqual([
      { collateral: 0, amount: 2n * ETHER },
      { collateral: 2, amount: 2n * ETHER },
    ])
  })

  test('a deposit that nobody made is not sent', async () => {
    const basis = await basisNow()
    expect(await winner.engine.credit('vault-fast', basis, [await depositOf(OTHER)], never)).toMatchObject({
      kind: 'nothing',
    })
  })

  test('a root without its quorum credits nothing and says why', async () => {
    await network.deposit(OTHER, 'vault-fast', ETHER)
    const { number, attested: root } = await basisNow()
    const short = { ...root, attestations: root.attestations.slice(1) }
    const refused = winner.engine.credit('vault-fast', { number, attested: short }, [await depositOf(OTHER)], never)
    await expect(refused).rejects.toMatchObject({
      code: 'E_CREDIT',
      message: expect.stringContaining('QUORUM_MISSING'),
    })
  })

  test('accounts trade, and events name whom it touched', async () => {
    await network.push(await network.batches(-1))
    const from = (await winner.engine.latest()).number
    await tradeOnCredit(network.deployment, traders)
    const latest = await winner.engine.latest()
    const events = await winner.engine.events(from, latest.number)
    expect([...events.touched].sort()).toEqual(traders.map(({ account }) => account).sort())
    await expect(blind(winner, network).then((engine) => engine.events(from, latest.number))).rejects.toMatchObject({
      code: 'E_LOGS_UNAVAILABLE',
    })
  })

  test('many accounts are read in few calls, the unknown left out', async () => {
    const ids = [
      ...traders.map(({ account }) => account),
      ...Array.from({ length: 150 }, (_, i): AccountId => `0x${i.toString(16).padStart(40, 'e')}`),
    ]
    const found = await accountsNow(winner, ids)
    const seen = found.map(({ id, mode, positions }) => ({ id, mode, positions }))
    const positions = [{ instrument: 0, size: SIZE }]
    expect(seen).toEqual(traders.map(({ account }) => ({ id: account, mode: 'unified', positions })))
  })

  test('a proven state rebuilds the account that our own node reads', async () => {
    const [account] = await accountsNow(winner, [traders[0]?.account ?? '0x'])
    if (!account) throw new Error('the account is not there')
    const state = await winner.engine.provenState(account, account.anchor.number)
    expect(keccak256(state.header)).toBe(account.anchor.hash)
    const proven = await proveState(state, network.deployment.network)
    expect(proven).toMatchObject({
      kind: 'proven',
      account: { ...account, credit: expect.anything(), auctionStartedAt: undefined },
    })
  })
})

describe('after the fall, on the own capital of an agent', () => {
  let intent: Intent
  let fill: Fill

  test('a healthy account is nobody’s prey', async () => {
    const wish = await parts.intentOn({ by: winner, account: traders[0]?.account, at: -1 })
    const outcome = await winner.engine.bid(wish, undefined, never)
    expect(outcome).toMatchObject({ kind: 'lost', reason: 'ACCOUNT_HEALTHY' })
  })

  test('the winner gets exactly what it quoted', async () => {
    intent = await parts.intentOn({ by: winner, account: traders[0]?.account, at: CRASH })
    const { quote } = intent
    fill = won(await winner.engine.bid(intent, undefined, never))
    expect(fill).toMatchObject({
      fraction: quote.fraction,
      pay: quote.pay,
      outlay: quote.outlay,
      collateralValue: quote.collateralValue,
      saleProceeds: 0n,
      cashChange: -quote.outlay - fill.tradeFees,
    })
    expect(fill.legs.map(({ collateral, vault, amount }) => ({ collateral, vault, amount }))).toEqual(
      quote.legs.map(({ collateral, vault, amount }) => ({ collateral, vault, amount })),
    )
    expect(fill.legs.reduce((sum, { value }) => sum + value, 0n)).toBe(fill.collateralValue)
  })

  test('a second bid on the same version has lost the race', async () => {
    const late = { ...intent, id: keccak256('0x02'), validUntil: soon() }
    expect(await rival.engine.bid(late, undefined, never)).toMatchObject({ kind: 'lost', reason: 'LOST_RACE' })
  })

  test('an intent that came too late is not sent', async () => {
    const late = { ...intent, id: keccak256('0x03'), validUntil: instant(1) }
    expect(await rival.engine.bid(late, undefined, never)).toEqual({ kind: 'expired', reason: 'TOO_LATE' })
  })

  test('everyone sees the claim and the bidder', async () => {
    const { owed, bids } = await rival.engine.events(fill.anchor.number, fill.anchor.number)
    expect(bids).toEqual([
      { account: traders[0]?.account, bidder: winner.seat.executor, number: fill.anchor.number, tx: fill.tx },
    ])
    expect(owed).toEqual(
      fill.legs.map(({ vault, collateral, amount }) => ({
        ...{ chain: winner.engine.id, vault, collateral, kind: 'opened', tx: fill.tx },
        ...{ beneficiary: winner.seat.executor, cumulative: amount },
      })),
    )
  })

  test('a floor above the market leaves the claim where it is, at no cost', async () => {
    const step = await parts.redeem(winner, winner.fast, parts.claimsOf(fill, 'vault-fast'), { floor: 10n ** 26n })
    expect(step).toEqual({ kind: 'stuck', reason: 'BELOW_FLOOR', gasCost: 0n })
  })

  test('a paused route is stuck, at no cost', async () => {
    await network.guard('vault-fast', 'pause')
    const step = await parts.redeem(winner, winner.fast, parts.claimsOf(fill, 'vault-fast'))
    await network.guard('vault-fast', 'unpause')
    expect(step).toEqual({ kind: 'stuck', reason: 'PAUSED', gasCost: 0n })
  })

  test('a proof of another vault pays nothing', async () => {
    const [claims, { number }] = [parts.claimsOf(fill, 'vault-fast'), await winner.engine.latest()]
    const { mirror } = parts.vaultNamed('vault-slow')
    const proof: ChainReader['proof'] = (_, slots, at) => winner.engine.proof(mirror, slots, at)
    const misled = await fastProvenBy(winner, parts, { ...winner.engine, proof })
    const step = await misled.redeem(claims, await parts.basisAt(winner.engine, number), () => wad(1n), never)
    expect(step).toMatchObject({ kind: 'stuck', gasCost: 0n })
  })

  test('the fast route pays and sells in one transaction, once', async () => {
    const [claim] = parts.claimsOf(fill, 'vault-fast')
    const step = await parts.redeem(winner, winner.fast, claim ? [claim] : [])
    expect(step).toMatchObject({ kind: 'sold', received: [{ asset: claim?.asset, amount: claim?.amount }] })
    expect(await winner.fast.claimed(winner.seat.executor, claim?.asset ?? '0x')).toBe(claim?.amount)
    expect(await winner.fast.tokenBalance(0)).toBe(0n)
    expect(await parts.redeem(winner, winner.fast, claim ? [claim] : [])).toEqual(step)
    if (step.kind === 'sold') expect(await winner.fast.dollarBalance()).toBe(step.sale.proceeds)
  })

  test('the slow route waits for its root, then sells', async () => {
    const claims = parts.claimsOf(fill, 'vault-slow')
    const first = await parts.redeem(winner, winner.slow, claims)
    if (first.kind !== 'waiting') throw new Error(`expected to wait, found ${first.kind}`)
    await systemClock.sleep(millis(Math.max(0, Number(first.usableAt) * 1_000 - systemClock.now())), never)
    const second = await parts.redeem(winner, winner.slow, claims, { at: first.number })
    expect(second).toMatchObject({ kind: 'sold', received: claims.map(({ asset, amount }) => ({ asset, amount })) })
  })
})

describe('when a stranger relays a claim', () => {
  test('what the vault paid is sold all the same', async () => {
    const claims = await wonFrom(2)
    const number = (await winner.engine.latest()).number
    await relayFor(winner, parts, network)(claims, number)
    const [claim] = claims
    expect(await winner.fast.tokenBalance(0)).toBe(claim?.amount)
    const before = await winner.fast.dollarBalance()
    const step = await parts.redeem(winner, winner.fast, claims, { at: number })
    expect(step).toMatchObject({ kind: 'sold', received: [] })
    expect(await winner.fast.tokenBalance(0)).toBe(0n)
    if (step.kind === 'sold') expect((await winner.fast.dollarBalance()) - before).toBe(step.sale.proceeds)
  })
})

describe('when an earlier run sold a claim that this one does not know to be sold', () => {
  test('the newer one is sold at a floor of its own', async () => {
    const old = await wonFrom(5)
    expect(await parts.redeem(winner, winner.fast, old)).toMatchObject({ kind: 'sold', claims: old })
    const [young, floor] = [await wonFrom(6), vi.fn(() => wad(1n))]
    const basis = await parts.basisAt(winner.engine, (await winner.engine.latest()).number)
    const step = await winner.fast.redeem([...old, ...young], basis, floor, never)
    expect(step).toMatchObject({ kind: 'sold', claims: young })
    expect(floor.mock.calls).toEqual([[young.map(({ asset, amount }) => ({ asset, amount }))]])
    const again = await winner.fast.redeem([...old, ...old], basis, floor, never)
    expect(again).toMatchObject({ kind: 'stuck', reason: 'NOTHING_OWED' })
  })
})

describe('a hedge of the winner', () => {
  const held = async () => (await accountsNow(winner, [winner.seat.executor])).flatMap(({ positions }) => positions)
  test('opens, outlives a bid that closes what it inherits, and costs its fees when it is closed', async () => {
    const cash = (): Promise<bigint> => winner.engine.cash(winner.seat.executor)
    const opened = await winner.engine.trade(await order(-ETHER / 2n, 1), never)
    expect(opened).toMatchObject({ kind: 'done' })
    expect(await held()).toEqual([{ instrument: 0, size: -ETHER / 2n }])
    const intent = await parts.intentOn({ by: winner, account: traders[4]?.account, at: CRASH })
    const fill = won(await winner.engine.bid({ ...intent, keeps: true }, undefined, never))
    expect(fill.cashChange).toBe(-intent.quote.outlay - fill.tradeFees)
    expect(await held()).toEqual([{ instrument: 0, size: -ETHER / 2n }])
    const before = await cash()
    const closed = await winner.engine.trade(await order(ETHER / 2n, 2), never)
    if (opened.kind !== 'done' || closed.kind !== 'done') throw new Error('expected both trades')
    expect(await held()).toEqual([])
    expect((await cash()) - before).toBe(closed.cashChange)
    // Bought back at the price of the sale: what is gone are the two fees.
    expect(opened.cashChange + closed.cashChange).toBe(-opened.fees - closed.fees)
  })
})

describe('after the fall, over the liquidity service', () => {
  test('the provider pays at once and holds the claim', async () => {
    const provider = network.deployment.seats.find(({ role }) => role === 'provider')
    const wish = { by: winner, account: traders[1]?.account, at: CRASH }
    const intent = await parts.intentOn({ ...wish, settlement: 'liquidity-service' })
    expect(await winner.engine.bid(intent, undefined, never)).toEqual({ kind: 'declined', reason: 'OFFER_MISSING' })
    if (!provider) throw new Error('the scenario has no provider')
    const offer = await signOffer(network, provider, { bidder: winner.seat.executor, quote: intent.quote })
    const fill = won(await winner.engine.bid(intent, offer, never))
    const proceeds = (fill.collateralValue * BigInt(offer.rate)) / 10_000n
    expect(fill.saleProceeds).toBe(proceeds)
    expect(fill.cashChange).toBe(proceeds - fill.outlay - fill.tradeFees)
    const { purchases } = await rival.engine.events(fill.anchor.number, fill.anchor.number)
    expect(purchases).toMatchObject([
      { provider: provider.executor, bidder: winner.seat.executor, value: fill.collateralValue, cash: proceeds },
    ])
  })
})

describe('when several auctions are opened at once', () => {
  test('an account that healed meanwhile holds up nobody else', async () => {
    const [healed, , , failing] = traders
    const wishes = await Promise.all(
      [healed, failing].map((one) => parts.intentOn({ by: winner, account: one?.account, at: CRASH })),
    )
    const candidates = wishes.map(({ quote }) => quote.candidate)
    const from = (await rival.engine.latest()).number + 1n
    const opened = await winner.engine.openAuctions(candidates, never)
    expect(opened).toEqual({ gasCost: expect.any(BigInt), started: [failing?.account] })
    expect(await rival.engine.openAuctions(candidates, never)).toMatchObject({ started: [] })
    const { touched } = await rival.engine.events(from, (await rival.engine.latest()).number)
    expect(touched).toEqual([failing?.account])
  })
})

describe('the books of the winner', () => {
  test('equal both chains to the wei, what is owed to it is in flight, and every asset balances', async () => {
    await eventually(balanced, (found) => found.every(({ length }) => length === 0) && openOf(winner) === 0)
    expect(await balanced()).toEqual([[], []])
    const balances = winner.journal.balances()
    expect(unbalanced(balances)).toEqual([])
    for (const asset of assetsOf()) {
      const inFlight = balanceOf(balances, { chain: network.vault.id, asset, account: 'in-flight' })
      expect([asset, inFlight]).toEqual([asset, await outstanding(winner, asset)])
    }
    const seen = balances.map(({ account }) => account)
    expect(seen).toEqual(expect.arrayContaining(['bids', 'fees', 'gas', 'sales', 'vaults']))
    expect(seen.some((account) => ['arrived', 'reserved'].includes(account))).toBe(false)
  })

  test("take up what others brought, and stop at what only a thief can have taken until the chain's word is accepted", async () => {
    const [token, executor] = [parts.vaultNamed('vault-fast').dollar, winner.seat.executor]
    const call = (functionName: 'mint' | 'transfer', args: readonly [Address, bigint]) =>
      encodeFunctionData({ abi: testTokenAbi, functionName, args })
    await network.call(token, call('mint', [executor, 700n]))
    await eventually(balanced, () => ownersPart() === -700n)
    expect(halts).toEqual([])
    const { rpc } = network.vault
    await rpc.request('anvil_impersonateAccount', [executor])
    await rpc.request('anvil_setBalance', [executor, '0xde0b6b3a7640000'])
    await rpc.request('eth_sendTransaction', [{ from: executor, to: token, data: call('transfer', [OTHER, 5n]) }])
    await eventually(balanced, () => halts.length > 0)
    expect(halts[0]).toBe(`unreconciled chain 41337 holds less than the books say: 5 of ${token.toLowerCase()}`)
    for (const book of books) book.accept()
    await eventually(balanced, () => balanceOf(winner.journal.balances(), { ...dollars(), account: 'accepted' }) === 5n)
    expect(halts).toHaveLength(1)
  })
})

describe('a hedge of an executor whose owner never allowed it', () => {
  test('is refused with a reason, at no cost', async () => {
    const refused = { kind: 'refused', reason: 'CALL_FORBIDDEN', gasCost: 0n }
    expect(await rival.engine.trade(await order(-ETHER / 2n, 3), never)).toEqual(refused)
  })
})

describe('a drill of all of it', () => drillTests(() => ({ network, winner, rival })))

/** The claims on the fast vault of a bid on a trader's account. */
async function wonFrom(trader: number): Promise<readonly Claim[]> {
  const intent = await parts.intentOn({ by: winner, account: traders[trader]?.account, at: CRASH })
  return parts.claimsOf(won(await winner.engine.bid(intent, undefined, never)), 'vault-fast')
}

/** A trade at the prices of the fall, wherever the market is. */
const order = async (size: bigint, nth: number): Promise<TradeOrder> => {
  const { quote } = await parts.intentOn({ by: winner, account: traders[4]?.account, at: CRASH })
  const { batches } = quote.candidate
  const limit = price(size > 0n ? 10n ** 15n : 1n)
  const place = { engine: winner.engine.id, instrument: 0, strategy: 'hedged', reason: 'test' }
  return { ...place, id: keccak256(toHex(`trade ${nth}`)), size: wad(size), limit, batches }
}

const balanced = () => Promise.all(books.map((book) => book.look()))
const openOf = ({ journal, statements }: Seat) =>
  statements.reduce((sum, { chain }) => sum + journal.open(chain).length, 0)
const dollars = () => ({ chain: network.vault.id, asset: parts.vaultNamed('vault-fast').dollar })
const assetsOf = () =>
  new Set(['vault-fast', 'vault-slow'].flatMap((id) => parts.vaultNamed(id).assets.map(({ token }) => token)))

const ownersPart = () => balanceOf(winner.journal.balances(), { ...dollars(), account: 'owner' })

const OTHER: AccountId = '0x00000000000000000000000000000000000000cc'
/** Milliseconds into the scenario at which the price is at its first low. */
const CRASH = 13_000

const basisNow = async () => parts.basisAt(winner.fast, (await winner.fast.latest()).number)

const depositOf = async (account: AccountId): Promise<Deposit> => {
  const asset = parts.vaultNamed('vault-fast').assets[0]?.token ?? '0x'
  return { account, asset, anchor: await winner.fast.latest() }
}

// One settlement through the adapters alone, on two real chains: deposit, root, credit, trade, fall, bid, claim, sale.
import { encodeFunctionData, keccak256 } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collateralVaultAbi } from '../../agent/adapters/chain/abi/collateral-vault.ts'
import { evidenceOf, rootActs } from '../../agent/adapters/chain/credit.ts'
import { openEngineChain } from '../../agent/adapters/chain/engine-chain.ts'
import { type ChainLink, openLink } from '../../agent/adapters/chain/link.ts'
import { openVaultChain } from '../../agent/adapters/chain/vault-chain.ts'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import { proveState } from '../../agent/adapters/gossip/state-proof.ts'
import { signerOf } from '../../agent/adapters/signer/local-signer.ts'
import { openMemoryJournal } from '../../agent/adapters/store/memory-journal.ts'
import type { Claim, Fill, Intent, Quote } from '../../agent/domain/liquidation.ts'
import type { EngineTerms, MarginAccount } from '../../agent/domain/market.ts'
import type { VaultDeployment } from '../../agent/domain/network.ts'
import { type AccountId, instant, millis, wad } from '../../agent/domain/units.ts'
import { discount, holdings, margin, maxFractionUp, outlay, payUp, shareDown } from '../../agent/maths/margin.ts'
import { quorumPrices } from '../../agent/maths/oracle.ts'
import { owedSlot } from '../../agent/maths/slots.ts'
import type { AttestedHeader, ChainReader, Deposit, EngineChain, VaultChain } from '../../agent/ports/chain.ts'
import { lockCollateral, nameTraders, openAccounts, type Trader, tradeOnCredit } from '../../agent/swarm/traders.ts'
import { type Deployment, type LocalNetwork, startLocalNetwork } from '../support/local-network.ts'
import { ETHER, fullValue, long, SIZE, signOffer, soon, sum, won } from '../support/settlement.ts'

type Seated = Deployment['seats'][number]

/** One agent's view of the two chains. */
type Seat = {
  readonly seat: Seated
  readonly engine: EngineChain
  readonly fast: VaultChain
  readonly slow: VaultChain
  readonly links: readonly ChainLink[]
}

const never = new AbortController().signal
let network: LocalNetwork
let winner: Seat
let rival: Seat
let traders: readonly Trader[]
let terms: EngineTerms

beforeAll(async () => {
  network = await startLocalNetwork()
  ;[winner, rival] = await Promise.all([takeSeat(0), takeSeat(1)])
  terms = await winner.engine.terms()
  traders = await nameTraders(network.deployment, [long(1n), long(2n), long(3n), long(4n)])
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

  test('deposits become credit by proof, once', async () => {
    for (const vault of [winner.fast, winner.slow]) {
      const latest = await vault.latest()
      const deposits = await vault.deposits(0n, latest.number)
      expect(deposits.map(({ account }) => account).sort()).toEqual(traders.map(({ account }) => account).sort())
      const root = await attested(vault, latest.number)
      expect(await winner.engine.credit(vault.vault, root, deposits, never)).toMatch(/^0x/)
      expect(await winner.engine.credit(vault.vault, root, deposits, never)).toBeUndefined()
    }
    const [account] = await accountsNow([traders[0]?.account ?? '0x'])
    expect(account?.credit).toEqual([
      { collateral: 0, amount: 2n * ETHER },
      { collateral: 2, amount: 2n * ETHER },
    ])
  })

  test('a deposit that nobody made is not sent', async () => {
    expect(
      await winner.engine.credit('vault-fast', await attestedNow(), [await depositOf(OTHER)], never),
    ).toBeUndefined()
  })

  test('a root without its quorum credits nothing and says why', async () => {
    await network.deposit(OTHER, 'vault-fast', ETHER)
    const root = await attestedNow()
    const short = { ...root, attestations: root.attestations.slice(1) }
    const refused = winner.engine.credit('vault-fast', short, [await depositOf(OTHER)], never)
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
    await expect(blind(winner).then((engine) => engine.events(from, latest.number))).rejects.toMatchObject({
      code: 'E_LOGS_UNAVAILABLE',
    })
  })

  test('many accounts are read in few calls, the unknown left out', async () => {
    const ids = [
      ...traders.map(({ account }) => account),
      ...Array.from({ length: 150 }, (_, i): AccountId => `0x${i.toString(16).padStart(40, 'e')}`),
    ]
    const found = await accountsNow(ids)
    expect(found.map(({ id, mode, positions }) => ({ id, mode, positions }))).toEqual(
      traders.map(({ account }) => ({ id: account, mode: 'unified', positions: [{ instrument: 0, size: SIZE }] })),
    )
  })

  test('a proven state rebuilds the account that our own node reads', async () => {
    const [account] = await accountsNow([traders[0]?.account ?? '0x'])
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
    const wish = await intentOn(traders[0], -1)
    const outcome = await winner.engine.bid(wish, undefined, never)
    expect(outcome).toMatchObject({ kind: 'lost', reason: 'ACCOUNT_HEALTHY' })
  })

  test('the winner gets exactly what it quoted', async () => {
    intent = await intentOn(traders[0], CRASH)
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
    const step = await redeem(winner, winner.fast, claimsOf(fill, 'vault-fast'), { floor: 10n ** 26n })
    expect(step).toEqual({ kind: 'stuck', reason: 'BELOW_FLOOR', gasCost: 0n })
  })

  test('a paused route is stuck, at no cost', async () => {
    await network.guard('vault-fast', 'pause')
    const step = await redeem(winner, winner.fast, claimsOf(fill, 'vault-fast'))
    await network.guard('vault-fast', 'unpause')
    expect(step).toEqual({ kind: 'stuck', reason: 'PAUSED', gasCost: 0n })
  })

  test('a proof of another vault pays nothing', async () => {
    const claims = claimsOf(fill, 'vault-fast')
    const number = (await winner.engine.latest()).number
    const slots = claims.map(({ asset }) => owedSlot(winner.seat.executor, asset, keccak256))
    const foreign = await winner.engine.proof(vaultNamed('vault-slow').mirror, slots, number)
    const step = await winner.fast.redeem(claims, await attested(winner.engine, number), foreign, wad(1n), never)
    expect(step).toMatchObject({ kind: 'stuck', gasCost: 0n })
  })

  test('the fast route pays and sells in one transaction, once', async () => {
    const [claim] = claimsOf(fill, 'vault-fast')
    const step = await redeem(winner, winner.fast, claim ? [claim] : [])
    expect(step).toMatchObject({ kind: 'sold', received: [{ asset: claim?.asset, amount: claim?.amount }] })
    expect(await winner.fast.claimed(winner.seat.executor, claim?.asset ?? '0x')).toBe(claim?.amount)
    expect(await winner.fast.tokenBalance(0)).toBe(0n)
    expect(await redeem(winner, winner.fast, claim ? [claim] : [])).toEqual(step)
    if (step.kind === 'sold') expect(await winner.fast.dollarBalance()).toBe(step.sale.proceeds)
  })

  test('the slow route waits for its root, then sells', async () => {
    const claims = claimsOf(fill, 'vault-slow')
    const first = await redeem(winner, winner.slow, claims)
    if (first.kind !== 'waiting') throw new Error(`expected to wait, found ${first.kind}`)
    await systemClock.sleep(millis(Math.max(0, Number(first.usableAt) * 1_000 - systemClock.now())), never)
    expect(await winner.slow.anchored(fill.anchor.number)).toBeDefined()
    const second = await redeem(winner, winner.slow, claims, { at: first.number })
    expect(second).toMatchObject({ kind: 'sold', received: claims.map(({ asset, amount }) => ({ asset, amount })) })
  })
})

describe('when a stranger relays a claim', () => {
  test('what the vault paid is sold all the same', async () => {
    const fill = won(await winner.engine.bid(await intentOn(traders[2], CRASH), undefined, never))
    const claims = claimsOf(fill, 'vault-fast')
    const number = (await winner.engine.latest()).number
    await relay(claims, number)
    const [claim] = claims
    expect(await winner.fast.tokenBalance(0)).toBe(claim?.amount)
    const before = await winner.fast.dollarBalance()
    const step = await redeem(winner, winner.fast, claims, { at: number })
    expect(step).toMatchObject({ kind: 'sold', received: [] })
    expect(await winner.fast.tokenBalance(0)).toBe(0n)
    if (step.kind === 'sold') expect((await winner.fast.dollarBalance()) - before).toBe(step.sale.proceeds)
  })
})

describe('after the fall, over the liquidity service', () => {
  test('the provider pays at once and holds the claim', async () => {
    const provider = network.deployment.seats.find(({ role }) => role === 'provider')
    const intent = await intentOn(traders[1], CRASH, 'liquidity-service')
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
    const wishes = await Promise.all([intentOn(healed, CRASH), intentOn(failing, CRASH)])
    const candidates = wishes.map(({ quote }) => quote.candidate)
    const from = (await rival.engine.latest()).number + 1n
    expect(await winner.engine.openAuctions(candidates, never)).toEqual({
      gasCost: expect.any(BigInt),
      started: [failing?.account],
    })
    expect(await rival.engine.openAuctions(candidates, never)).toMatchObject({ started: [] })
    const { touched } = await rival.engine.events(from, (await rival.engine.latest()).number)
    expect(touched).toEqual([failing?.account])
  })
})

const OTHER: AccountId = '0x00000000000000000000000000000000000000cc'
/** Milliseconds into the scenario at which the price is at its first low. */
const CRASH = 13_000

async function takeSeat(index: number): Promise<Seat> {
  const { deployment, engine: engineChain, vault: vaultChain } = network
  const seat = deployment.seats[index]
  if (!seat) throw new Error('the scenario has too few seats')
  const journal = openMemoryJournal()
  const fees = { tip: 1_000_000_000n, ceiling: 100_000_000_000n, baseFee: 'zero' } as const
  const open = (chain: { id: typeof engineChain.id; url: string }, blocks: number) => {
    const finality = [{ below: undefined, blocks, proof: true }]
    const sending = { signer: signerOf(seat.key), journal, fees, finality }
    return openLink({ chain: chain.id, urls: [chain.url], clock: systemClock, poll: millis(50), sending })
  }
  const [link, vaultLink] = await Promise.all([open(engineChain, 2), open(vaultChain, 1)])
  const { executor } = seat
  const vault = (id: string) => openVaultChain({ link: vaultLink, deployment: vaultNamed(id), executor })
  return {
    seat,
    engine: await openEngineChain({ link, network: deployment.network, executor, vaultReader: () => vaultLink.reader }),
    fast: await vault('vault-fast'),
    slow: await vault('vault-slow'),
    links: [link, vaultLink],
  }
}

const blind = ({ links, seat }: Seat) => {
  const [link] = links
  if (!link) throw new Error('no link')
  return openEngineChain({ link, network: network.deployment.network, executor: seat.executor, blindLogs: true })
}

function vaultNamed(id: string): VaultDeployment {
  const vault = network.deployment.network.vaults.find((one) => one.id === id)
  if (!vault) throw new Error(`no vault ${id}`)
  return vault
}

async function attested(reader: ChainReader, number: bigint): Promise<AttestedHeader> {
  const { rlp, head } = await reader.header(number)
  return { chain: reader.id, number, header: rlp, attestations: await network.attest(head) }
}

const attestedNow = async () => attested(winner.fast, (await winner.fast.latest()).number)

const depositOf = async (account: AccountId): Promise<Deposit> => {
  const asset = vaultNamed('vault-fast').assets[0]?.token ?? '0x'
  return { account, asset, anchor: await winner.fast.latest() }
}

const accountsNow = async (ids: readonly AccountId[]): Promise<readonly MarginAccount[]> =>
  winner.engine.accounts(ids, await winner.engine.latest())

/** An honest quote at the prices of a moment, by the same maths as everybody. */
async function intentOn(
  trader: Trader | undefined,
  at: number,
  settlement: 'state-proof' | 'liquidity-service' = 'state-proof',
): Promise<Intent> {
  const batches = await network.batches(at)
  const prices = quorumPrices(batches)
  const [account] = await accountsNow([trader?.account ?? '0x'])
  const worth = account && margin(account, terms, prices)
  const held = account && holdings(account, terms, prices)
  if (!account || !worth || !held) throw new Error('the account cannot be priced')
  const off = discount(terms.auction, 0n)
  const fraction = maxFractionUp(worth, off, terms.auction)
  const pay = payUp(fraction, worth.mark, off)
  const legs = held.collateral.map(({ collateral, amount, value }) => ({
    ...{ collateral: collateral.id, vault: collateral.vault, amount: shareDown(amount, fraction) },
    value: wad(shareDown(value, fraction)),
  }))
  const collateralValue = wad(
    sum(
      held.collateral.map(({ collateral, amount, price }) =>
        fullValue(shareDown(amount, fraction), collateral.decimals, price),
      ),
    ),
  )
  const cash = outlay(pay, worth.netValue, fraction)
  const quote: Quote = {
    ...{ candidate: { id: `${account.id}`, account, margin: worth, batches, source: 'own', since: instant(0) } },
    ...{
      route: { id: settlement, engine: winner.engine.id, settlement, provider: undefined },
      fraction,
      discount: off,
      pay,
    },
    ...{
      outlay: cash,
      legs,
      collateralValue,
      raceCost: wad(0n),
      bonus: wad(collateralValue - cash),
      cost: wad(100n * ETHER),
      providerFee: wad(0n),
    },
    ...{ gap: { expected: wad(0n), shortfall: wad(0n), premium: wad(0n) }, net: wad(0n) },
  }
  const id = keccak256(`${account.id}${at < 0 ? '00' : '01'}`)
  return { id, strategy: 'test', quote, maxPay: wad(pay + 1n), validUntil: soon(), reason: '' }
}

const claimsOf = (fill: Fill, vault: string): readonly Claim[] =>
  fill.legs
    .filter((leg) => leg.vault === vault)
    .map(({ collateral, amount }) => ({
      ...{ intent: keccak256(fill.tx), vault, collateral, amount, openedAt: instant(0), openedIn: fill.anchor },
      asset: vaultNamed(vault).assets.find((one) => one.collateral === collateral)?.token ?? '0x',
    }))

type Redeeming = { readonly floor?: bigint; readonly at?: bigint }

async function redeem(by: Seat, vault: VaultChain, claims: readonly Claim[], { floor = 1n, at }: Redeeming = {}) {
  const number = at ?? (await by.engine.latest()).number
  const slots = claims.map(({ asset }) => owedSlot(by.seat.executor, asset, keccak256))
  const proof = await by.engine.proof(vaultNamed(vault.vault).mirror, slots, number)
  return vault.redeem(claims, await attested(by.engine, number), proof, wad(floor), never)
}

/** Root, anchor and claim by somebody who gains nothing. */
async function relay(claims: readonly Claim[], number: bigint): Promise<void> {
  const { vault, mirror, engineRoots } = vaultNamed('vault-fast')
  const root = await attested(winner.engine, number)
  const slots = claims.map(({ asset }) => owedSlot(winner.seat.executor, asset, keccak256))
  const proof = await winner.engine.proof(mirror, slots, number)
  for (const { target, data } of rootActs(engineRoots, mirror, root, proof)) await network.call(target, data)
  for (const [i, { asset }] of claims.entries()) {
    const args = [winner.seat.executor, asset, evidenceOf(number, proof.slots[i]?.proof ?? [])] as const
    await network.call(vault, encodeFunctionData({ abi: collateralVaultAbi, functionName: 'claim', args }))
  }
}

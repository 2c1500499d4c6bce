// Bids that somebody copies and clocks that are wrong, on two real chains. F.. are numbers of the fault matrix.
import { type Hash, type Hex, keccak256, parseTransaction } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import type { Outcome } from '../../agent/domain/liquidation.ts'
import { instant, millis } from '../../agent/domain/units.ts'
import type { Clock } from '../../agent/ports/clock.ts'
import { openRpcProxy, type RpcProxy } from '../../agent/swarm/faults/rpc-proxy.ts'
import { lockCollateral, nameTraders, openAccounts, type Trader, tradeOnCredit } from '../../agent/swarm/traders.ts'
import { type LocalNetwork, startLocalNetwork } from '../support/local-network.ts'
import { type Parts, playOn, type Seat } from '../support/seat.ts'
import { long, won } from '../support/settlement.ts'

const never = new AbortController().signal
/** Milliseconds into the scenario at which the price is at its first low. */
const CRASH = 13_000
const WRONG = 90_000

/** A clock so many milliseconds off. */
const off = (by: number): Clock => ({ ...systemClock, now: () => instant(systemClock.now() + by) })

let network: LocalNetwork
let parts: Parts
let proxy: RpcProxy
let traders: readonly Trader[]
let [right, rival, slow, fast]: Seat[] = []

beforeAll(async () => {
  network = await startLocalNetwork()
  parts = playOn(network)
  proxy = await openRpcProxy({ upstream: network.engine.url })
  right = await parts.takeSeat(0, { engineUrls: [proxy.url] })
  rival = await parts.takeSeat(1)
  slow = await parts.takeSeat(2, { clock: off(-WRONG) })
  fast = await parts.takeSeat(3, { clock: off(WRONG) })
  traders = await nameTraders(network.deployment, [long(1n), long(2n), long(3n)])
  await Promise.all([lockCollateral(network.deployment, traders), openAccounts(network.deployment, traders)])
  for (const vault of [right.fast, right.slow]) {
    const { number } = await vault.latest()
    const basis = await parts.basisAt(vault, number)
    await right.engine.credit(vault.vault, basis, await vault.deposits(0n, number), never)
  }
  await network.push(await network.batches(-1))
  await tradeOnCredit(network.deployment, traders)
})

afterAll(async () => {
  const links = [right, rival, slow, fast].flatMap((seat) => seat?.links ?? [])
  await Promise.all(links.map((link) => link.close()))
  await proxy?.close()
  await network?.stop()
})

/** A bid by a seat on a trader, at the first low. */
const wish = (by: Seat | undefined, trader: number) =>
  parts.intentOn({ by: seated(by), account: traders[trader]?.account, at: CRASH })

describe('F12: a bid that somebody reads before it is mined', () => {
  test('is of no use to another key, and taken first by another executor costs us gas and no capital', async () => {
    const [us, them] = [seated(right), seated(rival)]
    const before = await us.engine.cash(us.seat.executor)
    const intent = await wish(us, 0)
    let seen: Hex | undefined
    const release = proxy.add({
      kind: 'swallow',
      hashOf: (raw) => {
        seen = `0x${raw.slice(2)}`
        return keccak256(seen)
      },
    })
    const bid = us.engine.bid(intent, undefined, never)
    const raw = await vi.waitUntil(() => seen, { timeout: 10_000, interval: 10 })
    expect(await replayed(raw)).toBe('0x0')
    won(await them.engine.bid({ ...intent, id: keccak256('0xc0') }, undefined, never))
    release()
    const outcome: Outcome = await bid
    expect(outcome).toMatchObject({ kind: 'lost', reason: 'LOST_RACE' })
    // Half a million gas at two gwei, and no more.
    expect(outcome.kind === 'lost' ? outcome.gasCost : 0n).toBeLessThan(10n ** 15n)
    expect(await us.engine.cash(us.seat.executor)).toBe(before)
  })
})

describe('F56: a clock that is a minute and a half', () => {
  test('behind bids and settles all the same: the chain says what time it is', async () => {
    const us = seated(slow)
    const fill = won(await us.engine.bid(await wish(us, 1), undefined, never))
    const step = await parts.redeem(us, us.fast, parts.claimsOf(fill, 'vault-fast'))
    expect(step.kind).toBe('sold')
  })

  test('ahead bids on nothing, and pays for no claim that is not due', async () => {
    const us = seated(fast)
    const intent = await wish(us, 2)
    expect(await us.engine.bid(intent, undefined, never)).toEqual({ kind: 'expired', reason: 'TOO_LATE' })
    const later = { ...intent, validUntil: instant(intent.validUntil + WRONG) }
    const claims = parts.claimsOf(won(await us.engine.bid(later, undefined, never)), 'vault-slow')
    const first = await parts.redeem(us, us.slow, claims)
    if (first.kind !== 'waiting') throw new Error(`expected to wait, found ${first.kind}`)
    const at = first.number
    const again = await parts.redeem(us, us.slow, claims, { at })
    expect(again).toMatchObject({ kind: 'waiting', number: at, gasCost: 0n })
    // By the clock of the agent, which is as wrong as before.
    const ours = systemClock.now() + WRONG
    await systemClock.sleep(millis(Math.max(0, Number(first.usableAt) * 1_000 - ours)), never)
    const sold = await vi.waitUntil(
      async () => {
        const step = await parts.redeem(us, us.slow, claims, { at })
        return step.kind === 'sold' ? step : undefined
      },
      { timeout: 20_000, interval: 200 },
    )
    expect(sold.received).toHaveLength(claims.length)
  })
})

function seated(seat: Seat | undefined): Seat {
  if (!seat) throw new Error('nobody sits there')
  return seat
}

/** Sends the same call from a key of the copier's own; the status of its receipt. */
async function replayed(raw: Hex): Promise<string> {
  const { to, data, gas } = parseTransaction(raw)
  const copier = privateKeyToAccount(keccak256('0xc1'))
  const { rpc, id } = network.engine
  await rpc.request('anvil_setBalance', [copier.address, '0xde0b6b3a7640000'])
  const fees = { maxFeePerGas: 9n * 10n ** 9n, maxPriorityFeePerGas: 10n ** 9n }
  const signed = await copier.signTransaction({
    ...{ type: 'eip1559', chainId: id, nonce: 0, ...fees },
    ...(to ? { to } : {}),
    ...(data === undefined ? {} : { data }),
    ...(gas === undefined ? {} : { gas }),
  })
  const hash = await rpc.request<Hash>('eth_sendRawTransaction', [signed])
  const receipt = () => rpc.request<{ status: string } | null>('eth_getTransactionReceipt', [hash])
  return (await vi.waitUntil(receipt, { timeout: 10_000, interval: 20 })).status
}

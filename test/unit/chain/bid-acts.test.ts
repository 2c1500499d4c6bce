import fc from 'fast-check'
import { type Address, encodeFunctionData, type Hex, toHex } from 'viem'
import { expect, test } from 'vitest'
import { liquidationAuctionAbi } from '../../../agent/adapters/chain/abi/liquidation-auction.ts'
import { liquidatorExecutorAbi } from '../../../agent/adapters/chain/abi/liquidator-executor.ts'
import { marginEngineAbi } from '../../../agent/adapters/chain/abi/margin-engine.ts'
import { priceBookAbi } from '../../../agent/adapters/chain/abi/price-book.ts'
import { bidding, closeEverything, pushPrices, startAuction } from '../../../agent/adapters/chain/bid-acts.ts'
import { executeCall } from '../../../agent/adapters/chain/executor-call.ts'
import { address as addressWord, int, uint } from '../../../agent/adapters/chain/words.ts'
import { bps, chainId, instant, price } from '../../../agent/domain/units.ts'
import { network } from '../gossip/builders.ts'

const engines = network().engines
const [deployment] = engines
if (deployment === undefined) throw new Error('expected an engine in the test network')

const hex = (size: number) => fc.uint8Array({ minLength: size, maxLength: size }).map((found): Hex => toHex(found))
const who = hex(20) as fc.Arbitrary<Address>
const whole = (bits: number) => fc.bigInt(0n, 2n ** BigInt(bits) - 1n)
const time = fc.nat(2 ** 45)
const entry = fc.record({
  feed: fc.nat(2 ** 16 - 1),
  price: whole(64).map(price),
  confidence: fc.nat(2 ** 16 - 1).map(bps),
  shocks: whole(256),
})
const batch = fc.record({
  engine: fc.constant(chainId(1)),
  publisher: who,
  sequence: time.map(instant),
  validUntil: time.map(instant),
  entries: fc.array(entry, { maxLength: 6 }),
  signature: fc.oneof(hex(65), hex(64), hex(0), hex(1)),
})
const bid = fc.record({
  ...{ account: who, fraction: fc.nat(10_000), maxPay: whole(256), expectedVersion: whole(64), beneficiary: who },
})
const guard = fc.record({
  intent: hex(32),
  leg: fc.nat(5),
  deadline: whole(48),
  floor: fc.bigInt(-(2n ** 255n), 2n ** 255n - 1n),
})
const act = fc.record({ target: who, data: fc.uint8Array({ maxLength: 200 }).map((found): Hex => toHex(found)) })

test('what a bid carries is what viem encodes, to the byte', () => {
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 4 }), bid, who, (batches, terms, me) => {
      const sorted = [...batches].sort((a, b) => (a.publisher < b.publisher ? -1 : 1))
      expect(pushPrices(deployment, batches).data).toBe(
        encodeFunctionData({ abi: priceBookAbi, functionName: 'push', args: [sorted] }),
      )
      const auction = liquidationAuctionAbi
      expect(startAuction(deployment, me).data).toBe(
        encodeFunctionData({ abi: auction, functionName: 'start', args: [me] }),
      )
      expect(bidding(deployment, terms, undefined).data).toBe(
        encodeFunctionData({ abi: auction, functionName: 'bid', args: [terms] }),
      )
      expect(closeEverything(deployment, me).data).toBe(
        encodeFunctionData({ abi: marginEngineAbi, functionName: 'closeAll', args: [me] }),
      )
    }),
    { numRuns: 400 },
  )
})

test('an executor call is what viem encodes, to the byte', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 6 }), guard, (acts, found) => {
      const args = [acts, { ...found, deadline: Number(found.deadline) }] as const
      expect(executeCall(acts, found)).toBe(
        encodeFunctionData({ abi: liquidatorExecutorAbi, functionName: 'execute', args }),
      )
    }),
    { numRuns: 400 },
  )
})

test('what does not fit its word is refused, not cut', () => {
  expect(() => uint(65_536, 16)).toThrow('16 bits')
  expect(() => uint(-1n, 256)).toThrow('256 bits')
  expect(() => int(2n ** 255n)).toThrow('int256')
  expect(() => addressWord('0x12')).toThrow('address')
  expect(() => executeCall([], { intent: '0x1234', leg: 0, deadline: 1n, floor: 0n })).toThrow('32 bytes')
})

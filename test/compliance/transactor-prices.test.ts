// What is paid for inclusion when gas runs away. F.. are numbers of the fault matrix.
import { type Hex, numberToHex } from 'viem'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLink } from '../../agent/adapters/chain/link.ts'
import { openStatements } from '../../agent/adapters/chain/statement.ts'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import {
  CHAIN,
  eventually,
  FINALITY,
  feeOf,
  GWEI,
  order,
  type Sending,
  signer,
  startSending,
  usd,
} from '../support/sending.ts'

const never = new AbortController().signal

let on: Sending
beforeEach(async () => {
  on = await startSending()
})
afterEach(() => on.close())

describe('F35: a base fee fifty times higher within ten blocks', () => {
  const coin = () => usd(2_000)

  test('misses no deadline of a settlement, and sends no bid above its ceiling', async () => {
    const transactor = await on.open({ fees: { tip: GWEI, ceiling: 500n * GWEI, baseFee: 'market', coin } })
    await on.anvil.ask('anvil_setBlockGasLimit', '0xea60')
    const now = (await time(on)) + 60
    const claim = order({ leg: 'claim', gas: 100_000n, deadline: BigInt(now), value: usd(10_000) })
    const settled = transactor.send({ ...claim, budget: { most: usd(200), likely: 100_000n } }, never)
    const bids: Promise<string>[] = []
    for (let block = 1; block <= 10; block++) {
      const bid = order({ leg: `bid ${block}`, budget: { most: usd(4), likely: 100_000n }, now: true })
      bids.push(transactor.send(bid, AbortSignal.timeout(20)).then(String, (error) => error.code ?? error.name))
      await on.anvil.ask(
        'anvil_setNextBlockBaseFeePerGas',
        numberToHex((GWEI * 148n ** BigInt(block)) / 100n ** BigInt(block)),
      )
      await on.mine()
      await expect.poll(() => Promise.race([bids[block - 1], 'pending'])).not.toBe('pending')
    }
    await on.anvil.ask('anvil_setBlockGasLimit', '0xbebc200')
    await eventually(
      () => on.mineThen(() => on.journal.open(CHAIN).length),
      (count) => count === 0,
    )
    const { kind, mined } = await settled
    expect({ kind, status: mined.status }).toEqual({ kind: 'mined', status: 'included' })
    expect(await Promise.all(bids)).toContain('E_GAS_BUDGET')
    const fees = on.journal.history(CHAIN, signer.address, 0).map(({ leg, raw }) => ({ leg, fee: feeOf(raw) }))
    expect(fees.filter(({ leg, fee }) => leg.startsWith('bid') && fee > 20n * GWEI)).toEqual([])
    expect(fees.filter(({ leg, fee }) => leg === 'claim' && fee > 500n * GWEI)).toEqual([])
  })

  test('raises a transaction at once that the next block would refuse', async () => {
    const transactor = await on.open({ fees: { tip: GWEI, ceiling: 500n * GWEI, baseFee: 'market', coin } })
    const sent = transactor.send(order(), never)
    await eventually(on.pooled, (count) => count === 1)
    await on.anvil.ask('anvil_setNextBlockBaseFeePerGas', numberToHex(50n * GWEI))
    await on.mine()
    await eventually(
      () => on.journal.open(CHAIN).length,
      (count) => count === 2,
    )
    await eventually(on.pooled, (count) => count === 1)
    await on.mine()
    expect((await sent).mined.status).toBe('included')
  })
})

test('after a restart a bid is offered no more than was signed for it, a claim up to the ceiling', async () => {
  const fees = { tip: GWEI, ceiling: 500n * GWEI, baseFee: 'market' } as const
  const first = await on.open({ fees })
  for (const leg of ['bid', 'claim']) {
    void first.send(order({ leg }), never)
    await eventually(
      () => on.journal.open(CHAIN).length,
      (count) => count === (leg === 'bid' ? 1 : 2),
    )
  }
  await on.arrived()
  await on.stop()
  const signed = on.journal.history(CHAIN, signer.address, 0).map(({ raw }) => feeOf(raw))
  await on.anvil.ask('anvil_setNextBlockBaseFeePerGas', numberToHex(50n * GWEI))
  await on.anvil.ask('evm_mine')
  await on.open({ fees, patience: 1 })
  const raised = (leg: string) =>
    on.journal.history(CHAIN, signer.address, 0).flatMap((tx) => (tx.leg === leg ? feeOf(tx.raw) : []))
  await eventually(
    () => on.mineThen(() => raised('claim').length),
    (count) => count > 1,
  )
  expect(raised('bid')).toEqual(signed.slice(0, 1))
  expect(raised('claim').every((fee) => fee <= 500n * GWEI)).toBe(true)
})

test('what a chain charges for data is part of what an order may cost', async () => {
  // Returns 2e15 wei for any call.
  await on.anvil.ask('anvil_setCode', '0x420000000000000000000000000000000000000F', '0x66071afd498d00005f5260205ff3')
  const coin = () => usd(2_000)
  const transactor = await on.open({ fees: { tip: GWEI, ceiling: 500n * GWEI, baseFee: 'market', coin } })
  const bid = (most: number) => order({ leg: `bid ${most}`, budget: { most: usd(most), likely: 100_000n }, now: true })
  await expect(transactor.send(bid(4), never)).rejects.toMatchObject({ code: 'E_GAS_BUDGET', remedy: 'retry' })
  const sent = transactor.send(bid(10), never)
  await on.mineAll(1)
  expect((await sent).mined.status).toBe('included')
})

test('what our coin pays for is counted at our own fees, whatever a stranger paid in the last blocks', async () => {
  const { rpc, close } = await openLink({ chain: CHAIN, urls: [on.anvil.url], clock: systemClock })
  const fees = { tip: 2n * GWEI, ceiling: 500n * GWEI, baseFee: 'market' } as const
  const premises = { chain: CHAIN, executor: signer.address, engine: undefined, vaults: [], mirrored: [] }
  const statements = openStatements({ rpc, premises, operator: signer.address, depth: FINALITY, fees })
  await on.anvil.ask('anvil_setBalance', signer.address, numberToHex(10n ** 18n))
  await on.anvil.ask('anvil_setNextBlockBaseFeePerGas', numberToHex(GWEI))
  await on.mine()
  const [, stranger] = (await on.anvil.ask('eth_accounts')) as readonly Hex[]
  const price = numberToHex(1_000n * GWEI)
  const dear = { from: stranger, to: stranger, maxFeePerGas: price, maxPriorityFeePerGas: price }
  await on.anvil.ask('eth_sendTransaction', dear)
  await on.anvil.ask('anvil_setNextBlockBaseFeePerGas', numberToHex(GWEI))
  await on.mine()
  expect(BigInt((await on.anvil.ask('eth_gasPrice')) as Hex)).toBeGreaterThan(900n * GWEI)
  expect(await statements.runway()).toBe(250)
  await close()
})

async function time({ anvil }: Sending): Promise<number> {
  const block = (await anvil.ask('eth_getBlockByNumber', 'latest', false)) as { timestamp: Hex }
  return Number(block.timestamp)
}

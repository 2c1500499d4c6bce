// One fee policy for both legs on one chain: a bid gives up what it cannot pay for, and nothing waits behind it for long.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Order, openTransactor } from '../../../agent/adapters/chain/transactor.ts'
import { signerOf } from '../../../agent/adapters/signer/local-signer.ts'
import { openMemoryJournal } from '../../../agent/adapters/store/memory-journal.ts'
import type { LienmeshError } from '../../../agent/domain/errors.ts'
import { wad } from '../../../agent/domain/units.ts'
import { gasChain } from '../../support/gas-chain.ts'
import { feeOf, GWEI, KEY } from '../../support/sending.ts'

const signer = signerOf(KEY)
const never = new AbortController().signal
const GAS = 100_000n
/** A dollar of coin, so that a budget of `GAS` times a price in wei is that ceiling. */
const coin = () => wad(10n ** 18n)
const FEES = { tip: GWEI, ceiling: 500n * GWEI, baseFee: 'market', coin } as const

/** An order of a leg, placed before a block, good for so many seconds, worth so much gas (gwei). */
type Wish = {
  readonly leg: 'bid' | 'claim'
  readonly block: number
  readonly seconds: number
  readonly gwei: number
}

type Ending = Wish & {
  /** What was offered for it, oldest first. */
  readonly offered: readonly bigint[]
  readonly refused: boolean
  /** The second of its inclusion. */
  readonly minedAt: bigint | undefined
  readonly deadline: bigint
}

/** Plays wishes against base fees, one per block; `start` is that of the block before. */
async function play(
  wishes: readonly Wish[],
  bases: readonly bigint[],
  { room, start = bases[0] ?? 0n }: { readonly room: number; readonly start?: bigint },
): Promise<readonly Ending[]> {
  const chain = gasChain(start)
  const journal = openMemoryJournal()
  const finality = [{ below: undefined, blocks: 2, proof: false }]
  const transactor = await openTransactor({ ...chain, signer, journal, fees: FEES, finality })
  const placed: { wish: Wish; index: number; deadline: bigint; refused: boolean }[] = []
  const place = async (wish: Wish, index: number): Promise<void> => {
    const deadline = chain.now() + BigInt(wish.seconds)
    const one = { wish, index, deadline, refused: false }
    placed.push(one)
    const known = journal.open(chain.rpc.chain).length
    const sent = transactor.send(orderOf(wish, index, deadline), never).catch((error: LienmeshError) => {
      if (error.code !== 'E_GAS_BUDGET') throw error
      one.refused = true
    })
    await Promise.race([sent, written(() => journal.open(chain.rpc.chain).length > known)])
  }
  for (const [block, base] of bases.entries()) {
    for (const [index, wish] of wishes.entries()) if (wish.block === block) await place(wish, index)
    await chain.mine(base, room)
  }
  await transactor.close()
  return placed.map(({ wish, index, deadline, refused }) => {
    const attempts = journal
      .history(chain.rpc.chain, signer.address, 0)
      .filter((tx) => tx.leg === `${wish.leg} ${index}`)
    const minedAt = attempts.map(({ hash }) => chain.minedAt(hash)).find((at) => at !== undefined)
    return { ...wish, deadline, refused, minedAt, offered: attempts.map(({ raw }) => feeOf(raw)) }
  })
}

const orderOf = ({ leg, gwei }: Wish, index: number, deadline: bigint): Order => ({
  ...{ to: signer.address, data: '0x', gas: GAS, leg: `${leg} ${index}`, deadline },
  budget: { most: wad(BigInt(gwei) * GWEI * GAS), likely: GAS },
  ...(leg === 'bid' ? { now: true } : {}),
})

async function written(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setImmediate(resolve))
}

/** Fifty times the base fee within ten blocks, in uneven steps, then as high for long. */
const spike = fc
  .tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.array(fc.double({ min: 0.5, max: 1.5, noNaN: true }), { minLength: 10, maxLength: 10 }),
  )
  .map(([start, steps]) => {
    const whole = steps.reduce((sum, step) => sum + step, 0)
    let climbed = 0
    const rise = steps.map((step) => {
      climbed += step
      return BigInt(Math.ceil(start * 1e9 * 50 ** (climbed / whole)))
    })
    return [...rise, ...Array.from({ length: 90 }, () => rise.at(-1) ?? 0n)]
  })

const wish = fc.oneof(
  fc.record({
    leg: fc.constant('bid' as const),
    block: fc.integer({ min: 0, max: 12 }),
    seconds: fc.integer({ min: 1, max: 120 }),
    gwei: fc.integer({ min: 1, max: 600 }),
  }),
  fc.record({
    leg: fc.constant('claim' as const),
    block: fc.integer({ min: 0, max: 12 }),
    seconds: fc.integer({ min: 20, max: 60 }),
    gwei: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(600)),
  }),
)

test('F35: two deadlines on one chain: no settlement that can pay misses its own, nothing is offered above its ceiling', async () => {
  await fc.assert(
    fc.asyncProperty(
      spike,
      fc.array(wish, { minLength: 2, maxLength: 10 }),
      fc.integer({ min: 1, max: 3 }),
      async (bases, wishes, room) => {
        const endings = await play(wishes, bases, { room })
        const peak = bases.at(-1) ?? 0n
        const able = endings.filter(({ leg, gwei }) => leg === 'claim' && BigInt(gwei) * GWEI >= peak)
        expect(able.filter(({ minedAt, deadline }) => minedAt === undefined || minedAt > deadline)).toEqual([])
        const ceiling = (gwei: number) => (gwei > 500 ? 500n : BigInt(gwei)) * GWEI
        expect(endings.filter(({ offered, gwei }) => offered.some((fee) => fee > ceiling(gwei)))).toEqual([])
      },
    ),
    { numRuns: 60 },
  )
})

test('F35: what cannot pay gives its nonce up to a settlement behind it that can, a block later', async () => {
  const bid = { leg: 'bid', block: 0, seconds: 100, gwei: 50 } as const
  const dust = { leg: 'claim', block: 0, seconds: 100, gwei: 50 } as const
  const claim = { leg: 'claim', block: 0, seconds: 8, gwei: 600 } as const
  const dear = Array.from({ length: 8 }, () => 60n * GWEI)
  const endings = await play([bid, dust, claim], dear, { room: 3, start: GWEI })
  expect(endings.map(({ minedAt }) => minedAt)).toEqual([undefined, undefined, 2n])
  const late = await play([bid, dust, claim], dear, { room: 3 })
  expect(late.map(({ refused, minedAt }) => [refused, minedAt])).toEqual([
    [true, undefined],
    [true, undefined],
    [false, 1n],
  ])
})

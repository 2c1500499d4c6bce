// The books against a chain that a test plays.
import { expect, test } from 'vitest'
import { openMemoryJournal } from '../../../agent/adapters/store/memory-journal.ts'
import { type Asset, balanceOf, move, type Posting } from '../../../agent/domain/posting.ts'
import { chainId } from '../../../agent/domain/units.ts'
import type { Journal } from '../../../agent/ports/journal.ts'
import { createReconciler } from '../../../agent/runtime/reconcile.ts'
import { hash } from '../../support/builders.ts'
import { journaledTx } from '../../support/journaled-tx.ts'

const chain = chainId(1)
const CASH = { chain, asset: 'cash' } as const

/** A chain that holds what the test says, one block further at every look. */
function world(held: bigint, journal: Journal = openMemoryJournal()) {
  const halts: string[] = []
  const said: string[] = []
  const at = { block: 10n, held, explained: [] as readonly Posting[], inFlight: new Map<Asset, bigint>() }
  const make = () =>
    createReconciler({
      journal,
      statements: {
        chain,
        read: async () => ({ block: ++at.block, balances: [{ asset: 'cash', amount: at.held }] }),
        explain: async () => at.explained,
        runway: async () => 1,
      },
      inFlight: async () => at.inFlight,
      halt: ({ reason, detail }) => void halts.push(`${reason}: ${detail}`),
      emit: (event) => void said.push(event),
    })
  const actual = () => balanceOf(journal.balances(), { ...CASH, account: 'actual' })
  return { at, journal, halts, said, actual, make }
}

const paid = (amount: bigint, block: bigint, ref = hash(1)): Posting => ({
  ...{ ref, chain, block },
  entries: move({ ...CASH, amount, from: 'actual', to: 'bids' }),
})

test('books begin with what the chain holds, once nothing of ours is under way', async () => {
  const { at, journal, actual, make } = world(1_000n)
  const reconciler = make()
  journal.commit(journaledTx())
  expect([await reconciler.look(), actual()]).toEqual([[], 0n])
  journal.settle('0x01', 'reverted')
  at.inFlight.set('0xaa', 7n)
  expect([await reconciler.look(), actual()]).toEqual([[], 1_000n])
  expect(balanceOf(journal.balances(), { chain, asset: '0xaa', account: 'in-flight' })).toBe(7n)
  expect(await reconciler.look()).toEqual([])
})

test('what was booked after the block of a statement is not expected of it', async () => {
  const { at, journal, make, halts } = world(1_000n)
  const reconciler = make()
  await reconciler.look()
  journal.post(paid(300n, at.block + 2n))
  expect(await reconciler.look()).toEqual([])
  at.held = 700n
  expect([await reconciler.look(), halts]).toEqual([[], []])
})

test('money that is missing stops the bidding at the third look, and again after a restart, until it is accepted', async () => {
  const { at, journal, make, halts, actual } = world(1_000n)
  const reconciler = make()
  await reconciler.look()
  at.held = 999n
  expect([await reconciler.look(), await reconciler.look(), halts]).toEqual([[missing(1n)], [missing(1n)], []])
  await reconciler.look()
  expect(halts).toEqual(['unreconciled: chain 1 holds less than the books say: 1 of cash'])
  const again = make()
  for (let look = 0; look < 3; look++) await again.look()
  expect(halts).toHaveLength(2)
  again.accept()
  expect([await again.look(), await again.look(), actual(), halts.length]).toEqual([[], [], 999n, 2])
  expect(balanceOf(journal.balances(), { ...CASH, account: 'accepted' })).toBe(1n)
})

test('an operator accepts what was shown, once: what goes missing before, later or besides stops the bidding again', async () => {
  const { at, make, halts, actual } = world(1_000n)
  const reconciler = make()
  await reconciler.look()
  reconciler.accept()
  await reconciler.look()
  at.held = 999n
  for (let look = 0; look < 3; look++) await reconciler.look()
  expect([halts.length, actual()]).toEqual([1, 1_000n])
  at.held = 900n
  reconciler.accept()
  for (let look = 0; look < 3; look++) await reconciler.look()
  expect([halts.at(-1), actual()]).toEqual(['unreconciled: chain 1 holds less than the books say: 100 of cash', 1_000n])
  reconciler.accept()
  await reconciler.look()
  at.held = 899n
  for (let look = 0; look < 3; look++) await reconciler.look()
  expect([halts.at(-1), actual()]).toEqual(['unreconciled: chain 1 holds less than the books say: 1 of cash', 900n])
})

test('while a transaction of ours is under way, what is missing may be its price: it gets a minute', async () => {
  const { at, journal, make, halts } = world(1_000n)
  const reconciler = make()
  await reconciler.look()
  journal.commit(journaledTx())
  at.held = 999n
  for (let look = 0; look < 11; look++) await reconciler.look()
  expect(halts).toEqual([])
  await reconciler.look()
  expect(halts).toEqual(['unreconciled: chain 1 holds less than the books say: 1 of cash'])
})

test('what somebody sends us stops nothing: it is ours, and said', async () => {
  const { at, make, halts, said, actual } = world(1_000n)
  const reconciler = make()
  await reconciler.look()
  at.held = 1_005n
  for (let look = 0; look < 3; look++) await reconciler.look()
  expect([await reconciler.look(), actual(), halts, said]).toEqual([[], 1_005n, [], ['books:arrived']])
})

test('what others did is booked once, by what the chain says of it', async () => {
  const { at, journal, make, halts } = world(1_000n)
  const reconciler = make()
  await reconciler.look()
  at.held = 400n
  at.explained = [{ ...paid(600n, at.block), entries: move({ ...CASH, amount: 600n, from: 'actual', to: 'owner' }) }]
  expect([await reconciler.look(), await reconciler.look(), halts]).toEqual([[], [], []])
  expect(balanceOf(journal.balances(), { ...CASH, account: 'owner' })).toBe(600n)
})

test('a block late is no difference: the next look may agree', async () => {
  const { at, journal, make, halts } = world(1_000n)
  const reconciler = make()
  await reconciler.look()
  at.held = 900n
  await reconciler.look()
  journal.post(paid(100n, at.block))
  for (let look = 0; look < 4; look++) expect(await reconciler.look()).toEqual([])
  expect(halts).toEqual([])
})

const missing = (amount: bigint) => ({ asset: 'cash', amount: -amount })

// The double-entry book: every movement of a liquidation's life, in any order, against a model of what the chains hold.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { openMemoryJournal } from '../../agent/adapters/store/memory-journal.ts'
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import {
  type Asset,
  balanceOf,
  type Entry,
  holdingsOf,
  type LedgerAccount,
  move,
  opened,
  type Posting,
  received,
  unbalanced,
} from '../../agent/domain/posting.ts'
import { chainId, wad } from '../../agent/domain/units.ts'
import type { Journal } from '../../agent/ports/journal.ts'
import { address, hash, WETH } from '../support/builders.ts'
import { journaledTx } from '../support/journaled-tx.ts'

const [B, A] = [chainId(1), chainId(2)]
const DOLLAR = address(0xd0)
const folder = mkdtempSync(join(tmpdir(), 'lienmesh-books-'))
let files = 0
afterAll(() => rmSync(folder, { recursive: true }))

type State = 'signed' | 'won' | 'lost' | 'relayed' | 'sold'

/** What the chains hold, kept by plain sums; and what may happen next to each bid. */
type World = {
  readonly held: Map<string, bigint>
  readonly bids: Map<number, State>
  block: bigint
  transactions: number
}

const key = (chain: number, asset: Asset): string => `${chain}:${asset}`
const OUTLAY = (bid: number): bigint => 1_000n + BigInt(bid) * 7n
const AMOUNT = (bid: number): bigint => 50n + BigInt(bid)
const GAS = 3n

/** A world, the journal that should agree with it, and the bid that something happens to. */
type Event = { readonly world: World; readonly journal: Journal; readonly bid: number }

function change({ world: { held } }: Event, chain: number, asset: Asset, by: bigint): void {
  held.set(key(chain, asset), (held.get(key(chain, asset)) ?? 0n) + by)
}

function gas(event: Event, chain: typeof B): readonly Entry[] {
  change(event, chain, 'coin', -GAS)
  return move({ chain, asset: 'coin', amount: GAS, from: 'actual', to: 'gas' })
}

const posting = ({ world }: Event, ref: string, chain: typeof B, entries: readonly Entry[]): Posting => ({
  ...{ ref, chain, block: ++world.block, entries },
})

const becomes = ({ world, bid }: Event, state: State): void => void world.bids.set(bid, state)
const [bidHash, claimHash] = [(bid: number) => hash(bid), (bid: number) => hash(1_000 + bid)]

/** Movements by the owner alone. */
const byOwner = (from: LedgerAccount, to: LedgerAccount, amount: bigint) => (event: Event) => {
  change(event, B, 'cash', amount)
  const entries = move({ chain: B, asset: 'cash', amount: 900n, from, to })
  event.journal.post(posting(event, `owner ${event.world.block}`, B, entries))
}

const ANY: readonly (State | undefined)[] = [undefined, 'signed', 'won', 'lost', 'relayed', 'sold']

/** What may happen, in which states of a bid, and what it moves. */
const EVENTS: Readonly<Record<What, { readonly when: readonly (State | undefined)[]; act(event: Event): void }>> = {
  bid: {
    when: [undefined],
    act: (event) => {
      becomes(event, 'signed')
      const [at, reserved] = [bidHash(event.bid), wad(OUTLAY(event.bid) + 10n)]
      event.journal.commit(journaledTx({ chain: B, nonce: event.bid, intent: at, hash: at, reserved }))
    },
  },
  win: {
    when: ['signed'],
    act: (event) => {
      const [at, outlay] = [bidHash(event.bid), OUTLAY(event.bid)]
      becomes(event, 'won')
      change(event, B, 'cash', -outlay)
      const cash = { chain: B, asset: 'cash', from: 'actual' } as const
      const paid = [...move({ ...cash, amount: outlay - 2n, to: 'bids' }), ...move({ ...cash, amount: 2n, to: 'fees' })]
      const entries = [...gas(event, B), ...paid, ...opened(A, WETH, AMOUNT(event.bid))]
      event.journal.settle(at, 'included', posting(event, at, B, entries))
    },
  },
  lose: {
    when: ['signed'],
    act: (event) => {
      becomes(event, 'lost')
      const at = bidHash(event.bid)
      event.journal.settle(at, 'reverted', posting(event, at, B, gas(event, B)))
    },
  },
  reorg: {
    when: ['won', 'lost'],
    act: (event) => {
      change(event, B, 'coin', GAS)
      if (event.world.bids.get(event.bid) === 'won') change(event, B, 'cash', OUTLAY(event.bid))
      becomes(event, 'signed')
      event.journal.settle(bidHash(event.bid), 'signed')
    },
  },
  relay: {
    when: ['won'],
    act: (event) => {
      becomes(event, 'relayed')
      change(event, A, WETH, AMOUNT(event.bid))
      const paid = posting(event, `relayed ${event.bid}`, A, received(A, WETH, AMOUNT(event.bid)))
      expect([event.journal.post(paid), event.journal.post(paid)]).toEqual([true, false])
    },
  },
  sell: {
    when: ['won', 'relayed'],
    act: (event) => {
      const { world, journal, bid } = event
      const [at, amount, proceeds, relayed] = [
        claimHash(bid),
        AMOUNT(bid),
        OUTLAY(bid) + 5n,
        world.bids.get(bid) === 'relayed',
      ]
      becomes(event, 'sold')
      change(event, A, DOLLAR, proceeds)
      if (relayed) change(event, A, WETH, -amount)
      journal.commit(journaledTx({ chain: A, nonce: world.transactions++, hash: at, leg: 'claim' }))
      const entries = [
        ...gas(event, A),
        ...(relayed ? [] : received(A, WETH, amount)),
        ...move({ chain: A, asset: WETH, amount, from: 'actual', to: 'sales' }),
        ...move({ chain: A, asset: DOLLAR, amount: proceeds, from: 'sales', to: 'actual' }),
      ]
      journal.settle(at, 'included', posting(event, at, A, entries))
    },
  },
  deposit: { when: ANY, act: byOwner('owner', 'actual', 900n) },
  withdraw: { when: ANY, act: byOwner('actual', 'owner', -900n) },
}

/** Plays an event where it can happen. */
function happen(world: World, journal: Journal, [what, bid]: Story[number]): void {
  const { when, act } = EVENTS[what]
  if (when.includes(world.bids.get(bid))) act({ world, journal, bid })
}

/** Nothing is created or destroyed, the books are the chains, and what is promised is what is open. */
function expectSound({ held, bids }: World, journal: Journal): void {
  const balances = journal.balances()
  expect(unbalanced(balances)).toEqual([])
  const on = (chain: typeof B, asset: Asset, account: LedgerAccount) => balanceOf(balances, { chain, asset, account })
  for (const [chain, asset] of [
    [B, 'cash'],
    [B, 'coin'],
    [A, 'coin'],
    [A, WETH],
    [A, DOLLAR],
  ] as const)
    expect([chain, asset, on(chain, asset, 'actual')]).toEqual([chain, asset, held.get(key(chain, asset)) ?? 0n])
  const sum = (wanted: string, of: (bid: number) => bigint) =>
    [...bids].reduce((total, [bid, state]) => (state === wanted ? total + of(bid) : total), 0n)
  const [reserved, inFlight] = [sum('signed', (bid) => OUTLAY(bid) + 10n), sum('won', AMOUNT)]
  expect([on(B, 'cash', 'reserved'), on(A, WETH, 'in-flight')]).toEqual([reserved, inFlight])
  for (const { actual, inFlight, reserved, inventory } of holdingsOf(balances))
    expect(inventory).toBe(actual + inFlight - reserved)
}

const WHAT = ['bid', 'win', 'lose', 'reorg', 'relay', 'sell', 'deposit', 'withdraw'] as const
type What = (typeof WHAT)[number]
type Story = readonly (readonly [What, number])[]
const stories = fc.array(fc.tuple(fc.constantFrom(...WHAT), fc.nat({ max: 4 })), { maxLength: 60 })

const disk = () => openSqliteJournal({ path: join(folder, `${files++}.db`) })
const memory = () => openMemoryJournal()

describe.each([
  { name: 'on disk', open: disk, numRuns: 12 },
  { name: 'in memory', open: memory, numRuns: 300 },
])('the books $name', ({ open, numRuns }) => {
  test('sum to zero in every asset of every chain and equal the chains, whatever happens to a liquidation', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const [world, journal] = [{ held: new Map(), bids: new Map(), block: 0n, transactions: 0 }, open()]
        for (const event of story) {
          happen(world, journal, event)
          expectSound(world, journal)
        }
        journal.close()
      }),
      { numRuns },
    )
  })

  test('refuse what creates or destroys money', () => {
    const journal = open()
    const entry: Entry = { chain: A, asset: 'coin', account: 'actual', amount: 1n }
    expect(() => journal.post({ ref: 'a', chain: A, block: 1n, entries: [entry] })).toThrow('does not balance')
    expect(journal.balances()).toEqual([])
  })
})

test('the books after a restart are the books before it', () => {
  const path = join(folder, 'again.db')
  const first = openSqliteJournal({ path })
  const world: World = { held: new Map(), bids: new Map(), block: 0n, transactions: 0 }
  const story: Story = [
    ['deposit', 0],
    ['bid', 1],
    ['win', 1],
    ['bid', 2],
    ['bid', 3],
    ['lose', 3],
    ['reorg', 3],
    ['relay', 1],
  ]
  for (const event of story) happen(world, first, event)
  const before = first.balances()
  first.close()
  const second = openSqliteJournal({ path })
  const byPlace = (balances: typeof before) =>
    new Map(balances.map(({ amount, ...at }) => [Object.values(at).join(), amount]))
  expect(byPlace(second.balances())).toEqual(byPlace(before))
  expectSound(world, second)
  second.close()
})

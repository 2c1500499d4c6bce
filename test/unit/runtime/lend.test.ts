import { beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../agent/adapters/clock/system-clock.ts'
import type { Line, LineEvent } from '../../../agent/domain/credit-line.ts'
import { bps, chainId, wad } from '../../../agent/domain/units.ts'
import type { EngineEvents, LineOrder, LineOutcome } from '../../../agent/ports/chain.ts'
import { createLender, type Lender } from '../../../agent/runtime/lend.ts'
import { createTasks, type Tasks } from '../../../agent/runtime/tasks.ts'
import { smallNetwork } from '../../support/agent-directory.ts'
import { batchesAt, engineTerms } from '../../support/builders.ts'
import { type FakeEngine, type FakeVault, fakeEngine, fakeVault } from '../../support/fake-chain.ts'

const US = '0x00000000000000000000000000000000000000b1' as const
const USER = '0x00000000000000000000000000000000000000c1' as const
const ID = '0x00000000000000000000000000000000000000d1' as const
const ETHER = 10n ** 18n

const line = (change: Partial<Line> = {}): Line => ({
  ...{ user: USER, account: USER, refund: USER, provider: US, beneficiary: US },
  ...{ collateral: 0, amount: 10n * ETHER, principal: wad(10_000n * ETHER), fee: wad(300n * ETHER) },
  ...{ penalty: bps(500), maxLtv: bps(8_000), openBy: 50, expiry: 100, nonce: 1n },
  ...change,
})

let engine: FakeEngine
let vault: FakeVault
let lender: Lender
let tasks: Tasks
let said: { readonly event: string; readonly reason?: unknown }[]
let orders: LineOrder[]
let fate: LineOutcome
let price: bigint
let reserves: bigint
let earned: bigint
let deposited: bigint
let shut: string | undefined

beforeEach(() => {
  const [deployed] = smallNetwork.engines
  const [locked] = smallNetwork.vaults
  if (!deployed || !locked) throw new Error('a network has both')
  engine = fakeEngine(engineTerms())
  vault = fakeVault(chainId(31338), locked.id)
  ;[said, orders, price, reserves, earned, deposited] = [[], [], 2_000n, 50_000n * ETHER, 0n, 0n]
  shut = undefined
  fate = { kind: 'done', tx: '0x01', gasCost: 0n }
  engine.orderLine = async (order) => {
    orders.push(order)
    return fate
  }
  vault.deposited = async (_account, _asset, number) => (number >= 3n ? deposited : 0n)
  const signal = new AbortController().signal
  const failed = (_name: string, error: unknown): void => {
    throw error
  }
  tasks = createTasks({ signal, clock: systemClock, retried: failed, failed })
  const seat = { chain: engine, deployment: deployed, executor: US }
  lender = createLender(
    {
      vaults: new Map([[locked.id, { chain: vault, deployment: locked, executor: US }]]),
      valueOf: (_engine, _collateral, amount) => wad(amount * price),
      emit: (event, fields) => void said.push({ event, ...fields }),
      tell: () => undefined,
      tasks,
      signal,
    },
    seat,
    {
      margin: 50,
      maxLine: wad(20_000n * ETHER),
      depth: 2n,
      free: async () => reserves - lender.promised,
      gapPremium: () => 150,
      shut: () => shut,
      batches: () => batchesAt(2_000),
      earned: ({ fee }) => {
        earned += fee
      },
    },
  )
})

describe('a line that was asked for', () => {
  test('is opened once the whole deposit lies as deep as we want it', async () => {
    await heard([asked()])
    expect(said).toMatchObject([{ event: 'line:accepted' }])
    expect(lender.promised).toBe(10_000n * ETHER)
    deposited = 10n * ETHER - 1n
    vault.mine(5)
    await heard([])
    expect(orders).toEqual([])
    deposited = 10n * ETHER
    await heard([])
    expect(orders).toMatchObject([{ kind: 'open', id: ID }])
    expect(lender.promised).toBe(0n)
  })

  test('is not opened while its deposit is shallow', async () => {
    deposited = 10n * ETHER
    vault.mine(4)
    await heard([asked()])
    await heard([])
    expect(orders).toEqual([])
    vault.mine()
    await heard([])
    expect(orders).toHaveLength(1)
  })

  test('is declined on a route that was tripped, and not opened when that happened after it was accepted', async () => {
    shut = 'the breaker of the mirror of vault-fast is tripped'
    await heard([asked()])
    expect(said).toMatchObject([{ event: 'line:declined', reason: shut }])
    shut = undefined
    await heard([asked()])
    ;[deposited, shut] = [10n * ETHER, 'the breaker of vault-fast is tripped']
    vault.mine(5)
    await heard([])
    expect(orders).toEqual([])
    shut = undefined
    await heard([])
    expect(orders).toMatchObject([{ kind: 'open', id: ID }])
  })

  test.each([
    ['too little fee', { fee: wad(199n * ETHER) }, 'a fee of'],
    ['another beneficiary', { beneficiary: USER }, 'another beneficiary than ours'],
    ['more than a line may be', { principal: wad(20_001n * ETHER), amount: 100n * ETHER }, 'above the limit'],
    ['an LTV it breaches at once', { amount: 5n * ETHER }, 'above its own LTV'],
    ['no room for the penalty', { maxLtv: bps(9_900) }, 'no room for the penalty'],
    ['a time that is past', { openBy: 0 }, 'too late to open'],
    ['an unknown collateral', { collateral: 7 }, 'unknown collateral'],
  ])('with %s is declined with the reason', async (_what, change, reason) => {
    await heard([asked(change)])
    expect(said).toMatchObject([{ event: 'line:declined', reason: expect.stringContaining(reason) }])
  })

  test('beyond the reserves, promises counted, is declined', async () => {
    reserves = 15_000n * ETHER
    await heard([asked()])
    await heard([asked({}, '0x00000000000000000000000000000000000000d2')])
    expect(said.map(({ event }) => event)).toEqual(['line:accepted', 'line:declined'])
  })

  test('of another provider is none of ours', async () => {
    await heard([asked({ provider: USER })])
    expect(said).toEqual([])
  })
})

describe('a line that is open', () => {
  beforeEach(async () => {
    deposited = 10n * ETHER
    vault.mine(6)
    await heard([asked()])
    await heard([])
    orders.length = 0
  })

  test('stands while it is worth enough, and is enforced below', async () => {
    price = 1_288n
    await heard([])
    expect(orders).toEqual([])
    price = 1_287n
    await heard([])
    expect(orders).toMatchObject([{ kind: 'enforce', id: ID }])
  })

  test('is enforced after its last second', async () => {
    engine.mine(101)
    await heard([])
    expect(orders).toMatchObject([{ kind: 'enforce' }])
  })

  test('is tried again after a refusal', async () => {
    fate = { kind: 'refused', reason: 'LINE_HEALTHY', gasCost: 0n }
    price = 1_000n
    await heard([])
    await heard([])
    expect(orders).toHaveLength(2)
    expect(said.at(-1)).toMatchObject({ event: 'line:refused', reason: 'LINE_HEALTHY' })
  })

  test('earns its fee when it is repaid', async () => {
    await heard([{ kind: 'repaid', id: ID, provider: US }])
    expect(earned).toBe(300n * ETHER)
    price = 1n
    await heard([])
    expect(orders).toEqual([])
  })

  test('becomes a claim at the cost of what was lent when it is enforced and proven', async () => {
    await heard([{ kind: 'enforced', id: ID, provider: US }])
    await heard([], [ID])
    expect(orders).toMatchObject([{ kind: 'settle' }])
    const settled = { kind: 'settled', id: ID, toProvider: 6n * ETHER, tx: '0x02' } as const
    expect(await heard([settled])).toEqual([
      { provider: US, bidder: USER, account: ID, value: 12_000n * ETHER, cash: 10_000n * ETHER, tx: '0x02' },
    ])
    expect(await heard([settled])).toEqual([])
  })
})

const asked = (change: Partial<Line> = {}, id: typeof ID | `0x${string}` = ID): LineEvent => ({
  kind: 'requested',
  id,
  line: line(change),
  signature: '0x',
})

/** One more head with these events, and everything that follows from it. */
async function heard(lines: readonly LineEvent[], touched: EngineEvents['touched'] = []) {
  engine.mine()
  const events: EngineEvents = { touched, owed: [], bids: [], purchases: [], lines, terms: false }
  const claims = lender.heard(events, await engine.latest())
  await tasks.settled()
  return claims
}

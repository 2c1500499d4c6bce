// Claims on their way home, on a vault and an engine of paper and a clock that jumps.
import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { type MemoryJournal, openMemoryJournal } from '../../../agent/adapters/store/memory-journal.ts'
import type { Claim, Sale } from '../../../agent/domain/liquidation.ts'
import { chainId, instant, wad } from '../../../agent/domain/units.ts'
import type { Basis, ClaimStep } from '../../../agent/ports/chain.ts'
import { recoverClaims } from '../../../agent/runtime/recover.ts'
import { createRoots } from '../../../agent/runtime/roots.ts'
import { createDesk, type Desk } from '../../../agent/runtime/settle.ts'
import { smallNetwork } from '../../support/agent-directory.ts'
import { anchor, engineTerms, hash } from '../../support/builders.ts'
import { type FakeEngine, type FakeVault, fakeEngine, fakeVault } from '../../support/fake-chain.ts'
import { journaledTx } from '../../support/journaled-tx.ts'

const US = '0x00000000000000000000000000000000000000b1' as const
const ETHER = 10n ** 18n
const [deployedEngine] = smallNetwork.engines
const [deployedVault] = smallNetwork.vaults
if (!deployedEngine || !deployedVault) throw new Error('a network has both')
const [asset] = deployedVault.assets
if (!asset) throw new Error('a vault lists something')
const { token } = asset

const claim = (change: Partial<Claim> = {}): Claim => ({
  ...{ intent: hash(1), vault: 'vault-fast', collateral: 0, asset: token, amount: 2n * ETHER, openedAt: instant(0) },
  openedIn: anchor(5n),
  ...change,
})

const sold = (change: Partial<Sale> = {}, amount = 2n * ETHER, claims: readonly Claim[] = []): ClaimStep => ({
  kind: 'sold',
  claims,
  received: [{ asset: token, amount }],
  sale: {
    ...{ tx: hash(9), anchor: anchor(3n), proceeds: wad(3_900n * ETHER), gasCost: 7n, soldAt: instant(60_000) },
    ...change,
  },
})
const stuck = (reason: string): ClaimStep => ({ kind: 'stuck', reason, gasCost: 11n })

type Told = { readonly cost: bigint; readonly purpose: string }

let engine: FakeEngine
let vault: FakeVault
let ended: AbortController
let now: number
let price: bigint | undefined
let nap: () => Promise<void>
let slept: number[]
let floors: bigint[]
let asked: bigint[]
let reached: bigint
let steps: ClaimStep[]
let said: { readonly event: string; readonly reason?: unknown; readonly usableAt?: unknown; readonly step?: unknown }[]
let gas: Told[]
let sales: { readonly claims: readonly Claim[]; readonly sale: Sale }[]
let journal: MemoryJournal
let routes: boolean[]
let roots: ReturnType<typeof createRoots>
let desk: Desk

beforeEach(() => {
  engine = fakeEngine(engineTerms())
  vault = fakeVault(chainId(31_338), 'vault-fast')
  ended = new AbortController()
  ;[now, price, reached] = [100_000, 2_000n, 5n]
  ;[slept, floors, asked, steps, said, gas, sales] = [[], [], [], [], [], [], []]
  ;[journal, routes, roots, nap] = [openMemoryJournal(), [], createRoots(1), () => turn()]
  vault.basis = async (oldest): Promise<Basis> => {
    asked.push(oldest)
    return { number: reached, attested: undefined }
  }
  vault.redeem = async (claims, _basis, floor) => {
    vault.redemptions.push(claims)
    floors.push(floor(claims))
    const step = steps.shift() ?? stuck('the test has no more steps')
    return step.kind === 'sold' && step.claims.length === 0 ? { ...step, claims } : step
  }
  desk = createDesk(
    {
      engines: new Map([[chainId(31_337), { chain: engine, deployment: deployedEngine, executor: US }]]),
      vaults: new Map([['vault-fast', { chain: vault, deployment: deployedVault, executor: US }]]),
      roots,
      clock: {
        now: () => instant(now),
        sleep: async (length) => {
          now += length
          slept.push(length)
          // Nothing is to come any more: a test that waits for more would wait for ever.
          if (slept.length > 200) ended.abort()
          await nap()
        },
      },
      valueOf: (_engine, _collateral, amount) => (price === undefined ? undefined : wad(amount * price)),
      emit: (event, fields) => void said.push({ event, ...fields }),
      journal,
      tell: (input) => {
        if (input.kind === 'gas') gas.push({ cost: input.cost, purpose: input.purpose })
        if (input.kind === 'route') routes.push(input.closed)
      },
    },
    {
      maxSlippage: 500,
      onSold: (claims, sale) => {
        sales.push({ claims, sale })
        if (desk.pending === 0) ended.abort()
      },
    },
  )
})

/** An earlier run had trouble with the claim, and played so much of the table. */
function wasStuck(reason: string, step: 'other-source' | 'escalate'): void {
  const common = { vault: 'vault-fast', intents: [hash(1)] }
  journal.note({ kind: 'opened', at: instant(0), ...common, claim: claim() })
  journal.note({ kind: 'stuck', at: instant(1), ...common, reason })
  journal.note({ kind: 'playbook', at: instant(2), ...common, step, detail: '' })
}

const run = () => desk.run('vault-fast', ended.signal)
const events = (event: string) => said.filter((one) => one.event === event)

test('a desk that has nothing to prove yet looks again after a pause, not before', async () => {
  const pause = Promise.withResolvers<void>()
  nap = () => pause.promise
  vault.basis = (oldest) => Promise.resolve(asked.push(oldest)).then(() => undefined)
  desk.open(claim())
  const running = run()
  for (let i = 0; i < 5; i++) await turn()
  expect([asked, slept]).toEqual([[5n], [150]])
  ended.abort()
  pause.resolve()
  await running
})

describe('a claim', () => {
  test('is sold for what it is worth, at most a twentieth below the price, and is done', async () => {
    steps = [sold()]
    desk.open(claim())
    expect(desk.pending).toBe(1)
    await run()
    expect(floors).toEqual([(2n * ETHER * 2_000n * 9_500n) / 10_000n])
    expect(sales).toEqual([
      {
        claims: [claim()],
        sale: {
          ...{ tx: hash(9), anchor: anchor(3n), proceeds: 3_900n * ETHER, gasCost: 7n, soldAt: 60_000 },
          value: 4_000n * ETHER,
        },
      },
    ])
    expect(desk.pending).toBe(0)
    expect(events('claim:opened')).toEqual([{ event: 'claim:opened', ...claim(), openedIn: 5n }])
    expect(events('claim:sold')).toMatchObject([{ tx: hash(9), proceeds: 3_900n * ETHER, value: 4_000n * ETHER }])
    expect([vault.redemptions.length, gas]).toEqual([1, []])
  })

  test('waits for a block that can be proven, and asks for its own', async () => {
    reached = 4n
    steps = [sold()]
    desk.open(claim())
    const asking = vault.basis
    vault.basis = async (...args) => {
      if (asked.length === 3) reached = 5n
      return asking(...args)
    }
    await run()
    expect(asked).toEqual([5n, 5n, 5n, 5n])
    expect(slept).toEqual([150, 150, 150])
    expect(vault.redemptions).toEqual([[claim()]])
  })

  test('that is newer than what can be proven does not hold up an older one', async () => {
    const [old, young] = [claim(), claim({ intent: hash(2), openedIn: anchor(6n) })]
    steps = [sold(), sold()]
    for (const one of [young, old]) desk.open(one)
    const asking = vault.basis
    vault.basis = async (oldest, attested) => {
      if (sales.length > 0) reached = 6n
      return asking(oldest, attested)
    }
    await run()
    expect(vault.redemptions).toEqual([[old], [young]])
    expect(asked).toEqual([5n, 6n])
  })

  test('that is stuck is tried every second on the same ground, thirty times, and then on newer ground', async () => {
    steps = [...Array.from({ length: 30 }, () => stuck('PAUSED')), sold()]
    desk.open(claim())
    await run()
    expect(slept).toEqual([...Array.from({ length: 30 }, () => 1_000), 150])
    expect(asked).toEqual([5n, 5n])
    expect(events('claim:stuck')).toHaveLength(30)
    expect(events('claim:stuck')[0]).toMatchObject({ vault: 'vault-fast', claims: 1, reason: 'PAUSED' })
    expect(gas).toEqual(Array.from({ length: 30 }, () => ({ cost: 11n, purpose: 'claim' })))
    expect(sales).toHaveLength(1)
  })

  test('that is owed nothing yet is asked about anew, not thirty times', async () => {
    steps = [stuck('NOTHING_OWED'), sold()]
    desk.open(claim())
    await run()
    expect([asked, slept, sales.length]).toEqual([[5n, 5n], [1_000, 150], 1])
  })

  test('whose root no node proves any more is asked about anew, not thirty times', async () => {
    steps = [stuck('PROOF_GONE'), sold()]
    desk.open(claim())
    await run()
    expect([asked, slept, sales.length]).toEqual([[5n, 5n], [1_000, 150], 1])
  })

  test('that an earlier run was paid for is left out of a sale, and known to be empty', async () => {
    const [paid, open] = [claim(), claim({ intent: hash(2), openedIn: anchor(6n) })]
    reached = 6n
    steps = [sold({}, 2n * ETHER, [open])]
    for (const one of [paid, open]) desk.open(one)
    const [settled, empty]: [typeof vault.redeem, boolean[]] = [vault.redeem, []]
    vault.redeem = async (claims, ...rest) => {
      if (sales.length > 0) {
        empty.push(desk.isEmpty(paid.intent), desk.isEmpty(open.intent))
        ended.abort()
      }
      return settled(claims, ...rest)
    }
    await run()
    expect(sales.map(({ claims, sale }) => [claims, sale.proceeds])).toEqual([[[open], 3_900n * ETHER]])
    expect([empty, desk.pending]).toEqual([[true, false], 1])
  })

  test('that no market took for long is on the newest ground all the while', async () => {
    wasStuck('BELOW_FLOOR', 'escalate')
    const grounds: string[] = []
    steps = [sold()]
    roots.newest = () => void grounds.push('newest')
    roots.lowest = () => void grounds.push('lowest')
    desk.open(claim())
    await run()
    expect(grounds).toEqual(['newest'])
  })

  test('whose root must age waits until then, however often, and no shorter than a moment', async () => {
    steps = [
      { kind: 'waiting', usableAt: 112n, number: 5n, gasCost: 3n },
      { kind: 'waiting', usableAt: 1n, number: 5n, gasCost: 0n },
      sold(),
    ]
    desk.open(claim())
    await run()
    expect(slept).toEqual([12_000, 150])
    expect(events('claim:anchored')).toEqual([
      { event: 'claim:anchored', vault: 'vault-fast', number: 5n, usableAt: 112n },
      { event: 'claim:anchored', vault: 'vault-fast', number: 5n, usableAt: 1n },
    ])
    expect(gas).toEqual([
      { cost: 3n, purpose: 'claim' },
      { cost: 0n, purpose: 'claim' },
    ])
  })

  test('is not sold without a price', async () => {
    price = undefined
    steps = [sold()]
    desk.open(claim())
    const emitted = said.push.bind(said)
    said.push = (...more) => {
      if (said.length > 3) price = 2_000n
      return emitted(...more)
    }
    await run()
    expect(events('claim:stuck')[0]).toMatchObject({ reason: 'no fresh price to sell at' })
    expect(vault.redemptions).toHaveLength(1)
  })

  test('that a sale paid along with another is not redeemed again', async () => {
    const [first, late] = [claim(), claim({ intent: hash(2), amount: ETHER })]
    steps = [sold({ proceeds: wad(6_000n * ETHER) }, 3n * ETHER)]
    desk.open(first)
    const settled = vault.redeem
    vault.redeem = async (...args) => {
      desk.open(late)
      return settled(...args)
    }
    await run()
    expect(vault.redemptions).toEqual([[first]])
    expect(sales.map(({ claims, sale }) => [claims, sale.proceeds, sale.value])).toEqual([
      [[first], 4_000n * ETHER, 4_000n * ETHER],
      [[late], 2_000n * ETHER, 2_000n * ETHER],
    ])
    expect(desk.pending).toBe(0)
  })

  test('of another vault is not this one’s', async () => {
    desk.open(claim({ vault: 'elsewhere' }))
    expect(desk.pending).toBe(0)
    await expect(desk.run('elsewhere', ended.signal)).rejects.toThrow('no seat at vault elsewhere')
  })

  test('that stays stuck walks the playbook in its order, every step written down, and opens its route again when it is sold', async () => {
    steps = [...Array.from({ length: 130 }, () => stuck('PAUSED')), sold()]
    desk.open(claim())
    await run()
    const [record] = journal.settlements({ id: hash(1) })
    const walked = record?.steps.map((step) => (step.kind === 'playbook' ? step.step : step.kind))
    expect(walked).toEqual([...['opened', 'stuck', 'retry', 'newer-root', 'other-source', 'sell', 'escalate', 'sold']])
    expect(events('claim:playbook')).toMatchObject([
      { step: 'retry', next: 'newer-root' },
      { step: 'newer-root', next: 'other-source' },
      { step: 'other-source', next: 'sell' },
      { step: 'sell', next: 'escalate' },
      { step: 'escalate', next: undefined },
    ])
    const found = /^claims on vault-fast are stuck since \d{4}-\d\d-\d\dT[\d:.]+Z \(\w+, \d+ attempts\): /
    expect(events('alarm')).toMatchObject([{ code: 'W_SETTLEMENT_STUCK', detail: expect.stringMatching(found) }])
    expect([routes, sales.length]).toEqual([[true, false], 1])
  })

  test('that no market takes waits for an operator: no root helps against a price', async () => {
    steps = [...Array.from({ length: 320 }, () => stuck('BELOW_FLOOR'))]
    desk.open(claim())
    const sleeping = slept.push.bind(slept)
    slept.push = (...more) => (slept.length > 199 ? slept.length : sleeping(...more))
    vault.redeem = async () => {
      if (events('claim:playbook').length === 2) ended.abort()
      return steps.shift() ?? stuck('the test has no more steps')
    }
    await run()
    expect(events('claim:playbook').map(({ step }) => step)).toEqual(['retry', 'escalate'])
    expect(routes).toEqual([])
  })

  test('goes on in the playbook where an earlier run was', async () => {
    wasStuck('PAUSED', 'other-source')
    steps = [...Array.from({ length: 30 }, () => stuck('PAUSED')), sold()]
    desk.open(claim())
    await run()
    expect(events('claim:playbook').map(({ step }) => step)).toEqual(['sell'])
  })

  test('is left alone once the agent stops', async () => {
    steps = [stuck('PAUSED'), stuck('PAUSED')]
    desk.open(claim())
    const settled = vault.redeem
    vault.redeem = async (...args) => {
      ended.abort()
      return settled(...args)
    }
    await run()
    expect([vault.redemptions.length, desk.pending]).toEqual([1, 1])
  })
})

describe('after a restart', () => {
  const found = async (owed: bigint, claimed: bigint, engines = true): Promise<readonly Claim[]> => {
    const claims: Claim[] = []
    engine.owed = async (id, who, what) => (id === 'vault-fast' && who === US && what === token ? owed : 0n)
    vault.claimed = async (who, what) => (who === US && what === token ? claimed : 0n)
    await recoverClaims({
      ...{ journal, coming: () => [], believes: () => true },
      clock: { now: () => instant(7) },
      engines: new Map(engines ? [[chainId(31_337), { chain: engine }]] : []),
      vaults: new Map([['vault-fast', { chain: vault, deployment: deployedVault, executor: US }]]),
      tell: (input) => void claims.push(input.claim),
    })
    return claims
  }

  test('what is owed beyond what was paid is a claim of its own, opened now', async () => {
    engine.mine(3)
    const [first] = await found(10n, 4n)
    expect(first).toEqual({
      ...{ intent: first?.intent, vault: 'vault-fast', collateral: 0, asset: token, amount: 6n, openedAt: 7 },
      openedIn: await engine.latest(),
    })
    const [same, other] = [(await found(11n, 4n))[0], (await found(10n, 1n))[0]]
    expect([same?.intent === first?.intent, other?.intent === first?.intent]).toEqual([true, false])
  })

  test('what the journal knows goes on as itself: its liquidation is paid when the last of it is sold', async () => {
    const parts = [claim({ amount: 4n }), claim({ intent: hash(2), amount: 2n })]
    for (const [nonce, one] of parts.entries()) {
      const { intent } = one
      journal.commit(journaledTx({ nonce, intent, hash: hash(50 + nonce) }))
      journal.note({ kind: 'opened', at: instant(1), vault: one.vault, intents: [intent], claim: one })
    }
    expect(await found(10n, 4n)).toEqual([parts[1], parts[0]])
    expect((await found(10n, 3n)).map(({ amount }) => amount)).toEqual([7n])
    steps = [sold({}, 6n)]
    for (const part of parts) desk.open(part)
    await run()
    expect(journal.lives()).toEqual([])
    expect(journal.settlements({}).map(({ life }) => life?.state)).toEqual(['settled', 'settled'])
  })

  test('what was paid is no claim, nor what an engine that is not ours owes', async () => {
    expect([...(await found(10n, 10n)), ...(await found(10n, 11n)), ...(await found(0n, 0n))]).toEqual([])
    expect(await found(9n, 0n, false)).toEqual([])
  })
})

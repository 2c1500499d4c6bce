import { describe, expect, test } from 'vitest'
import type { Facts } from '../../../agent/swarm/assertions/facts.ts'
import { judgeAll, lastWord, type Verdict } from '../../../agent/swarm/assertions/judge.ts'
import { turns } from '../../../agent/swarm/assertions/live.ts'
import type { Seated } from '../../../agent/swarm/deployment.ts'
import { newRecord, type OpenClaim, type WonBid } from '../../../agent/swarm/record.ts'
import { sumKey } from '../../../agent/swarm/route-record.ts'
import { seatsOf } from '../../../agent/swarm/seats.ts'
import type { Life } from '../../../agent/swarm/truth.ts'
import { newVoices } from '../../../agent/swarm/voices.ts'
import { assertion } from '../../../config/assertions.ts'
import { loadScenario } from '../../../config/scenario.ts'
import { address } from '../../support/builders.ts'
import { vaultAt } from '../gossip/builders.ts'

const OPENED = 1_000_000
const scenario = loadScenario('flash-crash')
const seats = seatsOf(scenario).map((seat, i): Seated => ({ ...seat, executor: address(0xe0 + i) }))
const HOUSE_3 = seats[2]?.executor ?? '0x'

const life = (change: Partial<Life> = {}): Life => ({
  ...{ account: address(1), mode: 'isolated', options: false, fellAt: OPENED, underSince: OPENED, under: false },
  ...{ ruinedAt: undefined, insolventAt: undefined, firstBidAt: OPENED + 1, bids: 1, lastMark: 1n, idle: 0n },
  ...change,
})

const claim = (change: Partial<OpenClaim> = {}): OpenClaim => ({
  ...{ vault: 'vault-fast', beneficiary: HOUSE_3, asset: address(9), amount: 1n, cumulative: 1n },
  ...{ openedAt: OPENED, paidAt: OPENED + 4_000, finalAt: OPENED + 5_000, paidIn: undefined },
  ...change,
})

const bid = (change: Partial<WonBid> = {}): WonBid => ({
  ...{ tx: '0x1', account: address(1), bidder: HOUSE_3, beneficiary: HOUSE_3, fraction: 5_000, pay: 1n, outlay: 1n },
  ...{
    collateralValue: 1n,
    at: OPENED,
    underSince: OPENED,
    triggeredAt: OPENED,
    road: 'state-proof',
    claims: [claim()],
  },
  ...change,
})

/** A run under way in which nothing happened yet. */
const facts = (change: Partial<Facts> = {}): Facts => ({
  ...{ scenario, opened: OPENED, now: OPENED + 10_000, record: newRecord(), lives: new Map(), voices: newVoices() },
  network: {
    ...{ name: 'n', timeScale: 60, threshold: 3, attestors: [], publishers: [], engines: [] },
    vaults: [vaultAt('fast', 0)],
  },
  ...{ seats, named: new Map(), books: new Map(), alive: new Set(seats.map(({ name }) => name)), ledgers: undefined },
  ...change,
})

/** The same run once it has ended, its ledgers equal. */
const ended = (change: Partial<Facts> = {}): Facts =>
  facts({ ledgers: [{ what: 'cash', left: 5n, right: 5n }], ...change })

const lives = (...all: readonly Life[]): Facts['lives'] => new Map(all.map((one, i) => [address(i + 1), one]))

const record = (change: Partial<Facts['record']>): Facts['record'] => ({ ...newRecord(), ...change })

/** What is found of one sentence. */
function verdict(sentence: string, known: Facts): readonly [Verdict['holds'], string] {
  const asked = { ...known.scenario, assert: [assertion.parse(sentence)] }
  const [first] = judgeAll({ ...known, scenario: asked })
  return [first?.holds, first?.found ?? '']
}

test('every run is asked to conserve value, to redeem every claim and to keep its agents', () => {
  const silent = { ...scenario, assert: [] }
  expect(lastWord(ended({ scenario: silent }))).toEqual([
    { claim: 'every claim redeemed', holds: true, found: '0 of 0 open' },
    { claim: 'value conserved', holds: true, found: 'all ledgers equal' },
    { claim: 'every agent alive', holds: true, found: '7 alive' },
  ])
  const claimed = { ...silent, assert: [assertion.parse('every claim but on vault-slow redeemed')] }
  expect(judgeAll(facts({ scenario: claimed })).map(({ claim: said }) => said)).toEqual([
    'every claim but on vault-slow redeemed',
    'value conserved',
    'every agent alive',
  ])
})

test('what has not been decided by the end does not hold', () => {
  const asked = { ...scenario, assert: [assertion.parse('at least 1 accounts fall')] }
  expect(judgeAll(facts({ scenario: asked }))[0]?.holds).toBeUndefined()
  expect(lastWord(ended({ scenario: asked }))[0]).toEqual({
    claim: 'at least 1 accounts fall',
    holds: false,
    found: '0',
  })
})

describe('accounts', () => {
  test('fall by mode and with options', () => {
    const known = facts({ lives: lives(life(), life({ mode: 'cross', options: true }), life({ fellAt: undefined })) })
    expect(verdict('at least 2 accounts fall', known)).toEqual([true, '2'])
    expect(verdict('at least 2 cross accounts fall', known)).toEqual([undefined, '1'])
    expect(verdict('at least 1 accounts with options fall', known)).toEqual([true, '1'])
  })

  test('are liquidated, in time, or not at all', () => {
    const known = facts({ lives: lives(life(), life({ ruinedAt: OPENED + 1 }), life({ bids: 0 })) })
    expect(verdict('at least 2 liquidated', known)).toEqual([true, '2'])
    expect(verdict('nobody is liquidated', known)).toEqual([false, '2'])
    expect(verdict('nobody is liquidated', facts())).toEqual([true, '0'])
    expect(verdict('at least 50 % before negative equity', known)).toEqual([true, '1 of 2'])
    expect(verdict('at least 51 % before negative equity', known)).toEqual([false, '1 of 2'])
    expect(verdict('at least 51 % before negative equity', facts())).toEqual([undefined, '0 of 0'])
  })

  test('that still owe at the end are bad debt, and one wei of it is some', () => {
    const owing = { lives: lives(life({ lastMark: -1n })) }
    expect(verdict('no bad debt', facts(owing))).toEqual([true, '$0.00'])
    expect(verdict('no bad debt', ended(owing))).toEqual([false, '$0.00'])
    const booked = record({ shortfalls: [{ account: address(1), amount: 10n ** 18n, covered: 0n }] })
    expect(verdict('no bad debt', facts({ record: booked }))).toEqual([false, '$1.00'])
    expect(verdict('bad debt at most 1 USD', facts({ record: booked }))).toEqual([true, '$1.00'])
  })

  test('with a name are restored by as many as it takes', () => {
    const known = (one: Life): Facts =>
      facts({
        lives: lives(one),
        named: new Map([['whale', address(1)]]),
        record: record({
          bids: [bid(), bid({ bidder: address(7) }), bid({ account: address(2), bidder: address(8) })],
        }),
      })
    expect(verdict('whale is restored', known(life()))).toEqual([true, '1 slices taken, above maintenance'])
    expect(verdict('whale is restored', known(life({ under: true })))).toEqual([false, '1 slices taken, still below'])
    expect(verdict('whale is restored', known(life({ fellAt: undefined, bids: 0 })))).toEqual([
      undefined,
      'has not fallen',
    ])
    expect(verdict('at least 2 different winners of whale', known(life()))).toEqual([true, '2'])
    expect(verdict('at least 3 different winners of whale', known(life()))).toEqual([undefined, '2'])
    expect(verdict('at least 3 different winners', known(life()))).toEqual([true, '3'])
  })

  test('are left in peace while prices are silent', () => {
    const at = (millis: number): Facts => facts({ record: record({ bids: [bid({ at: OPENED + millis })] }) })
    expect(verdict('no bid between 3s and 5s', at(4_000))).toEqual([false, '1 bids'])
    expect(verdict('no bid between 3s and 5s', at(5_000))).toEqual([true, 'none'])
    expect(verdict('no bid between 3s and 20s', at(2_000))).toEqual([undefined, 'none yet'])
  })
})

describe('routes', () => {
  test('close in time, every claim, also one that is still open', () => {
    const known = (one: OpenClaim): Facts => facts({ record: record({ claims: [claim(), one] }) })
    const late = claim({ vault: 'vault-slow', finalAt: undefined, paidAt: undefined })
    expect(verdict('every settlement closed within 6s', known(claim()))).toEqual([true, 'slowest 5.0 s of 2'])
    expect(verdict('every settlement closed within 6s', known(late))).toEqual([false, 'slowest 10.0 s of 2'])
    expect(verdict('every settlement on vault-fast closed within 6s', known(late))).toEqual([
      true,
      'slowest 5.0 s of 1',
    ])
  })

  test('count settlements that are home, by road and by route', () => {
    const bids = [bid(), bid({ road: 'liquidity-service' }), bid({ claims: [claim({ finalAt: undefined })] })]
    const known = facts({ record: record({ bids }) })
    expect(verdict('at least 2 settlements by state proof', known)).toEqual([undefined, '1'])
    expect(verdict('at least 1 settlements by liquidity service', known)).toEqual([true, '1'])
    expect(verdict('at least 2 settlements on vault-fast', known)).toEqual([true, '2'])
  })

  test('stand when another one falls', () => {
    const trips = [{ route: 'vault-slow', side: 'mirror', at: OPENED + 3_000 } as const]
    const known = (change: Partial<Facts>): Facts =>
      ended({ record: record({ claims: [claim()], routes: { ...newRecord().routes, trips } }), ...change })
    expect(verdict('vault-slow is tripped', known({}))).toEqual([true, 'its mirror 3.0 s after the opening'])
    expect(verdict('vault-fast is tripped', known({}))).toEqual([undefined, 'not tripped'])
    const stands = '1 claims of other routes redeemed, 0 open'
    expect(verdict('no route but vault-slow is affected', known({}))).toEqual([true, stands])
    expect(verdict('no route but vault-fast is affected', known({}))).toEqual([false, 'tripped: vault-slow'])
    const ledgers = [{ what: 'vault-fast: WETH credited = deposited', left: 2n, right: 1n, route: 'vault-fast' }]
    expect(verdict('no route but vault-slow is affected', known({ ledgers }))[0]).toBe(false)
    expect(verdict('value conserved but on vault-fast', known({ ledgers }))[0]).toBe(true)
    expect(verdict('value conserved', known({ ledgers }))).toEqual([
      false,
      'vault-fast: WETH credited = deposited: 2 against 1',
    ])
  })

  test('lose what they credit beyond deposits, at the prices of the opening', () => {
    const [vault] = facts().network.vaults
    const asset = vault?.assets[0]
    if (vault === undefined || asset === undefined) throw new Error('the vault lists nothing')
    const one = 10n ** BigInt(asset.decimals)
    const sums = new Map([[sumKey('vault-fast', asset.token), { deposited: one, credited: 3n * one }]])
    const known = facts({ record: record({ routes: { ...newRecord().routes, sums } }) })
    expect(verdict('loss on vault-fast at most 5000 USD', known)).toEqual([true, '$5,000 on vault-fast'])
    expect(verdict('loss on vault-fast at most 4999 USD', known)).toEqual([false, '$5,000 on vault-fast'])
    expect(verdict('loss on vault-fast at most 0 USD', facts())).toEqual([true, 'nothing'])
  })
})

test('every depositor withdraws what it put in and nobody seized', () => {
  const deposit = { account: address(1), asset: address(9), amount: 5n, at: 1, vault: 'vault-fast', creditedAt: 2 }
  const paid = (amount: bigint) => new Map([[address(1), new Map([[sumKey('vault-fast', address(9)), amount]])]])
  const known = (amount: bigint, bids: readonly WonBid[]): Facts =>
    ended({
      record: record({ deposits: [deposit], bids: [...bids], routes: { ...newRecord().routes, paid: paid(amount) } }),
    })
  const all = 'every depositor withdraws in full'
  expect(verdict(all, known(5n, []))).toEqual([true, '1 of 1 depositors'])
  expect(verdict(all, known(4n, []))).toEqual([false, '0 of 1 depositors'])
  expect(verdict(all, known(4n, [bid()]))).toEqual([true, '1 of 1 depositors'])
  expect(verdict('every depositor but on vault-fast withdraws in full', known(0n, []))[0]).toBe(false)
})

test('the same books are compared by what their mode did to them', () => {
  const all = [
    life({ idle: 5n * 10n ** 18n }),
    life({ mode: 'cross', idle: 9n * 10n ** 18n, lastMark: -(10n ** 18n) }),
    life({ mode: 'unified', bids: 0 }),
  ].map((one, i) => ({ ...one, account: address(i + 1) }))
  const known = facts({ lives: lives(...all), books: new Map(all.map(({ account }) => [account, 0])) })
  expect(verdict('unified liquidates no more than isolated', known)).toEqual([true, 'unified 0 of 1, isolated 1 of 1'])
  expect(verdict('isolated liquidates no more than unified', known)[0]).toBe(false)
  expect(verdict('unified leaves no more bad debt than cross', known)).toEqual([true, 'unified $0.00, cross $1.00'])
  expect(verdict('isolated leaves less capital idle than cross', known)).toEqual([true, 'isolated $5.00, cross $9.00'])
  expect(verdict('cross leaves less capital idle than isolated', known)[0]).toBe(false)
})

describe('agents', () => {
  test('come back from a kill with what they had under way', () => {
    const voices = newVoices()
    const claims = [claim({ openedAt: OPENED, paidAt: OPENED + 9_000, finalAt: OPENED + 9_500 }), claim()]
    const known = (ready: readonly number[]): Facts =>
      ended({ record: record({ claims }), voices: { ...voices, ready: new Map([['house-3', [...ready]]]) } })
    expect(verdict('house-3 resumes its settlements', known([1]))).toEqual([undefined, 'never came back'])
    const found = '1 under way when it came back, 2 of 2 redeemed'
    expect(verdict('house-3 resumes its settlements', known([1, OPENED + 6_000]))).toEqual([true, found])
  })

  test('may lose their mesh for no longer than was said', () => {
    const seen = [
      { at: OPENED - 5_000, degree: 1 },
      { at: OPENED + 1_000, degree: 3 },
      { at: OPENED + 2_000, degree: 0 },
      { at: OPENED + 6_000, degree: 3 },
    ]
    const known = facts({ voices: { ...newVoices(), mesh: new Map([['house-1', seen]]) } })
    expect(verdict('mesh degree at least 3 within 4s', known)).toEqual([true, 'house-1 below for 4.0 s'])
    expect(verdict('mesh degree at least 3 within 3s', known)).toEqual([false, 'house-1 below for 4.0 s'])
    expect(verdict('mesh degree at least 4 within 3s', known)).toEqual([false, 'house-1 below for 10.0 s'])
    expect(verdict('mesh degree at least 4 within 3s', facts())).toEqual([undefined, 'nothing heard of it'])
  })

  test('are slashed alone', () => {
    const slashes = [{ agent: seats[3]?.operator ?? '0x', chain: seats.length as never, at: OPENED }]
    const known = facts({ record: record({ routes: { ...newRecord().routes, slashes } }) })
    expect(verdict('house-4 is slashed', known)).toEqual([true, 'on 1 chains'])
    expect(verdict('house-3 is slashed', known)).toEqual([undefined, 'not slashed'])
    expect(verdict('nobody but house-4 is slashed', known)).toEqual([true, 'nobody'])
    expect(verdict('nobody but house-3 is slashed', known)).toEqual([false, 'house-4'])
  })

  test('that are gone are named', () => {
    expect(verdict('every agent alive', facts({ alive: new Set(['house-1']) }))[1]).toContain('dead: house-2, house-3')
  })
})

test('a turn is told once, and that something opens again is no news', () => {
  const said = (holds: boolean | undefined): Verdict => ({ claim: 'c', holds, found: '' })
  expect(turns([said(undefined)], [said(true)])).toEqual([said(true)])
  expect(turns([said(true)], [said(true)])).toEqual([])
  expect(turns([said(true)], [said(false)])).toEqual([said(false)])
  expect(turns([said(false)], [said(undefined)])).toEqual([])
})

// Assertions about routes: claims and deposits on their way, books that agree, breakers, and what a lie cost.
import type { Address } from 'viem'
import type { Assertion } from '../../../config/assertions.ts'
import type { AccountId } from '../../domain/units.ts'
import type { Balance } from '../conservation.ts'
import { seconds, usd } from '../format.ts'
import type { OpenClaim } from '../record.ts'
import { sumKey } from '../route-record.ts'
import { atTheEnd, type Facts, type Finding, type Judges, reached, unbroken } from './facts.ts'

/** Their judges. */
export const routeJudges: Judges<
  'settlements' | 'redeemed' | 'closed' | 'credited' | 'isolated' | 'tripped' | 'loss' | 'conserved' | 'withdrawn'
> = {
  settlements: ({ least, road, route }, { record }) => {
    const home = record.bids.filter(({ claims }) => claims.length > 0 && claims.every(isFinal))
    const asked = home.filter(
      (bid) => (!road || bid.road === road) && (!route || bid.claims.some(({ vault }) => vault === route)),
    )
    return reached(asked.length, least)
  },
  redeemed: ({ but }, facts) => {
    const claims = facts.record.claims.filter(({ vault }) => !but.includes(vault))
    const open = claims.filter((claim) => !isFinal(claim)).length
    return atTheEnd(facts, open === 0, `${open} of ${claims.length} open`)
  },
  closed: ({ within, route }, { record, now }) => {
    const claims = record.claims.filter(({ vault }) => route === undefined || vault === route)
    const ages = claims.map(({ openedAt, finalAt }) => (finalAt ?? now) - openedAt)
    return slowest(ages, within, `of ${claims.length}`)
  },
  credited: ({ within }, { record, now }) => {
    const waits = record.deposits.map(({ at, creditedAt }) => (creditedAt ?? now) - at)
    return slowest(waits, within, `of ${waits.length}`)
  },
  isolated,
  tripped: ({ route }, { record, opened }) => {
    const [trip] = record.routes.trips.filter((one) => one.route === route)
    if (trip === undefined) return { state: 'open', found: 'not tripped' }
    return { state: 'holds', found: `its ${trip.side} ${seconds(trip.at - opened)} after the opening` }
  },
  loss,
  withdrawn,
  conserved: ({ but }, facts) => {
    const broken = brokenIn(facts.ledgers, (route) => route === undefined || !but.includes(route))
    return atTheEnd(facts, broken.length === 0, inWords(broken))
  },
}

const isFinal = ({ finalAt }: OpenClaim): boolean => finalAt !== undefined

function slowest(ages: readonly number[], within: number, of: string): Finding {
  const most = ages.reduce((longest, age) => Math.max(longest, age), 0)
  return unbroken(most > within, ages.length === 0 ? `none ${of}` : `slowest ${seconds(most)} ${of}`)
}

function isolated({ but }: Extract<Assertion, { readonly kind: 'isolated' }>, facts: Facts): Finding {
  const { record, ledgers } = facts
  const others = (route: string | undefined): boolean => route !== undefined && !but.includes(route)
  const trips = record.routes.trips.filter(({ route }) => others(route))
  const open = record.claims.filter((claim) => others(claim.vault) && !isFinal(claim))
  const broken = brokenIn(ledgers, others)
  if (trips.length > 0) return unbroken(true, `tripped: ${trips.map(({ route }) => route).join(', ')}`)
  if (broken.length > 0) return unbroken(true, inWords(broken))
  const settled = record.claims.filter((claim) => others(claim.vault) && isFinal(claim)).length
  return atTheEnd(facts, open.length === 0, `${settled} claims of other routes redeemed, ${open.length} open`)
}

const brokenIn = (ledgers: Facts['ledgers'], asked: (route: string | undefined) => boolean): readonly Balance[] =>
  (ledgers ?? []).filter(({ left, right, route }) => left !== right && asked(route))

const inWords = (broken: readonly Balance[]): string =>
  broken.length === 0
    ? 'all ledgers equal'
    : broken.map(({ what, left, right }) => `${what}: ${left} against ${right}`).join('; ')

function loss({ route, most }: Extract<Assertion, { readonly kind: 'loss' }>, facts: Facts): Finding {
  const routes = facts.network.vaults.filter(({ id }) => route === undefined || id === route)
  const sums = routes.map(({ id }) => {
    const cap = facts.scenario.vaults.find((vault) => vault.id === id)?.cap
    return { id, lost: lostOn(facts, id), most: most === 'cap' ? cap : most }
  })
  const over = sums.filter(({ lost, most }) => most !== undefined && lost > most)
  const named = sums.filter(({ lost }) => lost > 0n).map(({ id, lost }) => `${usd(lost)} on ${id}`)
  return unbroken(over.length > 0, named.length === 0 ? 'nothing' : named.join(', '))
}

/** Credit beyond deposits on a route, in dollars at the opening. */
function lostOn({ network, record, scenario }: Facts, route: string): bigint {
  const assets = network.vaults.find(({ id }) => id === route)?.assets ?? []
  return assets.reduce((sum, { symbol, token, decimals }) => {
    const { deposited, credited } = record.routes.sums.get(sumKey(route, token)) ?? { deposited: 0n, credited: 0n }
    const feed = scenario.assets.find((one) => one.symbol === symbol)?.feed
    const price = scenario.feeds.find(({ name }) => name === feed)?.start ?? 0n
    const beyond = credited > deposited ? credited - deposited : 0n
    return sum + (beyond * 10n ** BigInt(18 - decimals) * price) / 10n ** 8n
  }, 0n)
}

/** What every depositor put in, less what was seized from it, was paid out to it. Whoever owes more than it has is no depositor. */
function withdrawn({ but }: Extract<Assertion, { readonly kind: 'withdrawn' }>, facts: Facts): Finding {
  const { record, lives } = facts
  const left = new Map<string, bigint>()
  const add = (account: string, vault: string, asset: Address, amount: bigint): void => {
    const key = `${account.toLowerCase()} ${sumKey(vault, asset)}`
    left.set(key, (left.get(key) ?? 0n) + amount)
  }
  const owing = (account: AccountId): boolean => (lives.get(account)?.lastMark ?? 0n) < 0n
  const asked = record.deposits.filter(
    ({ vault, account }) => !but.includes(vault) && !record.lines.has(account) && !owing(account),
  )
  for (const { account, vault, asset, amount } of asked) add(account, vault, asset, amount)
  for (const { account, claims } of record.bids)
    for (const { vault, asset, amount } of claims) if (!but.includes(vault)) add(account, vault, asset, -amount)
  const depositors = new Set(asked.map(({ account }) => account.toLowerCase()))
  for (const [beneficiary, sums] of record.routes.paid)
    if (depositors.has(beneficiary))
      for (const [key, amount] of sums)
        left.set(`${beneficiary} ${key}`, (left.get(`${beneficiary} ${key}`) ?? 0n) - amount)
  const short = new Set([...left].filter(([, amount]) => amount !== 0n).map(([key]) => key.slice(0, ADDRESS)))
  const found = `${depositors.size - short.size} of ${depositors.size} depositors`
  return atTheEnd(facts, depositors.size > 0 && short.size === 0, found)
}

/** Characters of an address. */
const ADDRESS = 42

// Settlements as lanes: where each stands, when it is due, what it is worth now and what it may cost at worst.

import type { Network } from '../../domain/network.ts'
import type { Carrying } from '../../runtime/snapshot.ts'
import type { ClaimLane, Lane } from '../chronicle/lanes.ts'
import type { Desk, Looks } from './desk.ts'
import { money, partsOf } from './money.ts'
import type { ClaimLine, LaneLine, Settlements, Time, Tone } from './words.ts'

/** Those under way first, the oldest at the top and the stuck above it; then what was settled lately. */
export function settlements(desk: Desk, looks: Looks, at: Time): Settlements {
  const lines = laneLines(desk, looks, at)
  const open = lines.filter(({ state }) => state !== 'settled')
  const done = lines.filter(({ state }) => state === 'settled')
  return {
    at,
    open: open.sort((a, b) => rank(b) - rank(a) || a.since - b.since).slice(0, MOST),
    done: done.sort((a, b) => (b.closedAt ?? 0) - (a.closedAt ?? 0)).slice(0, MOST),
  }
}

const MOST = 300
const RANK: Readonly<Record<Tone, number>> = { bad: 3, warn: 2, ok: 1, idle: 0 }
const rank = ({ tone }: LaneLine): number => RANK[tone]

/** Every lane that is remembered. */
export function laneLines(desk: Desk, looks: Looks, at: Time): readonly LaneLine[] {
  const network = desk.network()
  const carrying = new Map<string, readonly Carrying[]>()
  for (const [agent, look] of looks)
    for (const [intent, claims] of Map.groupBy(look.claims, (one) => one.intent))
      carrying.set(`${agent}:${intent}`, claims)
  return [...desk.chronicle.lanes.values()].map((lane) =>
    laneLine(lane, { network, at, carrying: carrying.get(`${lane.agent}:${lane.intent}`) ?? [] }),
  )
}

type Around = { readonly network: Network | undefined; readonly at: Time; readonly carrying: readonly Carrying[] }

function laneLine(lane: Lane, around: Around): LaneLine {
  const claims = lane.claims.map((claim) => claimLine(claim, around))
  const due = claims.flatMap(({ dueAt, soldAt }) => (soldAt === undefined ? [dueAt] : []))
  const dueAt = due.length === 0 ? undefined : Math.min(...due)
  const gapNow = gapOf(lane, around.carrying)
  const { agent, intent, since, state } = lane
  return {
    ...{ agent, intent, since, state, claims, route: roadOf(lane) },
    tone: toneOf(lane, dueAt, around.at),
    ...given('account', lane.account?.toLowerCase()),
    ...given('strategy', lane.strategy),
    ...given('wonAt', lane.wonAt),
    ...given('closedAt', lane.closedAt),
    ...given('dueAt', dueAt),
    ...given('fraction', lane.fraction),
    ...given('outlay', lane.outlay?.toString()),
    ...given('collateralValue', lane.collateralValue?.toString()),
    ...given('premium', lane.premium?.toString()),
    ...given('expected', lane.expected?.toString()),
    ...given('shortfall', lane.shortfall?.toString()),
    ...given('gapNow', gapNow?.toString()),
    ...(lane.attribution === undefined ? {} : { parts: partsOf(Object.entries(lane.attribution)) }),
  }
}

/** How it comes home. A claim without a bid of ours was bought from a bidder. */
function roadOf({ route, claims, wonAt }: Lane): string {
  if (route !== undefined)
    return route.includes('service') ? 'liquidity service' : route.includes('state-proof') ? 'state proof' : 'cash'
  return claims.length > 0 && wonAt === undefined ? 'bought claim' : 'cash'
}

function toneOf({ state, claims }: Lane, dueAt: Time | undefined, at: Time): Tone {
  if (state === 'settled') return 'idle'
  if (claims.some(({ stuck, soldAt }) => stuck !== undefined && soldAt === undefined)) return 'bad'
  return dueAt !== undefined && dueAt < at ? 'warn' : 'ok'
}

/** Under way: value now less value at the bid. Over: what the gap took or gave. */
function gapOf({ attribution }: Lane, carrying: readonly Carrying[]): bigint | undefined {
  if (attribution !== undefined) return attribution['gap']
  if (carrying.length === 0 || carrying.some(({ now }) => now === undefined)) return undefined
  return carrying.reduce((sum, { now = 0n, value }) => sum + BigInt(now) - value, 0n)
}

function claimLine(claim: ClaimLane, { network, carrying }: Around): ClaimLine {
  const vault = network?.vaults.find(({ id }) => id === claim.vault)
  const asset = vault?.assets.find(({ collateral }) => collateral === claim.collateral)
  const carried = carrying.find((one) => one.vault === claim.vault && one.collateral === claim.collateral)
  const { openedAt, anchoredAt, usableAt, soldAt, stuck, doing } = claim
  const [scale, law] = [network?.timeScale ?? 1, vault?.latency]
  const after = (deviations: number): Time =>
    openedAt + ((law?.median ?? 0) * Math.exp(deviations * (law?.spread ?? 0))) / scale
  return {
    ...{ vault: claim.vault, amount: claim.amount.toString(), openedAt },
    ...{ symbol: asset?.symbol ?? `collateral ${claim.collateral}`, decimals: asset?.decimals ?? 18 },
    ...{ expectedAt: after(0), dueAt: after(NINETY_FIVE) },
    ...given('anchoredAt', anchoredAt),
    ...given('usableAt', usableAt),
    ...given('soldAt', soldAt),
    ...given('stuck', stuck),
    ...given('doing', doing === '' ? undefined : doing),
    ...(carried === undefined ? {} : { debt: money(carried.debt), value: money(carried.value) }),
    ...given('now', carried?.now?.toString()),
  }
}

/** Standard deviations above the median at the 95th percentile. */
const NINETY_FIVE = 1.645

/** A field that is there, or none. */
export const given = <K extends string, V>(key: K, value: V | undefined): { [k in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [k in K]?: V })

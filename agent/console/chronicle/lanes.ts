// Every liquidation that an agent paid for, from the bid to the last sale: what the page of settlements draws.
import { amount, figure, list, maybe, part, type Saying, text } from './saying.ts'

/** The way home of one claim. Amounts in the asset's own units, proceeds of the whole sale in dollars (wad). */
export type ClaimLane = {
  readonly vault: string
  readonly collateral: number
  readonly amount: bigint
  readonly openedAt: number
  anchoredAt: number | undefined
  /** Wall time from which the vault pays. */
  usableAt: number | undefined
  soldAt: number | undefined
  stuck: string | undefined
  doing: string | undefined
}

/** Where a liquidation stands. `bought`: the claim of somebody else's bid. */
export type LaneState = 'bidding' | 'coming home' | 'settled'

/** One liquidation of one agent. Dollars (wad). */
export type Lane = {
  readonly agent: string
  readonly intent: string
  account: string | undefined
  strategy: string | undefined
  route: string | undefined
  state: LaneState
  readonly since: number
  wonAt: number | undefined
  fraction: number | undefined
  outlay: bigint | undefined
  collateralValue: bigint | undefined
  expected: bigint | undefined
  shortfall: bigint | undefined
  premium: bigint | undefined
  readonly claims: ClaimLane[]
  closedAt: number | undefined
  attribution: Readonly<Record<string, bigint>> | undefined
}

/** All lanes by agent and intent. Changed only here. */
export type Lanes = Map<string, Lane>

/** Finished lanes that are kept for reading. */
const MOST = 1_200

/** Adds what a saying tells of liquidations. */
export function follow(lanes: Lanes, saying: Saying): void {
  const { event, fields, agent, at } = saying
  switch (event) {
    case 'bid:submitted': {
      const lane = laneOf(lanes, saying)
      lane.route = maybe(fields['route'])
      return
    }
    case 'bid:won':
      return won(laneOf(lanes, saying), saying)
    case 'bid:lost':
    case 'bid:declined':
      lanes.delete(keyOf(agent, fields['intent']))
      return
    case 'claim:opened': {
      const lane = laneOf(lanes, saying)
      if (lane.state !== 'settled') lane.state = 'coming home'
      return open(lane, fields, at)
    }
    case 'claim:anchored':
      return eachOpen(lanes, saying, (claim) => {
        claim.anchoredAt ??= at
        claim.usableAt = 1_000 * Number(amount(fields['usableAt']))
        claim.stuck = undefined
      })
    case 'claim:stuck':
      return eachOpen(lanes, saying, (claim) => {
        claim.stuck = text(fields['reason'])
      })
    case 'claim:playbook':
      return eachOpen(lanes, saying, (claim) => {
        claim.doing = [maybe(fields['step']), maybe(fields['detail'])].filter((one) => one !== undefined).join(': ')
      })
    case 'claim:sold':
      return sold(lanes, saying)
    case 'settlement:closed':
      return close(lanes, saying)
    default:
      return
  }
}

const keyOf = (agent: string, intent: unknown): string => `${agent}:${text(intent)}`

function laneOf(lanes: Lanes, { agent, at, fields }: Saying): Lane {
  const key = keyOf(agent, fields['intent'])
  const known = lanes.get(key)
  if (known !== undefined) return known
  const lane: Lane = {
    ...{ agent, intent: text(fields['intent']), since: at, state: 'bidding', claims: [] },
    account: maybe(fields['account']),
    strategy: maybe(fields['strategy']),
    route: maybe(fields['route']),
    ...{ wonAt: undefined, fraction: undefined, outlay: undefined, collateralValue: undefined },
    ...{ expected: undefined, shortfall: undefined, premium: undefined, closedAt: undefined, attribution: undefined },
  }
  lanes.set(key, lane)
  forgetOldest(lanes)
  return lane
}

function forgetOldest(lanes: Lanes): void {
  if (lanes.size <= MOST) return
  for (const [key, { state }] of lanes)
    if (state === 'settled') {
      lanes.delete(key)
      return
    }
}

function won(lane: Lane, { at, fields }: Saying): void {
  lane.wonAt = at
  lane.account ??= maybe(fields['account'])
  lane.strategy = maybe(fields['strategy'])
  lane.route = maybe(fields['route'])
  lane.fraction = figure(fields, 'fraction')
  lane.outlay = amount(fields['outlay'])
  lane.collateralValue = amount(fields['collateralValue'])
  lane.expected = amount(fields['gapExpected'])
  lane.shortfall = amount(fields['gapShortfall'])
  lane.premium = amount(fields['gapPremium'])
  if (lane.state === 'bidding') lane.state = 'coming home'
}

function open(lane: Lane, fields: Saying['fields'], at: number): void {
  const [vault, collateral] = [text(fields['vault']), figure(fields, 'collateral') ?? -1]
  if (lane.claims.some((one) => one.vault === vault && one.collateral === collateral)) return
  lane.claims.push({
    ...{ vault, collateral, amount: amount(fields['amount']), openedAt: figure(fields, 'openedAt') ?? at },
    ...{ anchoredAt: undefined, usableAt: undefined, soldAt: undefined, stuck: undefined, doing: undefined },
  })
}

function eachOpen(lanes: Lanes, { agent, fields }: Saying, change: (claim: ClaimLane) => void): void {
  const vault = text(fields['vault'])
  for (const lane of lanes.values())
    if (lane.agent === agent && lane.state !== 'settled')
      for (const claim of lane.claims) if (claim.vault === vault && claim.soldAt === undefined) change(claim)
}

function sold(lanes: Lanes, { agent, at, fields }: Saying): void {
  for (const told of list(fields['claims'])) {
    const lane = lanes.get(keyOf(agent, part(told, 'intent')))
    const claim = lane?.claims.find(
      (one) => one.vault === text(fields['vault']) && one.collateral === figure(told, 'collateral'),
    )
    if (claim === undefined) continue
    claim.soldAt = figure(fields, 'soldAt') ?? at
    claim.stuck = undefined
    claim.doing = undefined
  }
}

function close(lanes: Lanes, saying: Saying): void {
  const lane = laneOf(lanes, saying)
  const told = saying.fields['attribution']
  lane.state = 'settled'
  lane.closedAt = saying.at
  lane.attribution =
    typeof told === 'object' && told !== null
      ? Object.fromEntries(Object.entries(told).map(([name, value]) => [name, amount(value)]))
      : undefined
}

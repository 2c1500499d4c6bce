// A fleet of three on one executor, over a chain that the test makes: members crash, stand in for each other and come back.
import type { Address } from 'viem'
import { type Core, createCore, type Effect, type Input, step } from '../../agent/core/core.ts'
import type { Intent } from '../../agent/domain/liquidation.ts'
import type { MarginAccount } from '../../agent/domain/market.ts'
import { type AccountId, type Instant, instant } from '../../agent/domain/units.ts'
import { mulberry32 } from '../../agent/maths/seeded.ts'
import {
  account,
  address,
  batchesAt,
  ENGINE,
  engineTerms,
  head,
  lost,
  only,
  ripe,
  START,
  sale,
  seatOf,
  setup,
  takeAll,
  usd,
  won as wonBy,
} from './builders.ts'

/** What came of it. Delays in blocks from the first head with the account to its liquidation. */
export type FleetRun = {
  readonly liquidations: number
  readonly failovers: number
  /** Accounts for which two living members sent. */
  readonly selfRaces: number
  /** Accounts that were bid on twice. */
  readonly doubles: number
  /** Bids of the dead and of their stand-ins that the executor or the version stopped. */
  readonly stopped: number
  readonly missed: number
  readonly worstDelay: number
}

const MEMBERS = [address(0xa1), address(0xa2), address(0xa3)]
const EXECUTOR = address(0xee)

type Sent = { readonly by: Address; readonly intent: Intent; readonly due: bigint }
type Case = {
  account: MarginAccount
  readonly since: bigint
  readonly senders: Set<string>
  bids: number
  doneAt?: bigint
}

type World = {
  readonly random: () => number
  readonly cores: Map<Address, Core>
  /** Members that are down, and until which block. */
  readonly down: Map<Address, bigint>
  readonly cases: Map<AccountId, Case>
  readonly executed: Set<string>
  pool: Sent[]
  failovers: number
  selfRaces: number
  stopped: number
}

/** Liquidates so many accounts, one every four blocks, with a crash now and then. The same seed is the same run. */
export function runFleet(liquidations: number, seed: number): FleetRun {
  const counts = { failovers: 0, selfRaces: 0, stopped: 0 }
  const maps = { cores: new Map(), down: new Map(), cases: new Map(), executed: new Set<string>() }
  const world: World = { random: mulberry32(seed), ...maps, pool: [], ...counts }
  for (const member of MEMBERS) start(world, member, 0n)
  for (let number = 1n; number <= BigInt(4 * liquidations + 20); number++) {
    mine(world, number)
    revive(world, number)
    const due = number % 4n === 1n && world.cases.size < liquidations
    if (due) open(world, number)
    if (world.down.size === 0 && world.random() < (due ? 0.3 : 0.1)) crash(world, number)
    const changed = [...world.cases.values()].filter(({ since, doneAt }) => since === number || doneAt === number)
    const news = newsOf(world, changed, number)
    for (const member of MEMBERS) tell(world, member, news, number)
    hearEachOther(world, number)
  }
  return summaryOf(world)
}

/** Every block moves the price a little: one that stands still is not believed. */
function newsOf({ random }: World, changed: readonly Case[], number: bigint): readonly Input[] {
  const at = timeOf(number)
  return [
    { at, kind: 'head', head: head(number, { timestamp: BigInt(Math.floor(at / 1_000)) }) },
    { at, kind: 'cash', engine: ENGINE, cash: usd(400_000) },
    ...changed.map((one): Input => ({ at, kind: 'account', account: one.account, source: 'own' })),
    ...batchesAt(2_395 + 10 * random(), at).map((batch): Input => ({ at, kind: 'prices', batch })),
  ]
}

function tell(world: World, member: Address, inputs: readonly Input[], number: bigint): void {
  const core = world.cores.get(member)
  if (core === undefined || world.down.has(member)) return
  for (const input of inputs)
    for (const { intent } of only(absorb(core, input), 'submit')) send(world, { by: member, intent, due: number + 1n })
}

function send(world: World, sent: Sent): void {
  const { senders = new Set() } = world.cases.get(sent.intent.quote.candidate.account.id) ?? {}
  if (MEMBERS.some((one) => one !== sent.by && senders.has(one) && !world.down.has(one))) world.selfRaces++
  senders.add(sent.by)
  world.pool.push(sent)
}

/** A member comes up with empty hands: it reads the accounts from the chain. */
function start(world: World, member: Address, number: bigint): void {
  const at = timeOf(number)
  const held = [...world.cases.values()].map(
    (one): Input => ({ at, kind: 'account', account: one.account, source: 'own' }),
  )
  world.cores.set(member, coreOf(member))
  tell(world, member, [{ at, kind: 'terms', terms: engineTerms() }, ...held], number)
}

function revive(world: World, number: bigint): void {
  for (const [member, until] of world.down)
    if (until <= number && world.down.delete(member)) start(world, member, number)
}

function open({ cases }: World, number: bigint): void {
  const id = address(0x10000 + cases.size)
  cases.set(id, { account: ripe({ id, version: 1n }), since: number, senders: new Set(), bids: 0 })
}

/** A block takes what is due, in any order. */
function mine(world: World, number: bigint): void {
  const due = world.pool.filter((one) => one.due <= number).sort(() => world.random() - 0.5)
  world.pool = world.pool.filter((one) => one.due > number)
  for (const { by, intent } of due) {
    const won = execute(world, intent, number)
    tell(world, by, [{ at: timeOf(number), kind: 'outcome', intent, outcome: won ? wonBy(intent) : lost() }], number)
  }
}

/** What the executor and the auction do: an intent once, and only at the version that it was made for. */
function execute(world: World, { id, quote }: Intent, number: bigint): boolean {
  const { account: asked } = quote.candidate
  const found = world.cases.get(asked.id)
  if (found === undefined || found.account.version !== asked.version || world.executed.has(id)) {
    world.stopped++
    return false
  }
  world.executed.add(id)
  found.bids++
  found.doneAt = number
  found.account = flat(found.account, number)
  return true
}

function hearEachOther(world: World, number: bigint): void {
  for (const from of MEMBERS.filter((one) => !world.down.has(one)))
    for (const to of MEMBERS.filter((one) => one !== from)) {
      const at = timeOf(number, 300 + Math.floor(world.random() * 600))
      tell(world, to, [{ at, kind: 'member', from, heads: [{ chain: ENGINE, number }] }], number)
    }
}

/** Somebody ends, and what it sent is lost with it, or comes late. */
function crash(world: World, number: bigint): void {
  const member = MEMBERS[Math.floor(world.random() * MEMBERS.length)] ?? EXECUTOR
  world.failovers++
  world.down.set(member, number + 6n)
  const late = BigInt(Math.floor(world.random() * 4))
  const lostWithIt = world.random() < 0.5
  world.pool = world.pool
    .filter(({ by }) => by !== member || !lostWithIt)
    .map((one) => (one.by === member ? { ...one, due: one.due + late } : one))
}

function summaryOf({ cases, failovers, selfRaces, stopped }: World): FleetRun {
  const all = [...cases.values()]
  const done = all.flatMap(({ since, doneAt }) => (doneAt === undefined ? [] : [Number(doneAt - since)]))
  return {
    ...{ liquidations: done.length, failovers, selfRaces, stopped },
    doubles: all.filter(({ bids }) => bids > 1).length,
    missed: all.length - done.length,
    worstDelay: Math.max(0, ...done),
  }
}

const timeOf = (number: bigint, after = 0): Instant => instant(START + Number(number) * 1_000 + after)

const coreOf = (me: Address): Core => {
  const base = setup()
  const risk = { ...base.risk, maxInFlight: usd(1e12), maxShortfall: usd(1e12) }
  const fleet = { members: MEMBERS, me, executor: EXECUTOR }
  return createCore(setup({ self: [me, EXECUTOR], seats: [seatOf(takeAll)], risk, fleet }))
}

/** One input, and the claims that it opens sold at once: what is in flight is not the matter here. */
function absorb(core: Core, input: Input): readonly Effect[] {
  const effects = step(core, input)
  const sold = only(effects, 'settle').flatMap(({ claim }) =>
    step(core, { at: input.at, kind: 'claim-sold', claims: [claim], sale: sale(usd(1), usd(1)) }),
  )
  return [...effects, ...sold]
}

const flat = ({ id }: MarginAccount, number: bigint): MarginAccount =>
  account({ id, version: 2n, cash: usd(0), positions: [], credit: [], anchor: head(number) })

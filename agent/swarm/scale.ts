// More agents in a kept run, or fewer: newcomers get an executor, capital and a bond on chains that mine already.
import { privateKeyToAccount } from 'viem/accounts'
import { nearest } from '../../config/nearest.ts'
import { EXIT, LienmeshError, usageError } from '../domain/errors.ts'
import { ENGINE_ARTEFACTS } from '../suite/contracts.ts'
import { openBurst } from './burst.ts'
import { type Member, startAgent } from './crew.ts'
import { seatNewcomers } from './deploy-executors.ts'
import { dollars, type EngineSite, type Seated } from './deployment.ts'
import type { Play } from './playbill.ts'
import { keyOf, type Seat, seatsOf } from './seats.ts'
import type { Stage } from './stage.ts'

/** Brings a group to so many agents. The last ones leave first; newcomers bid, but do not attest: that is governance's. */
export async function scale(show: Play, stage: Stage, [group, count]: readonly [string, number]): Promise<object> {
  const groups = show.scenario.agents.map((one) => one.group)
  const known = show.scenario.agents.find((one) => one.group === group)
  if (known === undefined) {
    const near = nearest(group, groups)
    const hint = near === undefined ? '' : ` – did you mean ${near}?`
    throw usageError('E_GROUP', `no group ${group}${hint} (${groups.join(', ')})`, 'Take one of them.')
  }
  if (show.run.record().phase !== 'kept') throw tooEarly()
  const members = stage.members.filter(({ name }) => groupOf(name) === group)
  const leaving = members.slice(count)
  await Promise.all(leaving.map((member) => member.stop('SIGTERM')))
  stage.members.splice(0, stage.members.length, ...stage.members.filter((one) => !leaving.includes(one)))
  const first = Math.max(0, ...members.map(({ name }) => Number(name.split('-').at(-1))))
  const wanted = Array.from({ length: Math.max(0, count - members.length) }, (_, i) => `${group}-${first + i + 1}`)
  const joined = await join(
    show,
    stage,
    wanted.map((name) => newSeat(show, group, name)),
  )
  const change = [...leaving.map(({ name }) => `-${name}`), ...joined.map(({ name }) => `+${name}`)]
  show.console.event(stage.watch.at(), 'swarm', `${group} has ${count} agents: ${change.join(' ') || 'as before'}`)
  return { group, count, joined: joined.map(({ name }) => name), left: leaving.map(({ name }) => name) }
}

/** The group of an agent's name. */
export const groupOf = (name: string): string => name.replace(/-\d+$/, '')

/** A seat as the group's last one has it, with a key of its own. */
function newSeat({ scenario }: Play, group: string, name: string): Seat {
  const like = seatsOf(scenario).findLast((seat) => groupOf(seat.name) === group)
  if (like === undefined) throw usageError('E_GROUP', `group ${group} has nobody to be like`, 'Take another group.')
  const key = keyOf(scenario.seed, name)
  return { ...like, name, key, operator: privateKeyToAccount(key).address, attest: false, relay: false }
}

async function join(show: Play, stage: Stage, seats: readonly Seat[]): Promise<readonly Member[]> {
  if (seats.length === 0) return []
  const { deployment, crewing, publishers, members } = stage
  const owner = privateKeyToAccount(
    keyOf(show.scenario.seed, `owner of ${seats.map(({ name }) => name).join()}`),
  ).address
  const seated = await seatNewcomers({ scenario: show.scenario, seats }, deployment.sites, owner)
  await Promise.all(deployment.engines.map((site) => fund(site, seated)))
  deployment.seats.push(...seated)
  const joined: Member[] = []
  for (const seat of seated) {
    const member = await startAgent(crewing, seat, () => [publishers, ...members])
    members.push(member)
    joined.push(member)
  }
  return joined
}

/** Their capital, on the engine. */
async function fund({ chain, cash, engine, governor }: EngineSite, seats: readonly Seated[]): Promise<void> {
  const { MarginEngine, TestToken } = ENGINE_ARTEFACTS
  const burst = await openBurst(chain, governor, 'interval')
  const amounts = seats.map((seat) => dollars(seat.capital))
  const total = amounts.reduce((sum, amount) => sum + amount, 0n)
  burst.call({ to: cash, abi: TestToken.abi, name: 'mint', args: [governor, total] })
  burst.call({ to: cash, abi: TestToken.abi, name: 'approve', args: [engine, total] })
  for (const [i, { executor }] of seats.entries())
    burst.call({ to: engine, abi: MarginEngine.abi, name: 'depositCash', args: [executor, amounts[i] ?? 0n] })
  await burst.flush()
}

const tooEarly = (): Error =>
  new LienmeshError('E_RUN_PHASE', 'a run that is not judged yet has the agents that its scenario says', {
    remedy: 'retry',
    exit: EXIT.failure,
    fix: 'Wait until lienmesh swarm status says kept, or start with swarm up --agents.',
  })

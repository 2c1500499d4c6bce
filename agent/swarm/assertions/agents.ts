// Assertions about agents: alive, connected, back after a kill, honest.
import type { Assertion } from '../../../config/assertions.ts'
import { seconds } from '../format.ts'
import { atTheEnd, type Facts, type Finding, type Judges, unbroken } from './facts.ts'

/** Their judges. */
export const agentJudges: Judges<'resumes' | 'mesh' | 'slashed' | 'slashed-only' | 'learned' | 'alive'> = {
  resumes,
  mesh,
  slashed: ({ agent }, facts) => {
    const slashed = slashedNames(facts).filter((name) => name === agent).length
    return slashed > 0 ? { state: 'holds', found: `on ${slashed} chains` } : { state: 'open', found: 'not slashed' }
  },
  'slashed-only': ({ but }, facts) => {
    const others = slashedNames(facts).filter((name) => !but.includes(name))
    return unbroken(others.length > 0, others.length === 0 ? 'nobody' : others.join(', '))
  },
  learned: ({ least }, { seats, voices }) => {
    const counts = seats.filter(({ blindLogs }) => blindLogs).map(({ name }) => [name, voices.learned.get(name) ?? 0])
    const enough = counts.every(([, count]) => Number(count) >= least)
    return { state: enough ? 'holds' : 'open', found: counts.map(([name, count]) => `${name} ${count}`).join(', ') }
  },
  alive: (_, { seats, alive }) => {
    const dead = seats.filter(({ name }) => !alive.has(name)).map(({ name }) => name)
    return unbroken(dead.length > 0, dead.length === 0 ? `${alive.size} alive` : `dead: ${dead.join(', ')}`)
  },
}

const slashedNames = ({ record, seats }: Facts): readonly string[] =>
  record.routes.slashes.flatMap(({ agent }) =>
    seats.filter(({ operator }) => operator.toLowerCase() === agent.toLowerCase()).map(({ name }) => name),
  )

/** What was under way when the agent came back, and what it won afterwards, comes home. */
function resumes({ agent }: Extract<Assertion, { readonly kind: 'resumes' }>, facts: Facts): Finding {
  const { record, seats, voices } = facts
  const executor = seats.find(({ name }) => name === agent)?.executor.toLowerCase()
  const back = voices.ready.get(agent)?.[1]
  if (back === undefined) return { state: 'open', found: 'never came back' }
  const own = record.claims.filter(({ beneficiary }) => beneficiary.toLowerCase() === executor)
  const waiting = own.filter(({ openedAt, paidAt }) => openedAt < back && (paidAt ?? back) >= back)
  const home = own.filter(({ finalAt }) => finalAt !== undefined)
  const found = `${waiting.length} under way when it came back, ${home.length} of ${own.length} redeemed`
  return atTheEnd(facts, own.length > 0 && home.length === own.length, found)
}

/** How long every agent was below the degree at a time; nothing counts before the opening. */
function mesh({ least, within }: Extract<Assertion, { readonly kind: 'mesh' }>, facts: Facts): Finding {
  const times = [...facts.voices.mesh].map(([agent, seen]) => [agent, longestBelow(seen, least, facts)] as const)
  const [worst, below] = times.reduce((most, one) => (one[1] > most[1] ? one : most), ['nobody', 0] as const)
  if (times.length === 0) return { state: 'open', found: 'nothing heard of it' }
  return unbroken(below > within, below === 0 ? 'never below' : `${worst} below for ${seconds(below)}`)
}

type Seen = readonly { readonly at: number; readonly degree: number }[]

function longestBelow(seen: Seen, least: number, { opened, now }: Facts): number {
  return seen.reduce((longest, { at, degree }, i) => {
    if (degree >= least) return longest
    const until = seen.slice(i + 1).find((later) => later.degree >= least)?.at ?? now
    return Math.max(longest, until - Math.max(at, opened))
  }, 0)
}

// Money is read by agreement: an answer counts when a quorum of providers gives the same one about the same block.

import { reverts } from './fastest.ts'
import type { Manner, Outcome, Provider } from './provider.ts'
import type { Call } from './typing.ts'

/** One outcome per call: what `need` providers agree on, `failed` where they do not. */
export function agreed(
  providers: readonly Provider[],
  calls: readonly Call[],
  { need, ...manner }: Manner & { readonly need: number },
): Promise<readonly Outcome[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Outcome[]>()
  const asked = providers.filter((provider) => provider.available(manner.urgent))
  const tallies = calls.map((call) => tally(call, need))
  let missing = asked.length
  let over = false
  const look = () => {
    if (over || (missing > 0 && !tallies.every(({ settled }) => settled()))) return
    over = true
    resolve(tallies.map(({ verdict }) => verdict()))
  }
  for (const provider of asked) {
    provider.ask(calls, manner).then((outcomes) => {
      missing--
      for (const [i, outcome] of outcomes.entries()) tallies[i]?.vote(provider, outcome)
      look()
    }, reject)
  }
  look()
  return promise
}

type Vote = { readonly provider: Provider; readonly key: string; readonly outcome: Outcome }

function tally(call: Call, need: number) {
  const votes: Vote[] = []
  const problems: string[] = []
  let winner: Vote | undefined
  return {
    settled: () => winner !== undefined,
    verdict: (): Outcome => winner?.outcome ?? { kind: 'failed', why: disagreement(call, need, votes, problems) },
    /** Late votes still count against whoever contradicts. */
    vote: (provider: Provider, outcome: Outcome) => {
      const key = keyOf(outcome)
      if (key === undefined) {
        problems.push(`${provider.place}: ${outcome.kind === 'answer' ? 'no key' : textOf(outcome)}`)
        return
      }
      const vote = { provider, key, outcome }
      votes.push(vote)
      if (winner === undefined && votes.filter((other) => other.key === key).length >= need) {
        winner = vote
        for (const other of votes) judge(call, vote, other)
      } else if (winner !== undefined) judge(call, winner, vote)
    },
  }
}

/** Equal answers have equal keys. Only a revert is an answer among refusals; the rest says nothing about the chain. */
function keyOf(outcome: Outcome): string | undefined {
  if (outcome.kind === 'answer') return `answer ${JSON.stringify(outcome.value)}`
  if (outcome.kind === 'refused' && reverts(outcome)) return `revert ${String(outcome.data ?? '')}`
  return undefined
}

/** Against a quorum: a lie when both speak of one block, another branch or an older view otherwise. */
function judge(call: Call, winner: Vote, other: Vote): void {
  if (other.key === winner.key) return
  const about = `${call.method} against a quorum`
  if (pinned(call) || sameBlock(winner.outcome, other.outcome)) other.provider.note('lying', about)
  else other.provider.note('behind', about)
}

/** Whether the call names its block by hash: then every honest node gives the same answer. */
const pinned = ({ method, params }: Call): boolean =>
  method === 'eth_getBlockByHash' ||
  params.some((param) => typeof param === 'object' && param !== null && 'blockHash' in param)

function sameBlock(a: Outcome, b: Outcome): boolean {
  const [one, two] = [blockOf(a), blockOf(b)]
  return one !== undefined && one === two
}

function blockOf(outcome: Outcome): string | undefined {
  const value = outcome.kind === 'answer' ? outcome.value : undefined
  if (typeof value !== 'object' || value === null) return undefined
  const hash = 'blockHash' in value ? value.blockHash : 'hash' in value ? value.hash : undefined
  return typeof hash === 'string' ? hash : undefined
}

function disagreement({ method }: Call, need: number, votes: readonly Vote[], problems: readonly string[]): string {
  const answers = new Set(votes.map(({ key }) => key)).size
  const found = `${votes.length} answers of ${answers} kinds`
  return `${method} needs ${need} equal answers, found ${found}${problems.length > 0 ? `; ${problems.join('; ')}` : ''}`
}

const textOf = (outcome: Outcome): string =>
  outcome.kind === 'refused' ? outcome.message : outcome.kind === 'failed' ? outcome.why : ''

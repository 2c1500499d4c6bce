// One chain's nodes as one client. Money is read by agreement, hints come from the fastest, transactions go to everyone.
import { BaseError, type Hex } from 'viem'
import { configError, LienmeshError } from '../../domain/errors.ts'
import { type ChainId, type Millis, millis } from '../../domain/units.ts'
import type { Rate } from './rpc/budget.ts'
import { fastest } from './rpc/fastest.ts'
import type { Health } from './rpc/health.ts'
import { identify } from './rpc/identity.ts'
import { type FoundLogs, foundIn, type LogFilter, logsCall } from './rpc/logs.ts'
import { readByAgreement } from './rpc/money.ts'
import { down, LOST, noQuorum, type Panel } from './rpc/panel.ts'
import { openProvider, type Provider } from './rpc/provider.ts'
import type { Call } from './rpc/typing.ts'
import { alone, answerIn, type Node, nodeOver, together } from './rpc/viem-node.ts'

export type { FoundLogs, LogFilter } from './rpc/logs.ts'
export type { Node } from './rpc/viem-node.ts'

export type RpcOptions = {
  readonly chain: ChainId
  /** Where the chain's providers are; one is enough when `quorum` is 1. */
  readonly urls: readonly string[]
  /** Providers that must give the same answer before it counts; 1 by default: the word of one node of ours. */
  readonly quorum?: number
  /** One request, connection included. By default 600 ms, and 4 s where there is nobody else to ask. */
  readonly timeout?: Millis
  /** Requests that each provider allows; unlimited by default. */
  readonly rate?: Rate
  /** Told when a provider's condition changes, and when the quorum is lost or back. */
  readonly alarm?: (code: string, detail: string) => void
}

/** The providers of one chain, their identity checked. */
export type Rpc = {
  readonly chain: ChainId
  /** Where the nodes are, without credentials: safe in logs. */
  readonly place: string
  /** Asks one question that money depends on: a quorum must agree. Throws E_RPC_DOWN or E_RPC_QUORUM. */
  ask<T>(question: (node: Node) => Promise<T>): Promise<T>
  /** Asks several such questions in one request per provider: those started in the same tick travel together. */
  gather<T>(questions: (node: Node) => Promise<T>): Promise<T>
  /** Asks whoever answers first. For what is only looked at: logs, fees. */
  hint<T>(question: (node: Node) => Promise<T>): Promise<T>
  /** Logs from whoever answers first, those that only name an account apart from the others. */
  logs(filter: LogFilter, touching: ReadonlySet<string>): Promise<FoundLogs>
  /** As `gather`, but everybody must answer the same: what protects large amounts when a quorum colludes. */
  unanimous<T>(questions: (node: Node) => Promise<T>): Promise<T>
  /** Hands signed bytes to every provider and says who refused them and why. The hash is ours: keccak of the bytes. */
  send(raw: Hex): Promise<readonly Refused[]>
  /** Whether enough providers are well to commit capital on what they say. */
  committable(): boolean
  close(): void
}

/** A provider that did not take a transaction. It may have it all the same. */
export type Refused = { readonly place: string; readonly message: string }

/** Opens a chain's providers and makes sure that enough of them are that chain: E_CHAIN_ID or E_RPC_DOWN otherwise. */
export async function openRpc(options: RpcOptions): Promise<Rpc> {
  const { chain, quorum = 1, alarm } = options
  const urls = options.urls.map(urlOf)
  const place = urls.map(({ origin }) => origin).join(', ')
  const limit = options.timeout ?? millis(urls.length === 1 ? 4_000 : 600)
  const committable = () => providers.filter((one) => one.health().condition === 'well').length >= quorum
  const standing = watchStanding(chain, quorum, committable, alarm)
  const providers = urls.map((url) =>
    openProvider({ url, changed: standing, ...(options.rate === undefined ? {} : { rate: options.rate }) }),
  )
  const panel = { chain, place, providers, quorum, limit }
  await identify(panel)
  const money = (calls: readonly Call[]) => readByAgreement(panel, calls, quorum)
  const all = (calls: readonly Call[]) => readByAgreement(panel, calls, providers.length)
  const any = (calls: readonly Call[]) => fastest(providers, calls, { urgent: false, limit })
  const apart = quorum > 1 ? noQuorum : down
  const [asking, gathering] = [nodeOver(panel, alone(money), apart), nodeOver(panel, together(money), apart)]
  const [hinting, everybody] = [nodeOver(panel, alone(any), down), nodeOver(panel, together(all), apart)]
  return {
    chain,
    place,
    ask: (question) => question(asking).catch(unwrapped),
    gather: (questions) => questions(gathering).catch(unwrapped),
    hint: (question) => question(hinting).catch(unwrapped),
    logs: async (filter, touching) => {
      const call = logsCall(filter, touching)
      const [outcome = LOST] = await any([call])
      return foundIn(answerIn(panel, call.method, outcome, down))
    },
    unanimous: (questions) => questions(everybody).catch(unwrapped),
    send: (raw) => sendToAll(panel, raw),
    committable,
    close: () => {
      for (const provider of providers) provider.close()
    },
  }
}

/** The node's own failure anywhere in the causes of `error`; undefined when the node answered. */
export function nodeFailure(error: unknown): LienmeshError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof LienmeshError) return cause
  return undefined
}

function unwrapped(error: unknown): never {
  throw error instanceof BaseError ? (nodeFailure(error) ?? error) : error
}

/** To everyone, whatever their condition: a transaction that only one node has may be lost with it. */
async function sendToAll({ providers, limit }: Panel, raw: Hex): Promise<readonly Refused[]> {
  const answers = await Promise.all(
    providers.map(async (provider): Promise<readonly Refused[]> => {
      if (provider.health().condition === 'foreign') return []
      const call = { method: 'eth_sendRawTransaction', params: [raw] }
      const [outcome = LOST] = await provider.ask([call], { urgent: true, limit })
      if (outcome.kind === 'answer') return []
      return [{ place: provider.place, message: outcome.kind === 'failed' ? outcome.why : outcome.message }]
    }),
  )
  return answers.flat()
}

/** Tells of providers that change, and of the quorum when it is lost or back. Who falls behind again and again is told of once. */
function watchStanding(
  chain: ChainId,
  quorum: number,
  committable: () => boolean,
  alarm: RpcOptions['alarm'],
): (provider: Provider, before: Health, why: string) => void {
  let had = true
  const straggling = new Map<Provider, number>()
  return (provider, before, why) => {
    const { condition } = provider.health()
    const now = performance.now()
    const straggles = condition === 'behind' && now - (straggling.get(provider) ?? Number.NEGATIVE_INFINITY) > QUIET
    if (condition === 'behind') straggling.set(provider, now)
    if (condition === 'lying' || condition === 'foreign' || before.condition === 'lying')
      alarm?.('E_RPC_PROVIDER', `${provider.place} on chain ${chain} is ${condition}: ${why}`)
    const warning = WARNINGS[condition]
    if (warning !== undefined && (condition !== 'behind' || straggles))
      alarm?.(warning, `${provider.place} on chain ${chain} is ${condition}: ${why}`)
    const has = committable()
    if (has === had) return
    had = has
    const what = has ? 'is back, commitments go on' : `of ${quorum} providers is lost, nothing new is committed`
    alarm?.('E_RPC_QUORUM', `the quorum on chain ${chain} ${what} (${provider.place} is ${condition}: ${why})`)
  }
}

/** What a provider alone may be without any harm yet. */
const WARNINGS: Readonly<Partial<Record<Health['condition'], string>>> = {
  limited: 'W_RPC_LIMIT',
  behind: 'W_RPC_BEHIND',
}

/** Time (ms) that a provider must have kept up before it is told of again. */
const QUIET = 600_000

function urlOf(url: string): URL {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url)
  throw configError('E_RPC_URL', 'An RPC URL must start with http:// or https://.', 'Correct the url of this chain.')
}

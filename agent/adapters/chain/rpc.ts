// One JSON-RPC client per chain. Failures of the node become E_RPC_DOWN here, at the door; everything else passes.
import {
  BaseError,
  type Client,
  createClient,
  HttpRequestError,
  type HttpTransport,
  http,
  LimitExceededRpcError,
  ResourceUnavailableRpcError,
  TimeoutError,
} from 'viem'
import { configError, type LienmeshError, unavailable } from '../../domain/errors.ts'
import type { ChainId, Millis } from '../../domain/units.ts'

export type RpcOptions = {
  readonly chain: ChainId
  readonly url: string
  /** One request, connection included; 4 s by default. */
  readonly timeout?: Millis
}

/** What viem's actions take. */
export type Node = Client<HttpTransport>

/** One node of one chain, its identity checked. */
export type Rpc = {
  readonly chain: ChainId
  /** Where the node is, without credentials: safe in logs. */
  readonly place: string
  /** Asks one question over a kept-alive connection. Throws E_RPC_DOWN when the node does not answer. */
  ask<T>(question: (node: Node) => Promise<T>): Promise<T>
  /** Asks several questions in one HTTP request: those started in the same tick travel together. */
  gather<T>(questions: (node: Node) => Promise<T>): Promise<T>
}

/** Opens a chain's node and makes sure it is that chain: E_CHAIN_ID otherwise, E_RPC_URL for a malformed address. */
export async function openRpc({ chain, url, timeout }: RpcOptions): Promise<Rpc> {
  const place = originOf(url)
  const transport = { timeout: timeout ?? 4_000, retryCount: 1, retryDelay: 50 }
  const single = createClient({ transport: http(url, transport) })
  const together = createClient({ transport: http(url, { ...transport, batch: { wait: 0, batchSize: 200 } }) })
  const rpc: Rpc = {
    chain,
    place,
    ask: (question) => question(single).catch((error) => translated(error, chain, place)),
    gather: (questions) => questions(together).catch((error) => translated(error, chain, place)),
  }
  const found = Number(await rpc.ask((node) => node.request({ method: 'eth_chainId' })))
  if (found !== chain) throw wrongChain(chain, found, place)
  return rpc
}

/** The node's own failure anywhere in the causes of `error`; undefined when the node answered. */
export function nodeFailure(error: unknown): Error | undefined {
  if (!(error instanceof BaseError)) return undefined
  const cause = error.walk((step) => NODE_FAILURES.some((kind) => step instanceof kind))
  return cause instanceof Error ? cause : undefined
}

const NODE_FAILURES = [HttpRequestError, TimeoutError, LimitExceededRpcError, ResourceUnavailableRpcError]

function translated(error: unknown, chain: ChainId, place: string): never {
  const failure = nodeFailure(error)
  if (failure === undefined) throw error
  const what = failure instanceof BaseError ? (failure.details ?? failure.shortMessage) : failure.message
  throw unavailable(
    'E_RPC_DOWN',
    `The node of chain ${chain} at ${place} does not answer: ${what.split('\n')[0]}`,
    'Check that the node runs and that the URL is right; the call is repeated by itself.',
    failure,
  )
}

function originOf(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url).origin
  throw configError('E_RPC_URL', 'An RPC URL must start with http:// or https://.', 'Correct the url of this chain.')
}

const wrongChain = (chain: ChainId, found: number, place: string): LienmeshError =>
  configError(
    'E_CHAIN_ID',
    `Expected chain ${chain} at ${place}, found chain ${found}.`,
    'Point this chain at a node of its own network, or correct the chain id.',
  )

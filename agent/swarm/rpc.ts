// JSON-RPC to a local chain in batches: set-up sends hundreds of transactions at a time.
import type { Address, Hash, Hex } from 'viem'
import { unavailable } from '../domain/errors.ts'

/** A request by method and parameters. */
export type Request = { readonly method: string; readonly params: readonly unknown[] }

/** A local chain's node. Answers are as the node gives them; the caller names the shape it expects. */
export type Rpc = {
  readonly url: string
  request<T>(method: string, params?: readonly unknown[]): Promise<T>
  /** All at once, answers in order. The first error answer is thrown. */
  batch<T>(requests: readonly Request[]): Promise<readonly T[]>
}

/** A mined transaction, as far as set-up and the watcher care. */
export type Receipt = {
  readonly transactionHash: Hash
  readonly status: Hex
  readonly gasUsed: Hex
  readonly blockNumber: Hex
  readonly contractAddress: Address | null
  readonly to: Address | null
}

type Answer = {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly message: string; readonly data?: unknown }
}

/** Opens a client. It holds no connection of its own. */
export function openRpc(url: string): Rpc {
  const batch = async <T>(requests: readonly Request[]): Promise<readonly T[]> => {
    if (requests.length === 0) return []
    const body = requests.map((request, id) => ({ jsonrpc: '2.0', id, ...request }))
    const response = await fetch(url, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) })
    // A local node we started: its answers are trusted to have the shape of the method.
    const answers = (await response.json()) as readonly Answer[]
    const byId = new Map(answers.map((answer) => [answer.id, answer]))
    return requests.map((request, id) => resultOf<T>(request, byId.get(id)))
  }
  const request = async <T>(method: string, params: readonly unknown[] = []): Promise<T> => {
    const [result] = await batch<T>([{ method, params }])
    return result as T
  }
  return { url, request, batch }
}

function resultOf<T>(request: Request, answer: Answer | undefined): T {
  if (answer?.error !== undefined || answer === undefined) {
    const why =
      answer?.error === undefined ? 'no answer' : `${answer.error.message} ${JSON.stringify(answer.error.data ?? '')}`
    throw unavailable('E_RPC', `${request.method} was refused: ${why}`, 'Look at the chain log in the run directory.')
  }
  return answer.result as T
}

const JSON_HEADERS = { 'content-type': 'application/json' }

// viem's actions over our exchange: viem encodes and decodes, we decide whom to ask and what to believe.
import { type Client, type CustomTransport, createClient, custom, RpcRequestError } from 'viem'
import type { LienmeshError } from '../../../domain/errors.ts'
import { down, type Exchange, LOST, type Panel } from './panel.ts'
import type { Outcome } from './provider.ts'
import type { Call } from './typing.ts'

/** What viem's actions take. */
export type Node = Client<CustomTransport>

type Ask = (call: Call) => Promise<Outcome>

/** Every call travels alone. */
export const alone =
  (exchange: Exchange): Ask =>
  async (call) =>
    (await exchange([call]))[0] ?? LOST

/** Most calls of one request. */
const BATCH = 200

/** Collects the calls of one turn of the event loop. */
export function together(exchange: Exchange): Ask {
  let waiting: { readonly call: Call; readonly reply: PromiseWithResolvers<Outcome> }[] = []
  const flush = () => {
    const all = waiting
    waiting = []
    for (let i = 0; i < all.length; i += BATCH) {
      const part = all.slice(i, i + BATCH)
      exchange(part.map(({ call }) => call)).then(
        (outcomes) => {
          for (const [j, { reply }] of part.entries()) reply.resolve(outcomes[j] ?? LOST)
        },
        (error: unknown) => {
          for (const { reply } of part) reply.reject(error)
        },
      )
    }
  }
  return (call) => {
    const reply = Promise.withResolvers<Outcome>()
    if (waiting.push({ call, reply }) === 1) setImmediate(flush)
    return reply.promise
  }
}

/** A client of which every request goes to `ask`. What fails becomes `failure`. */
export function nodeOver(panel: Panel, ask: Ask, failure: (panel: Panel, why: string) => LienmeshError): Node {
  const request = async ({ method, params = [] }: { method: string; params?: readonly unknown[] }) => {
    return answerIn(panel, method, await ask({ method, params }), failure)
  }
  return createClient({ transport: custom({ request }, { retryCount: 0 }) })
}

/** What a node answered; a refusal is thrown as viem throws it, a failure as ours. */
export function answerIn(
  panel: Panel,
  method: string,
  outcome: Outcome,
  failure: (panel: Panel, why: string) => LienmeshError,
): unknown {
  if (outcome.kind === 'answer') return outcome.value
  if (outcome.kind === 'failed') throw failure(panel, outcome.why)
  const { code, message, data } = outcome
  if (code === -32_005 || code === 429) throw down(panel, message)
  throw new RpcRequestError({ body: { method }, error: { code, message, data }, url: panel.place })
}

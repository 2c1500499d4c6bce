// Reading what money depends on: at one block, by agreement.
import { agreed } from './agreement.ts'
import { fastest } from './fastest.ts'
import { agreedHead, type Block } from './head.ts'
import { LOST, type Panel } from './panel.ts'
import type { Outcome } from './provider.ts'
import type { Call } from './typing.ts'

/** With one node its word counts. With more, everything is read at a block that `need` of them call their own. */
export async function readByAgreement(panel: Panel, calls: readonly Call[], need: number): Promise<readonly Outcome[]> {
  const { providers, limit } = panel
  const manner = { urgent: true, limit }
  if (need === 1) return fastest(providers, calls, manner)
  if (!calls.some(ofTheTip)) return agreed(providers, calls, { ...manner, need })
  const head = await agreedHead(providers, { ...manner, need })
  if (typeof head === 'string') return calls.map(() => ({ kind: 'failed', why: head }))
  const rest = calls.map((call) => pinnedTo(head, call))
  const answers = await agreed(
    providers,
    rest.flatMap((call) => (call === 'head' ? [] : [call])),
    { ...manner, need },
  )
  let next = 0
  return rest.map((call) => (call === 'head' ? { kind: 'answer', value: head } : (answers[next++] ?? LOST)))
}

const ofTheTip = ({ params }: Call): boolean =>
  params.some((param) => param === 'latest' || (isRecord(param) && param['toBlock'] === 'latest'))

/** The same call at an agreed block, by its hash (EIP-1898). */
function pinnedTo(head: Block, call: Call): Call | 'head' {
  if (call.method === 'eth_getBlockByNumber' && call.params[0] === 'latest') return 'head'
  const params = call.params.map((param) => {
    if (param === 'latest') return { blockHash: head.hash }
    return isRecord(param) && param['toBlock'] === 'latest' ? { ...param, toBlock: head.number } : param
  })
  return { ...call, params }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

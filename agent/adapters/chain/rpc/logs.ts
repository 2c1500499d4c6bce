// A range's logs: read by place where the answer is written as expected, parsed like any other answer where it is not.
import { type Address, formatLog, type Hex, type Log, type RpcLog } from 'viem'
import { checksummed } from '../../../crypto/address.ts'
import { digitsOf, logScanner, type Scan } from './scan-logs.ts'
import { typed } from './shapes.ts'
import { type Call, Malformed } from './typing.ts'

/** As eth_getLogs takes it. */
export type LogFilter = {
  readonly address: readonly Address[]
  readonly topics: readonly (readonly Hex[])[]
  readonly fromBlock: Hex
  readonly toBlock: Hex
}

/** Accounts whose logs say no more than that they changed, and every other log. */
export type FoundLogs = { readonly touched: readonly Address[]; readonly others: readonly Log[] }

/** The call. `touching` names the first topics that only name an account. */
export function logsCall(filter: LogFilter, touching: ReadonlySet<string>): Call {
  const scan = logScanner({
    addresses: filter.address.map(digitsOf),
    touching,
    from: Number(filter.fromBlock),
    to: Number(filter.toBlock),
  })
  const call = { method: 'eth_getLogs', params: [filter] }
  return { ...call, read: (body, id) => found(call, scan(body, id)) }
}

/** What an answer to it holds. */
export const foundIn = (answer: unknown): FoundLogs =>
  isFound(answer) ? answer : { touched: [], others: formatted(answer) }

const isFound = (answer: unknown): answer is FoundLogs =>
  typeof answer === 'object' && answer !== null && 'touched' in answer

/** What was not read by place is typed as every answer is; where that fails the whole is parsed, and refused there. */
function found(call: Call, scan: Scan | undefined): FoundLogs | undefined {
  if (scan === undefined) return undefined
  try {
    const others = formatted(typed(call, JSON.parse(`[${scan.others.join(',')}]`)))
    return { touched: scan.touched.map(checksummed), others }
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Typed logs as viem reads them. */
const formatted = (logs: unknown): readonly Log[] =>
  (Array.isArray(logs) ? logs : []).map((log: RpcLog) => formatLog(log))

// Credit lines on the engine chain: a provider opens, enforces and settles them through its executor.
import { keccak256, stringToHex } from 'viem'
import type { LineOrder, LineOutcome } from '../../ports/chain.ts'
import { creditLinesAbi } from './abi/credit-lines.ts'
import type { Bidder } from './bid.ts'
import { pushPrices } from './bid-acts.ts'
import { type Act, act, executeCall, LEG } from './executor-call.ts'
import { sender } from './link.ts'
import { rehearse } from './refusal.ts'

/** Gas limit of an order, prices included. */
const GAS = 1_500_000n
/** Seconds after which an order that was not included is given up. */
const PATIENCE = 8n

/** Sends one order. A refusal is a value: prices move, and users repay. */
export async function orderLine(bidder: Bidder, order: LineOrder, signal: AbortSignal): Promise<LineOutcome> {
  const { deployment, executor, link } = bidder
  const transactor = sender(link)
  const deadline = BigInt(Math.floor(link.clock.now() / 1_000)) + PATIENCE
  // An order that failed may be tried again: its deadline tells the tries apart.
  const intent = keccak256(stringToHex(`${order.kind} ${order.id} ${deadline}`))
  const floor = order.kind === 'open' ? -order.line.principal : 0n
  const acts = [pushPrices(deployment, order.batches), actOf(bidder, order)]
  const data = executeCall(acts, { intent, leg: LEG.line, deadline, floor })
  const tried = { from: transactor.address, to: executor, data, gas: GAS }
  const refusal = await rehearse(link.rpc, tried)
  if (refusal !== undefined) return { kind: 'refused', reason: refusal.reason, gasCost: 0n }
  const { kind, mined } = await transactor.send({ ...tried, leg: `line ${order.kind}`, intent, deadline }, signal)
  if (kind === 'mined' && mined.status === 'included') return { kind: 'done', tx: mined.hash, gasCost: mined.gasCost }
  return { kind: 'refused', reason: kind === 'cancelled' ? 'NOT_INCLUDED' : 'REVERTED', gasCost: mined.gasCost }
}

function actOf({ deployment }: Bidder, order: LineOrder): Act {
  const { line } = order
  const abi = creditLinesAbi
  switch (order.kind) {
    case 'open':
      return act(deployment.creditLines, { abi, functionName: 'open', args: [line, order.signature] })
    case 'enforce':
      return act(deployment.creditLines, { abi, functionName: 'enforce', args: [line] })
    case 'settle':
      return act(deployment.creditLines, { abi, functionName: 'settle', args: [line] })
  }
}

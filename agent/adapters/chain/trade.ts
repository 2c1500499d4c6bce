// A trade of our executor's own account against the engine's pool: prices, then the trade, under a guard on our cash.
import { parseEventLogs } from 'viem'
import type { TradeOrder, TradeOutcome } from '../../domain/trade.ts'
import { wad } from '../../domain/units.ts'
import { abs, mulDivUp } from '../../maths/fixed-point.ts'
import { positionValue } from '../../maths/margin.ts'
import { liquidatorExecutorAbi } from './abi/liquidator-executor.ts'
import { marginEngineAbi } from './abi/margin-engine.ts'
import type { Bidder } from './bid.ts'
import { pushPrices } from './bid-acts.ts'
import { act, executeCall, LEG } from './executor-call.ts'
import { sender } from './link.ts'
import type { Mined } from './receipt.ts'
import { rehearse } from './refusal.ts'

/** Gas limit of a trade, prices included. */
const GAS = 1_200_000n
/** Seconds after which a trade that was not included is given up. */
const PATIENCE = 8n
/** What a trade may take beyond its value at the limit, in bps: the fee. */
const FEE_ROOM = 100n

/** Sends one trade. An executor whose owner never allowed it to trade says so here, and nothing is sent. */
export async function placeTrade(bidder: Bidder, order: TradeOrder, signal: AbortSignal): Promise<TradeOutcome> {
  const { deployment, executor, link } = bidder
  const transactor = sender(link)
  const deadline = BigInt(Math.floor(link.clock.now() / 1_000)) + PATIENCE
  const { instrument, size, limit } = order
  const args = [executor, instrument, size, limit] as const
  const trade = act(deployment.engine, { abi: marginEngineAbi, functionName: 'trade', args })
  const acts = [pushPrices(deployment, order.batches), trade]
  const data = executeCall(acts, { intent: order.id, leg: LEG.trade, deadline, floor: floorOf(order) })
  const tried = { from: transactor.address, to: executor, data, gas: GAS }
  const refusal = await rehearse(link.rpc, tried)
  if (refusal !== undefined) return { kind: 'refused', reason: refusal.reason, gasCost: 0n }
  const { kind, mined } = await transactor.send({ ...tried, leg: 'trade', intent: order.id, deadline }, signal)
  if (kind === 'mined' && mined.status === 'included') return doneIn(bidder, order, mined)
  return { kind: 'refused', reason: kind === 'cancelled' ? 'NOT_INCLUDED' : 'REVERTED', gasCost: mined.gasCost }
}

/** The least change of our cash: what the size costs at the limit, or brings, less room for the fee. */
function floorOf({ size, limit }: TradeOrder): bigint {
  const value = positionValue(size, limit)
  return -value - mulDivUp(abs(value), FEE_ROOM, 10_000n)
}

function doneIn({ executor }: Bidder, order: TradeOrder, mined: Mined): TradeOutcome {
  const found = parseEventLogs({ abi: EVENTS, logs: [...mined.logs] })
  let [change, fees] = [0n, 0n]
  for (const log of found) {
    if (log.eventName === 'Executed' && log.args.intent === order.id) change += log.args.change
    if (log.eventName === 'Traded' && log.args.account.toLowerCase() === executor.toLowerCase()) fees += log.args.fee
  }
  return { kind: 'done', cashChange: wad(change), fees: wad(fees), gasCost: mined.gasCost }
}

const EVENTS = [...marginEngineAbi, ...liquidatorExecutorAbi].filter((item) => item.type === 'event')

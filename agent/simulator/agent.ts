// One agent of a simulated world: the very core that runs live, and what it asks for done on simulated chains.
import { createCore, type Effect, type Input, step } from '../core/core.ts'
import { drawTable } from '../core/risk/draw.ts'
import type { GapRecord } from '../domain/gap-record.ts'
import type { Candidate, Fill, Intent, Outcome } from '../domain/liquidation.ts'
import type { TradeOrder, TradeOutcome } from '../domain/trade.ts'
import { type Instant, wad } from '../domain/units.ts'
import { max, mulDivDown } from '../maths/fixed-point.ts'
import { createCaution } from '../maths/trust/caution.ts'
import { bringHome, claimKey } from './settlement.ts'
import { anchorOf, type Bid, executeBid, openAuction, type Taken } from './slice.ts'
import type { AgentSpec } from './spec.ts'
import type { Agent, News, World } from './state.ts'
import { hashOf } from './streams.ts'
import { executeTrade, ownAccount } from './trade.ts'
import { GAS } from './transactions.ts'

/** An agent that has heard nothing. */
export const openAgent = (spec: AgentSpec): Agent => ({
  spec,
  core: createCore(spec.setup),
  mail: [],
  claims: new Map(),
  inputs: 0,
  caution: undefined,
})

/** Terms and a head: what a core needs before it can price anything. */
export function introduce(world: World, agent: Agent): void {
  inform(world, agent, { kind: 'terms', terms: world.engine.terms })
  inform(world, agent, { kind: 'head', head: headOf(world) })
}

/** The newest block as a node reports it. */
export function headOf({ engine }: World) {
  const parentHash = hashOf(0, engine.number - 1n)
  return { ...anchorOf(engine), parentHash, timestamp: engine.seconds }
}

/** One input, now, and all that follows from it. */
export function inform(world: World, agent: Agent, news: News): void {
  const at = world.time.now
  agent.inputs++
  const input = asInput(news, at)
  world.recorder.input(agent, input)
  for (const effect of step(agent.core, input)) {
    world.recorder.effect(agent, effect, at)
    perform(world, agent, effect)
  }
}

const asInput = (news: News, at: Instant): Input => ({ ...news, at })

function perform(world: World, agent: Agent, effect: Effect): void {
  switch (effect.kind) {
    case 'submit':
      return submit(world, agent, effect.intent)
    case 'settle':
      agent.claims.set(claimKey(effect.claim), effect.claim)
      return
    case 'wake':
      return world.time.at(effect.at, () => inform(world, agent, { kind: 'timer' }))
    case 'trade':
      return tradeOwn(world, agent, effect.order)
    case 'open-auction':
      return open(world, agent, effect.candidate)
    case 'draw-scenarios':
      if (agent.spec.scenarios === 'drawn') inform(world, agent, { kind: 'scenarios', table: drawTable(effect.spec) })
      return
    case 'gap-realised':
      return heed(world, agent, effect.record)
    // Nobody lives elsewhere in a simulation: packages are waited for.
    case 'trade-refused':
    case 'position-closed':
    case 'ask':
    case 'observed':
    case 'decided':
    case 'found':
    case 'settled':
    case 'alarm':
    case 'halted':
      return
  }
}

/** Tails as wide as the evidence asks for. */
function heed(world: World, agent: Agent, record: GapRecord): void {
  if (agent.spec.tails === 'as-modelled') return
  agent.caution ??= createCaution([], (multiplier) => inform(world, agent, { kind: 'multiplier', multiplier }))
  agent.caution.heard(record)
}

function submit(world: World, agent: Agent, intent: Intent): void {
  const { time, waiting } = world
  const { tip, submitDelay } = agent.spec
  const end = (outcome: Outcome): void => void agent.mail.push({ kind: 'outcome', intent, outcome })
  time.at(time.now + submitDelay, () =>
    waiting.add({
      tip,
      gas: GAS.bid,
      deadline: intent.validUntil,
      execute: () => end(outcomeOf(world, agent, intent)),
      expire: () => end({ kind: 'expired', reason: 'NOT_INCLUDED' }),
    }),
  )
}

function tradeOwn(world: World, agent: Agent, order: TradeOrder): void {
  const { time, waiting, engine } = world
  const { tip, submitDelay, executor } = agent.spec
  const end = (outcome: TradeOutcome): void => void agent.mail.push({ kind: 'trade-ended', order, outcome })
  time.at(time.now + submitDelay, () =>
    waiting.add({
      tip,
      gas: GAS.trade,
      deadline: time.now + PATIENCE,
      execute: () => {
        const done = executeTrade(engine, executor, order)
        const gasCost = ('reverted' in done ? GAS.reverted : GAS.trade) * tip
        agent.mail.push({ kind: 'account', account: ownAccount(engine, executor), source: 'own' })
        end(
          'reverted' in done ? { kind: 'refused', reason: done.reverted, gasCost } : { kind: 'done', ...done, gasCost },
        )
      },
      expire: () => end({ kind: 'refused', reason: 'NOT_INCLUDED', gasCost: 0n }),
    }),
  )
}

function outcomeOf(world: World, agent: Agent, intent: Intent): Outcome {
  const { engine, recorder } = world
  const { executor, tip, name } = agent.spec
  const done = executeBid(engine, bidOf(intent, executor))
  if ('reverted' in done)
    return { kind: 'lost', reason: done.reverted, gasCost: GAS.reverted * tip, anchor: anchorOf(engine) }
  const fill = fillOf(world, { intent, taken: done, gasCost: GAS.bid * tip })
  recorder.taken(name, done, tip)
  world.bids.push({ bidder: executor, account: done.before.id })
  bringHome(world, { holder: agent.spec, taken: done, agent, intent: intent.id })
  return { kind: 'won', fill }
}

/** The guard of the agent's executor: all that may leave is the outlay, room for prices that move, and the cost. */
function bidOf({ quote, maxPay }: Intent, bidder: Bid['bidder']): Bid {
  const { account } = quote.candidate
  const room = max(maxPay - quote.pay, mulDivDown(quote.collateralValue, DRIFT, 10_000n))
  const floor = -quote.outlay - room - quote.cost
  const { fraction, candidate } = quote
  return { bidder, account: account.id, version: account.version, batches: candidate.batches, fraction, maxPay, floor }
}

/** How far, in bps of the collateral, prices may move before a bid is void: as the executors of live agents have it. */
const DRIFT = 100n

type Done = { readonly intent: Intent; readonly taken: Taken; readonly gasCost: bigint }

function fillOf(world: World, { intent, taken, gasCost }: Done): Fill {
  const { pay, outlay, collateralValue, legs, cashChange, tradeFees } = taken
  const where = { tx: hashOf(1, world.transactions++), anchor: anchorOf(world.engine) }
  const amounts = { pay, outlay, collateralValue, legs, cashChange, tradeFees, funding: wad(0n), saleProceeds: wad(0n) }
  return { ...where, ...amounts, fraction: intent.quote.fraction, gasCost }
}

function open(world: World, agent: Agent, { account, batches }: Candidate): void {
  const { time, waiting, engine } = world
  const { tip, submitDelay } = agent.spec
  time.at(time.now + submitDelay, () =>
    waiting.add({
      tip,
      gas: GAS.open,
      deadline: time.now + PATIENCE,
      execute: () => {
        openAuction(engine, account.id, batches)
        agent.mail.push({ kind: 'gas', chain: engine.terms.chain, cost: wad(GAS.open * tip), purpose: 'root' })
      },
      expire: () => {},
    }),
  )
}

/** How long an opening waits for its block, in milliseconds. */
const PATIENCE = 10_000

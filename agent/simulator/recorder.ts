// What is written down: the hash of all decisions, and whatever else somebody wants to watch.
import { createHash } from 'node:crypto'
import type { Effect } from '../core/core.ts'
import type { Observer, World } from './state.ts'

/** Passes on to every observer, and hashes. */
export function openRecorder(observers: readonly Observer[]): World['recorder'] {
  const digest = createHash('sha256')
  return {
    input(agent, input) {
      for (const one of observers) one.input?.(agent, input)
    },
    effect(agent, effect, at) {
      const line = lineOf(effect)
      if (line !== undefined) digest.update(`${at} ${agent.spec.name} ${line}\n`)
      for (const one of observers) one.effect?.(agent, effect, at)
    },
    taken(who, taken, tip) {
      for (const one of observers) one.taken?.(who, taken, tip)
    },
    filling(world) {
      for (const one of observers) one.filling?.(world)
    },
    block(world, under) {
      for (const one of observers) one.block?.(world, under)
    },
    hash: () => digest.copy().digest('hex'),
  }
}

/** One line per act and decision, the same on every machine; undefined for what only informs. */
function lineOf(effect: Effect): string | undefined {
  switch (effect.kind) {
    case 'decided': {
      const { candidate, strategy, kind, reason, net, fraction, route } = effect.decision
      return `decided ${candidate} ${strategy} ${kind} ${reason} ${net} ${fraction} ${route}`
    }
    case 'submit':
      return `submit ${effect.intent.id} ${effect.intent.maxPay} ${effect.intent.validUntil}`
    case 'open-auction':
      return `open ${effect.candidate.id}`
    case 'settled':
      return `settled ${effect.intent} ${effect.attribution.total}`
    case 'settle':
      return `settle ${effect.claim.intent} ${effect.claim.vault} ${effect.claim.collateral} ${effect.claim.amount}`
    case 'alarm':
      return `alarm ${effect.code}`
    case 'halted':
      return `halted ${effect.halt.reason}`
    case 'gap-realised':
      return `over ${effect.record.forecast.id} ${effect.record.realised.x}`
    case 'trade':
      return `trade ${effect.order.instrument} ${effect.order.size}`
    case 'position-closed':
      return `closed ${effect.closed.instrument} ${effect.closed.pnl}`
    case 'trade-refused':
    case 'ask':
    case 'observed':
    case 'draw-scenarios':
    case 'found':
    case 'wake':
      return undefined
  }
}

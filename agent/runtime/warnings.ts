// What an operator does about a warning: every code that an alarm may carry, its meaning and its fix.
import type { Emit } from './events.ts'

/** A warning: nothing has failed yet, capital works below plan. */
export type Warning = { readonly meaning: string; readonly fix: string }

/** Code to meaning and fix, in alphabetical order. */
export const warnings: Readonly<Record<string, Warning>> = {
  W_CAPITAL_EXHAUSTED: {
    meaning: 'The free cash on an engine is too little for a bid.',
    fix: 'lienmesh capital plan shows what to move; lienmesh executor fund pays in.',
  },
  W_CLAIM_UNKNOWN: {
    meaning: 'The chain owes us a claim that our books do not know.',
    fix: 'It is settled like any other; look at lienmesh settlements whether another process uses the executor.',
  },
  W_HEAD_STALE: {
    meaning: 'A chain has shown no new block for long; nothing new is bid over it.',
    fix: 'Look at the nodes of that chain (lienmesh doctor), or add another to its rpc.',
  },
  W_LOGS_CUT: {
    meaning: 'A node gives no event logs; candidates come from proven states of peers.',
    fix: 'Add an endpoint with log access to rpc, or set blindLogs: true if this is meant.',
  },
  W_MARKET_DIVERGENCE: {
    meaning: 'Pools trade an asset far from what publishers say.',
    fix: 'Compare with other venues; protections.market sets the bound, lienmesh resume bids again.',
  },
  W_NO_MESH: {
    meaning: 'Nobody passes us prices: this agent goes on alone.',
    fix: 'lienmesh peers says why; compare network.json, p2p.bootstrap and p2p.swarmKey with those of the others.',
  },
  W_OUTCOME_UNKNOWN: {
    meaning: 'An outcome belongs to no bid that we remember.',
    fix: 'Nothing was lost; if it comes again, report it with lienmesh record.',
  },
  W_PROVIDER_EXHAUSTED: {
    meaning: 'A provider has no reserves left; its route is not quoted.',
    fix: 'Wait for its claims, or raise the reserves if it is yours.',
  },
  W_RPC_BEHIND: {
    meaning: 'A provider is blocks behind the others; it is left alone for a while.',
    fix: 'If it stays behind, take another endpoint into rpc.',
  },
  W_RPC_LIMIT: {
    meaning: 'A provider asks for fewer requests; settlements go first, watching waits.',
    fix: 'Set rate: { perSecond, burst } of that chain to what your plan allows, or add an endpoint.',
  },
  W_ROUTE_TRIPPED: {
    meaning: 'A route booked more than the other chain holds: nothing is bid, bought or lent over it.',
    fix: 'Look at lienmesh audit; the others go on, and it opens when governance resets its breaker.',
  },
  W_SALE_UNKNOWN: {
    meaning:
      'An earlier run brought a claim home and wrote nothing of its sale: its profit or loss is not in the counts.',
    fix: 'lienmesh settlements ID and the chain show the sale; the capital is free again.',
  },
  W_SETTLEMENT_STUCK: {
    meaning: 'A claim does not come home, and every step of the playbook was made.',
    fix: 'lienmesh settlements ID shows both legs and what blocks them; the exposure stays in the limits until it is home.',
  },
  W_SIGNER_BACK: { meaning: 'The signer answers again.', fix: 'Nothing: bidding goes on by itself.' },
  W_STRATEGY_ERROR: {
    meaning: 'A strategy failed on an outcome.',
    fix: 'Correct it, or take it out of strategies; the others go on.',
  },
  W_STRATEGY_IMPURE: {
    meaning: 'A strategy uses the clock, chance or the outside: a replay decides otherwise.',
    fix: 'Use view.now and view.random instead; lienmesh strategies verify shows where.',
  },
  W_STRATEGY_KILLED: {
    meaning: 'A strategy broke its bounds of time or memory; its decision was dropped.',
    fix: 'Make it faster (lienmesh strategies verify measures it), or take it out of strategies.',
  },
  W_UNDERFUNDED: {
    meaning: 'Our coin on a chain pays for fewer claims than capital.gasRunway asks; bidding over it stops.',
    fix: 'Send coin to the operator on that chain: lienmesh executor fund.',
  },
}

/** Alarms carry their fix from here on. */
export const advised =
  (emit: Emit): Emit =>
  (event, fields) => {
    const advice = event === 'alarm' ? warnings[String(fields?.['code'])] : undefined
    emit(event, advice === undefined ? fields : { ...fields, fix: advice.fix })
  }

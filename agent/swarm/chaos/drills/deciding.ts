// Drills of the decision and of recovery: capital that is promised, limits that hold, words that move no money.
import type { Address } from 'viem'
import { inFlight, unsettledGas } from '../../../core/ledger.ts'
import type { Core } from '../../../core/state.ts'
import type { Claim } from '../../../domain/liquidation.ts'
import { wad } from '../../../domain/units.ts'
import { recoverClaims } from '../../../runtime/recover.ts'
import {
  agent,
  anchor,
  at,
  ENGINE,
  FAR,
  lost,
  opening,
  play,
  prices,
  seen,
  submitted,
  trader,
  usd,
  VAULT_CHAIN,
  won,
} from './market.ts'
import { complain, type Drill } from './stage.ts'

/** Several candidates at once and cash for one and a half: what is promised to the first is not there for the others. */
export const promised: Drill = async () => {
  const alone = agent()
  submitted(alone, [...opening(2_400, usd(400_000)), seen(trader(1))])
  const cash = wad((promisedBy(alone) * 3n) / 2n)
  const core = agent()
  submitted(core, [...opening(2_400, cash), ...[1, 2, 3].map((n) => seen(trader(n)))])
  return [
    ...complain(promisedBy(alone) === 0n, 'a bid was made and nothing reserved for it'),
    ...complain(promisedBy(core) > cash, 'bids under way were promised more cash than there is'),
  ]
}

const promisedBy = ({ ledger }: Core): bigint =>
  [...ledger.reserved.values()].reduce((sum, { amount }) => sum + amount, 0n)

/** One account, looked at again and again while its bid is under way: one bid. */
export const once: Drill = async () => {
  const core = agent()
  const again = [1, 2, 3].flatMap((second) => prices(2_400 - second, at(second)))
  const bids = submitted(core, [...opening(2_400, usd(400_000)), seen(trader(1)), ...again])
  return complain(bids.length !== 1, `${bids.length} bids on one account at once`)
}

/** A lost race gives its capital back. */
export const released: Drill = async () => {
  const core = agent({ capital: { reserve: usd(0), maxBid: usd(1_000_000), maxBids: 1 } })
  const [first] = submitted(core, [...opening(2_400, usd(400_000)), seen(trader(1))])
  if (first === undefined) return ['nothing was bid']
  const next = submitted(core, [
    { at: at(1), kind: 'outcome', intent: first, outcome: lost },
    ...prices(2_399, at(1)),
    seen(trader(2, 1n, { anchor: anchor(3n) }), at(1)),
  ])
  return complain(next.length === 0, 'a lost race never gave its capital back')
}

/** What was paid is in flight until its claim is sold, and no longer. */
export const travelling: Drill = async () => {
  const core = agent()
  const [bid] = submitted(core, [...opening(2_400, usd(400_000)), seen(trader(1))])
  if (bid === undefined) return ['nothing was bid']
  const effects = play(core, [{ at: at(1), kind: 'outcome', intent: bid, outcome: won(bid) }])
  const claims = effects.flatMap((effect) => (effect.kind === 'settle' ? [effect.claim] : []))
  const closed = effects.some(({ kind }) => kind === 'settled')
  const flying = inFlight(core.ledger)
  const value = bid.quote.collateralValue
  const sale = { tx: bid.id, anchor: anchor(9n, VAULT_CHAIN), proceeds: value, value, gasCost: 0n, soldAt: at(20) }
  const after = play(core, [{ at: at(20), kind: 'claim-sold', claims, sale }])
  const totals = after.flatMap((effect) => (effect.kind === 'settled' ? [effect.attribution.total] : []))
  // Cash moved by the outlay and a dollar of fees, the claim brought its value, gas was a thousandth of a coin.
  const expected = value - bid.quote.outlay - usd(1) - usd(2.4)
  return [
    ...complain(claims.length === 0, 'a won bid opened no claim'),
    ...complain(closed, 'a settlement was closed while its claim was on its way'),
    ...complain(flying !== bid.quote.outlay, 'what was paid is not in flight'),
    ...complain(inFlight(core.ledger) !== 0n, 'what came home is still in flight'),
    ...complain(
      totals.length !== 1 || (totals[0] ?? 0n) + unsettledGas(core.ledger) !== expected,
      'the profit is not what the tokens did',
    ),
  ]
}

/** What only a peer says of an account. */
export const hearsay: Drill = async () => {
  const bids = submitted(agent(), [...opening(2_400, usd(400_000)), seen(trader(1), at(0), 'peer')])
  return complain(bids.length > 0, "a peer's word moved capital")
}

/** An account read in a block that a reorganisation took away. */
export const retracted: Drill = async () => {
  const core = agent()
  play(core, [...opening(2_500, usd(400_000)), seen(trader(1, 1n, { anchor: anchor(7n) }))])
  const bids = submitted(core, [{ at: at(1), kind: 'reorg', from: anchor(7n) }, ...prices(2_390, at(2))])
  return complain(bids.length > 0, 'a bid rests on a block that the chain took back')
}

/** An operator said stop. */
export const halted: Drill = async () => {
  const stop = { reason: 'operator', detail: 'stop', at: at(0) } as const
  const bids = submitted(agent(), [
    { at: at(0), kind: 'halt', halt: stop },
    ...opening(2_400, usd(400_000)),
    seen(trader(1)),
  ])
  return complain(bids.length > 0, 'a paused agent bids')
}

/** Coin for so many claims, and what is kept back: a claim that could not pay for its own way home is not bought. */
export const stranded: Drill = async () => {
  const bidding = (claims: number): number => {
    const core = agent({ gas: { bid: usd(0.5), claim: usd(0.5), nativeFeed: 0, runway: 2 } })
    const runway = { at: at(0), kind: 'runway', chain: VAULT_CHAIN, claims } as const
    return submitted(core, [runway, ...opening(2_400, usd(400_000)), seen(trader(1))]).length
  }
  return [
    ...complain(bidding(2) > 0, 'a bid was made whose claim our coin cannot pay for'),
    ...complain(bidding(3) === 0, 'coin for three claims was not enough for one and two kept back'),
  ]
}

/** Losses that must trip a protection, and keep it tripped. */
export const tripped: Drill = async () => {
  const core = agent({
    protections: { drawdown: 1, gapLosses: 1_000, failedGas: usd(2), divergence: 1_000, market: FAR },
  })
  const [first] = submitted(core, [...opening(2_400, usd(400_000)), seen(trader(1))])
  if (first === undefined) return ['nothing was bid']
  const effects = play(core, [{ at: at(1), kind: 'outcome', intent: first, outcome: lost }])
  const next = submitted(core, [...prices(2_399, at(1)), seen(trader(2, 1n, { anchor: anchor(3n) }), at(1))])
  return [
    ...complain(!effects.some(({ kind }) => kind === 'halted'), 'gas burnt beyond its limit stopped nothing'),
    ...complain(next.length > 0, 'a tripped protection let a bid through'),
  ]
}

/** After a start, what the mirror owes beyond what the vault paid is claimed: no more, no less. */
export const owed: Drill = async () => {
  const token: Address = '0x00000000000000000000000000000000000000e1'
  const claims: Claim[] = []
  const asset = { collateral: 0, symbol: 'WETH', token, decimals: 18, pair: token }
  const of = (owes: bigint, paid: bigint) =>
    recoverClaims({
      ...{ journal: { settlements: () => [] }, coming: () => [], believes: () => true },
      clock: { now: () => at(0) },
      engines: new Map([
        [
          ENGINE,
          {
            chain: {
              owed: async () => owes,
              latest: async () => ({ ...anchor(5n), parentHash: anchor(4n).hash, timestamp: 5n }),
            },
          },
        ],
      ]),
      vaults: new Map([
        [
          'vault',
          {
            chain: { claimed: async () => paid },
            executor: token,
            deployment: { id: 'vault', engine: ENGINE, assets: [asset] },
          },
        ],
      ]),
      tell: ({ claim }) => void claims.push(claim),
    })
  await of(10n, 4n)
  await of(10n, 10n)
  // The engine's chain took blocks back: what it owed then was paid already.
  await of(4n, 10n)
  const amounts = claims.map(({ amount }) => amount)
  return complain(
    amounts.join() !== '6',
    `of 10 owed and 4 paid, then 10 and 10, then 4 and 10, claimed ${amounts.join() || 'nothing'}, expected 6`,
  )
}

// One account over all chains: one equity, one maintenance margin, one distance to liquidation and one tail, wherever its
// collateral lies. The margin is the engine's own, to the wei; distance and tail are estimates and say so.
import { marketAt } from '../core/book.ts'
import { exposed, gapRisk } from '../core/risk/gap.ts'
import type { Core } from '../core/state.ts'
import type { EngineTerms, Margin, MarginAccount, Mode, OraclePrice, Prices, Source } from '../domain/market.ts'
import { type AccountId, type ChainId, type Instant, price, type VaultId, type Wad, wad } from '../domain/units.ts'
import { holdings, isBelowMaintenance, margin } from '../maths/margin.ts'
import { type ActRefusal, afterAct } from '../maths/what-if.ts'
import { actOf, type Wish } from './wish.ts'

/** A portfolio at one instant. Dollars (wad), amounts in the assets' own units. */
export type Portfolio = {
  readonly account: AccountId
  readonly engine: ChainId
  readonly mode: Mode
  readonly source: Source
  readonly block: bigint
  readonly version: bigint
  readonly cash: Wad
  /** Undefined while a price is missing: a missing price is not zero. */
  readonly margin: Margin | undefined
  readonly positions: readonly {
    readonly instrument: string
    readonly size: bigint
    readonly value: bigint
    readonly notional: bigint
  }[]
  readonly collateral: readonly {
    readonly vault: VaultId
    readonly symbol: string
    readonly amount: bigint
    readonly value: bigint
    readonly counts: bigint
  }[]
  /** How far all prices must fall, or rise, together until it is liquidated, as ratios; option marks stay where they are. */
  readonly distance: { readonly down: number | undefined; readonly up: number | undefined }
  /** Of realising its collateral now against its full value: mean loss and expected shortfall (97.5 %) beyond it. */
  readonly tail: { readonly expected: Wad; readonly shortfall: Wad } | undefined
  readonly act: { readonly refused: ActRefusal | 'not-listed' | undefined } | undefined
}

/** What is known of an account on every engine, after an act where one is wished for. */
export function portfoliosOf(core: Core, at: Instant, id: AccountId, wish?: Wish): readonly Portfolio[] {
  return [...core.book.accounts.values()].flatMap(({ account, source }) => {
    if (account.id.toLowerCase() !== id.toLowerCase()) return []
    const market = marketAt(core.book, account.engine, at)
    if (market === undefined) return []
    const { terms, prices } = market
    const act = wish && actOf(wish, terms)
    const after = act && afterAct(account, act, terms, prices)
    const shown = after?.account ?? account
    return [
      {
        ...worthOf(shown, terms, prices),
        source,
        tail: tailOf(core, at, shown, terms),
        act: wish && { refused: after === undefined ? 'not-listed' : after.refused },
      },
    ]
  })
}

function worthOf(
  account: MarginAccount,
  terms: EngineTerms,
  prices: Prices,
): Omit<Portfolio, 'source' | 'tail' | 'act'> {
  const held = holdings(account, terms, prices)
  const { id, engine, mode, cash, anchor, version } = account
  return {
    ...{ account: id, engine, mode, cash, version, block: anchor.number },
    margin: margin(account, terms, prices),
    positions: (held?.positions ?? []).map(({ instrument, size, value, notional }) => ({
      instrument: instrument.name,
      size,
      value,
      notional,
    })),
    collateral: (held?.collateral ?? []).map(({ collateral, amount, value, haircutValue }) => ({
      ...{ vault: collateral.vault, symbol: collateral.symbol, amount, value },
      counts: haircutValue,
    })),
    distance: { down: distance(account, terms, prices, -1), up: distance(account, terms, prices, 1) },
  }
}

/** Halvings of the range of moves: to a hundredth of a percent of a doubling. */
const HALVINGS = 14

/** The least common move of spot prices that liquidates; zero when it is below already, undefined when none up to 100 % does. */
function distance(account: MarginAccount, terms: EngineTerms, prices: Prices, direction: 1 | -1): number | undefined {
  const fails = (move: number): boolean => {
    const found = margin(account, terms, movedBy(prices, terms, 1 + direction * move))
    return found !== undefined && isBelowMaintenance(found)
  }
  if (fails(0)) return 0
  let [good, bad] = [0, direction < 0 ? 0.9999 : 1]
  if (!fails(bad)) return undefined
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (good + bad) / 2
    if (fails(middle)) bad = middle
    else good = middle
  }
  return bad
}

function movedBy(prices: Prices, { instruments }: EngineTerms, factor: number): Prices {
  const marks = new Set(instruments.flatMap((one) => (one.kind === 'option' ? [one.markFeed] : [])))
  const scale = BigInt(Math.round(factor * 1e6))
  const by = (one: OraclePrice): OraclePrice =>
    marks.has(one.feed) ? one : { ...one, price: price((one.price * scale) / 1_000_000n) }
  return new Map([...prices].map(([feed, one]) => [feed, by(one)]))
}

/** Nothing where nothing can be seized, or a law is not to be trusted. */
function tailOf(core: Core, at: Instant, account: MarginAccount, terms: EngineTerms): Portfolio['tail'] {
  const market = marketAt(core.book, account.engine, at)
  const held = market && holdings(account, terms, market.prices)
  const legs = (held?.collateral ?? []).flatMap(({ collateral, value }) =>
    value === 0n
      ? []
      : [
          {
            cell: { engine: account.engine, feed: collateral.feed, vault: collateral.vault },
            value: wad(value),
            debt: wad(value),
          },
        ],
  )
  if (legs.length === 0) return undefined
  const priced = exposed(core, at, legs)
  if ('type' in priced) return undefined
  const { expected, shortfall } = gapRisk(core, at, priced)
  return { expected, shortfall }
}

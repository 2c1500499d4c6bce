// What moves in value until it is home: claims on their way, bids under way, and positions of our own on an engine.
import type { Leg } from '../../domain/liquidation.ts'
import { type Instant, wad } from '../../domain/units.ts'
import { toDouble } from '../../maths/fixed-point.ts'
import { accountKey } from '../book.ts'
import { openClaims, travelling } from '../ledger.ts'
import type { Core } from '../state.ts'
import { secondsBetween } from './modelled.ts'
import type { Carriage, Cell } from './words.ts'

/** Everything carried now. A claim that cost nothing can lose nothing. */
export const carriages = (core: Core, at: Instant): readonly Carriage[] => [
  ...openClaims(core.ledger).flatMap(({ claim, value, debt }) => {
    const cell = cellOf(core, claim)
    if (cell === undefined || debt <= 0n) return []
    const elapsed = inSteps(secondsBetween(core, claim.openedAt, at))
    return [{ key: `${claim.intent}:${claim.collateral}`, cell, amount: toDouble(value), elapsed, ticket: debt }]
  }),
  ...travelling(core.ledger).flatMap(({ intent: { id, quote } }) =>
    quote.outlay <= 0n
      ? []
      : quote.legs.flatMap((leg) => {
          const cell = cellOf(core, leg)
          if (cell === undefined) return []
          return [
            { key: `${id}:${leg.collateral}`, cell, amount: toDouble(leg.value), elapsed: 0, ticket: quote.outlay },
          ]
        }),
  ),
  ...ownPositions(core),
]

/** Where a collateral is on its way; undefined when its engine does not list it. */
export function cellOf(
  { book, setup }: Core,
  { vault, collateral }: Pick<Leg, 'vault' | 'collateral'>,
): Cell | undefined {
  const engine = setup.vaults.find(({ id }) => id === vault)?.engine
  const listed = engine === undefined ? undefined : book.terms.get(engine)?.collaterals
  const feed = listed?.find(({ id }) => id === collateral)?.feed
  return engine === undefined || feed === undefined ? undefined : { engine, feed, vault }
}

/** Growth of the steps of an age. */
const STEP = 1.5

const inSteps = (seconds: number): number =>
  seconds < 10 ? 0 : Math.round(STEP ** Math.floor(Math.log(seconds) / Math.log(STEP)))

/** Perpetuals on our own account move as their price does, over the gap of the first vault of their engine. */
function ownPositions({ book, setup }: Core): readonly Carriage[] {
  return [...book.terms].flatMap(([engine, { instruments }]) => {
    const vault = setup.vaults.find((one) => one.engine === engine)?.id
    if (vault === undefined) return []
    const positions = setup.self.flatMap((id) => book.accounts.get(accountKey(engine, id))?.account.positions ?? [])
    return positions.flatMap(({ instrument, size }) => {
      const listed = instruments.find(({ id }) => id === instrument)
      const price = listed && book.lastPrices.get(engine)?.get(listed.underlyingFeed)?.price
      if (listed?.kind !== 'perpetual' || price === undefined || size === 0n) return []
      const amount = toDouble(size) * ABOUT ** Math.round(Math.log(Number(price) / 1e8) / Math.log(ABOUT))
      const cell = { engine, feed: listed.underlyingFeed, vault }
      return [{ key: `own ${engine}:${instrument}`, cell, amount, elapsed: 0, ticket: wad(0n) }]
    })
  })
}

/** A position is weighed again when its price has moved by so much. */
const ABOUT = 1.01

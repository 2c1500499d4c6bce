// What every strategy earned: its settlements by cause, and the positions that it closed. Kept over restarts.
import { decode, encode } from '../adapters/store/codec.ts'
import type { Attribution } from '../domain/liquidation.ts'
import type { ClosedPosition } from '../domain/trade.ts'
import { type Wad, wad } from '../domain/units.ts'
import type { Facts, Journal } from '../ports/journal.ts'

/** One strategy's account in dollars (wad): the parts of its settlements, its hedges, and both together. */
export type StrategyLine = Omit<Attribution, 'total'> & {
  readonly strategy: string
  readonly settled: number
  readonly hedges: Wad
  readonly total: Wad
}

export type StrategyBooks = {
  /** Answers what is to be written down with the settlement: both or neither. */
  closed(strategy: string, attribution: Attribution): Facts
  hedged(closed: ClosedPosition): void
  lines(): readonly StrategyLine[]
}

/** The name under which the journal keeps them. */
const KEY = 'strategies'

/** Opens the books where an earlier run left them. */
export function openStrategyBooks(journal: Pick<Journal, 'remember' | 'recall'>): StrategyBooks {
  const lines = new Map(linesIn(journal).map((line) => [line.strategy, line]))
  const book = (strategy: string, change: (line: StrategyLine) => StrategyLine): string => {
    lines.set(strategy, change(lines.get(strategy) ?? empty(strategy)))
    return encode([...lines.values()])
  }
  return {
    closed: (strategy, attribution) => ({ [KEY]: book(strategy, (line) => settled(line, attribution)) }),
    hedged: ({ strategy, pnl }) => {
      const hedge = (line: StrategyLine) => ({ ...line, hedges: wad(line.hedges + pnl), total: wad(line.total + pnl) })
      journal.remember(KEY, book(strategy, hedge))
    },
    lines: () => [...lines.values()],
  }
}

/** What an earlier run wrote. */
export const linesIn = (journal: Pick<Journal, 'recall'>): readonly StrategyLine[] =>
  decode(journal.recall(KEY) ?? '[]') as readonly StrategyLine[]

const settled = (line: StrategyLine, by: Attribution): StrategyLine => ({
  strategy: line.strategy,
  settled: line.settled + 1,
  hedges: line.hedges,
  bonus: wad(line.bonus + by.bonus),
  positions: wad(line.positions + by.positions),
  funding: wad(line.funding + by.funding),
  gas: wad(line.gas + by.gas),
  lostRaceGas: wad(line.lostRaceGas + by.lostRaceGas),
  providerFee: wad(line.providerFee + by.providerFee),
  protocolFee: wad(line.protocolFee + by.protocolFee),
  slippage: wad(line.slippage + by.slippage),
  gap: wad(line.gap + by.gap),
  total: wad(line.total + by.total),
})

const none = wad(0n)
const empty = (strategy: string): StrategyLine => ({
  ...{ strategy, settled: 0, hedges: none, bonus: none, positions: none, funding: none, gas: none, lostRaceGas: none },
  ...{ providerFee: none, protocolFee: none, slippage: none, gap: none, total: none },
})

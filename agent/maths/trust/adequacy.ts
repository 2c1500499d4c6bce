// Was what we asked for enough? Quotes in ten groups by the premium they asked for, with what was lost.

/** One quote per unit of debt, with the debt that weighs it. */
export type Priced = {
  readonly premium: number
  readonly debt: number
  readonly loss: number
  readonly expectedLoss: number
  readonly tail: number
}

/** One group. Premium, expected and realised loss are per unit of debt. */
export type Decile = {
  readonly quotes: number
  readonly upTo: number
  readonly premium: number
  readonly expected: number
  readonly realised: number
}

/** Dollars over all quotes. `perTail` is what was left per dollar of ES, to be held against the price of tail capital. */
export type Adequacy = {
  readonly deciles: readonly Decile[]
  readonly charged: number
  readonly lost: number
  readonly perTail: number | undefined
  /** Realised loss never falls as the premium rises, group by group. */
  readonly monotone: boolean
}

/** Groups quotes by premium; fewer groups when there are fewer than ten quotes. */
export function adequacy(all: readonly Priced[]): Adequacy {
  const sorted = [...all].sort((a, b) => a.premium - b.premium)
  const groups = Math.min(10, sorted.length)
  const deciles = Array.from({ length: groups }, (_, i) =>
    decileOf(sorted.slice(Math.floor((i * sorted.length) / groups), Math.floor(((i + 1) * sorted.length) / groups))),
  )
  const charged = total(all, ({ premium, debt }) => premium * debt)
  const lost = total(all, ({ loss, debt }) => Math.max(0, loss) * debt)
  const tail = total(all, ({ tail, debt }) => Math.max(0, tail) * debt)
  return {
    deciles,
    charged,
    lost,
    perTail: tail > 0 ? (charged - lost) / tail : undefined,
    monotone: deciles.every(({ realised }, i) => i === 0 || realised >= (deciles[i - 1]?.realised ?? 0)),
  }
}

function decileOf(group: readonly Priced[]): Decile {
  const debt = total(group, (one) => one.debt)
  const mean = (of: (one: Priced) => number): number => total(group, (one) => of(one) * one.debt) / debt
  return {
    quotes: group.length,
    upTo: group[group.length - 1]?.premium ?? 0,
    premium: mean(({ premium }) => premium),
    expected: mean(({ expectedLoss }) => expectedLoss),
    realised: mean(({ loss }) => Math.max(0, loss)),
  }
}

const total = (all: readonly Priced[], of: (one: Priced) => number): number =>
  all.reduce((sum, one) => sum + of(one), 0)

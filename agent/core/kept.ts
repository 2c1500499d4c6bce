// What is kept of a pricing: its answer, and everything that it rested on.
import type { Standing } from '../maths/standing.ts'
import type { Provider } from './book.ts'
import type { Priced } from './priced.ts'
import type { AskedLaw, Carried } from './risk/memory.ts'
import type { Carriage } from './risk/words.ts'

/** What was priced, and what it rested on. */
export type Kept = {
  readonly priced: Priced
  readonly standing: Standing
  readonly elapsed: bigint
  readonly ledger: number
  readonly others: number
  readonly rivals: number
  readonly providers: readonly Provider[]
  /** Laws that were asked for; none for what was refused before the gap was looked at. */
  readonly laws: readonly AskedLaw[]
  readonly load: Load | undefined
  readonly openPrice: number
}

/** Everything carried, with the law of each part and what makes of it a tail. */
export type Load = {
  readonly parts: readonly Carriage[]
  readonly laws: readonly AskedLaw['law'][]
  readonly carried: Carried | undefined
  readonly multiplier: number
}

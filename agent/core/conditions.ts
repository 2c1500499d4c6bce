// What quotes rest on besides the account itself. While all of it stands still they are the quotes of a moment ago, and
// are not worked out again.
import { competitors, type Market } from './book.ts'
import type { Kept, Load } from './kept.ts'
import type { Priced } from './priced.ts'
import { openPrice } from './risk/gap.ts'
import { heldNow } from './risk/held.ts'
import { gapLaw } from './risk/laws.ts'
import type { AskedLaw } from './risk/memory.ts'
import { providersAt } from './routes.ts'
import type { Sheet } from './sheet.ts'
import type { Core } from './state.ts'

/** The quotes of this candidate that still hold, with the candidate as it is now. */
export function recalled(sheet: Sheet): Priced | undefined {
  const { core, candidate } = sheet
  const kept = core.priced.get(candidate.account)
  if (kept === undefined || !stands(sheet, kept)) return undefined
  return 'missing' in kept.priced ? kept.priced : { quotes: kept.priced.quotes.map((one) => ({ ...one, candidate })) }
}

function stands({ core, market, standing, elapsed }: Sheet, kept: Kept): boolean {
  return (
    kept.standing === standing &&
    kept.elapsed === elapsed &&
    kept.ledger === core.ledger.changes &&
    kept.others === core.others &&
    kept.rivals === competitors(core.book, market.engine, market.at) &&
    same(kept.providers, providersAt(core, market)) &&
    (kept.laws.length === 0 ||
      (kept.openPrice === openPrice(core) &&
        kept.laws.every(({ cell, ticket, law }) => gapLaw(core, market.at, cell, ticket) === law) &&
        kept.load === loadOf(core, market)))
  )
}

/** Prices once, and remembers on what it rested. */
export function remembered(sheet: Sheet, price: (sheet: Sheet) => Priced): Priced {
  const { core, market, candidate, standing, elapsed } = sheet
  const laws: AskedLaw[] = []
  const before = openPrice(core)
  const priced = asking(core, laws, () => price(sheet))
  // What was learned meanwhile is for the next time.
  if (openPrice(core) !== before) return priced
  core.priced.set(candidate.account, {
    ...{ priced, standing, elapsed, laws },
    ledger: core.ledger.changes,
    others: core.others,
    rivals: competitors(core.book, market.engine, market.at),
    providers: providersAt(core, market),
    load: laws.length === 0 ? undefined : loadOf(core, market),
    openPrice: before,
  })
  return priced
}

/** Writes down every law that is asked for meanwhile. */
function asking<T>({ laws }: Core, asked: AskedLaw[], work: () => T): T {
  laws.asked = asked
  try {
    return work()
  } finally {
    laws.asked = undefined
  }
}

/** The same object as long as nothing of it changed. */
function loadOf(core: Core, { at }: Market): Load {
  const last = core.load
  const { carried, beliefs } = core
  if (last?.turn === core.turn && last.ledger === core.ledger.changes) return last.load
  const parts = heldNow(core, at).carriages.filter(({ amount }) => carried !== undefined || amount > 0)
  const laws = parts.map(({ cell, ticket }) => gapLaw(core, at, cell, ticket))
  const now = { parts, laws, carried, multiplier: beliefs.multiplier }
  const load = last !== undefined && alike(last.load, now) ? last.load : now
  core.load = { turn: core.turn, ledger: core.ledger.changes, load }
  return load
}

function alike(a: Load, b: Load): boolean {
  return (
    a.carried === b.carried &&
    a.multiplier === b.multiplier &&
    same(a.laws, b.laws) &&
    a.parts.length === b.parts.length &&
    a.parts.every((one, i) => {
      const other = b.parts[i]
      return other?.key === one.key && other.amount === one.amount && other.elapsed === one.elapsed
    })
  )
}

const same = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i])

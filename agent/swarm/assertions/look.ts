// What is known of a run at this moment, from everybody who watches it.
import type { AccountId } from '../../domain/units.ts'
import type { Play } from '../playbill.ts'
import type { Stage } from '../stage.ts'
import type { Trader } from '../traders.ts'
import { key } from '../truth.ts'
import type { Facts } from './facts.ts'

/** The facts of now; `opened` is wall time. */
export function look({ scenario, processes }: Play, stage: Stage, opened: number): Facts {
  const { deployment, watch, traders } = stage
  const { network, seats } = deployment
  const running = new Set(processes.all().flatMap((child) => (child.alive() ? [child.name] : [])))
  return {
    ...{ scenario, network, seats, opened, now: Date.now(), lives: watch.truth.lives, ledgers: undefined },
    ...{ record: watch.record, voices: watch.voices },
    alive: new Set(seats.flatMap(({ name }) => (running.has(name) ? [name] : []))),
    named: new Map(traders.flatMap(({ name, account }) => (name === undefined ? [] : [[name, key(account)] as const]))),
    books: booksOf(traders),
  }
}

/** Accounts that one owner holds under one mode, each with the others; of books that are held under every mode. */
export function siblingsOf(traders: readonly Trader[]): ReadonlyMap<AccountId, readonly AccountId[]> {
  const held = traders.filter(({ book }) => book !== undefined)
  const owners = Map.groupBy(held, ({ book, mode }) => `${book} ${mode}`)
  return new Map(
    held.map(({ account, book, mode }) => {
      const own = owners.get(`${book} ${mode}`) ?? []
      return [key(account), own.map((one) => key(one.account)).filter((one) => one !== key(account))]
    }),
  )
}

const booksOf = (traders: readonly Trader[]): ReadonlyMap<AccountId, number> =>
  new Map(traders.flatMap(({ book, account }) => (book === undefined ? [] : [[key(account), book] as const])))

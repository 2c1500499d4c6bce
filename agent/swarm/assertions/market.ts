// Assertions about accounts: who fell, who was liquidated, by how many, and what nobody paid.
import type { Assertion } from '../../../config/assertions.ts'
import { usd } from '../format.ts'
import type { Life } from '../truth.ts'
import { type Facts, type Finding, type Judges, reached, unbroken } from './facts.ts'

/** Their judges. */
export const marketJudges: Judges<
  'bad-debt' | 'fell' | 'liquidated' | 'in-time' | 'refused' | 'winners' | 'restored' | 'lines' | 'backed' | 'silence'
> = {
  'bad-debt': badDebt,
  fell: ({ least, mode, options }, facts) => {
    const fell = livesOf(facts).filter((life) => life.fellAt !== undefined)
    const wanted = fell.filter((life) => (mode === undefined || life.mode === mode) && (!options || life.options))
    return reached(wanted.length, least)
  },
  liquidated: ({ least = 0, most }, facts) => {
    const count = livesOf(facts).filter(({ bids }) => bids > 0).length
    return most !== undefined && count > most ? unbroken(true, String(count)) : reached(count, least)
  },
  'in-time': inTime,
  refused: ({ least }, { voices }) => reached(voices.refusals.size, least),
  winners: ({ least, of }, { record, named }) => {
    const bids = record.bids.filter(({ account }) => of === undefined || account === named.get(of))
    return reached(new Set(bids.map(({ bidder }) => bidder.toLowerCase())).size, least)
  },
  restored: ({ account }, { lives, named }) => restored(lives.get(named.get(account) ?? '0x')),
  lines: ({ least, end }, { record }) => {
    const lines = [...record.lines.values()]
    return reached(end === 'opened' ? lines.length : lines.filter((line) => line.end === end).length, least)
  },
  backed: (_, { record: { pool } }) => {
    const [put, worth] = [pool.deposited, pool.assets].map((units = 0n) => units * 10n ** 12n)
    if (pool.assets === undefined) return { state: 'open', found: 'nothing lent is back yet' }
    return unbroken(pool.assets < pool.deposited, `${usd(put ?? 0n)} put in, worth ${usd(worth ?? 0n)}`)
  },
  silence: ({ from, to }, { record, opened, now }) => {
    const bids = record.bids.filter(({ at }) => at - opened > from && at - opened < to)
    if (bids.length > 0) return unbroken(true, `${bids.length} bids`)
    return now - opened < to ? { state: 'open', found: 'none yet' } : { state: 'holds', found: 'none' }
  },
}

const livesOf = ({ lives }: Facts): readonly Life[] => [...lives.values()]

/** While the market is open only what was booked counts: a mark below zero may find somebody yet. */
function badDebt({ most }: Extract<Assertion, { readonly kind: 'bad-debt' }>, facts: Facts): Finding {
  const { record, ledgers } = facts
  const booked = record.shortfalls.reduce((sum, { amount }) => sum + amount, 0n)
  const left = livesOf(facts).reduce((sum, { lastMark }) => sum + (lastMark < 0n ? -lastMark : 0n), 0n)
  const total = ledgers === undefined ? booked : booked + left
  return unbroken(total > most, usd(total))
}

function inTime({ least }: Extract<Assertion, { readonly kind: 'in-time' }>, facts: Facts): Finding {
  const liquidated = livesOf(facts).filter(({ bids }) => bids > 0)
  const early = liquidated.filter(({ ruinedAt }) => ruinedAt === undefined)
  const found = `${early.length} of ${liquidated.length}`
  if (liquidated.length === 0) return { state: 'open', found }
  return unbroken(early.length * 10_000 < liquidated.length * least, found)
}

function restored(life: Life | undefined): Finding {
  if (life?.fellAt === undefined) return { state: 'open', found: 'has not fallen' }
  if (life.bids === 0) return { state: 'open', found: 'fell, nobody bid' }
  return unbroken(life.under, `${life.bids} slices taken, ${life.under ? 'still below' : 'above maintenance'}`)
}

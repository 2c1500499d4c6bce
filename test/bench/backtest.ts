// What a week of minutes costs: LIENMESH_DATA=DIR node test/bench/backtest.ts [accounts] [week]
// CPU, because the machine may be shared. Limits: 30 s and 1 GB for 10,000 accounts; twice the ticks at most 2.5 times the
// CPU; ten times the accounts, all of them far from maintenance, less than 10 times the CPU.
import { join } from 'node:path'
import { type Plan, termsOf } from '../../agent/kit/backtest/plan.ts'
import { openPlayer } from '../../agent/kit/backtest/player.ts'
import { bookFile } from '../../config/book.ts'

const [accounts = '10000', week = '2024-08-05'] = process.argv.slice(2)
const folder = process.env['LIENMESH_DATA']
if (folder === undefined) throw new Error('LIENMESH_DATA names no directory with prices/')
const file = join(folder, 'prices', `${week}.csv.gz`)

type Asked = {
  readonly accounts: number
  readonly nearest: number
  readonly farthest: number
  readonly warmUp?: number
}

/** One seed, and the CPU that it took. */
async function cost(name: string, { warmUp = 24, ...book }: Asked) {
  const plan: Plan = {
    grounds: [{ kind: 'prices', file }],
    gap: 3_600_000,
    rounds: {},
    terms: { ...termsOf(bookFile.parse(book)), warmUp },
    named: true,
  }
  const play = await openPlayer(plan, [[{ use: 'gap-aware', params: {} }]])
  const before = process.cpuUsage()
  const { books, inputs } = await play({ ground: 0, seed: 1, lineup: 0 })
  const { user, system } = process.cpuUsage(before)
  const [seconds, memory] = [(user + system) / 1e6, process.memoryUsage.rss() / 2 ** 20]
  process.stdout.write(
    `${name}: ${seconds.toFixed(1)} s CPU, ${inputs} inputs, ${books.liquidations} won, ${memory.toFixed(0)} MB\n`,
  )
  return { seconds, memory }
}

const judged = (what: string, found: number, limit: number): string =>
  `${found <= limit ? 'holds' : 'MISSED'}  ${what}: ${found.toFixed(2)} of at most ${limit}`

const count = Number(accounts)
const far = { nearest: 12, farthest: 40 }
const few = await cost(`${count / 10} far accounts`, { ...far, accounts: count / 10 })
const many = await cost(`${count} far accounts`, { ...far, accounts: count })
const half = await cost(`${count} far accounts, half the market's time`, { ...far, accounts: count, warmUp: 92 })
const usual = await cost(`${count} accounts at 1 to 25 times initial margin`, {
  nearest: 1,
  farthest: 25,
  accounts: count,
})
process.stdout.write(
  `${[
    judged('seconds of CPU for the week', usual.seconds, 30),
    judged('gigabytes', Math.max(many.memory, usual.memory) / 1024, 1),
    judged('CPU of the whole over half the ticks', many.seconds / half.seconds, 2.5),
    judged('CPU of ten times the far accounts', many.seconds / few.seconds, 9.99),
  ].join('\n')}\n`,
)

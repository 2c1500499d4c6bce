// Whether the trigger ladder misses anybody, against integers: node test/bench/misses.ts [checks] [first seed]
import { hunt } from '../support/missed.ts'

const [checks = 10_000_000, first = 1] = process.argv.slice(2).map(Number)
const start = process.cpuUsage()
const sum = { checks: 0, missed: 0, below: 0, looks: 0, moves: 0 }
for (let seed = first; sum.checks < checks; seed++) {
  const accounts = seed % 4 === 0 ? 6_000 : 100 + (seed % 400)
  const found = hunt({ accounts, moves: seed % 4 === 0 ? 60 : 400, edges: 300, seed })
  if (found.missed > 0) process.stdout.write(`seed ${seed}: ${found.missed} missed\n`)
  if (seed % 50 === 0) process.stdout.write(`seed ${seed}: ${sum.checks} checks, ${sum.missed} missed\n`)
  for (const key of ['checks', 'missed', 'below', 'looks', 'moves'] as const) sum[key] += found[key]
}
const { user, system } = process.cpuUsage(start)
process.stdout.write(
  `${sum.checks} checks after ${sum.moves} moves, ${sum.below} of them below maintenance: ${sum.missed} missed; ` +
    `${sum.looks} looks in integers; ${((user + system) / 1e6).toFixed(0)} s of CPU\n`,
)
process.exitCode = sum.missed === 0 ? 0 : 1

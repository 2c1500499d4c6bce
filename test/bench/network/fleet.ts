// A fleet on one executor: liquidations with failovers, several seeds. node test/bench/network/fleet.ts [liquidations] [seeds]
import { runFleet } from '../../support/fleet-world.ts'

const [liquidations = 1_000, seeds = 1] = process.argv.slice(2).map(Number)
for (let seed = 1; seed <= seeds; seed++) {
  const began = performance.now()
  const run = runFleet(liquidations, seed)
  const passed = run.selfRaces + run.doubles + run.missed === 0
  const seconds = Math.round((performance.now() - began) / 1_000)
  process.stdout.write(`${JSON.stringify({ scenario: 'fleet', seed, ...run, seconds, passed })}\n`)
}

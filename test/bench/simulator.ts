// How fast simulated worlds run, and whether one seed is one run: node test/bench/simulator.ts [accounts] [agents] [runs]

import { simulatedScenario } from '../../agent/kit/backtest/on-scenario.ts'
import { runWorld } from '../../agent/simulator/world.ts'
import { changed } from '../../agent/swarm/seats.ts'
import { loadScenario } from '../../config/scenario.ts'

const [accounts = 1_000, agents = 10, runs = 20] = process.argv.slice(2).map(Number)
const scenario = changed(loadScenario('flash-crash'), { accounts, agents })
const spec = await simulatedScenario(scenario)

const hashes = new Set<string>()
const times: number[] = []
let [inputs, elapsed] = [0, 0]
for (let run = 0; run < runs; run++) {
  const start = process.cpuUsage()
  const ran = runWorld(spec)
  const { user, system } = process.cpuUsage(start)
  times.push((user + system) / 1e6)
  hashes.add(ran.decisionsHash)
  inputs = ran.inputs
  elapsed = ran.elapsed / 1_000
}
times.sort((a, b) => a - b)
const median = times[times.length >> 1] ?? Number.NaN
const lines = [
  `${accounts} accounts, ${agents} agents, ${runs} runs: ${hashes.size} decision log(s), ${[...hashes][0]}`,
  `${inputs} inputs to cores; ${elapsed.toFixed(0)} s of the agents' clock, ${((elapsed * scenario.timeScale) / 60).toFixed(0)} modelled minutes`,
  `CPU per run: median ${median.toFixed(2)} s, least ${(times[0] ?? Number.NaN).toFixed(2)} s`,
  `faster than the agents' clock ${(elapsed / median).toFixed(0)}x, than modelled time ${((elapsed * scenario.timeScale) / median).toFixed(0)}x`,
  `memory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB resident`,
]
process.stdout.write(`${lines.join('\n')}\n`)

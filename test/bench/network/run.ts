// Every scenario of the network, several seeds each, as one JSON object per line. Exit status 1 when one misses its mark.
// npm run bench:network -- [seeds] [scale]: scale 1 is the whole scenario, 0.1 a short one.
import * as forgeries from '../../support/forgery-scenarios.ts'
import * as scenarios from '../../support/network-scenarios.ts'

const [seeds = 3, scale = 1] = process.argv.slice(2).map(Number)
let missed = 0
for (const scenario of [...Object.values(scenarios), ...Object.values(forgeries)])
  for (let seed = 1; seed <= seeds; seed++) {
    const began = performance.now()
    const row = await scenario(seed, scale)
    if (!row.passed) missed++
    process.stdout.write(`${JSON.stringify({ ...row, seconds: Math.round((performance.now() - began) / 100) / 10 })}\n`)
  }
process.exitCode = missed === 0 ? 0 : 1

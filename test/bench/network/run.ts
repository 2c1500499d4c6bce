// Every scenario of the network, several seeds each, as one JSON object per line. Exit status 1 when one misses its mark.
// npm run bench:network -- [seeds] [scale] [part of a name]: scale 1 is the whole scenario, 0.1 a short one. Scenarios of real
// nodes measure milliseconds: on a quiet machine.
import * as eclipses from '../../support/eclipse-scenarios.ts'
import * as forgeries from '../../support/forgery-scenarios.ts'
import * as scenarios from '../../support/network-scenarios.ts'
import * as processes from '../../support/process-scenarios.ts'
import {
  censored,
  coldBoot,
  covertFlash,
  dawn,
  eclipseOne,
  sybils,
  warmArrival,
} from '../../support/siege-scenarios.ts'

const [seeds = 3, scale = 1] = process.argv.slice(2, 4).map(Number)
const part = process.argv[4] ?? ''
const all = Object.entries({
  ...scenarios,
  ...forgeries,
  ...eclipses,
  ...{ censored, coldBoot, covertFlash, dawn, eclipseOne, sybils, warmArrival },
  ...processes,
})
let missed = 0
for (const [, scenario] of all.filter(([name]) => name.includes(part)))
  for (let seed = 1; seed <= seeds; seed++) {
    const began = performance.now()
    const row = await scenario(seed, scale)
    if (!row.passed) missed++
    process.stdout.write(`${JSON.stringify({ ...row, seconds: Math.round((performance.now() - began) / 100) / 10 })}\n`)
  }
process.exit(missed === 0 ? 0 : 1)

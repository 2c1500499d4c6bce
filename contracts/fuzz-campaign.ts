// The random tests of the suite at length: `node contracts/fuzz-campaign.ts interleavings [--runs 1000] [--seed 1]` or
// `invariants [--runs 64] [--depth 500]`. Fifty runs at a time, each fifty under the next seed, so that a campaign that is ended
// says how far it came and goes on with `--seed`. CI plays the same tests, shorter; a failing one names its calls.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { forgeBinary, forgeEnvironment } from './forge-binary.ts'
import { root } from './sources.ts'

type Campaign = { readonly tests: string; readonly runs: number; readonly depth: number }

const CHUNK = 50
const campaigns: Readonly<Record<string, Campaign>> = {
  interleavings: { tests: 'contracts/test/interleavings/*', runs: 1_000, depth: 0 },
  invariants: { tests: 'contracts/test/invariant/*', runs: 64, depth: 500 },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string' }, depth: { type: 'string' }, seed: { type: 'string', default: '1' } },
})
const [name = ''] = positionals
const campaign = campaigns[name]
if (campaign === undefined) throw new Error(`name a campaign: ${Object.keys(campaigns).join(' or ')}`)
const wanted = Number(values.runs ?? campaign.runs)
const depth = Number(values.depth ?? campaign.depth)
const startedAt = performance.now()
let seed = Number(values.seed)
for (let done = 0; done < wanted; seed++) {
  const runs = Math.min(CHUNK, wanted - done)
  if (!play(campaign, runs)) fail(`${name}: seed ${seed} with ${runs} runs fails; everything before it holds`)
  done += runs
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  console.log(`${name}: ${done} of ${wanted} runs, up to seed ${seed}, nothing broke, ${seconds} s`)
}

/** One chunk under the seed of now. */
function play({ tests }: Campaign, runs: number): boolean {
  const env = {
    ...forgeEnvironment,
    CAMPAIGN_STEPS: '24',
    FOUNDRY_FUZZ_RUNS: String(runs),
    FOUNDRY_FUZZ_SEED: `0x${seed.toString(16)}`,
    FOUNDRY_INVARIANT_RUNS: String(runs),
    FOUNDRY_INVARIANT_DEPTH: String(depth),
  }
  const options = ['test', '--isolate', '--match-path', tests]
  const { status, stdout } = spawnSync(forgeBinary(), options, { cwd: root, encoding: 'utf8', env })
  if (status !== 0) console.error(stdout)
  return status === 0
}

function fail(reason: string): never {
  console.error(reason)
  process.exit(1)
}

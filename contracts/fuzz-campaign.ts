// The random tests of the suite at length: `node contracts/fuzz-campaign.ts interleavings [--runs 1000]` or `invariants
// [--runs 64] [--depth 500]`. Some runs at a time, each lot under the next seed. What is done is summed up in
// contracts/fuzz-record.json, for the contracts as they are, and the same command goes on from there. CI plays the same
// tests, shorter; a failing one names its calls.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { readArtifact } from './artifact.ts'
import { forgeBinary, forgeEnvironment } from './forge-binary.ts'
import { root, targets } from './sources.ts'

type Campaign = { readonly tests: readonly string[]; readonly runs: number; readonly depth: number }

const CHUNK = 50
/** Steps of an interleaving. */
const STEPS = 24
const campaigns: Readonly<Record<string, Campaign>> = {
  interleavings: {
    tests: ['--match-path', 'contracts/test/interleavings/*', '--match-test', 'test_fuzz'],
    runs: 1_000,
    depth: STEPS,
  },
  invariants: { tests: ['--match-path', 'contracts/test/invariant/*'], runs: 64, depth: 500 },
}
const recordPath = join(root, 'contracts/fuzz-record.json')
/** Runs of so many steps each, up to a seed, that broke nothing. */
const Done = z.object({ contracts: z.string(), depth: z.number(), runs: z.number(), seed: z.number() })
type Done = z.infer<typeof Done>
const Kept = z.record(z.string(), Done)

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string' }, depth: { type: 'string' } },
})
const [name = ''] = positionals
const campaign = campaigns[name]
if (campaign === undefined) throw new Error(`name a campaign: ${Object.keys(campaigns).join(' or ')}`)
const wanted = Number(values.runs ?? campaign.runs)
const depth = Number(values.depth ?? campaign.depth)
const contracts = contractsHash()
const startedAt = performance.now()
let done = begun()
while (done.runs < wanted) {
  const runs = Math.min(CHUNK, wanted - done.runs)
  const seed = done.seed + 1
  if (!play(campaign, runs, seed)) {
    console.error(`${name}: seed ${seed} with ${runs} runs fails; everything before it holds`)
    process.exit(1)
  }
  done = { ...done, runs: done.runs + runs, seed }
  writeFileSync(recordPath, `${JSON.stringify({ ...kept(), [name]: done }, undefined, 2)}\n`)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  console.log(`${name}: ${done.runs} of ${wanted} runs, up to seed ${seed}, nothing broke, ${seconds} s`)
}
console.log(`${name}: ${done.runs} runs of ${done.depth} steps, nothing broke`)

/** One lot under its seed. */
function play({ tests }: Campaign, runs: number, seed: number): boolean {
  const env = {
    ...forgeEnvironment,
    FOUNDRY_PROFILE: 'campaign',
    CAMPAIGN_STEPS: String(depth),
    FOUNDRY_FUZZ_RUNS: String(runs),
    FOUNDRY_FUZZ_SEED: `0x${seed.toString(16)}`,
    FOUNDRY_INVARIANT_RUNS: String(runs),
    FOUNDRY_INVARIANT_DEPTH: String(depth),
  }
  const { status, stdout } = spawnSync(forgeBinary(), ['test', '--isolate', ...tests], {
    cwd: root,
    encoding: 'utf8',
    env,
  })
  const passed = status === 0 && / tests passed, 0 failed/.test(stdout)
  if (!passed) console.error(stdout)
  return passed
}

/** What was done to other contracts, or with other steps, says nothing about these. */
function begun(): Done {
  const before = kept()[name]
  const same = before?.contracts === contracts && before.depth === depth
  return same ? before : { contracts, depth, runs: 0, seed: 0 }
}

function kept(): z.infer<typeof Kept> {
  return existsSync(recordPath) ? Kept.parse(JSON.parse(readFileSync(recordPath, 'utf8'))) : {}
}

/** One hash over the bytecode of every contract that ships. */
function contractsHash(): string {
  const codes = targets().map((target) => `${target.name} ${readArtifact(target.name)?.bytecode ?? ''}`)
  return createHash('sha256').update(codes.sort().join('\n')).digest('hex')
}

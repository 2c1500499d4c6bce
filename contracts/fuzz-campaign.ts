// The random tests of the suite at length: `node contracts/fuzz-campaign.ts interleavings [--runs 1000] [--seed 1]` or
// `invariants [--runs 64] [--depth 500]`. CI plays the same tests, shorter; a failing one names the calls that lead to it.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { forgeBinary, forgeEnvironment } from './forge-binary.ts'
import { root } from './sources.ts'

const campaigns: Readonly<Record<string, { readonly tests: string; readonly runs: string; readonly depth: string }>> = {
  interleavings: { tests: 'contracts/test/interleavings/*', runs: '1000', depth: '0' },
  invariants: { tests: 'contracts/test/invariant/*', runs: '64', depth: '500' },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string' }, depth: { type: 'string' }, seed: { type: 'string', default: '1' } },
})
const campaign = campaigns[positionals[0] ?? '']
if (campaign === undefined) throw new Error(`name a campaign: ${Object.keys(campaigns).join(' or ')}`)
const [runs, depth] = [values.runs ?? campaign.runs, values.depth ?? campaign.depth]
const startedAt = performance.now()
const { status } = spawnSync(forgeBinary(), ['test', '--isolate', '--match-path', campaign.tests], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...forgeEnvironment,
    CAMPAIGN_STEPS: '24',
    FOUNDRY_FUZZ_RUNS: runs,
    FOUNDRY_FUZZ_SEED: `0x${BigInt(values.seed).toString(16)}`,
    FOUNDRY_INVARIANT_RUNS: runs,
    FOUNDRY_INVARIANT_DEPTH: depth,
  },
})
const seconds = Math.round((performance.now() - startedAt) / 1000)
console.log(
  `${positionals[0]}: ${runs} runs, seed ${values.seed}, ${status === 0 ? 'nothing broke' : 'FAILED'}, ${seconds} s`,
)
process.exitCode = status === 0 ? 0 : 1

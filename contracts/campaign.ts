// A long campaign against a stolen operator key: random calls by the hundred million, in chunks that can be resumed.
// `node contracts/campaign.ts [--calls 100000000] [--chunk 100000] [--shard 0/1]`. Each chunk has its own seed; what is
// done is kept in contracts/cache/stolen-key-<shard>.json, and the same command goes on from there.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { forgeBinary, forgeEnvironment } from './forge-binary.ts'
import { root } from './sources.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100000000' },
    chunk: { type: 'string', default: '100000' },
    shard: { type: 'string', default: '0/1' },
  },
})
const [shard = 0, shards = 1] = values.shard.split('/').map(Number)
const chunk = Number(values.chunk)
const wanted = Math.ceil(Number(values.calls) / chunk)
const Done = z.object({ chunk: z.number(), seeds: z.array(z.number()) })
const statePath = join(root, 'contracts/cache', `stolen-key-${shard}-of-${shards}.json`)

const done = new Set(readState())
const startedAt = performance.now()
let made = 0
for (let seed = shard; seed < wanted; seed += shards) {
  if (done.has(seed)) continue
  steal(seed)
  done.add(seed)
  made++
  mkdirSync(dirname(statePath), { recursive: true })
  writeFileSync(statePath, JSON.stringify({ chunk, seeds: [...done] }))
  progress()
}
console.log(`stolen key: ${done.size * chunk} calls of shard ${shard}/${shards} in all, no hour above the cap`)

/** One chunk; a failing one ends the campaign with its seed. */
function steal(seed: number): void {
  const env = { ...forgeEnvironment, CAMPAIGN_CALLS: String(chunk), CAMPAIGN_SEED: String(seed) }
  const options = ['test', '--match-path', 'contracts/test/executor/StolenKey.t.sol']
  const { status, stdout } = spawnSync(forgeBinary(), options, { cwd: root, env, encoding: 'utf8' })
  if (status === 0 && stdout.includes('1 tests passed, 0 failed')) return
  console.error(stdout)
  console.error(
    `stolen key: seed ${seed} with ${chunk} calls fails; run it alone with CAMPAIGN_SEED and CAMPAIGN_CALLS`,
  )
  process.exit(1)
}

function readState(): readonly number[] {
  if (!existsSync(statePath)) return []
  const state = Done.parse(JSON.parse(readFileSync(statePath, 'utf8')))
  return state.chunk === chunk ? state.seeds : []
}

function progress(): void {
  const rate = (made * chunk) / ((performance.now() - startedAt) / 1000)
  const left = (Math.ceil((wanted - shard) / shards) - done.size) * chunk
  console.log(`${done.size * chunk} calls, ${Math.round(rate)} a second, ${Math.round(left / rate / 60)} minutes to go`)
}

// One seed, one decision log: node test/bench/determinism.ts [runs] [scenario]
// Every run is a process of its own, with 1, 2 and 8 threads in turn. Ends with 1 when two of them differ.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../support/cruise.ts'

const [runs = '20', scenario = 'first-steps'] = process.argv.slice(2)
const hashes = new Map<string, number>()
for (let run = 0; run < Number(runs); run++) {
  const jobs = String([1, 2, 8][run % 3])
  const words = [
    'backtest',
    'gap-aware',
    '--scenario',
    scenario,
    '--seeds',
    '1',
    '--seed',
    '7',
    '--jobs',
    jobs,
    '--json',
  ]
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin', 'lienmesh.js'), ...words], {
    encoding: 'utf8',
  })
  const last = stdout.trim().split('\n').at(-1)
  if (last === undefined || !last.startsWith('{')) throw new Error(`run ${run} ended without a summary: ${stderr}`)
  const { decisionsHash }: { readonly decisionsHash: string } = JSON.parse(last)
  hashes.set(decisionsHash, (hashes.get(decisionsHash) ?? 0) + 1)
}
for (const [hash, count] of hashes) process.stdout.write(`${count} of ${runs} runs: ${hash}\n`)
process.exitCode = hashes.size === 1 ? 0 : 1

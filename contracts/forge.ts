// Runs the contract tests offline: npm's forge over npm's solc, against the committed artefacts, then the gas record.
// `node contracts/forge.ts [forge test options]`; `--record` writes contracts/gas.json instead of comparing with it.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { forgeBinary, forgeEnvironment } from './forge-binary.ts'
import { compareGas, measuredFolder, recordGas } from './gas.ts'
import { writeGasTable } from './gas-table.ts'
import { root } from './sources.ts'

const record = process.argv.includes('--record')
const options = process.argv.slice(2).filter((option) => option !== '--record')
const startedAt = performance.now()

await run(process.execPath, [join(root, 'contracts/build.ts')])
rmSync(measuredFolder, { recursive: true, force: true })
const output = await run(forgeBinary(), ['test', '--isolate', ...options])
const passed = Number(/: (\d+) tests passed, 0 failed/.exec(output)?.[1] ?? 0)
if (passed === 0) fail('forge ran no test: nothing was checked')
const complete = options.length === 0
const gas = record ? recordGas(complete) : compareGas(complete)
if (record) writeGasTable()
for (const problem of gas.problems) console.error(problem)
if (gas.problems.length > 0)
  fail(`${gas.problems.length} gas figures out of bounds: see above, or record them with --record`)
const seconds = Math.round((performance.now() - startedAt) / 1000)
console.log(
  `contracts: ${passed} tests passed, gas of ${gas.calls} calls ${record ? 'recorded' : 'as recorded'}, ${seconds} s`,
)

/** Shows what the command prints, and answers it; a failing command ends the run. */
async function run(command: string, options: readonly string[]): Promise<string> {
  const child = spawn(command, options, { cwd: root, env: forgeEnvironment, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    process.stdout.write(text)
  })
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve(status ?? 1))
  })
  return code === 0 ? output : fail(`${command} ended with code ${code}`)
}

function fail(reason: string): never {
  console.error(`contracts: ${reason}`)
  process.exit(1)
}

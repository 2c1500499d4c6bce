// One drill, or all, in this process: node drill.ts [NAME...]. A line of JSON each: what was found, nothing when all is well.
import { fileURLToPath } from 'node:url'
import * as deciding from './deciding.ts'
import * as journal from './journal.ts'
import * as receipts from './receipts.ts'
import * as sending from './sending.ts'
import * as settling from './settling.ts'
import { type Drill, onStage } from './stage.ts'

const ALL: Readonly<Record<string, Drill>> = { ...sending, ...receipts, ...journal, ...deciding, ...settling }

/** Every drill by its name. */
export const drillNames: readonly string[] = Object.keys(ALL)

/** What a drill finds. An agent that throws is found out too. */
async function run(name: string): Promise<readonly string[]> {
  const drill = ALL[name]
  if (drill === undefined) return [`there is no drill ${name}`]
  try {
    return await onStage(drill)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? `${String(error.code)} ` : ''
    return [`ended with ${code}${error instanceof Error ? error.message : String(error)}`]
  }
}

async function main(names: readonly string[]): Promise<void> {
  for (const name of names.length > 0 ? names : drillNames) {
    const began = performance.now()
    const findings = await run(name)
    process.stdout.write(`${JSON.stringify({ drill: name, findings, seconds: (performance.now() - began) / 1_000 })}\n`)
  }
  process.exit(0)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))

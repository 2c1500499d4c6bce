// A copy of the suite in which a mutant takes the place of a contract. Compiled the quick way: neither via IR nor optimised.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { forgeBinary, forgeEnvironment } from './forge-binary.ts'
import { ask } from './quick-solc.ts'
import { closure, root, type Target, targets } from './sources.ts'

/** Bytecode by contract. */
export type Codes = Readonly<Record<string, string>>

/** Where mutants are tried. */
export interface Bench {
  /** The contracts given, the others as they are. */
  place(codes: Codes): void
  /** Puts a text in place of a source that tests use directly; undefined puts it back. */
  write(source: string, text: string | undefined): void
  /** Whether the tests under a glob pass. */
  passes(glob: string): Promise<boolean>
}

/** Lays the bench with every contract compiled quickly. */
export async function openBench(folder: string): Promise<Bench> {
  lay(folder)
  const codes = Object.fromEntries(targets().map((target) => [target.name, compileQuick(target, {}) ?? '']))
  const placed = new Map<string, string>()
  const put = (name: string, code: string): void => {
    if (placed.get(name) === code) return
    writeFileSync(join(folder, 'contracts/artifacts', `${name}.json`), JSON.stringify({ bytecode: code }))
    placed.set(name, code)
  }
  const bench: Bench = {
    place(changed) {
      for (const [name, code] of Object.entries({ ...codes, ...changed })) put(name, code)
    },
    write: (source, text) =>
      text === undefined ? cpSync(join(root, source), join(folder, source)) : writeFileSync(join(folder, source), text),
    passes: (glob) => runForge(folder, glob),
  }
  bench.place({})
  return bench
}

/** A contract's bytecode with some sources changed; undefined when it does not compile. */
export function compileQuick(target: Target, changed: Readonly<Record<string, string>>): string | undefined {
  const { units } = closure(target.source)
  const sources = Object.entries({ ...units, ...changed }).map(([unit, content]) => [unit, { content }])
  const input = JSON.stringify({
    language: 'Solidity',
    sources: Object.fromEntries(sources),
    settings: {
      evmVersion: 'osaka',
      metadata: { bytecodeHash: 'none', appendCBOR: false },
      outputSelection: { [target.source]: { [target.name]: ['evm.bytecode.object'] } },
    },
  })
  const output = Output.parse(JSON.parse(ask(input)))
  if (output.errors.some(({ severity }) => severity === 'error')) return undefined
  const code = output.contracts[target.source]?.[target.name]?.evm.bytecode.object
  return code === undefined || code === '' ? undefined : `0x${code}`
}

const Output = z.object({
  errors: z.array(z.object({ severity: z.string() })).default([]),
  contracts: z
    .record(
      z.string(),
      z.record(z.string(), z.object({ evm: z.object({ bytecode: z.object({ object: z.string() }) }) })),
    )
    .default({}),
})

function lay(folder: string): void {
  for (const part of ['src', 'test', 'artifacts'])
    rmSync(join(folder, 'contracts', part), { recursive: true, force: true })
  mkdirSync(join(folder, 'contracts/cache'), { recursive: true })
  for (const part of ['src', 'test', 'artifacts', 'solc.cjs', 'predeploy-l1-block.json'])
    cpSync(join(root, 'contracts', part), join(folder, 'contracts', part), {
      recursive: true,
      preserveTimestamps: true,
    })
  const settings = readFileSync(join(root, 'contracts/foundry.toml'), 'utf8')
  const roomy = settings.replace('[fuzz]', 'code_size_limit = 400000\n\n[fuzz]')
  writeFileSync(join(folder, 'contracts/foundry.toml'), roomy)
  if (!existsSync(join(folder, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
}

/** A mutant that runs in circles runs out of gas: whatever takes longer than this says nothing and ends the round. */
const LIMIT = 3_600_000
/** Fewer runs of what is random: what a mutant survives is run by all tests once more. */
const brief = { FOUNDRY_FUZZ_RUNS: '16', FOUNDRY_INVARIANT_RUNS: '2', FOUNDRY_INVARIANT_DEPTH: '48' }

function runForge(folder: string, glob: string): Promise<boolean> {
  const env = { ...forgeEnvironment, ...brief, FOUNDRY_CONFIG: join(folder, 'contracts/foundry.toml') }
  const gas = ['--no-match-path', 'contracts/test/**/Gas.t.sol']
  const options = ['test', '--root', folder, '--fail-fast', ...gas, '--match-path', `contracts/test/${glob}`]
  const signal = AbortSignal.timeout(LIMIT)
  return new Promise((resolve, reject) => {
    const child = spawn(forgeBinary(), options, { cwd: folder, env, signal })
    let output = ''
    const keep = (text: string): void => {
      output += text
    }
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0 && / tests passed, 0 failed/.test(output)) resolve(true)
      else if (/\[FAIL/.test(output)) resolve(false)
      else reject(new Error(`forge neither passed nor failed ${glob}:\n${output.slice(-2_000)}`))
    })
  })
}

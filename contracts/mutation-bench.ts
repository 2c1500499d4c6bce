// A copy of the suite in which a mutant takes the place of a contract. Compiled the quick way: neither via IR nor optimised.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { z } from 'zod'
import { forgeBinary, forgeEnvironment } from './forge-binary.ts'
import type { Mutant } from './mutants.ts'
import { closure, root, type Target, targets } from './sources.ts'

/** Where mutants are tried. */
export interface Bench {
  /** Puts a mutant in place; false when it does not compile. */
  install(mutant: Mutant, parts: readonly Target[]): boolean
  restore(mutant: Mutant, parts: readonly Target[]): void
  /** Whether the tests pass: those that name the contract, or all of them. */
  passes(tests: 'near' | 'all', source: string): Promise<boolean>
}

/** Tests by contract; what is not named here is tried against all tests at once. */
const near: Readonly<Record<string, string>> = {
  MarginMath: '{margin-math,margin-engine,auction}',
  Portfolio: '{margin-engine,auction}',
  MarginLedger: '{margin-engine,auction}',
  MarginListing: 'margin-engine',
  MarginPricing: '{margin-engine,auction}',
  MarginLifetime: 'margin-engine',
  MarginEngine: '{margin-engine,auction,insurance}',
  LiquidationAuction: 'auction',
  AuctionClock: 'auction',
  Reservations: 'auction',
  LiquidatorExecutor: 'executor',
  PriceBook: 'price-book',
  BatchMath: 'price-book',
  AgentRegistry: '{registry,auction}',
  CollateralVault: 'vault',
  VaultMirror: 'mirror',
  Lot: '{mirror,vault}',
  RootOracle: 'roots',
}

/** Lays the bench and proves that the tests of these sources pass on it unchanged. */
export async function openBench(folder: string, sources: readonly string[]): Promise<Bench> {
  lay(folder)
  const original = new Map(partsOf(sources).map((target) => [target.name, compileQuick(target, undefined) ?? '']))
  const place = (name: string, code: string): void =>
    writeFileSync(join(folder, 'contracts/artifacts', `${name}.json`), JSON.stringify({ bytecode: code }))
  for (const [name, code] of original) place(name, code)
  const folders = [...new Set(sources.map(nearTo))]
  const sound: boolean[] = []
  for (const near of folders) sound.push(await runForge(folder, matching(near)))
  if (sound.includes(false)) throw new Error(`the unchanged suite fails in ${folder}: mutants would say nothing`)
  return {
    install(mutant, parts) {
      const compiled = parts.map((part) => [part.name, compileQuick(part, mutant)] as const)
      if (compiled.some(([, code]) => code === undefined)) return false
      for (const [name, code] of compiled) place(name, code ?? '')
      if (isLibrary(mutant.source)) writeFileSync(join(folder, mutant.source), mutant.text)
      return true
    },
    restore(mutant, parts) {
      for (const { name } of parts) place(name, original.get(name) ?? '')
      if (isLibrary(mutant.source)) cpSync(join(root, mutant.source), join(folder, mutant.source))
    },
    async passes(tests, source) {
      const folders = nearTo(source)
      if (tests === 'all') return runForge(folder, [])
      return folders === undefined || runForge(folder, matching(folders))
    },
  }
}

const nearTo = (source: string): string | undefined => near[/(\w+)\.sol$/.exec(source)?.[1] ?? '']
const matching = (folders: string | undefined): readonly string[] =>
  folders === undefined ? [] : ['--match-path', `contracts/test/${folders}/*`]

/** Contracts that none of the sources is part of stay as they were committed. */
const partsOf = (sources: readonly string[]): readonly Target[] =>
  targets().filter(({ source }) => sources.some((one) => closure(source).units[one] !== undefined))

/** Tests use libraries directly; contracts reach them as bytecode. */
const isLibrary = (source: string): boolean => source.includes('/libraries/')

function lay(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'contracts/artifacts'), { recursive: true })
  for (const part of ['src', 'test', 'artifacts', 'solc.cjs', 'out', 'cache/solidity-files-cache.json']) {
    const from = join(root, 'contracts', part)
    if (existsSync(from)) cpSync(from, join(folder, 'contracts', part), { recursive: true })
  }
  const settings = readFileSync(join(root, 'contracts/foundry.toml'), 'utf8')
  const roomy = settings.replace('[fuzz]', 'code_size_limit = 200000\n\n[fuzz]').replace('runs = 64', 'runs = 16')
  writeFileSync(join(folder, 'contracts/foundry.toml'), roomy)
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
}

/** A mutant may run in circles: a suite takes a minute, on a busy machine a few. */
const LIMIT = 600_000

function runForge(folder: string, options: readonly string[]): Promise<boolean> {
  const env = { ...forgeEnvironment, FOUNDRY_CONFIG: join(folder, 'contracts/foundry.toml'), CAMPAIGN_CALLS: '800' }
  const measured = ['--fail-fast', '--no-match-path', 'contracts/test/**/Gas.t.sol']
  const signal = AbortSignal.timeout(LIMIT)
  return new Promise((resolve) => {
    const child = spawn(forgeBinary(), ['test', '--root', folder, ...measured, ...options], {
      cwd: folder,
      env,
      signal,
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.once('error', () => resolve(false))
    child.once('close', (code) => resolve(code === 0 && / tests passed, 0 failed/.test(output)))
  })
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

function compileQuick(target: Target, mutant: Mutant | undefined): string | undefined {
  const { units } = closure(target.source)
  const changed = mutant === undefined ? units : { ...units, [mutant.source]: mutant.text }
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(changed).map(([unit, content]) => [unit, { content }])),
    settings: {
      evmVersion: 'osaka',
      metadata: { bytecodeHash: 'none', appendCBOR: false },
      outputSelection: { [target.source]: { [target.name]: ['evm.bytecode.object'] } },
    },
  }
  const solc = createRequire(import.meta.url)('solc')
  const output = Output.parse(JSON.parse(solc.compile(JSON.stringify(input))))
  if (output.errors.some(({ severity }) => severity === 'error')) return undefined
  const code = output.contracts[target.source]?.[target.name]?.evm.bytecode.object
  return code === undefined || code === '' ? undefined : `0x${code}`
}

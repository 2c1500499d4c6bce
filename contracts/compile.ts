// One contract in, one artefact out, through npm's solc. Each contract is compiled with its own imports only, so that
// an artefact is a function of its sources and a broken neighbour stops nobody.
import { createRequire } from 'node:module'
import { z } from 'zod'
import type { Artifact } from './artifact.ts'
import { settings } from './settings.ts'
import { closure, interfaces, type Sources, type Target } from './sources.ts'

/** The compiler refused; the message is the compiler's. */
export class CompilationFailed extends Error {}

const Location = z.looseObject({ file: z.string() })
const Layout = z.object({
  storage: z.array(z.object({ label: z.string(), offset: z.number(), slot: z.string(), type: z.string() })),
  types: z.record(z.string(), z.looseObject({ label: z.string() })).nullable(),
})
const Compiled = z.object({
  abi: z.array(z.looseObject({ type: z.string() })),
  evm: z
    .object({ bytecode: z.object({ object: z.string() }), deployedBytecode: z.object({ object: z.string() }) })
    .optional(),
  storageLayout: Layout.optional(),
})
const Output = z.object({
  errors: z
    .array(z.object({ severity: z.string(), formattedMessage: z.string(), sourceLocation: Location.optional() }))
    .default([]),
  contracts: z.record(z.string(), z.record(z.string(), Compiled)).default({}),
})

/** The ABI of a contract as solc gives it. */
export type Abi = z.infer<typeof Compiled>['abi']
/** Where each state variable lives. */
export type StorageLayout = z.infer<typeof Layout>

const bytecodes = ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object', 'storageLayout']

/** The artefact of one contract. */
export function compile(target: Target, sources: Sources): Artifact {
  const compiled = run(sources, { [target.source]: { [target.name]: bytecodes } })[target.source]?.[target.name]
  if (!compiled?.evm?.bytecode.object || !compiled.storageLayout) {
    throw new CompilationFailed(`${target.source}: ${target.name} has no bytecode; implement what it inherits`)
  }
  const { abi, evm, storageLayout } = compiled
  return {
    contractName: target.name,
    sourceHash: sources.hash,
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    deployedBytecode: `0x${evm.deployedBytecode.object}`,
    storageLayout,
  }
}

/** The ABI of every interface, by name without its I. */
export function interfaceAbis(): Map<string, Abi> {
  const all = interfaces()
  const compiled = run(closure(...all.map(({ source }) => source)), { '*': { '*': ['abi'] } })
  return new Map(all.map(({ name, source }) => [name.slice(1), compiled[source]?.[name]?.abi ?? []]))
}

function run(sources: Sources, outputSelection: Record<string, Record<string, string[]>>) {
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources.units).map(([unit, content]) => [unit, { content }])),
    settings: { ...settings, outputSelection },
  }
  // Loaded late: a build with nothing to compile must not pay for ten megabytes of compiler.
  const solc = createRequire(import.meta.url)('solc')
  const output = Output.parse(JSON.parse(solc.compile(JSON.stringify(input))))
  const errors = output.errors.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new CompilationFailed(errors.map((one) => one.formattedMessage).join('\n'))
  const ours = output.errors.filter(({ sourceLocation }) => !sourceLocation?.file.startsWith('@'))
  for (const { formattedMessage } of ours) console.warn(formattedMessage)
  return output.contracts
}

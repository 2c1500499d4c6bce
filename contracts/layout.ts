// Where the state variables live. Some positions are proven on other chains: those are part of the interface and a
// build that moves one of them fails.
import { join } from 'node:path'
import type { Artifact } from './artifact.ts'
import { CompilationFailed } from './compile.ts'
import { root } from './sources.ts'

/** Slots other chains and agents prove, by contract and variable. */
const proven: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CollateralVault: { deposited: '0', claimed: '1', totalDeposited: '2', finalRootAt: '3' },
  VaultMirror: { owed: '0', holder: '1', credited: '2', spent: '3', totalOwed: '4', pulse: '5' },
  MarginEngine: { word: '0', held: '1', position: '2', owner: '3' },
}

/** contracts/layout.json, after checking the proven slots. */
export function layoutFile(artifacts: readonly Artifact[]): { path: string; text: string } {
  artifacts.forEach(assertProven)
  const layouts = Object.fromEntries(artifacts.map((artifact) => [artifact.contractName, layoutOf(artifact)]))
  return { path: join(root, 'contracts/layout.json'), text: `${JSON.stringify(layouts, undefined, 2)}\n` }
}

/** Bytes a contract may have on chain (EIP-170). */
const SIZE_LIMIT = 24_576

/** contracts/sizes.json: what each contract takes on chain, after checking the limit. */
export function sizeFile(artifacts: readonly Artifact[]): { path: string; text: string } {
  const sizes = artifacts.map(({ contractName, deployedBytecode }) => [contractName, (deployedBytecode.length - 2) / 2])
  for (const [name, size] of sizes)
    if (Number(size) > SIZE_LIMIT) throw new CompilationFailed(`${name} has ${size} bytes, over ${SIZE_LIMIT}`)
  return {
    path: join(root, 'contracts/sizes.json'),
    text: `${JSON.stringify(Object.fromEntries(sizes), undefined, 2)}\n`,
  }
}

function assertProven({ contractName, storageLayout }: Artifact): void {
  const found = new Map(
    storageLayout.storage.map(({ label, slot, offset }) => [bare(label), `${slot}${offset ? `+${offset}` : ''}`]),
  )
  for (const [label, slot] of Object.entries(proven[contractName] ?? {})) {
    if (found.get(label) === slot) continue
    throw new CompilationFailed(`${contractName}.${label} must stand in slot ${slot}, found ${found.get(label)}`)
  }
}

function layoutOf({ storageLayout }: Artifact): Record<string, string> {
  const { storage, types } = storageLayout
  return Object.fromEntries(
    storage.map(({ label, slot, offset, type }) => [
      label,
      `slot ${slot}, byte ${offset}: ${types?.[type]?.label ?? type}`,
    ]),
  )
}

/** Private variables carry an underscore; the position is what counts. */
function bare(label: string): string {
  return label.replace(/^_|_$/g, '')
}

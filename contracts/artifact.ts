// The committed form of one compiled contract.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Abi, StorageLayout } from './compile.ts'
import { root } from './sources.ts'

/** contracts/artifacts/<Name>.json. `sourceHash` covers every source, the settings and the compiler. */
export interface Artifact {
  readonly contractName: string
  readonly sourceHash: string
  readonly abi: Abi
  readonly bytecode: string
  readonly deployedBytecode: string
  readonly storageLayout: StorageLayout
}

/** Where the artefact of a contract is kept. */
export function artifactPath(name: string): string {
  return join(root, 'contracts/artifacts', `${name}.json`)
}

/** The kept artefact; nothing when there is none that can be read. */
export function readArtifact(name: string): Artifact | undefined {
  try {
    return JSON.parse(readFileSync(artifactPath(name), 'utf8'))
  } catch {
    // Absent or damaged: the compiler writes it anew.
    return undefined
  }
}

/** The artefact's text, the same on every machine. */
export function renderArtifact(artifact: Artifact): string {
  return `${JSON.stringify(artifact, undefined, 2)}\n`
}

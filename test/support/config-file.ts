// A config file on disk that is valid, for tests that change one thing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lienmesh-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The lines of a valid config; more lines may follow. */
export const healthy = `network: network.json
keys: { operator: operator.key }
chains:
  - { id: 31337, rpc: [http://127.0.0.1:1], executor: "0x00000000000000000000000000000000000000e1" }
`

/** Writes a config and returns its path. */
export function configFile(text = healthy): string {
  const file = join(temporaryFolder(), 'agent.yaml')
  writeFileSync(file, text)
  return file
}

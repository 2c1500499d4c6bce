// The forge that npm installed for this platform; the package's own command is a wrapper around it.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './sources.ts'

/** Path of forge's binary. */
export function forgeBinary(): string {
  const { platform, arch } = process
  const name = `forge-${platform}-${arch === 'x64' ? 'amd64' : arch}`
  return createRequire(import.meta.url).resolve(`@foundry-rs/${name}/bin/forge`)
}

/** What forge is started with. */
export const forgeEnvironment = { ...process.env, FOUNDRY_CONFIG: join(root, 'contracts/foundry.toml') }

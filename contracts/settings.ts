// How the suite is compiled. A change here changes every artefact.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The exact version of the npm package `solc`. */
export const compilerVersion: string = String(require('solc/package.json').version)

/** Standard JSON settings; no metadata hash, so that a comment does not change the bytecode. */
export const settings = {
  evmVersion: 'osaka',
  viaIR: true,
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
}

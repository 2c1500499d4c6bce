// Compiled contracts: our own from contracts/artifacts, Uniswap v2 from its published packages.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Abi, Hex } from 'viem'
import { configError } from '../domain/errors.ts'

/** What a deployment needs of a contract. */
export type Artefact = { readonly name: string; readonly abi: Abi; readonly bytecode: Hex }

/** The code a contract of the project has on chain, immutables empty. */
export function ownRuntime(name: string): Hex {
  const place = join(packageRoot(), 'contracts', 'artifacts', `${name}.json`)
  if (!existsSync(place)) throw missing(name, place)
  const { deployedBytecode }: { readonly deployedBytecode: Hex } = JSON.parse(readFileSync(place, 'utf8'))
  return deployedBytecode
}

/** The slot of a variable of one of the project's own contracts, and the byte in it at which it begins. */
export function ownSlot(name: string, label: string): { readonly slot: bigint; readonly offset: number } {
  const place = join(packageRoot(), 'contracts', 'artifacts', `${name}.json`)
  if (!existsSync(place)) throw missing(name, place)
  const { storageLayout }: { readonly storageLayout: Layout } = JSON.parse(readFileSync(place, 'utf8'))
  const found = storageLayout.storage.find((one) => one.label === label)
  if (found === undefined) throw missing(`${name} with ${label}`, place)
  return { slot: BigInt(found.slot), offset: found.offset }
}

type Layout = {
  readonly storage: readonly { readonly label: string; readonly slot: string; readonly offset: number }[]
}

/** One of the project's own contracts, by name. */
export function ownArtefact(name: string): Artefact {
  const place = join(packageRoot(), 'contracts', 'artifacts', `${name}.json`)
  if (!existsSync(place)) throw missing(name, place)
  return { name, ...parse(readFileSync(place, 'utf8')) }
}

/** A contract of the sale venue, as its authors published it. */
export function uniswapArtefact(name: 'UniswapV2Factory' | 'UniswapV2Pair' | 'UniswapV2Router02'): Artefact {
  const home = name === 'UniswapV2Router02' ? '@uniswap/v2-periphery' : '@uniswap/v2-core'
  return { name, ...parse(readFileSync(createRequire(import.meta.url).resolve(`${home}/build/${name}.json`), 'utf8')) }
}

/** The version in our package.json. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '?'
}

/** The directory of our package.json: two levels up from source, three from the built package. */
export function packageRoot(): string {
  let place = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(place, 'package.json'))) {
    const above = dirname(place)
    if (above === place) throw missing('package.json', place)
    place = above
  }
  return place
}

type File = { readonly abi: Abi; readonly bytecode: string | { readonly object: string } }

function parse(text: string): { abi: Abi; bytecode: Hex } {
  const file: File = JSON.parse(text)
  const code = typeof file.bytecode === 'string' ? file.bytecode : file.bytecode.object
  return { abi: file.abi, bytecode: code.startsWith('0x') ? (code as Hex) : `0x${code}` }
}

const missing = (name: string, place: string): Error =>
  configError(
    'E_ARTEFACT',
    `expected the compiled contract ${name} at ${place}, found none`,
    'Run npm run contracts:build.',
  )

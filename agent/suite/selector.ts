import { type Abi, getAbiItem, type Hex, toFunctionSelector } from 'viem'
import { invariantBroken } from '../domain/errors.ts'

/** The selector of a function by its name. */
export function selectorOf(abi: Abi, name: string): Hex {
  const item = getAbiItem({ abi, name })
  if (item?.type !== 'function') throw invariantBroken(`no function ${name} in the interface`, {})
  return toFunctionSelector(item)
}

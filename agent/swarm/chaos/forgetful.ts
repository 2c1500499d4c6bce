// An executor that never remembers what it did: without its check, only the journal keeps an agent from paying twice.
import { type Abi, type Address, type Hex, toFunctionSelector } from 'viem'
import { invariantBroken } from '../../domain/errors.ts'
import type { LocalChain } from '../local-chain.ts'

/**
 * Puts code in the place of an executor in which the branch that would raise AlreadyExecuted does what the other branch
 * does. Throws when the compiled contract has not the shape that this rests on.
 */
export async function makeForgetful({ rpc }: LocalChain, executor: Address, abi: Abi): Promise<void> {
  const code = await rpc.request<Hex>('eth_getCode', [executor, 'latest'])
  await rpc.request('anvil_setCode', [executor, forgetting(code, selectorOf(abi))])
}

/** `PUSH2 there JUMPI here.. JUMP`, and at `there`: `JUMPDEST SWAP1 PUSH4 selector ..`. The stacks are the same. */
function forgetting(code: Hex, selector: string): Hex {
  const shape = new RegExp(`61([0-9a-f]{4})57((?:(?!56).)*?56)(?=(?:[0-9a-f]{2})*?5b9063${selector})`)
  const [, there = '', here = ''] = shape.exec(beforeRaise(code, selector)) ?? []
  const at = 2 + 2 * (Number.parseInt(there, 16) + 1)
  const raises = code.slice(at - 2, at + 12) === `5b9063${selector}`
  if (here === '' || !raises)
    throw invariantBroken('the executor is compiled in another shape: its memory cannot be switched off', { there })
  return `0x${code.slice(2, at)}${here}${code.slice(at + here.length)}`
}

/** The end of the function that raises, and the branch that does. */
function beforeRaise(code: Hex, selector: string): string {
  const raise = code.indexOf(`5b9063${selector}`)
  return raise < 0 ? '' : code.slice(Math.max(2, raise - WINDOW), raise + 6 + selector.length)
}

/** Digits before the branch that hold the test of the mark. */
const WINDOW = 60

const selectorOf = (abi: Abi): string => {
  const error = abi.find((item) => item.type === 'error' && item.name === 'AlreadyExecuted')
  if (error?.type !== 'error') throw invariantBroken('the executor has no error AlreadyExecuted', {})
  return toFunctionSelector(`${error.name}(${error.inputs.map(({ type }) => type).join(',')})`).slice(2)
}

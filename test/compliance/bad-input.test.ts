// Every external function of every contract, found in the ABIs, with zeros, maxima, wrong contracts, cut and random bytes,
// from governance and from a stranger. A call may succeed; if it reverts, it says why in an error of its ABI or of a library.
import {
  type Abi,
  type AbiFunction,
  type AbiParameter,
  type Address,
  encodeFunctionData,
  type Hex,
  maxUint256,
  toFunctionSelector,
} from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fnv1a, mulberry32 } from '../../agent/maths/seeded.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'
import { address } from '../support/builders.ts'
import { deployWholeSuite, type Standing } from '../support/whole-suite.ts'

const ROUNDS = Number(process.env.LIENMESH_BAD_INPUTS ?? 40)
const STRANGER = address(0xbad)

let anvil: Anvil
let all: readonly Standing[]
let governor: Address
beforeAll(async () => {
  anvil = await startAnvil({ chainId: 31_337, args: ['--no-mining'] })
  ;({ all, governor } = await deployWholeSuite(anvil))
}, 60_000)
afterAll(() => anvil?.stop())

describe('whatever is asked of a contract', () => {
  test('it never refuses without a word, with a string or with a panic', async () => {
    const ours = all.filter(({ name }) => !foreign.has(name))
    const calls = ours.flatMap(({ name, at, abi }) => callsOn(name, at, abi))
    const answers = await callAll(calls)
    const known = errorsOf(all)
    const speechless = calls.flatMap((call, i) => complaint(known, answers[i], call))
    expect([...new Set(speechless)]).toEqual([])
    expect(answers.filter((answer) => answer.revert !== undefined).length).toBeGreaterThan(calls.length / 4)
  }, 240_000)
})

/** OpenZeppelin's, and two that exist on local chains only. */
const foreign: ReadonlySet<string> = new Set(['AccessManager', 'TestToken', 'LocalGateway'])
/** Views that change nothing: EIP-4626 lets a conversion of more than exists overflow, and no engine asks of such a margin. */
const absurd = /^(InsuranceTranche|ProviderPool)\.(convertTo|preview)\w+$|^LiquidationAuction\.priceOf$/

type Call = { readonly what: string; readonly to: Address; readonly from: Address; readonly data: Hex }
type Answer = { readonly revert: Hex | undefined }

/** Zero and maximum once, random mixtures often, each from both. */
function callsOn(name: string, to: Address, abi: Abi): Call[] {
  const functions = abi.filter((item): item is AbiFunction => item.type === 'function')
  return functions.flatMap((one) => {
    const rounds = one.inputs.length === 0 ? 1 : ROUNDS
    return Array.from({ length: rounds }, (_, round) => {
      const random = mulberry32(fnv1a(`${name}.${one.name}`) + round)
      const args = one.inputs.map((input) => inputOf(input, input.type, round < 2 ? () => round : random))
      const data = encodeFunctionData({ abi: [one], functionName: one.name, args })
      return [governor, STRANGER].map((from) => ({ what: `${name}.${one.name}`, to, from, data }))
    }).flat()
  })
}

/** `dice` answers 0 for the smallest value, 1 for the largest, and anything between for anything. */
function inputOf(parameter: AbiParameter, type: string, dice: () => number): unknown {
  const list = /^(.*)\[(\d*)\]$/.exec(type)
  if (list) {
    const length = list[2] ? Number(list[2]) : Math.floor(dice() * 2.99)
    return Array.from({ length }, () => inputOf(parameter, list[1] ?? '', dice))
  }
  if (type === 'tuple' && 'components' in parameter)
    return Object.fromEntries(parameter.components.map((one) => [one.name ?? '', inputOf(one, one.type, dice)]))
  if (type === 'address') return pick([address(0), governor, STRANGER, ...all.map(({ at }) => at), address(5)], dice)
  if (type === 'bool') return dice() >= 0.5
  if (type === 'string') return pick(['', 'a'.repeat(300)], dice)
  if (type === 'bytes') return pick(bytes, dice)
  if (type.startsWith('bytes'))
    return pick(['00', '01', 'ff'], dice, (byte) => `0x${byte.repeat(Number(type.slice(5)))}`)
  return integer(parameter.internalType?.startsWith('enum') ? 2n : undefined, type, dice)
}

function integer(highest: bigint | undefined, type: string, dice: () => number): bigint | number {
  const signed = type.startsWith('int')
  const bits = BigInt(/\d+/.exec(type)?.[0] ?? 256)
  const most = highest ?? (signed ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n)
  const least = signed ? -most - 1n : 0n
  const value = pick([0n, 1n, least, 10n ** 9n, most >> 1n, most - 1n, most], dice, (one) => (one > most ? most : one))
  return bits <= 48n ? Number(value) : value
}

const word = (value: bigint): string => value.toString(16).padStart(64, '0')
/** Empty, too short, an offset beyond the end, a count beyond the end, a cut list, a node that is none, all ones. */
const bytes: readonly Hex[] = [
  '0x',
  '0x01',
  `0x${word(1n)}`,
  `0x${word(1n)}${word(maxUint256)}`,
  `0x${word(1n)}${word(64n)}${word(maxUint256)}`,
  `0x${word(1n)}${word(64n)}${word(1n)}${word(32n)}`,
  `0x${word(1n)}${word(64n)}${word(1n)}${word(32n)}${word(33n)}${word(7n)}`,
  `0x${word(1n)}${word(64n)}${word(1n)}${word(32n)}${word(2n)}${word(0xc0n << 248n)}`,
  `0x${word(32n)}${word(2n)}${word(64n)}${word(96n)}${word(0n)}${word(0n)}`,
  `0x${'f9'.repeat(65)}`,
  `0x${'ff'.repeat(200)}`,
]

function pick<One>(from: readonly One[], dice: () => number): One
function pick<One, Made>(from: readonly One[], dice: () => number, made: (one: One) => Made): Made
function pick<One>(from: readonly One[], dice: () => number, made: (one: One) => unknown = (one) => one): unknown {
  const found = from[Math.min(from.length - 1, Math.floor(dice() * from.length))]
  if (found === undefined) throw new Error('nothing to pick from')
  return made(found)
}

/** What is wrong with an answer, by function. */
function complaint(known: ReadonlySet<string>, answer: Answer | undefined, { what, data }: Call): string[] {
  const revert = answer?.revert
  if (revert === undefined || known.has(revert.slice(0, 10))) return []
  if (revert.startsWith('0x4e487b71') && absurd.test(what)) return []
  return [`${what} refuses ${wordless(revert)}: ${data.slice(0, 400)}`]
}

function wordless(revert: Hex): string {
  if (revert.startsWith('0x4e487b71')) return `with panic 0x${revert.slice(-2)}`
  return revert === '0x' ? 'without a word' : `with ${revert.slice(0, 10)}`
}

/** The selectors of every error in any ABI of the suite. */
function errorsOf(suite: readonly Standing[]): ReadonlySet<string> {
  const errors = suite.flatMap(({ abi }) => abi.filter((item) => item.type === 'error'))
  return new Set(errors.map((one) => toFunctionSelector(`${one.name}(${one.inputs.map(canonical).join(',')})`)))
}

const canonical = (one: AbiParameter): string =>
  'components' in one && one.type.startsWith('tuple')
    ? `(${one.components.map(canonical).join(',')})${one.type.slice(5)}`
    : one.type

async function callAll(calls: readonly Call[]): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (let from = 0; from < calls.length; from += 200) answers.push(...(await callSome(calls.slice(from, from + 200))))
  return answers
}

async function callSome(calls: readonly Call[]): Promise<readonly Answer[]> {
  const body = calls.map(({ from, to, data }, id) => ({
    jsonrpc: '2.0',
    id,
    method: 'eth_call',
    params: [{ from, to, data, gas: '0x1c9c380' }, 'latest'],
  }))
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answers = (await (await fetch(anvil.url, init)).json()) as readonly {
    readonly id: number
    readonly error?: { readonly message: string; readonly data?: Hex }
  }[]
  return [...answers].sort((a, b) => a.id - b.id).map(({ error }) => ({ revert: error && (error.data ?? '0x') }))
}

// Looks at a whole tile at once: 1,024 accounts of the same number of legs, four at a time, at the speed of the memory.
import { assemble, type Code } from './assemble.ts'
import { ABSOLUTE, RELATIVE } from './bounds.ts'

/** A WebAssembly memory, as far as it is used. The language's own library has no types of it. */
export type Memory = { readonly buffer: ArrayBuffer; grow(pages: number): number }

type Run = (tile: number, legs: number, accounts: number) => number

declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => Memory
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly run: Run } }
}

/** Accounts of a tile. */
export const TILE = 1_024
/** Where in the memory the prices stand, the constants, the numbers of the accounts found, and the first tile. */
export const PRICES = 0
const CONSTANTS = 2_048
export const FOUND = CONSTANTS + 32
export const TILES = FOUND + TILE * 4 + 2_016

/** In a tile: bases, numbers, then the weights of every leg, then the columns of every leg. */
export const NUMBERS = TILE * 8
export const WEIGHTS = NUMBERS + TILE * 4
export const tileBytes = (legs: number): number => WEIGHTS + legs * TILE * 9

/** A memory and the function that writes the numbers of a tile's accounts without certain room to FOUND. */
export function openRescan(): { readonly memory: Memory; readonly run: Run } {
  module ??= new WebAssembly.Module(assemble(body(), { parameters: 3, integers: 9, vectors: 6 }))
  const memory = new WebAssembly.Memory({ initial: 1 })
  new Float64Array(memory.buffer, CONSTANTS, 4).set([RELATIVE, RELATIVE, ABSOLUTE, ABSOLUTE])
  return { memory, run: new WebAssembly.Instance(module, { host: { memory } }).exports.run }
}

let module: object | undefined

// Parameters, then locals.
const [tile, legs, accounts, at, leg, weight, column, four, mask, found, columns, entry] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
] as const
const [slackA, slackB, grossA, grossB, product, priceOf] = [12, 13, 14, 15, 16, 17] as const

const get = (local: number): Code => ['get', local]
const int = (value: number): Code => ['i32.const', value]
const add = (a: Code, b: Code): Code => ['i32.add', a, b]

/** For every four accounts: slack and gross over the legs; found is whoever's slack is not above its error bound. */
const body = (): Code[] => [
  ['set', columns, add(add(get(tile), int(WEIGHTS)), ['i32.shl', get(legs), int(13)])],
  [
    'block',
    [
      'loop',
      ['break-if', 1, ['i32.ge_u', get(at), get(accounts)]],
      ['set', weight, add(get(tile), ['i32.shl', get(at), int(3)])],
      ['set', slackA, ['v128.load', 0, get(weight)]],
      ['set', slackB, ['v128.load', 16, get(weight)]],
      ['set', grossA, ['f64x2.abs', get(slackA)]],
      ['set', grossB, ['f64x2.abs', get(slackB)]],
      ['set', column, add(get(columns), get(at))],
      ['set', leg, get(legs)],
      ...everyLeg(),
      ['set', mask, ['i32.or', without(slackA, grossA), ['i32.shl', without(slackB, grossB), int(2)]]],
      ...noteFound(),
      ['set', at, add(get(at), int(4))],
      ['break', 0],
    ],
  ],
  get(found),
]

const everyLeg = (): Code[] => [
  [
    'block',
    ['break-if', 0, ['i32.eqz', get(leg)]],
    [
      'loop',
      ['set', four, ['i32.load', 0, get(column)]],
      ...addLeg({ slack: slackA, gross: grossA, offset: WEIGHTS, shift: 0 }),
      ...addLeg({ slack: slackB, gross: grossB, offset: WEIGHTS + 16, shift: 16 }),
      ['set', weight, add(get(weight), int(TILE * 8))],
      ['set', column, add(get(column), int(TILE))],
      ['break-if', 0, ['tee', leg, ['i32.sub', get(leg), int(1)]]],
    ],
  ],
]

type Pair = { readonly slack: number; readonly gross: number; readonly offset: number; readonly shift: number }

const addLeg = ({ slack, gross, offset, shift }: Pair): Code[] => [
  ['set', priceOf, ['v128.load64_splat', PRICES, priceAt(shift)]],
  ['set', priceOf, ['v128.load64_lane', PRICES, 1, priceAt(shift + 8), get(priceOf)]],
  ['set', product, ['f64x2.mul', ['v128.load', offset, get(weight)], get(priceOf)]],
  ['set', slack, ['f64x2.add', get(slack), get(product)]],
  ['set', gross, ['f64x2.add', get(gross), ['f64x2.abs', get(product)]]],
]

/** Byte offset of the price that eight bits of four columns name. */
const priceAt = (shift: number): Code => [
  'i32.shl',
  ['i32.and', ['i32.shr_u', get(four), int(shift)], int(0xff)],
  int(3),
]

const without = (slack: number, gross: number): Code => [
  'i64x2.bitmask',
  [
    'f64x2.le',
    get(slack),
    ['f64x2.add', ['f64x2.mul', get(gross), ['v128.load', CONSTANTS, int(0)]], ['v128.load', CONSTANTS + 16, int(0)]],
  ],
]

const noteFound = (): Code[] => [
  [
    'block',
    ['break-if', 0, ['i32.eqz', get(mask)]],
    [
      'loop',
      ['set', entry, add(get(at), ['i32.ctz', get(mask)])],
      [
        'i32.store',
        FOUND,
        ['i32.shl', get(found), int(2)],
        ['i32.load', NUMBERS, add(get(tile), ['i32.shl', get(entry), int(2)])],
      ],
      ['set', found, add(get(found), int(1))],
      ['break-if', 0, ['tee', mask, ['i32.and', get(mask), ['i32.sub', get(mask), int(1)]]]],
    ],
  ],
]

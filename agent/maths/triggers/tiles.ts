// The columns of a large book for the rescan: accounts of the same number of legs sit together in tiles. An account that
// leaves gives its seat to the last of its kind.
import { type Arena, DOUBLES, FIRST, LEGS, SEAT, SHAPE, TRIGGER, WORDS } from './arena.ts'
import { FOUND, type Memory, NUMBERS, openRescan, TILE, TILES, tileBytes, WEIGHTS } from './rescan.ts'

/** Tiles in a WebAssembly memory. */
export type Tiles = {
  readonly memory: Memory
  readonly run: (tile: number, legs: number, accounts: number) => number
  readonly all: Tile[]
  /** By number of legs: its tiles, in order; all but the last are full. */
  readonly kinds: number[][]
  top: number
  doubles: Float64Array
  words: Uint32Array
  bytes: Uint8Array
}

type Tile = { readonly address: number; readonly legs: number; taken: number }

/** Without a tile. */
export function openTiles(): Tiles {
  const { memory, run } = openRescan()
  return { memory, run, all: [], kinds: [], top: TILES, ...viewsOf(memory) }
}

const viewsOf = ({ buffer }: Memory) => ({
  doubles: new Float64Array(buffer),
  words: new Uint32Array(buffer),
  bytes: new Uint8Array(buffer),
})

/** Gives an account a seat, with the legs it has now. */
export function seat(tiles: Tiles, arena: Arena, account: number): void {
  const { words } = arena.accounts
  const legs = (words[account * WORDS + SHAPE] ?? 0) & LEGS
  const index = openTile(tiles, legs)
  const tile = tiles.all[index]
  if (tile === undefined) throw new Error('a tile that was just opened is not there')
  const place = tile.taken++
  const first = words[account * WORDS + FIRST] ?? 0
  tiles.doubles[tile.address / 8 + place] = arena.accounts.doubles[account * DOUBLES] ?? 0
  tiles.words[(tile.address + NUMBERS) / 4 + place] = account
  for (let leg = 0; leg < legs; leg++) {
    tiles.doubles[weightAt(tile, leg, place)] = arena.legs.doubles[(first + leg) * DOUBLES] ?? 0
    tiles.bytes[columnAt(tile, leg, place)] = (arena.legs.words[(first + leg) * WORDS + TRIGGER] ?? 0) & 0xff
  }
  words[account * WORDS + SEAT] = index * TILE + place + 1
}

/** Takes an account's seat away. */
export function unseat(tiles: Tiles, arena: Arena, account: number): void {
  const words = arena.accounts.words
  const taken = words[account * WORDS + SEAT] ?? 0
  if (taken === 0) return
  const from = tiles.all[Math.floor((taken - 1) / TILE)]
  const kind = from && tiles.kinds[from.legs]
  const lastIndex = kind?.at(-1)
  const last = lastIndex === undefined ? undefined : tiles.all[lastIndex]
  if (from === undefined || kind === undefined || last === undefined) throw new Error('a seat in no tile')
  const place = (taken - 1) % TILE
  const end = --last.taken
  const mover = tiles.words[(last.address + NUMBERS) / 4 + end] ?? 0
  copySeat(tiles, { tile: last, place: end }, { tile: from, place })
  words[mover * WORDS + SEAT] = taken
  words[account * WORDS + SEAT] = 0
  empty(tiles, last, end)
  if (last.taken === 0) kind.pop()
}

/** Numbers of all seated accounts without certain room at these prices. */
export function rescan(tiles: Tiles, arena: Arena, found: (account: number) => void): void {
  tiles.doubles.set(arena.price, 0)
  for (const { address, legs, taken } of tiles.all) {
    if (taken === 0) continue
    const count = tiles.run(address, legs, taken)
    for (let i = 0; i < count; i++) found(tiles.words[FOUND / 4 + i] ?? 0)
  }
}

/** The tile of this kind with a free place. An emptied one is taken again before the memory grows. */
function openTile(tiles: Tiles, legs: number): number {
  const kind = tiles.kinds[legs] ?? []
  tiles.kinds[legs] = kind
  const last = kind.at(-1)
  if (last !== undefined && (tiles.all[last]?.taken ?? TILE) < TILE) return last
  const emptied = tiles.all.findIndex((tile, index) => tile.legs === legs && tile.taken === 0 && !kind.includes(index))
  const index = emptied >= 0 ? emptied : newTile(tiles, legs)
  kind.push(index)
  return index
}

function newTile(tiles: Tiles, legs: number): number {
  const address = tiles.top
  tiles.top += tileBytes(legs)
  const missing = tiles.top - tiles.memory.buffer.byteLength
  if (missing > 0) {
    tiles.memory.grow(Math.ceil(missing / PAGE) + SPARE)
    Object.assign(tiles, viewsOf(tiles.memory))
  }
  const tile = { address, legs, taken: 0 }
  for (let place = 0; place < TILE; place++) empty(tiles, tile, place)
  return tiles.all.push(tile) - 1
}

type Place = { readonly tile: Tile; readonly place: number }

function copySeat({ doubles, words, bytes }: Tiles, from: Place, to: Place): void {
  doubles[to.tile.address / 8 + to.place] = doubles[from.tile.address / 8 + from.place] ?? 0
  words[(to.tile.address + NUMBERS) / 4 + to.place] = words[(from.tile.address + NUMBERS) / 4 + from.place] ?? 0
  for (let leg = 0; leg < from.tile.legs; leg++) {
    doubles[weightAt(to.tile, leg, to.place)] = doubles[weightAt(from.tile, leg, from.place)] ?? 0
    bytes[columnAt(to.tile, leg, to.place)] = bytes[columnAt(from.tile, leg, from.place)] ?? 0
  }
}

/** Nobody sits here: room without exposure, so that the four that it is looked at with stay alone. */
function empty(tiles: Tiles, tile: Tile, place: number): void {
  tiles.doubles[tile.address / 8 + place] = 1
  for (let leg = 0; leg < tile.legs; leg++) {
    tiles.doubles[weightAt(tile, leg, place)] = 0
    tiles.bytes[columnAt(tile, leg, place)] = 0
  }
}

const weightAt = ({ address }: Tile, leg: number, place: number): number => (address + WEIGHTS) / 8 + leg * TILE + place
const columnAt = ({ address, legs }: Tile, leg: number, place: number): number =>
  address + WEIGHTS + legs * TILE * 8 + leg * TILE + place

const PAGE = 65_536
/** Pages that the memory grows by beyond need: growing moves the views. */
const SPARE = 64

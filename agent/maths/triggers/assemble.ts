// A WebAssembly module with one function over one imported memory, written as nested expressions. It is assembled when it
// is first needed: a function of fifty instructions needs neither a compiler nor a binary in the tree.

/** An expression: an operator, its immediates, then its operands. */
export type Code = readonly [Operator, ...(number | Code)[]]
type Operator = keyof typeof OPERATORS

/** Operators that are used: encoding, and which immediates follow. `align` stands for alignment and offset. */
const OPERATORS = {
  block: { bytes: [0x02, 0x40], end: true },
  loop: { bytes: [0x03, 0x40], end: true },
  break: { bytes: [0x0c], immediates: 1 },
  'break-if': { bytes: [0x0d], immediates: 1 },
  get: { bytes: [0x20], immediates: 1 },
  set: { bytes: [0x21], immediates: 1 },
  tee: { bytes: [0x22], immediates: 1 },
  'i32.const': { bytes: [0x41], signed: true },
  'i32.load': { bytes: [0x28, 2], immediates: 1 },
  'i32.store': { bytes: [0x36, 2], immediates: 1 },
  'i32.ge_u': { bytes: [0x4f] },
  'i32.eqz': { bytes: [0x45] },
  'i32.ctz': { bytes: [0x68] },
  'i32.add': { bytes: [0x6a] },
  'i32.sub': { bytes: [0x6b] },
  'i32.and': { bytes: [0x71] },
  'i32.or': { bytes: [0x72] },
  'i32.shl': { bytes: [0x74] },
  'i32.shr_u': { bytes: [0x76] },
  'v128.load': { bytes: [0xfd, 0, 3], immediates: 1 },
  'v128.load64_splat': { bytes: [0xfd, 10, 3], immediates: 1 },
  /** Address and vector; its offset and its lane are one immediate each. */
  'v128.load64_lane': { bytes: [0xfd, 87, 3], immediates: 2 },
  'f64x2.abs': { bytes: [0xfd, 0xec, 1] },
  'f64x2.add': { bytes: [0xfd, 0xf0, 1] },
  'f64x2.mul': { bytes: [0xfd, 0xf2, 1] },
  'f64x2.le': { bytes: [0xfd, 0x4b] },
  'i64x2.bitmask': { bytes: [0xfd, 0xc4, 1] },
} as const satisfies Record<string, Encoding>

type Encoding = { bytes: readonly number[]; immediates?: number; signed?: boolean; end?: boolean }

/** The exported function `run` of such a module: parameters and result are i32, locals are i32 first, then v128. */
export function assemble(
  body: readonly Code[],
  { parameters, integers, vectors }: { parameters: number; integers: number; vectors: number },
): Uint8Array<ArrayBuffer> {
  const [I32, V128] = [0x7f, 0x7b]
  const type = [0x60, ...list(Array<number[]>(parameters).fill([I32])), 1, I32]
  const locals = list([
    [...unsigned(integers), I32],
    [...unsigned(vectors), V128],
  ])
  const code = [...locals, ...body.flatMap(encode), 0x0b]
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list([type])),
    ...section(2, list([[...name('host'), ...name('memory'), 0x02, 0x00, 1]])),
    ...section(3, list([[0]])),
    ...section(7, list([[...name('run'), 0x00, 0]])),
    ...section(10, list([[...unsigned(code.length), ...code]])),
  ])
}

function encode([operator, ...rest]: Code): number[] {
  const encoding: Encoding = OPERATORS[operator]
  const { bytes, immediates = 0, signed = false, end = false } = encoding
  const operands = rest.slice(signed ? 1 : immediates)
  const inner = operands.flatMap((one) => (typeof one === 'number' ? misplaced(operator) : encode(one)))
  if (end) return [...bytes, ...inner, 0x0b]
  const numbers = rest
    .slice(0, signed ? 1 : immediates)
    .map((one) => (typeof one === 'number' ? one : misplaced(operator)))
  return [...inner, ...bytes, ...numbers.flatMap(signed ? signedNumber : unsigned)]
}

const misplaced = (operator: string): never => {
  throw new TypeError(`${operator}: expected its immediates first, then expressions`)
}

const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content]
const list = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()]
const name = (text: string): number[] => list([...text].map((letter) => [letter.charCodeAt(0)]))

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

function signedNumber(value: number): number[] {
  const low = value & 0x7f
  const rest = value >> 7
  const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)
  return done ? [low] : [low | 0x80, ...signedNumber(rest)]
}

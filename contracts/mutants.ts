// Small changes of a contract that a test should notice, found in the compiler's syntax tree.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ask } from './quick-solc.ts'
import { closure } from './sources.ts'

/** One change of one file. `id` stands as long as the changed line does. */
export interface Mutant {
  readonly id: string
  readonly source: string
  readonly line: number
  readonly operator: string
  readonly before: string
  readonly after: string
  /** Where in the file, in bytes. */
  readonly from: number
  readonly to: number
}

/** A node of the syntax tree, as far as every node has the same fields. */
export type Node = Readonly<Record<string, unknown>> & { readonly nodeType: string; readonly src: string }
interface Change {
  readonly operator: string
  readonly from: number
  readonly to: number
  readonly after: string
}

const swaps: Readonly<Record<string, readonly string[]>> = {
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '<': ['<=', '>'],
  '<=': ['<'],
  '>': ['>=', '<'],
  '>=': ['>'],
  '==': ['!='],
  '!=': ['=='],
  '&&': ['||'],
  '||': ['&&'],
  '&': ['|'],
  '|': ['&'],
  '<<': ['>>'],
  '>>': ['<<'],
  '+=': ['-='],
  '-=': ['+='],
  '|=': ['&='],
  '&=': ['|='],
}
const opposites: readonly (readonly [RegExp, string])[] = [
  [/\bMath\.Rounding\.Ceil\b/g, 'Math.Rounding.Floor'],
  [/\bMath\.ceilDiv\(/g, 'Math.saturatingSub('],
  [/\bMath\.min\(/g, 'Math.max('],
  [/\bMath\.max\(/g, 'Math.min('],
  [/\bSignedMath\.max\(/g, 'SignedMath.min('],
  [/\bSignedMath\.min\(/g, 'SignedMath.max('],
]

/** A source unit with its syntax tree. */
export interface Parsed {
  readonly source: string
  readonly bytes: Buffer
  readonly tree: unknown
}

/** Reads a source unit the way the compiler does. */
export function parse(source: string): Parsed {
  const { units } = closure(source)
  return { source, bytes: Buffer.from(units[source] ?? ''), tree: treeOf(source, units) }
}

/** Every mutant of a source unit, in the order of the file. Assembly is left alone. */
export function mutantsOf({ source, bytes, tree }: Parsed): readonly Mutant[] {
  const changes = [...changesIn(tree, bytes), ...roundings(bytes.toString())]
  const seen = new Map<string, number>()
  return changes
    .sort((a, b) => a.from - b.from || (a.operator + a.after < b.operator + b.after ? -1 : 1))
    .map((change) => mutant(source, bytes, change, seen))
}

function mutant(source: string, bytes: Buffer, change: Change, seen: Map<string, number>): Mutant {
  const { operator, from, to, after } = change
  const head = bytes.subarray(0, from).toString()
  const before = bytes.subarray(from, to).toString()
  const line = head.split('\n').length
  const lineText = bytes.toString().split('\n')[line - 1]?.trim() ?? ''
  const key = [source, operator, lineText, before, after].join('\0')
  const times = seen.get(key) ?? 0
  seen.set(key, times + 1)
  const id = createHash('sha256').update(`${key}\0${times}`).digest('hex').slice(0, 10)
  return { id, source, line, operator, before, after, from, to }
}

function* changesIn(tree: unknown, bytes: Buffer): Generator<Change> {
  for (const node of nodesOf(tree)) {
    const change = operators[node.nodeType]
    if (change !== undefined) yield* change(node, bytes)
  }
}

function* nodesOf(tree: unknown): Generator<Node> {
  if (Array.isArray(tree)) for (const one of tree) yield* nodesOf(one)
  else if (isNode(tree)) {
    yield tree
    for (const [name, child] of Object.entries(tree)) if (name !== 'typeDescriptions') yield* nodesOf(child)
  }
}

type Operator = (node: Node, bytes: Buffer) => Iterable<Change>

const operators: Readonly<Record<string, Operator>> = {
  BinaryOperation: (node, bytes) => infix(node, bytes, [node.leftExpression, node.rightExpression]),
  Assignment: (node, bytes) => infix(node, bytes, [node.leftHandSide, node.rightHandSide]),
  UnaryOperation: unary,
  IfStatement: condition,
  Conditional: ternary,
  ExpressionStatement: (node, bytes) => removal('remove statement', node, bytes),
  EmitStatement: (node, bytes) => removal('remove event', node, bytes),
  ModifierInvocation: (node) =>
    node.kind === 'modifierInvocation' ? [{ operator: 'remove modifier', ...range(node), after: '' }] : [],
  Literal: boundary,
  FunctionCall: argumentSwap,
}

function* infix(node: Node, bytes: Buffer, [left, right]: readonly unknown[]): Generator<Change> {
  if (!isNode(left) || !isNode(right)) return
  const between = [range(left).to, range(right).from] as const
  const operator = String(node.operator)
  const at = bytes.subarray(...between).indexOf(operator)
  if (at < 0) return
  const from = between[0] + at
  for (const after of swaps[operator] ?? [])
    yield { operator: `${operator} to ${after}`, from, to: from + operator.length, after }
}

function* unary(node: Node, bytes: Buffer): Generator<Change> {
  const { from, to } = range(node)
  const text = bytes.subarray(from, to).toString()
  const operator = String(node.operator)
  if (operator === '!' || operator === '-' || operator === '~')
    yield { operator: `drop ${operator}`, from, to, after: text.replace(operator, '') }
  if (operator === '++' || operator === '--') {
    const after = text.replace(operator, operator === '++' ? '--' : '++')
    yield { operator: `${operator} reversed`, from, to, after }
  }
}

/** A guard is taken away; any other condition is negated. */
function* condition(node: Node, bytes: Buffer): Generator<Change> {
  if (!isNode(node.condition) || !isNode(node.trueBody)) return
  const { from, to } = range(node.condition)
  const guards = node.trueBody.nodeType === 'RevertStatement' && node.falseBody === undefined
  if (guards) yield { operator: 'remove guard', from, to, after: 'false' }
  else yield { operator: 'negate condition', from, to, after: `!(${bytes.subarray(from, to)})` }
}

function* ternary(node: Node, bytes: Buffer): Generator<Change> {
  if (!isNode(node.trueExpression) || !isNode(node.falseExpression)) return
  const [yes, no] = [range(node.trueExpression), range(node.falseExpression)]
  const text = ({ from, to }: typeof yes): string => bytes.subarray(from, to).toString()
  const after = text(no) + bytes.subarray(yes.to, no.from).toString() + text(yes)
  yield { operator: 'swap branches', from: yes.from, to: no.to, after }
}

function* boundary(node: Node): Generator<Change> {
  if (node.kind !== 'number' || !/^\d+$/.test(String(node.value))) return
  const { from, to } = range(node)
  yield { operator: 'boundary', from, to, after: String(BigInt(String(node.value)) + 1n) }
}

/** Neighbours of one type trade places, but in errors and events: those say, they do not do. */
function* argumentSwap(node: Node, bytes: Buffer): Generator<Change> {
  const given = Array.isArray(node.arguments) ? node.arguments.filter(isNode) : []
  if (node.kind !== 'functionCall' || !isNode(node.expression)) return
  if (/(^|\.)[A-Z]\w*$/.test(bytes.subarray(range(node.expression).from, range(node.expression).to).toString())) return
  for (const [i, first] of given.entries()) {
    const second = given[i + 1]
    if (second === undefined || typeOf(first) !== typeOf(second)) continue
    const [a, b] = [range(first), range(second)]
    const [left, right] = [bytes.subarray(a.from, a.to).toString(), bytes.subarray(b.from, b.to).toString()]
    if (left === right) continue
    const after = right + bytes.subarray(a.to, b.from).toString() + left
    yield { operator: 'swap arguments', from: a.from, to: b.to, after }
  }
}

function roundings(text: string): readonly Change[] {
  return opposites.flatMap(([pattern, after]) =>
    [...text.matchAll(pattern)].map((match) => {
      const from = Buffer.byteLength(text.slice(0, match.index))
      return { operator: 'round or bound the other way', from, to: from + match[0].length, after }
    }),
  )
}

/** A statement gives way to an empty one; the step in the head of a loop, which has no semicolon, stays. */
function removal(operator: string, node: Node, bytes: Buffer): readonly Change[] {
  const { from, to } = range(node)
  const ends = bytes.subarray(to, to + 1).toString() === ';'
  return ends ? [{ operator, from, to: to + 1, after: '{}' }] : []
}

/** Where a node stands, in bytes. */
export function range({ src }: Node): { readonly from: number; readonly to: number } {
  const [from = 0, length = 0] = src.split(':').map(Number)
  return { from, to: from + length }
}

/** The compiler's name for the type of an expression. */
export function typeOf(node: Node): string {
  const found = Described.safeParse(node.typeDescriptions)
  return found.success ? found.data.typeString : ''
}

const Described = z.object({ typeString: z.string() })

/** Whether something in the tree is a node. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'nodeType' in value && 'src' in value
}

const Output = z.object({ sources: z.record(z.string(), z.object({ ast: z.unknown().optional() })) })

function treeOf(source: string, units: Readonly<Record<string, string>>): unknown {
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(units).map(([unit, content]) => [unit, { content }])),
    settings: { evmVersion: 'osaka', outputSelection: { [source]: { '': ['ast'] } } },
  }
  return Output.parse(JSON.parse(ask(JSON.stringify(input)))).sources[source]?.ast
}

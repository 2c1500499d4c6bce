// Small changes of a TypeScript file that a test should notice, found in its syntax tree.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from '@swc/core'
import { programRoot } from '../../agent/swarm/chaos/source-copy.ts'

/** One change of one file. `id` stands as long as the changed line does. */
export type Mutant = {
  readonly id: string
  readonly file: string
  readonly line: number
  readonly operator: string
  readonly before: string
  readonly after: string
  /** The whole file with the change. */
  readonly text: string
}

type Change = { readonly operator: string; readonly from: number; readonly to: number; readonly after: string }
type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly span: Span }
type Span = { readonly start: number; readonly end: number }

const SWAPS: Readonly<Record<string, readonly string[]>> = {
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
  '&': ['|'],
  '+=': ['-='],
  '-=': ['+='],
}

/** Every mutant of a file, in its order. What only types or messages say is left alone. */
export function mutantsOf(file: string): readonly Mutant[] {
  const text = readFileSync(join(programRoot, file), 'utf8')
  const bytes = Buffer.from(text)
  // A first statement of our own: its place is where the file begins in the parser's count.
  const program = parseSync(`0;${text}`, { syntax: 'typescript', target: 'es2024' })
  const body: readonly unknown[] = program.body
  const [first, ...rest] = body.filter(isNode)
  const origin = (first?.span.start ?? 0) + 2
  const seen = new Map<string, number>()
  return [...nodesIn(rest)]
    .flatMap((node) => changesAt(node, (span) => ({ from: span.start - origin, to: span.end - origin }), bytes))
    .toSorted((a, b) => a.from - b.from || (a.operator < b.operator ? -1 : 1))
    .map((change) => mutant(file, bytes, change, seen))
}

function mutant(file: string, bytes: Buffer, { operator, from, to, after }: Change, seen: Map<string, number>): Mutant {
  const head = bytes.subarray(0, from).toString()
  const before = bytes.subarray(from, to).toString()
  const line = head.split('\n').length
  const key = [file, operator, bytes.toString().split('\n')[line - 1]?.trim(), before, after].join('\0')
  const times = seen.get(key) ?? 0
  seen.set(key, times + 1)
  const id = createHash('sha256').update(`${key}\0${times}`).digest('hex').slice(0, 10)
  return { id, file, line, operator, before, after, text: head + after + bytes.subarray(to).toString() }
}

/** Values that the program computes; types, messages and imports are not among them. */
function* nodesIn(tree: unknown): Generator<Node> {
  if (Array.isArray(tree)) for (const one of tree) yield* nodesIn(one)
  else if (isNode(tree)) {
    if (/^(Ts(?!As|NonNull|Satisfies)|Import)/.test(tree.type) || isError(tree)) return
    yield tree
    for (const child of Object.values(tree)) yield* nodesIn(child)
  } else if (typeof tree === 'object' && tree !== null && !('start' in tree))
    for (const child of Object.values(tree)) yield* nodesIn(child)
}

/** An error under construction: its code is asserted, its words are not. */
const isError = (node: Node): boolean =>
  node.type === 'NewExpression' && isNode(node['callee']) && /Error$/.test(String(node['callee']['value']))

type Range = { readonly from: number; readonly to: number }
type Place = (span: Span) => Range

function changesAt(node: Node, at: Place, bytes: Buffer): readonly Change[] {
  const textOf = ({ from, to }: Range) => bytes.subarray(from, to).toString()
  const here = at(node.span)
  const text = textOf(here)
  const child = (name: string): Range | undefined => {
    const found = node[name]
    return isNode(found) ? at(found.span) : undefined
  }
  switch (node.type) {
    case 'BinaryExpression':
    case 'AssignmentExpression':
      return infix(String(node['operator']), [child('left'), child('right')], bytes)
    case 'IfStatement':
    case 'WhileStatement': {
      const test = child('test')
      return test === undefined ? [] : [{ operator: 'negate condition', ...test, after: `!(${textOf(test)})` }]
    }
    case 'ConditionalExpression': {
      const [yes, no] = [child('consequent'), child('alternate')]
      if (yes === undefined || no === undefined) return []
      const after = textOf(no) + textOf({ from: yes.to, to: no.from }) + textOf(yes)
      return [{ operator: 'swap branches', from: yes.from, to: no.to, after }]
    }
    case 'UnaryExpression':
      return node['operator'] === '!' || node['operator'] === '-'
        ? [{ operator: `drop ${node['operator']}`, ...here, after: text.slice(1) }]
        : []
    case 'UpdateExpression':
      return [
        { operator: 'reverse step', ...here, after: text.replace(/\+\+|--/, (step) => (step === '++' ? '--' : '++')) },
      ]
    case 'ExpressionStatement':
      return [{ operator: 'drop statement', ...here, after: ';' }]
    case 'ThrowStatement':
      return [{ operator: 'drop throw', ...here, after: ';' }]
    case 'ContinueStatement':
      return [{ operator: 'drop continue', ...here, after: ';' }]
    case 'AwaitExpression':
      return [{ operator: 'drop await', ...here, after: text.replace(/^await\s+/, '') }]
    case 'NumericLiteral':
      return [{ operator: 'off by one', ...here, after: `${Number(text.replaceAll('_', '')) + 1}` }]
    case 'BigIntLiteral':
      return [{ operator: 'off by one', ...here, after: `${BigInt(text.slice(0, -1).replaceAll('_', '')) + 1n}n` }]
    case 'BooleanLiteral':
      return [{ operator: 'flip', ...here, after: text === 'true' ? 'false' : 'true' }]
    default:
      return []
  }
}

function infix(operator: string, [left, right]: readonly (Range | undefined)[], bytes: Buffer): readonly Change[] {
  if (left === undefined || right === undefined) return []
  const offset = bytes.subarray(left.to, right.from).indexOf(operator)
  if (offset < 0) return []
  const from = left.to + offset
  return (SWAPS[operator] ?? []).map((after) => ({
    ...{ operator: `${operator} to ${after}`, from, to: from + operator.length },
    after,
  }))
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'span' in value

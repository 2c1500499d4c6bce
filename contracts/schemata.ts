// Many mutants of one file in one compilation: each stands beside the original, behind a question for its number. The
// number is a constant of 32 bytes that the compiler, not optimising, writes out as it is, so that one mutant is chosen by
// replacing these bytes in the bytecode. (Untch, Offutt and Harrold, "Mutation analysis using mutant schemata", 1993.)
import { isNode, type Mutant, type Node, type Parsed, range, typeOf } from './mutants.ts'

/** What stands in the bytecode in place of a number. */
const placeholder = 'a5c3f10e9b7d24681357fedc0badcafe5ee0d15ea5e0ddba11fab1e0c0ffee42'

/** Where a mutant is put beside the original: an expression, a statement, or a literal that gives its type to a variable. */
interface Host {
  readonly from: number
  readonly to: number
  readonly form: 'expression' | 'statement' | { readonly cast: string }
}

/** A source with several mutants in it, by number from 1; those that cannot stand beside the original are left out. */
export interface Schema {
  readonly text: string
  readonly mutants: readonly Mutant[]
}

/** The file with all of its mutants that have room. */
export function schemaOf({ bytes, tree }: Parsed, mutants: readonly Mutant[]): Schema {
  const hosted = mutants.flatMap((mutant) => {
    const host = hostOf(tree, bytes, mutant)
    return host === undefined ? [] : [{ mutant, host }]
  })
  const numbered = hosted.map(({ mutant, host }, i) => ({ mutant, host, number: i + 1 }))
  const text = `${write(bytes, numbered)}\nuint256 constant MUTANT = 0x${placeholder};\n`
  return { text, mutants: numbered.map(({ mutant }) => mutant) }
}

/** The bytecode in which one mutant lives; none for 0. */
export function choose(bytecode: string, number: number): string {
  return bytecode.replaceAll(placeholder, number.toString(16).padStart(64, '0'))
}

/** The file with one mutant in place of the original. */
export function mutated(bytes: Buffer, { from, to, after }: Mutant): string {
  return bytes.subarray(0, from).toString() + after + bytes.subarray(to).toString()
}

interface Numbered {
  readonly mutant: Mutant
  readonly host: Host
  readonly number: number
}

function write(bytes: Buffer, all: readonly Numbered[]): string {
  return between(0, bytes.length, all)

  /** The text of a stretch; hosts inside are written out, the outermost first. */
  function between(from: number, to: number, inside: readonly Numbered[]): string {
    let text = ''
    let at = from
    for (const group of outermost(inside)) {
      const [{ host }] = group
      text += bytes.subarray(at, host.from).toString() + hosting(group, inside)
      at = host.to
    }
    return text + bytes.subarray(at, to).toString()
  }

  function hosting(group: readonly [Numbered, ...Numbered[]], inside: readonly Numbered[]): string {
    const [{ host }] = group
    const { from, to, form } = host
    const deeper = inside.filter((one) => !group.includes(one) && from <= one.host.from && one.host.to <= to)
    const original = between(from, to, deeper)
    if (form === 'statement') {
      const cases = group.map((one) => `if (MUTANT == ${one.number}) { ${alone(one)} } else `)
      return `{ ${cases.join('')}{ ${original} } }`
    }
    const wrap = (text: string): string => (typeof form === 'object' ? `${form.cast}(${text})` : `(${text})`)
    const cases = group.map((one) => `MUTANT == ${one.number} ? ${wrap(alone(one))} : `)
    return `(${cases.join('')}${wrap(original)})`
  }

  function alone({ mutant, host }: Numbered): string {
    const [before, after] = [bytes.subarray(host.from, mutant.from), bytes.subarray(mutant.to, host.to)]
    return before.toString() + mutant.after + after.toString()
  }
}

/** Those that are in no other, by host and in order. */
function outermost(all: readonly Numbered[]): (readonly [Numbered, ...Numbered[]])[] {
  const groups = new Map<string, [Numbered, ...Numbered[]]>()
  const wide = [...all].sort((a, b) => a.host.from - b.host.from || b.host.to - a.host.to)
  let end = 0
  for (const one of wide) {
    const key = `${one.host.from}:${one.host.to}`
    const group = groups.get(key)
    if (group !== undefined) group.push(one)
    else if (one.host.from >= end) groups.set(key, [one])
    else continue
    end = Math.max(end, one.host.to)
  }
  return [...groups.values()]
}

/** Climbs from the change to the first thing that can be asked a question before it. */
function hostOf(tree: unknown, bytes: Buffer, { from, to }: Mutant): Host | undefined {
  const path = pathTo(tree, from, to)
  for (const [i, node] of path.entries()) {
    const parent = path[i + 1]
    const at = range(node)
    if (isStatement(node)) return parent?.nodeType === 'ForStatement' ? undefined : withSemicolon(at, bytes)
    if (isValue(node)) return { ...at, form: 'expression' }
    const cast = declaredType(node, parent)
    if (cast !== undefined) return { ...at, form: { cast } }
  }
  return undefined
}

/** The nodes around a stretch, the innermost first. */
function pathTo(tree: unknown, from: number, to: number): readonly Node[] {
  const around = (node: Node): boolean => {
    const at = range(node)
    // A semicolon that goes with its statement is not part of it.
    return at.from <= from && to <= (isStatement(node) ? at.to + 1 : at.to)
  }
  const inside = (one: unknown): readonly Node[] => {
    if (Array.isArray(one)) return one.flatMap(inside)
    if (!isNode(one) || !around(one)) return []
    return [...childrenOf(one).flatMap(inside), one]
  }
  return inside(tree)
}

const childrenOf = (node: Node): readonly unknown[] =>
  Object.entries(node).flatMap(([name, child]) => (name === 'typeDescriptions' ? [] : [child]))

const statements = new Set(['ExpressionStatement', 'EmitStatement', 'Return', 'RevertStatement'])
const values = new Set([
  'BinaryOperation',
  'UnaryOperation',
  'Conditional',
  'FunctionCall',
  'Assignment',
  'IndexAccess',
])
/** Types that an expression has only until it is used, or that nothing can be chosen from. */
const fleeting = /^(int_const|rational_const|literal_string|tuple|function|type\(|modifier|error|event|module)/

const isStatement = (node: Node): boolean => statements.has(node.nodeType)
const isValue = (node: Node): boolean =>
  values.has(node.nodeType) && node.lValueRequested !== true && typeOf(node) !== '' && !fleeting.test(typeOf(node))

function withSemicolon({ from, to }: { from: number; to: number }, bytes: Buffer): Host {
  const ends = bytes.subarray(to, to + 1).toString() === ';'
  return { from, to: ends ? to + 1 : to, form: 'statement' }
}

/** What a bare number becomes when it is the first value of a variable. */
function declaredType(node: Node, parent: Node | undefined): string | undefined {
  if (parent?.nodeType === 'VariableDeclaration' && parent.value === node) return elementary(typeOf(parent))
  if (parent?.nodeType !== 'VariableDeclarationStatement' || parent.initialValue !== node) return undefined
  const [declared, other] = Array.isArray(parent.declarations) ? parent.declarations : []
  return isNode(declared) && other === undefined ? elementary(typeOf(declared)) : undefined
}

const elementary = (type: string): string | undefined => (/^u?int\d*$/.test(type) ? type : undefined)

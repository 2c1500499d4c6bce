// Static analysis of the contracts by forge's own linter. Every finding is mended or accepted with a reason in
// contracts/findings.json: a new finding fails, and so does a reason for a finding that is no more.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { forgeBinary, forgeEnvironment } from './forge-binary.ts'
import { root } from './sources.ts'

/** Where a finding is, by the words of its line, so that it stays the same when lines move. */
const Accepted = z.object({
  /** Whole lints, each with the reason why it says nothing here. */
  lints: z.record(z.string(), z.string()),
  /** Single lines: lint, then reason, then `file: line`. */
  lines: z.record(z.string(), z.record(z.string(), z.array(z.string()))),
})
const Diagnostic = z.object({
  message: z.string(),
  code: z.object({ code: z.string() }),
  spans: z.array(z.object({ file_name: z.string(), text: z.array(z.object({ text: z.string() })) })),
})

const accepted = Accepted.parse(JSON.parse(readFileSync(join(root, 'contracts/findings.json'), 'utf8')))
const lines = new Set(
  Object.entries(accepted.lines).flatMap(([lint, reasons]) =>
    Object.values(reasons).flatMap((places) => places.map((place) => `${lint}: ${place}`)),
  ),
)
const found = findings()
const open = [...found].filter((finding) => !lines.has(finding))
const gone = [...lines].filter((line) => !found.has(line))
for (const finding of open) console.error(`mend it, or accept it in contracts/findings.json: ${finding}`)
for (const line of gone) console.error(`no longer found, take it out of contracts/findings.json: ${line}`)
console.log(`static analysis: ${found.size} lines found, ${open.length} open, ${gone.length} outdated`)
process.exitCode = open.length + gone.length > 0 ? 1 : 0

/** All of medium and high severity, and of low. An analyser that saw no source has checked nothing. */
function findings(): ReadonlySet<string> {
  const options = ['lint', 'contracts/src', '--json', '--severity', 'high', '--severity', 'med', '--severity', 'low']
  const { stdout, stderr } = spawnSync(forgeBinary(), options, {
    cwd: root,
    env: forgeEnvironment,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  })
  const all = `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => Diagnostic.safeParse(JSON.parse(line)))
    .flatMap(({ data }) => (data === undefined ? [] : [data]))
  if (all.length === 0) throw new Error(`forge lint said nothing that can be read: ${stderr.slice(0, 500)}`)
  const known = all.filter(({ code }) => accepted.lints[code.code] === undefined)
  return new Set(known.map(nameOf))
}

function nameOf({ code, spans }: z.infer<typeof Diagnostic>): string {
  const [span] = spans
  const file = span?.file_name.replace('contracts/src/', '') ?? ''
  return `${code.code}: ${file}: ${span?.text[0]?.text.trim() ?? ''}`
}

// Changes a config file in place: comments and order stay.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isMap, isSeq, parseDocument } from 'yaml'

/** Writes the executor of some chains into a config. Answers whether anything changed. */
export function writeExecutors(file: string, executors: ReadonlyMap<number, string>): boolean {
  const document = parseDocument(readFileSync(file, 'utf8'))
  const entries = [...executors].map(([id, executor]) => write(document, id, executor))
  if (!entries.includes(true)) return false
  writeFileSync(`${file}.new`, document.toString({ lineWidth: 0 }), { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return true
}

function write(document: ReturnType<typeof parseDocument>, id: number, executor: string): boolean {
  const chains = document.get('chains')
  const entry = isSeq(chains) ? chains.items.find((one) => isMap(one) && one.get('id') === id) : undefined
  if (!isMap(entry) || String(entry.get('executor')).toLowerCase() === executor.toLowerCase()) return false
  entry.set('executor', executor)
  return true
}

// What a signature costs: in the agent, by a signer process with its durable book, and the memory of that process.
// node test/bench/signer.ts
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSigner } from '../../agent/adapters/signer/open.ts'
import type { Signer } from '../../agent/ports/signer.ts'
import { bid, CHAIN, KEY, policy } from '../support/signing.ts'

const ROUNDS = 1_000
const folder = mkdtempSync(join(tmpdir(), 'lienmesh-bench-'))
const file = join(folder, 'operator.key')
writeFileSync(file, KEY, { mode: 0o600 })
const open = (kind: 'process' | 'inline') =>
  openSigner({ source: { kind, file }, policy, book: join(folder, 'signer.db'), alarm: () => undefined })

const inline = await open('inline')
const began = performance.now()
const apart = await open('process')
say('signer process answers after', `${Math.round(performance.now() - began)} ms`)
const data = `0x${bid().data.slice(2)}${'ab'.repeat(1_500)}` as const
const attestation = { kind: 'attestation', chain: CHAIN, number: 0n, hash: `0x${'22'.repeat(32)}` } as const
const bare = new DatabaseSync(join(folder, 'bare.db'))
bare.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
bare.exec('CREATE TABLE spent (nonce INTEGER PRIMARY KEY, meaning TEXT NOT NULL) STRICT')
const insert = bare.prepare('INSERT INTO spent (nonce, meaning) VALUES (?, ?)')
const times = { inline: [] as number[], apart: [] as number[], stated: [] as number[], synced: [] as number[] }
// In turns, so that a busy machine is busy for both.
for (let nonce = 0; nonce < ROUNDS; nonce++) {
  times.inline.push(await time(inline, nonce))
  times.apart.push(await time(apart, nonce))
  times.synced.push(await timeOf(async () => insert.run(nonce, KEY)))
  times.stated.push(await timeOf(() => apart.signStatement({ ...attestation, number: BigInt(nonce) })))
}
say('transaction, in the agent', figures(times.inline))
say('transaction, by the process with its book', figures(times.apart))
say('bare synced insert, for comparison', figures(times.synced))
say('statement, by the process', figures(times.stated))
say('memory of the process (RSS, PSS)', memoryOf(join(folder, 'signer.db')))
await apart.close()
bare.close()
rmSync(folder, { recursive: true })

function time(signer: Signer, nonce: number): Promise<number> {
  return timeOf(() => signer.signTransaction(bid({ nonce, data })))
}

async function timeOf(act: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await act()
  return performance.now() - from
}

function figures(values: readonly number[]): string {
  const sorted = values.slice(ROUNDS / 10).toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(3)
  return `p50 ${at(0.5)} ms  p99 ${at(0.99)} ms`
}

/** Of the one process whose arguments name the book. */
function memoryOf(book: string): string {
  const [pid = ''] = execFileSync('pgrep', ['-f', book], { encoding: 'utf8' }).trim().split('\n')
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const of = (name: string): string =>
    `${Math.round(Number(new RegExp(`${name}: +(\\d+)`).exec(text)?.[1]) / 1_024)} MB`
  return `${of('Rss')}, ${of('Pss')}`
}

function say(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(44)}  ${figure}\n`)
}

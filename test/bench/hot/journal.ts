// What a commitment costs on the hot path, next to a bare synced insert, and how soon an agent that was killed is ready
// again with 1,000 open transactions.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { sign } from '../../../agent/adapters/chain/attempt.ts'
import { openLink } from '../../../agent/adapters/chain/link.ts'
import { systemClock } from '../../../agent/adapters/clock/system-clock.ts'
import { openSqliteJournal } from '../../../agent/adapters/store/sqlite-journal.ts'
import { wad } from '../../../agent/domain/units.ts'
import { startAnvil } from '../../support/anvil.ts'
import { CHAIN, GWEI, signer } from '../../support/sending.ts'
import { guide, percentile, type Row, report } from './measure.ts'

const OPEN = 1_000
/** Rounds of pairs. In a pair either goes first in turn: whoever comes second finds a disk that was just synced. */
const [ROUNDS, PAIRS] = [25, 40]
const [role, path] = process.argv.slice(2)
if (role === 'victim' && path !== undefined) await victim(path)
else await bench()

async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lienmesh-bench-'))
  const rows = [...hotPath(folder), ...(await afterKill(join(folder, 'killed.db')))]
  rmSync(folder, { recursive: true })
  report(rows)
}

/** Both within the same milliseconds. The verdict is the middle one of the rounds' ratios: a stall spoils one round. */
function hotPath(folder: string): readonly Row[] {
  const journal = openSqliteJournal({ path: join(folder, 'journal.db') })
  const bare = openBare(join(folder, 'bare.db'))
  const raw = `0x${'ab'.repeat(2_000)}` as const
  const pair = (nonce: number): Pair => {
    const hash = `0x${nonce.toString(16).padStart(64, '0')}` as const
    for (let at = 0; at < 5; at++) journal.input({ at, nonce, price: 10n ** 11n })
    const tx = {
      chain: CHAIN,
      from: signer.address,
      nonce,
      intent: hash,
      leg: 'bid',
      raw,
      hash,
      state: 'signed',
    } as const
    const commit = () => time(() => journal.commit({ ...tx, reserved: wad(10n ** 21n) }))
    const insert = () => time(() => bare.insert(raw))
    if (nonce % 2 === 0) return { commit: commit(), insert: insert() }
    const inserted = insert()
    return { insert: inserted, commit: commit() }
  }
  for (let nonce = 0; nonce < PAIRS; nonce++) pair(nonce)
  const rounds = Array.from({ length: ROUNDS }, (_, round) =>
    Array.from({ length: PAIRS }, (_, i) => pair((round + 1) * PAIRS + i)),
  )
  journal.close()
  bare.close()
  const of = (pairs: readonly Pair[], which: keyof Pair, share: number): number =>
    percentile(
      pairs.map((one) => one[which]),
      share,
    )
  const all = rounds.flat()
  for (const which of ['commit', 'insert'] as const)
    say(which, `p50 ${of(all, which, 0.5).toFixed(3)} ms  p99 ${of(all, which, 0.99).toFixed(3)} ms`)
  const ratios = rounds.map((pairs) => of(pairs, 'commit', 0.5) / of(pairs, 'insert', 0.5))
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => percentile(ratios, share))
  say(
    `ratio of medians in ${ROUNDS} rounds`,
    `${middle?.toFixed(2)} x, middle half ${low?.toFixed(2)} to ${high?.toFixed(2)}`,
  )
  const what = 'journal a commitment, its log and its reservation, one durable commit'
  return [
    {
      id: 'J1',
      what,
      seen: middle ?? Number.NaN,
      unit: 'x',
      limit: 1.5,
      kind: 'ratio',
      direction: 'at-most',
      against: 'a bare synced insert',
    },
  ]
}

/** Milliseconds of one commit and of one insert. */
type Pair = { readonly commit: number; readonly insert: number }

/** A table with nothing around it, as durable as the journal. */
function openBare(file: string) {
  const bare = new DatabaseSync(file)
  bare.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  bare.exec('CREATE TABLE tx (seq INTEGER PRIMARY KEY, raw TEXT NOT NULL) STRICT')
  const insert = bare.prepare('INSERT INTO tx (raw) VALUES (?)')
  return { insert: (raw: string) => insert.run(raw), close: () => bare.close() }
}

/** A child commits, is killed, and the time runs from opening its journal until the next order could be sent. */
async function afterKill(file: string): Promise<readonly Row[]> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'victim', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const anvil = await startAnvil({ chainId: CHAIN, args: ['--no-mining'] })
  const [began, before] = [performance.now(), process.cpuUsage()]
  const journal = openSqliteJournal({ path: file })
  const fees = { tip: GWEI, ceiling: 100n * GWEI, baseFee: 'zero' } as const
  const sending = { signer, journal, fees, finality: [{ below: undefined, blocks: 2, proof: false }] }
  const link = await openLink({ chain: CHAIN, urls: [anvil.url], clock: systemClock, sending })
  const [wall, cpu] = [performance.now() - began, process.cpuUsage(before)]
  const worked = (cpu.user + cpu.system) / 1e3
  const open = journal.open(CHAIN).length
  say(`ready after a kill with ${open} open`, `${Math.round(wall)} ms, ${Math.round(worked)} ms of it work`)
  await anvil.stop()
  await link.close()
  journal.close()
  if (open !== OPEN) throw new Error(`expected ${OPEN} open transactions after the kill, found ${open}`)
  // The wall's time is what was asked; on a machine that others share, only the work in it is ours.
  return [
    guide('J2', 'ready after a kill with 1,000 open transactions, on the wall', [wall, 2_000], 'ms'),
    { ...guide('J2', 'ready after a kill with 1,000 open transactions, work', [worked, 2_000], 'ms'), kind: 'count' },
  ]
}

async function victim(file: string): Promise<void> {
  const journal = openSqliteJournal({ path: file })
  for (let nonce = 0; nonce < OPEN; nonce++) {
    const content = {
      to: signer.address,
      data: `0x${'ab'.repeat(500)}`,
      gas: 60_000n,
      intent: undefined,
      leg: 'bid',
    } as const
    const { raw, hash } = await sign(signer, { chain: CHAIN, nonce }, content, { maxFee: GWEI, tip: GWEI })
    journal.commit({
      chain: CHAIN,
      from: signer.address,
      nonce,
      intent: undefined,
      leg: 'bid',
      raw,
      hash,
      state: 'signed',
    })
  }
  process.stdout.write('committed\n')
  setInterval(() => journal, 1_000)
}

function time(act: () => unknown): number {
  const began = performance.now()
  act()
  return performance.now() - began
}

function say(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(46)}  ${figure}\n`)
}

// An agent's sending part in a process of its own, to be killed: takes up its journal, then sends one bid if it has none.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { openLink, sender } from '../../../adapters/chain/link.ts'
import { systemClock } from '../../../adapters/clock/system-clock.ts'
import { openSqliteJournal } from '../../../adapters/store/sqlite-journal.ts'
import { millis } from '../../../domain/units.ts'
import { CHAIN, GWEI, never, order, signer } from './stage.ts'

/** A running victim. `ready` when it has taken up its journal. */
export type Victim = { kill(): void; readonly ready: Promise<unknown>; readonly ended: Promise<unknown> }

/** Starts one on a journal, with one way to the chain. */
export function startVictim(journal: string, url: string): Victim {
  const file = fileURLToPath(import.meta.url)
  const child = spawn(process.execPath, ['--no-warnings', file, journal, url], { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const ready = Promise.race([ended, new Promise((resolve) => child.stdout.once('data', resolve))])
  return { ready, kill: () => void child.kill('SIGKILL'), ended }
}

async function live(path: string, url: string): Promise<void> {
  const journal = openSqliteJournal({ path })
  const fees = { tip: GWEI, ceiling: 100n * GWEI, baseFee: 'zero' } as const
  const finality = [{ below: undefined, blocks: 2, proof: false }]
  const sending = { signer, journal, fees, finality, patience: 1_000 }
  const link = await openLink({ chain: CHAIN, urls: [url], clock: systemClock, poll: millis(10), sending })
  process.stdout.write('ready\n')
  if (journal.lives().length === 0) await sender(link).send(order(1), never)
  setInterval(() => journal, 1_000)
}

const [path, url] = process.argv.slice(2)
if (process.argv[1] === fileURLToPath(import.meta.url) && path !== undefined && url !== undefined) await live(path, url)

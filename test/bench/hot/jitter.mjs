// How late a tick is looked at while the same thread checks a hundred gossiped signatures a second: ours against noble's.
// Ticks come from another thread with the time they left. node test/bench/hot/jitter.mjs [seconds]
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { secp256k1 as noble } from '@noble/curves/secp256k1.js'
import { privateKeyToAccount } from 'viem/accounts'
import { createKeyring } from '../../../agent/adapters/gossip/signatures.ts'
import { keccak256 } from '../../../agent/crypto/hash.ts'
import { load, move, openTriggers } from '../../../agent/maths/triggers/triggers.ts'
import { atLeast, guide, percentile, report } from './measure.ts'

const now = () => Number(process.hrtime.bigint() / 1_000n)
/** The other thread: a tick every two milliseconds. */
const TICKER = `const { parentPort } = require('node:worker_threads')
setInterval(() => parentPort.postMessage(Number(process.hrtime.bigint() / 1000n)), 2)`

await compare(Number(process.argv[2] ?? 4))

async function compare(seconds) {
  const key = `0x${'ac'.repeat(31)}01`
  const account = privateKeyToAccount(key)
  const digest = keccak256('0x01')
  const signature = await account.sign({ hash: digest })
  const ring = createKeyring()
  const [bytes, message] = [Buffer.from(signature.slice(2, 130), 'hex'), Buffer.from(digest.slice(2), 'hex')]
  const publicKey = noble.getPublicKey(Buffer.from(key.slice(2), 'hex'))
  const kinds = {
    nothing: () => undefined,
    ours: () => ring.check(account.address, digest, signature),
    noble: () => noble.verify(bytes, message, publicKey, { prehash: false }),
  }
  const late = { nothing: [], ours: [], noble: [] }
  // Each kind in several short turns, so that a busy machine is busy for all.
  for (let turn = 0; turn < 3; turn++)
    for (const [kind, check] of Object.entries(kinds)) late[kind].push(...(await listen(check, (seconds * 1_000) / 3)))
  const p95 = Object.fromEntries(Object.entries(late).map(([kind, all]) => [kind, percentile(all, 0.95)]))
  for (const [kind, all] of Object.entries(late))
    process.stdout.write(
      `${kind}: tick late by p50 ${percentile(all, 0.5)} us, p95 ${p95[kind]} us, ${all.length} ticks\n`,
    )
  report([
    atLeast('B11', 'tick p95 with 100 gossiped signatures a second on its thread', [p95.noble / p95.ours, 50], 'noble'),
    guide('B11', 'tick p95 with 100 gossiped signatures a second on its thread', [p95.ours / 1_000, 0.3], 'ms'),
  ])
}

/** Microseconds that each tick waited, the book's move included. */
async function listen(check, millis) {
  const triggers = openTriggers(1)
  const next = Float64Array.of(1_000)
  move(triggers, next)
  for (let i = 0; i < 1_000; i++)
    load(triggers, i, { base: -i / 2, legs: [{ column: 0, weight: 1 }], spread: undefined })
  const late = []
  const worker = new Worker(TICKER, { eval: true })
  worker.on('message', (left) => {
    next[0] = 1_000 + (late.length % 10)
    move(triggers, next)
    late.push(now() - left)
  })
  await once(worker, 'message')
  await new Promise((resolve) => setTimeout(resolve, 300))
  late.length = 0
  const burst = setInterval(() => {
    for (let i = 0; i < 5; i++) check()
  }, 50)
  await new Promise((resolve) => setTimeout(resolve, millis))
  clearInterval(burst)
  await worker.terminate()
  return late
}

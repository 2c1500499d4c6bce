// Decoders against anything, and damaged messages and proofs against every check: nothing may be accepted, nothing may throw.
// What was done is kept in fuzz-record.json, for the decoders and checks as they are: the same command goes on from there.
// node test/bench/network/fuzz.ts [inputs per decoder] [damaged messages per kind] [seed] [record]
import { hash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { fromBytes, SHAPES, toBytes } from '../../../agent/adapters/gossip/codec.ts'
import { KINDS } from '../../../agent/adapters/gossip/topics.ts'
import { verify } from '../../../agent/adapters/gossip/verify.ts'
import type { Kind, ProvenState } from '../../../agent/domain/message.ts'
import { type Damage, damage } from '../../support/mutations.ts'
import { sampleBytes, samples, witness } from '../../support/samples.ts'

const [inputs = 1_500_000, messages = 100_000, seed = 1] = process.argv.slice(2, 5).map(Number)
const path = process.argv[5] ?? join(import.meta.dirname, 'fuzz-record.json')

/** Inputs that are tried between two looks at the clock. */
const CHUNK = 5_000
/** Milliseconds between two writings of the record. */
const EVERY = 10_000

const Done = z.object({ inputs: z.number(), taken: z.number(), crashes: z.number(), seconds: z.number() })
const Kept = z.object({ sources: z.string(), done: z.record(z.string(), Done) })
type Done = z.infer<typeof Done>

const record = readRecord()
let written = performance.now()
for (const kind of KINDS) await campaign('decoder', kind, inputs, (chance) => decodeAnything(kind, chance))
for (const kind of KINDS) await campaign('damaged message', kind, messages, (chance) => verifyDamaged(kind, chance))
await campaign('damaged proof', 'state', messages, verifyDamagedProofs)

/** Chunk by chunk, each with a seed of its own. One chunk answers how many inputs were taken for what they are not, or decoded. */
async function campaign(
  scenario: string,
  kind: Kind,
  count: number,
  chunk: (chance: Chance) => Promise<Pick<Done, 'taken' | 'crashes'>>,
): Promise<void> {
  const key = `${scenario} ${kind} ${seed}`
  while ((record.done[key]?.inputs ?? 0) < count) {
    const before = record.done[key] ?? { inputs: 0, taken: 0, crashes: 0, seconds: 0 }
    const began = performance.now()
    const size = Math.min(CHUNK, count - before.inputs)
    const found = await chunk({ size, ...damage(seed * 1_000_003 + before.inputs) })
    record.done[key] = {
      inputs: before.inputs + size,
      taken: before.taken + found.taken,
      crashes: before.crashes + found.crashes,
      seconds: Math.round(before.seconds * 1e3 + performance.now() - began) / 1e3,
    }
    if (performance.now() - written > EVERY) writeRecord()
  }
  writeRecord()
  const { taken, ...row } = record.done[key] ?? { inputs: 0, taken: 0, crashes: 0, seconds: 0 }
  const passed = row.crashes === 0 && (scenario === 'decoder' || taken === 0)
  const what = scenario === 'decoder' ? { decoded: taken } : { accepted: taken }
  process.stdout.write(`${JSON.stringify({ scenario, kind, seed, ...row, ...what, passed })}\n`)
  if (!passed) process.exitCode = 1
}

type Chance = Damage & { readonly size: number }

/** Half of the inputs are damaged samples, half are anything at all. What is decoded must be canonical. */
async function decodeAnything<K extends Kind>(kind: K, { of, anything, size }: Chance) {
  const sample = sampleBytes(kind)
  const found = { taken: 0, crashes: 0 }
  for (let n = 0; n < size; n++) {
    const bytes = n % 2 === 0 ? of(sample) : anything()
    try {
      const value = fromBytes(SHAPES[kind], bytes)
      if (value === undefined) continue
      found.taken++
      if (Buffer.compare(toBytes(SHAPES[kind], value), bytes) !== 0) throw new Error('not canonical')
    } catch {
      found.crashes++
    }
  }
  return found
}

/** Nothing that is refused changes the witness, so that one serves for all. */
function verifyDamaged(kind: Kind, { of, size }: Chance) {
  const sample = sampleBytes(kind)
  return verifyAll(kind, size, () => of(sample))
}

/** Damage that decoders let through: one byte of one node of one proof. */
function verifyDamagedProofs({ of, size }: Chance) {
  return verifyAll('state', size, (n) => toBytes(SHAPES.state, withDamagedNode(samples.state, n, of)))
}

async function verifyAll(kind: Kind, size: number, make: (n: number) => Uint8Array) {
  const believer = witness()
  const found = { taken: 0, crashes: 0 }
  for (let n = 0; n < size; n++) {
    try {
      if ((await verify(kind, make(n), believer)).kind === 'valid') found.taken++
    } catch {
      found.crashes++
    }
  }
  return found
}

/** Every node in turn, wherever it is used. */
function withDamagedNode(state: ProvenState, n: number, of: Damage['of']): ProvenState {
  const nodes = [
    ...new Set(state.proofs.flatMap((proof) => [...proof.accountProof, ...proof.slots.flatMap((s) => s.proof)])),
  ]
  const node = nodes[n % nodes.length] ?? '0x00'
  const damaged = of(Buffer.from(node.slice(2), 'hex'))
  const other =
    `0x${Buffer.from(damaged.length === 0 ? Buffer.of(0) : damaged.subarray(0, 1_024)).toString('hex')}` as const
  const swap = (path: readonly `0x${string}`[]) => path.map((one) => (one === node ? other : one))
  const proofs = state.proofs.map((proof) => ({
    ...proof,
    accountProof: swap(proof.accountProof),
    slots: proof.slots.map((slot) => ({ ...slot, proof: swap(slot.proof) })),
  }))
  return { ...state, proofs }
}

/** What was done before, if decoders and checks are still the same. */
function readRecord(): z.infer<typeof Kept> {
  const sources = sourcesNow()
  const kept = existsSync(path) ? Kept.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined
  return kept?.sources === sources ? kept : { sources, done: {} }
}

function writeRecord(): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(record, undefined, 2)}\n`)
  renameSync(`${path}.new`, path)
  written = performance.now()
}

function sourcesNow(): string {
  const room = join(import.meta.dirname, '../../../agent/adapters/gossip')
  const files = ['codec', 'shape', 'verify', 'state-proof', 'signatures', 'digests'].map((name) => `${name}.ts`)
  const texts = files.map((name) => readFileSync(join(room, name), 'utf8'))
  return hash('sha256', texts.join('\n')).slice(0, 16)
}

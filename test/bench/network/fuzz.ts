// Decoders against anything, and damaged messages and proofs against every check: nothing may be accepted, nothing may throw.
// node test/bench/network/fuzz.ts [inputs per decoder] [damaged messages per kind] [seed]
import { fromBytes, SHAPES, toBytes } from '../../../agent/adapters/gossip/codec.ts'
import { KINDS } from '../../../agent/adapters/gossip/topics.ts'
import { verify } from '../../../agent/adapters/gossip/verify.ts'
import type { Kind, ProvenState } from '../../../agent/domain/message.ts'
import { damage } from '../../support/mutations.ts'
import { sampleBytes, samples, witness } from '../../support/samples.ts'

const [inputs, messages, seed] = [1_500_000, 100_000, 1].map((fallback, n) => Number(process.argv[n + 2] ?? fallback))

for (const kind of KINDS) decodeAnything(kind, inputs ?? 0)
for (const kind of KINDS) await verifyDamaged(kind, messages ?? 0)
await verifyDamagedProofs(messages ?? 0)

/** Half of the inputs are damaged samples, half are anything at all. What is decoded must be canonical. */
function decodeAnything<K extends Kind>(kind: K, count: number): void {
  const { of, anything } = damage(seed ?? 1)
  const sample = sampleBytes(kind)
  const began = performance.now()
  let [decoded, crashes] = [0, 0]
  for (let n = 0; n < count; n++) {
    const bytes = n % 2 === 0 ? of(sample) : anything()
    try {
      const value = fromBytes(SHAPES[kind], bytes)
      if (value === undefined) continue
      decoded++
      if (Buffer.compare(toBytes(SHAPES[kind], value), bytes) !== 0) throw new Error('not canonical')
    } catch {
      crashes++
    }
  }
  say({ scenario: 'decoder', kind, inputs: count, decoded, crashes, seconds: since(began), passed: crashes === 0 })
}

/** Nothing that is refused changes the witness, so that one serves for all. */
async function verifyDamaged(kind: Kind, count: number): Promise<void> {
  const { of } = damage((seed ?? 1) + 1)
  const believer = witness()
  const sample = sampleBytes(kind)
  const began = performance.now()
  let [accepted, crashes] = [0, 0]
  for (let n = 0; n < count; n++) {
    try {
      if ((await verify(kind, of(sample), believer)).kind === 'valid') accepted++
    } catch {
      crashes++
    }
  }
  const passed = accepted + crashes === 0
  say({ scenario: 'damaged message', kind, inputs: count, accepted, crashes, seconds: since(began), passed })
}

/** Damage that decoders let through: one byte of one node of one proof. */
async function verifyDamagedProofs(count: number): Promise<void> {
  const { of } = damage((seed ?? 1) + 2)
  const believer = witness()
  const began = performance.now()
  let [accepted, crashes] = [0, 0]
  for (let n = 0; n < count; n++) {
    try {
      const bytes = toBytes(SHAPES.state, withDamagedNode(samples.state, n, of))
      if ((await verify('state', bytes, believer)).kind === 'valid') accepted++
    } catch {
      crashes++
    }
  }
  const passed = accepted + crashes === 0
  say({ scenario: 'damaged proof', kind: 'state', inputs: count, accepted, crashes, seconds: since(began), passed })
}

/** Every node in turn, wherever it is used. */
function withDamagedNode(state: ProvenState, n: number, of: (bytes: Uint8Array) => Uint8Array): ProvenState {
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

function say(row: object): void {
  process.stdout.write(`${JSON.stringify(row)}\n`)
}

function since(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10
}

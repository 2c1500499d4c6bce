// The vectors of docs/wire-protocol.md: what every message looks like on the wire, what is signed, and what is refused.
// `node test/support/wire-vectors.ts` writes them.
import { hash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { bytesToHex, type Hex } from 'viem'
import { offerAnswer, offerRequest, SHAPES, toBytes } from '../../agent/adapters/gossip/codec.ts'
import { attestationDigest, priceBatchDigest, statusDigest } from '../../agent/adapters/gossip/digests.ts'
import { KINDS, protocolPrefix } from '../../agent/adapters/gossip/topics.ts'
import { verify } from '../../agent/adapters/gossip/verify.ts'
import type { Kind, Payloads } from '../../agent/domain/message.ts'
import { instant } from '../../agent/domain/units.ts'
import * as a from '../unit/gossip/builders.ts'
import { samples, witness } from './samples.ts'

export const VECTORS = new URL('../vectors/wire.json', import.meta.url)

/** Everything, as it stands in the file. */
export async function wireVectors(): Promise<unknown> {
  const messages = KINDS.map((kind) => messageOf(kind))
  const refused = await Promise.all(REFUSED.map(({ kind, payload, why }) => refusalOf(kind, payload, why)))
  const requests = [
    {
      protocol: 'offer',
      question: plain(a.offerRequest()),
      bytes: bytesToHex(toBytes(offerRequest, a.offerRequest())),
    },
    {
      protocol: 'offer',
      answer: { kind: 'declined', reason: 'reserves exhausted' },
      bytes: bytesToHex(toBytes(offerAnswer, { kind: 'declined', reason: 'reserves exhausted' })),
    },
  ]
  return { prefix: protocolPrefix(a.network()), now: a.NOW, network: plain(a.network()), messages, refused, requests }
}

function messageOf<K extends Kind>(kind: K): object {
  const payload = samples[kind]
  const bytes = toBytes(SHAPES[kind], payload)
  const topic = `${protocolPrefix(a.network())}/${kind}`
  const id = hash('sha256', Buffer.concat([Buffer.from(`lienmesh ${topic.length} ${topic}`), bytes])).slice(0, 40)
  const signed = DIGESTS[kind]?.()
  return {
    kind,
    topic,
    id: `0x${id}`,
    ...(signed && { digest: signed }),
    payload: plain(payload),
    bytes: bytesToHex(bytes),
  }
}

const DIGESTS: Readonly<Partial<Record<Kind, () => Hex>>> = {
  price: () => priceBatchDigest(samples.price, a.contract('price book')),
  attestation: () => attestationDigest(samples.attestation),
  status: () => statusDigest(samples.status, a.network()),
}

type Refusal = { [K in Kind]: { readonly kind: K; readonly payload: Payloads[K]; readonly why: string } }[Kind]

const REFUSED: readonly Refusal[] = [
  { kind: 'price', payload: a.priceBatch({}, a.mallory), why: 'signed by another key than its publisher' },
  { kind: 'price', payload: { ...a.priceBatch(), signature: a.highS(a.priceBatch().signature) }, why: 'high s' },
  { kind: 'price', payload: a.priceBatch({ publisher: a.mallory.address }, a.mallory), why: 'no publisher' },
  { kind: 'price', payload: a.priceBatch({ sequence: instant(a.NOW + 2_001) }), why: 'from the future' },
  { kind: 'header', payload: a.header({ number: 13n }), why: 'the header of another height' },
  { kind: 'attestation', payload: a.attestation({ attestor: a.mallory.address }, a.mallory), why: 'no attestor' },
  { kind: 'state', payload: { ...samples.state, version: 1n }, why: 'another version than is proven' },
  { kind: 'claim', payload: a.claim({ cumulative: 6n }, 5n), why: 'more than is proven' },
  {
    kind: 'evidence',
    payload: { kind: 'attestations', first: a.attestation(), second: a.attestation() },
    why: 'no conflict',
  },
  { kind: 'status', payload: a.status({}, a.carol, a.network({ name: 'other' })), why: 'signed for another network' },
]

async function refusalOf<K extends Kind>(kind: K, payload: Payloads[K], why: string): Promise<object> {
  const bytes = toBytes(SHAPES[kind], payload)
  const finding = await verify(kind, bytes, witness())
  return {
    kind,
    why,
    finding: 'reason' in finding ? `${finding.kind} ${finding.reason}` : finding.kind,
    bytes: bytesToHex(bytes),
  }
}

/** Amounts as decimal strings. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field)))

if (import.meta.main) writeFileSync(VECTORS, `${JSON.stringify(await wireVectors(), undefined, 1)}\n`)

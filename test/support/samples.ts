// One honest message of every kind, and a witness who would believe it.
import { SHAPES, toBytes } from '../../agent/adapters/gossip/codec.ts'
import { createWitness, type Witness } from '../../agent/adapters/gossip/witness.ts'
import type { Kind, Payloads } from '../../agent/domain/message.ts'
import type { TrustBook } from '../../agent/ports/gossip.ts'
import * as a from '../unit/gossip/builders.ts'
import { provenState } from '../unit/gossip/state-builder.ts'

/** Payloads by kind. */
export const samples: Payloads = {
  price: a.priceBatch(),
  header: a.header(),
  attestation: a.attestation(),
  state: await provenState(),
  claim: a.claim(),
  evidence: a.twoBlocks(),
  status: a.status(),
}

/** The bytes of a sample. */
export const sampleBytes = <K extends Kind>(kind: K): Uint8Array => toBytes(SHAPES[kind], samples[kind])

/** Somebody of the test network who has heard nothing, and believes only the blocks of the samples. */
export const witness = (): Witness => {
  const blocks = [samples.header, samples.state, samples.claim].map(
    ({ number, hash }) => `${a.ENGINE}:${number}:${hash}`,
  )
  const trusted: TrustBook['trusted'] = (chain, number, hash) =>
    blocks.includes(`${chain}:${number}:${hash}`) ? 'own' : 'unknown'
  return createWitness({ network: a.network(), trust: a.trust({ trusted }), now: () => a.NOW })
}

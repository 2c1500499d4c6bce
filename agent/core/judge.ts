// What a peer's message means: accept, ignore or reject. Signatures and proofs were checked before it came here.

import type { Address } from 'viem'
import type { MarginAccount, PriceBatch } from '../domain/market.ts'
import {
  type Attestation,
  type Evidence,
  type ProvenClaim,
  type Status,
  UNPREPARED,
  type Verdict,
  type Verified,
} from '../domain/message.ts'
import { FUTURE_SKEW } from '../maths/oracle.ts'
import { accountKey } from './book.ts'
import type { Core } from './state.ts'

/** Judges by what the core knows and by what this judge accepted before. Malice is rejected; lateness is ignored. */
export function createJudge(core: Core): (message: Verified) => Verdict {
  const heard = new Map<string, number>()
  return (message) => {
    switch (message.kind) {
      case 'price':
        return judgePrice(core, heard, message.payload, message.receivedAt)
      case 'header':
        return judgeBlock(core, message.payload)
      case 'attestation':
        return judgeAttestation(core, message.payload)
      case 'state':
        return message.account === undefined ? reject('state-without-account') : judgeState(core, message.account)
      case 'claim':
        return judgeClaim(core, message.payload)
      case 'evidence':
        return judgeEvidence(message.payload)
      case 'status':
        return judgeStatus(heard, message.payload, message.receivedAt)
    }
  }
}

function judgePrice({ book }: Core, heard: Heard, batch: PriceBatch, now: number): Verdict {
  if (!book.publishers.has(batch.publisher.toLowerCase())) return reject('unknown-publisher')
  if (batch.entries.length === 0 || batch.entries.some(({ price }) => price <= 0n)) return reject('price-zero')
  if (batch.sequence > now + FUTURE_SKEW) return reject('from-the-future')
  if (batch.validUntil < now) return ignore('expired')
  const held = book.batches.get(batch.engine)?.get(batch.publisher.toLowerCase())?.sequence ?? 0
  if (batch.sequence < held) return ignore('sequence-backwards')
  return newest(heard, `price:${batch.engine}:${batch.publisher}`, batch.sequence)
}

/** Blocks behind our own head after which an attestation helps nobody. */
const ATTESTATION_AGE = 256n

function judgeAttestation(core: Core, attestation: Attestation): Verdict {
  if (!includes(core.setup.attestors, attestation.attestor)) return reject('unknown-attestor')
  return judgeBlock(core, attestation)
}

function judgeBlock({ book }: Core, { chain, number }: Pick<Attestation, 'chain' | 'number'>): Verdict {
  const head = book.heads.get(chain)?.head.number
  return head !== undefined && number + ATTESTATION_AGE < head ? ignore('too-old') : ACCEPT
}

function judgeState({ book }: Core, account: MarginAccount): Verdict {
  if (!book.terms.has(account.engine)) return ignore(UNPREPARED)
  const held = book.accounts.get(accountKey(account.engine, account.id))?.account
  if (held === undefined) return ACCEPT
  if (account.version < held.version) return ignore('older-version')
  return account.version === held.version && account.anchor.number < held.anchor.number ? ignore('older-block') : ACCEPT
}

function judgeClaim({ setup }: Core, { vault, cumulative }: ProvenClaim): Verdict {
  if (cumulative <= 0n) return reject('claim-of-nothing')
  return setup.vaults.some(({ id }) => id === vault) ? ACCEPT : ignore('unknown-vault')
}

function judgeEvidence(evidence: Evidence): Verdict {
  return (evidence.kind === 'attestations' ? twoBlocks(evidence) : twoBatches(evidence))
    ? ACCEPT
    : reject('no-conflict')
}

type Pair<K extends Evidence['kind']> = Extract<Evidence, { readonly kind: K }>

const twoBlocks = ({ first, second }: Pair<'attestations'>): boolean =>
  same(first.attestor, second.attestor) &&
  first.chain === second.chain &&
  first.number === second.number &&
  !same(first.hash, second.hash)

/** The adapter compared what was signed: here it is enough that the two claim one place. */
const twoBatches = ({ first, second }: Pair<'prices'>): boolean =>
  same(first.publisher, second.publisher) &&
  first.engine === second.engine &&
  first.sequence === second.sequence &&
  !same(first.signature, second.signature)

/** A status older than this (milliseconds) says nothing about now. */
const STATUS_AGE = 60_000

function judgeStatus(heard: Heard, { agent, sequence }: Status, now: number): Verdict {
  if (sequence > now + FUTURE_SKEW) return reject('from-the-future')
  if (now - sequence > STATUS_AGE) return ignore('too-old')
  return newest(heard, `status:${agent}`, sequence)
}

type Heard = Map<string, number>

function newest(heard: Heard, by: string, sequence: number): Verdict {
  const key = by.toLowerCase()
  const last = heard.get(key)
  if (last !== undefined && sequence < last) return ignore('sequence-backwards')
  if (sequence === last) return ignore('already-heard')
  heard.set(key, sequence)
  return ACCEPT
}

const includes = (all: readonly Address[], one: Address): boolean => all.some((other) => same(other, one))
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
const ACCEPT: Verdict = { kind: 'accept' }
const ignore = (reason: string): Verdict => ({ kind: 'ignore', reason })
const reject = (reason: string): Verdict => ({ kind: 'reject', reason })

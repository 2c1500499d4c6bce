import { expect, test } from 'vitest'
import { createCore } from '../../../agent/core/core.ts'
import { createJudge } from '../../../agent/core/judge.ts'
import type { MarginAccount } from '../../../agent/domain/market.ts'
import type { Attestation, Evidence, Kind, Payloads, Status, Verified } from '../../../agent/domain/message.ts'
import { instant } from '../../../agent/domain/units.ts'
import {
  account,
  address,
  anchor,
  batch,
  ENGINE,
  entry,
  hash,
  head,
  opening,
  play,
  START,
  secondsIn,
  setup,
  VAULT_CHAIN,
} from '../../support/builders.ts'

const judged = () => {
  const core = createCore(setup())
  play(core, [
    ...opening(2_500, account({ version: 5n, anchor: anchor(50n) })),
    { at: START, kind: 'head', head: head(1_000n) },
  ])
  const judge = createJudge(core)
  return <K extends Kind>(kind: K, payload: Payloads[K], held?: MarginAccount) =>
    judge({ kind, payload, peer: 'peer', receivedAt: secondsIn(1), ...(held && { account: held }) } as Verified)
}
const accept = { kind: 'accept' }
const ignore = (reason: string) => ({ kind: 'ignore', reason })
const reject = (reason: string) => ({ kind: 'reject', reason })
const later = instant(START + 500)

test('a price of a known publisher is accepted once', () => {
  const judge = judged()
  const news = batch({ sequence: later })
  expect([judge('price', news), judge('price', news)]).toEqual([accept, ignore('already-heard')])
  expect(judge('price', batch({ sequence: instant(START + 400) }))).toEqual(ignore('sequence-backwards'))
})

test.each([
  ['unknown-publisher', 'reject', { publisher: address(0x66) }],
  ['from-the-future', 'reject', { sequence: secondsIn(4), validUntil: secondsIn(9) }],
  ['price-zero', 'reject', { entries: [entry(0, 0)] }],
  ['price-zero', 'reject', { entries: [] }],
  ['expired', 'ignore', { validUntil: instant(START + 999) }],
  ['sequence-backwards', 'ignore', { sequence: instant(START - 1) }],
] as const)('a price is refused: %s', (reason, kind, over) => {
  expect(judged()('price', batch({ sequence: later, ...over }))).toEqual({ kind, reason })
})

test('a state is accepted when it is newer than what we hold', () => {
  const state = {
    engine: ENGINE,
    account: account().id,
    version: 1n,
    number: 1n,
    hash: hash(1),
    header: '0x',
    proofs: [],
  } as const
  const judge = judged()
  expect(judge('state', state)).toEqual(reject('state-without-account'))
  expect(judge('state', state, account({ version: 6n }))).toEqual(accept)
  expect(judge('state', state, account({ version: 4n, anchor: anchor(99n) }))).toEqual(ignore('older-version'))
  expect(judge('state', state, account({ version: 5n, anchor: anchor(49n) }))).toEqual(ignore('older-block'))
  expect(judge('state', state, account({ version: 5n, anchor: anchor(51n) }))).toEqual(accept)
  expect(judge('state', state, account({ id: address(0x44) }))).toEqual(accept)
  expect(judge('state', state, account({ engine: VAULT_CHAIN }))).toEqual(ignore('unknown-engine'))
})

const attestation = { chain: ENGINE, number: 990n, hash: hash(1), attestor: address(0xa1), signature: '0x' } as const

test('an attestation counts when it is from an attestor and about a recent block', () => {
  const judge = judged()
  expect(judge('attestation', attestation)).toEqual(accept)
  expect(judge('attestation', { ...attestation, attestor: address(0x66) })).toEqual(reject('unknown-attestor'))
  expect(judge('attestation', { ...attestation, number: 700n })).toEqual(ignore('too-old'))
  expect(judge('attestation', { ...attestation, chain: VAULT_CHAIN, number: 1n })).toEqual(accept)
})

const twoBlocks = (change: Partial<Attestation>): Evidence => ({
  kind: 'attestations',
  first: attestation,
  second: { ...attestation, ...change },
})

test('evidence must contradict itself', () => {
  const judge = judged()
  expect(judge('evidence', twoBlocks({ hash: hash(2) }))).toEqual(accept)
  expect(judge('evidence', twoBlocks({}))).toEqual(reject('no-conflict'))
  expect(judge('evidence', twoBlocks({ number: 1n, hash: hash(2) }))).toEqual(reject('no-conflict'))
})

test('a claim is about a vault that we know, and about something', () => {
  const judge = judged()
  const claim = {
    chain: ENGINE,
    vault: 'vault-fast',
    kind: 'opened',
    beneficiary: address(1),
    collateral: 0,
    cumulative: 1n,
    number: 1n,
    hash: hash(1),
    header: '0x',
    proof: { address: address(1), accountProof: [], slots: [] },
  } as const
  expect([
    judge('claim', claim),
    judge('claim', { ...claim, vault: 'elsewhere' }),
    judge('claim', { ...claim, cumulative: 0n }),
  ]).toEqual([accept, ignore('unknown-vault'), reject('claim-of-nothing')])
})

test('a status is news only while it is young and newer than the last', () => {
  const judge = judged()
  const status = (sequence: number): Status => ({
    agent: address(1),
    name: 'one',
    sequence: instant(sequence),
    version: '1',
    routes: [],
    heads: [],
    provider: undefined,
    addresses: [],
    signature: '0x',
  })
  expect(judge('status', status(START))).toEqual(accept)
  expect(judge('status', status(START))).toEqual(ignore('already-heard'))
  expect(judge('status', status(START - 1))).toEqual(ignore('sequence-backwards'))
  expect(judge('status', status(START - 59_500))).toEqual(ignore('too-old'))
  expect(judge('status', status(START + 9_000))).toEqual(reject('from-the-future'))
})

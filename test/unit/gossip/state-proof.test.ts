import { keccak256 } from 'viem'
import { expect, test } from 'vitest'
import { proveState } from '../../../agent/adapters/gossip/state-proof.ts'
import type { ProvenState, StorageProof } from '../../../agent/domain/message.ts'
import { wad } from '../../../agent/domain/units.ts'
import { ENGINE, mallory, network } from './builders.ts'
import { account, provenState } from './state-builder.ts'

const unproven = (reason: string): unknown => ({ kind: 'unproven', reason })

test('an account is rebuilt from its proven slots with the block it was read at', async () => {
  const state = await provenState()
  const anchor = { chain: ENGINE, number: 12n, hash: state.hash }
  expect(await proveState(state, network())).toEqual({ kind: 'proven', account: account({ anchor }) })
})

test('an account without positions and credit is proven by absence', async () => {
  const empty = account({ positions: [], credit: [], mode: 'cross', cash: wad(0n) })
  const state = await provenState(empty)
  const proven = await proveState(state, network())
  expect(proven).toEqual({
    kind: 'proven',
    account: { ...empty, anchor: { chain: ENGINE, number: 12n, hash: state.hash } },
  })
})

test('a single changed byte of a proof breaks it', async () => {
  const state = await provenState()
  const tampered = withFirstProof(state, (proof) => ({
    ...proof,
    slots: proof.slots.map((slot) => ({
      ...slot,
      proof: slot.proof.map((node, depth) => (depth === slot.proof.length - 1 ? flipLast(node) : node)),
    })),
  }))
  expect(await proveState(tampered, network())).toEqual(unproven('bad-proof'))
})

test('a missing node does not read as zero', async () => {
  const state = await provenState()
  const cut = withFirstProof(state, (proof) => ({
    ...proof,
    slots: proof.slots.map((slot) => ({ ...slot, proof: slot.proof.slice(0, -1) })),
  }))
  expect(await proveState(cut, network())).toEqual(unproven('bad-proof'))
})

test('a position left out of the proofs is missed', async () => {
  const state = await provenState()
  const shy = withFirstProof(state, (proof) => ({ ...proof, slots: proof.slots.slice(0, -1) }))
  expect(await proveState(shy, network())).toEqual(unproven('missing-slot'))
})

test('credit left out of the proofs is missed', async () => {
  const state = await provenState()
  expect(await proveState({ ...state, proofs: state.proofs.slice(0, -1) }, network())).toEqual(unproven('missing-slot'))
})

test('a header must be the block that the state names', async () => {
  const state = await provenState()
  expect(await proveState({ ...state, hash: keccak256('0x00') }, network())).toEqual(unproven('bad-header'))
  expect(await proveState({ ...state, number: 13n }, network())).toEqual(unproven('bad-header'))
})

test('the claimed version must be the proven one', async () => {
  const state = await provenState()
  expect(await proveState({ ...state, version: 42n }, network())).toEqual(unproven('wrong-version'))
})

test('an address that never opened an account is proven to have none', async () => {
  const state = await provenState(account({ id: mallory.address, positions: [] }), account())
  expect(await proveState(state, network())).toEqual(unproven('no-account'))
})

test('a proof of another account says nothing about this one', async () => {
  const state = await provenState()
  expect(await proveState({ ...state, account: mallory.address }, network())).toEqual(unproven('missing-slot'))
})

function withFirstProof(state: ProvenState, change: (proof: StorageProof) => StorageProof): ProvenState {
  return { ...state, proofs: state.proofs.map((proof, index) => (index === 0 ? change(proof) : proof)) }
}

const flipLast = (node: `0x${string}`): `0x${string}` =>
  `0x${node.slice(2, -1)}${(Number.parseInt(node.slice(-1), 16) ^ 1).toString(16)}`

import { expect, test } from 'vitest'
import {
  createGate,
  type Guest,
  MOST_STRANGERS,
  PER_ADDRESS,
  PER_RANGE,
  PROBATION,
} from '../../../agent/adapters/gossip/gate.ts'

const from = (address: string, peer = address, inbound = true): Guest => ({
  peer,
  address: `/ip4/${address}/tcp/4001`,
  inbound,
})

const gate = (guests: readonly Guest[], change: { devnet?: boolean; bonded?: string; banned?: string } = {}) =>
  createGate({
    guests: () => guests,
    banned: (peer) => peer === change.banned,
    bonded: (peer) => peer === change.bonded,
    devnet: change.devnet ?? false,
  })

test('one address holds a few places, its range a few more', () => {
  const flat = Array.from({ length: PER_ADDRESS }, (_, n) => from('203.0.113.7', `peer ${n}`))
  const range = Array.from({ length: PER_RANGE }, (_, n) => from(`203.0.113.${n}`))
  expect(gate(flat).arriving('/ip4/203.0.113.7/tcp/1')).toBe('crowded-address')
  expect(gate(flat.slice(1)).arriving('/ip4/203.0.113.7/tcp/1')).toBeUndefined()
  expect(gate(range).arriving('/ip4/203.0.113.200/tcp/1')).toBe('crowded-range')
  expect(gate(range).arriving('/ip4/198.51.100.1/tcp/1')).toBeUndefined()
})

test('whom we dialled ourselves takes nobody a place', () => {
  const dialled = Array.from({ length: 40 }, (_, n) => from('203.0.113.7', `peer ${n}`, false))
  expect([gate(dialled).arriving('/ip4/203.0.113.7/tcp/1'), gate(dialled).admitted('new')]).toEqual([
    undefined,
    undefined,
  ])
})

test('strangers leave room for the bonded, who are let in when strangers are not', () => {
  const strangers = Array.from({ length: MOST_STRANGERS + PROBATION }, (_, n) => from(`10.0.${n}.1`))
  expect(gate(strangers).admitted('stranger')).toBe('strangers')
  expect(gate(strangers, { bonded: 'friend' }).admitted('friend')).toBeUndefined()
  expect(gate(strangers, { bonded: strangers[0]?.peer ?? '' }).admitted('stranger')).toBeUndefined()
})

test('strangers beyond their places have a moment to say who they are, and are then too many', () => {
  const some = Array.from({ length: MOST_STRANGERS + 1 }, (_, n) => from(`10.0.${n}.1`))
  expect([gate(some).admitted('stranger'), gate(some).crowded(), gate(some.slice(1)).crowded()]).toEqual([
    undefined,
    true,
    false,
  ])
  expect(gate(some, { bonded: some[0]?.peer ?? '' }).crowded()).toBe(false)
})

test('a banned peer stays out wherever it comes from', () => {
  expect(gate([], { banned: 'liar', devnet: true }).admitted('liar')).toBe('banned')
})

test('a swarm on one machine is not crowded', () => {
  const many = Array.from({ length: 200 }, (_, n) => from('127.0.0.1', `peer ${n}`))
  const swarm = gate(many, { devnet: true })
  expect([swarm.arriving('/ip4/127.0.0.1/tcp/9'), swarm.admitted('peer 201')]).toEqual([undefined, undefined])
})

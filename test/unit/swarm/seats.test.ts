import { expect, test } from 'vitest'
import { LienmeshError } from '../../../agent/domain/errors.ts'
import { stoppagesOf } from '../../../agent/simulator/scenario/stoppages.ts'
import { changed, publisherKeys, seatsOf } from '../../../agent/swarm/seats.ts'
import { loadScenario } from '../../../config/scenario.ts'

const scenario = loadScenario('flash-crash')

test('six agents and a provider take their seats, one of the attestors relays deposits', () => {
  const seats = seatsOf(scenario)
  expect(seats.map(({ name }) => name)).toEqual([
    'house-1',
    'house-2',
    'house-3',
    'house-4',
    'rush-1',
    'rush-2',
    'provider-1',
  ])
  expect(seats.filter(({ attest }) => attest)).toHaveLength(4)
  expect(seats.filter(({ relay }) => relay).map(({ name }) => name)).toEqual(['house-1'])
  expect(seats.filter(({ blindLogs }) => blindLogs).map(({ name }) => name)).toEqual(['house-4'])
})

test('keys come from the seed: the same again, others with another', () => {
  const other = { ...scenario, seed: 7 }
  expect(seatsOf(scenario)).toEqual(seatsOf(scenario))
  expect(seatsOf(other).map(({ operator }) => operator)).not.toEqual(seatsOf(scenario).map(({ operator }) => operator))
})

test('publishers stand in ascending order of address, as the price book wants them', () => {
  const addresses = publisherKeys(scenario).map(({ address }) => BigInt(address))
  expect(addresses).toEqual([...addresses].sort((a, b) => (a < b ? -1 : 1)))
})

test('fewer agents are the first ones, and the quorum of attestors shrinks with them', () => {
  const small = changed(scenario, { agents: 2 })
  expect(seatsOf(small).map(({ name }) => name)).toEqual(['house-1', 'house-2', 'provider-1'])
  expect(small.bonds.threshold).toBe(2)
  expect(small.assert.map(({ sentence }) => sentence)).toContain('at least 2 different winners')
})

test('more agents join the last group', () => {
  expect(seatsOf(changed(scenario, { agents: 8 })).filter(({ strategy }) => strategy === 'first-come')).toHaveLength(4)
})

test('without anybody to attest there is no market', () => {
  expect(() => changed(scenario, { agents: 0 })).toThrow(LienmeshError)
})

test('what must fall and settle shrinks with the number of accounts', () => {
  const few = changed(scenario, { accounts: 40 }).assert.map(({ sentence }) => sentence)
  expect(few).toEqual(
    expect.arrayContaining([
      'at least 12 accounts fall',
      'at least 2 cross accounts fall',
      'at least 3 accounts with options fall',
      'at least 2 settlements by state proof',
      'at least 3 different winners',
    ]),
  )
})

test('an assertion about an agent that the flags leave out is refused before anything starts', () => {
  const { assert } = scenario
  const asking = { ...scenario, assert: [...assert, { kind: 'resumes', agent: 'rush-2', sentence: 'x' } as const] }
  expect(() => changed(asking, { agents: 2 })).toThrow(/rush-2 is not declared \(house-1, house-2\)/)
})

test('a stuck route moves again before the market closes, and a route without a stuck mode never stops', () => {
  const [fast, slow] = scenario.vaults
  if (fast === undefined || slow === undefined) throw new Error('the scenario lost its vaults')
  expect(stoppagesOf(scenario, fast)).toEqual([])
  for (const seed of [1, 2, 3, 42]) {
    const pauses = stoppagesOf({ ...scenario, seed }, slow)
    expect(pauses.every(({ from, to }) => from < to && to <= scenario.duration)).toBe(true)
  }
})

import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { advance } from '../../../agent/adapters/chain/heads.ts'
import type { Head } from '../../../agent/domain/market.ts'
import { chainId } from '../../../agent/domain/units.ts'
import type { HeadEvent } from '../../../agent/ports/chain.ts'

test('the first head is the beginning of the story', async () => {
  expect(await advance([], tip('a5'), nobody)).toEqual({ known: [tip('a5')], events: [told('a5')] })
})

test('a head already known says nothing, also when the node steps back for a moment', async () => {
  const known = branch('a3', 'a4', 'a5')
  expect(await advance(known, tip('a5'), nobody)).toEqual({ known, events: [] })
  expect(await advance(known, tip('a4'), nobody)).toEqual({ known, events: [] })
})

test('blocks missed between two looks are told in order', async () => {
  const chain = branch('a3', 'a4', 'a5', 'a6')
  const { known, events } = await advance(chain.slice(0, 1), tip('a6', 'a5'), parents(chain))
  expect(events).toEqual([told('a4'), told('a5'), told('a6')])
  expect(known).toEqual(chain)
})

test('a new branch is told from the first block that left, then block by block', async () => {
  const chain = branch('a3', 'a4', 'a5')
  const other = [tip('b4', 'a3'), tip('b5', 'b4'), tip('b6', 'b5')]
  const { known, events } = await advance(chain, tip('b6', 'b5'), parents(other))
  expect(events).toEqual([left('a4'), ...other.map((head): HeadEvent => ({ kind: 'head', head }))])
  expect(known).toEqual([tip('a3'), ...other])
})

test('a branch of the same height replaces its twin', async () => {
  const { events } = await advance(branch('a4', 'a5'), tip('b5', 'a4'), nobody)
  expect(events).toEqual([left('a5'), { kind: 'head', head: tip('b5', 'a4') }])
})

test('a branch older than memory takes everything with it', async () => {
  const other = [tip('b3', 'b2'), tip('b4', 'b3'), tip('b5', 'b4')]
  const { known, events } = await advance(branch('a3', 'a4'), tip('b5', 'b4'), parents(other))
  expect(events.at(0)).toEqual(left('a3'))
  expect(known).toEqual(other)
})

test('a branch that changes while it is walked is left for the next look', async () => {
  const known = branch('a3', 'a4')
  expect(await advance(known, tip('b9', 'b8'), nobody)).toEqual({ known, events: [] })
})

/** 'b4' is block 4 of branch b; its parent is block 3 of the same branch unless named. */
const tip = (name: string, parent = `${name[0]}${numberOf(name) - 1n}`): Head => ({
  chain: chainId(31_337),
  number: numberOf(name),
  hash: hashOf(name),
  parentHash: hashOf(parent),
  timestamp: numberOf(name) * 12n,
})

const branch = (...names: readonly string[]): readonly Head[] => names.map((name) => tip(name))
const told = (name: string): HeadEvent => ({ kind: 'head', head: tip(name) })
const left = (name: string): HeadEvent => ({
  kind: 'reorg',
  from: { chain: chainId(31_337), number: numberOf(name), hash: hashOf(name) },
})
const numberOf = (name: string): bigint => BigInt(name.slice(1))
const hashOf = (name: string): Hex => `0x${Buffer.from(name).toString('hex').padStart(64, '0')}`
const nobody = async () => undefined
const parents = (chain: readonly Head[]) => async (head: Head) => chain.find(({ hash }) => hash === head.parentHash)

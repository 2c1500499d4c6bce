import { expect, test } from 'vitest'
import { createMembers } from '../../../agent/runtime/members.ts'
import { address } from '../../support/builders.ts'

const [BONDED, STRANGER] = [address(0xa1), address(0x66)]

test('an attestor has a voice until a registry says that its bond is gone, and again when it is back', () => {
  const members = createMembers([BONDED])
  expect([members.has(BONDED), members.has(STRANGER)]).toEqual([true, false])
  expect([members.seen(BONDED, 1, true), members.seen(BONDED, 2, false)]).toEqual([false, true])
  expect(members.has(BONDED)).toBe(false)
  expect([members.seen(BONDED, 1, false), members.seen(BONDED, 1, true), members.seen(BONDED, 2, true)]).toEqual([
    false,
    false,
    true,
  ])
  expect(members.has(BONDED)).toBe(true)
})

test('a registry admits nobody whom the network does not name', () => {
  const members = createMembers([BONDED])
  members.seen(STRANGER, 1, true)
  expect(members.has(STRANGER)).toBe(false)
})

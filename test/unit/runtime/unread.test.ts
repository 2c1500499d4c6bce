// A node that is slow for once must not cost the agent its view of the market.
import { expect, test } from 'vitest'
import { unavailable } from '../../../agent/domain/errors.ts'
import type { AccountId } from '../../../agent/domain/units.ts'
import { createUnread } from '../../../agent/runtime/unread.ts'
import { address, anchor } from '../../support/builders.ts'

const [first, second] = [address(0x11), address(0x12)]

test('an account that a busy node did not answer for is read with the next ones', async () => {
  const asked: (readonly AccountId[])[] = []
  const unread = createUnread(async (accounts) => {
    asked.push(accounts)
    if (asked.length === 1) throw unavailable('E_RPC_DOWN', 'no answer within 4000 ms', 'Wait.')
  })
  await expect(unread.read([first], anchor(1n))).rejects.toMatchObject({ code: 'E_RPC_DOWN' })
  await unread.read([second, second], anchor(2n))
  await unread.read([], anchor(3n))
  expect(asked).toEqual([[first], [first, second], []])
})

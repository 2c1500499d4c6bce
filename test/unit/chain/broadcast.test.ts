// What nodes say to bytes, and what comes of it.
import { expect, test } from 'vitest'
import type { Attempt } from '../../../agent/adapters/chain/attempt.ts'
import { newPending } from '../../../agent/adapters/chain/pending.ts'
import { broadcast } from '../../../agent/adapters/chain/pump.ts'
import { wad } from '../../../agent/domain/units.ts'
import { hash } from '../../support/builders.ts'

const attempt = (raw: Attempt['raw']): Attempt => ({
  content: { to: '0x00000000000000000000000000000000000000b1', data: '0x', gas: 1n, intent: undefined, leg: 'bid' },
  ...{ fees: { maxFee: 1n, tip: 1n }, raw, hash: hash(1) },
})

/** Hands two attempts of one nonce to a node that answers so. */
async function handed(message: string) {
  const [sent, alarms, troubles]: [string[], string[], string[]] = [[], [], []]
  const order = newPending(4, [attempt('0x01'), attempt('0x02')], { deadline: undefined, value: wad(0n), ceiling: 9n })
  await broadcast(
    {
      halt: { reason: undefined },
      alarm: (code) => void alarms.push(code),
      trouble: (error) => void troubles.push(String(error)),
      rpc: {
        send: async (raw) => {
          sent.push(raw)
          return [{ place: 'a node', message }]
        },
      },
    },
    order,
  )
  return { sent, alarms, troubles, underpriced: order.underpriced }
}

test.each(['already known', 'nonce too low'])('%s is no news', async (message) => {
  expect(await handed(message)).toEqual({ sent: ['0x02'], alarms: [], troubles: [], underpriced: false })
})

test('a price that is too low is raised at the next block', async () => {
  expect(await handed('replacement transaction underpriced')).toEqual({
    ...{ sent: ['0x02'], alarms: [], underpriced: true },
    troubles: ['Error: a node refused nonce 4 (underpriced): replacement transaction underpriced'],
  })
})

test('a key without coin wakes its operator, and is no reason to pay more', async () => {
  const found = await handed('insufficient funds for gas * price + value')
  expect(found).toEqual({ sent: ['0x02'], alarms: ['E_GAS_FUNDS'], troubles: [], underpriced: false })
})

test('a text that nobody knows changes nothing', async () => {
  const found = await handed('the moon is in the wrong house')
  expect(found).toMatchObject({ alarms: [], underpriced: false })
  expect(found.troubles).toHaveLength(1)
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { runsAhead, secondsFromNow } from '../../agent/adapters/chain/chain-time.ts'
import { openRpc, type Rpc } from '../../agent/adapters/chain/rpc.ts'
import { chainId, instant } from '../../agent/domain/units.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'

let anvil: Anvil
let rpc: Rpc
let newest: bigint

beforeAll(async () => {
  anvil = await startAnvil({ chainId: 31_337, args: ['--no-mining'] })
  rpc = await openRpc({ chain: chainId(31_337), urls: [anvil.url] })
  const block = (await anvil.ask('eth_getBlockByNumber', 'latest', false)) as { timestamp: string }
  newest = BigInt(block.timestamp)
})

afterAll(async () => {
  rpc.close()
  await anvil.stop()
})

/** A clock so many seconds off the chain's newest block. */
const clock = (off: number) => ({
  now: () => instant((Number(newest) + off) * 1_000 + 999),
  sleep: async () => undefined,
})

test('a minute from now is a minute on our clock, or on the chain where ours is behind', async () => {
  expect(await secondsFromNow({ rpc, clock: clock(5) }, 60n)).toBe(newest + 65n)
  expect(await secondsFromNow({ rpc, clock: clock(0) }, 60n)).toBe(newest + 60n)
  expect(await secondsFromNow({ rpc, clock: clock(-90) }, 60n)).toBe(newest + 60n)
})

test('a clock runs ahead when blocks cannot be that far apart', async () => {
  const ahead = [-90, 0, 30, 31, 90].map((off) => runsAhead({ rpc, clock: clock(off) }))
  expect(await Promise.all(ahead)).toEqual([false, false, false, true, true])
})

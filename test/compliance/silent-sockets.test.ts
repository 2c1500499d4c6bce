// Heads while connections die without a word. The client asks over HTTP and polls every provider: it subscribes to nothing,
// so that no subscription can fall silent unnoticed. F.. are numbers of the fault matrix.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { trackHeads } from '../../agent/adapters/chain/heads.ts'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import { chainId, millis } from '../../agent/domain/units.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'
import { type Providers, threeProviders } from '../support/providers.ts'
import { eventually } from '../support/sending.ts'

/** Milliseconds between two blocks of a fast chain. */
const BLOCK = 1_000

let anvil: Anvil
let providers: Providers
let following: AbortController
let seen: bigint

beforeEach(async () => {
  anvil = await startAnvil({ chainId: chainId(31_337), args: ['--no-mining'] })
  providers = await threeProviders(anvil)
  following = new AbortController()
  seen = -1n
})

afterEach(async () => {
  following.abort()
  await providers.close()
  await anvil.stop()
})

async function follow(): Promise<void> {
  const rpc = await providers.open()
  const heads = trackHeads({ rpc, clock: systemClock, poll: millis(50) })
  const watch = async () => {
    for await (const event of heads.follow(following.signal)) if (event.kind === 'head') seen = event.head.number
  }
  void watch().catch(() => undefined)
  await eventually(
    () => seen,
    (number) => number >= 0n,
  )
}

/** Mines a block; the time (ms) until it is seen. */
async function lateness(): Promise<number> {
  const next = seen + 1n
  const began = performance.now()
  await anvil.ask('evm_mine')
  await eventually(
    () => seen,
    (number) => number >= next,
  )
  return performance.now() - began
}

test('F19: a provider that falls silent holds up no head for three blocks', async () => {
  await follow()
  providers.proxies[0].add({ kind: 'timeout' })
  for (let block = 0; block < 5; block++) expect(await lateness()).toBeLessThan(3 * BLOCK)
})

test('F19: a provider that answers with the head of yesterday is passed over, and told of once', async () => {
  await follow()
  const [laggard] = providers.proxies
  laggard.add({ kind: 'stale', height: 0 })
  for (let block = 0; block < 8; block++) expect(await lateness()).toBeLessThan(3 * BLOCK)
  const told = () => providers.alarms.filter((alarm) => alarm.includes('is behind'))
  await expect.poll(told, { timeout: 10_000 }).toHaveLength(1)
  // It is asked again after its pause, and is behind again.
  const asked = laggard.faults.get('stale') ?? 0
  await eventually(
    () => laggard.faults.get('stale') ?? 0,
    (count) => count > asked + 2,
  )
  expect(told()).toEqual([
    expect.stringMatching(/^W_RPC_BEHIND http.* on chain 31337 is behind: head 0, the others have \d+$/),
  ])
})

test('F19: all sockets silent are told of, and heads go on within three blocks once they speak again', async () => {
  await follow()
  for (const proxy of providers.proxies) proxy.add({ kind: 'timeout' })
  await expect.poll(() => providers.alarms, { timeout: 10_000 }).toContainEqual(expect.stringMatching(/^E_RPC_QUORUM/))
  for (const proxy of providers.proxies) proxy.clear()
  expect(await lateness()).toBeLessThan(3 * BLOCK)
})

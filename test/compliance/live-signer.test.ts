// A live agent whose key is in a process of its own: what it really sends is within the policy of its config.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import { millis } from '../../agent/domain/units.ts'
import { runAgent } from '../../agent/runtime/run.ts'
import { lockCollateral, nameTraders, openAccounts, tradeOnCredit } from '../../agent/swarm/traders.ts'
import { agentConfig } from '../../config/schema.ts'
import { temporaryFolder } from '../support/config-file.ts'
import { createFakeNetwork } from '../support/fake-gossip.ts'
import { type LocalNetwork, startLocalNetwork } from '../support/local-network.ts'
import { playOn, type Seat } from '../support/seat.ts'
import { eventually } from '../support/sending.ts'
import { long } from '../support/settlement.ts'

const never = new AbortController().signal
/** A moment of the scenario at which every account is below maintenance. */
const CRASH = 60_000

let network: LocalNetwork
let other: Seat

beforeAll(async () => {
  network = await startLocalNetwork()
  const parts = playOn(network)
  other = await parts.takeSeat(0)
  const traders = await nameTraders(network.deployment, [long(1n)])
  await Promise.all([lockCollateral(network.deployment, traders), openAccounts(network.deployment, traders)])
  for (const vault of [other.fast, other.slow]) {
    const { number } = await vault.latest()
    const basis = await parts.basisAt(vault, number)
    await other.engine.credit(vault.vault, basis, await vault.deposits(0n, number), never)
  }
  await network.push(await network.batches(-1))
  await tradeOnCredit(network.deployment, traders)
  const { candidate } = (await parts.intentOn({ by: other, account: traders[0]?.account, at: CRASH })).quote
  await other.engine.openAuctions([candidate], never)
}, 120_000)

afterAll(async () => {
  await Promise.all((other?.links ?? []).map((link) => link.close()))
  await network?.stop()
})

test('its bids are mined and its word is heard, and the signer refuses none of it', async () => {
  const folder = temporaryFolder()
  const [operator, dataDir] = [join(folder, 'operator.key'), join(folder, 'data')]
  const seat = network.deployment.seats[1]
  if (seat === undefined) throw new Error('the scenario has too few seats')
  writeFileSync(operator, seat.key, { mode: 0o600 })
  const chains = [network.engine, network.vault].map(({ id, url }) => ({ id, rpc: [url], quorum: 1 }))
  const config = agentConfig.parse({
    ...{ network: 'network.json', mode: 'live', dataDir, keys: { operator }, attest: seat.attest },
    chains: chains.map((chain) => ({ ...chain, executor: seat.executor })),
    strategies: [{ use: 'first-come' }],
    // Nobody trades in the pools of this test: they stand where they stood before the fall.
    protections: { market: '100 %' },
  })
  const events: { event: string; fields: Readonly<Record<string, unknown>> }[] = []
  const stop = new AbortController()
  const gossip = createFakeNetwork()
  const speaking = speakFor(gossip, stop.signal)
  const running = runAgent(config, network.deployment.network, stop.signal, {
    clock: systemClock,
    gossip: (options) => gossip.join(options),
    journal: (journal) => journal,
    emit:
      () =>
      (event, fields = {}) =>
        void events.push({ event, fields }),
  })
  const seen = (name: string) => events.filter(({ event }) => event === name)
  // On a slow machine the price may run away from the bid: what counts is that it was signed, mined and paid for.
  const mined = () => [...seen('bid:won'), ...seen('bid:lost')]
  await Promise.race([
    running,
    eventually(
      () => mined().length,
      (count) => count > 0,
    ),
  ])
  stop.abort()
  expect(await running).toBe(0)
  const heard = await speaking
  expect(mined().map(({ fields }) => fields['gasCost'])).not.toContain(0n)
  expect([...seen('agent:failed'), ...seen('alarm')]).toEqual([])
  expect(heard).toContain('status')
  expect(seen('doctor:found').map(({ fields }) => fields['check'])).toContain('peers')
  expect(readFileSync(join(dataDir, 'signer.db')).subarray(0, 15).toString()).toBe('SQLite format 3')
}, 180_000)

/** The other side of the market: publishers speak, attestors attest. Answers the kinds that the agent published. */
async function speakFor(gossip: ReturnType<typeof createFakeNetwork>, signal: AbortSignal): Promise<readonly string[]> {
  const yes = { publisher: () => true, attestor: () => true, trusted: () => 'own' as const }
  const mouth = await gossip.join({ network: network.deployment.network, trust: yes, now: systemClock.now, signal })
  const kinds = new Set<string>()
  void (async () => {
    for await (const { kind } of mouth.messages(() => ({ kind: 'accept' }), signal)) kinds.add(kind)
  })()
  const began = systemClock.now()
  while (!signal.aborted) {
    for (const batch of await network.batches(CRASH + systemClock.now() - began)) await mouth.publish('price', batch)
    for (const reader of [other.engine, other.fast])
      for (const attestation of await network.attest(await reader.latest()))
        await mouth.publish('attestation', attestation)
    await systemClock.sleep(millis(300), signal).catch(() => undefined)
  }
  return [...kinds]
}

// A whole agent after a kill: it counts what the dead one counted, and learns how everything ended that was under way.
import { expect, test } from 'vitest'
import { free, inFlight, pledged } from '../../../agent/core/ledger.ts'
import type { Intent } from '../../../agent/domain/liquidation.ts'
import { wad } from '../../../agent/domain/units.ts'
import {
  address,
  anchor,
  ENGINE,
  FAR,
  hash,
  lost,
  opening,
  ripe,
  secondsIn,
  setup,
  usd,
  VAULT_CHAIN,
  WETH,
  won,
} from '../../support/builders.ts'
import { journaledTx } from '../../support/journaled-tx.ts'
import { pricesAt, type SmallAgent, smallWorld, startLife, type World } from '../../support/small-agent.ts'

const BID = hash(0xb1d)
const events = ({ said }: SmallAgent, name: string) => said.filter(({ event }) => event === name)

/** Bids are signed and written down; their fate is told only when the test says so. */
function signs({ engine, journal }: World): readonly Intent[] {
  const intents: Intent[] = []
  engine.bid = async (intent, _offer, signal) => {
    const nonce = intents.push(intent) - 1
    const reserved = wad(intent.quote.outlay)
    journal.commit(
      journaledTx({ chain: ENGINE, intent: intent.id, leg: 'bid', hash: hash(0xb1d + nonce), nonce, reserved }),
    )
    return new Promise((_, refuse) => signal.addEventListener('abort', () => refuse(signal.reason), { once: true }))
  }
  return intents
}

/** A life that is killed with one bid under way. */
async function killedBidding(account = ripe()): Promise<{ readonly world: World; readonly intent: Intent }> {
  const world = smallWorld()
  const intents = signs(world)
  const agent = await startLife(world)
  await agent.tell(...opening(2_400, account))
  await agent.kill()
  const [intent] = intents
  if (intent === undefined) throw new Error('expected a bid')
  return { world, intent }
}

/** The vault pays, and the market gives so many cents for every dollar of it. */
function pays({ vault }: World, { quote }: Intent, cents = 100n): void {
  const proceeds = wad((quote.collateralValue * cents) / 100n)
  vault.step = (claims) => ({
    kind: 'sold',
    claims,
    received: [{ asset: WETH, amount: quote.legs[0]?.amount ?? 0n }],
    sale: { tx: hash(9), anchor: anchor(3n, { chain: VAULT_CHAIN }), proceeds, gasCost: 7n, soldAt: secondsIn(20) },
  })
}

test('a bid that a kill left under way holds its capital and counts against every limit', async () => {
  const { world, intent } = await killedBidding()
  const { risk } = setup()
  const next = await startLife(world, { risk: { ...risk, maxInFlight: intent.quote.outlay } })
  await next.tell(...opening(2_400, ripe({ id: address(0x12), owner: address(0x12) })))
  expect(pledged(next.core.ledger)).toBe(intent.quote.outlay)
  expect(free(next.core.ledger, ENGINE, usd(0)) <= usd(400_000) - intent.quote.outlay).toBe(true)
  expect(events(next, 'decision').map(({ reason }) => reason)).toEqual(['in-flight-limit'])
  expect(await next.ask({ ask: 'status' })).toMatchObject({ reserved: 1, claims: 0 })
  await next.kill()
})

test('a bid of an earlier life that is mined late opens its claim whenever that is, and is settled as our own', async () => {
  const { world, intent } = await killedBidding()
  world.engine.fate = won
  const next = await startLife(world)
  await world.pass(30_000)
  expect([next.core.ledger.reserved.size, next.core.ledger.settlements.size]).toEqual([1, 0])
  world.journal.settle(BID, 'included')
  await next.tell(...opening(2_400))
  await world.pass(1_000)
  expect([next.core.ledger.reserved.size, inFlight(next.core.ledger)]).toEqual([0, intent.quote.outlay])
  expect(events(next, 'bid:recovered')).toEqual([{ event: 'bid:recovered', intent: intent.id, outcome: 'won' }])
  await next.tell(...pricesAt(world.clock.now()))
  pays(world, intent)
  await world.pass(2_000)
  expect(events(next, 'settlement:closed')).toMatchObject([{ intent: intent.id, strategy: 'test' }])
  expect([inFlight(next.core.ledger), world.journal.lives()]).toEqual([0n, []])
  expect(events(next, 'alarm')).toEqual([])
  await next.kill()
})

test('a bid that was told lost and that a reorganisation included after all opens its claim', async () => {
  const world = smallWorld()
  world.engine.bid = async (intent) => {
    world.journal.commit(journaledTx({ chain: ENGINE, intent: intent.id, leg: 'bid', hash: BID }))
    return lost()
  }
  const agent = await startLife(world)
  await agent.tell(...opening(2_400, ripe()))
  expect([agent.core.ledger.reserved.size, agent.core.ledger.settlements.size]).toEqual([0, 0])
  expect(await agent.ask({ ask: 'status' })).toMatchObject({ reserved: 1, claims: 0 })
  await world.pass(3_000)
  expect(events(agent, 'bid:recovered')).toEqual([])
  world.engine.fate = won
  world.journal.settle(BID, 'included')
  expect(await agent.ask({ ask: 'status' })).toMatchObject({ reserved: 0, claims: 1 })
  await world.pass(1_000)
  expect(agent.core.ledger.settlements.size).toBe(1)
  expect(events(agent, 'claim:opened')).toHaveLength(1)
  await world.pass(20_000)
  expect(events(agent, 'claim:opened')).toHaveLength(1)
  await agent.kill()
})

test('a bid of an earlier life that is lost gives its capital back', async () => {
  const { world } = await killedBidding()
  const next = await startLife(world)
  await next.tell(...opening(2_400))
  world.journal.settle(BID, 'reverted')
  await world.pass(1_000)
  expect(next.core.ledger.reserved.size).toBe(0)
  expect(events(next, 'bid:recovered')).toMatchObject([{ outcome: 'lost' }])
  await next.kill()
})

test('gap losses are counted over a kill, and so is what was lost since the peak', async () => {
  const protections = { drawdown: 1, gapLosses: 2, failedGas: usd(1_000_000), divergence: 1_000, market: FAR }
  const losing = async (world: World, version: bigint): Promise<SmallAgent> => {
    world.vault.step = () => ({ kind: 'stuck', reason: 'PAUSED', gasCost: 0n })
    const agent = await startLife(world, { protections })
    let last: Intent | undefined
    world.engine.bid = async (intent) => {
      last = intent
      return won(intent)
    }
    await agent.tell(...opening(2_400, ripe({ version })))
    if (last === undefined) throw new Error('expected a bid')
    // Prices fall while the claim is on its way.
    await world.pass(1_000)
    await agent.tell(...pricesAt(world.clock.now(), 1_800))
    pays(world, last, 70n)
    await world.pass(2_000)
    return agent
  }
  const world = smallWorld()
  const first = await losing(world, 1n)
  const { counted, halt } = first.core.watch
  expect([counted.gapLosses, counted.total < 0n, halt]).toEqual([1, true, undefined])
  await first.kill()
  const next = await startLife(world, { protections })
  expect(next.core.watch.counted).toEqual(counted)
  await next.kill()
  const last = await losing(world, 2n)
  expect(events(last, 'agent:halted')).toMatchObject([{ reason: 'gap-losses' }])
  await last.kill()
})

test('a liquidation whose claim an earlier life sold without a word is let go of, and said', async () => {
  const { world, intent } = await killedBidding()
  world.engine.fate = won
  world.journal.settle(BID, 'included')
  ;[world.engine.owed, world.vault.claimed] = [async () => 5n, async () => 5n]
  world.vault.step = () => ({ kind: 'stuck', reason: 'NOTHING_OWED', gasCost: 0n })
  const next = await startLife(world)
  await next.tell(...opening(2_400))
  for (let second = 1; second <= 20; second++) {
    await world.pass(1_000)
    await next.tell(...pricesAt(world.clock.now()))
  }
  expect([inFlight(next.core.ledger), world.journal.lives()]).toEqual([0n, []])
  expect(events(next, 'alarm')).toMatchObject([{ code: 'W_SALE_UNKNOWN', detail: expect.stringContaining(intent.id) }])
  expect(await next.ask({ ask: 'status' })).toMatchObject({ reserved: 0, claims: 0 })
  await next.kill()
})

test('a claim that nobody knows a bid for is worth something as soon as prices say what', async () => {
  const world = smallWorld()
  world.engine.owed = async (id, who, asset) => (id === 'vault-fast' && who && asset === WETH ? 10n ** 18n : 0n)
  const agent = await startLife(world)
  await agent.tell(...opening(2_400).slice(0, 3))
  const { ledger } = agent.core
  expect([ledger.unvalued.size, ledger.orphans.size]).toEqual([1, 0])
  expect(await agent.ask({ ask: 'status' })).toMatchObject({ claims: 1 })
  await agent.tell(...opening(2_400, ripe()).slice(3))
  expect([ledger.unvalued.size, inFlight(ledger)]).toEqual([0, usd(2_400)])
  await world.pass(30_000)
  expect(events(agent, 'claim:opened')).toHaveLength(1)
  await agent.kill()
})

test('what is owed later, and no book explains, is a claim once it has stayed so, and the same one after a kill', async () => {
  const world = smallWorld()
  const agent = await startLife(world)
  await agent.tell(...opening(2_400))
  await world.pass(10_000)
  world.engine.owed = async (id, _, asset) => (id === 'vault-fast' && asset === WETH ? 10n ** 18n : 0n)
  await world.pass(8_000)
  expect(events(agent, 'claim:opened')).toEqual([])
  await world.pass(10_000)
  const [found, ...more] = events(agent, 'claim:opened')
  expect([found?.['amount'], more]).toEqual([10n ** 18n, []])
  await agent.kill()
  world.engine.owed = async (id, _, asset) => (id === 'vault-fast' && asset === WETH ? 3n * 10n ** 18n : 0n)
  const next = await startLife(world)
  expect(events(next, 'claim:opened').map(({ intent, amount }) => [intent, amount])).toEqual([
    [found?.['intent'], 3n * 10n ** 18n],
  ])
  await next.kill()
})

test('what one vault has paid before the kill is not claimed again, and the rest is settled with it', async () => {
  const credit = [0, 2].map((collateral) => ({ collateral, amount: 10n * 10n ** 18n }))
  const { world, intent } = await killedBidding(ripe({ credit }))
  const [first] = intent.quote.legs
  world.engine.fate = won
  world.journal.settle(BID, 'included')
  const agent = await startLife(world)
  await agent.tell(...opening(2_400))
  pays(world, intent)
  await world.pass(2_000)
  expect(events(agent, 'claim:sold')).toHaveLength(1)
  const open = () => [...agent.core.ledger.settlements.values()].flatMap(({ claims }) => [...claims.keys()])
  expect(open()).toEqual([`${intent.id}:vault-slow:2`])
  const before = agent.core.ledger.settlements.get(intent.id)?.proceeds
  await agent.kill()
  const next = await startLife(world)
  await next.tell(...opening(2_400))
  await world.pass(1_000)
  const again = next.core.ledger.settlements.get(intent.id)
  expect([again?.proceeds, [...(again?.claims.keys() ?? [])]]).toEqual([before, [`${intent.id}:vault-slow:2`]])
  expect([events(next, 'claim:opened'), events(next, 'claim:sold')].map(({ length }) => length)).toEqual([1, 0])
  expect([first?.vault, events(next, 'alarm')]).toEqual(['vault-fast', []])
  await next.kill()
})

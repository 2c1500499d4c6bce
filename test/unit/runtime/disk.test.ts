// A whole agent whose journal cannot be written for a while.
import { expect, test } from 'vitest'
import type { Intent } from '../../../agent/domain/liquidation.ts'
import { wad } from '../../../agent/domain/units.ts'
import {
  account,
  anchor,
  hash,
  lost,
  opening,
  ripe,
  secondsIn,
  usd,
  VAULT_CHAIN,
  WETH,
  won,
} from '../../support/builders.ts'
import { market, pricesAt, type SmallAgent, smallWorld, startLife, type World } from '../../support/small-agent.ts'

const PAUSED = { reason: 'operator', detail: 'an operator paused this agent' }

/** An agent that has won one bid, whose claim is on its way. */
async function travelling(): Promise<{ readonly world: World; readonly agent: SmallAgent; readonly intent: Intent }> {
  const world = smallWorld()
  world.engine.fate = won
  const agent = await startLife(world)
  await agent.tell(...opening(2_400, ripe()))
  const [bid] = world.engine.bids
  if (bid === undefined) throw new Error('expected a bid')
  return { world, agent, intent: bid.intent }
}

const events = ({ said }: SmallAgent, name: string) => said.filter(({ event }) => event === name)

/** The vault pays and the market takes what it paid. */
function pays({ vault }: World, { quote }: Intent): void {
  vault.step = (claims) => ({
    kind: 'sold',
    claims,
    received: [{ asset: WETH, amount: quote.legs[0]?.amount ?? 0n }],
    sale: {
      ...{ tx: hash(9), anchor: anchor(3n, { chain: VAULT_CHAIN }), proceeds: wad(quote.collateralValue) },
      ...{ gasCost: 7n, soldAt: secondsIn(20) },
    },
  })
}

test('F53: a full disk stops commitments with one alarm, and they go on when there is room', async () => {
  const world = smallWorld()
  const agent = await startLife(world)
  world.full = true
  await agent.tell(...market())
  agent.context.journal.remember('anything', '1')
  await agent.tell({ at: secondsIn(0), kind: 'account', account: ripe(), source: 'own' })
  expect(world.engine.bids).toEqual([])
  expect(events(agent, 'decision').at(-1)).toMatchObject({ reason: 'halted' })
  expect(await agent.ask({ ask: 'status' })).toMatchObject({ halt: { reason: 'disk' } })
  await world.pass(5_000)
  const alarms = events(agent, 'alarm')
  expect(alarms).toEqual([{ event: 'alarm', code: 'E_DISK', detail: 'The journal cannot be written. Make room.' }])
  world.full = false
  await world.pass(1_000)
  expect(events(agent, 'disk:mended')).toHaveLength(1)
  await agent.tell(...pricesAt(secondsIn(6)))
  expect(world.engine.bids).toHaveLength(1)
  expect(agent.context.journal.recall('anything')).toBe('1')
  await agent.kill()
})

test('pause works on a full disk, and outlives a kill once the disk has taken it', async () => {
  const world = smallWorld()
  const agent = await startLife(world)
  world.full = true
  expect(await agent.ask({ ask: 'pause' })).toMatchObject({ halt: PAUSED })
  await agent.tell(...opening(2_400, ripe()))
  expect(world.engine.bids).toEqual([])
  expect(agent.core.watch.halt).toMatchObject(PAUSED)
  world.full = false
  await world.pass(1_000)
  await agent.kill()
  const next = await startLife(world)
  await next.tell(...opening(2_400, ripe()))
  expect([next.core.watch.halt, world.engine.bids]).toMatchObject([PAUSED, []])
  expect(await next.ask({ ask: 'resume' })).toMatchObject({ halt: undefined })
  await next.kill()
})

test('a claim comes home on a full disk and is told, and its liquidation is settled when the disk takes it', async () => {
  const { world, agent, intent } = await travelling()
  expect(agent.core.ledger.settlements.size).toBe(1)
  world.full = true
  pays(world, intent)
  await world.pass(2_000)
  expect(events(agent, 'claim:sold')).toHaveLength(1)
  expect(events(agent, 'settlement:closed')).toMatchObject([{ intent: intent.id }])
  expect([agent.core.ledger.settlements.size, agent.core.ledger.orphans.size]).toEqual([0, 0])
  expect(events(agent, 'agent:failed')).toEqual([])
  const noted = () => world.journal.settlements({ id: intent.id })[0]?.steps.map(({ kind }) => kind)
  expect(noted()).toEqual(['opened'])
  world.full = false
  await world.pass(1_000)
  expect(noted()).toEqual(['opened', 'sold'])
  await agent.kill()
})

test('a bid that the disk refuses gives its capital back', async () => {
  const world = smallWorld()
  world.engine.fate = () => ({ kind: 'declined', reason: 'E_DISK' })
  const agent = await startLife(world)
  await agent.tell(...opening(2_400, ripe()))
  expect(agent.core.ledger.reserved.size).toBe(0)
  await agent.kill()
})

test('losses on a full disk still stop the bidding', async () => {
  const world = smallWorld()
  world.engine.fate = () => lost({ gasCost: 10n ** 18n })
  const agent = await startLife(world, {
    protections: {
      drawdown: 1,
      gapLosses: 1_000,
      failedGas: usd(1),
      divergence: 1_000,
      market: { bound: 1_000, act: 'halt' },
    },
  })
  await agent.tell(...opening(2_400, account({ cash: usd(-100_000) })))
  world.full = true
  await agent.tell({ at: secondsIn(0), kind: 'account', account: ripe(), source: 'own' })
  expect(events(agent, 'agent:halted')).toMatchObject([{ reason: 'failed-gas' }])
  expect(agent.core.watch.halt?.reason).toBe('failed-gas')
  await agent.kill()
})

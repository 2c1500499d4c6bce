// One route per source of truth, on two real chains: a deposit becomes credit and a claim is paid through each, and a forged
// header that somebody proposed is challenged in time.
import { type Address, encodeFunctionData, erc20Abi, type Hex, keccak256, pad, toHex, toRlp } from 'viem'
import { readContract } from 'viem/actions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { optimisticSourceAbi } from '../../agent/adapters/chain/abi/optimistic-source.ts'
import { testTokenAbi } from '../../agent/adapters/chain/abi/test-token.ts'
import { openChallenger } from '../../agent/adapters/chain/sources/challenge.ts'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import type { Fill } from '../../agent/domain/liquidation.ts'
import type { Source } from '../../agent/domain/network.ts'
import { millis, wad } from '../../agent/domain/units.ts'
import { max } from '../../agent/maths/fixed-point.ts'
import type { AttestedHeader, Basis, ChainReader, ClaimStep, CreditStep } from '../../agent/ports/chain.ts'
import { dispute } from '../../agent/runtime/dispute.ts'
import { createRoots } from '../../agent/runtime/roots.ts'
import { carryMessages } from '../../agent/swarm/couriers.ts'
import { openDerivations } from '../../agent/swarm/l1-blocks.ts'
import { lockCollateral, nameTraders, openAccounts, type Trader, tradeOnCredit } from '../../agent/swarm/traders.ts'
import { type LocalNetwork, startLocalNetwork } from '../support/local-network.ts'
import { type Parts, playOn, type Seat, sideOf } from '../support/seat.ts'
import { ETHER, won } from '../support/settlement.ts'

const ROUTES = ['vault-attested', 'vault-optimistic', 'vault-op', 'vault-message', 'vault-quorum']
const stop = new AbortController()
let network: LocalNetwork
let parts: Parts
let agent: Seat
let trader: Trader
let fill: Fill
let derivations: Awaited<ReturnType<typeof openDerivations>>

beforeAll(async () => {
  network = await startLocalNetwork('sources')
  void carryMessages(network.deployment, stop.signal, () => 0)
  derivations = await openDerivations(network.deployment)
  parts = playOn(network)
  agent = await parts.takeSeat(0)
  const credit = ROUTES.map((_, collateral) => ({ collateral, amount: ETHER }))
  const plan = { engine: 'engine', salt: 1n, mode: 'unified', cash: wad(0n), credit } as const
  const [named] = await nameTraders(network.deployment, [
    { ...plan, positions: [{ instrument: 0, size: wad(17n * ETHER) }] },
  ])
  if (!named) throw new Error('the trader has no name')
  trader = named
  await Promise.all([lockCollateral(network.deployment, [trader]), openAccounts(network.deployment, [trader])])
}, 120_000)

afterAll(async () => {
  stop.abort()
  await Promise.all((agent?.links ?? []).map((link) => link.close()))
  await network?.stop()
})

describe('a deposit becomes credit', () => {
  test.each(ROUTES)(
    'through %s',
    async (route) => {
      const vault = agent.vaults.get(route)
      if (!vault) throw new Error(`no vault ${route}`)
      const deposits = await vault.deposits(0n, (await vault.latest()).number)
      const newest = deposits.reduce((top, { anchor }) => max(top, anchor.number), 0n)
      const basis = await until(async () => agent.engine.basis(route, newest, await attested(agent.links[1].reader)))
      const steps = await walk(() => agent.engine.credit(route, basis, deposits, stop.signal))
      expect(steps.at(-1)).toMatchObject({ kind: 'credited', held: [] })
      expect(steps.length > 1).toBe(waits(parts.vaultNamed(route).vaultSource))
      expect(await agent.engine.credit(route, basis, deposits, stop.signal)).toEqual({ kind: 'nothing', held: [] })
      const [account] = await agent.engine.accounts([trader.account], await agent.engine.latest())
      expect(account?.credit).toContainEqual({ collateral: ROUTES.indexOf(route), amount: ETHER })
    },
    60_000,
  )
})

describe('a claim is paid and sold', () => {
  beforeAll(async () => {
    await network.push(await network.batches(-1))
    await tradeOnCredit(network.deployment, [trader])
    const intent = await parts.intentOn({ by: agent, account: trader.account, at: CRASH })
    fill = won(await agent.engine.bid(intent, undefined, stop.signal))
  }, 60_000)

  test.each(ROUTES)(
    'through %s',
    async (route) => {
      const vault = agent.vaults.get(route)
      if (!vault) throw new Error(`no vault ${route}`)
      const claims = parts.claimsOf(fill, route)
      const atLeast = fill.anchor.number
      const basis = await until(async () => vault.basis(atLeast, await attested(agent.links[0].reader, atLeast)))
      const steps = await walk(() => vault.redeem(claims, basis, () => wad(1n), stop.signal))
      expect(steps.at(-1)).toMatchObject({
        kind: 'sold',
        received: claims.map(({ asset, amount }) => ({ asset, amount })),
      })
      expect(steps.length > 1).toBe(waits(parts.vaultNamed(route).engineSource))
    },
    60_000,
  )
})

describe('a proposed header', () => {
  test('that was true pays its proposer the bond back', async () => {
    const source = optimistic(parts.vaultNamed('vault-optimistic').engineSource)
    const before = await balance(source.bondToken, source.at)
    const events = await disputed(source)
    expect(events.map(([name]) => name)).toEqual(['proposal:released'])
    expect(await balance(source.bondToken, source.at)).toBe(before - source.bond)
  }, 60_000)

  test.each([
    ['that never was', 0n],
    ['of a height that is not reached for hours', 10_000n],
  ])(
    '%s is challenged in time by whoever follows the chain, for half of its bond',
    async (_, above) => {
      const source = optimistic(parts.vaultNamed('vault-optimistic').engineSource)
      const number = (await agent.engine.latest()).number + above
      await propose(source, forgedHeader(number))
      const bonds = () => balance(source.bondToken, agent.seat.executor)
      const before = await bonds()
      const events = await disputed(source)
      expect(events).toEqual([
        ['proposal:struck', { source: 'test', chain: source.chain, number, bond: source.bond, tx: expect.any(String) }],
      ])
      expect((await bonds()) - before).toBe(source.bond / 2n)
      expect(await rootAt(source, number)).toBe(NOTHING)
    },
    60_000,
  )
})

/** Milliseconds into the scenario at which the price is at its first low. */
const CRASH = 13_000
const NOTHING: Hex = `0x${'0'.repeat(64)}`

/** Whether a source lets nothing be read at once: an optimistic one has its window, a message its way. */
const waits = (source: Source): boolean =>
  source.kind === 'optimistic' ||
  source.kind === 'message' ||
  (source.kind === 'quorum' && source.of.slice(0, 2).some(waits))

/** What the attestors sign of a chain's newest block, once it is at that height. */
async function attested(reader: ChainReader, atLeast = 0n): Promise<AttestedHeader | undefined> {
  const { number } = await reader.latest()
  if (number < atLeast) return undefined
  return parts.attested(reader, number)
}

async function until(look: () => Promise<Basis | undefined>): Promise<Basis> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    for (const derivation of derivations) await derivation.tell()
    await systemClock.sleep(millis(1_500), stop.signal)
  }
}

/** Step by step, through every wait; a refusal for a moment is tried again. */
async function walk<Step extends CreditStep | ClaimStep>(next: () => Promise<Step>): Promise<readonly Step[]> {
  const steps: Step[] = []
  for (let i = 0; i < 40; i++) {
    const step = await next()
    steps.push(step)
    if (step.kind !== 'waiting') return steps
    const wait = Number(step.usableAt) * 1_000 - systemClock.now()
    await systemClock.sleep(millis(Math.max(200, wait)), stop.signal)
  }
  return steps
}

type Proposing = Extract<Source, { readonly kind: 'optimistic' }> & { readonly chain: number }

function optimistic(source: Source): Proposing {
  if (source.kind !== 'optimistic') throw new Error(`a ${source.kind} source has no proposals`)
  return { ...source, chain: agent.links[1].rpc.chain }
}

/** A header of that height, with a state of its own. */
function forgedHeader(number: bigint): Hex {
  const fields: Hex[] = Array.from({ length: 16 }, (): Hex => '0x')
  fields[0] = pad('0x00')
  fields[3] = keccak256('0xf0')
  fields[8] = toHex(number)
  // The chain's clock may be a block behind ours.
  fields[11] = toHex(BigInt(Math.floor(Date.now() / 1_000) - 2))
  return toRlp(fields)
}

/** A stranger bonds it. */
async function propose({ at, bond, bondToken }: Proposing, header: Hex): Promise<void> {
  const token = (functionName: 'mint' | 'approve', who: Address) =>
    network.call(bondToken, encodeFunctionData({ abi: testTokenAbi, functionName, args: [who, bond] }))
  await token('mint', await network.stranger())
  await token('approve', at)
  await network.call(at, encodeFunctionData({ abi: optimisticSourceAbi, functionName: 'propose', args: [header] }))
}

/** Runs the agent's disputes until something came of one. */
async function disputed(source: Proposing): Promise<readonly (readonly [string, object])[]> {
  const [events, ended] = [[] as (readonly [string, object])[], new AbortController()]
  const roots = createRoots(network.scenario.bonds.threshold)
  const emit = (name: string, fields: object = {}): void => {
    events.push([name, fields])
    ended.abort()
  }
  const ground = {
    link: agent.links[1],
    executor: agent.seat.executor,
    other: sideOf(agent.links[0], agent.seat.executor, 2),
    origin: source.at,
  }
  const running = dispute({ roots, clock: systemClock, emit }, openChallenger('test', ground, source), ended.signal)
  for (let round = 0; round < 30 && !ended.signal.aborted; round++) {
    const head = await agent.links[0].reader.latest()
    for (const attestation of await network.attest(head)) roots.attest(attestation)
    await systemClock.sleep(millis(500), ended.signal).catch(() => undefined) // Disputed: the round is over.
  }
  ended.abort()
  await running
  return events
}

const balance = (token: Address, who: Address): Promise<bigint> =>
  agent.links[1].rpc.ask((node) =>
    readContract(node, { address: token, abi: erc20Abi, functionName: 'balanceOf', args: [who] }),
  )

const rootAt = ({ at }: Proposing, number: bigint): Promise<Hex> =>
  agent.links[1].rpc
    .ask((node) => readContract(node, { address: at, abi: optimisticSourceAbi, functionName: 'roots', args: [number] }))
    .then(({ blockHash }) => blockHash)

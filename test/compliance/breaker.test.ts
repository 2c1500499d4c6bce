// A quorum of attestors signs a root that never was; an agent sees what came of it and stops that route, and no other.
import { encodeFunctionData, type Hex, keccak256, toHex } from 'viem'
import { readContract } from 'viem/actions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentRegistryAbi } from '../../agent/adapters/chain/abi/agent-registry.ts'
import { vaultMirrorAbi } from '../../agent/adapters/chain/abi/vault-mirror.ts'
import { mirrorSide, openBreaker } from '../../agent/adapters/chain/breaker.ts'
import { type ChainLink, openLink } from '../../agent/adapters/chain/link.ts'
import { openSlasher } from '../../agent/adapters/chain/slash.ts'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import { signerOf } from '../../agent/adapters/signer/local-signer.ts'
import { openMemoryJournal } from '../../agent/adapters/store/memory-journal.ts'
import type { Attestation } from '../../agent/domain/message.ts'
import type { VaultDeployment } from '../../agent/domain/network.ts'
import { millis } from '../../agent/domain/units.ts'
import type { Breaker, Slasher } from '../../agent/ports/chain.ts'
import { audit, findingsOf } from '../../agent/runtime/audit.ts'
import { guard, watchBreaker } from '../../agent/runtime/guard.ts'
import { createRoots } from '../../agent/runtime/roots.ts'
import { signForgedRoot } from '../../agent/swarm/actions/forged-root.ts'
import { placeOf } from '../../agent/swarm/actions/theatre.ts'
import type { Seat } from '../../agent/swarm/seats.ts'
import { address } from '../support/builders.ts'
import { type LocalNetwork, startLocalNetwork } from '../support/local-network.ts'

const THIEF = address(0x7417ef)
const LOOT = 900n * 10n ** 18n
let network: LocalNetwork
let engine: ChainLink
let vaults: ChainLink

beforeAll(async () => {
  network = await startLocalNetwork()
  ;[engine, vaults] = await Promise.all([open(network.engine, 2), open(network.vault, 1)])
}, 120_000)

afterAll(async () => {
  await Promise.all([engine?.close(), vaults?.close()])
  await network?.stop()
})

describe('a forged root', () => {
  test('is answered by an agent with the proof of what the vault holds', async () => {
    const [fast, slow] = network.deployment.network.vaults
    if (fast === undefined || slow === undefined) throw new Error('the scenario has too few vaults')
    await forge(fast)
    expect(await view(fast, 'totalCredited')).toBe(LOOT)
    // Nothing was ever deposited: no proof shows that until something is.
    const events = await watched(fast, 30, async (round) => {
      if (round === 3) await network.deposit(address(0xa11ce), fast.id, 10n ** 18n)
    })
    expect(events).toEqual([expect.objectContaining({ books: `mirror of ${fast.id}`, chain: engine.rpc.chain })])
    expect(await view(fast, 'trippedAt')).toBeGreaterThan(0)
    expect([await view(slow, 'trippedAt'), await view(slow, 'totalCredited')]).toEqual([0, 0n])
    expect(told).toEqual([`mirror of ${fast.id} tripped: true`, 'W_ROUTE_TRIPPED'])
  }, 60_000)

  test('leaves an honest route alone however often it is looked at', async () => {
    const [, slow] = network.deployment.network.vaults
    if (slow === undefined) throw new Error('the scenario has too few vaults')
    await network.deposit(address(0xb0b), slow.id, 10n ** 18n)
    expect([await watched(slow, 3), told.slice(2)]).toEqual([[], [`mirror of ${slow.id} tripped: false`]])
    expect(await view(slow, 'trippedAt')).toBe(0)
  }, 60_000)
})

describe('an audit', () => {
  test('finds what was credited and never deposited, by proofs alone, and finds nothing on the honest route', async () => {
    const described = network.deployment.network
    const readers = new Map([engine, vaults].map(({ rpc, reader }) => [rpc.chain, reader]))
    const rows = []
    for await (const row of audit(described, readers)) rows.push(row)
    const [fast, slow] = described.vaults
    const forged = rows.filter(({ findings }) => findings.length > 0)
    expect(forged.map(({ vault, asset }) => [vault, asset])).toEqual([[fast?.id, fast?.assets[0]?.symbol]])
    expect(forged[0]).toMatchObject({ credited: LOOT, deposited: 10n ** 18n, held: 10n ** 18n })
    expect(forged[0]?.findings).toEqual([`more was credited than was ever deposited by ${LOOT - 10n ** 18n}`])
    expect(rows.find(({ vault }) => vault === slow?.id)).toMatchObject({ deposited: 10n ** 18n, held: 10n ** 18n })
    expect(rows).toHaveLength(described.vaults.flatMap(({ assets }) => assets).length)
  }, 60_000)

  test('says what is missing, in the order in which it would be missed', () => {
    const sound = { held: 10n, deposited: 12n, exited: 1n, paid: 1n, credited: 12n, owed: 5n, paidBefore: 1n }
    expect(findingsOf(sound)).toEqual([])
    expect(findingsOf({ ...sound, held: 9n, owed: 13n, paidBefore: 14n })).toEqual([
      'the vault holds less than was deposited and not paid out by 1',
      'more is owed than was credited by 1',
      'more was paid than is owed by 1',
    ])
  })
})

describe('an attestor who signed two blocks at one height', () => {
  test('loses its bond to the first who reports it, and the second finds nothing left', async () => {
    const [guilty, reporter] = network.deployment.seats.filter(({ attest }) => attest).reverse()
    if (guilty === undefined || reporter === undefined) throw new Error('the scenario has too few attestors')
    const evidence = await twoBlocksBy(guilty)
    const registry = network.deployment.network.engines[0]?.registry ?? '0x'
    const bonded = async (): Promise<readonly [bigint, boolean]> => {
      const call = {
        address: registry,
        abi: agentRegistryAbi,
        functionName: 'agents',
        args: [guilty.operator],
      } as const
      const { bond, attestor } = await engine.rpc.ask((node) => readContract(node, call))
      return [bond, attestor]
    }
    const [before] = await bonded()
    const slasher = openSlasher(engine, network.deployment.seats[0]?.executor ?? '0x', registry)
    const { signal } = new AbortController()
    expect(before).toBeGreaterThan(0n)
    expect(await slasher.slash(evidence, signal)).toMatch(/^0x[0-9a-f]{64}$/)
    expect(await bonded()).toEqual([0n, false])
    expect(await slasher.slash(evidence, signal)).toBeUndefined()
  }, 60_000)
})

async function twoBlocksBy({ key, operator }: Seat): Promise<Parameters<Slasher['slash']>[0]> {
  const sign = async (hash: Hex): Promise<Attestation> => {
    const block = { chain: engine.rpc.chain, number: 1_000n, hash }
    const signature = await signerOf(key).signStatement({ kind: 'attestation', ...block })
    return { ...block, attestor: operator, signature }
  }
  return { kind: 'attestations', first: await sign(keccak256('0x01')), second: await sign(keccak256('0x02')) }
}

/** Runs the agent's guard over honest attestations of the vault chain, until it trips or has seen so many roots. */
/** What looks at breakers told their agents. */
const told: string[] = []

async function watched(
  vault: VaultDeployment,
  rounds = 30,
  before: (round: number) => Promise<void> = async () => {},
): Promise<readonly object[]> {
  const [seat] = network.deployment.seats
  if (seat === undefined) throw new Error('the scenario has no seats')
  const roots = createRoots(network.scenario.bonds.threshold)
  const [events, stop] = [[] as object[], new AbortController()]
  const emit = (_: string, fields: object = {}): void => {
    events.push(fields)
    stop.abort()
  }
  const other = { reader: vaults.reader, finality: 1 }
  const breaker = openBreaker(mirrorSide(vault, { link: engine, executor: seat.executor, other }))
  const guarding = guard({ roots, clock: systemClock, emit }, breaker, stop.signal)
  for (let round = 0; round < rounds && !stop.signal.aborted; round++) {
    await before(round)
    const head = await vaults.reader.latest()
    for (const attestation of await network.attest(head)) roots.attest(attestation)
    await systemClock.sleep(millis(1_000), stop.signal).catch(() => undefined) // Tripped: the round is over.
  }
  stop.abort()
  await guarding
  await look(breaker)
  return events
}

/** One look at a breaker, as every agent makes it before it quotes on the route. */
async function look(breaker: Breaker): Promise<void> {
  const enough = new AbortController()
  const tell: Parameters<typeof watchBreaker>[0]['tell'] = (input) => {
    if (input.kind === 'breaker') told.push(`${input.side} of ${input.vault} tripped: ${input.tripped}`)
    if (input.kind === 'halt') told.push(input.halt.reason)
    enough.abort()
  }
  const emit = (_event: string, fields?: { readonly [name: string]: unknown }) =>
    void told.push(String(fields?.['code']))
  await watchBreaker({ clock: systemClock, tell, emit }, { breaker, broken: new Map() }, enough.signal)
}

/** A whole quorum swears to the thief's deposit, and the mirror believes it. */
async function forge(vault: VaultDeployment): Promise<void> {
  const [asset] = vault.assets
  if (asset === undefined || vault.vaultSource.kind !== 'attested') throw new Error('the vault is not as it was')
  const lie = { place: placeOf(network.deployment, vault.id), account: THIEF, token: asset.token, units: LOOT }
  const proof = [THIEF, asset.token, await signForgedRoot(vault.vaultSource, lie, network)] as const
  await send(vault.mirror, encodeFunctionData({ abi: vaultMirrorAbi, functionName: 'prove', args: proof }))
}

async function send(to: Hex, data: Hex): Promise<void> {
  const [from] = await network.engine.rpc.request<readonly Hex[]>('eth_accounts')
  const fees = {
    gas: toHex(2_000_000n),
    maxFeePerGas: toHex(2_000_000_000n),
    maxPriorityFeePerGas: toHex(2_000_000_000n),
  }
  const hash = await network.engine.rpc.request<Hex>('eth_sendTransaction', [{ from, to, data, ...fees }])
  for (;;) {
    const receipt = await network.engine.rpc.request<{ status: Hex } | null>('eth_getTransactionReceipt', [hash])
    if (receipt?.status === '0x1') return
    if (receipt !== null) throw new Error(`refused: ${data.slice(0, 10)}`)
  }
}

function view(vault: VaultDeployment, name: 'trippedAt' | 'totalCredited'): Promise<unknown> {
  const [asset] = vault.assets
  const place = { address: vault.mirror, abi: vaultMirrorAbi } as const
  return engine.rpc.ask(
    (node): Promise<unknown> =>
      name === 'trippedAt'
        ? readContract(node, { ...place, functionName: name })
        : readContract(node, { ...place, functionName: name, args: [asset?.token ?? '0x'] }),
  )
}

function open(chain: LocalNetwork['engine'], blocks: number): Promise<ChainLink> {
  const [seat] = network.deployment.seats
  if (seat === undefined) throw new Error('the scenario has no seats')
  const fees = { tip: 1_000_000_000n, ceiling: 100_000_000_000n, baseFee: 'zero' } as const
  const finality = [{ below: undefined, blocks, proof: true }]
  const sending = { signer: signerOf(seat.key), journal: openMemoryJournal(), fees, finality }
  return openLink({ chain: chain.id, urls: [chain.url], clock: systemClock, poll: millis(50), sending })
}

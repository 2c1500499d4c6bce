// An agent on paper beside the real market: it books what its bids would have become, and nothing ever leaves it.
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openPaperBook, type PaperBook } from '../../agent/adapters/chain/paper-book.ts'
import { type Paper, paperEngine } from '../../agent/adapters/chain/paper-engine.ts'
import { paperVault } from '../../agent/adapters/chain/paper-vault.ts'
import type { Ground } from '../../agent/adapters/chain/sources/testimony.ts'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import { openMemoryJournal } from '../../agent/adapters/store/memory-journal.ts'
import type { Fill } from '../../agent/domain/liquidation.ts'
import type { VaultDeployment } from '../../agent/domain/network.ts'
import { millis, wad } from '../../agent/domain/units.ts'
import type { EngineChain } from '../../agent/ports/chain.ts'
import { askAgent } from '../../agent/runtime/control.ts'
import { runAgent } from '../../agent/runtime/run.ts'
import { openRpcProxy, type RpcProxy } from '../../agent/swarm/faults/rpc-proxy.ts'
import { lockCollateral, nameTraders, openAccounts, type Trader, tradeOnCredit } from '../../agent/swarm/traders.ts'
import { agentConfig } from '../../config/schema.ts'
import { temporaryFolder } from '../support/config-file.ts'
import { createFakeNetwork } from '../support/fake-gossip.ts'
import { type LocalNetwork, startLocalNetwork } from '../support/local-network.ts'
import { type Parts, playOn, type Seat } from '../support/seat.ts'
import { eventually } from '../support/sending.ts'
import { ETHER, long, won } from '../support/settlement.ts'
import { OWNER } from '../support/signing.ts'

const never = new AbortController().signal
const CAPITAL = wad(100_000n * ETHER)
/** A moment of the scenario at which every account is below maintenance. */
const CRASH = 60_000

let network: LocalNetwork
let parts: Parts
let seat: Seat
let rival: Seat
let traders: readonly Trader[]
let proxies: readonly RpcProxy[]

beforeAll(async () => {
  network = await startLocalNetwork()
  parts = playOn(network)
  ;[seat, rival] = await Promise.all([parts.takeSeat(0), parts.takeSeat(1)])
  proxies = await Promise.all([network.engine, network.vault].map(({ url }) => openRpcProxy({ upstream: url })))
  traders = await nameTraders(network.deployment, [long(1n), long(2n), long(3n)])
  await Promise.all([lockCollateral(network.deployment, traders), openAccounts(network.deployment, traders)])
  for (const vault of [seat.fast, seat.slow]) {
    const { number } = await vault.latest()
    const root = await parts.basisAt(vault, number)
    await seat.engine.credit(vault.vault, root, await vault.deposits(0n, number), never)
  }
  await network.push(await network.batches(-1))
  await tradeOnCredit(network.deployment, traders)
}, 120_000)

afterAll(async () => {
  await Promise.all([...(seat?.links ?? []), ...(rival?.links ?? [])].map((link) => link.close()))
  await Promise.all((proxies ?? []).map((proxy) => proxy.close()))
  await network?.stop()
})

describe('a bid on paper', () => {
  let fill: Fill
  let real: Fill

  test('is won when nobody moved the account, at what the real bid then gets or worse', async () => {
    const book = openPaperBook(openMemoryJournal(), CAPITAL)
    const engine = onPaper(book)
    const intent = await parts.intentOn({ by: seat, account: traders[0]?.account, at: CRASH })
    fill = won(await engine.bid(intent, undefined, never))
    expect(await engine.cash(seat.seat.executor)).toBe(CAPITAL + fill.cashChange)
    expect(await engine.bid(intent, undefined, never)).toEqual({ kind: 'declined', reason: 'TAKEN_ON_PAPER' })
    const { account } = intent.quote.candidate
    expect(await engine.accounts([account.id], await engine.latest())).toEqual([])
    real = won(await seat.engine.bid(await again(0), undefined, never))
    expect(fill.legs).toEqual(real.legs)
    expect({ outlay: fill.outlay, tradeFees: fill.tradeFees }).toEqual({
      outlay: real.outlay,
      tradeFees: real.tradeFees,
    })
    expect(fill.cashChange).toBe(real.cashChange)
  })

  test('sells its claims at what the real sale then brings', async () => {
    const book = openPaperBook(openMemoryJournal(), CAPITAL)
    const [claims, paper] = [parts.claimsOf(fill, 'vault-fast'), vaultOnPaper(book)]
    const number = (await seat.engine.latest()).number
    const root = await parts.basisAt(seat.engine, number)
    expect(await paper.redeem(claims, root, () => wad(10n ** 30n), never)).toEqual({
      ...{ kind: 'stuck', reason: 'BELOW_FLOOR', gasCost: 0n },
    })
    const step = await paper.redeem(claims, root, () => wad(1n), never)
    const sold = await parts.redeem(seat, seat.fast, parts.claimsOf(real, 'vault-fast'))
    if (step.kind !== 'sold' || sold.kind !== 'sold') throw new Error(`${step.kind}, ${sold.kind}`)
    expect(step.sale.proceeds).toBe(sold.sale.proceeds)
    expect(step.received).toEqual(sold.received)
    expect(await paper.claimed(OWNER, claims[0]?.asset ?? '0x')).toBe(claims[0]?.amount)
    await network.guard('vault-fast', 'pause')
    expect(await paper.redeem(claims, root, () => wad(1n), never)).toMatchObject({ kind: 'stuck', reason: 'PAUSED' })
    await network.guard('vault-fast', 'unpause')
  })

  test('is lost to whoever was faster, for the gas of a revert', async () => {
    const book = openPaperBook(openMemoryJournal(), CAPITAL)
    const intent = await parts.intentOn({ by: seat, account: traders[1]?.account, at: CRASH })
    const outcome = onPaper(book, millis(2_500)).bid(intent, undefined, never)
    won(
      await rival.engine.bid(
        await parts.intentOn({ by: rival, account: traders[1]?.account, at: CRASH }),
        undefined,
        never,
      ),
    )
    expect(await outcome).toMatchObject({ kind: 'lost', reason: 'LOST_RACE', gasCost: expect.any(BigInt) })
    expect(await onPaper(book).cash(seat.seat.executor)).toBe(CAPITAL)
  })

  test('survives a restart: cash, what is owed and what was taken', async () => {
    const journal = openMemoryJournal()
    const book = openPaperBook(journal, CAPITAL)
    const owed = { vault: 'vault-fast', asset: OWNER, amount: 7n } as const
    book.filled(seat.engine.id, wad(-5n), [owed])
    book.take(seat.engine.id, OWNER, 9n)
    book.sold([{ ...owed, amount: 3n }])
    const reopened = openPaperBook(journal, wad(1n))
    const engine = seat.engine.id
    const found = { cash: reopened.cash(engine), owed: reopened.owed('vault-fast', OWNER) }
    expect({ ...found, claimed: reopened.claimed('vault-fast', OWNER), taken: reopened.taken(engine, OWNER) }).toEqual({
      ...{ cash: CAPITAL - 5n, owed: 7n, claimed: 3n, taken: 9n },
    })
  })
})

test('a whole agent on paper wins, settles and reports, and no signature is asked for and nothing is sent', async () => {
  const { path, asked } = await spyingSigner()
  const dataDir = join(temporaryFolder(), 'paper')
  const { executor } = seat.seat
  const config = agentConfig.parse({
    ...{ network: 'network.json', mode: 'paper', dataDir, keys: { socket: path }, attest: true, relay: true },
    chains: [network.engine, network.vault].map(({ id }, i) => ({ id, rpc: [proxies[i]?.url ?? ''], executor })),
    strategies: [{ use: 'first-come' }],
    // Nobody trades in the pools of this test: they stand where they stood before the fall.
    protections: { market: '100 %' },
    paper: { latency: '100ms', capital: '1000000 USD' },
  })
  // A paper agent opens no auction: here somebody else does, and then lets it be.
  const { candidate } = (await again(2)).quote
  expect((await rival.engine.openAuctions([candidate], never)).started).toEqual([traders[2]?.account])
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
  const seen = (name: string) => events.filter(({ event }) => event === name).map(({ fields }) => fields)
  await eventually(
    () => seen('settlement:closed').length,
    (count) => count > 0,
  )
  expect(await askAgent(dataDir, { ask: 'status' })).toMatchObject({ paper: true })
  stop.abort()
  expect(await running).toBe(0)
  await speaking
  expect(seen('bid:won').map(({ account }) => account)).toEqual([traders[2]?.account])
  const [closed] = seen('settlement:closed')
  expect(seen('agent:summary')).toMatchObject([{ wins: 1, closed: 1, attribution: expect.anything() }])
  expect(closed?.['attribution']).toMatchObject({ total: expect.any(BigInt) })
  expect(asked).toEqual([])
  const calls = proxies.flatMap((proxy) => [...proxy.calls.keys()])
  expect(calls.filter((method) => /send|sign|account_/i.test(method))).toEqual([])
  expect(calls).toContain('eth_call')
}, 120_000)

/** The other side of the market: publishers speak, attestors attest. */
async function speakFor(gossip: ReturnType<typeof createFakeNetwork>, signal: AbortSignal): Promise<void> {
  const yes = { publisher: () => true, attestor: () => true, trusted: () => 'own' as const }
  const described = network.deployment.network
  const mouth = await gossip.join({ network: described, trust: yes, now: systemClock.now, signal })
  const began = systemClock.now()
  while (!signal.aborted) {
    for (const batch of await network.batches(CRASH + systemClock.now() - began)) await mouth.publish('price', batch)
    for (const reader of [seat.engine, seat.fast])
      for (const attestation of await network.attest(await reader.latest()))
        await mouth.publish('attestation', attestation)
    await systemClock.sleep(millis(300), signal).catch(() => undefined)
  }
}

/** A signer that says who it is and writes down whatever it is asked. */
async function spyingSigner(): Promise<{ readonly path: string; readonly asked: readonly string[] }> {
  const path = join(temporaryFolder(), 's.sock')
  const asked: string[] = []
  const server = createServer((line) => {
    line.write(`${JSON.stringify({ address: OWNER })}\n`)
    line.on('error', () => line.destroy())
    createInterface({ input: line }).on('line', (text) => void asked.push(text))
  })
  await new Promise<void>((started) => server.listen(path, started))
  onTestFinished(() => void server.close())
  return { path, asked }
}

const paperOver = (link: Seat['links'][number] | undefined, book: PaperBook, latency = millis(50)): Paper => {
  if (link === undefined) throw new Error('the seat has no such chain')
  return { link, book, latency, fees: { tip: 1_000_000_000n, ceiling: 100_000_000_000n, baseFee: 'zero' } }
}

const onPaper = (book: PaperBook, latency = millis(50)): EngineChain =>
  paperEngine({
    ...paperOver(seat.links[0], book, latency),
    ...{ real: seat.engine, executor: seat.seat.executor, network: network.deployment.network },
  })

const vaultOnPaper = (book: PaperBook) =>
  paperVault({ ...paperOver(seat.links[1], book), real: seat.fast, deployment: fast(), ground: groundOf(fast()) })

const fast = () => parts.vaultNamed('vault-fast')

/** Where the vault's source stands, for somebody who sends nothing. */
function groundOf({ mirror }: VaultDeployment): Ground {
  const [engine, link] = seat.links
  if (engine === undefined || link === undefined) throw new Error('the seat has no such chain')
  const other = { reader: engine.reader, transactor: undefined, finality: 2 }
  return { link, executor: seat.seat.executor, other, origin: mirror }
}

const again = (trader: number) => parts.intentOn({ by: seat, account: traders[trader]?.account, at: CRASH })

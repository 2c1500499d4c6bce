// The publishers: one process, several keys. Signs every feed a few times a second, gossips it, and keeps the chains fresh.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, encodeFunctionData, type Hex, toHex } from 'viem'
import { loadNetwork } from '../../config/network.ts'
import type { Scenario } from '../../config/scenario.ts'
import { priceBookAbi } from '../adapters/chain/abi/price-book.ts'
import { joinGossip } from '../adapters/gossip/node.ts'
import { signerOf } from '../adapters/signer/local-signer.ts'
import type { PriceBatch } from '../domain/market.ts'
import type { EngineDeployment, Network } from '../domain/network.ts'
import { type ChainId, instant } from '../domain/units.ts'
import { quorumPrices } from '../maths/oracle.ts'
import type { Gossip, TrustBook } from '../ports/gossip.ts'
import type { Signer } from '../ports/signer.ts'
import { type Market, openMarket } from '../simulator/scenario/market.ts'
import { fromText, toText } from './plain.ts'
import { openRpc, type Rpc } from './rpc.ts'

/** What the process is told in its one file. `account` pushes on chain; the node holds its key. */
export type PublishersConfig = {
  readonly scenario: Scenario
  readonly network: string
  readonly keys: readonly Hex[]
  readonly chains: readonly { readonly id: ChainId; readonly url: string; readonly account: Address }[]
}

/** One line of its output per tick and engine: what the quorum rule makes of the batches just published. */
export type PublishedPrices = {
  readonly event: 'prices'
  readonly engine: ChainId
  readonly sequence: number
  /** Wall milliseconds since the opening; negative before. */
  readonly at: number
  readonly feeds: readonly {
    readonly feed: number
    readonly price: bigint
    readonly confidence: number
    readonly shocks: bigint
  }[]
}

type Desk = {
  readonly config: PublishersConfig
  readonly network: Network
  readonly market: Market
  readonly signers: readonly Signer[]
  readonly gossip: Gossip
  readonly pushed: Map<ChainId, number>
}

async function run(config: PublishersConfig): Promise<void> {
  const network = loadNetwork(config.network)
  const leaving = new AbortController()
  process.stdin.on('end', () => process.exit(0)).on('close', () => process.exit(0))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => leaving.abort())
  const heads = watchHeads(config, leaving.signal)
  const gossip = await joinGossip({
    network,
    trust: trustIn(network, heads),
    listen: '127.0.0.1:0',
    bootstrap: [],
    now: () => instant(Date.now()),
    devnet: true,
    signal: leaving.signal,
  })
  say({ event: 'publishers:ready', addresses: gossip.addresses })
  void relayOnly(gossip, leaving.signal)
  const signers = config.keys.map((key) => signerOf(key))
  const desk: Desk = { config, network, market: openMarket(config.scenario), signers, gossip, pushed: new Map() }
  await tick(desk, openings(), leaving.signal)
  await gossip.stop()
  process.exit(0)
}

/** The opening arrives as a line on standard input; until then every feed stands at its start. */
function openings(): () => number | undefined {
  let opening: number | undefined
  createInterface({ input: process.stdin }).on('line', (line) => {
    opening = Number(line)
  })
  return () => opening
}

async function tick(desk: Desk, opening: () => number | undefined, signal: AbortSignal): Promise<void> {
  const { interval } = desk.config.scenario.prices
  for (let next = Date.now(); !signal.aborted; next = Math.max(next + interval, Date.now())) {
    await sleep(Math.max(0, next - Date.now()))
    const opened = opening()
    const at = opened === undefined ? -1 : Date.now() - opened
    await Promise.all(desk.network.engines.map((engine) => publish(desk, engine, at)))
  }
}

async function publish(desk: Desk, engine: EngineDeployment, at: number): Promise<void> {
  const batches = await Promise.all(desk.signers.map((signer, i) => sign(desk, { engine, signer, index: i, at })))
  say({
    event: 'prices',
    engine: engine.chain,
    sequence: batches[0]?.sequence ?? 0,
    at,
    feeds: [...quorumPrices(batches).values()],
  })
  await Promise.all(batches.map((batch) => desk.gossip.publish('price', batch).catch(complain)))
  const last = desk.pushed.get(engine.chain) ?? 0
  if (Date.now() - last < HEARTBEAT) return
  desk.pushed.set(engine.chain, Date.now())
  await push(desk, engine, batches).catch(complain)
}

/** Prices on chain are this fresh at worst, so that anyone may trade and every view answers. */
const HEARTBEAT = 1_500

type Turn = { readonly engine: EngineDeployment; readonly signer: Signer; readonly index: number; readonly at: number }

async function sign({ config, market }: Desk, { engine, signer, index, at }: Turn): Promise<PriceBatch> {
  const sequence = instant(Date.now())
  const entries = market.entries(at < 0 ? at : Math.round(at), index)
  const unsigned = {
    engine: engine.chain,
    sequence,
    validUntil: instant(sequence + 2 * config.scenario.prices.maxAge),
    entries,
  }
  const statement = { kind: 'price', priceBook: engine.priceBook, batch: unsigned } as const
  const signature = await signer.signStatement(statement)
  return { ...unsigned, publisher: signer.address, signature }
}

async function push({ config }: Desk, engine: EngineDeployment, batches: readonly PriceBatch[]): Promise<void> {
  const chain = config.chains.find((one) => one.id === engine.chain)
  if (chain === undefined) return
  const wire = batches.map(({ sequence, validUntil, entries, signature }) => ({
    sequence,
    validUntil,
    entries,
    signature,
  }))
  const data = encodeFunctionData({ abi: priceBookAbi, functionName: 'push', args: [wire] })
  const fee = toHex(2_000_000_000n)
  const transaction = {
    from: chain.account,
    to: engine.priceBook,
    data,
    gas: toHex(1_500_000n),
    maxFeePerGas: fee,
    maxPriorityFeePerGas: fee,
  }
  await openRpc(chain.url).request('eth_sendTransaction', [transaction])
}

/** Blocks of every chain as our own node tells them, so that states of the agents can be checked and passed on. */
function watchHeads(config: PublishersConfig, signal: AbortSignal): ReadonlyMap<string, string> {
  const seen = new Map<string, string>()
  const look = async (rpc: Rpc, chain: ChainId): Promise<void> => {
    while (!signal.aborted) {
      const head = await rpc
        .request<{ number: Hex; hash: Hex }>('eth_getBlockByNumber', ['latest', false])
        .catch(() => undefined)
      if (head !== undefined) seen.set(`${chain}:${BigInt(head.number)}`, head.hash)
      await sleep(250)
    }
  }
  for (const chain of config.chains) void look(openRpc(chain.url), chain.id)
  return seen
}

const trustIn = (network: Network, heads: ReadonlyMap<string, string>): TrustBook => ({
  publisher: (address) => network.publishers.includes(address),
  attestor: (address) => network.attestors.includes(address),
  trusted: (chain, number, hash) => (heads.get(`${chain}:${number}`) === hash ? 'own' : 'unknown'),
})

/** Accepts what was verified, so that it travels on; keeps nothing. */
async function relayOnly(gossip: Gossip, signal: AbortSignal): Promise<void> {
  for await (const _ of gossip.messages(() => ({ kind: 'accept' }), signal));
}

const say = (event: object): void => void process.stdout.write(`${toText(event)}\n`)
const complain = (error: unknown): void => say({ event: 'alarm', code: 'E_PUBLISH', detail: String(error) })

// Last, when every constant above exists.
await run(fromText<PublishersConfig>(readFileSync(process.argv[2] ?? '', 'utf8')))

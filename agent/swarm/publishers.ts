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
import { type Market, type Nudge, openMarket } from '../simulator/scenario/market.ts'
import { believed, type MarketWord, speaks } from './faults/oracle.ts'
import { fromText, toText } from './plain.ts'
import { openRpc, type Rpc } from './rpc.ts'

/** What the process is told in its one file. `account` pushes on chain; the node holds its key. */
export type PublishersConfig = {
  readonly scenario: Scenario
  readonly network: string
  readonly keys: readonly Hex[]
  readonly chains: readonly { readonly id: ChainId; readonly url: string; readonly account: Address }[]
  /** Peers to dial, and the address to tell them instead of the real one. */
  readonly bootstrap: readonly string[]
  readonly announce: readonly string[]
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
  readonly heads: Heads
  /** What we were told last. */
  readonly word: () => MarketWord
}

/** Hashes of blocks by chain and height, and the newest base fee of every chain. */
type Heads = { readonly hashes: Map<string, string>; readonly fees: Map<ChainId, bigint> }

async function run(config: PublishersConfig): Promise<void> {
  const network = loadNetwork(config.network)
  const leaving = new AbortController()
  process.stdin.on('end', () => process.exit(0)).on('close', () => process.exit(0))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => leaving.abort())
  const heads = watchHeads(config, leaving.signal)
  const gossip = await joinGossip({
    network,
    trust: trustIn(network, heads.hashes),
    listen: '127.0.0.1:0',
    announce: config.announce,
    bootstrap: config.bootstrap,
    now: () => instant(Date.now()),
    devnet: true,
    signal: leaving.signal,
    report: (event) => {
      if (event.kind === 'listening') say({ ...event, event: 'link:listening' })
    },
  })
  say({ event: 'publishers:ready', addresses: gossip.addresses })
  void relayOnly(gossip, leaving.signal)
  const signers = config.keys.map((key) => signerOf(key))
  const { word, nudges } = words()
  const market = openMarket(config.scenario, nudges)
  await tick({ config, network, market, signers, gossip, heads, word, pushed: new Map() }, leaving.signal)
  await gossip.stop()
  process.exit(0)
}

/** What we are told arrives in lines on standard input; until the opening every feed stands at its start. */
function words(): { readonly word: () => MarketWord; readonly nudges: readonly Nudge[] } {
  let word: MarketWord = { nudges: [], bends: [] }
  const nudges: Nudge[] = []
  createInterface({ input: process.stdin }).on('line', (line) => {
    // Our own supervisor writes these lines.
    word = JSON.parse(line) as MarketWord
    nudges.splice(0, nudges.length, ...word.nudges)
  })
  return { word: () => word, nudges }
}

async function tick(desk: Desk, signal: AbortSignal): Promise<void> {
  const { interval } = desk.config.scenario.prices
  // The market goes by true time, whatever our clock says: a clock that jumps moves what we sign, not what is worth what.
  for (let next = performance.now(); !signal.aborted; next = Math.max(next + interval, performance.now())) {
    await sleep(Math.max(0, next - performance.now()))
    const { opened } = desk.word()
    const at = opened === undefined ? -1 : Math.round(performance.timeOrigin + performance.now() - opened)
    await Promise.all(desk.network.engines.map((engine) => publish(desk, engine, at)))
  }
}

async function publish(desk: Desk, engine: EngineDeployment, at: number): Promise<void> {
  const { bends } = desk.word()
  const speaking = [...desk.signers.entries()].filter(([index]) => speaks(bends, index))
  const batches = await Promise.all(speaking.map(([index, signer]) => sign(desk, { engine, signer, index, at })))
  const agreed = batches.length >= desk.config.scenario.prices.quorum
  if (agreed) {
    const [sequence, feeds] = [batches[0]?.sequence ?? 0, [...quorumPrices(batches).values()]]
    say({ event: 'prices', engine: engine.chain, sequence, at, feeds })
  }
  await Promise.all(batches.map((batch) => desk.gossip.publish('price', batch).catch(complain)))
  if (!agreed) return
  const last = desk.pushed.get(engine.chain) ?? 0
  if (Date.now() - last < HEARTBEAT) return
  desk.pushed.set(engine.chain, Date.now())
  await push(desk, engine, batches).catch(complain)
}

/** Prices on chain are this fresh at worst, so that anyone may trade and every view answers. */
const HEARTBEAT = 1_500

type Turn = { readonly engine: EngineDeployment; readonly signer: Signer; readonly index: number; readonly at: number }

async function sign({ config, market, word }: Desk, { engine, signer, index, at }: Turn): Promise<PriceBatch> {
  const sequence = instant(Date.now())
  const entries = market.entries(at < 0 ? at : Math.round(at), index, believed(market, word().bends, index))
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

async function push({ config, heads }: Desk, engine: EngineDeployment, batches: readonly PriceBatch[]): Promise<void> {
  const chain = config.chains.find((one) => one.id === engine.chain)
  if (chain === undefined) return
  const wire = batches.map(({ sequence, validUntil, entries, signature }) => ({
    sequence,
    validUntil,
    entries,
    signature,
  }))
  const data = encodeFunctionData({ abi: priceBookAbi, functionName: 'push', args: [wire] })
  const fee = toHex(TIP + 2n * (heads.fees.get(engine.chain) ?? 0n))
  const transaction = {
    from: chain.account,
    to: engine.priceBook,
    data,
    gas: toHex(1_500_000n),
    maxFeePerGas: fee,
    maxPriorityFeePerGas: toHex(TIP),
  }
  await openRpc(chain.url).request('eth_sendTransaction', [transaction])
}

const TIP = 2_000_000_000n

/** Blocks of every chain as our own node tells them, so that states of the agents can be checked and passed on. */
function watchHeads(config: PublishersConfig, signal: AbortSignal): Heads {
  const heads: Heads = { hashes: new Map(), fees: new Map() }
  const look = async (rpc: Rpc, chain: ChainId): Promise<void> => {
    while (!signal.aborted) {
      const head = await rpc
        .request<{ number: Hex; hash: Hex; baseFeePerGas?: Hex }>('eth_getBlockByNumber', ['latest', false])
        .catch(() => undefined)
      if (head !== undefined) {
        heads.hashes.set(`${chain}:${BigInt(head.number)}`, head.hash)
        heads.fees.set(chain, BigInt(head.baseFeePerGas ?? '0x0'))
      }
      await sleep(250)
    }
  }
  for (const chain of config.chains) void look(openRpc(chain.url), chain.id)
  return heads
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

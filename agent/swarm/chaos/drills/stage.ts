// A small stage for one fault at a time: a chain that mines when told to, three providers before it, a key, a journal.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Hash, type Hex, keccak256 } from 'viem'
import {
  type ChainLink,
  type LinkOptions,
  openLink,
  type SendingOptions,
  sender,
} from '../../../adapters/chain/link.ts'
import type { Order, Transactor } from '../../../adapters/chain/transactor.ts'
import { systemClock } from '../../../adapters/clock/system-clock.ts'
import { signerOf } from '../../../adapters/signer/local-signer.ts'
import { openSqliteJournal, type SqliteJournal } from '../../../adapters/store/sqlite-journal.ts'
import { chainId, millis, type Wad, wad } from '../../../domain/units.ts'
import type { JournaledTx } from '../../../ports/journal.ts'
import { openRpcProxy, type RpcProxy } from '../../faults/rpc-proxy.ts'
import { anvilBinary } from '../../local-chain.ts'
import { openRpc, type Rpc } from '../../rpc.ts'

export const CHAIN = chainId(31_337)
export const GWEI = 10n ** 9n
/** Blocks on top that are final here. */
export const FINALITY = 3
/** First account of every devnet. */
export const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
export const signer = signerOf(KEY)
export const usd = (dollars: number): Wad => wad(BigInt(dollars) * 10n ** 18n)
export const never: AbortSignal = new AbortController().signal

/** What a drill found wrong, in words. Nothing is what a sound agent gives. */
export type Drill = (stage: Stage) => Promise<readonly string[]>

/** Everything that a drill acts on. */
export type Stage = {
  readonly node: Rpc
  readonly proxies: readonly [RpcProxy, RpcProxy, RpcProxy]
  readonly folder: string
  readonly journal: SqliteJournal
  readonly alarms: readonly string[]
  open(changes?: Partial<SendingOptions>, place?: Partial<LinkOptions>): Promise<Transactor>
  /** Ends every transactor and closes the journal. */
  stop(): Promise<void>
  mine(blocks?: number): Promise<void>
  /** Mines until it holds, so many blocks at most; whether it did. */
  mineUntil(holds: () => unknown, blocks?: number): Promise<boolean>
  /** What the chain says of our transactions, oldest first. */
  mined(): Promise<readonly Mined[]>
}

/** A transaction of ours in a block. */
export type Mined = { readonly hash: Hash; readonly nonce: number; readonly input: Hex; readonly block: number }

/** Opens a stage for one drill and takes it down again. */
export async function onStage(drill: Drill): Promise<readonly string[]> {
  const began = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'lienmesh-drill-'))
  const chain = await startChain()
  const node = openRpc(chain.url)
  const proxy = (seed: number) => openRpcProxy({ upstream: chain.url, seed })
  const proxies = [await proxy(1), await proxy(2), await proxy(3)] as const
  const [links, alarms]: [ChainLink[], string[]] = [[], []]
  const journal = openSqliteJournal({ path: join(folder, 'journal.db'), owner: OWNER })
  const mine = async (blocks = 1): Promise<void> => {
    for (let i = 0; i < blocks; i++) await node.request('evm_mine')
  }
  slowness = Math.max(1, (performance.now() - began) / IDLE)
  let closed = false
  const stop = async (): Promise<void> => {
    await Promise.all(links.splice(0).map((link) => link.close()))
    if (!closed) journal.close()
    closed = true
  }
  try {
    return await drill({
      ...{ node, proxies, folder, journal, alarms, stop, mine },
      open: async (changes = {}, place = {}) => {
        const link = await openLink(
          sendingOver(chain.url, { ...changes, journal: changes.journal ?? journal }, place, alarms),
        )
        links.push(link)
        return sender(link)
      },
      mineUntil: (holds, blocks = 40) => mineUntil(mine, holds, blocks),
      mined: () => minedOn(node),
    })
  } finally {
    await stop()
    await Promise.all(proxies.map((one) => one.close()))
    chain.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

export const OWNER = `key ${signer.address}`

function sendingOver(
  url: string,
  changes: Partial<SendingOptions> & Pick<SendingOptions, 'journal'>,
  place: Partial<LinkOptions>,
  alarms: string[],
): LinkOptions {
  const sending: SendingOptions = {
    ...{ signer, fees: { tip: GWEI, ceiling: 100n * GWEI, baseFee: 'zero' } },
    ...{ finality: [{ below: undefined, blocks: FINALITY, proof: false }], patience: 1_000 },
    ...changes,
  }
  const alarm = (code: string, detail: string): void => void alarms.push(`${code} ${detail}`)
  return { chain: CHAIN, urls: [url], clock: systemClock, poll: millis(10), alarm, sending, ...place }
}

/** Milliseconds that a stage takes to stand on an idle machine, and how many times as long it took here. */
const IDLE = 250
let slowness = 1

/** Looks until it holds, for so many milliseconds of an idle machine at most; whether it did. */
export async function until(holds: () => unknown, patience = 8_000): Promise<boolean> {
  for (const end = Date.now() + patience * slowness; Date.now() < end; await sleep(10)) if (await holds()) return true
  return false
}

/** A block at a time, each with a moment for the agent to see it. */
async function mineUntil(mine: () => Promise<void>, holds: () => unknown, blocks: number): Promise<boolean> {
  for (let block = 0; block < blocks; block++) {
    if (await until(holds, 150)) return true
    await mine()
  }
  return until(holds, 2_000)
}

async function minedOn(node: Rpc): Promise<readonly Mined[]> {
  const height = Number(await node.request<Hex>('eth_blockNumber'))
  const numbers = Array.from({ length: height }, (_, i) => `0x${(i + 1).toString(16)}`)
  type Block = {
    readonly transactions: readonly {
      readonly hash: Hash
      readonly nonce: Hex
      readonly input: Hex
      readonly from: Hex
      readonly blockNumber: Hex
    }[]
  }
  const blocks = await node.batch<Block>(
    numbers.map((number) => ({ method: 'eth_getBlockByNumber', params: [number, true] })),
  )
  return blocks.flatMap(({ transactions }) =>
    transactions
      .filter(({ from }) => from.toLowerCase() === signer.address.toLowerCase())
      .map(({ hash, nonce, input, blockNumber }) => ({
        hash,
        nonce: Number(nonce),
        input,
        block: Number(blockNumber),
      })),
  )
}

/** Transactions that wait in the node's pool. */
export async function pooled(node: Rpc): Promise<number> {
  const { pending, queued } = await node.request<{ pending: Hex; queued: Hex }>('txpool_status')
  return Number(pending) + Number(queued)
}

/** A transaction to oneself that says which it is. */
export const order = (name: number, changes: Partial<Order> = {}): Order => ({
  ...{
    to: signer.address,
    data: `0x${name.toString(16).padStart(64, '0')}`,
    gas: 60_000n,
    leg: 'bid',
    intent: intentOf(name),
  },
  ...changes,
})

export const intentOf = (name: number): Hash => keccak256(`0x${name.toString(16).padStart(4, '0')}`)

/** The hash of bytes as a provider is given them. */
export const hashOf = (raw: string): Hash => keccak256(`0x${raw.slice(2)}`)

type Chain = { readonly url: string; kill(): void }

async function startChain(): Promise<Chain> {
  const args = ['--host', '127.0.0.1', '--port', '0', '--chain-id', String(CHAIN), '--no-mining', '--base-fee', '0']
  const child = spawn(anvilBinary(), [...args, '--gas-limit', '200000000', '--hardfork', 'osaka'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const address = /Listening on (\S+)/.exec(line)?.[1]
      if (address !== undefined) resolve(`http://${address}`)
    })
  })
  return { url, kill }
}

/** All three, two of which must agree. A busy machine is no fault: they have time. */
export const three = (proxies: readonly RpcProxy[]) => ({
  ...{ urls: proxies.map(({ url }) => url), quorum: 2, timeout: millis(4_000) },
})
/** Everything journaled of the drill's key. */
export const history = ({ journal }: Stage): readonly JournaledTx[] => journal.history(CHAIN, signer.address, 0)
/** Transactions without an end. */
export const openCount = ({ journal }: Stage): number => journal.open(CHAIN).length
/** A finding, if it is one. */
export const complain = (bad: boolean, text: string): readonly string[] => (bad ? [text] : [])

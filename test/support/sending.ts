// A key on a chain that mines when told to, with a journal in memory and providers that can be made to fail.
import { type Hash, type Hex, parseTransaction } from 'viem'
import {
  type ChainLink,
  type LinkOptions,
  openLink,
  type SendingOptions,
  sender,
} from '../../agent/adapters/chain/link.ts'
import type { Order, Transactor } from '../../agent/adapters/chain/transactor.ts'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import { signerOf } from '../../agent/adapters/signer/local-signer.ts'
import { type MemoryJournal, openMemoryJournal } from '../../agent/adapters/store/memory-journal.ts'
import { chainId, millis, type Wad, wad } from '../../agent/domain/units.ts'
import { type Anvil, startAnvil } from './anvil.ts'
import { type Providers, threeProviders } from './providers.ts'

export const CHAIN = chainId(31_337)
export const GWEI = 10n ** 9n
/** Blocks on top that are final. */
export const FINALITY = 2
/** First account of every devnet. */
export const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
export const signer = signerOf(KEY)
export const usd = (dollars: number): Wad => wad(BigInt(dollars) * 10n ** 18n)

/** One test's chain, key and journal. */
export type Sending = {
  readonly anvil: Anvil
  readonly providers: Providers
  readonly journal: MemoryJournal
  /** What an operator was told, as `code detail`. */
  readonly alarms: readonly string[]
  open(changes?: Partial<SendingOptions>, place?: Partial<LinkOptions>): Promise<Transactor>
  /** Ends every transactor; the chain goes on. */
  stop(): Promise<void>
  mine(blocks?: number): Promise<void>
  mineThen<T>(look: () => T): Promise<T>
  /** Mines once `count` transactions have arrived at the node. */
  mineAll(count: number): Promise<void>
  /** Mines until nothing is open any more. */
  finish(): Promise<unknown>
  pooled(): Promise<number>
  /** Waits until the node has every journaled transaction, in its pool or in a block. */
  arrived(): Promise<unknown>
  receipt(hash: Hash): Promise<unknown>
  close(): Promise<void>
}

/** Starts a chain without automatic blocks. */
export async function startSending(chain = CHAIN, args: readonly string[] = []): Promise<Sending> {
  const anvil = await startAnvil({ chainId: chain, args: ['--no-mining', ...args] })
  const providers = await threeProviders(anvil)
  const journal = openMemoryJournal()
  const alarms: string[] = []
  const links: ChainLink[] = []
  const alarm = (code: string, detail: string) => void alarms.push(`${code} ${detail}`)
  const stop = async () => void (await Promise.all(links.splice(0).map((link) => link.close())))
  const pooled = async () => {
    const { pending, queued } = (await anvil.ask('txpool_status')) as { pending: Hex; queued: Hex }
    return Number(pending) + Number(queued)
  }
  const mine = async (blocks = 1) => {
    for (let i = 0; i < blocks; i++) await anvil.ask('evm_mine')
  }
  const mineThen = async <T>(look: () => T) => {
    await mine()
    return look()
  }
  return {
    anvil,
    providers,
    journal,
    alarms,
    open: async (changes = {}, place = {}) => {
      const sending = { ...healthy(journal), ...changes }
      const link = await openLink({
        chain,
        urls: [anvil.url],
        clock: systemClock,
        poll: millis(5),
        alarm,
        sending,
        ...place,
      })
      links.push(link)
      return sender(link)
    },
    stop,
    mine,
    mineThen,
    mineAll: async (count) => {
      await eventually(pooled, (found) => found === count)
      await mine()
    },
    finish: () =>
      eventually(
        () => mineThen(() => journal.open(CHAIN).length),
        (count) => count === 0,
      ),
    pooled,
    arrived: () => {
      const ask = ({ hash }: { hash: Hash }) => anvil.ask('eth_getTransactionByHash', hash)
      const all = () => Promise.all(journal.history(CHAIN, signer.address, 0).map(ask))
      return eventually(all, (found) => !found.includes(null))
    },
    receipt: (hash) => anvil.ask('eth_getTransactionReceipt', hash),
    close: async () => {
      await stop()
      await providers.close()
      await anvil.stop()
    },
  }
}

const healthy = (journal: MemoryJournal): SendingOptions => ({
  signer,
  journal,
  fees: { tip: GWEI, ceiling: 100n * GWEI, baseFee: 'zero' },
  finality: [{ below: undefined, blocks: FINALITY, proof: false }],
  patience: 20,
})

/** A transaction to oneself. */
export const order = (changes: Partial<Order> = {}): Order => ({
  to: signer.address,
  data: '0x',
  gas: 21_000n,
  leg: 'a',
  ...changes,
})

/** Most wei per gas that signed bytes offer. */
export const feeOf = (raw: Hex): bigint => parseTransaction(raw).maxFeePerGas ?? 0n

/** Looks until it is as expected; the test's own timeout ends a wait in vain. */
export async function eventually<T>(look: () => T | Promise<T>, done: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await look()
    if (done(found)) return found
    await systemClock.sleep(millis(10), new AbortController().signal)
  }
}

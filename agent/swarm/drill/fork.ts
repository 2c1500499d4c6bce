// A fork of a real chain in a process of its own: what is done on it stays on it, and can be taken back.
import { type Address, type Hex, numberToHex, padHex, toHex } from 'viem'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { invariantBroken, unavailable } from '../../domain/errors.ts'
import { type ChainId, instant } from '../../domain/units.ts'
import type { Clock } from '../../ports/clock.ts'
import { anvilBinary } from '../local-chain.ts'
import type { Processes } from '../processes.ts'
import { openRpc, type Rpc } from '../rpc.ts'
import { openReadOnly, type ReadOnly } from './read-only.ts'

/** A fork, and the guarded way to what it was forked from. */
export type Fork = {
  readonly id: ChainId
  readonly url: string
  readonly rpc: Rpc
  readonly real: ReadOnly
}

/** The time of a drill: ours, what was skipped of it, and never before a block. One for all forks. */
export type DrillClock = Clock & { skip(seconds: number): void; reach(seconds: number): void; back(): void }

/** What a drill needs of a real chain. */
export type Real = { readonly id: ChainId; readonly url: string }

/** Forks a chain at its newest block. Every transaction is mined at once. */
export async function openFork(processes: Processes, { id, url: node }: Real): Promise<Fork> {
  const real = await openReadOnly(node)
  const listening = Promise.withResolvers<string>()
  const onLine = (line: string): void => {
    const address = /Listening on (\S+)/.exec(line)?.[1]
    if (address !== undefined) listening.resolve(`http://${address}`)
  }
  const args = [...FLAGS, '--chain-id', String(id), '--fork-url', real.url]
  const child = processes.start({ name: `fork-${id}`, command: anvilBinary(), args, onLine })
  void child.exited.then((why) => listening.reject(unforked(id, why)))
  const url = await listening.promise
  const rpc = openRpc(url)
  const found = Number(await rpc.request<Hex>('eth_chainId'))
  if (found !== id) throw wrongChain(id, found)
  return { id, url, rpc, real }
}

/** Nothing is kept on the disk: what one drill read of a chain says nothing about the next one. */
const FLAGS = [
  ...['--host', '127.0.0.1', '--port', '0', '--base-fee', '0', '--gas-limit', '200000000', '--hardfork', 'osaka'],
  ...['--no-storage-caching', '--no-rate-limit', '--no-request-size-limit', '--disable-pool-balance-checks'],
]

/** The clock of a drill. */
export function openClock(): DrillClock {
  let ahead = 0
  return {
    now: () => instant(systemClock.now() + ahead),
    sleep: systemClock.sleep,
    skip: (seconds) => {
      ahead += 1_000 * seconds
    },
    reach: (seconds) => {
      ahead = Math.max(ahead, 1_000 * seconds - systemClock.now())
    },
    back: () => {
      ahead = 0
    },
  }
}

/** Mines one block at the time of the drill, which is never before it: blocks come faster here than seconds. */
export async function mineAt({ rpc }: Fork, clock: DrillClock): Promise<void> {
  const { timestamp } = await rpc.request<{ readonly timestamp: Hex }>('eth_getBlockByNumber', ['latest', false])
  const next = Math.max(Number(timestamp) + 1, Math.floor(clock.now() / 1_000))
  await rpc.request('evm_setNextBlockTimestamp', [numberToHex(next)])
  await rpc.request('evm_mine')
  clock.reach(next)
}

/** Does something on forks and takes all of it back. */
export async function undone<T>(forks: readonly Fork[], clock: DrillClock, work: () => Promise<T>): Promise<T> {
  const kept = await Promise.all(forks.map(({ rpc }) => rpc.request<Hex>('evm_snapshot')))
  try {
    return await work()
  } finally {
    clock.back()
    await Promise.all(
      forks.map(async ({ id, rpc }, i) => {
        if (!(await rpc.request<boolean>('evm_revert', [kept[i]])))
          throw invariantBroken('a fork did not go back to where it was', { chain: id })
      }),
    )
  }
}

/** Writes a word of a contract's storage on a fork. */
export const write = ({ rpc }: Fork, at: Address, slot: Hex, word: bigint): Promise<unknown> =>
  rpc.request('anvil_setStorageAt', [at, slot, numberToHex(word, { size: 32 })])

/** Reads one. */
export const read = async ({ rpc }: Fork, at: Address, slot: Hex): Promise<bigint> =>
  BigInt(await rpc.request<Hex>('eth_getStorageAt', [at, padHex(slot, { size: 32 }), 'latest']))

/** Gives native coin to pay for gas on a fork. */
export const giveCoin = ({ rpc }: Fork, to: Address, wei: bigint): Promise<unknown> =>
  rpc.request('anvil_setBalance', [to, toHex(wei)])

const unforked = (id: ChainId, why: number | string): Error =>
  unavailable(
    'E_CHAIN_DOWN',
    `the fork of chain ${id} ended (${why})`,
    'Look at its log, and whether the node answers.',
  )

const wrongChain = (id: ChainId, found: number): Error =>
  unavailable('E_CHAIN_ID', `the fork says that it is chain ${found}, not ${id}`, 'Correct the URL of this chain.')

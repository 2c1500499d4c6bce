// An owner's key on one chain. Every transaction is estimated before the first is sent, so that what would revert takes
// no nonce and pays no gas.
import { type Address, formatEther, type Hash, type Hex, type TransactionReceipt } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import {
  call,
  estimateFeesPerGas,
  estimateGas,
  getBalance,
  getTransactionCount,
  sendRawTransaction,
  waitForTransactionReceipt,
} from 'viem/actions'
import { refusalIn } from '../adapters/chain/refusal.ts'
import { EXIT, LienmeshError, unavailable } from '../domain/errors.ts'
import type { ChainId } from '../domain/units.ts'
import { min } from '../maths/fixed-point.ts'
import type { Node } from '../runtime/doctor/nodes.ts'
import type { Act } from './stage.ts'

/** What was sent, and what its gas cost in native coin. */
export type Sent = { readonly hashes: readonly Hash[]; readonly gas: bigint }

/** A key on a chain. */
export type Purse = {
  readonly chain: ChainId
  readonly node: Node
  readonly address: Address
  /** Sends acts that do not rest on one another, and waits until all are mined. */
  send(acts: readonly Act[]): Promise<Sent>
}

/** Opens a key on a chain. Waits for nothing. */
export function openPurse(chain: ChainId, node: Node, key: Hex): Purse {
  const account = privateKeyToAccount(key)
  return {
    chain,
    node,
    address: account.address,
    async send(acts) {
      const orders = await priced({ chain, node, address: account.address }, acts)
      const first = await quietNonce({ chain, node, address: account.address })
      const signed = await Promise.all(
        orders.map((order, i) =>
          account.signTransaction({ ...order, nonce: first + i, chainId: chain, type: 'eip1559' }),
        ),
      )
      const hashes = await broadcast(node, chain, signed)
      const receipts = await Promise.all(hashes.map((hash) => mined(node, chain, hash)))
      const failed = receipts.findIndex(({ status }) => status !== 'success')
      if (failed >= 0)
        throw refused(chain, acts[failed]?.says ?? '', `it reverted when it was mined (${hashes[failed]})`)
      return { hashes, gas: receipts.reduce((sum, one) => sum + one.gasUsed * one.effectiveGasPrice, 0n) }
    },
  }
}

/** Sends signed bytes in order. What went out before a failure stands; the next run finds it done. */
async function broadcast(node: Node, chain: ChainId, signed: readonly Hex[]): Promise<readonly Hash[]> {
  const hashes: Hash[] = []
  for (const serializedTransaction of signed)
    hashes.push(
      await sendRawTransaction(node, { serializedTransaction }).catch((error: unknown) => {
        throw unavailable('E_RPC', `chain ${chain}: the node took no transaction: ${whyNot(error)}`, AGAIN, error)
      }),
    )
  return hashes
}

const mined = (node: Node, chain: ChainId, hash: Hash): Promise<TransactionReceipt> =>
  waitForTransactionReceipt(node, { hash, pollingInterval: 200, timeout: PATIENCE }).catch((error: unknown) => {
    throw unavailable('E_PENDING', `chain ${chain}: ${hash} was not seen in a block: ${whyNot(error)}`, AGAIN, error)
  })

const AGAIN = 'Run the same command again: it goes on from where the chain stands.'
const PATIENCE = 180_000

type Sender = Pick<Purse, 'chain' | 'node' | 'address'>

/** Gas and fees of every act. E_REFUSED when one would revert, E_GAS_FUNDS when the key cannot pay. */
async function priced({ chain, node, address }: Sender, acts: readonly Act[]) {
  const gas = await Promise.all(
    acts.map(({ says, to, data, value }) =>
      estimateGas(node, { account: address, to, data, ...(value === undefined ? {} : { value }) }).catch(
        (error: unknown) => {
          throw refused(chain, says, whyNot(error), error)
        },
      ),
    ),
  )
  const fees = await estimateFeesPerGas(node)
  const maxPriorityFeePerGas = min(fees.maxPriorityFeePerGas, TIP)
  const maxFeePerGas = 2n * (fees.maxFeePerGas - fees.maxPriorityFeePerGas) + maxPriorityFeePerGas
  const orders = acts.map(({ to, data, value = 0n }, i) => {
    const limit = ((gas[i] ?? 0n) * 3n) / 2n
    return { to, data, value, gas: limit, maxFeePerGas, maxPriorityFeePerGas }
  })
  const needed = orders.reduce((sum, order) => sum + order.value + order.gas * maxFeePerGas, 0n)
  const held = await getBalance(node, { address })
  if (held >= needed) return orders
  throw unavailable(
    'E_GAS_FUNDS',
    `${address} has ${formatEther(held)} in native coin on chain ${chain}, at most ${formatEther(needed)} is needed`,
    `Send native coin to ${address} on chain ${chain}, then run the same command again.`,
  )
}

/** Nobody races an owner: a tip above this buys nothing. */
const TIP = 2_000_000_000n

/** The next nonce, once nothing of this key waits in the pool: what is under way may be what we are about to do. */
async function quietNonce({ chain, node, address }: Sender): Promise<number> {
  for (const until = Date.now() + QUIET; ; ) {
    const [mined, known] = await Promise.all(
      (['latest', 'pending'] as const).map((blockTag) => getTransactionCount(node, { address, blockTag })),
    )
    if (mined !== undefined && mined === known) return mined
    if (Date.now() > until)
      throw unavailable(
        'E_PENDING',
        `${address} has transactions on chain ${chain} that are not mined`,
        'Wait until they are, or replace them with its wallet, then run the same command again.',
      )
    await new Promise((done) => setTimeout(done, 300))
  }
}

const QUIET = 30_000

/** What a call from this key would come to now: nothing, or the contract's word. */
export async function trial({ node, address }: Pick<Purse, 'node' | 'address'>, { to, data, value }: Act) {
  try {
    await call(node, { account: address, to, data, ...(value === undefined ? {} : { value }) })
    return undefined
  } catch (error) {
    const refusal = refusalIn(error)
    if (refusal !== undefined) return refusal
    throw error
  }
}

const whyNot = (error: unknown): string => {
  const refusal = refusalIn(error)
  if (refusal !== undefined) return `${refusal.error}(${refusal.args.map(String).join(', ')})`
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
}

const refused = (chain: ChainId, says: string, why: string, cause?: unknown): LienmeshError =>
  new LienmeshError('E_REFUSED', `chain ${chain}: ${says}: ${why}`, {
    remedy: 'fix-config',
    exit: EXIT.failure,
    fix: 'Nothing else was sent. Correct what it names, then run the same command again: it goes on from here.',
    cause,
  })

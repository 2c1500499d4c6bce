// Solvency from public data: do vaults hold what was credited, owed and paid? Every number is proven against a block's root.
import { type Address, type Hex, keccak256 } from 'viem'
import { provenSlots, type Storage } from '../adapters/gossip/state-proof.ts'
import type { AssetDeployment, Network, VaultDeployment } from '../domain/network.ts'
import type { ChainId } from '../domain/units.ts'
import * as slots from '../maths/slots.ts'
import type { ChainReader } from '../ports/chain.ts'

/** One asset of one route. Amounts in the asset's own units; blocks by number and hash, so that anybody can compare them. */
export type AuditRow = {
  readonly vault: string
  readonly asset: string
  readonly vaultBlock: Block
  readonly engineBlock: Block
  readonly held: bigint
  readonly deposited: bigint
  readonly exited: bigint
  readonly paid: bigint
  readonly credited: bigint
  readonly owed: bigint
  /** What is wrong; empty where everything is covered. */
  readonly findings: readonly string[]
}

type Block = { readonly chain: ChainId; readonly number: bigint; readonly hash: Hex }

/** What reading takes of a chain. */
export type Source = Pick<ChainReader, 'id' | 'latest' | 'header' | 'proof'>

/** Every asset of every route, one after the other. Throws when a node cannot prove what it says. */
export async function* audit(network: Network, chains: ReadonlyMap<ChainId, Source>): AsyncGenerator<AuditRow> {
  for (const vault of network.vaults) {
    const [home, away] = [chains.get(vault.chain), chains.get(vault.engine)]
    if (home === undefined || away === undefined) throw new Error(`no node for the chains of ${vault.id}`)
    for (const asset of vault.assets) yield await rowOf(vault, asset, { home, away, lag: lagsOf(network, vault) })
  }
}

type Lag = { readonly home: bigint; readonly away: bigint }
type Sides = { readonly home: Source; readonly away: Source; readonly lag: Lag }

const lagsOf = ({ engines }: Network, { engine, finality }: VaultDeployment): Lag => ({
  home: BigInt(finality),
  away: BigInt(engines.find(({ chain }) => chain === engine)?.finality ?? 0),
})

/** Counters only grow: what was paid is read first, then what is owed and credited, then what lies in the vault. */
async function rowOf(vault: VaultDeployment, asset: AssetDeployment, { home, away, lag }: Sides): Promise<AuditRow> {
  const { token } = asset
  const before = await proven(home, lag.home, [{ address: vault.vault, slots: [slots.paidSlot(token, keccak256)] }])
  const books = {
    address: vault.mirror,
    slots: [slots.booksSlot(token, keccak256), slots.totalOwedSlot(token, keccak256)],
  }
  const engine = await proven(away, lag.away, [books])
  const own = [
    slots.totalDepositedSlot(token, keccak256),
    slots.totalExitedSlot(token, keccak256),
    slots.paidSlot(token, keccak256),
  ]
  const balances = ROOTS.map((root) => slots.balanceSlot(vault.vault, root, keccak256))
  const wanted = [
    { address: vault.vault, slots: own },
    { address: token, slots: balances },
  ]
  const after = await proven(home, 0n, wanted)
  const paidBefore = amountIn(before.read(vault.vault, own[2] ?? '0x'))
  const [deposited, exited, paid] = own.map((slot) => after.read(vault.vault, slot))
  const amounts = {
    held: balances.map((slot) => after.read(token, slot)).find((value) => value > 0n) ?? 0n,
    deposited: deposited ?? 0n,
    exited: exited ?? 0n,
    paid: amountIn(paid ?? 0n),
    credited: BigInt.asUintN(104, engine.read(vault.mirror, books.slots[0] ?? '0x')),
    owed: engine.read(vault.mirror, books.slots[1] ?? '0x'),
  }
  const place = { vault: vault.id, asset: asset.symbol, vaultBlock: after.block, engineBlock: engine.block }
  return { ...place, ...amounts, findings: findingsOf({ ...amounts, paidBefore }) }
}

/** Where tokens keep balances: the first slots of whoever inherits nothing before, and those behind an owner and a pause. */
const ROOTS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 51]

const amountIn = (packed: bigint): bigint => BigInt.asUintN(192, packed)

type Amounts = Pick<AuditRow, 'held' | 'deposited' | 'exited' | 'paid' | 'credited' | 'owed'> & {
  readonly paidBefore: bigint
}

/** What must hold on every route, in the order in which money would be missed. */
export function findingsOf({ held, deposited, exited, paid, credited, owed, paidBefore }: Amounts): readonly string[] {
  const short = (what: string, is: bigint, most: bigint): readonly string[] =>
    is > most ? [`${what} by ${is - most}`] : []
  return [
    ...short('the vault holds less than was deposited and not paid out', deposited - exited - paid, held),
    ...short('more was credited than was ever deposited', credited, deposited),
    ...short('more is owed than was credited', owed, credited),
    ...short('more was paid than is owed', paidBefore, owed),
  ]
}

type Wanted = { readonly address: Address; readonly slots: readonly Hex[] }

async function proven(
  source: Source,
  lag: bigint,
  wanted: readonly Wanted[],
): Promise<{ readonly block: Block; readonly read: Storage }> {
  const number = (await source.latest()).number - lag
  const { rlp, head } = await source.header(number)
  const proofs = await Promise.all(wanted.map(({ address, slots }) => source.proof(address, slots, number)))
  const read = await provenSlots({ rlp, hash: head.hash, number }, proofs)
  if (read === undefined) throw new Error(`the node of chain ${source.id} cannot prove block ${number}`)
  return { block: { chain: source.id, number, hash: head.hash }, read }
}

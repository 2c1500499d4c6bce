// The breaker of one side of a route: what is booked here against what the other chain's own counter says.
import { type Address, encodeAbiParameters, type Hash, keccak256, stringToHex } from 'viem'
import { readContract } from 'viem/actions'
import type { VaultDeployment } from '../../domain/network.ts'
import { totalDepositedSlot, totalOwedSlot } from '../../maths/slots.ts'
import type { AttestedHeader, Breaker, ChainReader } from '../../ports/chain.ts'
import { collateralVaultAbi } from './abi/collateral-vault.ts'
import { vaultMirrorAbi } from './abi/vault-mirror.ts'
import { secondsFromNow } from './chain-time.ts'
import { evidenceOf, rootActs } from './credit.ts'
import { type Act, act, executeCall, LEG } from './executor-call.ts'
import { type ChainLink, sender } from './link.ts'
import { provenValue } from './proven-value.ts'
import { type Refusal, rehearse } from './refusal.ts'

/** Where a side's books are, and whose counters they must not exceed. */
export type Side = {
  readonly name: string
  readonly link: ChainLink
  readonly executor: Address
  /** The other chain. */
  readonly reader: Pick<ChainReader, 'id' | 'header' | 'proof'>
  readonly books: Address
  readonly oracle: Address
  readonly origin: Address
  readonly kind: 'mirror' | 'vault'
  readonly assets: readonly Address[]
}

/** The mirror's side: nothing may be credited that the vault does not hold. */
export const mirrorSide = (
  { id, mirror, vault, vaultRoots, assets }: VaultDeployment,
  at: Pick<Side, 'link' | 'executor' | 'reader'>,
): Side => ({
  ...{ ...at, name: `mirror of ${id}`, kind: 'mirror', books: mirror, oracle: vaultRoots, origin: vault },
  assets: assets.map(({ token }) => token),
})

/** The vault's side: nothing may be claimed that the mirror does not owe. */
export const vaultSide = (
  { id, mirror, vault, engineRoots, assets }: VaultDeployment,
  at: Pick<Side, 'link' | 'executor' | 'reader'>,
): Side => ({
  ...{ ...at, name: id, kind: 'vault', books: vault, oracle: engineRoots, origin: mirror },
  assets: assets.map(({ token }) => token),
})

/** Opens the breaker of a side. On a route with a delay the root is anchored first, and convicts when it may be read. */
export function openBreaker(side: Side): Breaker {
  let ripening: AttestedHeader | undefined
  // Counters only grow: books that were covered once stay covered until they change.
  let covered: string | undefined
  return {
    name: side.name,
    books: side.link.rpc.chain,
    other: side.reader,
    async inspect(newest, signal) {
      if (await tripped(side)) return undefined
      const booked = await bookedOf(side)
      if (booked.join() === covered) return undefined
      const root = ripening ?? newest
      ripening = undefined
      const found = await contradiction(side, root, booked)
      if (found === undefined) covered = booked.join()
      if (found === undefined) return undefined
      const { trip, rooted } = found
      const refusal = await refusalOf(side, [...rooted, trip])
      if (refusal === undefined) return send(side, [...rooted, trip], signal)
      if (refusal.error !== 'RootTooFresh') return undefined
      ripening = root
      if (root === newest) await send(side, rooted, signal)
      return undefined
    },
  }
}

type Contradiction = { readonly trip: Act; readonly rooted: readonly Act[] }

/** The first asset of which more is booked than the other chain's counter says at that root. */
async function contradiction(
  side: Side,
  root: AttestedHeader,
  booked: readonly bigint[],
): Promise<Contradiction | undefined> {
  const slots = side.assets.map((asset) => slotOf(side, asset))
  const proof = await side.reader.proof(side.origin, slots, root.number)
  for (const [i, asset] of side.assets.entries()) {
    const slot = proof.slots[i]
    // An absent counter cannot be shown to a contract: zero convicts nobody.
    const proven = slot === undefined ? 0n : provenValue(slot.key, slot.proof)
    if (slot === undefined || proven === 0n || proven >= (booked[i] ?? 0n)) continue
    const args = [await sourceOf(side), asset, evidenceOf(root.number, slot.proof)] as const
    const trip = act(side.books, { abi: vaultMirrorAbi, functionName: 'tripTotal', args })
    return { trip, rooted: rootActs(side.oracle, side.origin, root, proof) }
  }
  return undefined
}

const slotOf = ({ kind }: Side, asset: Address) =>
  kind === 'mirror' ? totalDepositedSlot(asset, keccak256) : totalOwedSlot(asset, keccak256)

const bookedOf = ({ kind, books, assets, link }: Side): Promise<readonly bigint[]> =>
  link.rpc.gather((node) =>
    Promise.all(
      assets.map((asset) =>
        kind === 'mirror'
          ? readContract(node, { address: books, abi: vaultMirrorAbi, functionName: 'totalCredited', args: [asset] })
          : readContract(node, {
              address: books,
              abi: collateralVaultAbi,
              functionName: 'totalClaimed',
              args: [asset],
            }),
      ),
    ),
  )

const tripped = async ({ link, books }: Side): Promise<boolean> =>
  (await link.rpc.ask((node) =>
    readContract(node, { address: books, abi: vaultMirrorAbi, functionName: 'trippedAt' }),
  )) !== 0

const sourceOf = ({ link, books }: Side): Promise<Address> =>
  link.rpc.ask((node) => readContract(node, { address: books, abi: vaultMirrorAbi, functionName: 'source' }))

const refusalOf = async (side: Side, acts: readonly Act[]): Promise<Refusal | undefined> =>
  rehearse(side.link.rpc, await tried(side, acts))

async function send(side: Side, acts: readonly Act[], signal: AbortSignal): Promise<Hash | undefined> {
  const call = await tried(side, acts)
  const { kind, mined } = await sender(side.link).send({ ...call, leg: 'root' }, signal)
  return kind === 'mined' && mined.status === 'included' ? mined.hash : undefined
}

async function tried({ link, executor, name }: Side, acts: readonly Act[]) {
  const deadline = await secondsFromNow(link, PATIENCE)
  const words = [stringToHex(`trip ${name}`), ...acts.map(({ data }) => data)]
  const intent = keccak256(encodeAbiParameters([{ type: 'bytes[]' }], [words]))
  const data = executeCall(acts, { intent, leg: LEG.root, deadline, floor: 0n })
  return { from: sender(link).address, to: executor, data, gas: GAS, deadline }
}

/** Seconds a trip may wait for inclusion. */
const PATIENCE = 30n
const GAS = 1_500_000n

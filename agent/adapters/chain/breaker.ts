// The breaker of one side of a route: what is booked here against what the other chain's own counter says.
import { type Address, encodeAbiParameters, type Hash, keccak256, stringToHex } from 'viem'
import { readContract } from 'viem/actions'
import type { RouteSide, Source, VaultDeployment } from '../../domain/network.ts'
import type { VaultId } from '../../domain/units.ts'
import type { AttestedHeader, Basis, Breaker } from '../../ports/chain.ts'
import { collateralVaultAbi } from './abi/collateral-vault.ts'
import { vaultMirrorAbi } from './abi/vault-mirror.ts'
import { secondsFromNow } from './chain-time.ts'
import { type Act, act, executeCall, LEG } from './executor-call.ts'
import { type ChainLink, sender } from './link.ts'
import { rehearse } from './refusal.ts'
import type { Counter } from './sources/counter.ts'
import { prepare } from './sources/prepare.ts'
import type { Elsewhere, Ground, Witness } from './sources/testimony.ts'
import { openWitness } from './sources/witness.ts'

/** Where a side's books are, and whose counters they must not exceed. */
export type Side = {
  readonly name: string
  readonly vault: VaultId
  readonly link: ChainLink
  readonly executor: Address
  /** The other chain. */
  readonly other: Elsewhere
  readonly books: Address
  /** Whose proofs may stop it: the source itself, then its witnesses. */
  readonly sources: readonly Source[]
  readonly origin: Address
  readonly kind: RouteSide
  readonly assets: readonly Address[]
}

type Place = Pick<Side, 'link' | 'executor' | 'other'>

/** The mirror's side: nothing may be credited that the vault does not hold. */
export const mirrorSide = (vault: VaultDeployment, at: Place): Side => ({
  ...{
    ...at,
    name: `mirror of ${vault.id}`,
    vault: vault.id,
    kind: 'mirror',
    books: vault.mirror,
    origin: vault.vault,
  },
  sources: [vault.vaultSource, ...(vault.vaultWitnesses ?? [])],
  assets: vault.assets.map(({ token }) => token),
})

/** The vault's side: nothing may be claimed that the mirror does not owe. */
export const vaultSide = (vault: VaultDeployment, at: Place): Side => ({
  ...{ ...at, name: vault.id, vault: vault.id, kind: 'vault', books: vault.vault, origin: vault.mirror },
  sources: [vault.engineSource, ...(vault.engineWitnesses ?? [])],
  assets: vault.assets.map(({ token }) => token),
})

type Accuser = { readonly witness: Witness; ripening: Basis | undefined }

/** Opens the breaker of a side. A source that waits is given what it wants first, and convicts when it may be read. */
export function openBreaker(side: Side): Breaker {
  const ground = { link: side.link, executor: side.executor, other: side.other, origin: side.origin }
  const accusers = side.sources.map((one): Accuser => ({ witness: openWitness(ground, one), ripening: undefined }))
  // Counters only grow: books that were covered once stay covered until they change.
  let covered: string | undefined
  return {
    name: side.name,
    vault: side.vault,
    side: side.kind,
    books: side.link.rpc.chain,
    tripped: () => tripped(side),
    other: side.other.reader,
    async inspect(newest, signal) {
      if (await tripped(side)) return undefined
      const booked = await bookedOf(side)
      if (booked.join() === covered) return undefined
      const verdicts = []
      for (const accuser of accusers) {
        const verdict = await accuse(side, ground, { accuser, booked, newest }, signal)
        if (typeof verdict === 'object') return verdict.tx
        verdicts.push(verdict)
      }
      if (verdicts.every((one) => one === 'covered')) covered = booked.join()
      return undefined
    },
  }
}

type Trial = { readonly accuser: Accuser; readonly booked: readonly bigint[]; readonly newest: AttestedHeader }
type Verdict = 'covered' | 'open' | { readonly tx: Hash }

async function accuse(
  side: Side,
  ground: Ground,
  { accuser, booked, newest }: Trial,
  signal: AbortSignal,
): Promise<Verdict> {
  const basis = accuser.ripening ?? (await accuser.witness.basis(0n, newest))
  accuser.ripening = undefined
  if (basis === undefined) return 'open'
  const testimony = await accuser.witness.testify(basis, side.assets.map(counterOf(side)))
  const short = testimony.values.flatMap((proven, i) => (proven < (booked[i] ?? 0n) ? [{ proven, i }] : []))
  if (short.length === 0) return 'covered'
  // An absent counter cannot be shown to a contract: it convicts as soon as it is there.
  const guilty = short.find(({ proven }) => proven > 0n)?.i
  if (guilty === undefined) return 'open'
  if (testimony.kind === 'waiting') {
    accuser.ripening = basis
    await prepare(ground, testimony, signal)
    return 'open'
  }
  const [asset, evidence] = [side.assets[guilty] ?? '0x', testimony.evidence[guilty] ?? '0x']
  const args = [accuser.witness.source.at, asset, evidence] as const
  const acts = [...testimony.acts, act(side.books, { abi: vaultMirrorAbi, functionName: 'tripTotal', args })]
  if ((await rehearse(side.link.rpc, await tried(side, acts))) !== undefined) return 'open'
  const tx = await send(side, acts, signal)
  return tx === undefined ? 'open' : { tx }
}

const counterOf =
  ({ kind }: Side) =>
  (asset: Address): Counter => ({ of: kind === 'mirror' ? 'totalDeposited' : 'totalOwed', asset })

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

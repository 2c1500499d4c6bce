// Credits: what the mirror's source wants, then the proofs of deposits, in as few executor calls as the gas allows.
import { type Address, encodeAbiParameters, type Hash, type Hex, keccak256 } from 'viem'
import { readContract } from 'viem/actions'
import { configError, unavailable } from '../../domain/errors.ts'
import type { Network, VaultDeployment } from '../../domain/network.ts'
import type { ChainId, VaultId } from '../../domain/units.ts'
import type { AttestedHeader, Basis, CreditStep, Deposit, HeldBack } from '../../ports/chain.ts'
import { vaultMirrorAbi } from './abi/vault-mirror.ts'
import { secondsFromNow } from './chain-time.ts'
import { type Act, act, executeCall, LEG } from './executor-call.ts'
import { type ChainLink, sender } from './link.ts'
import { rehearse } from './refusal.ts'
import { prepare } from './sources/prepare.ts'
import type { Elsewhere, Ground, Witness } from './sources/testimony.ts'
import { openWitness } from './sources/witness.ts'

/** Who relays credits. */
export type Creditor = {
  readonly link: ChainLink
  readonly network: Network
  readonly executor: Address
  /** The vault chains: they prove the deposits. */
  readonly elsewhere: (chain: ChainId) => Elsewhere | undefined
}

/** Credits deposits of the vaults of one engine. */
export type Crediting = {
  basis(vault: VaultId, atLeast: bigint, attested: AttestedHeader | undefined): Promise<Basis | undefined>
  credit(vault: VaultId, basis: Basis, deposits: readonly Deposit[], signal: AbortSignal): Promise<CreditStep>
}

type Desk = { readonly vault: VaultDeployment; readonly ground: Ground; readonly witness: Witness }

/** Opens the source of each mirror when it is first asked for. */
export function openCrediting(creditor: Creditor): Crediting {
  const desks = new Map<VaultId, Desk>()
  const deskOf = (id: VaultId): Desk => {
    const desk = desks.get(id) ?? openDesk(creditor, vaultNamed(creditor, id))
    desks.set(id, desk)
    return desk
  }
  return {
    basis: async (vault, atLeast, attested) => deskOf(vault).witness.basis(atLeast, attested),
    credit: async (vault, basis, deposits, signal) => credit(creditor, deskOf(vault), { basis, deposits }, signal),
  }
}

function openDesk({ link, executor, elsewhere }: Creditor, vault: VaultDeployment): Desk {
  const other = elsewhere(vault.chain)
  if (other === undefined) throw unread(vault)
  const ground = { link, executor, other, origin: vault.vault }
  return { vault, ground, witness: openWitness(ground, vault.vaultSource) }
}

type Credits = { readonly basis: Basis; readonly deposits: readonly Deposit[] }

/** Credits what is not credited yet. E_CREDIT when the chain refuses. */
async function credit(
  creditor: Creditor,
  { vault, ground, witness }: Desk,
  { basis, deposits }: Credits,
  signal: AbortSignal,
): Promise<CreditStep> {
  const [testimony, booked] = await Promise.all([
    witness.testify(
      basis,
      deposits.map(({ account, asset }) => ({ of: 'deposited', who: account, asset })),
    ),
    bookedOf(creditor, vault, deposits),
  ])
  const { due, held } = sorted(creditor, deposits, { values: testimony.values, booked })
  if (due.length === 0) return { kind: 'nothing', held }
  if (testimony.kind === 'waiting') {
    const { gasCost, refusal } = await prepare(ground, testimony, signal)
    if (refusal !== undefined) throw uncredited(refusal.reason)
    return { kind: 'waiting', usableAt: testimony.usableAt, number: basis.number, gasCost }
  }
  const proven = due.flatMap((i): readonly Proven[] => {
    const [deposit, evidence] = [deposits[i], testimony.evidence[i]]
    return deposit === undefined || evidence === undefined ? [] : [{ ...deposit, evidence }]
  })
  const parts = Array.from({ length: Math.ceil(proven.length / PER_CALL) }, (_, i) =>
    proveActs(vault, proven.slice(i * PER_CALL, (i + 1) * PER_CALL)),
  )
  const sent = await Promise.all(
    parts.map((part, i) => sendPart(creditor, [...(i === 0 ? testimony.acts : []), ...part], signal)),
  )
  const after = { values: testimony.values, booked: await bookedOf(creditor, vault, deposits) }
  return { kind: 'credited', tx: sent.at(-1) ?? '0x', held: sorted(creditor, deposits, after).held }
}

type Books = { readonly values: readonly bigint[]; readonly booked: readonly Booked[] }

/** Which deposits may be credited now, by position, and which the mirror holds back. */
function sorted({ link }: Creditor, deposits: readonly Deposit[], { values, booked }: Books) {
  const due: number[] = []
  const held: HeldBack[] = []
  for (const [i, deposit] of deposits.entries()) {
    const { credited = 0n, upTo = 0n, readyAt = 0n } = booked[i] ?? {}
    if ((values[i] ?? 0n) <= credited) continue
    if (upTo > credited && BigInt(Math.floor(link.clock.now() / 1_000)) < readyAt) held.push({ deposit, readyAt })
    else due.push(i)
  }
  return { due, held }
}

/** Deposits in one transaction: EIP-7825 caps its gas at 2^24. */
const PER_CALL = 40

type Booked = { readonly credited: bigint; readonly upTo: bigint; readonly readyAt: bigint }

/** What is credited, and what waits because it was much at once. */
const bookedOf = (
  { link }: Creditor,
  { mirror }: VaultDeployment,
  deposits: readonly Deposit[],
): Promise<readonly Booked[]> =>
  link.rpc.gather((node) =>
    Promise.all(
      deposits.map(async ({ account, asset }): Promise<Booked> => {
        const place = { address: mirror, abi: vaultMirrorAbi, args: [account, asset] } as const
        const [credited, [upTo, readyAt]] = await Promise.all([
          readContract(node, { ...place, functionName: 'credited' }),
          readContract(node, { ...place, functionName: 'holds' }),
        ])
        return { credited, upTo, readyAt }
      }),
    ),
  )

type Proven = Pick<Deposit, 'account' | 'asset'> & { readonly evidence: Hex }

const proveActs = ({ mirror }: VaultDeployment, proven: readonly Proven[]): readonly Act[] =>
  proven.map(({ account, asset, evidence }) =>
    act(mirror, { abi: vaultMirrorAbi, functionName: 'prove', args: [account, asset, evidence] }),
  )

async function sendPart(creditor: Creditor, acts: readonly Act[], signal: AbortSignal): Promise<Hash> {
  const { link, executor } = creditor
  const transactor = sender(link)
  const intent = keccak256(encodeAbiParameters([{ type: 'bytes[]' }], [acts.map(({ data }) => data)]))
  const deadline = await secondsFromNow(link, PATIENCE)
  const data = executeCall(acts, { intent, leg: LEG.credit, deadline, floor: 0n })
  const tried = { from: transactor.address, to: executor, data, gas: 400_000n + 300_000n * BigInt(acts.length) }
  const { kind, mined } = await transactor.send({ ...tried, leg: 'credit', deadline }, signal)
  if (kind === 'mined' && mined.status === 'included') return mined.hash
  const refusal = kind === 'mined' ? await rehearse(link.rpc, tried, mined.anchor.number) : undefined
  throw uncredited(refusal?.reason ?? 'REVERTED')
}

const uncredited = (reason: string) =>
  unavailable('E_CREDIT', `Deposits were not credited: ${reason}.`, 'Tried again with the next root.')

/** Seconds a credit may wait for inclusion. */
const PATIENCE = 60n

function vaultNamed({ link, network }: Creditor, id: VaultId): VaultDeployment {
  const vault = network.vaults.find((one) => one.id === id && one.engine === link.rpc.chain)
  if (vault) return vault
  throw configError(
    'E_VAULT_UNKNOWN',
    `No vault ${id} belongs to engine chain ${link.rpc.chain}.`,
    'Correct the network description.',
  )
}

const unread = ({ chain, id }: VaultDeployment) =>
  configError(
    'E_CHAIN_UNREAD',
    `Vault ${id} is on chain ${chain}, which is not open.`,
    'Give this agent an RPC URL of that chain.',
  )

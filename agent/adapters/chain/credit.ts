// Credits: a root of the vault chain, the vault's anchor and the proofs of deposits, in one executor call.
import { type Address, encodeAbiParameters, type Hash, type Hex, keccak256 } from 'viem'
import { readContract } from 'viem/actions'
import { configError, unavailable } from '../../domain/errors.ts'
import type { StorageProof } from '../../domain/message.ts'
import type { Network, VaultDeployment } from '../../domain/network.ts'
import type { ChainId, VaultId } from '../../domain/units.ts'
import { depositedSlot } from '../../maths/slots.ts'
import type { AttestedHeader, ChainReader, Deposit } from '../../ports/chain.ts'
import { rootOracleAbi } from './abi/root-oracle.ts'
import { vaultMirrorAbi } from './abi/vault-mirror.ts'
import { secondsFromNow } from './chain-time.ts'
import { type Act, act, executeCall, LEG } from './executor-call.ts'
import { type ChainLink, sender } from './link.ts'
import { provenValue } from './proven-value.ts'
import { rehearse } from './refusal.ts'

/** Who relays credits. */
export type Creditor = {
  readonly link: ChainLink
  readonly network: Network
  readonly executor: Address
  /** Readers of the vault chains: they prove the deposits. */
  readonly vaultReader: (chain: ChainId) => Pick<ChainReader, 'proof'> | undefined
}

/** Deposits of one vault, all of them in the block of an attested root. */
export type Credits = { readonly vault: VaultId; readonly root: AttestedHeader; readonly deposits: readonly Deposit[] }

/** Credits what is not credited yet. Undefined when there is nothing new; E_CREDIT when the chain refuses. */
export async function creditDeposits(
  creditor: Creditor,
  credits: Credits,
  signal: AbortSignal,
): Promise<Hash | undefined> {
  const { root, deposits } = credits
  const vault = vaultNamed(creditor, credits.vault)
  const { proof, fresh } = await proveFresh(creditor, vault, root, deposits)
  const rooted = rootActs(vault.vaultRoots, vault.vault, root, proof)
  const parts = Array.from({ length: Math.ceil(fresh.length / PER_CALL) }, (_, i) =>
    fresh.slice(i * PER_CALL, (i + 1) * PER_CALL),
  )
  const sent = await Promise.all(
    parts.map((part, i) => sendPart(creditor, [...(i === 0 ? rooted : []), ...proveActs(vault, root, part)], signal)),
  )
  return sent.at(-1)
}

/** Deposits in one transaction: EIP-7825 caps its gas at 2^24. */
const PER_CALL = 40

/** Submitting and anchoring again is a no-op on chain, so that racing relayers do not hurt each other. */
export function rootActs(oracle: Address, origin: Address, root: AttestedHeader, proof: StorageProof): readonly Act[] {
  const signatures = root.attestations.map(({ signature }) => signature)
  return [
    act(oracle, { abi: rootOracleAbi, functionName: 'submit', args: [root.header, signatures] }),
    act(oracle, { abi: rootOracleAbi, functionName: 'anchor', args: [root.number, origin, proof.accountProof] }),
  ]
}

/** Evidence of a root oracle: the anchored block and the slot's nodes. */
export const evidenceOf = (number: bigint, proof: readonly Hex[]): Hex =>
  encodeAbiParameters([{ type: 'uint256' }, { type: 'bytes[]' }], [number, proof])

type Proven = { readonly account: Address; readonly asset: Address; readonly proof: readonly Hex[] }

async function proveFresh(
  creditor: Creditor,
  vault: VaultDeployment,
  root: AttestedHeader,
  deposits: readonly Deposit[],
) {
  const reader = creditor.vaultReader(vault.chain)
  if (reader === undefined) throw unread(vault)
  const slots = deposits.map(({ account, asset }) => depositedSlot(account, asset, keccak256))
  const mirror = { address: vault.mirror, abi: vaultMirrorAbi, functionName: 'credited' } as const
  const [proof, credited] = await Promise.all([
    reader.proof(vault.vault, slots, root.number),
    creditor.link.rpc.gather((node) =>
      Promise.all(deposits.map(({ account, asset }) => readContract(node, { ...mirror, args: [account, asset] }))),
    ),
  ])
  const fresh = deposits.flatMap(({ account, asset }, i): readonly Proven[] => {
    const slot = proof.slots[i]
    if (slot === undefined || provenValue(slot.key, slot.proof) <= (credited[i] ?? 0n)) return []
    return [{ account, asset, proof: slot.proof }]
  })
  return { proof, fresh }
}

const proveActs = (vault: VaultDeployment, root: AttestedHeader, fresh: readonly Proven[]): readonly Act[] =>
  fresh.map(({ account, asset, proof }) =>
    act(vault.mirror, {
      abi: vaultMirrorAbi,
      functionName: 'prove',
      args: [account, asset, evidenceOf(root.number, proof)],
    }),
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
  throw unavailable(
    'E_CREDIT',
    `Deposits were not credited: ${refusal?.reason ?? 'REVERTED'}.`,
    'Tried again with the next root.',
  )
}

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

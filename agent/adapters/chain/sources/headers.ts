// Sources that accept a header at once: by signatures of attestors, or because their own chain is derived from it.
import { type Address, encodeAbiParameters, type Hash, type Hex, parseAbi } from 'viem'
import { readContract } from 'viem/actions'
import { unavailable } from '../../../domain/errors.ts'
import type { StorageProof } from '../../../domain/message.ts'
import type { HeaderSource } from '../../../domain/network.ts'
import type { AttestedHeader, Basis } from '../../../ports/chain.ts'
import { opL1BlockSourceAbi } from '../abi/op-l1-block-source.ts'
import { rootOracleAbi } from '../abi/root-oracle.ts'
import { type Act, act } from '../executor-call.ts'
import { provenValue } from '../proven-value.ts'
import type { Counter } from './counter.ts'
import { proofOf } from './proofs.ts'
import { type Ground, secondsNow, type Testimony, type Witness } from './testimony.ts'

type Of<K extends HeaderSource['kind']> = Extract<HeaderSource, { readonly kind: K }>

/** A quorum of attestors signed the header; a delay may follow. */
export const attestedWitness = (ground: Ground, source: Of<'attested'>): Witness => ({
  source,
  basis: async (atLeast, attested) =>
    attested !== undefined && attested.number >= atLeast ? { number: attested.number, attested } : undefined,
  testify: (basis, counters) =>
    underHeader(ground, { ...source, accept: async () => acceptance(ground, source, basis) }, basis.number, counters),
})

/** The chain of the source is derived from the other one: what its predeploy names needs no signature. */
export const opL1BlockWitness = (ground: Ground, source: Of<'op-l1-block'>): Witness => ({
  source,
  basis: async (atLeast) => {
    const { number, hash } = await newestL1Block(ground, source)
    if (number < atLeast || number === 0n) return undefined
    const { head } = await ground.other.reader.header(number)
    return head.hash === hash ? { number, attested: undefined } : undefined
  },
  testify: (basis, counters) => {
    const accepted = { at: source.at, delay: 0, accept: () => acceptance(ground, source, basis) }
    return underHeader(ground, accepted, basis.number, counters)
  },
})

/** The acts that make a header source accept the header of a block. */
export async function acceptance(ground: Ground, source: HeaderSource, basis: Basis): Promise<readonly Act[]> {
  if (source.kind === 'attested') return basis.attested === undefined ? [] : [submission(source.at, basis.attested)]
  const { number } = await newestL1Block(ground, source)
  const headers = await headersDown(ground, number, basis.number)
  return [act(source.at, { abi: opL1BlockSourceAbi, functionName: 'submit', args: [headers] })]
}

type Accepting = {
  readonly at: Address
  readonly delay: number
  /** Submitting and anchoring again is a no-op on chain, so that racing relayers do not hurt each other. */
  readonly accept: () => Promise<readonly Act[]>
}

async function underHeader(
  ground: Ground,
  { at, delay, accept }: Accepting,
  number: bigint,
  counters: readonly Counter[],
): Promise<Testimony> {
  const [proof, state] = await Promise.all([proofOf(ground, counters, number), rootState(ground, at, number)])
  const values = valuesIn(proof)
  const waiting = (acts: readonly Act[], usableAt: bigint): Testimony => ({
    ...{ kind: 'waiting', values, acts, usableAt, errands: [], floor: 0n },
  })
  const acts = state.anchored ? [] : [...(await accept()), anchoring(at, ground.origin, number, proof)]
  if (delay > 0 && !state.anchored) return waiting(acts, secondsNow(ground) + BigInt(delay))
  const usableAt = state.acceptedAt + BigInt(delay)
  if (state.acceptedAt > 0n && !usable(ground, usableAt)) return waiting([], usableAt)
  return { kind: 'ready', values, acts, evidence: evidenceIn(number, proof) }
}

/** Whether what is sent now is mined late enough: no earlier than now, whatever the last block's time says. */
export const usable = (ground: Ground, usableAt: bigint): boolean => secondsNow(ground) >= usableAt

/** How far a block of the other chain has come at a header source. Times in seconds of the source's chain; zero: never. */
export type RootState = { readonly hash: Hash; readonly acceptedAt: bigint; readonly anchored: boolean }

/** Reads it. */
export async function rootState({ link, origin }: Ground, at: Address, number: bigint): Promise<RootState> {
  const oracle = { address: at, abi: rootOracleAbi } as const
  const [root, storageRoot] = await link.rpc.gather((node) =>
    Promise.all([
      readContract(node, { ...oracle, functionName: 'roots', args: [number] }),
      readContract(node, { ...oracle, functionName: 'storageRoots', args: [number, origin] }),
    ]),
  )
  return { hash: root.blockHash, acceptedAt: root.acceptedAt, anchored: BigInt(storageRoot) > 0n }
}

/** What proofs show, zero where they show nothing. */
export const valuesIn = ({ slots }: StorageProof): readonly bigint[] =>
  slots.map((one) => provenValue(one.key, one.proof))

/** What a header source reads under an anchored block: its number and the nodes, slot by slot. */
export const evidenceIn = (number: bigint, { slots }: StorageProof): readonly Hex[] =>
  slots.map(({ proof }) => evidenceOf(number, proof))

/** Evidence of a header source: the anchored block and the slot's nodes. */
export const evidenceOf = (number: bigint, proof: readonly Hex[]): Hex =>
  encodeAbiParameters([{ type: 'uint256' }, { type: 'bytes[]' }], [number, proof])

/** Submits a header with its signatures. */
export const submission = (oracle: Address, { header, attestations }: AttestedHeader): Act =>
  act(oracle, {
    abi: rootOracleAbi,
    functionName: 'submit',
    args: [header, attestations.map(({ signature }) => signature)],
  })

/** Keeps the storage root of a contract under an accepted header. */
export const anchoring = (oracle: Address, origin: Address, number: bigint, { accountProof }: StorageProof): Act =>
  act(oracle, { abi: rootOracleAbi, functionName: 'anchor', args: [number, origin, accountProof] })

/** Headers from one height down to another, as our own node has them. */
async function headersDown({ other }: Ground, from: bigint, to: bigint): Promise<readonly Hex[]> {
  const count = Number(from - to) + 1
  if (count > MOST_HEADERS) throw tooFar(from, to)
  const heights = Array.from({ length: Math.max(0, count) }, (_, i) => from - BigInt(i))
  const headers = await Promise.all(heights.map((height) => other.reader.header(height)))
  return headers.map(({ rlp }) => rlp)
}

/** Headers that fit into one transaction with room to spare (EIP-7825): each costs about 30,000 gas. */
const MOST_HEADERS = 128

const tooFar = (from: bigint, to: bigint) =>
  unavailable(
    'E_LINEAGE',
    `Blocks ${to} and ${from} are more than ${MOST_HEADERS} headers apart.`,
    'Nothing was sent; the next root is nearer.',
  )

async function newestL1Block({ link }: Ground, { l1Block }: Of<'op-l1-block'>) {
  const predeploy = { address: l1Block, abi: L1_BLOCK } as const
  const [number, hash] = await link.rpc.gather((node) =>
    Promise.all([
      readContract(node, { ...predeploy, functionName: 'number' }),
      readContract(node, { ...predeploy, functionName: 'hash' }),
    ]),
  )
  return { number, hash }
}

/** The predeploy of every OP-stack chain (optimism monorepo, packages/contracts-bedrock, L1Block). */
const L1_BLOCK = parseAbi(['function number() view returns (uint64)', 'function hash() view returns (bytes32)'])

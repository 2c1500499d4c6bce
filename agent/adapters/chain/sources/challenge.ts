// Disputes over proposed headers: what our own node contradicts is challenged under the arbiter, what stood is paid back.
import { encodeAbiParameters, type Hash, type Hex, keccak256, stringToHex } from 'viem'
import { readContract } from 'viem/actions'
import { wad } from '../../../domain/units.ts'
import type { AttestedHeader, Basis, Challenger, Dispute } from '../../../ports/chain.ts'
import { optimisticSourceAbi } from '../abi/optimistic-source.ts'
import { execute } from '../execute.ts'
import { type Act, act, LEG } from '../executor-call.ts'
import { acceptance, opL1BlockWitness, usable } from './headers.ts'
import { type Optimistic, proposalsTo } from './optimistic.ts'
import type { Ground } from './testimony.ts'

/** What a proposal is compared with. */
type Case = { readonly proposed: Hash; readonly bond: bigint; readonly until: bigint }
type Attested = (atLeast: bigint) => Promise<AttestedHeader | undefined>

/** Watches one source. `origin` of its ground does not matter: headers are disputed, not counters. */
export function openChallenger(name: string, ground: Ground, source: Optimistic): Challenger {
  return {
    name,
    chain: ground.link.rpc.chain,
    other: ground.other.reader,
    async inspect(attested, signal) {
      const disputes: Dispute[] = []
      const { number: tip } = await ground.other.reader.latest()
      for (const proposal of await proposalsTo(ground, source.at)) {
        // A height that the other chain has not reached yet is contradicted when it does.
        if (proposal.number > tip - BigInt(ground.other.finality)) continue
        const dispute = await examine(ground, source, { ...proposal, attested }, signal)
        if (dispute !== undefined) disputes.push(dispute)
      }
      return disputes
    },
  }
}

type Proposal = { readonly number: bigint; readonly proposer: string; readonly attested: Attested }

async function examine(
  ground: Ground,
  source: Optimistic,
  { number, proposer, attested }: Proposal,
  signal: AbortSignal,
): Promise<Dispute | undefined> {
  const standing = await caseOf(ground, source, number)
  if (standing === undefined) return undefined
  const { proposed, bond, until } = standing
  const { head } = await ground.other.reader.header(number)
  if (head.hash === proposed) {
    const ours = proposer.toLowerCase() === ground.executor.toLowerCase()
    if (!ours || bond === 0n || !usable(ground, until)) return undefined
    const tx = await send(ground, [releasing(source, number)], signal)
    return tx && { kind: 'released', number, bond, tx }
  }
  const acts = await challenging(ground, source, number, attested)
  const tx = acts && (await send(ground, acts, signal))
  return tx && { kind: usable(ground, until) ? 'frozen' : 'struck', number, bond, tx }
}

/** A proposal that stands; undefined when it was struck, or paid back and believed. */
async function caseOf({ link }: Ground, source: Optimistic, number: bigint): Promise<Case | undefined> {
  const place = { address: source.at, abi: optimisticSourceAbi } as const
  const [root, proposal, frozen] = await link.rpc.gather((node) =>
    Promise.all([
      readContract(node, { ...place, functionName: 'roots', args: [number] }),
      readContract(node, { ...place, functionName: 'proposals', args: [number] }),
      readContract(node, { ...place, functionName: 'frozen' }),
    ]),
  )
  if (root.acceptedAt === 0n || frozen) return undefined
  const until = root.acceptedAt + BigInt(source.window)
  return { proposed: root.blockHash, bond: proposal.bond, until }
}

const releasing = ({ at }: Optimistic, number: bigint): Act =>
  act(at, { abi: optimisticSourceAbi, functionName: 'release', args: [number] })

/** The arbiter accepts a header at or above the height; from it down to the height each header is the other's child. */
async function challenging(
  ground: Ground,
  source: Optimistic,
  number: bigint,
  attested: Attested,
): Promise<readonly Act[] | undefined> {
  const basis = await arbitration(ground, source, number, attested)
  if (basis === undefined || basis.number - number >= MOST_HEADERS) return undefined
  const heights = Array.from({ length: Number(basis.number - number) + 1 }, (_, i) => number + BigInt(i))
  const headers = await Promise.all(heights.map((height) => ground.other.reader.header(height)))
  const args = [number, headers.map(({ rlp }): Hex => rlp)] as const
  return [
    ...(await acceptance(ground, source.arbiter, basis)),
    act(source.at, { abi: optimisticSourceAbi, functionName: 'challenge', args }),
  ]
}

async function arbitration(
  ground: Ground,
  { arbiter }: Optimistic,
  number: bigint,
  attested: Attested,
): Promise<Basis | undefined> {
  if (arbiter.kind === 'op-l1-block') {
    const newest = await opL1BlockWitness(ground, arbiter).basis(number, undefined)
    // It accepts every ancestor on the way down, so that the height itself is enough.
    return newest && { ...newest, number }
  }
  const root = await attested(number)
  return root && { number: root.number, attested: root }
}

/** Headers in one challenge: each costs about 30,000 gas. */
const MOST_HEADERS = 128n

/** Whoever was faster has the bond; then there is nothing to send. */
async function send(ground: Ground, acts: readonly Act[], signal: AbortSignal): Promise<Hash | undefined> {
  const words = [stringToHex('dispute'), ...acts.map(({ data }) => data)]
  const intent = keccak256(encodeAbiParameters([{ type: 'bytes[]' }], [words]))
  const { mined } = await execute(ground, { acts, intent, leg: LEG.root, floor: 0n, worth: wad(0n) }, signal)
  return mined?.status === 'included' ? mined.hash : undefined
}

// Disputes over proposed headers: what our own node contradicts is challenged under the arbiter, what stood is paid back.
import { encodeAbiParameters, type Hash, type Hex, keccak256, stringToHex } from 'viem'
import { readContract } from 'viem/actions'
import { wad } from '../../../domain/units.ts'
import type { AttestedHeaders, Basis, Challenger, Dispute } from '../../../ports/chain.ts'
import { optimisticSourceAbi } from '../abi/optimistic-source.ts'
import { execute } from '../execute.ts'
import { type Act, act, LEG } from '../executor-call.ts'
import { acceptance, opL1BlockWitness, usable } from './headers.ts'
import { type Optimistic, proposalsTo } from './optimistic.ts'
import type { Ground } from './testimony.ts'

/** What a proposal is compared with. Times in seconds. */
type Case = {
  readonly number: bigint
  readonly proposed: Hash
  readonly time: bigint
  readonly bond: bigint
  readonly until: bigint
}

/** Watches one source. `origin` of its ground does not matter: headers are disputed, not counters. */
export function openChallenger(name: string, ground: Ground, source: Optimistic): Challenger {
  return {
    name,
    chain: ground.link.rpc.chain,
    other: ground.other.reader,
    async inspect(attested, signal) {
      const disputes: Dispute[] = []
      for (const proposal of await proposalsTo(ground, source.at)) {
        const dispute = await examine(ground, source, { ...proposal, attested }, signal)
        if (dispute !== undefined) disputes.push(dispute)
      }
      return disputes
    },
  }
}

type Proposal = { readonly number: bigint; readonly proposer: string; readonly attested: AttestedHeaders }

async function examine(
  ground: Ground,
  source: Optimistic,
  { number, proposer, attested }: Proposal,
  signal: AbortSignal,
): Promise<Dispute | undefined> {
  const standing = await caseOf(ground, source, number)
  if (standing === undefined) return undefined
  const { proposed, bond, until } = standing
  const { number: tip } = await ground.other.reader.latest()
  const reached = number <= tip - BigInt(ground.other.finality)
  if (reached && (await ground.other.reader.header(number)).head.hash === proposed) {
    const ours = proposer.toLowerCase() === ground.executor.toLowerCase()
    if (!ours || bond === 0n || !usable(ground, until)) return undefined
    const tx = await send(ground, [releasing(source, number)], signal)
    return tx && { kind: 'released', number, bond, tx }
  }
  const acts = await (reached ? byLineage : tooSoon)(ground, source, standing, attested)
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
  return { number, proposed: root.blockHash, time: root.timestamp, bond: proposal.bond, until }
}

const releasing = ({ at }: Optimistic, number: bigint): Act =>
  act(at, { abi: optimisticSourceAbi, functionName: 'release', args: [number] })

type Argument = (
  ground: Ground,
  source: Optimistic,
  standing: Case,
  attested: AttestedHeaders,
) => Promise<readonly Act[] | undefined>

/** The arbiter accepts a header at or above the height; from it down to the height each header is the other's child. */
const byLineage: Argument = async (ground, source, standing, attested) => {
  const { number } = standing
  const basis = await arbitration(ground, source, attested, number)
  if (basis === undefined) return undefined
  if (basis.number - number >= MOST_HEADERS) return byTime(ground, source, standing, basis)
  const heights = Array.from({ length: Number(basis.number - number) + 1 }, (_, i) => number + BigInt(i))
  const headers = await Promise.all(heights.map((height) => ground.other.reader.header(height)))
  const args = [number, headers.map(({ rlp }): Hex => rlp)] as const
  return [
    ...(await acceptance(ground, source.arbiter, basis)),
    act(source.at, { abi: optimisticSourceAbi, functionName: 'challenge', args }),
  ]
}

/** A height that the other chain has not reached has no header to show: a lower one of a later time will do. */
const tooSoon: Argument = async (ground, source, standing, attested) => {
  const basis = await arbitration(ground, source, attested)
  return basis && byTime(ground, source, standing, basis)
}

/** No chain's time runs backwards; undefined where the accepted header is on the right side of the proposal. */
async function byTime(
  ground: Ground,
  source: Optimistic,
  { number, time }: Case,
  basis: Basis,
): Promise<readonly Act[] | undefined> {
  const { head } = await ground.other.reader.header(basis.number)
  const contradicts = basis.number < number ? head.timestamp > time : basis.number > number && head.timestamp < time
  if (!contradicts) return undefined
  const args = [number, basis.number] as const
  return [
    ...(await acceptance(ground, source.arbiter, basis)),
    act(source.at, { abi: optimisticSourceAbi, functionName: 'challengeTime', args }),
  ]
}

/** What the arbiter can be shown: the lowest block at or above a height, or the newest of all. */
async function arbitration(
  ground: Ground,
  { arbiter }: Optimistic,
  attested: AttestedHeaders,
  atLeast?: bigint,
): Promise<Basis | undefined> {
  if (arbiter.kind === 'op-l1-block') {
    const newest = await opL1BlockWitness(ground, arbiter).basis(atLeast ?? 0n, undefined)
    // It accepts every ancestor on the way down, so that the height itself is enough.
    return newest && { ...newest, number: atLeast ?? newest.number }
  }
  const root = await (atLeast === undefined ? attested.newest() : attested.from(atLeast))
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

// A source that believes a bonded header unless somebody shows another one within its window.
import { type Address, type Hex, parseEventLogs } from 'viem'
import { getLogs } from 'viem/actions'
import type { Source } from '../../../domain/network.ts'
import { max } from '../../../maths/fixed-point.ts'
import type { Basis } from '../../../ports/chain.ts'
import { optimisticSourceAbi } from '../abi/optimistic-source.ts'
import { type Act, act } from '../executor-call.ts'
import { blockBy } from '../heads.ts'
import type { Counter } from './counter.ts'
import { anchoring, evidenceIn, rootState, usable, valuesIn } from './headers.ts'
import { isProvable, proofOf } from './proofs.ts'
import { type Ground, secondsNow, type Testimony, type Witness } from './testimony.ts'

/** A source of that kind. */
export type Optimistic = Extract<Source, { readonly kind: 'optimistic' }>

/** Uses a standing proposal that our own node confirms; proposes its own final header where there is none. */
export const optimisticWitness = (ground: Ground, source: Optimistic): Witness => ({
  source,
  basis: (atLeast) => basisOf(ground, source, atLeast),
  testify: (basis, counters) => testify(ground, source, basis, counters),
})

async function basisOf(ground: Ground, source: Optimistic, atLeast: bigint): Promise<Basis | undefined> {
  const { reader, finality } = ground.other
  const { number: tip } = await reader.latest()
  const final = tip - BigInt(finality)
  const proposed = await proposalsTo(ground, source.at)
  // The oldest that serves may be read first.
  const serving = proposed.filter(({ number }) => number >= atLeast && number <= final)
  for (const { number, blockHash } of serving.sort((a, b) => (a.number < b.number ? -1 : 1))) {
    const [{ head }, state] = await Promise.all([reader.header(number), rootState(ground, source.at, number)])
    const stands = head.hash === blockHash && state.hash === blockHash
    if (stands && (await isProvable(ground, number))) return { number, attested: undefined }
  }
  const number = await proposable(ground, final, max(atLeast, 1n))
  return number === undefined ? undefined : { number, attested: undefined }
}

/** The newest final block that is not from the future by the clock of the source's chain, which takes no such header. */
async function proposable({ link, other }: Ground, final: bigint, atLeast: bigint): Promise<bigint | undefined> {
  const here = await blockBy(link.rpc, 'latest')
  for (let number = final; here !== undefined && number >= atLeast && final - number < SKEW; number--) {
    const { head } = await other.reader.header(number)
    if (head.timestamp <= here.timestamp) return number
  }
  return undefined
}

/** Blocks by which the clock of the other chain may run ahead. */
const SKEW = 64n

async function testify(
  ground: Ground,
  source: Optimistic,
  { number }: Basis,
  counters: readonly Counter[],
): Promise<Testimony> {
  const [proof, state] = await Promise.all([proofOf(ground, counters, number), rootState(ground, source.at, number)])
  const values = valuesIn(proof)
  const waiting = (acts: readonly Act[], usableAt: bigint, floor = 0n): Testimony => ({
    ...{ kind: 'waiting', values, acts, usableAt, errands: [], floor },
  })
  if (state.acceptedAt === 0n) {
    const { rlp } = await ground.other.reader.header(number)
    return waiting(proposing(source, rlp), secondsNow(ground) + BigInt(source.window), floorOf(ground, source))
  }
  const usableAt = state.acceptedAt + BigInt(source.window)
  if (!usable(ground, usableAt)) return waiting([], usableAt)
  const acts = state.anchored ? [] : [anchoring(source.at, ground.origin, number, proof)]
  return { kind: 'ready', values, acts, evidence: evidenceIn(number, proof) }
}

/** The bond leaves what the executor measures only where it is the same token. */
const floorOf = ({ measured }: Ground, { bond, bondToken }: Optimistic): bigint =>
  measured?.toLowerCase() === bondToken.toLowerCase() ? -bond : 0n

/** The executor's owner allowed the source to take its bond: an operator cannot send it anywhere else. */
const proposing = ({ at }: Optimistic, header: Hex): readonly Act[] => [
  act(at, { abi: optimisticSourceAbi, functionName: 'propose', args: [header] }),
]

/** Headers proposed lately; which of them stand says the source itself. */
export async function proposalsTo({ link }: Pick<Ground, 'link'>, at: Address) {
  const tip = await blockBy(link.rpc, 'latest')
  if (tip === undefined) return []
  const fromBlock = max(tip.number - LOOK_BACK, 0n)
  const logs = await link.rpc.ask((node) => getLogs(node, { address: at, fromBlock, toBlock: tip.number }))
  return parseEventLogs({ abi: optimisticSourceAbi, eventName: 'Proposed', logs }).map(({ args }) => args)
}

/** Blocks in which a proposal is looked for: some hours. */
const LOOK_BACK = 5_000n

// Several sources of which enough must agree: those that can speak first carry the evidence.
import { encodeAbiParameters, type Hex } from 'viem'
import type { Source } from '../../../domain/network.ts'
import type { Basis } from '../../../ports/chain.ts'
import type { Testimony, Witness } from './testimony.ts'

type Quorum = Extract<Source, { readonly kind: 'quorum' }>

/** Asks every member; what too few of them can show has to wait. */
export const quorumWitness = (source: Quorum, members: readonly Witness[], now: () => bigint): Witness => ({
  source,
  async basis(atLeast, attested): Promise<Basis | undefined> {
    const parts = await Promise.all(members.map((one) => one.basis(atLeast, attested)))
    const numbers = parts.flatMap((one) => (one === undefined ? [] : [one.number])).sort(descending)
    const number = numbers[source.needed - 1]
    const newer = parts.some((one) => one?.newer === true)
    return number === undefined ? undefined : { number, attested, parts, newer }
  },
  async testify({ parts = [] }, counters): Promise<Testimony> {
    const testimonies = await Promise.all(
      members.map(async (one, i) => {
        const basis = parts[i]
        return basis && one.testify(basis, counters)
      }),
    )
    const ready = testimonies.map((one) => (one?.kind === 'ready' ? one : undefined))
    const values = counters.map((_, i) => agreed(testimonies, i, source.needed))
    if (ready.filter((one) => one !== undefined).length >= source.needed) {
      const acts = ready.flatMap((one) => one?.acts ?? [])
      return { kind: 'ready', values, acts, evidence: counters.map((_, i) => together(ready, i)) }
    }
    const waiting = testimonies.flatMap((one) => (one?.kind === 'waiting' ? [one] : []))
    return {
      ...{ kind: 'waiting', values, acts: waiting.flatMap(({ acts }) => acts) },
      errands: waiting.flatMap(({ errands }) => errands),
      floor: waiting.reduce((sum, { floor }) => sum + floor, 0n),
      usableAt: earliest(testimonies, source.needed, now()),
    }
  },
})

type Spoken = readonly (Testimony | undefined)[]

/** The `needed`-th largest of what the members' own chains show. */
const agreed = (testimonies: Spoken, index: number, needed: number): bigint =>
  testimonies.map((one) => one?.values[index] ?? 0n).sort(descending)[needed - 1] ?? 0n

/** One entry per member in their order; an empty one leaves a member out. */
const together = (ready: readonly (Extract<Testimony, { kind: 'ready' }> | undefined)[], index: number): Hex =>
  encodeAbiParameters([{ type: 'bytes[]' }], [ready.map((one) => one?.evidence[index] ?? '0x')])

/** When enough of them can be asked. */
function earliest(testimonies: Spoken, needed: number, now: bigint): bigint {
  const times = testimonies.flatMap((one) => (one === undefined ? [] : [one.kind === 'ready' ? now : one.usableAt]))
  return times.sort((a, b) => (a < b ? -1 : 1))[needed - 1] ?? now
}

const descending = (a: bigint, b: bigint): number => (a > b ? -1 : a < b ? 1 : 0)

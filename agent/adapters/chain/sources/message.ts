// A source that hears counters through a gateway: the courier on the other chain is asked to send what is not known yet.
import { encodeAbiParameters } from 'viem'
import { readContract } from 'viem/actions'
import type { Source } from '../../../domain/network.ts'
import { max } from '../../../maths/fixed-point.ts'
import type { Basis } from '../../../ports/chain.ts'
import { erc7786SourceAbi } from '../abi/erc7786-source.ts'
import { type Counter, sending, slotOf } from './counter.ts'
import { valuesIn } from './headers.ts'
import { proofOf } from './proofs.ts'
import { type Ground, secondsNow, type Testimony, type Witness } from './testimony.ts'

type Message = Extract<Source, { readonly kind: 'message' }>

/** Remembers what it sent: a gateway takes its time, and a second message costs its fee again. */
export function messageWitness(ground: Ground, source: Message): Witness {
  const sent = new Map<string, bigint>()
  return {
    source,
    basis: async (atLeast): Promise<Basis | undefined> => {
      const { number } = await ground.other.reader.latest()
      const final = number - BigInt(ground.other.finality)
      return final >= max(atLeast, 1n) ? { number: final, attested: undefined, newer: true } : undefined
    },
    async testify({ number }, counters): Promise<Testimony> {
      const [wanted, known] = await Promise.all([
        proofOf(ground, counters, number).then(valuesIn),
        heard(ground, source, counters),
      ])
      const lacking = counters.filter((_, i) => (known[i]?.value ?? 0n) < (wanted[i] ?? 0n))
      if (lacking.length === 0) {
        const values = known.map(({ value }) => value)
        return { kind: 'ready', values, acts: [], evidence: known.map(({ asOf }) => since(asOf)) }
      }
      const now = secondsNow(ground)
      const due = lacking.filter((one) => now - (sent.get(slotOf(one)) ?? 0n) >= PATIENCE)
      for (const one of due) sent.set(slotOf(one), now)
      const errands = due.map((one) => ({ target: source.courier, data: sending(one) }))
      return { kind: 'waiting', values: wanted, acts: [], usableAt: now + LOOK_AGAIN, errands, floor: 0n }
    },
  }
}

/** Seconds after which a message counts as lost, and between two looks. */
const PATIENCE = 60n
const LOOK_AGAIN = 1n

const since = (asOf: bigint) => encodeAbiParameters([{ type: 'uint256' }], [asOf])

const heard = ({ link, origin }: Ground, { at }: Message, counters: readonly Counter[]) =>
  link.rpc.gather((node) =>
    Promise.all(
      counters.map((one) =>
        readContract(node, {
          ...{ address: at, abi: erc7786SourceAbi, functionName: 'counters' },
          args: [origin, slotOf(one)],
        }),
      ),
    ),
  )

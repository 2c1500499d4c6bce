// What evidence leads to: an operator hears of it, and whoever attested two blocks at one height loses its bond.
import { culprit, type Evidence } from '../domain/message.ts'
import { millis } from '../domain/units.ts'
import type { Slasher } from '../ports/chain.ts'
import type { Context } from './context.ts'
import { rest } from './tasks.ts'

type Courtroom = Pick<Context, 'emit' | 'tasks' | 'clock' | 'signal' | 'network' | 'signer'>

/** Acts on evidence that was verified; on an author once. The first to report is paid, so that reporters take turns. */
export function createPunisher(
  context: Courtroom,
  slashers: readonly Slasher[],
): (evidence: Evidence, peer?: string) => void {
  const { emit, tasks, clock, signal, network, signer } = context
  const seen = new Set<string>()
  const rank = network.attestors.findIndex((one) => same(one, signer.address))
  const turn = millis(TURN * (rank < 0 ? network.attestors.length : rank))
  const slash = async (evidence: Parameters<Slasher['slash']>[0], slasher: Slasher): Promise<void> => {
    await rest(clock, turn, signal)
    const tx = await slasher.slash(evidence, signal)
    if (tx !== undefined) emit('bond:slashed', { attestor: culprit(evidence), chain: slasher.chain, tx })
  }
  return (evidence, peer) => {
    const author = culprit(evidence)
    if (seen.has(author)) return
    seen.add(author)
    emit('evidence:found', { author, kind: evidence.kind, ...placeOf(evidence), peer })
    if (evidence.kind === 'prices' || same(author, signer.address)) return
    for (const slasher of slashers) tasks.own('slash', slash(evidence, slasher))
  }
}

/** Milliseconds between the turns of two reporters. */
const TURN = 3_000

const placeOf = (evidence: Evidence) =>
  evidence.kind === 'attestations'
    ? { chain: evidence.first.chain, number: evidence.first.number, attestor: evidence.first.attestor }
    : { engine: evidence.first.engine, sequence: evidence.first.sequence }

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

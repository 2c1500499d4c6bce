// The signer's side of a line: says who it is, then answers request by request, in order.
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { EXIT, LienmeshError } from '../../domain/errors.ts'
import type { Signer } from '../../ports/signer.ts'
import { type Answer, type Request, refusedBy, requestIn, toLine } from './line.ts'

/** Answers on a line until it ends. */
export async function serve(line: Duplex, signer: Signer): Promise<void> {
  const say = (answer: Answer): void => {
    if (line.writable) line.write(toLine(answer))
  }
  line.on('error', () => line.destroy()) // Whoever asked has gone.
  say({ address: signer.address })
  for await (const text of createInterface({ input: line, crlfDelay: Number.POSITIVE_INFINITY })) {
    const asked = requestIn(text)
    if (asked === undefined) say({ refused: refusedBy(nonsense()) })
    else say(await answer(signer, asked.id, asked.request))
  }
}

async function answer(signer: Signer, id: number, request: Request): Promise<Answer> {
  try {
    const signed =
      request.ask === 'transaction'
        ? await signer.signTransaction(request.transaction)
        : await signer.signStatement(request.statement)
    return { id, signed }
  } catch (error) {
    return { id, refused: refusedBy(error) }
  }
}

const nonsense = (): LienmeshError =>
  new LienmeshError('E_SIGNER_REFUSED', 'The signer was asked for something that is no request.', {
    remedy: 'halt',
    exit: EXIT.safetyStop,
    fix: 'Use the same version of the program for agent and signer.',
  })

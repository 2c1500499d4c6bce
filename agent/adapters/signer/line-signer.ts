// A signer at the other end of a line. While the line is down nothing is signed, and one message says so.
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Address, Hex } from 'viem'
import { unavailable } from '../../domain/errors.ts'
import type { Signer } from '../../ports/signer.ts'
import { type Answer, answerIn, errorOf, type Request, toLine } from './line.ts'

/** How a signer is reached. */
export type LineOptions = {
  /** Opens the line; called again when it broke. */
  readonly open: () => Promise<Duplex>
  /** What it is called in messages: `signer process`, `signer at /run/signer.sock`. */
  readonly name: string
  /** False when it cannot be opened twice: a password was typed. */
  readonly reopens: boolean
  /** Told when the signer is gone, and when it is back. */
  readonly alarm: (code: string, detail: string) => void
}

/** A signer whose key is elsewhere. Rejects when it cannot be reached or refuses to start. */
export async function openLineSigner(options: LineOptions): Promise<Signer> {
  const waiting = new Map<number, PromiseWithResolvers<Hex>>()
  let [line, ended]: [Line | undefined, boolean] = [await greet(options, waiting), false]
  const { address } = line
  let next = 0
  const lost = (): void => {
    line = undefined
    for (const { reject } of waiting.values()) reject(down(options))
    waiting.clear()
    if (ended) return
    options.alarm('E_SIGNER_DOWN', down(options).message)
    if (options.reopens) void reopen()
  }
  const reopen = async (): Promise<void> => {
    for (let pause = FIRST_PAUSE; !ended && line === undefined; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      await sleep(pause, undefined, { ref: false })
      const found = await greet(options, waiting).catch(() => undefined)
      if (found === undefined) continue
      if (ended || found.address !== address) {
        found.stream.destroy()
        if (!ended)
          options.alarm('E_SIGNER_KEY', `The ${options.name} now holds ${found.address}, expected ${address}.`)
        return
      }
      line = found
      void found.closed.then(lost)
      options.alarm('W_SIGNER_BACK', `The ${options.name} answers again.`)
    }
  }
  void line.closed.then(lost)
  const ask = (request: Request): Promise<Hex> => {
    if (line === undefined) return Promise.reject(down(options))
    const id = next++
    const answer = Promise.withResolvers<Hex>()
    waiting.set(id, answer)
    line.stream.write(toLine({ id, ...request }))
    // A signer that is silent may be stopped, or stuck: whether it signed is for its book to say.
    const silence = setTimeout(() => line?.stream.destroy(), SILENCE)
    return answer.promise.finally(() => clearTimeout(silence))
  }
  return {
    address,
    unable: () => (line === undefined ? down(options).message : undefined),
    signTransaction: (transaction) => ask({ ask: 'transaction', transaction }),
    signStatement: (statement) => ask({ ask: 'statement', statement }),
    close: async () => {
      ended = true
      line?.stream.end()
      await line?.closed
    },
  }
}

const [FIRST_PAUSE, LONGEST_PAUSE] = [500, 10_000]
/** Milliseconds for an answer. */
const SILENCE = 2_000
/** Milliseconds for a first word: a keystore takes seconds to open. */
const PATIENCE = 60_000

type Line = { readonly stream: Duplex; readonly address: Address; readonly closed: Promise<void> }

/** Opens the line and waits for the signer's name. Answers to requests go to whoever waits for them. */
async function greet(options: LineOptions, waiting: Map<number, PromiseWithResolvers<Hex>>): Promise<Line> {
  const stream = await options.open().catch(() => {
    throw down(options)
  })
  const { promise, resolve, reject } = Promise.withResolvers<Address>()
  const closed = new Promise<void>((gone) => stream.once('close', () => gone()))
  const timer = setTimeout(() => stream.destroy(), PATIENCE)
  stream.on('error', () => stream.destroy())
  createInterface({ input: stream }).on('line', (text) => {
    const said = answerIn(text)
    if (said === undefined || 'address' in said)
      return said === undefined ? void stream.destroy() : resolve(said.address)
    if (said.id === undefined && 'refused' in said) return reject(errorOf(said.refused))
    deliver(waiting, said)
  })
  void closed.then(() => reject(down(options)))
  try {
    return { stream, address: await promise, closed }
  } catch (error) {
    stream.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function deliver(waiting: Map<number, PromiseWithResolvers<Hex>>, said: Exclude<Answer, { address: Address }>): void {
  const asked = said.id === undefined ? undefined : waiting.get(said.id)
  if (asked === undefined || said.id === undefined) return
  waiting.delete(said.id)
  if ('signed' in said) asked.resolve(said.signed)
  else asked.reject(errorOf(said.refused))
}

const down = ({ name, reopens }: LineOptions) =>
  unavailable(
    'E_SIGNER_DOWN',
    `The ${name} does not answer: nothing is signed and nothing new is committed.`,
    reopens ? 'It is tried again by itself. Start it if it stays away.' : 'Start the agent again.',
  )

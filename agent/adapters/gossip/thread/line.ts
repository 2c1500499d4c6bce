// Calls between two threads over a port: each side offers functions by name, and asks for the other's.
import { EXIT, LienmeshError } from '../../../domain/errors.ts'

/** What a side of the line answers to. Arguments and results are cloned on their way. */
export type Offered = Readonly<Record<string, (...args: never[]) => unknown>>

/** The line as one side holds it. */
export type Line<Theirs extends Offered> = {
  /** Asks, and waits for the answer. Rejects with what the other side threw, or when the line is cut. */
  call<K extends keyof Theirs & string>(
    name: K,
    ...args: Parameters<Theirs[K]>
  ): Promise<Awaited<ReturnType<Theirs[K]>>>
  /** Tells, and waits for nothing. */
  tell<K extends keyof Theirs & string>(name: K, ...args: Parameters<Theirs[K]>): void
  /** An answer that comes by its number, to a question that went another way. */
  expect<T>(): { readonly id: number; readonly answer: Promise<T> }
  /** Answers one of our own questions, of which nobody else will hear. */
  settle(id: number, value: unknown): void
  /** Answers such a question of the other side. */
  answer(id: number, value: unknown): void
  /** Whoever waits is told that nobody answers. */
  cut(reason: string): void
}

/** Either side of it: a worker, or the port of its parent. */
export type End = { postMessage(frame: Frame): void; on(event: 'message', listener: (frame: Frame) => void): unknown }

type Frame =
  | { readonly kind: 'call'; readonly id: number | undefined; readonly name: string; readonly args: never[] }
  | { readonly kind: 'back'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure }

type Failure = Pick<LienmeshError, 'message'> & Partial<Pick<LienmeshError, 'code' | 'remedy' | 'exit' | 'fix'>>

/** Opens one side. Both sides are our own code: what arrives is of the type that was sent. */
export function openLine<Theirs extends Offered>(end: End, ours: Offered): Line<Theirs> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0
  let severed: string | undefined
  const settle = (id: number): PromiseWithResolvers<unknown> | undefined => {
    const promised = waiting.get(id)
    waiting.delete(id)
    return promised
  }
  const expect = <T>() => {
    const promised = Promise.withResolvers<unknown>()
    waiting.set(++last, promised)
    if (severed !== undefined) settle(last)?.reject(new Error(severed))
    return { id: last, answer: promised.promise as Promise<T> }
  }
  const answer = (id: number, value: unknown): void => end.postMessage({ kind: 'back', id, value })
  end.on('message', (frame) => {
    if (frame.kind === 'back') return settle(frame.id)?.resolve(frame.value)
    if (frame.kind === 'failed') return settle(frame.id)?.reject(revived(frame.failure))
    const { id, name, args } = frame
    const done = (async () => ours[name]?.(...args))()
    if (id === undefined) return void done
    done.then(
      (value) => answer(id, value),
      (error: unknown) => end.postMessage({ kind: 'failed', id, failure: failureOf(error) }),
    )
  })
  return {
    call(name, ...args) {
      const { id, answer: answered } = expect<Awaited<ReturnType<Theirs[typeof name]>>>()
      end.postMessage({ kind: 'call', id, name, args })
      return answered
    },
    tell: (name, ...args) => end.postMessage({ kind: 'call', id: undefined, name, args }),
    expect,
    settle: (id, value) => settle(id)?.resolve(value),
    answer,
    cut(reason) {
      severed = reason
      for (const promised of waiting.values()) promised.reject(new Error(reason))
      waiting.clear()
    },
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) }
  if (!(error instanceof LienmeshError)) return { message: error.message }
  const { message, code, remedy, exit, fix } = error
  return { message, code, remedy, exit, fix }
}

/** Errors lose their class on the way; an expected one gets it back. */
const revived = ({ message, code, remedy = 'halt', exit = EXIT.failure, fix = '' }: Failure): Error =>
  code === undefined ? new Error(message) : new LienmeshError(code, message, { remedy, exit, fix })

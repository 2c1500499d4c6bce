// One question over one stream, answered by any number of frames: it-pipe stages, length-prefixed, bounded in bytes and time.
import type { PeerId, Stream } from '@libp2p/interface'
import { messageStreamToDuplex } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import * as frames from 'it-length-prefixed'
import { pipe } from 'it-pipe'
import type { Libp2p } from 'libp2p'

/** What a stream of a protocol may carry. Lengths in bytes, `timeout` in milliseconds. */
export type Exchange = {
  readonly protocol: string
  readonly maxQuestion: number
  readonly maxAnswer: number
  readonly timeout: number
}

/** Frames that answer a question of a peer. */
export type Answering = (question: Uint8Array, peer: string) => AsyncIterable<Uint8Array>

/** Answers the first frame of every stream. What takes too long, or breaks its bounds, is aborted. */
export async function serveExchange(host: Libp2p, exchange: Exchange, answer: Answering): Promise<void> {
  const { protocol, maxQuestion, timeout } = exchange
  await host.handle(
    protocol,
    async (stream, { remotePeer }) => {
      const duplex = messageStreamToDuplex(stream)
      const release = abortWith(stream, AbortSignal.timeout(timeout))
      try {
        await pipe(
          duplex,
          (source) => frames.decode(source, { maxDataLength: maxQuestion }),
          (questions) => answerFirst(questions, (question) => answer(question, remotePeer.toString())),
          (bytes) => frames.encode(bytes),
          duplex,
        )
      } catch (error) {
        stream.abort(error instanceof Error ? error : new Error(String(error)))
      } finally {
        release()
      }
    },
    { maxInboundStreams: 8 },
  )
}

/** Asks, and hands out the frames of the answer until the other end closes. Rejects when the stream fails. */
export async function* askExchange(
  host: Libp2p,
  { protocol, maxAnswer }: Exchange,
  { who, question }: { readonly who: PeerId | Multiaddr[]; readonly question: Uint8Array },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = await host.dialProtocol(who, protocol, { signal })
  const release = abortWith(stream, signal)
  let whole = false
  try {
    const answers = pipe(
      [question],
      (source) => frames.encode(source),
      messageStreamToDuplex(stream),
      (source) => frames.decode(source, { maxDataLength: maxAnswer }),
    )
    for await (const frame of answers) yield frame.subarray()
    whole = true
  } finally {
    release()
    if (!whole) stream.abort(new Error('the answer was given up'))
  }
}

type Frame = { subarray(): Uint8Array }

async function* answerFirst(
  questions: AsyncIterable<Frame>,
  answer: (question: Uint8Array) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const frame of questions) {
    yield* answer(frame.subarray())
    return
  }
}

function abortWith(stream: Stream, signal: AbortSignal): () => void {
  const abort = (): void => stream.abort(new Error('the exchange took too long'))
  signal.addEventListener('abort', abort, { once: true })
  return () => signal.removeEventListener('abort', abort)
}

// Heads in order without holes. The parent hash decides what is canonical: no subscription tells of every reorg.
import type { Hex } from 'viem'
import type { Head } from '../../domain/market.ts'
import type { Millis } from '../../domain/units.ts'
import type { HeadEvent } from '../../ports/chain.ts'
import type { Clock } from '../../ports/clock.ts'
import { headOf } from './header.ts'
import type { Rpc } from './rpc.ts'
import { stream } from './stream.ts'

export type HeadsOptions = {
  readonly rpc: Rpc
  readonly clock: Pick<Clock, 'sleep'>
  /** Time between looks at the latest block. */
  readonly poll: Millis
  /** Blocks remembered to find where a branch left the chain. */
  readonly memory?: number
  /** Told of every failed look; tracking goes on. */
  readonly trouble?: (error: unknown) => void
}

/** One chain's heads, for as many followers as care. */
export type Heads = {
  /** The newest known head first, then everything that happens, until the signal aborts. */
  follow(signal: AbortSignal): AsyncIterable<HeadEvent>
}

/** Tracks a chain's heads while anybody follows. */
export function trackHeads(options: HeadsOptions): Heads {
  const followers = new Set<(event: HeadEvent) => void>()
  let known: readonly Head[] = []
  let running: AbortController | undefined
  const publish = (events: readonly HeadEvent[]) => {
    for (const event of events) for (const tell of followers) tell(event)
  }
  const look = async () => {
    const seen = await lookOnce(options, known)
    known = seen.known
    publish(seen.events)
  }
  const leave = () => {
    if (followers.size > 0) return
    running?.abort()
    running = undefined
  }
  return {
    follow: (signal) =>
      stream<HeadEvent>(signal, (tell) => {
        const tip = running && known.at(-1)
        if (tip) tell({ kind: 'head', head: tip })
        else known = []
        followers.add(tell)
        running ??= start(options, look)
        return () => {
          followers.delete(tell)
          leave()
        }
      }),
  }
}

/** What follows when `tip` is the newest block. Walks back by parent until the branch meets what is known. */
export async function advance(
  known: readonly Head[],
  tip: Head,
  parentOf: (head: Head) => Promise<Head | undefined>,
): Promise<{ readonly known: readonly Head[]; readonly events: readonly HeadEvent[] }> {
  const oldest = known[0]
  if (oldest === undefined) return { known: [tip], events: [{ kind: 'head', head: tip }] }
  if (known.some((head) => head.hash === tip.hash)) return { known, events: [] }
  const branch = [tip]
  for (let first = tip; ; ) {
    const meets = known.findIndex((head) => head.hash === first.parentHash)
    if (meets >= 0) return joined(known, meets, branch)
    if (first.number <= oldest.number) return joined(known, -1, branch)
    const parent = await parentOf(first)
    if (parent === undefined) return { known, events: [] }
    branch.unshift(parent)
    first = parent
  }
}

function joined(known: readonly Head[], meets: number, branch: readonly Head[]) {
  const gone = known[meets + 1]
  const heads = branch.map((head): HeadEvent => ({ kind: 'head', head }))
  const reorg: readonly HeadEvent[] = gone === undefined ? [] : [{ kind: 'reorg', from: anchorOf(gone) }]
  return { known: [...known.slice(0, meets + 1), ...branch], events: [...reorg, ...heads] }
}

const anchorOf = ({ chain, number, hash }: Head) => ({ chain, number, hash })

async function lookOnce({ rpc, memory = 256 }: HeadsOptions, known: readonly Head[]) {
  const tip = await blockBy(rpc, 'latest')
  if (tip === undefined) return { known, events: [] }
  const seen = await advance(known, tip, (head) => blockBy(rpc, head.parentHash))
  return { known: seen.known.slice(-memory), events: seen.events }
}

/** A block by its hash, or the newest one; undefined when the node has dropped it meanwhile. */
export async function blockBy(rpc: Rpc, which: 'latest' | Hex): Promise<Head | undefined> {
  const block = await rpc.ask((node) =>
    which === 'latest'
      ? node.request({ method: 'eth_getBlockByNumber', params: ['latest', false] })
      : node.request({ method: 'eth_getBlockByHash', params: [which, false] }),
  )
  return block ? headOf(rpc.chain, block) : undefined
}

function start(options: HeadsOptions, look: () => Promise<void>): AbortController {
  const ended = new AbortController()
  void keepLooking(options, look, ended.signal)
  return ended
}

async function keepLooking(options: HeadsOptions, look: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await look().catch((error: unknown) => options.trouble?.(error))
    // An aborted sleep only means that nobody follows any more.
    await options.clock.sleep(options.poll, signal).catch(() => undefined)
  }
}

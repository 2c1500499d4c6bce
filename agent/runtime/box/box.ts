// A packaged strategy in a process of its own: asked by frames, answering by lines, killed on a budget, started again.
import { type View, z } from '../../strategy.ts'
import type { Introduction, Said } from './decider.ts'
import { startGuest } from './process.ts'
import { writeView } from './view-frame.ts'
import { type Budget, type Owed, openWatch, type Watch } from './watch.ts'
import { bigAsText, FRAME, openWriter, type Writer } from './words.ts'

/** 50 ms and 96 MB; a minute to start on a crowded machine. */
export const BUDGET: Budget = { time: 50, memory: 96 << 20, start: 60_000 }

/** Kills within an hour after which it is not started again. */
const STRIKES = 3
const HOUR = 3_600_000

/** An answer, or why there is none. */
export type Heard = { readonly said: readonly Said[] } | { readonly failed: string }

export type Box = {
  /** Rejects when the package is no strategy. */
  readonly ready: Promise<Introduction>
  /** Never rejects. One question at a time: a second is not asked. */
  ask(view: View, seed: number): Promise<Heard>
  observe(told: { readonly quote: unknown; readonly outcome: unknown }): void
  /** Reads other parameters. They are in force, here and after a new start, unless there are issues. */
  tune(params: string): Promise<Introduction>
  close(): void
}

export type Boxing = {
  /** JSON of what is confined, and of the parameters. */
  readonly source: string
  readonly params: string
  readonly budget: Budget
  readonly now: () => number
  /** It was killed or died; `disabled` when it is not started again. */
  readonly ended: (why: string, disabled: boolean) => void
}

/** Starts it. */
export function openBox({ source, params: given, budget, now, ended }: Boxing): Box {
  let params = given
  const strikes: number[] = []
  let closed = false
  let cell: Cell | undefined
  const begin = (): Cell =>
    openCell({ source, params, budget }, (why) => {
      cell = undefined
      if (closed) return
      strikes.push(now())
      const lately = strikes.filter((at) => at > now() - HOUR).length
      ended(why, lately >= STRIKES)
      if (lately < STRIKES) cell = begin()
    })
  cell = begin()
  const { ready } = cell
  return {
    ready,
    ask: (view, seed) => cell?.ask(view, seed) ?? Promise.resolve({ failed: GONE }),
    observe: (told) => cell?.observe(told),
    async tune(next) {
      if (cell === undefined) throw new Error(GONE)
      const told = await cell.tune(next)
      if (told.issues.length === 0) params = next
      return told
    },
    close: () => {
      closed = true
      cell?.kill('closed')
    },
  }
}

/** Why a box does not answer, for a while or any more. */
export const STARTING = 'it is being started again'
const GONE = 'it was killed too often and is not asked again'

type Cell = {
  readonly ready: Promise<Introduction>
  readonly ask: (view: View, seed: number) => Promise<Heard>
  readonly observe: (told: unknown) => void
  readonly tune: (params: string) => Promise<Introduction>
  readonly kill: (why: string) => void
}

type Waiting = Owed & { readonly take: (line: string) => void; readonly fail: (why: string) => void }

/** One process, from its start to its end. Lines answer frames in order. */
function openCell(
  { source, params, budget }: Pick<Boxing, 'source' | 'params' | 'budget'>,
  over: (why: string) => void,
): Cell {
  const waiting: Waiting[] = []
  const writer = openWriter()
  let why = 'it ended by itself'
  const guest = startGuest({
    line: (text) => waiting.shift()?.take(text),
    gone: () => {
      watch.stop()
      for (const one of waiting.splice(0)) one.fail(why)
      over(why)
    },
  })
  const kill = (reason: string): void => {
    why = reason
    guest.kill()
  }
  const watch: Watch = openWatch(guest, budget, { owed: () => waiting[0], kill })
  const call = (frame: Uint8Array, time: number): Promise<string> =>
    new Promise((take, refuse) => {
      const since = performance.now()
      waiting.push({ take, fail: (reason) => refuse(new Error(reason)), since, until: since + time })
      guest.send(frame)
      if (waiting.length === 1) watch.begin()
    })
  const ready = call(opening(writer, source, params), budget.start).then(introduced)
  let isReady = false
  ready.then(
    () => {
      watch.settle()
      isReady = true
    },
    () => kill('it is no strategy'),
  )
  return {
    ready,
    kill,
    async ask(view, seed) {
      if (!isReady) return { failed: STARTING }
      writeView(writer, view, seed)
      return call(writer.done(FRAME.ask), budget.time).then(heardIn, (error: unknown) => ({ failed: messageOf(error) }))
    },
    tune(next) {
      writer.told(next)
      return call(writer.done(FRAME.tune), budget.start).then(introduced)
    },
    observe(told) {
      writer.told(JSON.stringify(told, bigAsText))
      call(writer.done(FRAME.outcome), budget.time).catch(() => {}) // Its own loss: nothing depends on it.
    },
  }
}

function opening(writer: Writer, source: string, params: string): Uint8Array {
  writer.told(source)
  writer.told(params)
  return writer.done(FRAME.open)
}

/** Throws a sentence when the package is no strategy. */
function introduced(line: string): Introduction {
  const told = toldIn(line)
  if ('failed' in told) throw new Error(told.failed)
  const parsed = introduction.safeParse(told.done)
  if (parsed.success) return parsed.data
  throw new Error('it speaks nonsense')
}

/** What it says is read like anybody's word. */
function heardIn(line: string): Heard {
  const told = toldIn(line)
  if ('failed' in told) return told
  return isSaid(told.done) ? { said: told.done } : { failed: 'it speaks nonsense' }
}

function toldIn(line: string): { readonly done: unknown } | { readonly failed: string } {
  try {
    const told: unknown = JSON.parse(line)
    if (typeof told !== 'object' || told === null) return { failed: 'it speaks nonsense' }
    return 'failed' in told ? { failed: String(told.failed) } : { done: 'done' in told ? told.done : undefined }
  } catch {
    // No JSON: the sandbox would have said so.
    return { failed: 'it speaks nonsense' }
  }
}

/** By hand: it is read with every look at a market. */
const isSaid = (value: unknown): value is readonly Said[] =>
  Array.isArray(value) &&
  value.every(
    (one: unknown) =>
      Array.isArray(one) &&
      one.length === 6 &&
      one.every((part: unknown, i) => (i === 4 ? typeof part === 'string' : Number.isFinite(part))),
  )

const introduction = z.strictObject({
  name: z.string(),
  apiVersion: z.unknown(),
  live: z.array(z.string()),
  issues: z.array(z.string()),
  schema: z.string(),
  defaults: z.string(),
})

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

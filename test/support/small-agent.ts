// An agent without network or chains: its own core, loop, desk and command post over a fake engine, a fake vault and a
// journal that outlives it. A life ends as a kill ends it: nothing of it is told any more.
import { setImmediate as turn } from 'node:timers/promises'
import { openMemoryJournal } from '../../agent/adapters/store/memory-journal.ts'
import { patientJournal } from '../../agent/adapters/store/patient-journal.ts'
import { createCore, type Input } from '../../agent/core/core.ts'
import type { Setup } from '../../agent/core/setup.ts'
import type { Core } from '../../agent/core/state.ts'
import { unavailable } from '../../agent/domain/errors.ts'
import { type Instant, instant } from '../../agent/domain/units.ts'
import { createCaution } from '../../agent/maths/trust/caution.ts'
import type { Clock } from '../../agent/ports/clock.ts'
import type { Journal } from '../../agent/ports/journal.ts'
import { obey, rememberHalt } from '../../agent/runtime/command-post.ts'
import type { Context } from '../../agent/runtime/context.ts'
import type { Question } from '../../agent/runtime/control.ts'
import { recallCounts } from '../../agent/runtime/counts.ts'
import { diskVoice, keepMending } from '../../agent/runtime/disk.ts'
import { endingOf, keepEndingLives } from '../../agent/runtime/end-lives.ts'
import { consume } from '../../agent/runtime/loop.ts'
import { perform } from '../../agent/runtime/perform.ts'
import { createQueue } from '../../agent/runtime/queue.ts'
import { createRecovery } from '../../agent/runtime/recover.ts'
import { createRoots } from '../../agent/runtime/roots.ts'
import { createDesk } from '../../agent/runtime/settle.ts'
import { openStrategyBooks } from '../../agent/runtime/strategy-books.ts'
import { createTally } from '../../agent/runtime/tally.ts'
import { createTasks } from '../../agent/runtime/tasks.ts'
import { valuer } from '../../agent/runtime/value.ts'
import { smallNetwork } from './agent-directory.ts'
import {
  batchesAt,
  ENGINE,
  engineTerms,
  ME,
  opening,
  START,
  seatOf,
  setup,
  takeAll,
  VAULT_CHAIN,
  WETH,
} from './builders.ts'
import { type FakeEngine, type FakeVault, fakeEngine, fakeVault } from './fake-chain.ts'
import { createFakeNetwork } from './fake-gossip.ts'

/** What outlives an agent: chains, journal and clock. */
export type World = {
  readonly engine: FakeEngine
  readonly vault: FakeVault
  readonly journal: Journal
  readonly clock: Clock
  /** Everything that a journal makes durable is refused while true. */
  full: boolean
  /** Lets time pass, in milliseconds, and everybody who waits for it act. */
  pass(length: number): Promise<void>
}

/** One engine, one vault, an empty journal, at the start of time. */
export function smallWorld(): World {
  const [clock, pass] = manualClock()
  const kept = openMemoryJournal()
  const world: World = {
    engine: fakeEngine(engineTerms()),
    vault: fakeVault(VAULT_CHAIN, 'vault-fast'),
    journal: failing(kept, () => world.full),
    full: false,
    clock,
    pass,
  }
  return world
}

/** A journal whose durable writes fail while the disk is full. */
function failing(journal: Journal, full: () => boolean): Journal {
  const unlessFull =
    <Args extends readonly unknown[], Result>(write: (...args: Args) => Result) =>
    (...args: Args): Result => {
      if (full()) throw unavailable('E_DISK', 'The journal cannot be written.', 'Make room.')
      return write(...args)
    }
  return {
    ...journal,
    commit: unlessFull(journal.commit),
    settle: unlessFull(journal.settle),
    abandon: unlessFull(journal.abandon),
    paid: unlessFull(journal.paid),
    post: unlessFull(journal.post),
    note: unlessFull(journal.note),
    remember: unlessFull(journal.remember),
  }
}

type Said = { readonly event: string } & Readonly<Record<string, unknown>>

/** A running agent. */
export type SmallAgent = {
  readonly core: Core
  readonly context: Context
  readonly said: readonly Said[]
  tell(...inputs: readonly Input[]): Promise<void>
  ask(question: Question): Promise<object>
  /** Nothing of it acts any more. */
  kill(): Promise<void>
}

/** Starts a life in the world. It knows the market as it opens at 2,400 dollars an ether. */
export async function startLife(world: World, over: Partial<Setup> = {}): Promise<SmallAgent> {
  const killed = new AbortController()
  const { signal } = killed
  const said: Said[] = []
  const emit: Context['emit'] = (event, fields) => void (signal.aborted || said.push({ event, ...fields }))
  const disk = diskVoice(emit)
  const journal = patientJournal(() => world.journal, disk.told)
  const core = createCore(setup({ seats: [seatOf(takeAll)], ...over }))
  const inputs = createQueue<Input>(signal)
  const tell: Context['tell'] = (input) => inputs.push({ ...input, at: world.clock.now() } as Input)
  disk.speakTo(tell)
  const context = await contextOf(world, { journal, core, emit, signal, tell, inputs: () => inputs.size })
  const tally = createTally()
  const books = openStrategyBooks(journal)
  const desk = createDesk(context, {
    maxSlippage: 500,
    onSold: (claims, sale) => context.tell({ kind: 'claim-sold', claims, sale }),
  })
  recallCounts(context)
  rememberHalt(context)
  context.tasks.keep('recover', createRecovery(context, core).run)
  context.tasks.keep('end lives', (ended) => keepEndingLives(context, endingOf(context, core, desk), ended))
  context.tasks.keep('disk', (ended) => keepMending(journal, context.clock, ended))
  for (const vault of context.vaults.keys()) context.tasks.keep(`settle ${vault}`, (ended) => desk.run(vault, ended))
  const performer = {
    ...{ desk, tally, books, holders: [], wake: () => undefined },
    opener: { open: () => undefined },
    drawer: { draw: () => undefined },
    caution: createCaution([], () => undefined),
  }
  const consumed = consume({ core, inputs, journal, perform: (effect) => perform(context, performer, effect) })
  const post = { context, core, tally, reconcilers: [], holders: [], books, stop: () => killed.abort() }
  await settle()
  return {
    ...{ core, context, said },
    tell: async (...all) => {
      for (const input of all) inputs.push(input)
      await settle()
    },
    ask: async (question) => {
      const answer = await obey(post, question)
      await settle()
      return answer
    },
    kill: async () => {
      killed.abort()
      await consumed
      await context.tasks.settled()
    },
  }
}

/** The market of an account worth taking, as an agent hears it at its start. */
export const market = (): readonly Input[] => opening(2_400)

/** Prices of now. */
export const pricesAt = (at: Instant, ether = 2_400): readonly Input[] =>
  batchesAt(ether, at).map((batch): Input => ({ at, kind: 'prices', batch }))

type Made = Pick<Context, 'journal' | 'emit' | 'signal' | 'tell' | 'inputs'> & { readonly core: Core }

async function contextOf({ engine, vault, clock }: World, { core, ...made }: Made): Promise<Context> {
  const [deployedEngine] = smallNetwork.engines
  const [deployedVault] = smallNetwork.vaults
  const [asset] = deployedVault?.assets ?? []
  if (!deployedEngine || !deployedVault || !asset) throw new Error('a network has both')
  const home = { ...deployedVault, engine: ENGINE, chain: VAULT_CHAIN, assets: [{ ...asset, token: WETH }] }
  const failed = (task: string, error: unknown): void => made.emit('agent:failed', { task, error })
  const retried = (task: string, error: unknown): void => made.emit('agent:retried', { task, error })
  const silent = () => {
    throw new Error('nobody is asked here')
  }
  const trust = { publisher: () => false, attestor: () => false, trusted: () => 'own' as const }
  const gossip = await createFakeNetwork().join({ network: smallNetwork, trust, now: clock.now, signal: made.signal })
  return {
    ...made,
    ...{ name: 'small', paper: false, network: smallNetwork, fleet: [], clock, roots: createRoots(1) },
    signer: { address: ME, unable: () => undefined, signTransaction: silent, signStatement: silent, close: silent },
    gossip,
    engines: new Map([[ENGINE, { chain: engine, deployment: { ...deployedEngine, chain: ENGINE }, executor: ME }]]),
    vaults: new Map([['vault-fast', { chain: vault, deployment: home, executor: ME }]]),
    tasks: createTasks({ signal: made.signal, clock, retried, failed }),
    valueOf: valuer(core, clock),
  }
}

/** A clock that stands until the test lets it go on. */
function manualClock(): readonly [Clock, World['pass']] {
  let now: number = START
  let sleepers: { readonly due: number; readonly wake: () => void }[] = []
  const clock: Clock = {
    now: () => instant(now),
    sleep: (length, signal) =>
      new Promise((wake, refuse) => {
        if (signal.aborted) return refuse(signal.reason)
        sleepers.push({ due: now + length, wake })
        signal.addEventListener('abort', () => refuse(signal.reason), { once: true })
      }),
  }
  const pass = async (length: number): Promise<void> => {
    const end = now + length
    for (;;) {
      const next = Math.min(...sleepers.map(({ due }) => due))
      if (next > end) break
      now = Math.max(now, next)
      const due = sleepers.filter((one) => one.due <= now)
      sleepers = sleepers.filter((one) => one.due > now)
      for (const { wake } of due) wake()
      await settle()
    }
    now = end
    await settle()
  }
  return [clock, pass]
}

/** Until nobody has anything to do before time passes. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await turn()
}

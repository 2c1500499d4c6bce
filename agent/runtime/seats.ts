// Who decides in a running agent: built-in strategies and the owner's files here, packages in boxes. Each may be given
// other parameters while it runs, a file is read again when it changes, and none of them holds the others up.
import { unwatchFile, watchFile } from 'node:fs'
import type { AgentConfig } from '../../config/schema.ts'
import { seat } from '../core/setup.ts'
import { bps } from '../domain/units.ts'
import { type Strategy, z } from '../strategy.ts'
import { openBoxed } from './boxed.ts'
import { guarded } from './guarded.ts'
import { type Holder, liveFields, refuseFixed, type Seating, type Terms } from './holder.ts'
import { inlineStrategy, type Origin, originOf, readParams } from './plugins.ts'

type Chosen = AgentConfig['strategies'][number]

/** Every strategy of the config, seated in its order. Throws what is wrong with the first that is wrong. */
export async function openSeats(config: AgentConfig, seating: Seating): Promise<readonly Holder[]> {
  const holders: Holder[] = []
  try {
    for (const chosen of chosenBy(config)) holders.push(await openHolder(chosen, holders, seating))
    // A provider bids on nothing: its strategies price claims and trade.
    return config.role === 'provider'
      ? holders.map((one) => ({ ...one, seat: { ...one.seat, decide: 'none' } }))
      : holders
  } catch (error) {
    for (const one of holders) one.close()
    throw error
  }
}

/** A provider prices claims: by the first of its strategies that does, and else by the built-in one. */
function chosenBy({ role, strategies, provider }: AgentConfig): readonly Chosen[] {
  const buys = role !== 'bidder' && !strategies.some(({ use }) => use === BUYER)
  const buyer = { use: BUYER, params: { margin: provider.margin }, share: bps(10_000), shortfall: bps(10_000) }
  return buys ? [...strategies, buyer] : strategies
}

const BUYER = 'claim-buyer'

async function openHolder(chosen: Chosen, before: readonly Holder[], seating: Seating): Promise<Holder> {
  const { use, share, shortfall } = chosen
  const origin = originOf(use)
  const termsFor = (name: string): Terms => ({
    name: nameFor(
      name,
      before.map((one) => one.seat.name),
    ),
    budget: { capital: share, shortfall },
  })
  if (origin.kind === 'package') return openBoxed(origin.found, chosen.params, termsFor, seating)
  const strategy = await inlineStrategy(use, origin)
  return openInline({ chosen, origin, terms: termsFor(strategy.name), seating }, strategy)
}

/** A strategy seated twice, say with other parameters, has an account of its own each time. */
export function nameFor(name: string, seated: readonly string[]): string {
  const same = seated.filter((one) => one === name || one.startsWith(`${name}#`))
  return same.length === 0 ? name : `${name}#${same.length + 1}`
}

type Inline = { readonly chosen: Chosen; readonly origin: Origin; readonly terms: Terms; readonly seating: Seating }

/** A strategy of this process. What a file says is guarded: it may loop. */
function openInline({ chosen, origin, terms, seating }: Inline, first: Strategy<unknown>): Holder {
  const { use } = chosen
  let [current, given] = [first, chosen.params]
  const guard = origin.kind === 'file' ? guarded(terms.name, seating) : <T>(work: () => T): T => work()
  const facade: Strategy<unknown> = {
    ...first,
    decide: (view, params) => guard(() => current.decide(view, params)),
    observe: (quote, outcome, params) => guard(() => current.observe?.(quote, outcome, params)),
  }
  const reload = async (at: number): Promise<void> => {
    const next = await inlineStrategy(use, origin, `?at=${at}`)
    const params = readParams(next, use, given)
    current = next
    seating.tuned(terms.name, params)
  }
  const stop = origin.kind === 'file' ? following(origin.file, terms.name, { reload, seating }) : () => {}
  return {
    seat: seat(facade, readParams(first, use, given), terms),
    async tune(changes) {
      refuseFixed(
        terms.name,
        changes,
        liveFields(z.toJSONSchema(current.params, { io: 'input', unrepresentable: 'any' })),
      )
      const params = readParams(current, use, { ...given, ...changes })
      given = { ...given, ...changes }
      return params
    },
    ask: async ({ seat: name, engine, question }) => ({ seat: name, engine, question, failed: 'it decides here' }),
    observe: () => {},
    close: stop,
  }
}

/** How often a file is looked at, in milliseconds. */
const LOOK = 1_000

type Following = { readonly reload: (at: number) => Promise<void>; readonly seating: Seating }

/** Reads a file again when it changes. What does not load changes nothing, and is said. */
function following(file: string, name: string, { reload, seating: { emit } }: Following): () => void {
  const look = ({ mtimeMs }: { mtimeMs: number }, before: { mtimeMs: number }): void => {
    if (mtimeMs === before.mtimeMs || mtimeMs === 0) return
    reload(mtimeMs).then(
      () => emit('strategy:reloaded', { strategy: name, file }),
      (error: unknown) => emit('strategy:kept', { strategy: name, file, error }),
    )
  }
  watchFile(file, { interval: LOOK, persistent: false }, look)
  return () => unwatchFile(file, look)
}

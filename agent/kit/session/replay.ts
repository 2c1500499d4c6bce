// A session decided again by the core of this version, and what is decided otherwise.
import { createHash } from 'node:crypto'
import { createCore, step } from '../../core/core.ts'
import type { Decision } from '../../domain/liquidation.ts'
import { restored } from '../../runtime/loop.ts'
import { type DecisionConfig, setupOf } from '../../runtime/setup.ts'
import { seatsHere } from '../../runtime/simulated.ts'
import type { Session } from './session.ts'

/** Decisions made now, and a digest of them. */
export type Replayed = { readonly decisions: readonly Decision[]; readonly decisionsHash: string }

/** One place where the two differ: what was decided then, what is now, or only one of them. */
export type Difference = {
  readonly was: Decision | undefined
  readonly now: Decision | undefined
}

/** Tells a fresh core everything again. Other strategies may take the seats; the inputs stay what they were. */
export async function replay(
  { start, inputs }: Session,
  strategies: DecisionConfig['strategies'] = start.config.strategies,
): Promise<Replayed> {
  const seats = start.config.role === 'provider' ? [] : await seatsHere({ strategies })
  const core = createCore(setupOf({ ...start.config, strategies }, start.network, start.standing, seats))
  const decisions: Decision[] = []
  for (const input of inputs)
    for (const effect of step(core, restored(input))) if (effect.kind === 'decided') decisions.push(effect.decision)
  const digest = createHash('sha256')
  for (const decision of decisions) digest.update(`${said(decision)}\n`)
  return { decisions, decisionsHash: digest.digest('hex') }
}

/** Decisions of one moment about one candidate by one strategy belong together. */
export function differences(then: readonly Decision[], now: readonly Decision[]): readonly Difference[] {
  const [before, after] = [Map.groupBy(then, place), Map.groupBy(now, place)]
  const places = [...new Set([...before.keys(), ...after.keys()])]
  return places
    .flatMap((key): Difference[] => {
      const [old = [], fresh = []] = [before.get(key), after.get(key)]
      return Array.from({ length: Math.max(old.length, fresh.length) }, (_, i) => ({ was: old[i], now: fresh[i] }))
    })
    .filter((one) => one.was === undefined || one.now === undefined || said(one.was) !== said(one.now))
    .sort((a, b) => timeOf(a) - timeOf(b))
}

const place = ({ at, candidate, strategy }: Decision): string => `${at} ${candidate} ${strategy}`
const timeOf = ({ was, now }: Difference): number => was?.at ?? now?.at ?? 0

/** Everything of a decision that money may hang on. */
const said = ({ at, candidate, strategy, kind, reason, net, fraction, route }: Decision): string =>
  `${at} ${candidate} ${strategy} ${kind} ${reason} ${net} ${fraction} ${route}`

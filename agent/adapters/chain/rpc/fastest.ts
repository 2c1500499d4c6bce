// A hint: the fastest healthy provider answers, a slow one is overtaken, a failed one is replaced.
import type { Manner, Outcome, Provider } from './provider.ts'
import type { Call } from './typing.ts'

/** One answer per call from whoever gives all of them first. What everybody refuses or loses comes back as that. */
export function fastest(
  providers: readonly Provider[],
  calls: readonly Call[],
  manner: Manner,
): Promise<readonly Outcome[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Outcome[]>()
  const queue = ranked(providers, manner.urgent)
  let running = 0
  let timer: NodeJS.Timeout | undefined
  let best: readonly Outcome[] | undefined
  const end = (outcomes: readonly Outcome[]) => {
    clearTimeout(timer)
    resolve(outcomes)
  }
  const launch = () => {
    clearTimeout(timer)
    const provider = queue.shift()
    if (provider === undefined) {
      if (running === 0) end(best ?? calls.map(() => NOBODY))
      return
    }
    running++
    provider.ask(calls, manner).then((outcomes) => {
      running--
      if (outcomes.every(conclusive)) return end(outcomes)
      if (best === undefined || failures(outcomes) < failures(best)) best = outcomes
      launch()
    }, reject)
    if (queue.length > 0 && providers.length > 1) timer = setTimeout(launch, hedgeAfter(provider))
  }
  launch()
  return promise
}

/** Healthy ones first, the fastest first; those left alone only when nobody else is there. A sole one is asked twice. */
function ranked(providers: readonly Provider[], urgent: boolean): Provider[] {
  if (providers.length === 1) return [...providers, ...providers]
  const fit = providers.filter((provider) => provider.available(urgent))
  return (fit.length > 0 ? fit : [...providers]).toSorted(
    (a, b) =>
      Number(b.health().condition === 'well') - Number(a.health().condition === 'well') || a.typical() - b.typical(),
  )
}

/** A second provider is asked when the first is slower than 95 of its last 100 answers. */
const hedgeAfter = (provider: Provider): number => Math.max(5, provider.p95() ?? 50)

/** A typed answer, or a refusal that another node would repeat: the call itself reverts. */
const conclusive = (outcome: Outcome): boolean =>
  outcome.kind === 'answer' || (outcome.kind === 'refused' && reverts(outcome))

/** Whether a node says that the call reverts: code 3 (geth), or data that only a revert has. */
export const reverts = ({ code, message, data }: Extract<Outcome, { kind: 'refused' }>): boolean =>
  code === 3 || /revert/i.test(message) || (typeof data === 'string' && data.startsWith('0x'))

const failures = (outcomes: readonly Outcome[]): number => outcomes.filter(({ kind }) => kind === 'failed').length

const NOBODY: Outcome = { kind: 'failed', why: 'no provider' }

// Is a strategy what the API asks for? It decides in a simulated world; everything it sees and says is looked at.
import { type Decide, type Seat, seat } from '../../core/setup.ts'
import { bps, wad } from '../../domain/units.ts'
import { mulberry32 } from '../../maths/seeded.ts'
import { withoutAuthority } from '../../runtime/authority.ts'
import { loadStrategy } from '../../runtime/plugins.ts'
import { simulatedSetup } from '../../runtime/simulated.ts'
import { backtestNetwork, executorOf } from '../../simulator/backtest/world.ts'
import { seedWorld } from '../../simulator/coverage/seed-world.ts'
import { runWorld } from '../../simulator/world.ts'
import { type Answer, API_VERSION, type Claimed, type View } from '../../strategy.ts'
import type { Spec } from '../backtest/plan.ts'

/** One thing that was looked at, and what was found. */
export type Finding = { readonly check: string; readonly holds: boolean; readonly found: string }

/** Hours of a market with accounts that fall, seed by seed. */
const MARKET = { market: 'fierce', warmUp: 12, hours: 8, patience: 2, accounts: 60 } as const
const SEEDS = [1, 2]
/** Milliseconds of this thread, for others may be busy: a slower strategy loses races, a much slower one stops the agent. */
const SOFT = 5
const HARD = 50

/** Throws what loading throws (E_STRATEGY_...). */
export async function verify(spec: Spec): Promise<readonly Finding[]> {
  const { strategy, params } = await loadStrategy(spec.use, { ...spec.params })
  if (strategy.price !== undefined) return verifyPrice(seat(strategy, params))
  const watched = await watch(spec)
  const { views, answers, errors, times } = watched
  const sorted = [...times].sort((a, b) => a - b)
  const p99 = sorted[Math.floor(0.99 * (sorted.length - 1))] ?? 0
  const worst = sorted.at(-1) ?? 0
  const again = views.filter(({ view, seed, said }) => JSON.stringify(ask(watched.decide, view, seed), asText) !== said)
  const wrong = answers.flatMap(({ answer, view }) => mistakeOf(answer, view) ?? [])
  const taken = answers.filter(({ answer }) => answer.kind === 'take').length
  return [
    finding('loads', true, `${watched.name}, API ${watched.apiVersion}`),
    finding(
      'is asked',
      views.length + errors.length > 0,
      `${views.length} views, ${answers.length} answers, ${taken} of them take`,
    ),
    finding('never throws', errors.length === 0, errors[0] ?? 'no error'),
    finding(
      'keeps to itself',
      watched.touched.length === 0,
      watched.touched.length === 0
        ? 'no clock, no chance, no network, no timers'
        : `uses ${[...new Set(watched.touched)].join(', ')}`,
    ),
    finding(
      'is deterministic',
      again.length === 0,
      again.length === 0
        ? 'the same view, the same answers'
        : `${again.length} of ${views.length} views answered otherwise the second time`,
    ),
    finding(
      'answers properly',
      wrong.length === 0,
      wrong[0] ?? 'every answer is about a quote of its view, with a reason',
    ),
    finding(
      'is fast',
      p99 <= SOFT && worst <= HARD,
      `p99 ${p99.toFixed(2)} ms, worst ${worst.toFixed(2)} ms; at most ${SOFT} and ${HARD}`,
    ),
  ]
}

/** A buyer of claims: cheap and dear ones, with much and with nothing left. */
function verifyPrice({ name, price }: Seat): readonly Finding[] {
  const touched: string[] = []
  const errors: string[] = []
  const asked = CLAIMS.flatMap((claimed) => {
    try {
      const found = withoutAuthority(touched, () => price?.(claimed))
      const again = price?.(claimed)
      return [{ found, same: JSON.stringify(found) === JSON.stringify(again) }]
    } catch (error) {
      errors.push(error instanceof Error ? error.message : String(error))
      return []
    }
  })
  const bought = asked.flatMap(({ found }) => (found?.kind === 'buy' ? [found.rate] : []))
  const wrong = bought.filter((rate) => !Number.isInteger(rate) || rate <= 0 || rate > 10_000)
  return [
    finding('loads', true, `${name}, API ${API_VERSION}`),
    finding('is asked', true, `${asked.length} claims, ${bought.length} of them bought`),
    finding('never throws', errors.length === 0, errors[0] ?? 'no error'),
    finding(
      'keeps to itself',
      touched.length === 0,
      touched.length === 0 ? 'no clock, no chance, no network, no timers' : `uses ${[...new Set(touched)].join(', ')}`,
    ),
    finding(
      'is deterministic',
      asked.every(({ same }) => same),
      'the same claim, the same price',
    ),
    finding(
      'answers properly',
      wrong.length === 0,
      wrong[0] === undefined ? 'every price is a share of the value' : `pays ${wrong[0]} bps`,
    ),
  ]
}

const CLAIMS: readonly Claimed[] = [0n, 1_000n, 50_000n, 400_000n].flatMap((dollars) =>
  [0n, 40_000n, 500_000n].flatMap((left) =>
    [0, 80, 4_000, 10_000].map((premium): Claimed => {
      const value = wad(dollars * 10n ** 18n)
      const [free, whole] = [wad(left * 10n ** 18n), wad(600_000n * 10n ** 18n)]
      return { legs: [{ feed: 0, vault: 'fast', value, hedge: bps(5) }], value, premium: bps(premium), free, whole }
    }),
  ),
)

const finding = (check: string, holds: boolean, found: string): Finding => ({ check, holds, found })

type Seen = { readonly view: View; readonly seed: number; readonly said: string }

async function watch(spec: Spec) {
  const strategies = [{ use: spec.use, params: { ...spec.params } }]
  const setup = await simulatedSetup(backtestNetwork(), {
    executor: executorOf('verified'),
    bonded: true,
    seed: 1,
    strategies,
  })
  const [first] = setup.seats
  if (first === undefined || typeof first.decide === 'string') throw new RangeError('a setup without a strategy')
  const { name, decide } = first
  const seen: Seen[] = []
  const answers: { readonly answer: Answer; readonly view: View }[] = []
  const [errors, times, touched]: [string[], number[], string[]] = [[], [], []]
  const watching: Seat = {
    ...first,
    decide(view) {
      const seed = seen.length
      const before = process.threadCpuUsage()
      try {
        const said = withoutAuthority(touched, () => ask(decide, view, seed))
        times.push(millisSince(before))
        seen.push({ view, seed, said: JSON.stringify(said, asText) })
        answers.push(...said.map((answer) => ({ answer, view })))
        return said
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error))
        return []
      }
    },
  }
  for (const seed of SEEDS) runWorld(seedWorld({ seed, ...MARKET }, { ...setup, seats: [watching] }))
  return { name, decide, apiVersion: API_VERSION, views: seen, answers, errors, times, touched }
}

/** The view with chance of its own, so that it can be shown again. */
const ask = (decide: Decide, view: View, seed: number): readonly Answer[] =>
  decide({ ...view, random: mulberry32(seed) })

function mistakeOf(answer: Answer, view: View): string | undefined {
  const offered = view.candidates.some(({ quotes }) =>
    quotes.some(
      ({ candidate, route }) => candidate.id === answer.quote.candidate.id && route.id === answer.quote.route.id,
    ),
  )
  if (!offered)
    return `answers about ${answer.quote.candidate.id} on ${answer.quote.route.id}, which the view does not offer`
  if (typeof answer.reason !== 'string' || answer.reason.trim() === '') return 'an answer has no reason'
  if (answer.kind === 'postpone' && !(answer.until > view.now))
    return `postpones until ${answer.until}, which is not after ${view.now}`
  return undefined
}

const asText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value)

function millisSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}

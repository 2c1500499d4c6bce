// lienmesh drill: every account under water on forks of every chain, and every way out of it tried. Nothing is sent to a
// real chain. Start reading here.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configError, EXIT, type ExitStatus, invariantBroken } from '../../domain/errors.ts'
import type { Route } from '../../domain/liquidation.ts'
import type { MarginAccount } from '../../domain/market.ts'
import type { ChainId } from '../../domain/units.ts'
import { openProcesses } from '../processes.ts'
import { createRun } from '../run-directory.ts'
import { attempt, type Path, type Tried } from './attempt.ts'
import { type Actor, type DrillPlan, type EngineGround, type Ground, openGround } from './ground.ts'
import { lineOf, objectOf, summaryLines, summaryObject } from './report.ts'

/** What the command line asks for. */
type DrillOptions = {
  readonly plan: DrillPlan
  /** Most accounts that are tried; all of them by default. */
  readonly most: number
  readonly json: boolean
  readonly out: { write(text: string): unknown }
  readonly signal: AbortSignal
}

/** 0 when at least 95 % of the paths are proven, 6 when fewer are. Nothing to try is an error. */
export async function drill(options: DrillOptions): Promise<ExitStatus> {
  const { plan, json, out, signal } = options
  const home = mkdtempSync(join(tmpdir(), 'lienmesh-drill-'))
  const processes = openProcesses(createRun(home, 'drill', 0))
  const say = (text: string): void => void out.write(`${text}\n`)
  const started = Date.now()
  let ground: Ground | undefined
  try {
    ground = await openGround(processes, plan)
    const paths = pathsOf(ground, options.most)
    if (paths.length === 0) throw nothing(plan)
    const tried: Tried[] = []
    for (const path of paths) {
      signal.throwIfAborted()
      const one = await attempt(ground, path, signal)
      tried.push(one)
      say(json ? JSON.stringify(objectOf(one)) : lineOf(one))
    }
    const asked = realReads(ground)
    const result = { tried, asked, seconds: (Date.now() - started) / 1_000, least: LEAST }
    if (json) say(JSON.stringify(summaryObject(result)))
    else for (const line of summaryLines(result)) say(line)
    return tried.filter(({ proven }) => proven).length >= LEAST * tried.length ? EXIT.ok : EXIT.assertion
  } finally {
    await processes.end(GRACE)
    for (const { real } of ground?.forks.values() ?? []) await real.close()
    rmSync(home, { recursive: true, force: true })
  }
}

/** Share of the paths that must be proven. */
const LEAST = 0.95
const GRACE = 2_000

/** Every account, on every route that is open to it, by every executor of its engine. */
function pathsOf({ engines, plan }: Ground, most: number): readonly Path[] {
  return engines.flatMap((engine) =>
    engine.accounts
      .slice(0, most)
      .flatMap((account) =>
        routesOf(engine, account, plan.providers).flatMap((route) =>
          plan.actors
            .filter(({ on }) => on.has(engine.deployment.chain))
            .map((actor): Path => ({ engine, account, route, actor })),
        ),
      ),
  )
}

/** Collateral comes home by proof, or is sold at the bid to a provider. Without any, the bid is all there is. */
function routesOf(
  { deployment: { chain } }: EngineGround,
  { mode, credit }: MarginAccount,
  providers: readonly Actor[],
): readonly Route[] {
  const route = (settlement: Route['settlement'], provider: Route['provider']): Route => ({
    id: `${chain}:${provider === undefined ? settlement : `service:${provider.toLowerCase()}`}`,
    ...{ engine: chain, settlement, provider },
  })
  if (mode === 'cross' || credit.every(({ amount }) => amount === 0n)) return [route('none', undefined)]
  const services = providers.flatMap(({ on }) => on.get(chain) ?? [])
  return [route('state-proof', undefined), ...services.map((who) => route('liquidity-service', who))]
}

/** What the real chains were asked. A fork that wanted to do anything else there is no fork. */
function realReads({ forks }: Ground): ReadonlyMap<ChainId, ReadonlyMap<string, number>> {
  for (const { id, real } of forks.values()) {
    const [method] = real.refused.keys()
    if (method !== undefined) throw invariantBroken(`a drill wanted ${method} of a real chain`, { chain: id })
  }
  return new Map([...forks.values()].map(({ id, real }) => [id, real.asked]))
}

const nothing = ({ actors, network }: DrillPlan): Error =>
  configError(
    'E_DRILL_NOTHING',
    `no account of network ${network.name} holds anything that ${actors.length} executors could liquidate`,
    'Name the executors, and drill a network with open accounts.',
  )

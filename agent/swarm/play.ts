// One scenario from the first process to the last: set up, open the market, close it, judge, clean up.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadScenario, type Scenario } from '../../config/scenario.ts'
import { EXIT, type ExitStatus } from '../domain/errors.ts'
import { stoppagesOf } from '../simulator/scenario/stoppages.ts'
import { perform as act } from './actions/perform.ts'
import { arbitrate } from './arbitrageur.ts'
import type { Facts } from './assertions/facts.ts'
import { lastWord, type Verdict } from './assertions/judge.ts'
import { follow } from './assertions/live.ts'
import { look, siblingsOf } from './assertions/look.ts'
import { modeRows } from './assertions/modes.ts'
import { borrow } from './borrowers.ts'
import { close } from './closing.ts'
import { onRecord, openConsole } from './console.ts'
import { openRoads } from './faults/roads.ts'
import { openGallery } from './gallery.ts'
import { guard } from './guardian.ts'
import { type Helm, openHelm } from './helm.ts'
import { followSales } from './impact.ts'
import type { Outcome } from './outcome.ts'
import type { Play, PlayOptions } from './playbill.ts'
import { openProcesses, type Processes } from './processes.ts'
import { createRun, sweepRuns } from './run-directory.ts'
import { changed } from './seats.ts'
import { type Stage, setUp } from './stage.ts'
import { summaryLines, summaryObject } from './summary.ts'
import { holdingsOf } from './wealth.ts'

/** Plays a scenario: 0 when every assertion holds, 6 when one does not. Rejects with the reason of an interruption. */
export async function play(options: PlayOptions): Promise<ExitStatus> {
  const started = Date.now()
  const scenario = changed(loadScenario(options.scenario), options)
  const root = resolve(options.runDir ?? '.')
  const run = createRun(root, scenario.name, scenario.seed)
  const gallery = await openGallery({ run, scenario, port: options.port ?? 0 })
  const own = openConsole(options.out, options.json)
  // The link steers: it is for whoever started the run, not for whoever looks at it.
  own.note(`dashboard ${gallery.link}`)
  const console = onRecord(gallery.overhear(own), run.file('logs', 'swarm.log'))
  console.note(`lienmesh swarm · ${scenario.name} · seed ${scenario.seed} · run ${run.id} · ${run.path}`)
  for (const { run: id, pids } of sweepRuns(root, KEPT_RUNS))
    console.note(`found ${pids.length} orphans of run ${id}, stopped`)
  const processes = openProcesses(run)
  const roads = faulty(options, scenario)
    ? openRoads({ pids: () => pidsIn(processes), seed: scenario.seed })
    : undefined
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  try {
    return await untilAborted(
      options.signal,
      perform({ options, scenario, run, processes, console, gallery, roads, started, signal }),
    )
  } finally {
    ending.abort()
    await processes.end(GRACE)
    await roads?.close()
    await gallery.close()
    run.update({ phase: 'ended' })
  }
}

/** Run directories of the past that stay for reading. */
const KEPT_RUNS = 5
const GRACE = 3_000

/** Whether the processes are to speak through proxies. */
const faulty = ({ keep, faults }: PlayOptions, scenario: Scenario): boolean =>
  keep || faults === true || scenario.faults.length > 0

const pidsIn = (processes: Processes): ReadonlyMap<number, string> =>
  new Map(processes.all().flatMap((one) => (one.alive() ? [[one.pid, one.name] as const] : [])))

async function perform(show: Play): Promise<ExitStatus> {
  const stage = await setUp(show)
  const helm = await openHelm(show, stage)
  try {
    return await playMarket(show, stage, helm)
  } finally {
    await helm.close()
  }
}

async function playMarket(show: Play, stage: Stage, { desk }: Helm): Promise<ExitStatus> {
  const { scenario, run, console, signal, started, options } = show
  const { deployment, watch, market, crewing } = stage
  const before = await holdingsOf(deployment, market)
  const opened = Date.now()
  console.note(
    `market open · ${scenario.duration / 1000} s · one wall second is ${scenario.timeScale} modelled seconds`,
  )
  watch.truth.join(siblingsOf(stage.traders))
  watch.open(opened)
  show.gallery.opened(() => countsOf(watch), opened)
  run.update({ phase: 'running' })
  stage.hand.open(opened)
  for (const fault of scenario.faults) await desk.inject(fault)
  runMarket(show, stage)
  const facts = (): Facts => look(show, stage, opened)
  const followed = followAssertions(show, stage, facts)
  const acted = performActions(show, stage)
  await sleep(scenario.duration, undefined, { signal })
  await Promise.race([acted, sleep(CURTAIN, undefined, { signal })])
  followed.abort()
  const outcome = await console.step(
    'settle',
    () => close({ scenario, crewing, before, market, opened, started, keep: options.keep }),
    (found) => `${found.settled} of ${found.claims.length} claims redeemed`,
  )
  const status = judge(show, outcome, facts())
  options.judged?.(status)
  if (options.keep) await stayUp(show)
  return status
}

/** The last word: in the report, on the dashboard, and on the console with what was found where something does not hold. */
function judge({ run, console, gallery, options }: Play, outcome: Outcome, facts: Facts): ExitStatus {
  const alive = new Set(outcome.agents.filter((agent) => agent.alive).map(({ name }) => name))
  const verdicts = lastWord({ ...facts, ledgers: outcome.ledgers, alive })
  gallery.judged(verdicts)
  const [summary, lines] = [summaryObject(outcome), summaryLines(outcome, verdicts, modeRows(facts))]
  writeFileSync(run.file('report.json'), `${JSON.stringify({ summary, verdicts }, null, 2)}\n`)
  writeFileSync(run.file('report.txt'), `${lines.join('\n')}\n`)
  const failed = verdicts.filter(({ holds }) => !holds)
  for (const { claim, found } of failed) console.note(`assertion failed: ${claim}, found ${found}`)
  for (const verdict of verdicts) console.verdict(verdict)
  if (options.keep) console.note(`kept: lienmesh swarm status, logs and down know run ${run.id}`)
  console.close(lines, summary)
  return failed.length === 0 ? EXIT.ok : EXIT.assertion
}

/** What is still being done when the market closes has so long to be finished. */
const CURTAIN = 40_000

function performActions({ scenario, console, signal }: Play, stage: Stage): Promise<void> {
  const { deployment, traders, watch, publishers } = stage
  const report = (who: string, text: string): void => console.event(watch.at(), who, text)
  const bootstrap = publishers.addresses.slice(0, 1)
  return act({ scenario, deployment, traders, bootstrap, at: watch.at, report, signal })
}

/** Every turn of an assertion is an event of the market, until the market is closed; the gallery has all of them. */
function followAssertions({ console, gallery, signal }: Play, { watch }: Stage, facts: () => Facts): AbortController {
  const closing = new AbortController()
  const turned = ({ claim, holds, found }: Verdict): void =>
    console.event(watch.at(), 'assert', `${holds ? '✔' : '✖'} ${claim}: ${found}`, { claim, holds, found })
  follow({ facts, turned, all: gallery.judged, signal: AbortSignal.any([signal, closing.signal]) }).catch(
    (error: unknown) => console.event(watch.at(), 'assert', `ALARM ${String(error)}`),
  )
  return closing
}

/** How the run stands, for whoever looks. */
function countsOf({ truth, record }: Stage['watch']): Readonly<Record<string, number>> {
  const lives = [...truth.lives.values()]
  return {
    fell: lives.filter(({ fellAt }) => fellAt !== undefined).length,
    'still below': lives.filter(({ under }) => under).length,
    liquidated: lives.filter(({ bids }) => bids > 0).length,
    bids: record.bids.length,
    claims: record.claims.length,
    'on their way': record.claims.filter(({ finalAt }) => finalAt === undefined).length,
    shortfalls: record.shortfalls.length,
  }
}

/** The rest of the world: arbitrage in the pools, and routes that stick. */
function runMarket({ scenario, console, signal }: Play, { deployment, market, watch, hand }: Stage): void {
  const own = (work: Promise<void>): void => {
    work.catch((error: unknown) => {
      if (!signal.aborted) console.event(watch.at(), 'market', `ALARM ${String(error)}`)
    })
  }
  const moved = (text: string): void => console.event(watch.at(), 'market', text)
  for (const site of deployment.vaultChains) {
    own(arbitrate(site, market, watch.at, signal))
    own(followSales(site, { scenario, market, move: hand.move, at: watch.at, report: moved, signal }))
  }
  const report = (text: string): void => console.event(watch.at(), 'guardian', text)
  const spoken = (who: string, text: string): void => console.event(watch.at(), who, text)
  own(borrow({ scenario, deployment, market, record: watch.record, at: watch.at, report: spoken, signal }))
  for (const declared of scenario.vaults) {
    const vault = deployment.network.vaults.find((one) => one.id === declared.id)
    const site = deployment.vaultChains.find((one) => one.chain.id === vault?.chain)
    if (vault === undefined || site === undefined) continue
    own(guard(site, vault, stoppagesOf(scenario, declared), { at: watch.at, report, signal }))
  }
}

/** After the judgement everything goes on until it is ended from outside. */
async function stayUp({ run, options }: Play): Promise<void> {
  run.update({ phase: 'kept' })
  if (options.signal.aborted) return
  await new Promise<void>((resolve) => options.signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** The work, or the rejection of the signal if that comes first. */
function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return Promise.race([work, aborted])
}

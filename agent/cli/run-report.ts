// lienmesh report --html: a run, a running agent, or what an agent wrote down, on one page.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { hearSaying, openChronicle } from '../console/chronicle/chronicle.ts'
import { hear } from '../console/chronicle/saying.ts'
import { viewOf } from '../console/http/routes.ts'
import { runPage } from '../console/report.ts'
import type { Desk } from '../console/view/desk.ts'
import type { Views } from '../console/view/words.ts'
import { configError, EXIT, LienmeshError } from '../domain/errors.ts'
import { readDecisions } from '../runtime/decisions.ts'
import { shown } from '../runtime/events.ts'
import { command } from './command.ts'
import { from, journalFolder } from './journal-source.ts'
import { viewIn } from './view-source.ts'

/** Writes one page about a run or an agent: equity, parts, calibration, settlements, reasons, competitors. */
export const runReport = command({
  options: z.strictObject({
    html: z.string().min(1).default('report.html').describe('File to write: one page without scripts.'),
    log: z.string().min(1).optional().describe('Log of an agent (its standard output) to tell it from.'),
    from,
  }),
  examples: ['lienmesh report --html run.html', 'lienmesh report --log agent.log --html agent.html'],
  run: async (options, context) => {
    const source = options.log === undefined ? await folderSource(journalFolder(options.from)) : logSource(options.log)
    const [overview, pnl, settlements, opportunities, competitors] = await Promise.all([
      ...([source.view('overview'), source.view('pnl'), source.view('settlements')] as const),
      ...([source.view('opportunities'), source.view('competitors')] as const),
    ])
    const page = runPage({
      title: source.title,
      from: source.from,
      overview,
      pnl,
      settlements,
      opportunities,
      competitors,
    })
    writeFileSync(options.html, page)
    const said = { settled: pnl.settled, decisions: opportunities.reasons.reduce((sum, { count }) => sum + count, 0) }
    if (context.json) context.print(JSON.stringify({ type: 'report', file: options.html, from: source.from, ...said }))
    else
      context.print(`✔ ${options.html}   ${said.settled} settlements, ${said.decisions} decisions, from ${source.from}`)
    return EXIT.ok
  },
})

/** Where the page is told from. */
type Source = {
  readonly title: string
  readonly from: string
  readonly view: <K extends keyof Views>(name: K) => Promise<Views[K]>
}

/** What is served, or a run that is over; of an agent that serves nothing, what its journal says. */
async function folderSource(folder: string): Promise<Source> {
  const title = titleOf(folder)
  try {
    await viewIn(folder, 'overview')
    return { title, from: folder, view: (name) => viewIn(folder, name) }
  } catch (error) {
    if (!(error instanceof LienmeshError) || error.code !== 'E_NOT_RUNNING') throw error
    return { title, from: `the journal in ${folder}`, view: viewer(await journalDesk(folder)) }
  }
}

const titleOf = (folder: string): string => {
  const run = join(folder, 'run.json')
  if (!existsSync(run)) return `Agent ${basename(folder)}`
  const found = z
    .looseObject({ scenario: z.string(), seed: z.number() })
    .safeParse(JSON.parse(readFileSync(run, 'utf8')))
  return found.success ? `${found.data.scenario}, seed ${found.data.seed}` : basename(folder)
}

/** Everything that an agent said, line by line. */
function logSource(file: string): Source {
  if (!existsSync(file))
    throw configError('E_NO_CONFIG', `cannot read ${file}`, 'Name the file that holds the standard output of an agent.')
  const chronicle = openChronicle()
  const name = basename(file).replace(/\.\w+$/, '')
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const saying = hear(name, line)
    if (saying !== undefined) hearSaying(chronicle, saying)
  }
  return { title: `Agent ${name}`, from: file, view: viewer(deskOver(name, chronicle)) }
}

/** Decisions, by whom and why; what came of them stands in the log. */
async function journalDesk(folder: string): Promise<Desk> {
  const chronicle = openChronicle()
  for (const { agent, at, ...decision } of await readDecisions(folder, {}))
    hearSaying(chronicle, { agent, at, level: 'info', event: 'decision', fields: shown({ at, ...decision }) })
  return deskOver(basename(folder), chronicle)
}

const viewer =
  (desk: Desk) =>
  async <K extends keyof Views>(name: K): Promise<Views[K]> =>
    // What JSON carries is what the pages get: amounts as text.
    JSON.parse(JSON.stringify(await viewOf({ desk, look: desk.look }, name))) as Views[K]

const deskOver = (name: string, chronicle: Desk['chronicle']): Desk => ({
  ...{ kind: 'agent', name, mode: 'over', startedAt: 0, chronicle },
  network: () => undefined,
  agents: () => [...chronicle.seats.values()].map((seat) => ({ ...NOBODY, name: seat.name, role: seat.role })),
  look: async () => new Map(),
  order: () => Promise.reject(new Error('nothing is ordered here')),
  portfolio: async () => [],
  scenario: () => undefined,
  config: () => ({ settings: [] }),
  progress: () => undefined,
})

const NOBODY = { strategies: [], addresses: [] } as const

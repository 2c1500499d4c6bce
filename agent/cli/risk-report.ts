// lienmesh risk report: what came of our forecasts, for somebody who has to sign for them.
import { writeFileSync } from 'node:fs'
import { z } from 'zod'
import { gapLine } from '../../config/gap-records.ts'
import { reportPage } from '../console/risk/html.ts'
import { limitsOf } from '../console/risk/limits.ts'
import type { RiskReport } from '../console/risk/report.ts'
import { stressPage } from '../console/risk/stress.ts'
import { reportLines } from '../console/risk/text.ts'
import { EXIT, usageError } from '../domain/errors.ts'
import type { GapRecord } from '../domain/gap-record.ts'
import type { Sessioned } from '../maths/trust/evidence.ts'
import { verdict } from '../maths/trust/verdict.ts'
import { command } from './command.ts'
import { numericsOf } from './risk-numerics.ts'
import { linesOf, type Session, sessionsOf } from './session-files.ts'

/** Prints the report over one or more sessions, and writes it as a page. */
export const riskReport = command({
  options: z.strictObject({
    session: z
      .string()
      .min(1)
      .optional()
      .describe('Run directory or file of records; several with commas (default: newest run).'),
    html: z.string().min(1).optional().describe('Also write one self-contained page to this file.'),
    vectors: z
      .string()
      .min(1)
      .default('test/vectors/gap-vectors.json')
      .describe('Reference values to check numerics by.'),
  }),
  positionals: ['session'],
  examples: ['lienmesh risk report', 'lienmesh risk report --session runs/a,runs/b --html risk.html'],
  run: async ({ session, html, vectors }, { json, print }) => {
    const sources = sessionsOf(session)
    const report = reportOver(sources, vectors)
    if (html !== undefined) writePage(html, reportPage(report))
    if (json) print(JSON.stringify(report))
    else for (const line of reportLines(report)) print(line)
    if (html !== undefined && !json) print(`\n✔ written to ${html}`)
    return EXIT.ok
  },
})

function reportOver(sources: readonly Session[], vectors: string): RiskReport {
  const read = sources.map(readSession)
  const records = read.flatMap((one) => one.records)
  const judged = verdict(records)
  return {
    type: 'risk-report',
    sources: sources.map(({ name }) => name),
    broken: read.flatMap((one) => one.broken),
    verdict: judged,
    limits: limitsOf(judged),
    numerics: numericsOf(records, vectors),
    stress: stressPage(records),
  }
}

type Read = { readonly records: readonly Sessioned[]; readonly broken: readonly string[] }

/** Every record of a session. Agents of one run share its crashes: it is one session. */
function readSession(session: Session): Read {
  const records = new Map<string, Sessioned>()
  const broken: string[] = []
  for (const { text, place } of linesOf(session)) {
    const line = gapLine(text)
    if (line.kind === 'record') records.set(nameOf(line.record), { ...line.record, session: session.name })
    else if (line.kind === 'broken') broken.push(`${place}: ${line.message}`)
  }
  return { records: [...records.values()], broken }
}

/** A record that stands in a log and in a journal is one. */
const nameOf = ({ forecast, realised }: GapRecord): string =>
  [forecast.id, forecast.at, forecast.version, realised.realisedAt, realised.u].join()

function writePage(file: string, page: string): void {
  try {
    writeFileSync(file, page)
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    throw usageError('E_RISK_INPUT', `cannot write ${file}: ${found}`, 'Name a file in a folder that is there.')
  }
}

// What each call costs as a whole transaction, recorded in contracts/gas.json. The tests measure; this compares.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root } from './sources.ts'

/** Where forge leaves the figures of `vm.snapshotGasLastCall`, one file per group. */
export const measuredFolder = join(root, 'contracts/cache/gas')

/** How many calls were measured, and a sentence for each figure out of bounds. */
export interface GasReport {
  readonly calls: number
  readonly problems: readonly string[]
}

/** Gas by call. */
export type Figures = Record<string, number>

const recordPath = join(root, 'contracts/gas.json')
/** A figure may move this far from the record before somebody has to look. */
const tolerance = 0.02
/** What the design promised (docs: budgets on chain); no record may exceed these. */
export const limits: Readonly<Figures> = {
  'vault.claim': 230_000,
  'mirror.prove': 140_000,
  'mirror.prove, the first of an asset': 140_000,
  'roots.submit, three signatures': 180_000,
  'auction.bid': 650_000,
  'proofs.anchor and read, nine and five full nodes, one transaction': 400_000,
}

/** Measured figures against the record and the limits. Only a complete run can say that a recorded call is gone. */
export function compareGas(complete: boolean): GasReport {
  const measured = measure()
  return { calls: Object.keys(measured).length, problems: compareFigures(measured, readRecord(), complete) }
}

/** A sentence for each figure that is off its record, over its limit, without a record, or gone. */
export function compareFigures(measured: Figures, recorded: Figures, complete: boolean): readonly string[] {
  const gone = complete ? Object.keys(recorded).filter((call) => measured[call] === undefined) : []
  const problems = Object.entries(measured).flatMap(([call, gas]) => [
    ...overLimit(call, gas),
    ...offRecord(call, gas, recorded[call]),
  ])
  return [...problems, ...gone.map((call) => `${call} has a record and was not measured`)]
}

/** Writes what was measured over the record; after a partial run the other calls keep their figures. */
export function recordGas(complete: boolean): GasReport {
  const measured = measure()
  const kept = complete ? {} : readRecord()
  const merged = Object.entries({ ...kept, ...measured }).sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(recordPath, `${JSON.stringify(Object.fromEntries(merged), undefined, 2)}\n`)
  const problems = Object.entries(measured).flatMap(([call, gas]) => overLimit(call, gas))
  return { calls: Object.keys(measured).length, problems }
}

function overLimit(call: string, gas: number): string[] {
  const limit = limits[call]
  return limit !== undefined && gas > limit ? [`${call} costs ${gas} gas, over its limit of ${limit}`] : []
}

function offRecord(call: string, gas: number, recorded: number | undefined): string[] {
  if (recorded === undefined) return [`${call} costs ${gas} gas and has no record`]
  const change = gas / recorded - 1
  return Math.abs(change) > tolerance
    ? [`${call} costs ${gas} gas, ${(change * 100).toFixed(1)} % from ${recorded}`]
    : []
}

function measure(): Figures {
  const files = existsSync(measuredFolder) ? readdirSync(measuredFolder) : []
  return Object.fromEntries(files.flatMap(group))
}

function group(file: string): [string, number][] {
  const figures: Record<string, string> = JSON.parse(readFileSync(join(measuredFolder, file), 'utf8'))
  return Object.entries(figures).map(([call, gas]) => [`${basename(file, '.json')}.${call}`, Number(gas)])
}

/** Gas by call, as recorded. */
export function readRecord(): Figures {
  return existsSync(recordPath) ? JSON.parse(readFileSync(recordPath, 'utf8')) : {}
}

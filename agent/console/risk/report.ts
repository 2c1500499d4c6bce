// What a risk report holds, whatever it is shown on.
import type { Verdict } from '../../maths/trust/verdict.ts'
import type { StressPage } from './stress.ts'

/** How exact and how fast the program's numbers are, measured when the report is made. */
export type Numerics = {
  /** Reference values met; undefined without the file. */
  readonly vectors: { readonly file: string; readonly asked: number; readonly missed: readonly string[] } | undefined
  /** Largest miss as a share of what is allowed. */
  readonly worst: number | undefined
  /** Microseconds for a full quote. */
  readonly quote: { readonly p50: number; readonly p99: number; readonly quotes: number }
  /** Analytic against simulated, in standard errors, for some quotes. */
  readonly simulated: readonly Simulated[]
}

/** One quote's loss odds and expected loss, both ways. */
export type Simulated = {
  readonly id: string
  readonly market: string
  readonly pLoss: number
  readonly drawnPLoss: number
  readonly EL: number
  readonly drawnEL: number
  readonly z: number
}

/** Everything on the pages. */
export type RiskReport = {
  readonly type: 'risk-report'
  readonly sources: readonly string[]
  /** Lines that claimed to be evidence and could not be read. */
  readonly broken: readonly string[]
  readonly verdict: Verdict | undefined
  /** What the sample cannot show, in sentences. */
  readonly limits: readonly string[]
  readonly numerics: Numerics
  readonly stress: StressPage
}

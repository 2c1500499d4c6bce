// What was said of gaps and how they ended, for the picture of calibration. Statistics: doubles.
import { figure, list, maybe, part, type Saying } from './saying.ts'

/** One gap that is over. Loss and tail per unit of debt, debt in dollars. */
export type Gap = {
  readonly agent: string
  readonly at: number
  readonly vault: string | undefined
  readonly collateral: number | undefined
  readonly taken: boolean
  readonly debt: number
  readonly expected: number
  readonly loss: number
  /** Where the outcome fell in its forecast, from 0 to 1. */
  readonly u: number
  readonly seconds: number | undefined
  readonly levels: readonly { readonly alpha: number; readonly VaR: number; readonly ES: number }[]
}

/** A gap told by an agent; nothing when a figure is missing. */
export function gapIn({ agent, at, fields }: Saying): readonly Gap[] {
  const { forecast, realised } = fields
  const [debt, expected] = [figure(forecast, 'debt'), figure(forecast, 'expectedLoss')]
  const [loss, u] = [figure(realised, 'loss'), figure(realised, 'u')]
  if (debt === undefined || expected === undefined || loss === undefined || u === undefined) return []
  const levels = list(part(forecast, 'levels')).flatMap((level) => {
    const [alpha, VaR, ES] = [figure(level, 'alpha'), figure(level, 'VaR'), figure(level, 'ES')]
    return alpha === undefined || VaR === undefined || ES === undefined ? [] : [{ alpha, VaR, ES }]
  })
  const [vault, collateral] = [maybe(part(forecast, 'vault')), figure(forecast, 'collateral')]
  const [taken, seconds] = [part(realised, 'taken') === true, figure(realised, 'seconds')]
  return [{ agent, at, vault, collateral, taken, debt, expected, loss, u, seconds, levels }]
}

// In crash weeks the learned laws hold where there is enough to judge, and beat simpler ones. The whole replay is a bench;
// this is part of it: five weeks, one quote every 49 minutes, three routes, priors fitted without the week.
import { describe, expect, test } from 'vitest'
import { minuteTerms } from '../../../support/replay/fit-weeks.ts'
import { cellsOf, scoresOf } from '../../../support/replay/judge.ts'
import { shapesWithout } from '../../../support/replay/left-out.ts'
import { replayRoutes } from '../../../support/replay/routes.ts'
import { type Quoted, walkSeries } from '../../../support/replay/walk-week.ts'
import { dataDirectory, readWeek } from '../../../support/replay/weeks.ts'

const directory = dataDirectory()
const WEEKS = ['2020-03-12', '2022-05-11', '2022-11-08', '2024-08-05', '2025-02-03']

/** Quotes of some weeks; a week's prior never saw it. */
function replay(data: string): readonly Quoted[] {
  const routes = replayRoutes(data).filter(({ name }) => /3.5 min|10 min|17 min$/.test(name))
  return WEEKS.flatMap((week) => {
    const terms = minuteTerms(shapesWithout(week))
    return readWeek(data, week).flatMap((series) =>
      walkSeries(series, { terms, routes, stride: 49, first: 60, seed: 1 }),
    )
  })
}

describe.skipIf(directory === undefined)('crash weeks', () => {
  test('exceed VaR 99 % between half and twice as often as said, and the scores beat both baselines', {
    timeout: 240_000,
  }, () => {
    const quotes = replay(directory ?? '')
    const judged = cellsOf(quotes).filter((cell) => cell.judged)
    expect(judged.map(({ state }) => state)).toEqual(['calm', 'calm', 'calm'])
    expect(judged.filter(({ holds }) => !holds)).toEqual([])
    for (const { model, ewma, historical } of scoresOf(quotes)) {
      expect(model).toBeLessThan(ewma)
      expect(model).toBeLessThan(historical)
    }
  })
})

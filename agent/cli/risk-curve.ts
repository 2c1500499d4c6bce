// lienmesh risk curve: the gap against latency, in parts.
import { z } from 'zod'
import { curve } from '../console/risk/curve.ts'
import { fixed } from '../console/risk/wording.ts'
import { EXIT } from '../domain/errors.ts'
import { within } from '../maths/risk/refusal.ts'
import { command } from './command.ts'
import { volatilityOf } from './risk-market.ts'
import { decimal } from './risk-options.ts'
import { orRefused } from './risk-refused.ts'

/** Medians of the table: intents, fast messages, finality, hours. */
const MEDIANS = [3, 18, 36, 132, 300, 1042, 1548, 3600, 7200, 21_600]

/** Prints what the tail is made of, from seconds to hours. */
export const riskCurve = command({
  options: z.strictObject({
    asset: z.string().min(1).default('ETH').describe('Collateral, such as ETH.'),
    state: z.enum(['calm', 'triggered', 'cascade']).default('triggered').describe('What its market goes through.'),
    stuck: decimal.default(0.005).describe('Odds that the route is stuck.'),
    alpha: decimal.default(0.99).describe('Level of the expected shortfall.'),
  }),
  positionals: ['asset'],
  examples: ['lienmesh risk curve', 'lienmesh risk curve BTC --state cascade --alpha 0.999'],
  run: async ({ asset, state, stuck, alpha }, { json, print }) => {
    const points = orRefused('curve', () => {
      within('stuck', stuck, { least: 0, most: 1 })
      within('alpha', alpha, { least: 0.5, below: 1 })
      return curve({ state, volatility: volatilityOf(asset), stuckOdds: stuck, alpha }, MEDIANS)
    })
    if (json) for (const point of points) print(JSON.stringify({ type: 'point', ...point }))
    else for (const line of lines(points)) print(line)
    return EXIT.ok
  },
})

function lines(points: ReturnType<typeof curve>): readonly string[] {
  const bps = (value: number): string => fixed(1e4 * value, 1).padStart(12)
  return [
    `${'median'.padStart(8)}${['diffusion', 'jumps', 'stuck', 'fall at ES', 'least bonus'].map((one) => one.padStart(12)).join('')}   (bps)`,
    ...points.map(
      (one) =>
        `${`${one.median} s`.padStart(8)}${[one.diffusion, one.jumps, one.stuck, one.fall, one.leastBonus].map(bps).join('')}`,
    ),
    '',
    'diffusion grows with the root of the time, jumps with the time; a stuck route adds',
    'hours, however fast the route is otherwise',
  ]
}

// How long the agent takes to price one leg's gap next to everything it carries. node test/bench/gap.ts
import { createCore, type Input } from '../../agent/core/core.ts'
import { riskOf, riskWith, WHOLE } from '../../agent/core/risk/carried.ts'
import { exposed, gapRisk } from '../../agent/core/risk/gap.ts'
import { limitReached } from '../../agent/core/risk/limits.ts'
import { instant } from '../../agent/domain/units.ts'
import { anchor, ENGINE, hash, opening, playDrawn, ripe, START, setup, usd, WETH } from '../support/builders.ts'
import { line, timed } from './timing.ts'

const base = setup()
const core = createCore({
  ...base,
  risk: { ...base.risk, scenarios: { ...base.risk.scenarios, rows: 4_096 } },
})
const claims = Array.from(
  { length: 100 },
  (_, i): Input => ({
    at: START,
    kind: 'claim-opened',
    claim: {
      ...{ intent: hash(i + 1), vault: i % 2 === 0 ? 'vault-fast' : 'vault-slow', collateral: i % 2 === 0 ? 0 : 2 },
      ...{ asset: WETH, amount: 10n ** 18n, openedAt: START, openedIn: anchor(1n) },
    },
  }),
)
playDrawn(core, [...opening(2_400, ripe()), ...claims])
playDrawn(core, [{ at: START, kind: 'timer' }])

const unpriced = [{ cell: { engine: ENGINE, feed: 0, vault: 'vault-fast' }, value: usd(10_300), debt: usd(10_000) }]
const legs = exposed(core, START, unpriced)
if ('type' in legs) throw new Error(`no law: ${legs.reason}`)

process.stdout.write(`${core.carried?.held.size ?? 0} claims carried over ${core.carried?.whole.losses.length} rows\n`)
line(
  'gap of a leg, law and share kept',
  timed(() => gapRisk(core, START, legs), 50),
  'under 10',
)
line(
  'the same with every limit',
  timed(() => [gapRisk(core, START, legs), limitReached(core, START, legs)], 20),
  'under 50',
)
line(
  'tail of the whole with the leg, exactly',
  timed(() => riskWith(core, START, WHOLE, legs), 2),
  'under 500',
)
line(
  'tail of the whole, kept',
  timed(() => riskOf(core, START, WHOLE), 100),
)
let moment = 0
line(
  'law asked for again at another instant',
  timed(() => exposed(core, instant(START + (++moment % 1_000)), unpriced), 10),
)

// Views as a core shows them to strategies.
import { createCore, type Input } from '../../agent/core/core.ts'
import { WHOLE_BUDGET } from '../../agent/core/setup.ts'
import type { View } from '../../agent/strategy.ts'
import { account, address, opening, play, ripe, START, seatOf, setup, usd } from './builders.ts'

/** What a strategy sees of so many accounts below maintenance at a price of ETH. */
export function viewWith(candidates: number, ether = 2_400): View {
  const seen: View[] = []
  const looking = seatOf(
    (view) => {
      seen.push(view)
      return []
    },
    { budget: WHOLE_BUDGET },
  )
  const others = Array.from({ length: candidates }, (_, i): Input => {
    const id = address(0x1000 + i)
    return { at: START, kind: 'account', account: ripe({ id, owner: id }), source: 'own' }
  })
  play(createCore(setup({ seats: [looking] })), [...opening(ether, account({ cash: usd(1e6) })), ...others])
  const last = seen.at(-1)
  if (last === undefined) throw new Error('the core showed no candidate')
  return last
}

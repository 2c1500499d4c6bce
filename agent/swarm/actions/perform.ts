// The actions of a scenario, each at its time.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Action } from '../../../config/actions.ts'
import { equivocate } from './equivocate.ts'
import { forge } from './forge.ts'
import { depositMore, tradeMore } from './hold.ts'
import { publishGap } from './publish-gap.ts'
import type { Acting } from './theatre.ts'
import { withdrawAll } from './withdraw.ts'

/** Does everything, what comes at one time in the order of the file. What fails is told; the rest goes on. */
export async function perform(acting: Acting): Promise<void> {
  await Promise.all(
    acting.scenario.actions.map((action) =>
      sleep(Math.max(0, action.at - acting.at()), undefined, { signal: acting.signal })
        .then(() => actOn(action, acting))
        .catch((error: unknown) => {
          if (!acting.signal.aborted) acting.report(action.do, `FAILED ${String(error)}`)
        }),
    ),
  )
}

function actOn(action: Action, acting: Acting): Promise<void> {
  switch (action.do) {
    case 'forge':
      return forge(action, acting)
    case 'equivocate':
      return equivocate(action, acting)
    case 'withdraw':
      return withdrawAll(acting)
    case 'deposit':
      return depositMore(action, acting)
    case 'trade':
      return tradeMore(action, acting)
    case 'gap':
      return publishGap(action, acting)
  }
}

import { expect, test } from 'vitest'
import { leftOut } from '../../../agent/simulator/scenario/left-out.ts'
import { loadScenario } from '../../../config/scenario.ts'

test('what the simulator cannot play it says, and nothing of what it can', () => {
  expect(leftOut(loadScenario('calm'))).toEqual([])
  expect(leftOut(loadScenario('partition'))).toEqual(['faults: partition, crash'])
  expect(leftOut(loadScenario('cascade'))).toEqual([
    'actions: withdraw',
    "the mark that seizure sales leave on everybody's price",
  ])
  expect(leftOut(loadScenario('flash-crash'))).toEqual(['1 liquidity provider', 'that some agents read no logs'])
  expect(leftOut(loadScenario('bad-prover'))).toEqual(['actions: forge', 'sources of truth besides attestation'])
})

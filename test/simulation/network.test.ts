// The scenarios of `npm run bench:network`, shortened. Receiving halves under attack are played in virtual time; real nodes are
// asked only for what does not depend on how busy this machine is.
import { describe, expect, test } from 'vitest'
import { eclipse } from '../support/eclipse-scenarios.ts'
import * as forgeries from '../support/forgery-scenarios.ts'
import * as scenarios from '../support/network-scenarios.ts'
import * as processes from '../support/process-scenarios.ts'
import { censored, coldBoot, covertFlash, eclipseOne } from '../support/siege-scenarios.ts'

test.for([...Object.entries(scenarios), ...Object.entries(forgeries)])('%s', async ([, scenario]) => {
  expect(await scenario(7, 0.2)).toMatchObject({ passed: true })
})

test('an agent that hears nobody honest knows it within a minute, and seldom without reason', async () => {
  expect(await eclipse(7, 0.1)).toMatchObject({ passed: true })
})

describe('strangers around real nodes', () => {
  test.for(Object.entries({ coldBoot, covertFlash, eclipseOne, censored }))(
    '%s: all is heard',
    async ([, scenario]) => {
      expect(await scenario(7, 0.05)).toMatchObject({ share: 1 })
    },
  )
})

describe('nodes in processes of their own', () => {
  test('a peer that sends a bomb is dropped, and memory stays', async () => {
    expect(await processes.bombs(7, 1)).toMatchObject({ passed: true })
  })

  test('a reader that stood still acts on nothing old when it goes on', async () => {
    const { resumedMillis, oldestActedOnMillis } = await processes.stalled(7, 0.05)
    expect(resumedMillis).toBeLessThan(Number.POSITIVE_INFINITY)
    expect(oldestActedOnMillis).toBeLessThanOrEqual(2_000)
  })

  test('a flood that has to wait takes no memory', async () => {
    expect(await processes.flooded(7, 0.05)).toMatchObject({ passed: true })
  })
})

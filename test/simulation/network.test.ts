// The scenarios of `npm run bench:network`, shortened: a network of real receiving halves under attack, in virtual time.
import { expect, test } from 'vitest'
import * as forgeries from '../support/forgery-scenarios.ts'
import * as scenarios from '../support/network-scenarios.ts'

test.for([...Object.entries(scenarios), ...Object.entries(forgeries)])('%s', async ([, scenario]) => {
  expect(await scenario(7, 0.2)).toMatchObject({ passed: true })
})

import { describe, expect, test } from 'vitest'
import { assertion, assertionKinds } from '../../../config/assertions.ts'
import { contradictionsIn } from '../../../config/contradictions.ts'
import { loadScenario } from '../../../config/scenario.ts'
import { sentenceForms } from '../../../config/sentences.ts'

const complaints = (said: unknown): readonly string[] =>
  assertion.safeParse(said, { reportInput: true }).error?.issues.map(({ message }) => message) ?? []

describe('an assertion', () => {
  test.each(sentenceForms())('$form is read, and written again as it was', ({ kind, example }) => {
    const read = assertion.parse(example)
    expect([read.kind, read.sentence]).toEqual([kind, example])
  })

  test('of every kind can be said', () => {
    expect(new Set(sentenceForms().map(({ kind }) => kind))).toEqual(new Set(assertionKinds().map(({ kind }) => kind)))
  })

  test('is the same as a sentence and as fields', () => {
    expect(assertion.parse({ kind: 'closed', within: '60s', route: 'vault-2' })).toEqual(
      assertion.parse('every settlement on vault-2 closed within 60s'),
    )
    expect(assertion.parse('No bad debt')).toMatchObject({ kind: 'bad-debt', most: 0n })
  })

  test.each([
    ['every settlment closed in 60s', 'every settlement closed within 60s'],
    ['house-3 resumes settlements', 'house-3 resumes its settlements'],
    ['mesh degree atleast 3 within 10s', 'mesh degree at least 3 within 10s'],
    ['no route except vault-2 is affected', 'no route but vault-2 is affected'],
    ['bad debt at most 5000', 'bad debt at most 5000 USD'],
    ['at least 4 winners', 'at least 4 different winners'],
    ['no debt', 'no bad debt'],
  ])('that is none, %s, is told the nearest: %s', (said, nearest) => {
    expect(complaints(said)).toEqual([`"${said}" is no assertion – did you mean "${nearest}"?`])
  })

  test('whose fields are wrong says which', () => {
    expect(complaints({ kind: 'bed-debt', most: '0 USD' })).toEqual([
      'there is no kind bed-debt – did you mean bad-debt?',
    ])
    expect(complaints({ kind: 'mesh', least: 3 })).toEqual(['is missing; write a duration such as 1.5s'])
    expect(complaints({ kind: 'alive', of: 1 })).toEqual(['of is nothing that an assertion of the kind alive says'])
    expect(complaints(7)).toEqual(['expected a sentence such as "no bad debt", or an object with a kind'])
  })
})

describe('an assertion that nothing could ever decide is refused', () => {
  test.each([
    ['vault-9 is tripped', 'vault-9 is not declared (vault-fast, vault-slow)'],
    ['no route but vault-9 is affected', 'vault-9 is not declared (vault-fast, vault-slow)'],
    ['loss on vault-slow at most its cap', 'vault-slow has no cap'],
    ['house-9 is slashed', 'house-9 is not declared (house-1, house-2, house-3, house-4, rush-1, rush-2)'],
    ['whale is restored', 'whale is not declared ()'],
    ['at least 9 different winners', 'only 6 agents bid'],
    ['at least 9 credit lines repaid', 'the scenario has no credit lines'],
    ['at least 900 accounts fall', 'there are only 200 accounts'],
    ['mesh degree at least 20 within 5s', 'fewer than so many peers take part'],
    ['house-3 resumes its settlements', 'no fault ends it and brings it back'],
    ['house-3 is slashed', 'no action makes it equivocate'],
    ['every depositor withdraws in full', 'no action withdraws'],
    ['unified liquidates no more than cross', 'no book is held under both: see accounts.twins'],
    ['no bid between 50s and 60s', 'the market is not open then'],
  ])('%s: %s', (sentence, why) => {
    const scenario = { ...loadScenario('flash-crash'), assert: [assertion.parse(sentence)] }
    expect(contradictionsIn(scenario)).toEqual([{ path: ['assert', 0], message: `"${sentence}": ${why}` }])
  })
})

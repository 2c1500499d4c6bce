import { describe, expect, test } from 'vitest'
import { available, following, type Sign, WELL } from '../../../agent/adapters/chain/rpc/health.ts'

const told = (...signs: readonly Sign[]) => signs.reduce((health, sign) => following(health, sign, 1_000), WELL)

describe('a provider', () => {
  test('may lose one answer', () => {
    expect(told('silent')).toEqual({ condition: 'well', strikes: 1, until: 0, late: 0 })
    expect(told('silent', 'answered')).toEqual(WELL)
  })

  test('that loses two in a row is left alone, longer each time, never for ever', () => {
    expect(told('silent', 'silent')).toEqual({ condition: 'silent', strikes: 2, until: 1_500, late: 0 })
    expect(told('silent', 'silent', 'silent')).toEqual({ condition: 'silent', strikes: 3, until: 2_000, late: 0 })
    expect(told(...Array.from({ length: 40 }, () => 'silent' as const)).until).toBe(9_000)
  })

  test('gets another chance when its pause is over, and only then heals', () => {
    const silent = told('silent', 'silent')
    expect(available(silent, 1_499)).toBe(false)
    expect(available(silent, 1_500)).toBe(true)
    expect(following(silent, 'answered', 1_400)).toEqual(silent)
    expect(following(silent, 'answered', 1_500)).toEqual(WELL)
  })

  test('that lied once is left alone at once, and its next lie costs it twice the time', () => {
    const liar = told('lying')
    expect(liar).toEqual({ condition: 'lying', strikes: 1, until: 31_000, late: 0 })
    const healed = following(liar, 'answered', 31_000)
    expect(healed.condition).toBe('well')
    expect(following(healed, 'lying', 31_000).until).toBe(91_000)
  })

  test('that is behind answers all the same, and is left alone at the fifth time unless it caught up', () => {
    const late = ['answered', 'behind'] as const
    const four = Array.from({ length: 4 }, () => late).flat()
    expect(told(...four)).toEqual({ ...WELL, late: 4 })
    expect(told(...four, ...late)).toEqual({ condition: 'behind', strikes: 0, until: 1_500, late: 5 })
    expect(told(...four, 'abreast', ...four)).toEqual({ ...WELL, late: 4 })
  })

  test('that is behind again after its pause is left alone at once, and longer', () => {
    const behind = told(...Array.from({ length: 5 }, () => 'behind' as const))
    const again = following(following(behind, 'answered', 1_500), 'behind', 1_500)
    expect(again).toEqual({ condition: 'behind', strikes: 0, until: 2_500, late: 6 })
  })

  test('of another chain is not asked again for a minute', () => {
    expect(told('foreign')).toEqual({ condition: 'foreign', strikes: 1, until: 61_000, late: 0 })
  })
})

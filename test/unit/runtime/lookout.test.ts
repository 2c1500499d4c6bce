import { describe, expect, test } from 'vitest'
import { instant } from '../../../agent/domain/units.ts'
import { mulberry32 } from '../../../agent/maths/seeded.ts'
import { createClockWatch, createLookout, type Sight } from '../../../agent/runtime/lookout.ts'

const LAG = 2
const ATTESTORS = [1, 2, 3, 4]

/** Looks once a second; `own` and `signed` say which block each voice is at. */
function watch(seconds: number, own: (t: number) => bigint | undefined, signed: (t: number) => bigint | undefined) {
  const look = createLookout(instant(0), LAG)
  return Array.from({ length: seconds }, (_, t): Sight => look({ own: own(t), signed: signed(t) }, instant(t * 1_000)))
}

const at = (t: number): bigint => BigInt(1_000 + t)
const until = (end: number, t: number): bigint => at(Math.min(t, end))
const behind = (t: number): bigint => at(t - LAG)

describe('lookout', () => {
  test('a node that falls silent while attestors go on is a cut, until it speaks again', () => {
    const sights = watch(120, (t) => (t < 70 ? until(20, t) : at(t)), behind)
    expect([sights.indexOf('cut'), sights.lastIndexOf('cut'), new Set(sights)]).toEqual([
      50,
      69,
      new Set(['both', 'cut']),
    ])
  })

  test('attestors that fall silent while the node goes on are an eclipse, found within a minute', () => {
    const sights = watch(120, at, (t) => until(20, t - LAG))
    expect(sights.indexOf('eclipsed')).toBe(52)
  })

  test('a newcomer who never hears an attestor is eclipsed', () => {
    expect(watch(60, at, () => undefined).indexOf('eclipsed')).toBe(30)
  })

  test('a chain that stands still silences both, and is neither', () => {
    expect(
      new Set(
        watch(
          120,
          (t) => until(20, t),
          (t) => until(20, t - LAG),
        ),
      ),
    ).toEqual(new Set(['both']))
  })

  test('a minute is enough where a block takes twelve seconds', () => {
    const own = (t: number): bigint => BigInt(1_000 + Math.floor(t / 12))
    const sights = watch(200, own, (t) => own(Math.min(t, 60)) - BigInt(LAG))
    expect(sights.indexOf('eclipsed') - 60).toBeLessThanOrEqual(60)
    expect(sights.indexOf('eclipsed')).toBeGreaterThan(60)
  })

  test('slow blocks and a fifth of all signatures lost alarm in fewer than one run of a hundred', () => {
    const random = mulberry32(7)
    const alarmed = Array.from({ length: 400 }, () => {
      let [own, signed] = [1_000n, 998n]
      const look = createLookout(instant(0), LAG)
      const sights = Array.from({ length: 600 }, (_, t): Sight => {
        if (t % 12 === 0) own++
        if (t % 12 === 3 && ATTESTORS.some(() => random() > 0.2)) signed = own - BigInt(LAG)
        return look({ own, signed }, instant(t * 1_000))
      })
      return sights.some((sight) => sight !== 'both')
    })
    expect(alarmed.filter(Boolean).length).toBeLessThanOrEqual(4)
  })
})

describe('a clock', () => {
  const stats = (price: number, future: number, expired: number) =>
    ({ received: { price }, rejected: { 'price:from-future': future, 'price:expired': expired } }) as never

  test('that is ninety seconds behind or ahead is told once, and again only after it was right', () => {
    const watch = createClockWatch()
    expect([watch(stats(5, 0, 0)), watch(stats(5, 19, 0)), watch(stats(5, 20, 0)), watch(stats(5, 60, 0))]).toEqual([
      undefined,
      undefined,
      'behind',
      undefined,
    ])
    expect([watch(stats(9, 60, 0)), watch(stats(9, 60, 25))]).toEqual([undefined, 'ahead'])
  })

  test('is not doubted for one publisher whose clock is off', () => {
    const watch = createClockWatch()
    expect([watch(stats(10, 30, 0)), watch(stats(20, 60, 0)), watch(stats(30, 90, 0))]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

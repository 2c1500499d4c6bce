import { describe, expect, test } from 'vitest'
import { standings, turned } from '../../../agent/kit/backtest/arena.ts'
import { foldsOf, pointsOf, walk } from '../../../agent/kit/backtest/sweep.ts'
import type { Played, Result } from '../../../agent/simulator/backtest/run.ts'

describe('a sweep', () => {
  test('tries every combination once', () => {
    expect(
      pointsOf([
        ['patience', [1, 2]],
        ['minNet', ['0', '5']],
      ]),
    ).toEqual([
      { patience: 1, minNet: '0' },
      { patience: 1, minNet: '5' },
      { patience: 2, minNet: '0' },
      { patience: 2, minNet: '5' },
    ])
  })

  test('judges a week by what was chosen on the weeks before it, in whatever order the files were named', () => {
    const weeks = [
      { name: 'third', from: 30 },
      { name: 'first', from: 10 },
      { name: 'second', from: 20 },
    ]
    expect(foldsOf(weeks, [1])).toEqual([
      { name: 'second', train: [{ ground: 1, seed: 1 }], test: [{ ground: 2, seed: 1 }] },
      {
        name: 'third',
        train: [
          { ground: 1, seed: 1 },
          { ground: 2, seed: 1 },
        ],
        test: [{ ground: 0, seed: 1 }],
      },
    ])
  })

  test('of one file lets half of the seeds choose and the other half judge; one seed judges nothing', () => {
    const [fold] = foldsOf([{ name: 'week', from: 0 }], [1, 2, 3])
    expect(fold).toEqual({
      name: 'week, other seeds',
      train: [
        { ground: 0, seed: 1 },
        { ground: 0, seed: 2 },
      ],
      test: [{ ground: 0, seed: 3 }],
    })
    expect(foldsOf([{ name: 'week', from: 0 }], [1])).toEqual([])
  })

  test('reports what the chosen parameters earned where they were not chosen, however good they looked', () => {
    const folds = foldsOf([{ name: 'week', from: 0 }], [1, 2])
    const [walked] = walk(folds, 2, (point, { seed }) => (point === 1 ? (seed === 1 ? 100 : -50) : 10))
    expect([walked?.point, walked?.inSample.mean, walked?.outOfSample.mean]).toEqual([1, 100, -50])
  })
})

describe('an arena', () => {
  const contenders = [
    { use: 'bold', params: {} },
    { use: 'shy', params: {} },
  ]
  const played = (...pnl: readonly number[]): Played => ({
    ...({} as Played),
    field: pnl.map((one, i): Result => ({ name: `seat ${i}`, pnl: one, liquidations: i })),
  })

  test('lets everybody sit first once', () => {
    expect(turned(contenders).map((seats) => seats.map(({ use }) => use))).toEqual([
      ['bold', 'shy'],
      ['shy', 'bold'],
    ])
  })

  test('gives every seat’s earnings to whoever sat there, best mean first', () => {
    const ranked = standings(contenders, [
      { lineup: 0, played: played(10, 30) },
      { lineup: 1, played: played(50, -10) },
    ])
    expect(ranked.map(({ name, pnl, wins, liquidations }) => [name, pnl.mean, wins, liquidations])).toEqual([
      ['shy', 40, 2, 1],
      ['bold', 0, 0, 1],
    ])
  })
})

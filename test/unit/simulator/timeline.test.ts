import { expect, test } from 'vitest'
import { openTimeline } from '../../../agent/simulator/timeline.ts'
import { openPool, type Transaction } from '../../../agent/simulator/transactions.ts'
import { START } from '../../support/builders.ts'

test('what is due earlier happens earlier, and what was called for first where times are equal', () => {
  const time = openTimeline(START)
  const seen: string[] = []
  const say = (word: string) => () => void seen.push(`${word} ${time.now - START}`)
  time.at(START + 30, say('late'))
  time.at(START + 10, say('first'))
  time.at(START + 10, say('second'))
  time.at(START + 20, () => time.at(START + 5, say('overdue')))
  expect(time.playUntil(START + 25)).toBe(4)
  expect(seen).toEqual(['first 10', 'second 10', 'overdue 20'])
  expect(time.now).toBe(START + 25)
  time.playUntil(START + 30)
  expect(seen.at(-1)).toBe('late 30')
})

test('a thousand acts in any order are played in order of time', () => {
  const time = openTimeline(START)
  const seen: number[] = []
  for (let i = 0; i < 1_000; i++) time.at(START + ((i * 617) % 1_000), () => void seen.push(time.now - START))
  time.playUntil(START + 1_000)
  expect(seen).toEqual(Array.from({ length: 1_000 }, (_, i) => i))
})

const pooled = (name: string, log: string[], over: Partial<Transaction> = {}): Transaction => ({
  tip: 2n,
  gas: 100n,
  deadline: 10_000,
  execute: () => void log.push(name),
  expire: () => void log.push(`${name} expired`),
  ...over,
})

test('a block takes the best tips first and equal tips in the order they came', () => {
  const log: string[] = []
  const pool = openPool()
  pool.add(pooled('slow', log))
  pool.add(pooled('same', log))
  pool.add(pooled('eager', log, { tip: 3n }))
  pool.fillBlock(1_000, 1_000n)
  expect(log).toEqual(['eager', 'slow', 'same'])
})

test('what finds no room waits for the next block, and ends at its deadline', () => {
  const log: string[] = []
  const pool = openPool()
  pool.add(pooled('first', log))
  pool.add(pooled('second', log))
  pool.add(pooled('third', log, { deadline: 1_500 }))
  pool.fillBlock(1_000, 100n)
  pool.fillBlock(2_000, 100n)
  expect(log).toEqual(['first', 'third expired', 'second'])
})

import { describe, expect, test } from 'vitest'
import { createEmit, type LogSettings, shown } from '../../../agent/runtime/events.ts'

function voice(settings: LogSettings) {
  const lines: Record<string, unknown>[] = []
  const emit = createEmit('house-1', settings, { write: (line: string) => void lines.push(JSON.parse(line)) })
  return { emit, lines }
}

describe('events', () => {
  test('amounts are decimal strings at any depth, never rounded numbers', () => {
    const { emit, lines } = voice({ level: 'info' })
    emit('bid:won', { pay: 123456789012345678901n, legs: [{ amount: 2n ** 70n }], by: new Map([['gap', -1n]]) })
    expect(lines[0]).toMatchObject({
      event: 'bid:won',
      agent: 'house-1',
      level: 'info',
      pay: '123456789012345678901',
      legs: [{ amount: (2n ** 70n).toString() }],
      by: { gap: '-1' },
    })
  })

  test('secrets are masked wherever they stand', () => {
    const { emit, lines } = voice({ level: 'info' })
    emit('alarm', { code: 'W_TEST', privateKey: '0x1234', endpoint: { rpc: 'http://user:pass@host' } })
    expect(JSON.stringify(lines[0])).not.toMatch(/0x1234|user:pass/)
  })

  test('on paper every line says so', () => {
    const { emit, lines } = voice({ level: 'info', paper: true })
    emit('bid:won', { pay: 1n })
    emit('agent:summary', {})
    expect(lines.map(({ paper }) => paper)).toEqual([true, true])
  })

  test('a module has its own level', () => {
    const { emit, lines } = voice({ level: 'warn', modules: { head: 'debug' } })
    emit('head:seen', { number: 1n })
    emit('bid:won', {})
    emit('alarm', { code: 'W_TEST' })
    expect(lines.map(({ event }) => event)).toEqual(['head:seen', 'alarm'])
  })

  test('an error is its code and message, never a stack', () => {
    const { emit, lines } = voice({ level: 'info' })
    emit('agent:failed', { error: new Error('no route') })
    expect(lines[0]?.['error']).toEqual({ message: 'no route' })
  })
})

test('what is shown outside the log hides what the log hides', () => {
  const fields = {
    task: 'chain',
    rpc: 'https://user:pass@node',
    error: { message: 'refused', token: 'abc' },
    amount: 5n,
  }
  expect(shown(fields)).toEqual({
    task: 'chain',
    rpc: '[hidden]',
    error: { message: 'refused', token: '[hidden]' },
    amount: '5',
  })
})

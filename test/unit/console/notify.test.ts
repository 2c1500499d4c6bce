// When somebody is woken, when it can wait, and in which words.
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { createDispatch, type Manner } from '../../../agent/console/notify/dispatch.ts'
import { requestOf, send } from '../../../agent/console/notify/send.ts'

const MINUTE = 60_000
const NOON = Date.parse('2026-01-05T12:00:00Z')
const manner = (changes: Partial<Manner> = {}): Manner => ({
  level: 'warn',
  digest: 15 * MINUTE,
  quiet: undefined,
  ...changes,
})
const stuck = (at: number, vault = 'vault-slow') => ({
  agent: 'house-1',
  at,
  level: 'warn',
  event: 'claim:stuck',
  fields: { vault, reason: 'the oracle is paused' },
})
const halted = (at: number) => ({
  agent: 'house-1',
  at,
  level: 'error',
  event: 'agent:halted',
  fields: { reason: 'drawdown', detail: 'settled P&L fell $900.00 from its peak' },
})

test('an error is told at once, a warning waits for its digest', () => {
  const dispatch = createDispatch(manner())
  expect(dispatch.take(halted(NOON))).toEqual([
    {
      level: 'error',
      title: 'house-1: agent:halted',
      lines: ['12:00:00 house-1 agent:halted: drawdown: settled P&L fell $900.00 from its peak'],
    },
  ])
  expect(dispatch.take(stuck(NOON))).toEqual([])
  expect(dispatch.due(NOON + 14 * MINUTE)).toEqual([])
  expect(dispatch.due(NOON + 15 * MINUTE)).toEqual([
    {
      level: 'warn',
      title: '1 thing to know',
      lines: ['12:00:00 house-1 claim:stuck: vault-slow: the oracle is paused'],
    },
  ])
  expect(dispatch.due(NOON + 60 * MINUTE)).toEqual([])
})

test('the same thing is told once in ten minutes, and then how often it was said', () => {
  const dispatch = createDispatch(manner())
  expect([0, 1, 2, 9].map((minute) => dispatch.take(halted(NOON + minute * MINUTE)).length)).toEqual([1, 0, 0, 0])
  expect(dispatch.take(halted(NOON + 10 * MINUTE))[0]?.lines[0]).toContain('(3 more since)')
  for (const minute of [0, 1]) dispatch.take(stuck(NOON + minute * MINUTE))
  dispatch.take(stuck(NOON, 'vault-fast'))
  expect(dispatch.due(NOON + 20 * MINUTE)[0]?.title).toBe('2 things to know')
})

test('what is below the level is not told, and decisions never are', () => {
  const dispatch = createDispatch(manner({ level: 'error' }))
  dispatch.take(stuck(NOON))
  expect(dispatch.due(NOON + 60 * MINUTE)).toEqual([])
  const all = createDispatch(manner({ level: 'info', digest: 0 }))
  all.take({ agent: 'house-1', at: NOON, level: 'info', event: 'decision', fields: {} })
  expect(all.due(NOON)).toEqual([])
  all.take({ agent: 'house-1', at: NOON, level: 'info', event: 'bid:won', fields: { intent: '0x1' } })
  expect(all.due(NOON)[0]?.level).toBe('info')
})

test('at night only errors are told, and the rest comes in the morning', () => {
  const dispatch = createDispatch(manner({ quiet: { from: 22 * 60, to: 7 * 60 } }))
  const night = Date.parse('2026-01-05T23:30:00Z')
  dispatch.take(stuck(night))
  expect(dispatch.due(night + 60 * MINUTE)).toEqual([])
  expect(dispatch.take(halted(night)).length).toBe(1)
  expect(dispatch.due(Date.parse('2026-01-06T06:59:00Z'))).toEqual([])
  expect(dispatch.due(Date.parse('2026-01-06T07:00:00Z')).length).toBe(1)
})

test('a digest of a hundred things is twenty lines and a count', () => {
  const dispatch = createDispatch(manner())
  for (let n = 0; n < 100; n++) dispatch.take(stuck(NOON, `vault-${n}`))
  const [notice] = dispatch.due(NOON + 15 * MINUTE)
  expect([notice?.lines.length, notice?.lines.at(-1)]).toEqual([21, 'and 80 more'])
})

test('each receiver gets its own shape, and Discord is told to mention nobody', () => {
  const notice = { level: 'error', title: 'house-1: alarm', lines: ['@everyone'] }
  const shape = (kind: 'webhook' | 'slack' | 'discord' | 'telegram') =>
    requestOf({ kind, address: 'https://a.example/x', chat: '7' }, notice)
  expect(shape('webhook').body).toEqual(notice)
  expect(shape('slack').body).toEqual({ text: '‼ house-1: alarm\n@everyone', mrkdwn: false })
  expect(shape('discord').body).toEqual({ content: '‼ house-1: alarm\n@everyone', allowed_mentions: { parse: [] } })
  expect(requestOf({ kind: 'telegram', address: '12:ab', chat: '7' }, notice)).toEqual({
    url: 'https://api.telegram.org/bot12:ab/sendMessage',
    body: { chat_id: '7', text: '‼ house-1: alarm\n@everyone' },
  })
})

test('a message arrives as JSON; one that is refused says so without its address', async () => {
  const heard: unknown[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      heard.push(JSON.parse(body))
      response.writeHead(request.url === '/secret' ? 200 : 403).end()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  const notice = { level: 'warn', title: 'one', lines: ['a'] }
  expect(
    await send({ kind: 'webhook', address: `${url}/secret` }, notice, new AbortController().signal),
  ).toBeUndefined()
  expect(heard).toEqual([notice])
  const gone = AbortSignal.abort()
  expect(await send({ kind: 'webhook', address: `${url}/other-secret` }, notice, gone)).toBe('')
})

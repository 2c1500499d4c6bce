// What a browser hears, and what it is spared: streams that resume, links that open once, floods that end.
import { expect, test } from 'vitest'
import { hearSaying, openChronicle } from '../../../agent/console/chronicle/chronicle.ts'
import { wayIn } from '../../../agent/console/http/tokens.ts'
import { desk, served } from '../../support/console-desk.ts'

type Way = { readonly url: string; readonly folder: string }

const headers = ({ folder }: Way, power: 'read' | 'control' = 'read') => ({
  authorization: `Bearer ${wayIn(folder)?.[power] ?? ''}`,
  'content-type': 'application/json',
})

const skip = (account: number) => ({
  ...{ agent: 'house-1', at: 1_000 + account, level: 'info', event: 'decision' },
  fields: {
    account: `0x${account}`,
    candidate: `c${account}`,
    strategy: 'gap-aware',
    kind: 'skip',
    reason: 'capital',
    detail: '',
  },
})

/** Reads a stream until a line answers, then leaves. */
async function read(way: Way, path: string, until: RegExp, more: Record<string, string> = {}): Promise<string> {
  const leave = new AbortController()
  const response = await fetch(`${way.url}${path}`, { headers: { ...headers(way), ...more }, signal: leave.signal })
  let said = ''
  for await (const part of response.body ?? []) {
    said += Buffer.from(part).toString('utf8')
    if (until.test(said)) break
  }
  leave.abort()
  return said
}

const idsIn = (said: string): readonly number[] => [...said.matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq))

test('a browser that slept hears what it missed, once, and nothing twice', async () => {
  const chronicle = openChronicle()
  const way = await served(desk({ chronicle }))
  for (const account of [1, 2, 3]) hearSaying(chronicle, skip(account))
  expect(idsIn(await read(way, '/api/v1/events?rows=decisions', /id: 3/))).toEqual([1, 2, 3])
  for (const account of [4, 5]) hearSaying(chronicle, skip(account))
  const resumed = await read(way, '/api/v1/events?rows=decisions', /id: 5/, { 'last-event-id': '3' })
  expect(idsIn(resumed)).toEqual([4, 5])
  expect(resumed).not.toContain('event: missed')
})

test('one that slept too long is told so and goes on with what is left', async () => {
  const chronicle = openChronicle()
  const way = await served(desk({ chronicle }))
  for (let account = 1; account <= 6_100; account++) hearSaying(chronicle, skip(account))
  const said = await read(way, '/api/v1/events?rows=decisions', /id: \d+/, { 'last-event-id': '1' })
  expect(said).toContain('event: missed')
  expect(idsIn(said)[0]).toBe(101)
})

test('a cursor from another life of the server begins again', async () => {
  const chronicle = openChronicle()
  const way = await served(desk({ chronicle }))
  hearSaying(chronicle, skip(1))
  expect(idsIn(await read(way, '/api/v1/events?rows=decisions', /id: 1/, { 'last-event-id': '900' }))).toEqual([1])
})

test('a thirteenth stream is refused, and a place that was left can be taken', async () => {
  const way = await served(desk())
  const leave = new AbortController()
  const open = (): Promise<Response> =>
    fetch(`${way.url}/api/v1/events?view=overview`, { headers: headers(way), signal: leave.signal })
  const statuses = await Promise.all(Array.from({ length: 12 }, async () => (await open()).status))
  expect(statuses).toEqual(Array(12).fill(200))
  expect((await open()).status).toBe(503)
  leave.abort()
  await expect
    .poll(
      async () =>
        await fetch(`${way.url}/api/v1/events`, { headers: headers(way) }).then(async (r) => {
          await r.body?.cancel()
          return r.status
        }),
    )
    .toBe(200)
})

test('a link opens once, and what it opens may do what the link said', async () => {
  const way = await served(desk())
  const key = way.link('read').split('#k=')[1]
  const open = (): Promise<Response> =>
    fetch(`${way.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    })
  const first = await open()
  const session: { readonly token: string; readonly power: string } = JSON.parse(await first.text())
  expect([first.status, session.power]).toEqual([200, 'read'])
  expect((await open()).status).toBe(401)
  const authorization = `Bearer ${session.token}`
  expect((await fetch(`${way.url}/api/v1/pnl`, { headers: { authorization } })).status).toBe(200)
  const order = await fetch(`${way.url}/api/v1/agents/house-1/pause`, {
    ...{ method: 'POST', body: '{}', headers: { authorization, 'content-type': 'application/json' } },
  })
  expect(order.status).toBe(403)
})

test('an order is given, and says how it is taken back', async () => {
  const behind = desk()
  const way = await served(behind)
  const order = async (word: string, body: object): Promise<unknown> => {
    const url = `${way.url}/api/v1/agents/house-1/${word}`
    const response = await fetch(url, { method: 'POST', headers: headers(way, 'control'), body: JSON.stringify(body) })
    return response.json()
  }
  expect(await order('pause', {})).toEqual({ state: 'pause', undo: 'resume' })
  expect(await order('flatten', { confirm: 'house-1' })).toEqual({ state: 'flatten', undo: 'resume' })
  expect(behind.ordered).toEqual(['pause house-1', 'flatten house-1'])
})

test('a fault is injected and healed, and what is wrong with it is said in words', async () => {
  const asked: object[] = []
  const breaking = async (order: object): Promise<object> => {
    asked.push(order)
    if ('heal' in order) throw new Error('no fault 9 acts (none does)')
    return { faults: [{ id: 1, line: 'crash on house-1' }] }
  }
  const way = await served(desk({ break: breaking }))
  const post = async (body: object): Promise<readonly [number, unknown]> => {
    const request = { method: 'POST', headers: headers(way, 'control'), body: JSON.stringify(body) }
    const response = await fetch(`${way.url}/api/v1/faults`, request)
    return [response.status, await response.json()]
  }
  expect(await post({ inject: 'crash house-1' })).toEqual([200, { faults: [{ id: 1, line: 'crash on house-1' }] }])
  expect(await post({ heal: '9' })).toEqual([400, { error: 'no fault 9 acts (none does)' }])
  expect((await post({ inject: 7 }))[0]).toBe(400)
  expect(asked).toEqual([{ inject: 'crash house-1' }, { heal: '9' }])
})

test('a flood of questions is told to slow down', async () => {
  const way = await served(desk())
  const statuses = await Promise.all(
    Array.from({ length: 200 }, () =>
      fetch(`${way.url}/livez`).then(
        (one) => one.status,
        () => 429,
      ),
    ),
  )
  expect(statuses.filter((one) => one === 429).length).toBeGreaterThan(0)
  expect(statuses.filter((one) => one === 200).length).toBeGreaterThanOrEqual(20)
})

test('ready says why not, alive says whether the loop moves', async () => {
  const way = await served(desk())
  const ready = await fetch(`${way.url}/readyz`)
  expect([ready.status, await ready.text()]).toEqual([503, 'no agent answers\n'])
  expect((await fetch(`${way.url}/livez`)).status).toBe(200)
})

test('a port that is taken is named', async () => {
  const way = await served(desk())
  const { serve } = await import('../../../agent/console/http/server.ts')
  await expect(serve({ desk: desk(), port: way.port, folder: way.folder, version: '' })).rejects.toMatchObject({
    code: 'E_PORT',
  })
})

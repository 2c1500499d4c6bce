// The description of the API against the API: every path is in it, and every answer is what it says.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openApi, openApiText } from '../../../agent/console/http/openapi.ts'
import { findPath, paths } from '../../../agent/console/http/paths.ts'
import { wayIn } from '../../../agent/console/http/tokens.ts'
import { createCore } from '../../../agent/core/core.ts'
import { portfoliosOf } from '../../../agent/runtime/portfolio.ts'
import { account, opening, play, START, setup } from '../../support/builders.ts'
import { served } from '../../support/console-desk.ts'
import { accountOf, runDesk } from '../../support/console-run.ts'

const described = openApi()
const operations = Object.entries(described.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
)

/** What the description says that 200 carries, as something that judges a value. */
const promised = (operation: unknown): { readonly type: string; readonly schema: z.ZodType } => {
  const { responses } = z
    .object({ responses: z.looseObject({ 200: z.object({ content: z.record(z.string(), z.looseObject({})) }) }) })
    .parse(operation)
  const [[type = '', held] = []] = Object.entries(responses[200].content)
  const text = JSON.stringify({ ...z.looseObject({}).parse(held?.['schema']), $defs: described.components.schemas })
  return { type, schema: z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/'))) }
}

/** A desk with something on every page, and an account with a portfolio. */
const wholeDesk = () => {
  const core = createCore(setup())
  play(core, opening(2_500, account()))
  return runDesk({
    break: async () => ({ faults: [] }),
    portfolio: async (id, wish) => portfoliosOf(core, START, id, wish),
  })
}

const bodies: Readonly<Record<string, object>> = {
  'POST /api/v1/agents/{agent}/flatten': { confirm: 'house-1' },
  'POST /api/v1/links': { power: 'read' },
  'POST /api/v1/faults': { heal: 'all' },
}

test('describes exactly what the router answers', () => {
  expect(operations.map(({ name }) => name).sort()).toEqual(Object.keys(paths).sort())
  const asked = operations.map(({ name }) => name.replace('{account}', accountOf(1)).replace('{agent}', 'house-1'))
  expect(asked.map((name) => findPath(...pair(name))?.name)).toEqual(operations.map(({ name }) => name))
  expect([findPath('GET', '/api/v1/constructor'), findPath('POST', '/api/v1/overview')]).toEqual([undefined, undefined])
})

test('is committed as it is served, and every reference in it leads somewhere', () => {
  expect(readFileSync('docs/reference/openapi.json', 'utf8')).toBe(openApiText())
  const led = [...openApiText().matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '')
  expect(led.filter((name) => !(name in described.components.schemas))).toEqual([])
})

test('every answer is what it says', async () => {
  const { url, folder, link } = await served(wholeDesk())
  const { control = '', read = '' } = wayIn(folder) ?? {}
  const key = link('read').split('#k=')[1]
  const wrong: string[] = []
  for (const { name, operation } of operations) {
    const [method, path] = pair(name.replace('{account}', account().id).replace('{agent}', 'house-1'))
    const { type, schema } = promised(operation)
    if (type === 'text/event-stream') continue
    const token = method === 'POST' ? control : read
    const body = name === 'POST /api/v1/session' ? { key } : (bodies[name] ?? {})
    const response = await fetch(`${url}${path}`, {
      ...{ method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } },
      ...(method === 'POST' && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    expect(response.status, `${name}: ${text}`).toBe(200)
    if (type === 'text/plain') continue
    const judged = schema.safeParse(JSON.parse(text))
    if (!judged.success) wrong.push(`${name}: ${z.prettifyError(judged.error)}`)
  }
  expect(wrong).toEqual([])
})

test('an account that was asked about with an act, and one in a run, are what it says', async () => {
  const { url, folder } = await served(wholeDesk())
  const headers = { authorization: `Bearer ${wayIn(folder)?.read}` }
  const ask = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`, { headers })).json()
  const portfolio = paths['GET /api/v1/accounts/{account}/portfolio'].answers
  const wished = `/api/v1/accounts/${account().id}/portfolio?kind=trade&what=0&amount=1`
  const found = portfolio.parse(await ask(wished))
  expect(found.portfolios[0]?.act).toEqual({})
  const told = paths['GET /api/v1/accounts/{account}'].answers.parse(await ask(`/api/v1/accounts/${accountOf(4)}`))
  expect([told.decisions.length, told.lanes.length]).toEqual([1, 1])
})

const pair = (name: string): readonly [string, string] => {
  const [method = '', path = ''] = name.split(' ')
  return [method, path]
}

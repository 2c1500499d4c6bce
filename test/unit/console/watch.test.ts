// The address for supervisors of other machines: health and metrics, and nothing that steers.
import { expect, onTestFinished, test } from 'vitest'
import { serve } from '../../../agent/console/http/server.ts'
import { wayIn } from '../../../agent/console/http/tokens.ts'
import { temporaryFolder } from '../../support/config-file.ts'
import { desk } from '../../support/console-desk.ts'

const TOKEN = 'A'.repeat(43)

async function watched() {
  const folder = temporaryFolder()
  const opening = { desk: desk(), port: 0, folder, version: '0.0.0' }
  const server = await serve({ ...opening, watch: '0.0.0.0:0', token: TOKEN })
  onTestFinished(() => server.close())
  const ask = async (path: string, init: RequestInit = {}): Promise<number> =>
    (await fetch(`http://127.0.0.1:${server.watchPort}${path}`, init)).status
  return { folder, ask, opening, server }
}
const bearer = (token: string | undefined) => ({ headers: { authorization: `Bearer ${token}` } })

test('health is for anybody under any name, metrics for the reading token that was given', async () => {
  const { ask, folder } = await watched()
  expect(await ask('/livez')).toBe(200)
  expect(await ask('/readyz'), 'no agent answers for this desk').toBe(503)
  expect([await ask('/metrics'), await ask('/metrics', bearer(TOKEN))]).toEqual([401, 200])
  expect(wayIn(folder)?.read).toBe(TOKEN)
})

test('page, API and orders are not there, whatever the token', async () => {
  const { ask, folder } = await watched()
  const control = bearer(wayIn(folder)?.control)
  const paths = ['/', '/app.js', '/api/v1/overview', '/api/v1/config', '/livez?x=1', '/console.json']
  expect(await Promise.all(paths.map((path) => ask(path, control)))).toEqual(paths.map(() => 404))
  expect(await ask('/api/v1/agents/house-1/pause', { method: 'POST', body: '{}', ...control })).toBe(405)
})

test('an address that is taken, or not ours, is said in one message', async () => {
  const { opening, server } = await watched()
  const opened = (watch: string) => serve({ ...opening, watch }).then((one) => one.close())
  await expect(opened(`0.0.0.0:${server.watchPort}`)).rejects.toMatchObject({
    code: 'E_PORT',
    message: `0.0.0.0:${server.watchPort} is taken`,
  })
  await expect(opened('192.0.2.1:0')).rejects.toMatchObject({
    code: 'E_PORT',
    message: '192.0.2.1:0 cannot be listened on (EADDRNOTAVAIL)',
  })
})

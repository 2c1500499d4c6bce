import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeAgent } from '../../../agent/swarm/agent-files.ts'
import { planOfRun } from '../../../agent/swarm/drill/plan.ts'
import { openReadOnly } from '../../../agent/swarm/drill/read-only.ts'
import { createRun } from '../../../agent/swarm/run-directory.ts'
import { seatsOf } from '../../../agent/swarm/seats.ts'
import { networkJson } from '../../../config/network.ts'
import { loadScenario } from '../../../config/scenario.ts'
import { smallNetwork } from '../../support/agent-directory.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lienmesh-drill-plan-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a drill of a kept run', () => {
  test('is by the executors of its bidders, with its providers to sell to, on its chains', () => {
    const run = createRun(folder, 'flash-crash', 42)
    const chains = [smallNetwork.engines[0]?.chain, smallNetwork.vaults[0]?.chain].flatMap((id) => id ?? [])
    const urls = chains.map((id, i) => ({ name: `chain-${i}`, id, url: `http://127.0.0.1:${9_000 + i}` }))
    run.update({ chains: urls, phase: 'kept' })
    writeFileSync(run.file('network.json'), networkJson(smallNetwork))
    const scenario = loadScenario('flash-crash')
    const seats = seatsOf(scenario).filter(({ name }) => ['house-1', 'provider-1'].includes(name))
    for (const [i, seat] of seats.entries()) {
      const executor = `0x${'0'.repeat(38)}b${i}` as const
      const local = urls.map((one) => ({ ...one, block: 1 }) as never)
      const file = writeAgent(run, { ...seat, executor }, { scenario, chains: local, bootstrap: [], announce: [] })
      expect(existsSync(file)).toBe(true)
    }
    const plan = planOfRun(folder)
    expect(plan.network).toEqual(smallNetwork)
    expect(plan.chains).toEqual(urls.map(({ id, url }) => ({ id, url })))
    const named = (all: typeof plan.actors) => all.map(({ name, on }) => [name, [...on.keys()], [...on.values()]])
    const on = (executor: string) => [chains, chains.map(() => executor)]
    expect(named(plan.actors)).toEqual([['house-1', ...on(`0x${'0'.repeat(38)}b0`)]])
    expect(named(plan.providers)).toEqual([['provider-1', ...on(`0x${'0'.repeat(38)}b1`)]])
  })

  test('of a directory without one says what to start', () => {
    expect(() => planOfRun(join(folder, 'nowhere'))).toThrow(
      expect.objectContaining({ code: 'E_NO_RUN', fix: expect.stringContaining('swarm up first-steps --keep') }),
    )
  })
})

test('between a fork and its real chain, what reads passes and nothing else: not even beside a read', async () => {
  const heard: string[] = []
  const node = createServer((request, response) => {
    request.on('data', (part) => heard.push(String(part)))
    request.on('end', () => response.end('{"jsonrpc":"2.0","id":1,"result":"0x7a69"}'))
  })
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
  const { port } = node.address() as AddressInfo
  const gate = await openReadOnly(`http://127.0.0.1:${port}`)
  const ask = async (body: unknown): Promise<unknown> => {
    const answer = await fetch(gate.url, { method: 'POST', body: JSON.stringify(body) })
    return answer.json()
  }
  const call = (method: string) => ({ jsonrpc: '2.0', id: 1, method, params: [] })
  expect(await ask(call('eth_chainId'))).toMatchObject({ result: '0x7a69' })
  expect(await ask(call('eth_sendRawTransaction'))).toMatchObject({ error: { code: -32_601 } })
  expect(await ask([call('eth_call'), call('anvil_setStorageAt')])).toMatchObject([{ error: {} }, { error: {} }])
  expect(heard.map((text) => JSON.parse(text).method)).toEqual(['eth_chainId'])
  expect([...gate.asked]).toEqual([['eth_chainId', 1]])
  expect([...gate.refused.keys()]).toEqual(['eth_sendRawTransaction', 'eth_call', 'anvil_setStorageAt'])
  await gate.close()
  node.closeAllConnections()
  node.close()
})

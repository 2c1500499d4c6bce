// The fault proxy on WebSockets, before a real node. Our own client speaks HTTP only and polls, so that the faults are
// shown on the proxy itself; F19's client side is in silent-sockets.test.ts.
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { openRpcProxy, type RpcProxy } from '../../agent/swarm/faults/rpc-proxy.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'

type Said = {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
  readonly params?: { readonly result: { readonly number: string; readonly hash: string } }
}

let anvil: Anvil
let proxy: RpcProxy
let socket: WebSocket
let said: Said[]
let closed: boolean

beforeAll(async () => {
  anvil = await startAnvil({ chainId: 31_337, args: ['--no-mining'] })
  proxy = await openRpcProxy({ upstream: anvil.url })
})

afterAll(async () => {
  await proxy.close()
  await anvil.stop()
})

beforeEach(async () => {
  await dial()
})

afterEach(() => {
  proxy.clear()
  socket.close()
})

async function dial(): Promise<void> {
  said = []
  closed = false
  const dialled = new WebSocket(proxy.socketUrl)
  socket = dialled
  dialled.addEventListener('message', ({ data }) => said.push(JSON.parse(String(data))))
  dialled.addEventListener('close', () => {
    closed ||= socket === dialled
  })
  await Promise.race([once(dialled, 'open'), once(dialled, 'error')])
}

let last = 0
function ask(method: string, ...params: readonly unknown[]): number {
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: ++last, method, params }))
  return last
}

const answerTo = (id: number): Promise<Said> =>
  vi.waitUntil(() => said.find((one) => one.id === id), { timeout: 20_000, interval: 5 })
const heads = () => said.flatMap(({ params }) => params?.result ?? [])

test('without faults calls are answered and subscriptions tell of every block', async () => {
  expect((await answerTo(ask('eth_chainId'))).result).toBe('0x7a69')
  await answerTo(ask('eth_subscribe', 'newHeads'))
  await anvil.ask('evm_mine')
  await anvil.ask('evm_mine')
  await vi.waitUntil(() => heads().length === 2, { timeout: 20_000 })
  const newest = (await anvil.ask('eth_getBlockByNumber', 'latest', false)) as { hash: string }
  expect(heads().at(-1)?.hash).toBe(newest.hash)
  expect(proxy.calls.get('eth_chainId')).toBeGreaterThan(0)
})

test('a silent socket stays open and says nothing more, and speaks again when it is healed', async () => {
  await answerTo(ask('eth_subscribe', 'newHeads'))
  const heal = proxy.add({ kind: 'timeout' })
  await anvil.ask('evm_mine')
  const lost = ask('eth_blockNumber')
  await pause(300)
  expect({ closed, heads: heads().length, answered: said.some(({ id }) => id === lost) }).toEqual({
    ...{ closed: false, heads: 0, answered: false },
  })
  expect(proxy.faults.get('timeout')).toBeGreaterThan(1)
  heal()
  await anvil.ask('evm_mine')
  await vi.waitUntil(() => heads().length === 1, { timeout: 20_000 })
})

test('latency comes before every answer, in order', async () => {
  proxy.add({ kind: 'latency', millis: 150, jitter: 20 })
  const began = performance.now()
  const [first, second] = [ask('eth_chainId'), ask('eth_blockNumber')]
  await answerTo(second)
  expect(performance.now() - began).toBeGreaterThan(290)
  expect(said.map(({ id }) => id)).toEqual([first, second])
})

test('bandwidth and slices take time and lose nothing', async () => {
  for (const slow of [
    { kind: 'bandwidth', bytes: 20 },
    { kind: 'slicer', bytes: 7, millis: 10 },
  ] as const) {
    const heal = proxy.add({ ...slow, methods: ['eth_chainId'] })
    const began = performance.now()
    expect((await answerTo(ask('eth_chainId'))).result).toBe('0x7a69')
    expect(performance.now() - began).toBeGreaterThan(40)
    heal()
  }
})

test('a reset, a limit of data and a node that is down end the connection', async () => {
  proxy.add({ kind: 'reset_peer', methods: ['eth_chainId'] })
  ask('eth_chainId')
  await vi.waitUntil(() => closed, { timeout: 20_000 })
  proxy.clear()
  await dial()
  const block = ask('eth_getBlockByNumber', '0x0', true)
  await answerTo(block)
  proxy.add({ kind: 'limit_data', bytes: 400 })
  ask('eth_getBlockByNumber', '0x0', true)
  await vi.waitUntil(() => closed, { timeout: 20_000 })
  expect(said).toHaveLength(1)
  proxy.clear()
  proxy.add({ kind: 'down' })
  await dial()
  await vi.waitUntil(() => closed, { timeout: 20_000 })
})

test('lies change answers and what subscriptions tell, errors and thrown away transactions answer by themselves', async () => {
  proxy.add({ kind: 'lie', path: '', value: '0x1', methods: ['eth_chainId'] })
  proxy.add({ kind: 'lie', path: 'hash', value: '0xbad', methods: ['eth_subscription'] })
  proxy.add({ kind: 'error', code: -32_005, message: 'too many requests', methods: ['eth_gasPrice'] })
  proxy.add({ kind: 'swallow', hashOf: () => '0xfa11' })
  proxy.add({ kind: 'stale', height: 0, methods: ['eth_blockNumber'] })
  expect((await answerTo(ask('eth_chainId'))).result).toBe('0x1')
  expect((await answerTo(ask('eth_gasPrice'))).error?.message).toBe('too many requests')
  expect((await answerTo(ask('eth_sendRawTransaction', '0x02'))).result).toBe('0xfa11')
  expect((await answerTo(ask('eth_blockNumber'))).result).toBe('0x0')
  await answerTo(ask('eth_subscribe', 'newHeads'))
  await anvil.ask('evm_mine')
  await vi.waitUntil(() => heads().length === 1, { timeout: 20_000 })
  expect(heads()[0]?.hash).toBe('0xbad')
})

// Faults of local chains and of the nodes that agents ask, on one real chain.
import type { Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { halt, makeDear, reorganise } from '../../agent/swarm/faults/chains.ts'
import { type NodeFault, openNodes } from '../../agent/swarm/faults/nodes.ts'
import { openRpc, type Rpc } from '../../agent/swarm/rpc.ts'
import { faultSchema } from '../../config/faults.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'

let anvil: Anvil
let rpc: Rpc
const nodes = openNodes(7)

beforeAll(async () => {
  anvil = await startAnvil({ chainId: 31_337, args: ['--no-mining'] })
  rpc = openRpc(anvil.url)
})
afterAll(async () => {
  await nodes.close()
  await anvil.stop()
})

const block = async (
  at: string | number,
): Promise<{ number: Hex; hash: Hex; baseFeePerGas: Hex; transactions: Hex[] }> =>
  rpc.request('eth_getBlockByNumber', [typeof at === 'number' ? `0x${at.toString(16)}` : at, false])
const height = async (): Promise<number> => Number(await rpc.request<Hex>('eth_blockNumber'))

async function send(): Promise<Hex> {
  const [from, to] = await rpc.request<readonly Hex[]>('eth_accounts')
  const fee = '0x77359400'
  return rpc.request<Hex>('eth_sendTransaction', [
    { from, to, value: '0x1', maxFeePerGas: fee, maxPriorityFeePerGas: fee },
  ])
}

describe('a chain', () => {
  test('is reorganised: other blocks, the same transactions at the same heights', async () => {
    const sent: Hex[] = []
    for (let i = 0; i < 4; i++) {
      sent.push(await send(), await send())
      await rpc.request('evm_mine')
    }
    const before = await Promise.all([1, 2, 3, 4].map(block))
    await reorganise({ name: 'engine', block: 1, rpc }, 3, () => false)
    const after = await Promise.all([1, 2, 3, 4].map(block))
    expect(after.map(({ transactions }) => transactions)).toEqual(before.map(({ transactions }) => transactions))
    expect(after.map(({ hash }, i) => hash === before[i]?.hash)).toEqual([true, false, false, false])
    const receipts = await rpc.batch<{ status: Hex; blockHash: Hex }>(
      sent.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })),
    )
    expect(receipts.map(({ status, blockHash }) => [status, blockHash])).toEqual(
      sent.map((_, i) => ['0x1', after[Math.floor(i / 2)]?.hash]),
    )
  })

  test('is not reorganised beyond its beginning', async () => {
    await expect(reorganise({ name: 'engine', block: 1, rpc }, 99, () => false)).rejects.toMatchObject({
      code: 'E_FAULT',
    })
  })

  test('halts and goes on', async () => {
    await rpc.request('evm_setIntervalMining', [1])
    const resume = await halt({ name: 'engine', block: 1, rpc })
    const stood = await height()
    await expect(vi.waitUntil(async () => (await height()) > stood, { timeout: 1_300 })).rejects.toThrow('Timed out')
    await resume()
    await vi.waitUntil(async () => (await height()) > stood, { timeout: 5_000 })
    await rpc.request('evm_setIntervalMining', [0])
  })

  test('is dear in every block until it is healed', async () => {
    const heal = makeDear({ name: 'engine', block: 1, rpc }, 80_000_000_000n)
    const mined = async (): Promise<bigint> => {
      await rpc.request('evm_mine')
      return BigInt((await block('latest')).baseFeePerGas)
    }
    await vi.waitUntil(async () => (await mined()) === 80_000_000_000n)
    await heal()
    expect(await mined()).toBe(0n)
  })
})

describe('the nodes of one agent', () => {
  const chain = () => ({ name: 'engine', id: 31_337, url: anvil.url, height })
  const add = (line: string) => nodes.add(faultSchema.parse(line) as NodeFault, ['house-1'], ['engine'])
  const ask = async (agent: string, method: string, params: unknown[] = []): Promise<unknown> => {
    const response = await fetch(await nodes.url(agent, chain()), {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    })
    return response.ok ? Reflect.get(Object(await response.json()), 'result') : response.status
  }

  test.each<[string, string, unknown]>([
    ['rpc_wrong_chain 5', 'eth_chainId', '0x5'],
    ['rpc_limit 100%', 'eth_chainId', 429],
    ['rpc_error status 503', 'eth_chainId', 503],
    ['rpc_lag 20ms', 'eth_chainId', '0x7a69'],
    ['duplicate 100%', 'eth_chainId', '0x7a69'],
  ])('%s: they answer %s with %s, and nobody else’s do', async (line, method, wrong) => {
    expect(await ask('house-2', method)).toBe('0x7a69')
    expect(await ask('house-1', method)).toBe('0x7a69')
    const heal = await add(line)
    expect([await ask('house-1', method), await ask('house-2', method)]).toEqual([wrong, '0x7a69'])
    heal()
    expect(await ask('house-1', method)).toBe('0x7a69')
  })

  test('are there no more when they are down', async () => {
    const heal = await add('rpc_down house-1')
    await expect(ask('house-1', 'eth_chainId')).rejects.toThrow('fetch failed')
    heal()
    expect(await ask('house-1', 'eth_chainId')).toBe('0x7a69')
  })

  test('know no newer block when they are stale', async () => {
    const stood = await height()
    const heal = await add('rpc_stale')
    await rpc.request('evm_mine')
    expect(await ask('house-1', 'eth_blockNumber')).toBe(`0x${stood.toString(16)}`)
    expect(await ask('house-2', 'eth_blockNumber')).toBe(`0x${(stood + 1).toString(16)}`)
    heal()
  })

  test('are asked twice when requests are duplicated, and take a transaction once', async () => {
    const before = await height()
    const heal = await add('duplicate 100%')
    await ask('house-1', 'anvil_mine', ['0x1'])
    heal()
    expect(await height()).toBe(before + 2)
  })
})

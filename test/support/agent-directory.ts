// A directory that an agent could start from: config, network description, key.
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Network } from '../../agent/domain/network.ts'
import { chainId, millis } from '../../agent/domain/units.ts'
import { networkJson } from '../../config/network.ts'
import { temporaryFolder } from './config-file.ts'

const somebody = '0x00000000000000000000000000000000000000a1' as const

/** The smallest network: one engine, one vault, one asset. */
export const smallNetwork: Network = {
  name: 'local',
  timeScale: 60,
  threshold: 1,
  attestors: [somebody],
  publishers: [somebody],
  engines: [
    {
      chain: chainId(31337),
      name: 'engine',
      engine: somebody,
      auction: somebody,
      priceBook: somebody,
      creditLines: somebody,
      riskParameters: somebody,
      insuranceFund: somebody,
      registry: somebody,
      cash: somebody,
      cashDecimals: 6,
      finality: 2,
      fromBlock: 2n ** 60n,
    },
  ],
  vaults: [
    {
      id: 'vault-fast',
      chain: chainId(31338),
      engine: chainId(31337),
      vault: somebody,
      mirror: somebody,
      engineSource: { kind: 'attested', at: somebody, delay: 0 },
      vaultSource: { kind: 'attested', at: somebody, delay: 0 },
      registry: somebody,
      router: somebody,
      dollar: somebody,
      dollarDecimals: 6,
      finality: 1,
      fromBlock: 0n,
      assets: [{ collateral: 0, symbol: 'WETH', token: somebody, decimals: 18, pair: somebody }],
      latency: { median: millis(480_000), spread: 0.25, stuckOdds: 0.01, stuckMedian: millis(1_800_000) },
    },
  ],
}

type Details = { readonly rpc?: string; readonly more?: string; readonly keyMode?: number }

/** Writes the directory and returns the path of its config. */
export function agentDirectory({ rpc = 'http://127.0.0.1:1', more = '', keyMode = 0o600 }: Details = {}): string {
  const folder = temporaryFolder()
  const file = join(folder, 'agent.yaml')
  const chains = [31337, 31338].map((id) => `  - { id: ${id}, rpc: [${rpc}], executor: "${somebody}" }\n`)
  writeFileSync(file, `network: network.json\nkeys: { operator: operator.key }\nchains:\n${chains.join('')}${more}`)
  writeFileSync(join(folder, 'network.json'), networkJson(smallNetwork))
  writeFileSync(join(folder, 'operator.key'), `0x${'11'.repeat(32)}`)
  chmodSync(join(folder, 'operator.key'), keyMode)
  return file
}

/** A node that answers every call with the same chain id; gone when the test is over. Returns its URL. */
export async function nodeOfChain(id: number): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const asked: unknown = JSON.parse(Buffer.concat(parts).toString())
      const reply = (call: unknown) => ({ jsonrpc: '2.0', id: idOf(call), result: `0x${id.toString(16)}` })
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(Array.isArray(asked) ? asked.map(reply) : reply(asked)))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return `http://127.0.0.1:${address.port}`
}

const idOf = (call: unknown): unknown => (typeof call === 'object' && call !== null && 'id' in call ? call.id : null)

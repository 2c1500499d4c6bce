import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Network } from '../../../agent/domain/network.ts'
import { chainId, millis } from '../../../agent/domain/units.ts'
import { loadNetwork, networkJson } from '../../../config/network.ts'
import { temporaryFolder } from '../../support/config-file.ts'

const somebody = '0x00000000000000000000000000000000000000a1' as const

const network: Network = {
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
      engineRoots: somebody,
      vaultRoots: somebody,
      delay: 0,
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

/** A network description on disk. */
function written(text: string): string {
  const file = join(temporaryFolder(), 'network.json')
  writeFileSync(file, text)
  return file
}

describe('a network description', () => {
  test('reads back as it was written, block numbers beyond 2^53 included', () => {
    expect(loadNetwork(written(networkJson(network)))).toEqual(network)
  })

  test('is refused with the place of what is wrong', () => {
    const text = networkJson(network)
    const refused = (from: string, to: string) => expect(() => loadNetwork(written(text.replace(from, to))))
    refused('"priceBook"', '"pricebook"').toThrow(
      /network\.json:17:7 unknown key engines\.0\.pricebook – did you mean priceBook\?/,
    )
    refused('"threshold": 1', '"threshold": 2').toThrow(/threshold: 2 of 1 attestors can never sign/)
    refused('"engine": 31337', '"engine": 5').toThrow(/vaults\.0\.engine: no engine runs on chain 5/)
    refused(somebody, '0x12').toThrow(/attestors\.0: expected an address/)
  })
})

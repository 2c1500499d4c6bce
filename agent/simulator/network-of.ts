// A simulated world as the network description that live agents read: the same fields, without contracts.
import type { Address } from 'viem'
import type { EngineTerms } from '../domain/market.ts'
import type { Network, Source } from '../domain/network.ts'
import { ZERO_ADDRESS } from './scenario/nowhere.ts'
import type { VaultSpec } from './spec.ts'

export type Described = {
  readonly name: string
  readonly timeScale: number
  readonly publishers: readonly Address[]
  readonly terms: EngineTerms
  readonly vaults: readonly Pick<VaultSpec, 'id' | 'chain' | 'prior'>[]
}

/** The description of a world with one engine. */
export const networkOf = ({ name, timeScale, publishers, terms, vaults }: Described): Network => ({
  name,
  timeScale,
  threshold: 1,
  attestors: [],
  publishers,
  engines: [
    {
      ...{ chain: terms.chain, name: 'engine', cashDecimals: 6, finality: 1, fromBlock: 0n },
      ...{ engine: ZERO_ADDRESS, auction: ZERO_ADDRESS, priceBook: ZERO_ADDRESS, creditLines: ZERO_ADDRESS },
      ...{ registry: ZERO_ADDRESS, cash: ZERO_ADDRESS, riskParameters: ZERO_ADDRESS, insuranceFund: ZERO_ADDRESS },
    },
  ],
  vaults: vaults.map(({ id, chain, prior }) => ({
    ...{ id, chain, engine: terms.chain, latency: prior, dollarDecimals: 6, finality: 1, fromBlock: 0n },
    ...{ vault: ZERO_ADDRESS, mirror: ZERO_ADDRESS, engineSource: NOWHERE, vaultSource: NOWHERE },
    ...{ registry: ZERO_ADDRESS, router: ZERO_ADDRESS, dollar: ZERO_ADDRESS },
    assets: terms.collaterals
      .filter(({ vault }) => vault === id)
      .map((one) => ({
        ...{ collateral: one.id, symbol: one.symbol, token: one.asset, decimals: one.decimals, pair: ZERO_ADDRESS },
      })),
  })),
})

const NOWHERE: Source = { kind: 'attested', at: ZERO_ADDRESS, delay: 0 }

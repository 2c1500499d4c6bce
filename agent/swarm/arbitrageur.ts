// Keeps the pools of a vault chain at the market's price: replaces its own waiting trade until the block takes it.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Abi, type Address, encodeFunctionData, type Hex, maxUint256, toHex } from 'viem'
import { feedNamed } from '../simulator/scenario/feeds.ts'
import type { Market } from '../simulator/scenario/market.ts'
import { VAULT_ARTEFACTS } from '../suite/contracts.ts'
import { openBurst } from './burst.ts'
import { readAll } from './calls.ts'
import { unitsFor } from './deploy-vault.ts'
import type { AssetSite, VaultSite } from './deployment.ts'
import { ownersOf } from './owners.ts'

/** Funds the arbitrageur's own tokens: plenty, it is the rest of the world. */
export async function fundArbitrageur(site: VaultSite): Promise<Address> {
  const { arbitrageur } = await ownersOf(site.chain)
  const burst = await openBurst(site.chain, arbitrageur, 'self')
  for (const { token, depth, decimals } of site.assets) {
    burst.call({ to: token, abi: TestToken, name: 'mint', args: [arbitrageur, unitsFor(depth, 1, decimals)] })
    burst.call({ to: token, abi: TestToken, name: 'approve', args: [site.router, maxUint256] })
    burst.call({ to: site.dollar, abi: TestToken, name: 'mint', args: [arbitrageur, depth * 20n] })
  }
  burst.call({ to: site.dollar, abi: TestToken, name: 'approve', args: [site.router, maxUint256] })
  await burst.flush()
  return arbitrageur
}

/** Trades until the signal fires. `at` is wall time since the opening. */
export async function arbitrate(site: VaultSite, market: Market, at: () => number, signal: AbortSignal): Promise<void> {
  const { arbitrageur } = await ownersOf(site.chain)
  let fee = FIRST_FEE
  while (!signal.aborted) {
    fee += 1_000n
    await round(site, { market, at: at(), arbitrageur, fee }).catch(() => undefined) // outrun by a block: next round
    await sleep(PAUSE)
  }
}

const { abi: TestToken } = VAULT_ARTEFACTS.TestToken
const { abi: Router } = VAULT_ARTEFACTS.Router
const { abi: Pair } = VAULT_ARTEFACTS.Pair
/** Above every agent's tip: the pool stands at the market's price before anyone sells into it. */
const FIRST_FEE = 1_000_000_000_000n
const PAUSE = 200

type Round = { readonly market: Market; readonly at: number; readonly arbitrageur: Address; readonly fee: bigint }

async function round(site: VaultSite, { market, at, arbitrageur, fee }: Round): Promise<void> {
  const { rpc } = site.chain
  const views = site.assets.flatMap(({ pair }) =>
    ['getReserves', 'token0'].map((name) => ({ to: pair, abi: Pair as Abi, name })),
  )
  const [nonce, answers] = await Promise.all([
    rpc.request<Hex>('eth_getTransactionCount', [arbitrageur, 'latest']),
    readAll<readonly [bigint, bigint, number] | Address>(rpc, views),
  ])
  const trades = site.assets.flatMap((asset, i) => {
    const [reserves, token0] = [answers[2 * i], answers[2 * i + 1]]
    if (!Array.isArray(reserves) || typeof token0 !== 'string') return []
    const [first, second] = [BigInt(reserves[0]), BigInt(reserves[1])]
    const flipped = token0.toLowerCase() !== asset.token.toLowerCase()
    const price = market.spot(feedNamed(market.feeds, asset.feed), at)
    return tradeTo(site, asset, { tokens: flipped ? second : first, dollars: flipped ? first : second, price })
  })
  const deadline = 2n ** 40n
  const requests = trades.map(({ amount, path }, i) => {
    const data = encodeFunctionData({
      abi: Router,
      functionName: 'swapExactTokensForTokens',
      args: [amount, 0n, path, arbitrageur, deadline],
    })
    const fees = { maxFeePerGas: toHex(fee), maxPriorityFeePerGas: toHex(fee) }
    const transaction = {
      from: arbitrageur,
      to: site.router,
      data,
      gas: toHex(300_000),
      nonce: toHex(Number(nonce) + i),
      ...fees,
    }
    return { method: 'eth_sendTransaction', params: [transaction] }
  })
  await rpc.batch(requests)
}

type Pool = { readonly tokens: bigint; readonly dollars: bigint; readonly price: number }

/** The trade that brings a constant-product pool to a price: the paying side grows to the root of k times the price. */
function tradeTo(
  site: VaultSite,
  asset: AssetSite,
  { tokens, dollars, price }: Pool,
): readonly { amount: bigint; path: readonly Address[] }[] {
  const unit = 10 ** asset.decimals
  const [x, y] = [Number(tokens) / unit, Number(dollars) / 1e6]
  const wantedX = Math.sqrt((x * y) / price)
  if (Math.abs(wantedX / x - 1) < TOLERANCE) return []
  if (wantedX > x)
    return [
      {
        amount: (BigInt(Math.floor((wantedX - x) * 1e6)) * 10n ** BigInt(asset.decimals)) / 1_000_000n,
        path: [asset.token, site.dollar],
      },
    ]
  const wantedY = Math.sqrt(x * y * price)
  return [{ amount: BigInt(Math.floor((wantedY - y) * 1e6)), path: [site.dollar, asset.token] }]
}

/** Closer than this is not worth a transaction: half of 0.05 % of price. */
const TOLERANCE = 0.00025

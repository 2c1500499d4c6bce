// The plan, the sums and the papers of one settlement on two local chains.
import type { Address } from 'viem'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import { signerOf } from '../../agent/adapters/signer/local-signer.ts'
import type { Fill, Outcome, Quote } from '../../agent/domain/liquidation.ts'
import type { Offer } from '../../agent/domain/message.ts'
import { bps, instant, wad } from '../../agent/domain/units.ts'
import type { AccountPlan } from '../../agent/simulator/scenario/account-plan.ts'
import type { Deployment, LocalNetwork } from './local-network.ts'

export const ETHER = 10n ** 18n
export const SIZE = wad(14n * ETHER)

/** Three and a half times long ETH, on collateral of both vaults. */
export const long = (salt: bigint): AccountPlan => ({
  engine: 'engine',
  salt,
  mode: 'unified',
  cash: wad(0n),
  credit: [
    { collateral: 0, amount: 2n * ETHER },
    { collateral: 2, amount: 2n * ETHER },
  ],
  positions: [{ instrument: 0, size: SIZE }],
})

export const fullValue = (amount: bigint, decimals: number, price: bigint): bigint =>
  (amount * 10n ** BigInt(18 - decimals) * price) / 10n ** 8n
export const sum = (parts: readonly bigint[]): bigint => parts.reduce((total, part) => total + part, 0n)
export const soon = () => instant(systemClock.now() + 20_000)

export function won(outcome: Outcome): Fill {
  if (outcome.kind === 'won') return outcome.fill
  throw new Error(`expected to win, ${outcome.kind}: ${outcome.reason}`)
}

/** A provider's firm offer for a quote. */
export async function signOffer(
  { deployment }: LocalNetwork,
  provider: Deployment['seats'][number],
  { bidder, quote }: { readonly bidder: Address; readonly quote: Quote },
): Promise<Offer> {
  const address: Address = provider.executor
  const unsigned = {
    ...{ provider: address, beneficiary: address, bidder, account: quote.candidate.account.id },
    ...{ rate: bps(9_700), maxCash: wad(100_000n * ETHER), validUntil: BigInt(Math.floor(soon() / 1_000)), nonce: 1n },
  }
  const creditLines = deployment.engines[0]?.creditLines ?? '0x'
  const statement = { kind: 'offer', engine: quote.route.engine, creditLines, offer: unsigned } as const
  const signature = await signerOf(provider.key).signStatement(statement)
  return { ...unsigned, signature }
}

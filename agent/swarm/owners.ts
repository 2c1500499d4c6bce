// The local accounts of a chain that the node holds the keys of, and what each is for.
import type { Address } from 'viem'
import { invariantBroken } from '../domain/errors.ts'
import type { LocalChain } from './local-chain.ts'

/** Local accounts that the node holds the keys of, one duty each so that nonces never meet. */
export type Owners = {
  readonly governor: Address
  readonly owner: Address
  readonly trader: Address
  readonly arbitrageur: Address
  readonly guardian: Address
  readonly publisher: Address
}

/** The duties of a chain's local accounts. */
export async function ownersOf(chain: LocalChain): Promise<Owners> {
  const [governor, owner, trader, arbitrageur, guardian, publisher] =
    await chain.rpc.request<readonly Address[]>('eth_accounts')
  if (!governor || !owner || !trader || !arbitrageur || !guardian || !publisher) {
    throw invariantBroken(`chain ${chain.name} has fewer than six local accounts`, {})
  }
  return { governor, owner, trader, arbitrageur, guardian, publisher }
}

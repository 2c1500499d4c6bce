// What a drill may do on its forks and nobody may on a real chain: keys of its own sign as publishers, attestors and
// providers and operate executors, and accounts are put below maintenance. Each is a word of a contract's storage.
import { type Address, encodeAbiParameters, type Hex, keccak256, toHex } from 'viem'
import { readContract } from 'viem/actions'
import { agentRegistryAbi } from '../../adapters/chain/abi/agent-registry.ts'
import { priceBookAbi } from '../../adapters/chain/abi/price-book.ts'
import type { Node, Rpc } from '../../adapters/chain/rpc.ts'
import { signerOf } from '../../adapters/signer/local-signer.ts'
import type { MarginAccount, PriceBatch, PriceEntry } from '../../domain/market.ts'
import type { Attestation, Offer } from '../../domain/message.ts'
import type { EngineDeployment, Network, VaultDeployment } from '../../domain/network.ts'
import { type AccountId, bps, type ChainId, type Instant, instant, price, type Wad } from '../../domain/units.ts'
import { wordSlot } from '../../maths/slots.ts'
import type { Signer } from '../../ports/signer.ts'
import { ownSlot } from '../../suite/artefact.ts'
import { type Fork, read, write } from './fork.ts'

/** A key that is good for nothing but forks: whoever reads this has it. */
const keyOf = (part: string): Hex => keccak256(toHex(`lienmesh drill ${part}`))

/** The key that operates every executor on the forks. */
export const operator = (): Signer => signerOf(keyOf('operator'))

const attestors = ({ threshold }: Network): readonly Signer[] =>
  ascending(Array.from({ length: threshold }, (_, i) => signerOf(keyOf(`attestor ${i}`))))

/** One more than the quorum: then no price is taken for a jump that only the bare quorum confirms. */
const publishers = (quorum: number): readonly Signer[] =>
  ascending(Array.from({ length: quorum + 1 }, (_, i) => signerOf(keyOf(`publisher ${i}`))))

const provider = (): Signer => signerOf(keyOf('provider'))

/** Contracts want signers in ascending order. */
const ascending = (signers: readonly Signer[]): readonly Signer[] =>
  [...signers].sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1))

/** The drill's keys publish prices on an engine's fork. */
export async function usurpPrices(fork: Fork, { priceBook }: EngineDeployment, quorum: number): Promise<void> {
  for (const { address } of publishers(quorum))
    await write(fork, priceBook, placeOf(ownSlot('PriceBook', 'isPublisher').slot, address), 1n)
}

/** The drill's keys attest blocks on a vault's fork. */
export async function usurpRoots(fork: Fork, network: Network, { registry }: VaultDeployment, rpc: Rpc): Promise<void> {
  const bond = await rpc.ask((node) =>
    readContract(node, { address: registry, abi: agentRegistryAbi, functionName: 'minimumBond' }),
  )
  const agent = (bond > 0n ? bond : 1n) | (1n << ATTESTOR)
  for (const { address } of attestors(network))
    await write(fork, registry, placeOf(ownSlot('AgentRegistry', '_agents').slot, address), agent)
}

/** Bits of an agent's bond (128) and of the end of its unbonding (64) lie below. */
const ATTESTOR = 192n

/** The drill's key operates an executor on a fork. */
export const usurpExecutor = (fork: Fork, executor: Address): Promise<unknown> =>
  write(fork, executor, placeOf(ownSlot('LiquidatorExecutor', 'isOperator').slot, operator().address), 1n)

/** The drill's key signs a provider's offers on a fork. */
export const usurpProvider = (fork: Fork, { creditLines }: EngineDeployment, who: Address): Promise<unknown> =>
  write(fork, creditLines, placeOf(ownSlot('CreditLines', 'signerOf').slot, who), BigInt(provider().address))

/** Sets the cash of an engine account, and nothing else of it. */
export async function setCash(fork: Fork, { engine }: EngineDeployment, who: AccountId, cash: bigint): Promise<void> {
  const slot = wordSlot(who, keccak256)
  const word = await read(fork, engine, slot)
  const others = word & ~(MASK << CASH)
  await write(fork, engine, slot, others | (BigInt.asUintN(128, cash) << CASH))
}

/** Version (64 bits) and mode (8 bits) lie below 128 bits of cash. */
const [CASH, MASK] = [72n, (1n << 128n) - 1n]

/** The slot of a mapping's value by an address. */
const placeOf = (slot: bigint, key: Address): Hex =>
  keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'uint256' }], [key, slot]))

/** What the price book holds of these feeds, as publishers would sign it. */
export async function heldPrices(rpc: Rpc, book: Address, feeds: readonly number[]): Promise<readonly PriceEntry[]> {
  const entry = async (node: Node, feed: number): Promise<readonly PriceEntry[]> => {
    const contract = { address: book, abi: priceBookAbi, args: [feed] } as const
    const [held, shocks] = await Promise.all([
      readContract(node, { ...contract, functionName: 'peek' }),
      readContract(node, { ...contract, functionName: 'shocks' }),
    ])
    return held.price === 0n ? [] : [{ feed, price: price(held.price), confidence: bps(held.confidence), shocks }]
  }
  const found = await rpc.gather((node) => Promise.all(feeds.map((feed) => entry(node, feed))))
  return found.flat()
}

/** The same prices, signed now by the drill's publishers. */
export function signPrices(
  { chain, priceBook }: EngineDeployment,
  entries: readonly PriceEntry[],
  { quorum, at }: { readonly quorum: number; readonly at: Instant },
): Promise<readonly PriceBatch[]> {
  const batch = { engine: chain, sequence: at, validUntil: instant(at + GOOD_FOR), entries }
  return Promise.all(
    publishers(quorum).map(async (signer): Promise<PriceBatch> => {
      const signature = await signer.signStatement({ kind: 'price', priceBook, batch })
      return { ...batch, publisher: signer.address, signature }
    }),
  )
}

const GOOD_FOR = 120_000

/** A block, attested by the drill's attestors. */
export const attest = (
  network: Network,
  block: Pick<Attestation, 'chain' | 'number' | 'hash'>,
): Promise<readonly Attestation[]> =>
  Promise.all(
    attestors(network).map(async (signer) => {
      const signature = await signer.signStatement({ kind: 'attestation', ...block })
      return { ...block, attestor: signer.address, signature }
    }),
  )

/** A provider's firm offer for whatever a bid on an account brings. */
export async function signOffer(
  { chain, creditLines }: EngineDeployment,
  { lender, bidder, account, most, at }: Wanted,
): Promise<Offer> {
  const offer = {
    ...{ provider: lender, beneficiary: lender, bidder, account: account.id, rate: bps(OFFERED), maxCash: most },
    ...{ validUntil: BigInt(Math.floor((at + GOOD_FOR) / 1_000)), nonce: BigInt(at) },
  }
  const signature = await provider().signStatement({ kind: 'offer', engine: chain, creditLines, offer })
  return { ...offer, signature }
}

/** What a drill's offer pays of the value, in bps. */
export const OFFERED = 9_700

type Wanted = {
  readonly lender: Address
  readonly bidder: Address
  readonly account: Pick<MarginAccount, 'id'>
  readonly most: Wad
  readonly at: Instant
}

/** Where a chain's deployments have one registry for several vaults, it is usurped once for each: that changes nothing. */
export const vaultsOf = (network: Network, engine: ChainId): readonly VaultDeployment[] =>
  network.vaults.filter((vault) => vault.engine === engine)

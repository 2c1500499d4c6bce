// What a test does with a seat on two local chains: keep its books, look at what it is owed, read or relay in its place.
import { type Address, encodeFunctionData, keccak256 } from 'viem'
import { collateralVaultAbi } from '../../agent/adapters/chain/abi/collateral-vault.ts'
import { openEngineChain } from '../../agent/adapters/chain/engine-chain.ts'
import { anchoring, evidenceOf, submission } from '../../agent/adapters/chain/sources/headers.ts'
import { openVaultChain } from '../../agent/adapters/chain/vault-chain.ts'
import type { Claim } from '../../agent/domain/liquidation.ts'
import { owedSlot } from '../../agent/maths/slots.ts'
import type { ChainReader, EngineChain, VaultChain } from '../../agent/ports/chain.ts'
import { createReconciler, type Reconciler } from '../../agent/runtime/reconcile.ts'
import type { LocalNetwork } from './local-network.ts'
import type { Parts, Seat } from './seat.ts'
import { eventually } from './sending.ts'

/** The books of a seat, opened at what its chains hold now; why they halt is written down. */
export async function openBooks({ journal, statements }: Seat, halts: string[]): Promise<readonly Reconciler[]> {
  const halt = ({ reason, detail }: { reason: string; detail: string }) => void halts.push(`${reason} ${detail}`)
  const none = { inFlight: async () => new Map(), halt, emit: () => {} }
  const made = statements.map((one) => createReconciler({ journal, statements: one, ...none }))
  const open = () => Promise.all(made.map((book) => book.look()))
  const begun = () =>
    statements.every(({ chain }) => journal.postings(chain, -1n).some(({ ref }) => ref.startsWith('opening')))
  await eventually(open, begun)
  return made
}

/** What both mirrors owe a seat in a token beyond what the vaults paid. */
export async function outstanding({ engine, seat, fast, slow }: Seat, token: Address): Promise<bigint> {
  const amounts = [fast, slow].map(
    async (vault) =>
      (await engine.owed(vault.vault, seat.executor, token)) - (await vault.claimed(seat.executor, token)),
  )
  return (await Promise.all(amounts)).reduce((sum, amount) => sum + amount, 0n)
}

/** The engine's chain of a seat whose node gives no logs. */
export async function blind({ links, seat }: Seat, network: LocalNetwork): Promise<EngineChain> {
  const [link] = links
  return openEngineChain({ link, network: network.deployment.network, executor: seat.executor, blindLogs: true })
}

/** The fast vault, its claims proven by another reader of the engine chain. */
export function fastProvenBy({ links, seat }: Seat, parts: Parts, reader: ChainReader): Promise<VaultChain> {
  const engine = { reader, finality: 2 }
  const [deployment, [, link]] = [parts.vaultNamed('vault-fast'), links]
  return openVaultChain({ link, deployment, executor: seat.executor, engine })
}

/** Root, anchor and claim for a seat, by somebody who gains nothing. */
export const relayFor =
  ({ engine, seat }: Seat, parts: Parts, network: LocalNetwork) =>
  async (claims: readonly Claim[], number: bigint): Promise<void> => {
    const { vault, mirror, engineSource } = parts.vaultNamed('vault-fast')
    const root = await parts.attested(engine, number)
    const slots = claims.map(({ asset }) => owedSlot(seat.executor, asset, keccak256))
    const proof = await engine.proof(mirror, slots, number)
    const acts = [submission(engineSource.at, root), anchoring(engineSource.at, mirror, number, proof)]
    for (const { target, data } of acts) await network.call(target, data)
    for (const [i, { asset }] of claims.entries()) {
      const args = [seat.executor, asset, evidenceOf(number, proof.slots[i]?.proof ?? [])] as const
      await network.call(vault, encodeFunctionData({ abi: collateralVaultAbi, functionName: 'claim', args }))
    }
  }

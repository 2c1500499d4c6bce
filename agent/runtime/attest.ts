// Attestors sign every block that became final on their own node; everyone collects the signatures.
import type { Head } from '../domain/market.ts'
import type { Attestation } from '../domain/message.ts'
import type { Context } from './context.ts'

/** Signs the block that this head makes final and gossips the signature; without a signer, the block goes without. */
export async function attest(context: Context, head: Head, finality: number): Promise<void> {
  if (context.signer.unable() !== undefined) return
  const block = await finalBlock(context, head, BigInt(finality))
  if (block === undefined) return
  const { chain, number, hash } = block
  const signature = await context.signer.signStatement({ kind: 'attestation', chain, number, hash })
  const attestation: Attestation = { chain, number, hash, attestor: context.signer.address, signature }
  collect(context, attestation)
  await context.gossip.publish('attestation', attestation)
}

/** Files a verified attestation; an author who contradicts itself is reported to everyone. */
export function collect(context: Context, attestation: Attestation): void {
  const evidence = context.roots.attest(attestation)
  if (evidence === undefined) return
  context.emit('evidence:found', {
    attestor: attestation.attestor,
    chain: attestation.chain,
    number: attestation.number,
  })
  context.tasks.own('evidence', context.gossip.publish('evidence', evidence))
}

async function finalBlock(context: Context, head: Head, finality: bigint): Promise<Head | undefined> {
  const number = head.number - finality
  if (number < 1n) return undefined
  if (finality === 0n) return head
  const reader = readerOf(context, head)
  return (await reader.header(number)).head
}

function readerOf(context: Context, head: Head): { header(number: bigint): Promise<{ head: Head }> } {
  const engine = context.engines.get(head.chain)
  if (engine !== undefined) return engine.chain
  for (const seat of context.vaults.values()) if (seat.chain.id === head.chain) return seat.chain
  throw new Error(`no reader for chain ${head.chain}`)
}

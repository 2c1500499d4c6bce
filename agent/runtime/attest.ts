// Attestors sign every block that became final on their own node; everyone collects the signatures.
import type { Head } from '../domain/market.ts'
import type { Attestation, Evidence } from '../domain/message.ts'
import type { ChainReader } from '../ports/chain.ts'
import type { Gossip } from '../ports/gossip.ts'
import type { Context } from './context.ts'

type Speaker = { readonly gossip: Pick<Gossip, 'publish'> }
type Attestor = Pick<Context, 'signer' | 'journal' | 'roots' | 'engines' | 'vaults'> & Speaker
type Collector = Pick<Context, 'roots' | 'tasks'> & Speaker

/**
 * Signs the block that this head makes final and gossips signature and header; without a signer, the block goes without.
 * A height is signed once, whatever becomes of it: after a reorganisation deeper than finality, or a restart, a second
 * signature would cost the bond.
 */
export async function attest(context: Attestor, head: Head, finality: number): Promise<void> {
  const due = head.number - BigInt(finality)
  if (context.signer.unable() !== undefined || due < 1n) return
  const { rlp, head: block } = await readerOf(context, head).header(due)
  const { chain, number, hash } = block
  if (!claimHeight(context, block)) return
  const signature = await context.signer.signStatement({ kind: 'attestation', chain, number, hash })
  const attestation: Attestation = { chain, number, hash, attestor: context.signer.address, signature }
  context.roots.learn({ chain, number, hash, rlp })
  await context.gossip.publish('attestation', attestation)
  await context.gossip.publish('header', { chain, number, hash, rlp })
  context.roots.attest(attestation)
}

/** Takes a height for one signature, and writes that down first. */
function claimHeight({ journal }: Attestor, { chain, number }: Head): boolean {
  const key = `attested ${chain}`
  if (number <= BigInt(journal.recall(key) ?? 0)) return false
  journal.remember(key, String(number))
  return true
}

/** Files a verified attestation; an author who contradicts itself is reported to everyone. */
export function collect(context: Collector, attestation: Attestation): Evidence | undefined {
  const evidence = context.roots.attest(attestation)
  if (evidence !== undefined) context.tasks.own('evidence', context.gossip.publish('evidence', evidence))
  return evidence
}

function readerOf(context: Attestor, head: Head): Pick<ChainReader, 'header'> {
  const engine = context.engines.get(head.chain)
  if (engine !== undefined) return engine.chain
  for (const seat of context.vaults.values()) if (seat.chain.id === head.chain) return seat.chain
  throw new Error(`no reader for chain ${head.chain}`)
}

// Claims as public facts: opened on the engine chain, paid on the vault chain, each with the proof of its counter.
import { keccak256 } from 'viem'
import { provenSlots } from '../adapters/gossip/state-proof.ts'
import type { Claim } from '../domain/liquidation.ts'
import { millis } from '../domain/units.ts'
import { claimPlace } from '../maths/slots.ts'
import type { ChainReader } from '../ports/chain.ts'
import type { Gossip } from '../ports/gossip.ts'
import type { Context } from './context.ts'
import { rest } from './tasks.ts'

type Teller = Pick<Context, 'vaults' | 'engines' | 'clock' | 'signal'> & { readonly gossip: Pick<Gossip, 'publish'> }

/** What happened to a claim of ours, and in which block. */
export type Happened = { readonly kind: 'opened' | 'paid'; readonly claim: Claim; readonly block: bigint }

/** Tells in its own time: a fact that is not told costs nobody anything. On paper nothing happened. */
export function tellLater(context: Context, happened: Happened): void {
  if (context.paper) return
  const missed = (error: unknown): void => context.emit('agent:retried', { task: 'tell claim', error })
  context.tasks.own('tell claim', tellClaim(context, happened).catch(missed))
}

/** Waits until the block is final, proves the counter there and tells everybody. */
async function tellClaim(context: Teller, { kind, claim, block }: Happened): Promise<void> {
  const vault = context.vaults.get(claim.vault)
  const engine = vault && context.engines.get(vault.deployment.engine)
  if (vault === undefined || engine === undefined) return
  const { chain, deployment } = kind === 'opened' ? engine : vault
  const number = await finalFrom(context, { chain, finality: deployment.finality }, block)
  if (number === undefined) return
  const { executor: beneficiary } = vault
  const place = claimPlace(vault.deployment, { kind, beneficiary, asset: claim.asset }, keccak256)
  const { rlp: header, head } = await chain.header(number)
  const proof = await chain.proof(place.contract, [place.slot], number)
  const read = await provenSlots({ rlp: header, hash: head.hash, number }, [proof])
  const cumulative = read?.(place.contract, place.slot)
  if (cumulative === undefined || cumulative === 0n) return
  const fact = { chain: place.chain, vault: claim.vault, kind, beneficiary, collateral: claim.collateral, cumulative }
  await context.gossip.publish('claim', { ...fact, number, hash: head.hash, header, proof })
}

const PAUSE = millis(500)

type Chain = { readonly chain: Pick<ChainReader, 'latest'>; readonly finality: number }

/** The newest final block at or above one; undefined when the agent stops first. */
async function finalFrom(
  { clock, signal }: Teller,
  { chain, finality }: Chain,
  block: bigint,
): Promise<bigint | undefined> {
  while (!signal.aborted) {
    const final = (await chain.latest()).number - BigInt(finality)
    if (final >= block) return final
    await rest(clock, PAUSE, signal)
  }
  return undefined
}

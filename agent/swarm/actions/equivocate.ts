// An attestor that contradicts itself: two blocks at one height, both signed with its key, told to everybody.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Hex, keccak256, stringToHex } from 'viem'
import type { Action } from '../../../config/actions.ts'
import { signerOf } from '../../adapters/signer/local-signer.ts'
import { invariantBroken } from '../../domain/errors.ts'
import type { Attestation } from '../../domain/message.ts'
import { joinNetwork } from './listen.ts'
import type { Acting } from './theatre.ts'

/** Signs, joins the network and says both. */
export async function equivocate(
  { agent }: Extract<Action, { readonly do: 'equivocate' }>,
  acting: Acting,
): Promise<void> {
  const [site] = acting.deployment.engines
  const seat = acting.deployment.seats.find(({ name }) => name === agent)
  if (seat === undefined || site === undefined) throw invariantBroken(`no agent is called ${agent}`, { agent })
  const tip = BigInt(await site.chain.rpc.request<Hex>('eth_blockNumber'))
  const sign = async (what: string): Promise<Attestation> => {
    const block = { chain: site.chain.id, number: tip + AHEAD, hash: keccak256(stringToHex(what)) }
    const signature = await signerOf(seat.key).signStatement({ kind: 'attestation', ...block })
    return { ...block, attestor: seat.operator, signature }
  }
  const gossip = await joinNetwork(acting)
  try {
    for (const what of ['heads', 'tails']) await gossip.publish('attestation', await sign(what))
    acting.report(agent, `signed two blocks at height ${tip + AHEAD} of ${site.name}`)
    await sleep(STAY, undefined, { signal: acting.signal }).catch(() => undefined) // the market closed: nobody to tell
  } finally {
    await gossip.stop()
  }
}

/** A height that it has not signed yet. */
const AHEAD = 50n
/** Long enough for both to have left. */
const STAY = 3_000

// The bond of an executor on an engine's chain: it opens the first seconds of auctions, and comes back after two delays,
// the executor's own (its owner speaks through it) and the registry's (in which it can still be slashed).
import { type Address, encodeFunctionData } from 'viem'
import { readContract } from 'viem/actions'
import { agentRegistryAbi } from '../adapters/chain/abi/agent-registry.ts'
import { configError } from '../domain/errors.ts'
import type { Node } from '../runtime/doctor/nodes.ts'
import { approvedErrand, requireFunds } from './fund.ts'
import { requireOwner } from './ownership.ts'
import type { Purse } from './purse.ts'
import type { Act, Errand, Stage } from './stage.ts'
import { announcement, ownerCall, standingOf, throughSeal } from './timelock.ts'
import { inWords, type Token, tokenAt } from './tokens.ts'

/** A bond as the registry knows it. `unbondingUntil` in seconds; zero while nothing was asked back. */
export type Bond = {
  readonly token: Token
  readonly amount: bigint
  readonly minimum: bigint
  readonly held: bigint
  readonly unbondingUntil: bigint
  readonly delay: bigint
  readonly counts: boolean
}

/** Reads an executor's bond. */
export async function bondOf(node: Node, registry: Address, executor: Address): Promise<Bond> {
  const at = { address: registry, abi: agentRegistryAbi } as const
  const [token, minimum, delay, agent, held, counts] = await Promise.all([
    readContract(node, { ...at, functionName: 'bondToken' }).then((address) => tokenAt(node, address)),
    readContract(node, { ...at, functionName: 'minimumBond' }),
    readContract(node, { ...at, functionName: 'unbondingDelay' }),
    readContract(node, { ...at, functionName: 'agents', args: [executor] }),
    readContract(node, { ...at, functionName: 'held', args: [executor] }),
    readContract(node, { ...at, functionName: 'isBonded', args: [executor] }),
  ])
  return { token, amount: agent.bond, minimum, held, unbondingUntil: agent.unbondingUntil, delay, counts }
}

type Place = { readonly registry: Address; readonly executor: Address }

/** Adds to the bond. E_BOND when the whole would stay below the least bond. */
export async function bondErrand(purse: Purse, { registry, executor }: Place, amount: bigint): Promise<Errand> {
  await requireOwner(purse.node, purse.chain, executor, purse.address)
  const found = await bondOf(purse.node, registry, executor)
  const { token, minimum } = found
  if (found.amount + amount < minimum)
    throw configError(
      'E_BOND',
      `a bond of ${inWords(found.amount + amount, token)} is below the least, ${inWords(minimum, token)}`,
      `Bond at least ${inWords(minimum - found.amount, token)}.`,
    )
  await requireFunds(purse, token, amount)
  const data = encodeFunctionData({ abi: agentRegistryAbi, functionName: 'bond', args: [executor, amount] })
  const words = inWords(amount, token)
  return approvedErrand(
    purse,
    { token, amount },
    {
      outline: `${words} from the owner into the bond of the executor`,
      act: { says: `bond ${words}`, to: registry, data },
    },
  )
}

/** Takes the whole bond back. E_BOND when there is none, or when promises still rest on it. */
export async function unbondErrand(purse: Purse, { registry, executor }: Place, to: Address): Promise<Errand> {
  await requireOwner(purse.node, purse.chain, executor, purse.address)
  const { amount, held, token, delay } = await bondOf(purse.node, registry, executor)
  if (amount === 0n) throw missing(`${executor} has no bond on chain ${purse.chain}`, 'Nothing is to be taken back.')
  if (held > 0n)
    throw missing(`${inWords(held, token)} of the bond back a reserved slice`, 'Wait until the slice is taken.')
  const call = (says: string, data: Act['data']): Act => ownerCall(executor, says, { to: registry, data })
  const ask = call(
    'ask for the bond back',
    encodeFunctionData({ abi: agentRegistryAbi, functionName: 'requestUnbond', args: [] }),
  )
  const take = call(
    `take ${inWords(amount, token)} back`,
    encodeFunctionData({ abi: agentRegistryAbi, functionName: 'withdraw', args: [to] }),
  )
  return {
    chain: purse.chain,
    outline: [
      `${inWords(amount, token)} from the bond of the executor`,
      `to ${to}`,
      `asked back after the executor's delay, paid ${delay} s after that`,
    ],
    next: async () => step(purse, { ask, take }, await bondOf(purse.node, registry, executor)),
  }
}

type Calls = { readonly ask: Act; readonly take: Act }

/** Both calls are announced together, so that the executor's delay is waited for once. */
async function step(purse: Purse, { ask, take }: Calls, { unbondingUntil }: Bond): Promise<Stage> {
  if (unbondingUntil > 0n) return throughSeal(purse, [take])
  const standing = await standingOf(purse, ask)
  if (standing.kind === 'open') return { kind: 'send', acts: [ask], last: false }
  if (standing.kind === 'waits') return { kind: 'wait', until: standing.until, why: ask.says }
  return { kind: 'send', acts: [announcement(ask), announcement(take)], last: false }
}

const missing = (message: string, fix: string): Error => configError('E_BOND', message, fix)

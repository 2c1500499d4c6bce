// Capital on its way out: announced, then paid when the executor's delay has passed. Nothing shortens the delay.
import { type Address, encodeFunctionData } from 'viem'
import { readContract } from 'viem/actions'
import { liquidatorExecutorAbi } from '../adapters/chain/abi/liquidator-executor.ts'
import { marginEngineAbi } from '../adapters/chain/abi/margin-engine.ts'
import { configError } from '../domain/errors.ts'
import type { ChainId } from '../domain/units.ts'
import { requireOwner } from './ownership.ts'
import type { Purse } from './purse.ts'
import type { Act, Errand } from './stage.ts'
import { ownerCall, standingOf, throughSeal } from './timelock.ts'
import { balanceOf, inWords, type Token } from './tokens.ts'

/** What is to leave, and where to. From the engine account when `engine` is named, else from the executor itself. */
export type Leaving = {
  readonly executor: Address
  readonly token: Token
  readonly amount: bigint
  readonly to: Address
  readonly engine?: Address
}

/** The withdrawal on the purse's chain. */
export async function withdrawErrand(purse: Purse, leaving: Leaving): Promise<Errand> {
  const { executor, token, amount, to, engine } = leaving
  await requireOwner(purse.node, purse.chain, executor, purse.address)
  await requireHeld(purse, leaving)
  const place = engine === undefined ? 'the executor' : 'the engine account'
  const asked = { address: executor, abi: liquidatorExecutorAbi, functionName: 'withdrawDelay' } as const
  const delay = await readContract(purse.node, asked)
  return {
    chain: purse.chain,
    outline: [
      `${inWords(amount, token)} from ${place}`,
      `to ${to}`,
      `announced, then paid after the executor's delay of ${delay} s`,
    ],
    next: () => (engine === undefined ? fromExecutor(purse, leaving) : fromEngine(purse, leaving, engine)),
  }
}

function fromEngine(purse: Purse, { executor, token, amount, to }: Leaving, engine: Address) {
  const data = encodeFunctionData({ abi: marginEngineAbi, functionName: 'withdrawCash', args: [executor, amount, to] })
  const act = ownerCall(executor, `pay ${inWords(amount, token)} out`, { to: engine, data })
  return throughSeal(purse, [act])
}

/** Tokens of the executor itself have an announcement of their own, sealed or not. */
async function fromExecutor(purse: Purse, { executor, token, amount, to }: Leaving): ReturnType<Errand['next']> {
  const call = (says: string, functionName: 'withdraw' | 'requestWithdraw'): Act => ({
    ...{ says, to: executor },
    data: encodeFunctionData({ abi: liquidatorExecutorAbi, functionName, args: [token.address, amount, to] }),
  })
  const words = inWords(amount, token)
  const pay = call(`pay ${words} out`, 'withdraw')
  const standing = await standingOf(purse, pay)
  if (standing.kind === 'open') return { kind: 'send', acts: [pay], last: true }
  if (standing.kind === 'waits') return { kind: 'wait', until: standing.until, why: pay.says }
  return { kind: 'send', acts: [call(`announce: pay ${words} out`, 'requestWithdraw')], last: false }
}

/** Throws E_FUNDS when less is there. */
async function requireHeld({ node, chain }: Purse, { executor, token, amount, engine }: Leaving): Promise<void> {
  const held =
    engine === undefined
      ? await balanceOf(node, token.address, executor)
      : (await engineCash(node, engine, executor)) / 10n ** BigInt(18 - token.decimals)
  if (held >= amount) return
  const place = engine === undefined ? 'the executor' : 'the engine account'
  throw short(chain, `${place} holds ${inWords(held, token)}, ${inWords(amount, token)} is asked for`)
}

/** Cash of an executor's engine account, in wad. */
export const engineCash = (node: Purse['node'], engine: Address, executor: Address): Promise<bigint> =>
  readContract(node, { address: engine, abi: marginEngineAbi, functionName: 'cashOf', args: [executor] })

const short = (chain: ChainId, what: string): Error =>
  configError('E_FUNDS', `chain ${chain}: ${what}`, 'Ask for less; lienmesh executor show says what is where.')

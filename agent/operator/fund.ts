// Money from the owner's own account to where the agent works with it: cash into the engine account, coin to the operator.
import { type Address, encodeFunctionData, erc20Abi, formatEther } from 'viem'
import { getBalance, readContract } from 'viem/actions'
import { marginEngineAbi } from '../adapters/chain/abi/margin-engine.ts'
import { configError } from '../domain/errors.ts'
import type { EngineDeployment } from '../domain/network.ts'
import { requireOwner } from './ownership.ts'
import type { Purse } from './purse.ts'
import type { Errand, Stage } from './stage.ts'
import { balanceOf, inWords, type Token } from './tokens.ts'

type Paying = { readonly token: Token; readonly amount: bigint }

/** Pays `amount` of the engine's cash into the executor's account. */
export async function cashErrand(
  purse: Purse,
  { engine }: EngineDeployment,
  executor: Address,
  { token, amount }: Paying,
): Promise<Errand> {
  const words = inWords(amount, token)
  await requireOwner(purse.node, purse.chain, executor, purse.address)
  await requireFunds(purse, token, amount)
  const data = encodeFunctionData({ abi: marginEngineAbi, functionName: 'depositCash', args: [executor, amount] })
  return approvedErrand(
    purse,
    { token, amount },
    {
      outline: `${words} from the owner into the engine account`,
      act: { says: `pay ${words} into the engine account`, to: engine, data },
    },
  )
}

/** Sends native coin to the operator for its gas. */
export async function coinErrand(purse: Purse, operator: Address, amount: bigint): Promise<Errand> {
  const held = await getBalance(purse.node, { address: purse.address })
  if (held < amount) throw lacking(purse, `${formatEther(held)} in native coin`, formatEther(amount))
  const words = `${formatEther(amount)} ETH`
  const act = { says: `send ${words} to the operator`, to: operator, data: '0x', value: amount } as const
  return {
    chain: purse.chain,
    outline: [`${words} from the owner to the operator, for gas`],
    next: async () => ({ kind: 'send', acts: [act], last: true }),
  }
}

/** A call that takes tokens of the owner: the exact allowance first, then the call. */
export function approvedErrand(
  { chain, node, address: owner }: Purse,
  { token, amount }: Paying,
  { outline, act }: { readonly outline: string; readonly act: Extract<Stage, { kind: 'send' }>['acts'][number] },
): Errand {
  const args = [act.to, amount] as const
  const approve = {
    says: `allow ${inWords(amount, token)} to be taken`,
    to: token.address,
    data: encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args }),
  }
  return {
    chain,
    outline: [outline],
    async next() {
      const asked = { address: token.address, abi: erc20Abi, functionName: 'allowance', args: [owner, act.to] } as const
      if ((await readContract(node, asked)) < amount) return { kind: 'send', acts: [approve], last: false }
      return { kind: 'send', acts: [act], last: true }
    },
  }
}

/** Throws E_FUNDS when the owner holds less. */
export async function requireFunds(purse: Purse, token: Token, amount: bigint): Promise<void> {
  const held = await balanceOf(purse.node, token.address, purse.address)
  if (held < amount) throw lacking(purse, inWords(held, token), inWords(amount, token))
}

const lacking = ({ chain, address }: Purse, held: string, needed: string): Error =>
  configError(
    'E_FUNDS',
    `${address} holds ${held} on chain ${chain}, ${needed} is asked for`,
    `Send what lacks to ${address} on chain ${chain}, or ask for less.`,
  )

// The desk: an executor that owns every trader's account and pays what they pay.
import { type Abi, type Address, encodeFunctionData, type Hex, maxUint256, pad, toHex } from 'viem'
import { EXECUTOR, VAULT_ARTEFACTS } from '../suite/contracts.ts'
import { type Burst, openBurst } from './burst.ts'
import type { Deployment, VaultSite } from './deployment.ts'
import type { LocalChain } from './local-chain.ts'
import { ownersOf } from './owners.ts'

/** A call that the desk makes. */
export type Inner = { readonly target: Address; readonly data: Hex }

/** Encodes one. */
export const call = (target: Address, abi: Abi, functionName: string, ...args: readonly unknown[]): Inner => ({
  target,
  data: encodeFunctionData({ abi, functionName, args }),
})

/** What is locked for whom. */
export type LockedDeposit = {
  readonly vault: Address
  readonly token: Address
  readonly account: Address
  readonly amount: bigint
}

/** Mints what is missing and locks it, in a few large transactions. */
export async function lock(deployment: Deployment, site: VaultSite, deposits: readonly LockedDeposit[]): Promise<void> {
  const desk = await openDesk(deployment, site.chain)
  for (const [token, amount] of totals(deposits))
    desk.burst.call({ to: token, abi: TestToken, name: 'mint', args: [deployment.desk, amount] })
  const vaults = deployment.network.vaults.filter((vault) => vault.chain === site.chain.id)
  const approvals = vaults.flatMap((vault) =>
    vault.assets.map(({ token }) => call(token, TestToken, 'approve', vault.vault, maxUint256)),
  )
  desk.execute([
    approvals,
    deposits.map((one) => call(one.vault, Vault, 'deposit', one.account, one.token, one.amount)),
  ])
  await desk.burst.flush()
}

/** Queues many calls in one transaction, in the order of the groups. */
export async function openDesk(
  deployment: Deployment,
  chain: LocalChain,
): Promise<{ readonly burst: Burst; readonly execute: (groups: readonly (readonly Inner[])[]) => void }> {
  const { trader } = await ownersOf(chain)
  const burst = await openBurst(chain, trader, 'interval')
  const execute = (groups: readonly (readonly Inner[])[]): void => {
    for (const group of groups) {
      for (let i = 0; i < group.length; i += CHUNK) {
        const chunk = group.slice(i, i + CHUNK)
        const guard = { intent: pad(toHex(nextIntent++)), leg: 0, deadline: 2 ** 40, floor: -(2n ** 200n) }
        burst.call({
          to: deployment.desk,
          abi: EXECUTOR.abi,
          name: 'execute',
          args: [chunk, guard],
          gas: GAS_BASE + BigInt(chunk.length) * GAS_EACH,
        })
      }
    }
  }
  return { burst, execute }
}

/** Calls per transaction: what fits, at 600k gas each, into a sixth of a block. */
const CHUNK = 50
const GAS_EACH = 600_000n
const GAS_BASE = 500_000n
let nextIntent = BigInt(Date.now()) << 64n

function totals(deposits: readonly LockedDeposit[]): ReadonlyMap<Address, bigint> {
  const sums = new Map<Address, bigint>()
  for (const { token, amount } of deposits) sums.set(token, (sums.get(token) ?? 0n) + amount)
  return sums
}

const { abi: TestToken } = VAULT_ARTEFACTS.TestToken
const { abi: Vault } = VAULT_ARTEFACTS.CollateralVault

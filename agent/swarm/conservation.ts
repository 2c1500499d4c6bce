// Value is conserved to the wei: every sum of every ledger equals what the contracts hold.
import type { Abi, Address } from 'viem'
import { ENGINE_ARTEFACTS, VAULT_ARTEFACTS } from '../suite/contracts.ts'
import { readAll, type View } from './calls.ts'
import { poolAndInsurance } from './deploy-engine.ts'
import type { Deployment, EngineSite, VaultSite } from './deployment.ts'
import type { Record } from './record.ts'

/** Two sums that must be one; of one route, where they are. */
export type Balance = {
  readonly what: string
  readonly left: bigint
  readonly right: bigint
  readonly route?: string
}

/** Every ledger of a run, from both chains. `holders` are addresses that may hold tokens outside the contracts. */
export async function balances(
  deployment: Deployment,
  record: Record,
  holders: readonly Address[],
): Promise<readonly Balance[]> {
  const engines = await Promise.all(deployment.engines.map((site) => cashLedger(site, record, deployment)))
  const vaults = await Promise.all(deployment.network.vaults.map((vault) => vaultLedger(deployment, vault.id)))
  const tokens = await Promise.all(deployment.vaultChains.map((site) => tokenLedger(deployment, site, holders)))
  return [...engines, ...vaults, ...tokens].flat()
}

/** Whether all hold. */
export const isConserved = (ledgers: readonly Balance[]): boolean => ledgers.every(({ left, right }) => left === right)

const { abi: Engine } = ENGINE_ARTEFACTS.MarginEngine
const { abi: Token } = ENGINE_ARTEFACTS.TestToken
const { abi: Mirror } = ENGINE_ARTEFACTS.VaultMirror
const { abi: Vault } = VAULT_ARTEFACTS.CollateralVault
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)
const view = (to: Address, abi: Abi, name: string, ...args: readonly unknown[]): View => ({ to, abi, name, args })

/** Cash of every account, pool and insurance included, against the tokens in the engine. */
async function cashLedger(site: EngineSite, record: Record, deployment: Deployment): Promise<readonly Balance[]> {
  const tranches = deployment.network.vaults
    .filter((vault) => vault.engine === site.chain.id)
    .flatMap((vault) => deployment.tranches.get(vault.id) ?? [])
  const accounts = [...new Set([...record.accounts, ...(await poolAndInsurance(site)), ...tranches])]
  const cash = await readAll<bigint>(
    site.chain.rpc,
    accounts.map((account) => view(site.engine, Engine, 'cashOf', account)),
  )
  const [held = 0n] = await readAll<bigint>(site.chain.rpc, [view(site.cash, Token, 'balanceOf', site.engine)])
  return [
    {
      what: `${site.name}: cash of ${accounts.length} accounts = tokens in the engine`,
      left: sum(cash),
      right: held * 10n ** 12n,
    },
  ]
}

/** Per asset: the vault holds deposits less claims; no more was claimed than owed, no more owed than credited. */
async function vaultLedger(deployment: Deployment, id: string): Promise<readonly Balance[]> {
  const vault = deployment.network.vaults.find((one) => one.id === id)
  const site = deployment.vaultChains.find((one) => one.chain.id === vault?.chain)
  const engine = deployment.engines.find((one) => one.chain.id === vault?.engine)
  if (vault === undefined || site === undefined || engine === undefined) return []
  const ledgers = vault.assets.map(async ({ token, symbol }): Promise<readonly Balance[]> => {
    const [deposited = 0n, claimed = 0n, held = 0n] = await readAll<bigint>(site.chain.rpc, [
      view(vault.vault, Vault, 'totalDeposited', token),
      view(vault.vault, Vault, 'totalClaimed', token),
      view(token, Token, 'balanceOf', vault.vault),
    ])
    const [credited = 0n, owed = 0n] = await readAll<bigint>(engine.chain.rpc, [
      view(vault.mirror, Mirror, 'totalCredited', token),
      view(vault.mirror, Mirror, 'totalOwed', token),
    ])
    const pairs = [
      { what: `${id}: ${symbol} in the vault = deposited - claimed`, left: held, right: deposited - claimed },
      { what: `${id}: ${symbol} credited = deposited`, left: credited, right: deposited },
      { what: `${id}: ${symbol} claimed beyond owed`, left: claimed > owed ? claimed - owed : 0n, right: 0n },
      { what: `${id}: ${symbol} owed beyond credited`, left: owed > credited ? owed - credited : 0n, right: 0n },
    ]
    return pairs.map((one) => ({ ...one, route: id }))
  })
  return (await Promise.all(ledgers)).flat()
}

/** Per token of a vault chain: its supply is in the hands we know. */
async function tokenLedger(
  deployment: Deployment,
  site: VaultSite,
  holders: readonly Address[],
): Promise<readonly Balance[]> {
  const vaults = deployment.network.vaults.filter((one) => one.chain === site.chain.id).map((one) => one.vault)
  const pairs = site.assets.map((asset) => asset.pair)
  const all = [...holders, ...vaults, ...pairs, site.registry, site.governor]
  const known = [...new Map(all.map((one) => [one.toLowerCase(), one])).values()]
  const tokens = [{ symbol: 'USD', token: site.dollar }, ...site.assets]
  const ledgers = tokens.map(async ({ symbol, token }): Promise<Balance> => {
    const held = await readAll<bigint>(
      site.chain.rpc,
      known.map((holder) => view(token, Token, 'balanceOf', holder)),
    )
    const [supply = 0n] = await readAll<bigint>(site.chain.rpc, [view(token, Token, 'totalSupply')])
    return { what: `${site.name}: ${symbol} held = supply`, left: sum(held), right: supply }
  })
  return Promise.all(ledgers)
}

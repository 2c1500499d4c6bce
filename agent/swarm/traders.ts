// Puts the traders in place: collateral locked on the vault chains, accounts opened, and traded once credit arrived.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, maxUint64, maxUint256 } from 'viem'
import { unavailable } from '../domain/errors.ts'
import type { Mode } from '../domain/market.ts'
import type { VaultDeployment } from '../domain/network.ts'
import type { AccountPlan } from '../simulator/scenario/account-plan.ts'
import { ENGINE_ARTEFACTS } from '../suite/contracts.ts'
import { read, readAll } from './calls.ts'
import { type Deployment, dollars, type EngineSite, type VaultSite } from './deployment.ts'
import { call, type Inner, type LockedDeposit, lock, openDesk } from './desk.ts'

/** A planned account with its address on the engine chain. */
export type Trader = AccountPlan & { readonly account: Address; readonly site: EngineSite }

/** Names every planned account's address. */
export async function nameTraders(deployment: Deployment, plans: readonly AccountPlan[]): Promise<readonly Trader[]> {
  const named = deployment.engines.map(async (site) => {
    const own = plans.filter((plan) => plan.engine === site.name)
    const views = own.map(({ salt }) => ({ ...engineOf(site), name: 'accountOf', args: [deployment.desk, salt] }))
    const accounts = await readAll<Address>(site.chain.rpc, views)
    return own.flatMap((plan, i) => (accounts[i] === undefined ? [] : [{ ...plan, account: accounts[i], site }]))
  })
  return (await Promise.all(named)).flat()
}

/** Locks the traders' collateral: one deposit per account and asset, in a few large transactions. */
export async function lockCollateral(deployment: Deployment, traders: readonly Trader[]): Promise<number> {
  const counts = deployment.vaultChains.map(async (site) => {
    const deposits = depositsOn(deployment, site, traders)
    await lock(deployment, site, deposits)
    return deposits.length
  })
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}

/** Opens every account and pays in the cash of those that hold any; they trade at once, on cash alone. */
export async function openAccounts(deployment: Deployment, traders: readonly Trader[]): Promise<void> {
  await Promise.all(
    deployment.engines.map(async (site) => {
      const own = traders.filter((trader) => trader.site === site)
      const desk = await openDesk(deployment, site.chain)
      const cash = own.reduce((sum, trader) => sum + dollars(trader.cash), 0n)
      desk.burst.call({ to: site.cash, abi: TestToken, name: 'mint', args: [deployment.desk, cash] })
      const opened = own.map(({ salt, mode }) => call(site.engine, Engine, 'open', salt, MODES[mode]))
      const paid = own.filter(({ cash }) => cash > 0n)
      const deposits = paid.map(({ account, cash }) => call(site.engine, Engine, 'depositCash', account, dollars(cash)))
      const trades = paid.filter(({ credit }) => credit.length === 0).flatMap(tradesOf)
      desk.execute([[call(site.cash, TestToken, 'approve', site.engine, maxUint256)], opened, deposits, trades])
      await desk.burst.flush()
    }),
  )
}

/** Trades the accounts that wait for credit. */
export async function tradeOnCredit(deployment: Deployment, traders: readonly Trader[]): Promise<void> {
  await Promise.all(
    deployment.engines.map(async (site) => {
      const desk = await openDesk(deployment, site.chain)
      desk.execute([traders.filter((trader) => trader.site === site && trader.credit.length > 0).flatMap(tradesOf)])
      await desk.burst.flush()
    }),
  )
}

/** Resolves when the mirrors show every deposit; throws E_CREDIT after `patience` milliseconds. */
export async function waitForCredit(
  deployment: Deployment,
  traders: readonly Trader[],
  patience: number,
): Promise<void> {
  const deadline = Date.now() + patience
  for (const site of deployment.engines) {
    let missing = creditViews(
      deployment,
      traders.filter((trader) => trader.site === site),
    )
    while (missing.length > 0) {
      const credited = await readAll<bigint>(site.chain.rpc, missing)
      missing = missing.filter((view, i) => (credited[i] ?? 0n) < view.amount)
      if (missing.length > 0 && Date.now() > deadline) throw notCredited(missing.length, patience)
      if (missing.length > 0) await sleep(100)
    }
  }
}

/** Resolves once the first prices stand on chain: nobody can trade before. */
export async function waitForPrices(site: EngineSite): Promise<void> {
  const view = { to: site.priceBook, abi: ENGINE_ARTEFACTS.PriceBook.abi, name: 'peek', args: [0] }
  for (const deadline = Date.now() + PRICE_PATIENCE; Date.now() < deadline; await sleep(50)) {
    const { price } = await read<{ readonly price: bigint }>(site.chain.rpc, view)
    if (price > 0n) return
  }
  throw unavailable(
    'E_PRICES',
    `no price reached ${site.name}`,
    'Read the log of the publishers: lienmesh swarm logs publishers.',
  )
}

const PRICE_PATIENCE = 10_000
const { abi: Engine } = ENGINE_ARTEFACTS.MarginEngine
const { abi: TestToken } = ENGINE_ARTEFACTS.TestToken
const { abi: Mirror } = ENGINE_ARTEFACTS.VaultMirror
const MODES: Readonly<Record<Mode, number>> = { isolated: 1, cross: 2, unified: 3 }

const engineOf = (site: EngineSite) => ({ to: site.engine, abi: Engine })

/** Buys at any price and sells at any price: the pool trades at the mark. */
const tradesOf = ({ account, site, positions }: Trader): readonly Inner[] =>
  positions.map(({ instrument, size }) =>
    call(site.engine, Engine, 'trade', account, instrument, size, size > 0n ? maxUint64 : 0n),
  )

function depositsOn(deployment: Deployment, site: VaultSite, traders: readonly Trader[]): readonly LockedDeposit[] {
  return traders.flatMap(({ account, credit, site: engine }) =>
    credit.flatMap(({ collateral, amount }) => {
      const place = placeOf(deployment, engine, collateral)
      if (place === undefined || place.vault.chain !== site.chain.id) return []
      return [{ vault: place.vault.vault, token: place.token, account, amount }]
    }),
  )
}

/** The vault and token behind a collateral id of an engine. */
function placeOf(
  { network }: Deployment,
  site: EngineSite,
  collateral: number,
): { readonly vault: VaultDeployment; readonly token: Address } | undefined {
  const places = network.vaults
    .filter((vault) => vault.engine === site.chain.id)
    .flatMap((vault) => vault.assets.map((asset) => ({ vault, asset })))
  const found = places.find(({ asset }) => asset.collateral === collateral)
  return found && { vault: found.vault, token: found.asset.token }
}

const creditViews = (deployment: Deployment, traders: readonly Trader[]) =>
  traders.flatMap(({ account, credit, site }) =>
    credit.flatMap(({ collateral, amount }) => {
      const place = placeOf(deployment, site, collateral)
      return place === undefined
        ? []
        : [{ to: place.vault.mirror, abi: Mirror, name: 'available', args: [account, place.token], amount }]
    }),
  )

const notCredited = (missing: number, patience: number): Error =>
  unavailable(
    'E_CREDIT',
    `${missing} deposits were not credited within ${patience / 1000} s`,
    'Look at the logs of the relaying agent and of the attestors in the run directory.',
  )

// The borrowers of a scenario: each asks the provider for a line, locks collateral, has cash on the engine chain before its
// deposit is proven, and repays or lets the line be enforced.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Hex, keccak256, parseEther, stringToHex, toHex } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import type { Scenario } from '../../config/scenario.ts'
import { dueOf, type Line } from '../domain/credit-line.ts'
import type { VaultDeployment } from '../domain/network.ts'
import { type AccountId, bps, wad } from '../domain/units.ts'
import { feedNamed } from '../simulator/scenario/feeds.ts'
import type { Market } from '../simulator/scenario/market.ts'
import { ENGINE_ARTEFACTS, VAULT_ARTEFACTS } from '../suite/contracts.ts'
import { type Burst, openBurst } from './burst.ts'
import { read, type View } from './calls.ts'
import { unitsFor } from './deploy-vault.ts'
import { type AssetSite, type Deployment, dollars, type EngineSite, type VaultSite } from './deployment.ts'
import { usd } from './format.ts'
import { openProviderPool, type ProviderPoolDesk } from './provider-pool.ts'
import type { Record } from './record.ts'

/** What borrowers need of the world. */
export type Lending = {
  readonly scenario: Scenario
  readonly deployment: Deployment
  readonly market: Market
  readonly record: Pick<Record, 'pool'>
  readonly at: () => number
  readonly report: (who: string, text: string) => void
  readonly signal: AbortSignal
}

/** Plays every line of the scenario, each at its time, and returns when all have ended. */
export async function borrow(lending: Lending): Promise<void> {
  const { lines } = lending.scenario
  if (lines === undefined) return
  const { engine: site, collateral } = placeOf(lending.deployment, lines)
  const pool = await openProviderPool({ ...lending, site, collateral, record: lending.record.pool })
  const all = Array.from({ length: lines.count }, (_, i) => playLine(lending, { lines, pool }, i))
  await Promise.all(all)
}

type Lines = NonNullable<Scenario['lines']>

/** Where a line's collateral lies and where its cash is paid. */
type Place = {
  readonly vault: VaultDeployment
  readonly asset: AssetSite
  readonly collateral: number
  readonly site: VaultSite
  readonly engine: EngineSite
}

type Borrower = {
  readonly name: string
  readonly account: PrivateKeyAccount
  readonly place: Place
  readonly onEngine: Burst
  readonly onVault: Burst
}

/** What is asked for, and whom a pool lends through instead of the first provider. */
type Terms = { readonly lines: Lines; readonly pool: ProviderPoolDesk | undefined }

async function playLine(lending: Lending, { lines, pool }: Terms, index: number): Promise<void> {
  const { at, signal } = lending
  const borrower = await settleIn(lending, lines, index)
  await sleep(Math.max(0, lines.first + index * lines.every - at()), undefined, { signal })
  const line = await termsOf(lending, { lines, pool }, { borrower, index })
  const { id, signature } = await ask(borrower, line)
  const asked = at()
  await lock(borrower, id, line)
  const { place } = borrower
  const vault = { chain: place.site.chain, address: place.vault.vault, token: place.asset.token }
  const followed = pool?.lend({ line, signature, id, vault })
  const opened = await isOpened(lending, borrower, id)
  if (!opened) return lending.report(borrower.name, `got no line of ${usd(line.principal)}`)
  lending.report(borrower.name, `has ${usd(line.principal)} ${((at() - asked) / 1000).toFixed(1)} s after asking`)
  if (index >= lines.repaid) return followed
  await sleep(lines.hold, undefined, { signal })
  await repay(borrower, line)
  lending.report(borrower.name, `repaid ${usd(dueOf(line))}`)
  await Promise.all([followed, collect(lending, borrower, id, line)])
}

/** An account of its own on both chains, native coin, and an engine account. */
async function settleIn(lending: Lending, lines: Lines, index: number): Promise<Borrower> {
  const account = privateKeyToAccount(keccak256(stringToHex(`borrower ${lending.scenario.seed} ${index}`)))
  const place = placeOf(lending.deployment, lines)
  for (const { rpc } of [place.site.chain, place.engine.chain]) {
    await rpc.request('anvil_impersonateAccount', [account.address])
    await rpc.request('anvil_setBalance', [account.address, toHex(parseEther('100'))])
  }
  const onEngine = await openBurst(place.engine.chain, account.address, 'interval')
  const onVault = await openBurst(place.site.chain, account.address, 'interval')
  onEngine.call({ to: place.engine.engine, abi: Engine, name: 'open', args: [0n, CROSS] })
  await onEngine.flush()
  return { name: `borrower-${index + 1}`, account, place, onEngine, onVault }
}

function placeOf({ network, engines, vaultChains }: Deployment, lines: Lines): Place {
  const vault = network.vaults.find(({ id }) => id === lines.vault)
  const site = vaultChains.find(({ chain }) => chain.id === vault?.chain)
  const engine = engines.find(({ chain }) => chain.id === vault?.engine)
  const asset = site?.assets.find(({ symbol }) => symbol === lines.asset)
  const listed = vault?.assets.find(({ symbol }) => symbol === lines.asset)
  if (!vault || !site || !engine || !asset || !listed) throw new RangeError(`no ${lines.asset} in ${lines.vault}`)
  return { vault, site, engine, asset, collateral: listed.collateral }
}

type Asking = { readonly borrower: Borrower; readonly index: number }

async function termsOf(lending: Lending, { lines, pool }: Terms, { borrower, index }: Asking): Promise<Line> {
  const { place, account } = borrower
  const { market, at, deployment } = lending
  const price = market.spot(feedNamed(market.feeds, place.asset.feed), at())
  const worth = (lines.principal * 10_000n) / BigInt(lines.ltv)
  const seat = deployment.seats.find(({ role }) => role === 'provider')
  const provider = pool ?? (seat && { address: seat.executor, beneficiary: seat.executor })
  if (provider === undefined) throw new RangeError('a scenario with credit lines needs a provider')
  const head = await place.engine.chain.rpc.request<{ readonly timestamp: Hex }>('eth_getBlockByNumber', [
    'latest',
    false,
  ])
  const now = Number(head.timestamp)
  return {
    ...{ user: account.address, account: account.address, refund: account.address },
    ...{ provider: provider.address, beneficiary: provider.beneficiary, collateral: place.collateral },
    amount: unitsFor(dollars(worth), price, place.asset.decimals),
    principal: lines.principal,
    fee: wad((lines.principal * BigInt(lines.fee)) / 10_000n),
    ...{ penalty: bps(lines.penalty), maxLtv: bps(lines.maxLtv) },
    ...{ openBy: now + OPEN_WITHIN, expiry: now + Math.round(lines.term / 1_000), nonce: BigInt(index) },
  }
}

/** Seconds within which the provider must have opened a line. */
const OPEN_WITHIN = 15

/** Signs the line and shows it to its provider on chain. Answers the account to deposit for. */
async function ask(
  { account, place, onEngine }: Borrower,
  line: Line,
): Promise<{ readonly id: AccountId; readonly signature: Hex }> {
  const { creditLines, chain } = place.engine
  const domain = { name: 'Lienmesh CreditLines', version: '1', chainId: chain.id, verifyingContract: creditLines }
  const signature = await account.signTypedData({ domain, types: { Line: FIELDS }, primaryType: 'Line', message: line })
  onEngine.call({ to: creditLines, abi: CreditLines, name: 'request', args: [line, signature] })
  const [id] = await Promise.all([
    read<AccountId>(chain.rpc, { to: creditLines, abi: CreditLines, name: 'lineOf', args: [line] }),
    onEngine.flush(),
  ])
  return { id, signature }
}

async function lock({ account, place, onVault }: Borrower, id: AccountId, { amount }: Line): Promise<void> {
  const { token } = place.asset
  onVault.call({ to: token, abi: Token, name: 'mint', args: [account.address, amount] })
  onVault.call({ to: token, abi: Token, name: 'approve', args: [place.vault.vault, amount] })
  onVault.call({ to: place.vault.vault, abi: Vault, name: 'deposit', args: [id, token, amount] })
  await onVault.flush()
}

/** Waits until the line is open; false when its time passed without. */
async function isOpened(lending: Lending, { place }: Borrower, id: AccountId): Promise<boolean> {
  const view: View = { to: place.engine.creditLines, abi: CreditLines, name: 'stateOf', args: [id] }
  for (const end = lending.at() + OPEN_WITHIN * 1_000; lending.at() < end; await pause(lending)) {
    const { stage } = await read<{ readonly stage: number }>(place.engine.chain.rpc, view)
    if (stage !== 0) return true
  }
  return false
}

async function repay({ account, place, onEngine }: Borrower, line: Line): Promise<void> {
  const { engine, creditLines, cash } = place.engine
  const fee = dollars(line.fee) + 1n
  onEngine.call({ to: cash, abi: Token, name: 'mint', args: [account.address, fee] })
  onEngine.call({ to: cash, abi: Token, name: 'approve', args: [engine, fee] })
  onEngine.call({ to: engine, abi: Engine, name: 'depositCash', args: [account.address, fee] })
  onEngine.call({ to: creditLines, abi: CreditLines, name: 'repay', args: [line, account.address] })
  await onEngine.flush()
}

/** Repaid before the proof: the collateral is handed out when it arrives. */
async function collect(lending: Lending, borrower: Borrower, id: AccountId, line: Line): Promise<void> {
  const { place, account, onEngine } = borrower
  const of = (name: string, who: string): View => ({
    ...{ to: place.vault.mirror, abi: Mirror, name, args: [who, place.asset.token] },
  })
  const owed = of('owed', account.address)
  const rpc = place.engine.chain.rpc
  if ((await read<bigint>(rpc, owed)) === 0n) {
    while ((await read<bigint>(rpc, of('available', id))) === 0n) await pause(lending)
    onEngine.call({ to: place.engine.creditLines, abi: CreditLines, name: 'settle', args: [line] })
    await onEngine.flush()
  }
  lending.report(borrower.name, 'may claim its collateral back')
}

const pause = (lending: Lending): Promise<void> => sleep(150, undefined, { signal: lending.signal })

const { abi: Engine } = ENGINE_ARTEFACTS.MarginEngine
const { abi: CreditLines } = ENGINE_ARTEFACTS.CreditLines
const { abi: Mirror } = ENGINE_ARTEFACTS.VaultMirror
const { abi: Token } = ENGINE_ARTEFACTS.TestToken
const { abi: Vault } = VAULT_ARTEFACTS.CollateralVault
const CROSS = 2

const FIELDS = [
  ...['user', 'account', 'refund', 'provider', 'beneficiary'].map((name) => ({ name, type: 'address' })),
  { name: 'collateral', type: 'uint8' },
  ...['amount', 'principal', 'fee'].map((name) => ({ name, type: 'uint128' })),
  ...['penalty', 'maxLtv'].map((name) => ({ name, type: 'uint16' })),
  ...['openBy', 'expiry'].map((name) => ({ name, type: 'uint48' })),
  { name: 'nonce', type: 'uint256' },
]

// The parts of one settlement on two local chains: an agent's seat, an honest bid, its claims and their redemption.
import { type Address, keccak256 } from 'viem'
import { openEngineChain } from '../../agent/adapters/chain/engine-chain.ts'
import { type ChainLink, openLink } from '../../agent/adapters/chain/link.ts'
import type { Elsewhere } from '../../agent/adapters/chain/sources/testimony.ts'
import { openStatements } from '../../agent/adapters/chain/statement.ts'
import { openVaultChain } from '../../agent/adapters/chain/vault-chain.ts'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import { signerOf } from '../../agent/adapters/signer/local-signer.ts'
import { type MemoryJournal, openMemoryJournal } from '../../agent/adapters/store/memory-journal.ts'
import type { Claim, Fill, Intent, Quote } from '../../agent/domain/liquidation.ts'
import type { MarginAccount } from '../../agent/domain/market.ts'
import type { VaultDeployment } from '../../agent/domain/network.ts'
import { type AccountId, instant, millis, wad } from '../../agent/domain/units.ts'
import { discount, holdings, margin, maxFractionUp, outlay, payUp, shareDown } from '../../agent/maths/margin.ts'
import { quorumPrices } from '../../agent/maths/oracle.ts'
import type {
  AttestedHeader,
  ChainReader,
  ClaimStep,
  EngineChain,
  Statements,
  VaultChain,
} from '../../agent/ports/chain.ts'
import type { Clock } from '../../agent/ports/clock.ts'
import { premisesOf } from '../../agent/runtime/links.ts'
import type { Deployment, LocalNetwork } from './local-network.ts'
import { ETHER, fullValue, soon, sum } from './settlement.ts'

type Seated = Deployment['seats'][number]

const fees = { tip: 1_000_000_000n, ceiling: 100_000_000_000n, baseFee: 'zero' } as const

/** One agent's view of the two chains. */
export type Seat = {
  readonly seat: Seated
  readonly engine: EngineChain
  /** The first vault and the second. */
  readonly fast: VaultChain
  readonly slow: VaultChain
  readonly vaults: ReadonlyMap<string, VaultChain>
  /** To the engine's chain and to the vaults'. */
  readonly links: readonly [ChainLink, ChainLink]
  readonly journal: MemoryJournal
  /** What the engine's chain and the vaults' chain say that the seat holds. */
  readonly statements: readonly Statements[]
}

/** What a seat may have of its own: another clock, other ways to the engine's node. */
export type Manners = { readonly clock?: Clock; readonly engineUrls?: readonly string[] }

/** A wish: whom to bid on, at the prices of which moment (ms into the scenario), settled how. */
export type Wished = {
  readonly by: Seat
  readonly account: AccountId | undefined
  readonly at: number
  readonly settlement?: 'state-proof' | 'liquidity-service'
}

type Redeeming = { readonly floor?: bigint; readonly at?: bigint }

/** What a test does in the place of an agent. */
export type Parts = ReturnType<typeof playOn>

/** The parts on one network. */
export function playOn(network: LocalNetwork) {
  const vaultNamed = (id: string): VaultDeployment => {
    const vault = network.deployment.network.vaults.find((one) => one.id === id)
    if (!vault) throw new Error(`no vault ${id}`)
    return vault
  }
  const attested = async (reader: ChainReader, number: bigint): Promise<AttestedHeader> => {
    const { rlp, head } = await reader.header(number)
    return { chain: reader.id, number, header: rlp, attestations: await network.attest(head) }
  }
  const basisAt = async (reader: ChainReader, number: bigint) => ({ number, attested: await attested(reader, number) })
  return {
    vaultNamed,
    attested,
    basisAt,
    takeSeat: (index: number, manners: Manners = {}) => takeSeat(network, index, manners),
    intentOn: (wished: Wished) => intentOn(network, wished),
    claimsOf: (fill: Fill, vault: string): readonly Claim[] => claimsOf(vaultNamed(vault), fill),
    redeem: async (
      by: Seat,
      vault: VaultChain,
      claims: readonly Claim[],
      { floor = 1n, at }: Redeeming = {},
    ): Promise<ClaimStep> => {
      const number = at ?? (await by.engine.latest()).number
      return vault.redeem(claims, await basisAt(by.engine, number), () => wad(floor), never)
    },
  }
}

/** Accounts as a seat's own node has them now. */
export const accountsNow = async (by: Seat, ids: readonly AccountId[]): Promise<readonly MarginAccount[]> =>
  by.engine.accounts(ids, await by.engine.latest())

const never = new AbortController().signal

async function takeSeat(network: LocalNetwork, index: number, { clock = systemClock, engineUrls }: Manners) {
  const { deployment, engine: engineChain, vault: vaultChain } = network
  const seat = deployment.seats[index]
  if (!seat) throw new Error('the scenario has too few seats')
  const journal = openMemoryJournal()
  const chains = [engineChain, vaultChain].map(({ id }) => ({ id, rpc: [], executor: seat.executor }))
  const premises = (id: typeof engineChain.id) => premisesOf({ chains }, deployment.network, id)
  const open = ({ id }: { id: typeof engineChain.id }, urls: readonly string[], blocks: number) => {
    const finality = [{ below: undefined, blocks, proof: true }]
    const sending = { signer: signerOf(seat.key), journal, fees, finality, premises: premises(id) }
    return openLink({ chain: id, urls, clock, poll: millis(50), sending })
  }
  const [link, vaultLink] = await Promise.all([
    open(engineChain, engineUrls ?? [engineChain.url], 2),
    open(vaultChain, [vaultChain.url], 1),
  ])
  const { executor } = seat
  const [engine, home] = [sideOf(link, executor, 2), sideOf(vaultLink, executor, 1)]
  const vaults = await Promise.all(
    deployment.network.vaults.map((one) => openVaultChain({ link: vaultLink, deployment: one, executor, engine })),
  )
  const [fast, slow] = vaults
  if (!fast || !slow) throw new Error('the scenario has too few vaults')
  const taken: Seat = {
    seat,
    engine: await openEngineChain({ link, network: deployment.network, executor, elsewhere: () => home }),
    ...{ fast, slow, vaults: new Map(vaults.map((one) => [one.vault, one])) },
    links: [link, vaultLink],
    journal,
    statements: [link, vaultLink].map(({ rpc }, i) =>
      openStatements({ rpc, premises: premises(rpc.chain), operator: seat.operator, depth: 2 - i, fees }),
    ),
  }
  return taken
}

/** A chain as the other side of a route. */
export const sideOf = (link: ChainLink, executor: Address, finality: number): Elsewhere => ({
  ...{ reader: link.reader, finality, post: { link, executor } },
})

/** An honest quote at the prices of a moment, by the same maths as everybody. */
async function intentOn(
  network: LocalNetwork,
  { by, account: id, at, settlement = 'state-proof' }: Wished,
): Promise<Intent> {
  const terms = await by.engine.terms()
  const batches = await network.batches(at)
  const prices = quorumPrices(batches)
  const [account] = await accountsNow(by, [id ?? '0x'])
  const worth = account && margin(account, terms, prices)
  const held = account && holdings(account, terms, prices)
  if (!account || !worth || !held) throw new Error('the account cannot be priced')
  const off = discount(terms.auction, 0n)
  const fraction = maxFractionUp(worth, off, terms.auction)
  const pay = payUp(fraction, worth.mark, off)
  const legs = held.collateral.map(({ collateral, amount, value }) => ({
    ...{ collateral: collateral.id, vault: collateral.vault, amount: shareDown(amount, fraction) },
    value: wad(shareDown(value, fraction)),
  }))
  const collateralValue = wad(
    sum(
      held.collateral.map(({ collateral, amount, price }) =>
        fullValue(shareDown(amount, fraction), collateral.decimals, price),
      ),
    ),
  )
  const cash = outlay(pay, worth.netValue, fraction)
  const quote: Quote = {
    ...{ candidate: { id: `${account.id}`, account, margin: worth, batches, source: 'own', since: instant(0) } },
    ...{
      route: { id: settlement, engine: by.engine.id, settlement, provider: undefined },
      fraction,
      discount: off,
      pay,
    },
    ...{
      outlay: cash,
      legs,
      collateralValue,
      raceCost: wad(0n),
      bonus: wad(collateralValue - cash),
      cost: wad(100n * ETHER),
      providerFee: wad(0n),
    },
    ...{ gap: { expected: wad(0n), shortfall: wad(0n), premium: wad(0n) }, net: wad(0n) },
  }
  const intent = keccak256(`${account.id}${at < 0 ? '00' : '01'}`)
  return { id: intent, strategy: 'test', quote, maxPay: wad(pay + 1n), validUntil: soon(), reason: '' }
}

const claimsOf = ({ id, assets }: VaultDeployment, fill: Fill): readonly Claim[] =>
  fill.legs
    .filter((leg) => leg.vault === id)
    .map(({ collateral, amount }) => ({
      ...{ intent: keccak256(fill.tx), vault: id, collateral, amount, openedAt: instant(0), openedIn: fill.anchor },
      asset: assets.find((one) => one.collateral === collateral)?.token ?? '0x',
    }))

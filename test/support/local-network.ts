// The suite on two throw-away anvils, mined every second, with the keys of everybody at hand.
import { type Address, encodeFunctionData, type Hex, toHex } from 'viem'
import { collateralVaultAbi } from '../../agent/adapters/chain/abi/collateral-vault.ts'
import { priceBookAbi } from '../../agent/adapters/chain/abi/price-book.ts'
import { rootOracleAbi } from '../../agent/adapters/chain/abi/root-oracle.ts'
import { testTokenAbi } from '../../agent/adapters/chain/abi/test-token.ts'
import { signerOf } from '../../agent/adapters/signer/local-signer.ts'
import type { Head, PriceBatch } from '../../agent/domain/market.ts'
import type { Attestation } from '../../agent/domain/message.ts'
import type { VaultDeployment } from '../../agent/domain/network.ts'
import { type ChainId, chainId, instant } from '../../agent/domain/units.ts'
import { openMarket } from '../../agent/simulator/scenario/market.ts'
import { deploy } from '../../agent/swarm/deploy.ts'
import type { LocalChain } from '../../agent/swarm/local-chain.ts'
import { openRpc } from '../../agent/swarm/rpc.ts'
import { publisherKeys, type Seat, seatsOf } from '../../agent/swarm/seats.ts'
import type { Scenario } from '../../config/scenario.ts'
import { loadScenario } from '../../config/scenario.ts'
import { type Anvil, startAnvil } from './anvil.ts'

/** What a deployment made. */
export type Deployment = Awaited<ReturnType<typeof deploy>>

/** A deployed scenario without its processes: tests play every part. */
export type LocalNetwork = {
  readonly scenario: Scenario
  readonly deployment: Deployment
  readonly seats: readonly Seat[]
  readonly engine: LocalChain
  readonly vault: LocalChain
  /** Batches of every publisher at a moment of the scenario (ms from its opening), signed now. */
  batches(at: number): Promise<readonly PriceBatch[]>
  /** Pushes batches on chain, as anybody may. */
  push(batches: readonly PriceBatch[]): Promise<void>
  /** Locks WETH for an account, out of nowhere. */
  deposit(account: Address, vault: string, amount: bigint): Promise<void>
  /** A call by a stranger on the vault chain. */
  call(to: Address, data: Hex): Promise<void>
  /** Who that stranger is. */
  stranger(): Promise<Address>
  /** The guardian stops a vault's roots, or lets them go on. */
  guard(vault: string, wish: 'pause' | 'unpause'): Promise<void>
  /** As many attestations of a block as the oracles ask for, in ascending order of attestor. */
  attest(head: Pick<Head, 'chain' | 'number' | 'hash'>): Promise<readonly Attestation[]>
  stop(): Promise<void>
}

/** Starts both chains, deploys the scenario, then lets them mine once a second. */
export async function startLocalNetwork(name = 'flash-crash'): Promise<LocalNetwork> {
  const scenario = loadScenario(name)
  const anvils = await Promise.all([start(ENGINE), start(VAULT)])
  const [engine, vault] = [localChain('engine', anvils[0]), localChain('vault', anvils[1])]
  const keys = publisherKeys(scenario)
  // The first agent's owner lets it hold positions of its own, the others' do not.
  const seats = seatsOf(scenario).map((one, i) => ({ ...one, hedges: i === 0 }))
  const plan = {
    scenario,
    engines: [engine],
    vaultChains: [vault],
    seats,
    publishers: keys.map(({ address }) => address),
  }
  const deployment = await deploy(plan)
  await Promise.all(anvils.map((anvil) => anvil.ask('evm_setIntervalMining', 1)))
  return {
    scenario,
    deployment,
    seats,
    engine,
    vault,
    batches: async (at) => signedBatches(scenario, deployment, at, await chainTime(engine)),
    push: (batches) => push(deployment, engine, batches),
    deposit: (account, id, amount) => deposit(vault, vaultNamed(deployment, id), account, amount),
    call: async (to, data) => transact(vault, await localAccount(vault, TRADER), { to, data }),
    stranger: () => localAccount(vault, TRADER),
    guard: async (id, wish) => {
      const data = encodeFunctionData({ abi: rootOracleAbi, functionName: wish })
      const guardian = await localAccount(vault, GUARDIAN)
      await transact(vault, guardian, { to: vaultNamed(deployment, id).engineSource.at, data })
    },
    attest: (head) => attest(scenario, seats, head),
    stop: async () => {
      await Promise.all(anvils.map((anvil) => anvil.stop()))
    },
  }
}

const ENGINE = chainId(31_337)
const VAULT = chainId(41_337)

const start = (id: ChainId): Promise<Anvil> => {
  const args = ['--no-mining', '--accounts', '6', '--balance', '100000000', '--disable-pool-balance-checks']
  return startAnvil({ chainId: id, args })
}

/** What deployment needs of a chain; the process belongs to the test. */
const localChain = (name: string, anvil: Anvil): LocalChain => ({
  name,
  id: name === 'engine' ? ENGINE : VAULT,
  url: anvil.url,
  block: 1,
  rpc: openRpc(anvil.url),
  child: {
    name,
    pid: anvil.pid,
    exited: Promise.withResolvers<number>().promise,
    alive: () => true,
    signal: () => undefined,
    tell: () => undefined,
  },
})

/** Blocks of a deployment come faster than seconds, so that the chain's clock may be ahead of ours. */
async function chainTime(chain: LocalChain): Promise<number> {
  const head = await chain.rpc.request<{ timestamp: Hex }>('eth_getBlockByNumber', ['latest', false])
  return Math.max(Date.now(), Number(head.timestamp) * 1_000)
}

async function signedBatches(scenario: Scenario, { engines, network }: Deployment, at: number, now: number) {
  const market = openMarket(scenario)
  const [site] = engines
  const [described] = network.engines
  if (!site || !described) throw new Error('the scenario has no engine')
  return Promise.all(
    publisherKeys(scenario).map(async ({ key, address }, index): Promise<PriceBatch> => {
      const validUntil = instant(now + 60_000)
      const unsigned = {
        engine: described.chain,
        sequence: instant(now),
        validUntil,
        entries: market.entries(at, index),
      }
      const signature = await signerOf(key).signStatement({
        kind: 'price',
        priceBook: site.priceBook,
        batch: unsigned,
      })
      return { ...unsigned, publisher: address, signature }
    }),
  )
}

async function push({ engines }: Deployment, chain: LocalChain, batches: readonly PriceBatch[]): Promise<void> {
  const governor = await localAccount(chain, GOVERNOR)
  const data = encodeFunctionData({ abi: priceBookAbi, functionName: 'push', args: [batches] })
  await transact(chain, governor, { to: engines[0]?.priceBook, data })
}

async function deposit(chain: LocalChain, vault: VaultDeployment, account: Address, amount: bigint): Promise<void> {
  const trader = await localAccount(chain, TRADER)
  const [asset] = vault.assets
  if (!asset) throw new Error(`vault ${vault.id} lists nothing`)
  const token = (functionName: 'mint' | 'approve', who: Address) =>
    transact(chain, trader, {
      to: asset.token,
      data: encodeFunctionData({ abi: testTokenAbi, functionName, args: [who, amount] }),
    })
  await token('mint', trader)
  await token('approve', vault.vault)
  const args = [account, asset.token, amount] as const
  const data = encodeFunctionData({ abi: collateralVaultAbi, functionName: 'deposit', args })
  await transact(chain, trader, { to: vault.vault, data })
}

/** The node's own accounts by their duty in a deployment. */
const [GOVERNOR, TRADER, GUARDIAN] = [0, 2, 4]

async function localAccount(chain: LocalChain, duty: number): Promise<Address> {
  const address = (await chain.rpc.request<readonly Address[]>('eth_accounts'))[duty]
  if (!address) throw new Error(`chain ${chain.name} has too few accounts`)
  return address
}

type Sent = { readonly to: Address | undefined; readonly data: Hex }

/** Sends from an account whose key the node holds and waits until it is mined. */
async function transact(chain: LocalChain, from: Address, sent: Sent): Promise<void> {
  const fee = toHex(2_000_000_000n)
  const fees = { gas: toHex(2_000_000n), maxFeePerGas: fee, maxPriorityFeePerGas: fee }
  const hash = await chain.rpc.request<Hex>('eth_sendTransaction', [{ from, ...sent, ...fees }])
  for (;;) {
    const receipt = await chain.rpc.request<{ status: Hex } | null>('eth_getTransactionReceipt', [hash])
    if (receipt?.status === '0x1') return
    if (receipt) throw new Error(`a call of ${sent.to} was refused`)
  }
}

function vaultNamed({ network }: Deployment, id: string): VaultDeployment {
  const vault = network.vaults.find((one) => one.id === id)
  if (!vault) throw new Error(`no vault ${id}`)
  return vault
}

async function attest(scenario: Scenario, seats: readonly Seat[], head: Pick<Head, 'chain' | 'number' | 'hash'>) {
  const { chain, number, hash } = head
  const attestors = seats.filter((seat) => seat.attest)
  const signed = attestors.map(async ({ key, operator }): Promise<Attestation> => {
    const signature = await signerOf(key).signStatement({ kind: 'attestation', chain, number, hash })
    return { chain, number, hash, attestor: operator, signature }
  })
  const ascending = (a: Attestation, b: Attestation) => (a.attestor.toLowerCase() < b.attestor.toLowerCase() ? -1 : 1)
  return (await Promise.all(signed)).sort(ascending).slice(0, scenario.bonds.threshold)
}

// The suite on two throw-away anvils, mined every second, with the keys of everybody at hand.
import { type Address, encodeFunctionData, type Hex, toHex } from 'viem'
import { priceBookAbi } from '../../agent/adapters/chain/abi/price-book.ts'
import { attestationDigest, priceBatchDigest } from '../../agent/adapters/gossip/digests.ts'
import { signerOf } from '../../agent/adapters/signer/local-signer.ts'
import type { Head, PriceBatch } from '../../agent/domain/market.ts'
import type { Attestation } from '../../agent/domain/message.ts'
import { type ChainId, instant } from '../../agent/domain/units.ts'
import { type Deployment, deploy, engineChainId, vaultChainId } from '../../agent/swarm/deploy.ts'
import type { LocalChain } from '../../agent/swarm/local-chain.ts'
import { openMarket } from '../../agent/swarm/market.ts'
import { openRpc } from '../../agent/swarm/rpc.ts'
import { publisherKeys, type Seat, seatsOf } from '../../agent/swarm/seats.ts'
import type { Scenario } from '../../config/scenario.ts'
import { loadScenario } from '../../config/scenario.ts'
import { type Anvil, startAnvil } from './anvil.ts'

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
  /** As many attestations of a block as the oracles ask for, in ascending order of attestor. */
  attest(head: Pick<Head, 'chain' | 'number' | 'hash'>): Promise<readonly Attestation[]>
  stop(): Promise<void>
}

/** Starts both chains, deploys the scenario, then lets them mine once a second. */
export async function startLocalNetwork(name = 'flash-crash'): Promise<LocalNetwork> {
  const scenario = loadScenario(name)
  const anvils = await Promise.all([start(engineChainId(0)), start(vaultChainId(0))])
  const [engine, vault] = [localChain('engine', anvils[0]), localChain('vault', anvils[1])]
  const keys = publisherKeys(scenario)
  const seats = seatsOf(scenario)
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
    attest: (head) => attest(scenario, seats, head),
    stop: async () => {
      await Promise.all(anvils.map((anvil) => anvil.stop()))
    },
  }
}

const start = (chainId: ChainId): Promise<Anvil> => {
  const args = ['--no-mining', '--accounts', '6', '--balance', '100000000', '--disable-pool-balance-checks']
  return startAnvil({ chainId, args })
}

/** What deployment needs of a chain; the process belongs to the test. */
const localChain = (name: string, anvil: Anvil): LocalChain => ({
  name,
  id: name === 'engine' ? engineChainId(0) : vaultChainId(0),
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
      const signature = await signerOf(key).sign(priceBatchDigest(unsigned, site.priceBook))
      return { ...unsigned, publisher: address, signature }
    }),
  )
}

async function push({ engines }: Deployment, chain: LocalChain, batches: readonly PriceBatch[]): Promise<void> {
  const [from] = await chain.rpc.request<readonly Address[]>('eth_accounts')
  const data = encodeFunctionData({ abi: priceBookAbi, functionName: 'push', args: [batches] })
  const fee = toHex(2_000_000_000n)
  const call = {
    from,
    to: engines[0]?.priceBook,
    data,
    gas: toHex(2_000_000n),
    maxFeePerGas: fee,
    maxPriorityFeePerGas: fee,
  }
  const hash = await chain.rpc.request<Hex>('eth_sendTransaction', [call])
  for (;;) {
    const receipt = await chain.rpc.request<{ status: Hex } | null>('eth_getTransactionReceipt', [hash])
    if (receipt?.status === '0x1') return
    if (receipt) throw new Error('the prices were refused')
  }
}

async function attest(scenario: Scenario, seats: readonly Seat[], head: Pick<Head, 'chain' | 'number' | 'hash'>) {
  const { chain, number, hash } = head
  const attestors = seats.filter((seat) => seat.attest)
  const signed = attestors.map(async ({ key, operator }): Promise<Attestation> => {
    const signature = await signerOf(key).sign(attestationDigest({ chain, number, hash }))
    return { chain, number, hash, attestor: operator, signature }
  })
  const ascending = (a: Attestation, b: Attestation) => (a.attestor.toLowerCase() < b.attestor.toLowerCase() ? -1 : 1)
  return (await Promise.all(signed)).sort(ascending).slice(0, scenario.bonds.threshold)
}

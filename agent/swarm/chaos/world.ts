// One world of a campaign: two chains of its own, the suite, one bidder, and accounts that wait for the price to fall.
import { type Address, encodeFunctionData, keccak256, toHex } from 'viem'
import type { Scenario } from '../../../config/scenario.ts'
import { type ChainLink, openLink } from '../../adapters/chain/link.ts'
import { anchoring, evidenceOf, submission } from '../../adapters/chain/sources/headers.ts'
import { signerOf } from '../../adapters/signer/local-signer.ts'
import { invariantBroken } from '../../domain/errors.ts'
import type { PriceBatch } from '../../domain/market.ts'
import { instant } from '../../domain/units.ts'
import { depositedSlot } from '../../maths/slots.ts'
import { type Market, openMarket } from '../../simulator/scenario/market.ts'
import { ENGINE_ARTEFACTS, EXECUTOR } from '../../suite/contracts.ts'
import { openBurst } from '../burst.ts'
import { deploy } from '../deploy.ts'
import { type Deployment, engineChainId, type Seated, vaultChainId } from '../deployment.ts'
import { type LocalChain, startChain } from '../local-chain.ts'
import { ownersOf } from '../owners.ts'
import type { Processes } from '../processes.ts'
import { publisherKeys, seatsOf } from '../seats.ts'
import { lockCollateral, nameTraders, openAccounts, type Trader, tradeOnCredit } from '../traders.ts'
import { makeForgetful } from './forgetful.ts'
import { type Miner, takeOver } from './miner.ts'
import { accountsOf, sceneOf } from './scene.ts'

export type World = {
  readonly scenario: Scenario
  readonly deployment: Deployment
  readonly seat: Seated
  readonly market: Market
  readonly traders: readonly Trader[]
  readonly engine: Miner
  readonly vault: Miner
  /** Reads without proxies. */
  readonly links: { readonly engine: ChainLink; readonly vault: ChainLink }
  /** The publishers' batches at a moment of the market, signed at `now` (ms). */
  batches(at: number, now: number): Promise<readonly PriceBatch[]>
  /** The newest block time (s) of either chain once the world stood. */
  readonly opened: number
}

/** Deploys everything and puts every account in place, at the market's first price. `forgetful` executors remember nothing. */
export async function openWorld(processes: Processes, seed: number, forgetful = false): Promise<World> {
  const scenario = sceneOf(seed)
  const [engineChain, vaultChain] = await Promise.all([
    startChain(processes, { name: 'engine', id: engineChainId(0), block: 1 }),
    startChain(processes, { name: 'vault', id: vaultChainId(0), block: 1 }),
  ])
  const plan = {
    scenario,
    engines: [engineChain],
    vaultChains: [vaultChain],
    seats: seatsOf(scenario),
    publishers: publisherKeys(scenario).map(({ address }) => address),
  }
  const deployment = await deploy(plan)
  const [seat] = deployment.seats
  if (seat === undefined) throw invariantBroken('a campaign has a bidder', {})
  if (forgetful) for (const chain of [engineChain, vaultChain]) await makeForgetful(chain, seat.executor, EXECUTOR.abi)
  const market = openMarket(scenario)
  const links = {
    engine: await openLink({ chain: engineChain.id, urls: [engineChain.url], clock: STANDING }),
    vault: await openLink({ chain: vaultChain.id, urls: [vaultChain.url], clock: STANDING }),
  }
  const batches = signing(scenario, deployment, market)
  const traders = await nameTraders(deployment, accountsOf(scenario))
  await whileMining([engineChain, vaultChain], async () => {
    await openAccounts(deployment, traders)
    await lockCollateral(deployment, traders)
    await credit({ deployment, seat, links, chain: engineChain }, traders)
    await push(deployment, engineChain, await batches(0, 1_000 * (await timeOf(engineChain))))
    await tradeOnCredit(deployment, traders)
  })
  const times = await Promise.all([engineChain, vaultChain].map(timeOf))
  const [engine, vault] = await Promise.all([takeOver(engineChain, seat.operator), takeOver(vaultChain, seat.operator)])
  const opened = Math.max(...times)
  return { scenario, deployment, seat, market, traders, engine, vault, links, batches, opened }
}

const STANDING = { now: () => instant(Date.now()), sleep: async () => undefined }

/** Setting up waits for blocks: they come as fast as they are mined. */
async function whileMining(chains: readonly LocalChain[], work: () => Promise<void>): Promise<void> {
  let over = false
  const miners = chains.map(async ({ rpc }) => {
    while (!over) {
      await rpc.request('evm_mine')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
  try {
    await work()
  } finally {
    over = true
    await Promise.all(miners)
  }
}

async function timeOf({ rpc }: LocalChain): Promise<number> {
  const { timestamp } = await rpc.request<{ timestamp: string }>('eth_getBlockByNumber', ['latest', false])
  return Number(timestamp)
}

const signing = (scenario: Scenario, { engines, network }: Deployment, market: Market): World['batches'] => {
  const signers = publisherKeys(scenario).map(({ key }) => signerOf(key))
  return async (at, now) => {
    const [site, described] = [engines[0], network.engines[0]]
    if (site === undefined || described === undefined) throw invariantBroken('a campaign has an engine', {})
    const sequence = instant(Math.floor(now))
    const validUntil = instant(sequence + 2 * scenario.prices.maxAge)
    return Promise.all(
      signers.map(async (signer, i): Promise<PriceBatch> => {
        const unsigned = { engine: described.chain, sequence, validUntil, entries: market.entries(Math.round(at), i) }
        const signature = await signer.signStatement({ kind: 'price', batch: unsigned, priceBook: site.priceBook })
        return { ...unsigned, publisher: signer.address, signature }
      }),
    )
  }
}

async function push({ engines }: Deployment, chain: LocalChain, batches: readonly PriceBatch[]): Promise<void> {
  const burst = await openBurst(chain, (await ownersOf(chain)).publisher, 'interval')
  const to = engines[0]?.priceBook
  if (to === undefined) return
  burst.call({ to, abi: ENGINE_ARTEFACTS.PriceBook.abi, name: 'push', args: [batches], gas: 2_000_000n })
  await burst.flush()
}

type Crediting = Pick<World, 'deployment' | 'seat' | 'links'> & { readonly chain: LocalChain }

/** What the agent's relay does for everybody, done once for all: a root, an anchor, and a proof per deposit. */
async function credit({ deployment, seat, links, chain }: Crediting, traders: readonly Trader[]): Promise<void> {
  const [vault] = deployment.network.vaults
  const token = vault?.assets[0]?.token
  if (vault === undefined || token === undefined) return
  const { reader } = links.vault
  const { number } = await reader.latest()
  const { rlp, head } = await reader.header(number)
  const slots = traders.map(({ account }) => depositedSlot(account, token, keccak256))
  const proof = await reader.proof(vault.vault, slots, number)
  const attestor = signerOf(seat.key)
  const block = { chain: vault.chain, number, hash: head.hash }
  const signature = await attestor.signStatement({ kind: 'attestation', ...block })
  const attestations = [{ ...block, attestor: seat.operator, signature }]
  const root = { chain: vault.chain, number, header: rlp, attestations }
  const { trader } = await ownersOf(chain)
  const oracle = vault.vaultSource.at
  const acts = [submission(oracle, root), anchoring(oracle, vault.vault, number, proof)]
  const proofs = traders.map(({ account }, i) => ({
    target: vault.mirror,
    data: encodeFunctionData({
      abi: ENGINE_ARTEFACTS.VaultMirror.abi,
      functionName: 'prove',
      args: [account, token, evidenceOf(number, proof.slots[i]?.proof ?? [])],
    }),
  }))
  await sendAll(chain, trader, [...acts, ...proofs])
}

async function sendAll(
  { rpc }: LocalChain,
  from: Address,
  acts: readonly { readonly target: Address; readonly data: `0x${string}` }[],
): Promise<void> {
  const fee = toHex(10n ** 10n)
  const fees = { gas: toHex(2_000_000n), maxFeePerGas: fee, maxPriorityFeePerGas: fee }
  for (const { target, data } of acts) {
    const hash = await rpc.request('eth_sendTransaction', [{ from, to: target, data, ...fees }])
    for (;;) {
      const receipt = await rpc.request<{ status: string } | null>('eth_getTransactionReceipt', [hash])
      if (receipt?.status === '0x1') break
      if (receipt !== null) throw invariantBroken('a deposit of the campaign was not credited', { target })
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

// lienmesh swarm faucet: coin and dollars of a local run, for whoever wants to take part in it.
import { join, resolve } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { type Address, encodeFunctionData, type Hash, type Hex, parseEther, toHex } from 'viem'
import { loadNetwork } from '../../config/network.ts'
import { testTokenAbi } from '../adapters/chain/abi/test-token.ts'
import { EXIT, type ExitStatus, LienmeshError } from '../domain/errors.ts'
import { openRpc, type Receipt, type Rpc } from './rpc.ts'
import { isAlive, listRuns } from './run-directory.ts'

/** What the command line asks for. Dollars in six decimals, coin in whole units. */
export type FaucetOptions = {
  readonly address: Address
  readonly dollars: bigint
  readonly coin: string
  readonly runDir?: string | undefined
  readonly json: boolean
}

/** Gives on every chain of the newest run that lives: coin, and the dollar of that chain. */
export async function swarmFaucet(options: FaucetOptions): Promise<ExitStatus> {
  const root = resolve(options.runDir ?? '.')
  const run = listRuns(root).find((one) => isAlive(one.record().supervisor))
  if (run === undefined) throw nothing()
  const { engines, vaults } = loadNetwork(join(run.path, 'network.json'))
  for (const { id, name, url } of run.record().chains) {
    const tokens = new Set([
      ...engines.filter(({ chain }) => chain === id).map(({ cash }) => cash),
      ...vaults.filter(({ chain }) => chain === id).map(({ dollar }) => dollar),
    ])
    await give(openRpc(url), [...tokens], options)
    const words = `${options.dollars / 10n ** 6n} USDC and ${options.coin} ETH on chain ${id} (${name})`
    const object = {
      type: 'faucet',
      chain: id,
      address: options.address,
      dollars: String(options.dollars),
      coin: options.coin,
    }
    process.stdout.write(`${options.json ? JSON.stringify(object) : `✔ ${words}`}\n`)
  }
  return EXIT.ok
}

async function give(rpc: Rpc, tokens: readonly Address[], { address, dollars, coin }: FaucetOptions): Promise<void> {
  const held = BigInt(await rpc.request<Hex>('eth_getBalance', [address, 'latest']))
  await rpc.request('anvil_setBalance', [address, toHex(held + parseEther(coin))])
  const [governor] = await rpc.request<readonly Address[]>('eth_accounts')
  const data = encodeFunctionData({ abi: testTokenAbi, functionName: 'mint', args: [address, dollars] })
  for (const token of tokens)
    await mined(rpc, await rpc.request<Hash>('eth_sendTransaction', [{ from: governor, to: token, data, ...FEES }]))
}

/** Ahead of whatever bids for the next block. */
const FEES = { maxFeePerGas: toHex(10_000_000_000n), maxPriorityFeePerGas: toHex(10_000_000_000n) }

async function mined(rpc: Rpc, hash: Hash): Promise<void> {
  while ((await rpc.request<Receipt | null>('eth_getTransactionReceipt', [hash])) === null) await rest(100)
}

const nothing = (): LienmeshError =>
  new LienmeshError('E_NO_RUN', 'no run of this directory lives', {
    remedy: 'fix-config',
    exit: EXIT.notRunning,
    fix: 'Start one that stays: lienmesh swarm up --keep.',
  })

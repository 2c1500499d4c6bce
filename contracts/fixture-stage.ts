// A local chain with the suite's artefacts on it, for as long as the fixtures take to record.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  type Abi,
  BaseError,
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  RpcRequestError,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { headerRlp } from '../agent/adapters/chain/header.ts'
import { artifactPath } from './artifact.ts'

const junk = 'test test test test test test test test test test test junk'
const account = (addressIndex: number) => mnemonicToAccount(junk, { addressIndex })
const sender = account(0)

/** Everybody in the story, from the well-known test mnemonic. */
export const people = {
  admin: sender.address,
  alice: account(1).address,
  bob: account(2).address,
  liquidator: account(3).address,
  provider: account(4).address,
  attestors: [account(5), account(6), account(7)],
}

/** A signed statement that a block of a chain has a hash. */
export function attest(
  signer: typeof sender,
  message: { chainId: bigint; number: bigint; blockHash: Hex },
): Promise<Hex> {
  const types = {
    Attestation: [
      { name: 'chainId', type: 'uint256' },
      { name: 'number', type: 'uint256' },
      { name: 'blockHash', type: 'bytes32' },
    ],
  }
  const domain = { name: 'Lienmesh Attestation', version: '1' }
  return signer.signTypedData({ domain, types, primaryType: 'Attestation', message })
}

/** One anvil process and the transactions sent to it; every call waits for its block. */
export class Stage {
  readonly chainId = 31337n
  readonly #process: ChildProcess
  readonly #chain: ReturnType<typeof connect>

  private constructor(process: ChildProcess, port: number) {
    this.#process = process
    this.#chain = connect(port)
  }

  /** Starts the chain on a free port, one second per block so that the fixtures repeat. */
  static async open(): Promise<Stage> {
    const options = ['--host', '127.0.0.1', '--port', '0', '--timestamp', '1790000000', '--prune-history', '256']
    const child = spawn(binary(), options, { stdio: ['ignore', 'pipe', 'inherit'] })
    const stage = new Stage(child, await listening(child))
    await stage.#chain.test.setBlockTimestampInterval({ interval: 1 })
    return stage
  }

  close(): void {
    this.#process.kill('SIGTERM')
  }

  async deploy(name: string, args: readonly unknown[]): Promise<Hex> {
    const { abi, bytecode } = artifact(name)
    const hash = await this.#chain.wallet.deployContract({ abi, bytecode, args, account: sender, chain: null })
    const { contractAddress } = await this.#chain.reader.waitForTransactionReceipt({ hash, pollingInterval: 5 })
    if (!contractAddress) throw new Error(`${name} was not deployed`)
    return contractAddress
  }

  async send(address: Hex, name: string, functionName: string, args: readonly unknown[]): Promise<void> {
    const { abi } = artifact(name)
    const call = { address, abi, functionName, args, account: sender, chain: null }
    const hash = await this.#chain.wallet.writeContract(call)
    const { status } = await this.#chain.reader.waitForTransactionReceipt({ hash, pollingInterval: 5 })
    if (status !== 'success') throw new Error(`${name}.${functionName} reverted`)
  }

  /** What a call would answer; undefined when it reverts. */
  async call(to: Hex, name: string, functionName: string, args: readonly unknown[]): Promise<Hex | undefined> {
    const data = encodeFunctionData({ abi: artifact(name).abi, functionName, args })
    try {
      return (await this.#chain.reader.call({ to, data })).data ?? '0x'
    } catch (error) {
      if (error instanceof BaseError && error.walk((cause) => cause instanceof RpcRequestError) !== null)
        return undefined
      throw error
    }
  }

  /** What a call would cost as a transaction. */
  gas(to: Hex, name: string, functionName: string, args: readonly unknown[]): Promise<bigint> {
    const data = encodeFunctionData({ abi: artifact(name).abi, functionName, args })
    return this.#chain.reader.estimateGas({ to, data, account: sender })
  }

  async nonce(): Promise<bigint> {
    return BigInt(await this.#chain.reader.getTransactionCount({ address: sender.address }))
  }

  /** The newest block with the RLP of its header. */
  async latest(): Promise<{ number: bigint; header: Hex; stamp: { hash: Hex; timestamp: number } }> {
    const block = await this.#chain.reader.request({ method: 'eth_getBlockByNumber', params: ['latest', false] })
    if (!block?.hash || !block.number) throw new Error('the chain has no block')
    const stamp = { hash: block.hash, timestamp: Number(block.timestamp) }
    return { number: BigInt(block.number), header: headerRlp({ ...block }), stamp }
  }

  proof(address: Hex, storageKeys: Hex[], blockNumber: bigint) {
    return this.#chain.reader.getProof({ address, storageKeys, blockNumber })
  }
}

function connect(port: number) {
  const transport = http(`http://127.0.0.1:${port}`, { batch: { batchSize: 200, wait: 0 }, timeout: 120_000 })
  return {
    reader: createPublicClient({ transport }),
    wallet: createWalletClient({ transport }),
    test: createTestClient({ transport, mode: 'anvil' }),
  }
}

/** The port is in the line that says it listens. */
function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`anvil ended with code ${code} before it listened`)))
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const port = /Listening on 127\.0\.0\.1:(\d+)/.exec(text)?.[1]
      if (port) resolve(Number(port))
    })
  })
}

function binary(): string {
  const { platform, arch } = process
  const name = `anvil-${platform}-${arch === 'x64' ? 'amd64' : arch}`
  return createRequire(import.meta.url).resolve(`@foundry-rs/${name}/bin/anvil`)
}

function artifact(name: string): { abi: Abi; bytecode: Hex } {
  return JSON.parse(readFileSync(artifactPath(name), 'utf8'))
}

// Many transactions of one local account at once: explicit nonces, known addresses, one look at the receipts.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Abi,
  type Address,
  decodeErrorResult,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Hash,
  type Hex,
  toHex,
} from 'viem'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import type { Artefact } from '../suite/artefact.ts'
import type { LocalChain } from './local-chain.ts'
import type { Receipt } from './rpc.ts'

/** An address that a later deployment of the same burst will have: how circular references are resolved. */
export type Reserved = { readonly nonce: number; readonly address: Address }

/** A contract call. `gas` is a limit; blocks hold 200 M. */
export type Call = {
  readonly to: Address
  readonly abi: Abi
  readonly name: string
  readonly args: readonly unknown[]
  readonly gas?: bigint
}

/** Queues until `flush`. */
export type Burst = {
  readonly from: Address
  reserve(): Reserved
  deploy(artefact: Artefact, args: readonly unknown[], at?: Reserved): Address
  call(call: Call): void
  /** Sends everything and waits until it is mined. The first revert is thrown with its reason. */
  flush(): Promise<readonly Receipt[]>
}

/** Who mines: `self` mines as soon as all is sent, `interval` waits for the chain's own blocks. */
export type Mining = 'self' | 'interval'

type Queued = {
  readonly nonce: number
  readonly label: string
  readonly abi: Abi
  readonly to?: Address
  readonly data: Hex
  readonly gas: bigint
}

/** Opens a burst of an account that the node holds the key of. */
export async function openBurst(chain: LocalChain, from: Address, mining: Mining): Promise<Burst> {
  let nonce = Number(await chain.rpc.request<Hex>('eth_getTransactionCount', [from, 'pending']))
  let queue: Queued[] = []
  const reserve = (): Reserved => {
    const taken = nonce++
    return { nonce: taken, address: getContractAddress({ from, nonce: BigInt(taken) }) }
  }
  return {
    from,
    reserve,
    deploy({ name, abi, bytecode }, args, at = reserve()) {
      const data = encodeDeployData({ abi, bytecode, args })
      queue.push({ nonce: at.nonce, label: `new ${name}`, abi, data, gas: DEPLOY_GAS })
      return at.address
    },
    call({ to, abi, name, args, gas = CALL_GAS }) {
      const data = encodeFunctionData({ abi, functionName: name, args })
      queue.push({ nonce: nonce++, label: name, abi, to, data, gas })
    },
    async flush() {
      const sent = queue.sort((a, b) => a.nonce - b.nonce)
      queue = []
      const hashes = await chain.rpc.batch<Hash>(
        sent.map((one) => ({ method: 'eth_sendTransaction', params: [wire(from, one)] })),
      )
      const receipts = await mined(chain, hashes, mining)
      const failed = receipts.findIndex((receipt) => receipt.status !== '0x1')
      const culprit = sent[failed]
      if (culprit !== undefined) throw await reverted(chain, from, culprit)
      return receipts
    },
  }
}

const DEPLOY_GAS = 12_000_000n
const CALL_GAS = 600_000n

const wire = (from: Address, one: Queued): object => ({
  from,
  ...(one.to === undefined ? {} : { to: one.to }),
  data: one.data,
  nonce: toHex(one.nonce),
  gas: toHex(one.gas),
  maxFeePerGas: toHex(1_000_000_000n),
  maxPriorityFeePerGas: toHex(1_000_000_000n),
})

async function mined(chain: LocalChain, hashes: readonly Hash[], mining: Mining): Promise<readonly Receipt[]> {
  for (let round = 0; round < 400; round++) {
    if (mining === 'self') await chain.rpc.request('evm_mine')
    const requests = hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] }))
    const receipts = await chain.rpc.batch<Receipt | null>(requests)
    const found = receipts.filter((receipt) => receipt !== null)
    if (found.length === hashes.length) return found
    if (mining === 'interval') await sleep(50)
  }
  throw failure(chain.name, `${hashes.length} transactions were not mined`)
}

/** Asks the node again for the words of a revert: the call is repeated on the state after it. */
async function reverted(chain: LocalChain, from: Address, one: Queued): Promise<Error> {
  const call = { from, ...(one.to === undefined ? {} : { to: one.to }), data: one.data, gas: toHex(one.gas) }
  try {
    await chain.rpc.request('eth_call', [call, 'latest'])
    return failure(chain.name, `${one.label} reverted, and would not now`)
  } catch (error) {
    return failure(chain.name, `${one.label} reverted: ${decoded(one.abi, error)}`)
  }
}

function decoded(abi: Abi, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const data = message.match(/0x[0-9a-f]{8,}/g)?.at(-1)
  try {
    const { errorName, args } = decodeErrorResult({ abi, data: data as Hex })
    return `${errorName}(${(args ?? []).join(', ')})`
  } catch {
    return message // not an error of this contract: the node's words are all there is
  }
}

const failure = (chain: string, what: string): Error =>
  new LienmeshError('E_DEPLOY', `chain ${chain}: ${what}`, {
    remedy: 'halt',
    exit: EXIT.failure,
    fix: 'Keep the run directory and report it; the contracts and the set-up disagree.',
  })

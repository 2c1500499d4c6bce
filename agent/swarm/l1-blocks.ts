// Makes a local engine chain an OP-stack chain over a vault chain, as far as headers go: the real predeploy stands at its
// address and learns a block of the vault chain every few blocks, as the derivation would tell it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, encodeFunctionData, type Hex, hexToBigInt, parseAbi, toHex } from 'viem'
import { configError } from '../domain/errors.ts'
import { packageRoot } from '../suite/artefact.ts'
import { partsOf } from '../suite/sources.ts'
import { type Deployment, get } from './deployment.ts'
import type { LocalChain } from './local-chain.ts'

/** The predeploy as published: where it stands, who writes it, its code. */
type Predeploy = { readonly predeploy: Address; readonly depositor: Address; readonly deployedBytecode: Hex }

/** One chain that is told of another one's blocks. */
export type Derivation = { tell(): Promise<bigint> }

/** The derivations that a deployment's routes stand on. */
export async function openDerivations({ network, engines, vaultChains }: Deployment): Promise<readonly Derivation[]> {
  const chains = new Map([...engines, ...vaultChains].map(({ chain }) => [chain.id, chain]))
  const derived = new Map(
    network.vaults
      .filter(({ vaultSource }) => partsOf(vaultSource).some(({ kind }) => kind === 'op-l1-block'))
      .map(({ engine, chain, finality }) => [engine, { base: get(chains, chain), finality }]),
  )
  return Promise.all([...derived].map(([engine, { base, finality }]) => open(get(chains, engine), base, finality)))
}

/** Tells every chain until the signal fires. */
export async function derive(derivations: readonly Derivation[], signal: AbortSignal): Promise<void> {
  if (derivations.length === 0) return
  while (!signal.aborted) {
    await Promise.all(derivations.map((one) => one.tell()))
    await sleep(EVERY, undefined, { signal }).catch(() => undefined) // aborted: the loop ends
  }
}

/** Milliseconds between two blocks of the base chain that the other one learns: some of its own blocks, as on mainnet. */
const EVERY = 5_000

async function open(chain: LocalChain, base: LocalChain, finality: number): Promise<Derivation> {
  const { predeploy, depositor, deployedBytecode } = published()
  await chain.rpc.request('anvil_setCode', [predeploy, deployedBytecode])
  await chain.rpc.request('anvil_impersonateAccount', [depositor])
  await chain.rpc.request('anvil_setBalance', [depositor, toHex(10n ** 20n)])
  return {
    async tell() {
      const tip = hexToBigInt(await base.rpc.request<Hex>('eth_blockNumber'))
      const height = toHex(tip > BigInt(finality) ? tip - BigInt(finality) : tip)
      const block = await base.rpc.request<Block>('eth_getBlockByNumber', [height, false])
      const args = [hexToBigInt(block.number), hexToBigInt(block.timestamp), 0n, block.hash, 0n, NONE, 0n, 0n] as const
      const data = encodeFunctionData({ abi: SETTER, args })
      const fee = toHex(2_000_000_000n)
      const call = {
        from: depositor,
        to: predeploy,
        data,
        gas: toHex(300_000n),
        maxFeePerGas: fee,
        maxPriorityFeePerGas: fee,
      }
      await chain.rpc.request('eth_sendTransaction', [call])
      return hexToBigInt(block.number)
    },
  }
}

type Block = { readonly number: Hex; readonly timestamp: Hex; readonly hash: Hex }

/** Optimism monorepo, packages/contracts-bedrock, L1Block: number, time, base fee, hash, sequence, batcher, two scalars. */
const SETTER = parseAbi([
  'function setL1BlockValues(uint64, uint64, uint256, bytes32, uint64, bytes32, uint256, uint256)',
])
const NONE: Hex = `0x${'0'.repeat(64)}`

function published(): Predeploy {
  const place = join(packageRoot(), 'contracts', 'predeploy-l1-block.json')
  if (existsSync(place)) return JSON.parse(readFileSync(place, 'utf8'))
  throw configError(
    'E_ARTEFACT',
    `expected the predeploy L1Block at ${place}, found none`,
    'Install the program again.',
  )
}

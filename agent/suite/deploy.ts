// Carries a plan out. Before the first transaction the state file holds where each chain starts, and before each its hash:
// whatever kills the program, the next run goes on where the chain's nonce says.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import {
  BaseError,
  createWalletClient,
  type Hash,
  type Hex,
  HttpRequestError,
  http,
  keccak256,
  toHex,
  type WalletClient,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import {
  call,
  estimateFeesPerGas,
  estimateGas,
  getBlockNumber,
  getChainId,
  getTransaction,
  getTransactionCount,
  sendRawTransaction,
  waitForTransactionReceipt,
} from 'viem/actions'
import type { SuiteFile } from '../../config/suite.ts'
import { configError, EXIT, LienmeshError } from '../domain/errors.ts'
import type { Network } from '../domain/network.ts'
import { known, type Start } from './ground.ts'
import { planSuite } from './plan.ts'
import type { Step } from './steps.ts'

export type Deploying = {
  readonly file: SuiteFile
  /** Where progress is kept. */
  readonly state: string
  readonly keyOf: (spec: SuiteFile['chains'][number]) => Promise<Hex>
  readonly report: (line: {
    readonly chain: string
    readonly done: number
    readonly of: number
    readonly step: string
  }) => void
  readonly signal: AbortSignal
}

/** Deploys what is not deployed yet, and answers the network description. */
export async function deploySuite({ file, state, keyOf, report, signal }: Deploying): Promise<Network> {
  const opened = await Promise.all(file.chains.map(async (spec) => open(spec, await keyOf(spec))))
  const kept = await startsOf(file, state, opened)
  const { network, steps } = planSuite(file, kept.starts)
  await Promise.all(opened.map((chain) => walk({ chain, steps: known(steps, chain.name), kept, report, signal })))
  return network
}

type Opened = {
  readonly name: string
  readonly node: WalletClient
  readonly account: ReturnType<typeof privateKeyToAccount>
}

async function open({ name, id, rpc }: SuiteFile['chains'][number], key: Hex): Promise<Opened> {
  const account = privateKeyToAccount(key)
  const node = createWalletClient({ account, transport: http(rpc, { retryCount: 3 }) })
  const found = await getChainId(node)
  if (found !== id)
    throw configError(
      'E_CHAIN_ID',
      `Expected chain ${id} at ${rpc}, found ${found}.`,
      `Correct the rpc of chain ${name}.`,
    )
  await requireOsaka(name, node)
  return { name, node, account }
}

/** Nothing is sent to a chain that would not run what is deployed: it is asked for the newest instruction of the bytecode. */
async function requireOsaka(name: string, node: WalletClient): Promise<void> {
  const answer = await call(node, { data: LEADING_ZEROS_OF_ONE }).catch((error: unknown) => {
    if (error instanceof BaseError && error.walk((one) => one instanceof HttpRequestError) !== null) throw error
    return { data: undefined }
  })
  if (answer.data !== undefined && BigInt(answer.data) === 255n) return
  throw configError(
    'E_CHAIN_EVM',
    `Chain ${name} does not know the instruction CLZ (EIP-7939), which the contracts use.`,
    'Deploy to chains that run Osaka or a later upgrade.',
  )
}

/** `PUSH1 1, CLZ, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN`, called as a creation: what it returns is the answer. */
const LEADING_ZEROS_OF_ONE: Hex = '0x60011e5f5260205ff3'

/** Progress: starts, and the hash of every transaction by chain and nonce. */
type Kept = {
  readonly starts: ReadonlyMap<string, Start>
  sent(chain: string, nonce: number): Hash | undefined
  note(chain: string, nonce: number, hash: Hash): void
}

type Stored = {
  readonly file: Hash
  readonly starts: Record<string, { readonly deployer: Hex; readonly nonce: number; readonly block: string }>
  readonly sent: Record<string, Record<string, Hash>>
}

async function startsOf(file: SuiteFile, path: string, opened: readonly Opened[]): Promise<Kept> {
  const digest = keccak256(
    toHex(JSON.stringify({ ...file, chains: file.chains.map(({ rpc: _, key: _key, ...one }) => one) }, text)),
  )
  const stored = existsSync(path) ? resumed(path, digest, opened) : await begun(digest, opened)
  const save = (): void => {
    writeFileSync(`${path}.new`, `${JSON.stringify(stored, undefined, 2)}\n`)
    renameSync(`${path}.new`, path)
  }
  save()
  const starts = Object.entries(stored.starts).map(
    ([name, { deployer, nonce, block }]) => [name, { deployer, nonce, block: BigInt(block) }] as const,
  )
  return {
    starts: new Map(starts),
    sent: (chain, nonce) => stored.sent[chain]?.[nonce],
    note(chain, nonce, hash) {
      stored.sent[chain] = { ...stored.sent[chain], [nonce]: hash }
      save()
    },
  }
}

const text = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

async function begun(file: Hash, opened: readonly Opened[]): Promise<Stored> {
  const starts = await Promise.all(
    opened.map(async ({ name, node, account }) => {
      const nonce = await getTransactionCount(node, { address: account.address, blockTag: 'latest' })
      return [name, { deployer: account.address, nonce, block: String(await getBlockNumber(node)) }] as const
    }),
  )
  return { file, starts: Object.fromEntries(starts), sent: {} }
}

function resumed(path: string, file: Hash, opened: readonly Opened[]): Stored {
  const stored: Stored = JSON.parse(readFileSync(path, 'utf8'))
  const fix = `Finish with the same file and keys, or name another --out (remove ${path} only to start over).`
  if (stored.file !== file) throw configError('E_SUITE_STATE', `${path} belongs to another chains file.`, fix)
  for (const { name, account } of opened)
    if (stored.starts[name]?.deployer !== account.address)
      throw configError('E_SUITE_STATE', `${path} was begun by another account on ${name}.`, fix)
  return stored
}

type Walk = {
  readonly chain: Opened
  readonly steps: readonly Step[]
  readonly kept: Kept
  readonly report: Deploying['report']
  readonly signal: AbortSignal
}

async function walk({ chain, steps, kept, report, signal }: Walk): Promise<void> {
  const { name, node, account } = chain
  const first = known(kept.starts, name).nonce
  const next = await getTransactionCount(node, { address: account.address, blockTag: 'latest' })
  if (next - first > steps.length) throw foreign(name, account.address)
  for (const step of steps) {
    signal.throwIfAborted()
    const earlier = kept.sent(name, step.nonce)
    const waiting = earlier !== undefined && (step.nonce < next || (await inPool(node, earlier)))
    if (step.nonce < next && earlier === undefined) throw foreign(name, account.address)
    const hash = waiting ? earlier : await send(chain, step, kept)
    const { status } = await waitForTransactionReceipt(node, { hash, pollingInterval: 100, timeout: 180_000 })
    if (status !== 'success') throw refused(name, step, 'it reverted when it was mined')
    report({ chain: name, done: step.nonce - first + 1, of: steps.length, step: step.label })
  }
}

/** Estimated first: a step that would revert takes no nonce. */
async function send({ name, node, account }: Opened, step: Step, kept: Kept): Promise<Hash> {
  const call = { ...(step.to === undefined ? {} : { to: step.to }), data: step.data }
  const gas = await estimateGas(node, { account, ...call }).catch((error: unknown) => {
    throw refused(name, step, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error), error)
  })
  const { maxFeePerGas, maxPriorityFeePerGas } = await estimateFeesPerGas(node)
  const chainId = await getChainId(node)
  const fees = { maxFeePerGas: maxFeePerGas * 2n, maxPriorityFeePerGas }
  const serializedTransaction = await account.signTransaction({
    ...{ ...call, ...fees, chainId, nonce: step.nonce, type: 'eip1559' },
    gas: (gas * 5n) / 4n,
  })
  const hash = keccak256(serializedTransaction)
  kept.note(name, step.nonce, hash)
  return sendRawTransaction(node, { serializedTransaction })
}

const inPool = (node: WalletClient, hash: Hash): Promise<boolean> =>
  getTransaction(node, { hash }).then(
    () => true,
    () => false, // The node never got it: it is signed and sent anew.
  )

const refused = (chain: string, { label }: Step, why: string, cause?: unknown): LienmeshError =>
  new LienmeshError('E_DEPLOY', `chain ${chain}: ${label}: ${why}`, {
    remedy: 'fix-config',
    exit: EXIT.failure,
    fix: 'Correct the chains file or fund the account, then run the same command again: it goes on from here.',
    cause,
  })

const foreign = (chain: string, account: string): LienmeshError =>
  configError(
    'E_SUITE_STATE',
    `${account} has sent transactions on ${chain} that are not of this deployment.`,
    'Deploy from an account that sends nothing else; start over with a fresh one.',
  )

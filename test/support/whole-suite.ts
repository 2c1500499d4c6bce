// One of every contract of the suite on a throw-away chain, wired to each other, with an account, a bond and a deposit of
// the chain's first account in place: what a call can do wrong, it can do here.
import { readdirSync } from 'node:fs'
import { type Abi, type Address, encodeDeployData, encodeFunctionData, getContractAddress, type Hex } from 'viem'
import { ownArtefact } from '../../agent/suite/artefact.ts'
import type { Anvil } from './anvil.ts'

/** A contract that stands. */
export type Standing = { readonly name: string; readonly at: Address; readonly abi: Abi }

/** Deploys and prepares all of it on a chain started with --no-mining; whoever may govern, may govern everything. */
export async function deployWholeSuite(anvil: Anvil): Promise<{ all: readonly Standing[]; governor: Address }> {
  const [governor] = (await anvil.ask('eth_accounts')) as Address[]
  if (governor === undefined) throw new Error('the chain has no account')
  const all: Standing[] = []
  const nonce = async () => BigInt((await anvil.ask('eth_getTransactionCount', governor, 'latest')) as Hex)
  const ahead = async (steps: bigint) => getContractAddress({ from: governor, nonce: (await nonce()) + steps })
  const create = async (name: string, ...args: readonly unknown[]): Promise<Address> => {
    const { abi, bytecode } = ownArtefact(name)
    const at = await transact(anvil, { from: governor, data: encodeDeployData({ abi, bytecode, args }) })
    if (at === undefined) throw new Error(`${name} was not created`)
    all.push({ name, at, abi })
    return at
  }
  const send = async (to: Address, functionName: string, ...args: readonly unknown[]): Promise<void> => {
    const abi = all.find(({ at }) => at === to)?.abi ?? []
    await transact(anvil, { from: governor, to, data: encodeFunctionData({ abi, functionName, args }) })
  }

  const authority = await create('AccessManager', governor)
  const token = await create('TestToken', 'Dollar', 'USD', 6)
  const registry = await create('AgentRegistry', authority, token, 1n, 60n, governor)
  const roots = await create('RootOracle', authority, 1n, registry, 1n, 0n)
  await create('OptimisticSource', authority, 60n, roots, token, 1n, governor)
  await anvil.ask('anvil_setCode', L1_BLOCK, ANSWERS_ONE)
  await create('OpL1BlockSource', authority, 1n, L1_BLOCK)
  const gateway = await create('LocalGateway', governor)
  const messages = await create('Erc7786Source', authority, gateway, '0x1234')
  await create('QuorumSource', [roots, messages], 1n)
  const mirrorAt = await ahead(1n)
  const vault = await create('CollateralVault', authority, roots, mirrorAt, terms)
  const mirror = await create('VaultMirror', authority, roots, vault, terms)
  await create('CounterCourier', gateway, vault, '0x1234')
  const book = await create('PriceBook', authority, 1n, 60_000, 1_000)
  const engine = await create('MarginEngine', authority, token, book, 15_000, 5)
  await create('MarginLens', engine)
  const risk = await create('RiskParameters', authority, engine, 60, { highest: levels, daily: levels })
  const linesAt = await ahead(1n)
  const auction = await create('LiquidationAuction', engine, linesAt, registry, auctionTerms)
  const lines = await create('CreditLines', engine, auction, risk)
  const fund = await create('InsuranceFund', authority, engine, risk, 1_000)
  const tranche = await create('InsuranceTranche', engine, mirror, 'First loss', 'FL', 60, 60)
  await create('ProviderPool', authority, engine, lines, governor, governor, 60, 60)
  await create('LiquidatorExecutor', governor, governor, 60n)

  for (const spender of [registry, vault, engine, tranche]) await send(token, 'approve', spender, 2n ** 255n)
  await send(token, 'mint', governor, 10n ** 15n)
  await send(registry, 'bond', governor, 10n)
  await send(registry, 'setAttestor', governor, true)
  await send(vault, 'list', token, 10n ** 15n)
  await send(vault, 'deposit', governor, token, 10n ** 9n)
  await send(book, 'setPublisher', governor, true)
  for (const module of [auction, lines, governor]) await send(engine, 'setModule', module, true)
  for (const module of [engine, governor]) await send(mirror, 'setModule', module, true)
  await send(engine, 'listInstrument', { kind: 1, markFeed: 0, underlyingFeed: 0, contingency: 100, shocks: 0n })
  await send(engine, 'listCollateral', { mirror, asset: token, feed: 0, decimals: 6, haircut: 1_000, gap: 300 })
  await send(engine, 'open', 0n, 3)
  await send(engine, 'open', 1n, 1)
  await send(engine, 'depositCash', governor, 10n ** 12n)
  await send(engine, 'setInsuranceFund', fund)
  await send(fund, 'setTranche', mirror, tranche)
  const missing = readdirSync(new URL('../../contracts/artifacts/', import.meta.url))
    .map((file) => file.replace('.json', ''))
    .filter((name) => !all.some((one) => one.name === name))
  if (missing.length > 0) throw new Error(`not deployed here: ${missing.join(', ')}`)
  return { all, governor }
}

const L1_BLOCK: Address = '0x4200000000000000000000000000000000000015'
/** PUSH1 1, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN: the hash of a block that nobody knows. */
const ANSWERS_ONE: Hex = '0x60015f5260205ff3'

const terms = { staleAfter: 86_400n, exitDelay: 86_400n, resetDelay: 86_400n }
const levels = { gap: 4_000, premium: 5_000, fee: 2_000 }
const auctionTerms = {
  startDiscount: 100,
  discountPerSecond: 25,
  maxDiscount: 3_000,
  target: 12_000,
  bondedSeconds: 2,
  insolventSeconds: 60,
  dust: 10n ** 19n,
  reserveSeconds: 3,
  reserveBond: 1n,
}

async function transact(anvil: Anvil, tx: { from: Address; to?: Address; data: Hex }): Promise<Address | undefined> {
  const hash = await anvil.ask('eth_sendTransaction', { ...tx, gas: '0x2faf080' })
  await anvil.ask('evm_mine')
  const receipt = (await anvil.ask('eth_getTransactionReceipt', hash)) as { status: Hex; contractAddress?: Address }
  if (receipt.status !== '0x1') throw new Error(`reverted: ${tx.data.slice(0, 10)} to ${tx.to}`)
  return receipt.contractAddress
}

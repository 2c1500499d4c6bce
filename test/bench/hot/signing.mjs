// A bid from its terms to signed bytes, and a signed price from its bytes to its author: ours natively and in
// WebAssembly, viem's, ethers' and noble's, in turns. node test/bench/hot/signing.mjs
import { secp256k1 as noble } from '@noble/curves/secp256k1.js'
import { Interface, Wallet } from 'ethers'
import { encodeFunctionData } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { liquidationAuctionAbi } from '../../../agent/adapters/chain/abi/liquidation-auction.ts'
import { liquidatorExecutorAbi } from '../../../agent/adapters/chain/abi/liquidator-executor.ts'
import { marginEngineAbi } from '../../../agent/adapters/chain/abi/margin-engine.ts'
import { priceBookAbi } from '../../../agent/adapters/chain/abi/price-book.ts'
import { bidding, closeEverything, pushPrices, startAuction } from '../../../agent/adapters/chain/bid-acts.ts'
import { executeCall } from '../../../agent/adapters/chain/executor-call.ts'
import { createKeyring } from '../../../agent/adapters/gossip/signatures.ts'
import { signerOf } from '../../../agent/adapters/signer/local-signer.ts'
import { nativeCurve, wasmCurve } from '../../../agent/crypto/curve.ts'
import { keccak256 } from '../../../agent/crypto/hash.ts'
import { atLeast, cpuMicros, guide, report } from './measure.ts'

const KEY = `0x${'ac'.repeat(31)}01`
const at = (n) => `0x${n.toString(16).padStart(40, '0')}`
const deployment = { priceBook: at(1), auction: at(2), engine: at(3) }
const [executor, account, beneficiary] = [at(4), at(5), at(6)]
const batch = (publisher) => ({
  publisher: at(publisher),
  sequence: 1_700_000_000_000 + publisher,
  validUntil: 1_700_000_005_000,
  entries: Array.from({ length: 3 }, (_, feed) => ({
    feed,
    price: 250_000_000_000n + BigInt(feed),
    confidence: 5,
    shocks: 2n ** 200n + 7n,
  })),
  signature: `0x${'5a'.repeat(65)}`,
})
const batches = [batch(7), batch(8)]
const guard = { intent: `0x${'77'.repeat(32)}`, leg: 0, deadline: 1_700_000_009n, floor: -(10n ** 21n) }
let nonce = 0
const fields = () => ({ nonce: nonce++, to: executor, value: 0n, gas: 1_500_000n })
const terms = () => ({ account, fraction: 5_000, maxPay: 10n ** 21n + BigInt(nonce), expectedVersion: 9n, beneficiary })

const signers = { native: signerOf(KEY, nativeCurve()), wasm: signerOf(KEY, await wasmCurve()) }
const ours = (signer) => {
  const acts = [
    pushPrices(deployment, batches),
    startAuction(deployment, account),
    bidding(deployment, terms(), undefined),
    closeEverything(deployment, executor),
  ]
  return signer.signTransaction({
    chain: 31_338,
    ...fields(),
    data: executeCall(acts, guard),
    maxFee: 10n ** 10n,
    tip: 10n ** 9n,
  })
}

const viemAccount = privateKeyToAccount(KEY)
const viem = () => {
  const call = (target, abi, functionName, args) => ({ target, data: encodeFunctionData({ abi, functionName, args }) })
  const acts = [
    call(deployment.priceBook, priceBookAbi, 'push', [batches]),
    call(deployment.auction, liquidationAuctionAbi, 'start', [account]),
    call(deployment.auction, liquidationAuctionAbi, 'bid', [terms()]),
    call(deployment.engine, marginEngineAbi, 'closeAll', [executor]),
  ]
  const data = encodeFunctionData({
    abi: liquidatorExecutorAbi,
    functionName: 'execute',
    args: [acts, { ...guard, deadline: Number(guard.deadline) }],
  })
  return viemAccount.signTransaction({
    type: 'eip1559',
    chainId: 31_338,
    ...fields(),
    data,
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 10n ** 9n,
  })
}

const wallet = new Wallet(KEY)
const faces = {
  priceBook: new Interface(priceBookAbi),
  auction: new Interface(liquidationAuctionAbi),
  engine: new Interface(marginEngineAbi),
  executor: new Interface(liquidatorExecutorAbi),
}
const ethers = () => {
  const acts = [
    { target: deployment.priceBook, data: faces.priceBook.encodeFunctionData('push', [batches]) },
    { target: deployment.auction, data: faces.auction.encodeFunctionData('start', [account]) },
    { target: deployment.auction, data: faces.auction.encodeFunctionData('bid', [terms()]) },
    { target: deployment.engine, data: faces.engine.encodeFunctionData('closeAll', [executor]) },
  ]
  const { gas, ...rest } = fields()
  const data = faces.executor.encodeFunctionData('execute', [acts, guard])
  return wallet.signTransaction({
    type: 2,
    chainId: 31_338,
    ...rest,
    gasLimit: gas,
    data,
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 10n ** 9n,
  })
}

/** CPU microseconds of awaited calls, in the mean over turns that alternate. */
async function inTurns(contestants, turns = 5) {
  const sums = Object.fromEntries(Object.keys(contestants).map((name) => [name, 0]))
  for (let turn = -1; turn < turns; turn++)
    for (const [name, call] of Object.entries(contestants)) {
      const start = cpuMicros()
      let calls = 0
      for (; cpuMicros() - start < 100_000; calls++) await call()
      if (turn >= 0) sums[name] += (cpuMicros() - start) / calls / turns
    }
  return sums
}

const same = () => {
  nonce = 5
}
same()
const [a] = [await ours(signers.native)]
same()
const [b] = [await viem()]
if (a !== b) throw new Error('ours and viem differ: nothing here would compare like with like')

const built = await inTurns({ native: () => ours(signers.native), wasm: () => ours(signers.wasm), viem, ethers })
const digest = keccak256('0x01')
const signature = await viemAccount.sign({ hash: digest })
const rings = { native: createKeyring(8, nativeCurve()), wasm: createKeyring(8, await wasmCurve()) }
const [bytes, message] = [Buffer.from(signature.slice(2, 130), 'hex'), Buffer.from(digest.slice(2), 'hex')]
const publicKey = noble.getPublicKey(Buffer.from(KEY.slice(2), 'hex'))
const checked = await inTurns({
  native: () => rings.native.check(viemAccount.address, digest, signature),
  wasm: () => rings.wasm.check(viemAccount.address, digest, signature),
  noble: () => noble.verify(bytes, message, publicKey, { prehash: false }),
})
for (const [what, found] of Object.entries({ 'encode and sign a bid': built, 'check a signed price': checked }))
  process.stdout.write(
    `${what}: ${Object.entries(found)
      .map(([name, us]) => `${name} ${us.toFixed(0)} us`)
      .join(', ')}\n`,
  )
report([
  atLeast('B7', 'encode and sign a bid, native', [built.viem / built.native, 8], 'viem'),
  atLeast('B7', 'encode and sign a bid, WebAssembly', [built.viem / built.wasm, 4], 'viem'),
  atLeast('B7b', 'encode and sign a bid, native', [built.ethers / built.native, 18], 'ethers'),
  atLeast('B7b', 'encode and sign a bid, WebAssembly', [built.ethers / built.wasm, 9], 'ethers'),
  guide('B7', 'encode and sign a bid, native', [built.native, 70], 'us'),
  guide('B7', 'encode and sign a bid, WebAssembly', [built.wasm, 140], 'us'),
  atLeast('B10', 'check a signed price, native', [checked.noble / checked.native, 20], 'noble'),
  atLeast('B10', 'check a signed price, WebAssembly', [checked.noble / checked.wasm, 8], 'noble'),
])

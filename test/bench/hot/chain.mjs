// From a tick to a transaction that a node has: our book, signer, journal and wire against viem as bots use it, in turns
// on one anvil that does not mine. node test/bench/hot/chain.mjs [rounds]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPublicClient, createWalletClient, http, parseAbi } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { anvil as anvilChain } from 'viem/chains'
import { journaled, sign } from '../../../agent/adapters/chain/attempt.ts'
import { openRpc } from '../../../agent/adapters/chain/rpc.ts'
import { signerOf } from '../../../agent/adapters/signer/local-signer.ts'
import { openSqliteJournal } from '../../../agent/adapters/store/sqlite-journal.ts'
import { chainId } from '../../../agent/domain/units.ts'
import { load, move, openTriggers, suspects } from '../../../agent/maths/triggers/triggers.ts'
import { startAnvil } from '../../support/anvil.ts'
import { atLeast, guide, percentile, report } from './measure.ts'

const ROUNDS = Number(process.argv[2] ?? 60)
const anvil = await startAnvil({ chainId: 31_337, args: ['--no-mining'] })
const folder = mkdtempSync(join(tmpdir(), 'lienmesh-bench-'))
const CHAIN = chainId(31_337)
const keyOf = (n) => `0x${n.toString(16).padStart(64, 'b')}`
const keys = Array.from({ length: 7 }, (_, i) => keyOf(i + 1))
for (const key of keys)
  await anvil.ask('anvil_setBalance', privateKeyToAccount(key).address, `0x${(10n ** 24n).toString(16)}`)

const rpc = await openRpc({ chain: CHAIN, urls: [anvil.url] })
const journal = openSqliteJournal({ path: join(folder, 'journal.db'), owner: 'bench' })
const data = `0x${'12'.repeat(1_400)}`
const to = `0x${'77'.repeat(20)}`
const fees = { maxFee: 10n ** 10n, tip: 10n ** 9n }
const content = { to, data, gas: 1_000_000n, intent: undefined, leg: 'bid' }

/** A book whose next account falls with every tick. */
const triggers = openTriggers(1)
move(triggers, Float64Array.of(10_000))
for (let i = 0; i < 4_000; i++)
  load(triggers, i, { base: -(9_999 - i + 0.5), legs: [{ column: 0, weight: 1 }], spread: undefined })
let price = 10_000
function tick() {
  move(triggers, Float64Array.of(--price))
  if (suspects(triggers).length === 0) throw new Error('expected a candidate')
}

const ours = (key, durable) => {
  const signer = signerOf(key)
  let nonce = 0
  return async () => {
    const place = { chain: CHAIN, nonce: nonce++ }
    const attempt = await sign(signer, place, content, fees)
    if (durable) journal.commit(journaled(attempt, CHAIN, signer.address, place.nonce))
    const refused = await rpc.send(attempt.raw)
    if (refused.length > 0) throw new Error(refused[0].message)
  }
}

const abi = parseAbi(['function liquidate(bytes)'])
const clientOf = (key) => ({
  wallet: createWalletClient({ account: privateKeyToAccount(key), chain: anvilChain, transport: http(anvil.url) }),
  reader: createPublicClient({ chain: anvilChain, transport: http(anvil.url) }),
})
const call = { address: to, abi, functionName: 'liquidate', args: [data] }
const typical = clientOf(keys[2])
const pinned = clientOf(keys[3])
let pinnedNonce = 0
const ready = []
const presigner = signerOf(keys[4])
for (let nonce = 0; nonce < ROUNDS + 12; nonce++)
  ready.push((await sign(presigner, { chain: CHAIN, nonce }, content, fees)).raw)

const contestants = {
  durable: ours(keys[0], true),
  online: ours(keys[1], false),
  ready: async () => void (await rpc.send(ready.shift())),
  typical: async () => {
    const { request } = await typical.reader.simulateContract({ ...call, account: typical.wallet.account })
    await typical.wallet.writeContract(request)
  },
  pinned: () =>
    pinned.wallet.writeContract({
      ...call,
      nonce: pinnedNonce++,
      gas: 1_000_000n,
      maxFeePerGas: fees.maxFee,
      maxPriorityFeePerGas: fees.tip,
    }),
}
const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]))
for (let round = -10; round < ROUNDS; round++)
  for (const [name, act] of Object.entries(contestants)) {
    const start = performance.now()
    tick()
    await act()
    if (round >= 0) times[name].push((performance.now() - start) * 1_000)
  }
const at = (share) => Object.fromEntries(Object.entries(times).map(([name, all]) => [name, percentile(all, share)]))
const [least, half] = [at(0.1), at(0.5)]
for (const name of Object.keys(times))
  process.stdout.write(
    `tick to acknowledged, ${name}: p10 ${least[name].toFixed(0)} us, p50 ${half[name].toFixed(0)} us\n`,
  )
report([
  atLeast(
    'B9',
    'tick to acknowledged, signed online, no journal',
    [least.typical / least.online, 15],
    'viem simulate and write',
  ),
  atLeast(
    'B9',
    'tick to acknowledged, signed online, durable journal',
    [least.typical / least.durable, 15],
    'viem simulate and write',
  ),
  atLeast(
    'B9',
    'tick to acknowledged, signed before, no journal',
    [least.typical / least.ready, 25],
    'viem simulate and write',
  ),
  atLeast(
    'B9b',
    'tick to acknowledged, signed online, no journal',
    [least.pinned / least.online, 4],
    'viem, all fields given',
  ),
  guide('B9', 'signed online over a transaction that is ready', [least.online / least.ready, 2], 'x'),
])
rpc.close()
journal.close()
await anvil.stop()
rmSync(folder, { recursive: true })
process.exit(0)

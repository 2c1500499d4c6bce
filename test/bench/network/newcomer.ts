// How soon a newcomer has a book: accounts with proofs against one attested root, from two peers over TCP, all verified.
// node test/bench/network/newcomer.ts [accounts]
import { joinGossip } from '../../../agent/adapters/gossip/node.ts'
import type { Gossip, TrustBook } from '../../../agent/ports/gossip.ts'
import * as a from '../../unit/gossip/builders.ts'
import { account, provenStates } from '../../unit/gossip/state-builder.ts'

const count = Number(process.argv[2] ?? 1_000)
const traders = Array.from({ length: count }, (_, n) =>
  account({ id: a.contract(`trader ${n}`), version: BigInt(n + 1) }),
)
const book = await provenStates(traders)
const [first] = book
if (first === undefined) throw new Error('expected at least one account')

const leaving = new AbortController()
const veterans: Gossip[] = []
for (let n = 0; n < 2; n++) {
  const veteran = await join(
    a.trust(),
    veterans.flatMap(({ addresses }) => addresses),
  )
  for (const state of book) await veteran.publish('state', state)
  await veteran.publish('attestation', a.attestation({ chain: a.ENGINE, number: 12n, hash: first.hash }))
  veterans.push(veteran)
}
const unsure = a.trust({ trusted: () => 'unknown' })
const began = performance.now()
const cpu = process.cpuUsage()
const newcomer = await join(
  unsure,
  veterans.flatMap(({ addresses }) => addresses),
)
let learned = 0
for await (const { kind } of newcomer.messages(() => ({ kind: 'accept' }), leaving.signal)) {
  if (kind === 'state') learned++
  if (learned === count) break
}
const seconds = (performance.now() - began) / 1_000
const { user, system } = process.cpuUsage(cpu)
const passed = seconds < 5
const row = {
  scenario: 'newcomer',
  accounts: learned,
  seconds: round(seconds),
  cpuSeconds: round((user + system) / 1e6),
  passed,
}
process.stdout.write(`${JSON.stringify(row)}\n`)
await Promise.all([newcomer, ...veterans].map((node) => node.stop()))

function join(trust: TrustBook, bootstrap: readonly string[]): Promise<Gossip> {
  const common = { network: a.network(), now: () => a.NOW, devnet: true, signal: leaving.signal }
  return joinGossip({ ...common, trust, listen: '127.0.0.1:0', bootstrap })
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

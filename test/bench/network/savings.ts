// What an agent receives, and asks of its node, per hour: by verified gossip, and by polling the same facts. Bytes of gossip are
// counted in a network of twenty receiving halves over virtual minutes; those of polling are reckoned from the same accounts.
// node test/bench/network/savings.ts [accounts] [minutes]
import { instant } from '../../../agent/domain/units.ts'
import { addNode, at, mesh, openWorld, run, say } from '../../support/gossip-world.ts'
import * as a from '../../unit/gossip/builders.ts'
import { account, provenStates } from '../../unit/gossip/state-builder.ts'

const [accounts = 1_000, minutes = 1] = process.argv.slice(2).map(Number)
const [NODES, DEGREE, BLOCK, PRICES_A_SECOND, ATTESTORS, SHARE_EVERY] = [20, 4, 1_000, 12, 4, 1_500] as const

const world = openWorld(1)
const nodes = Array.from({ length: NODES }, (_, n) => addNode(world, `node${n}`))
mesh(world, DEGREE)
const traders = Array.from({ length: 40 }, (_, n) => account({ id: a.contract(`trader ${n}`) }))
const states = []
for (let number = 12n; states.length < (ATTESTORS * 60_000 * minutes) / SHARE_EVERY; number++)
  states.push(...(await provenStates(traders, traders, number)))
for (let ms = 0; ms < 60_000 * minutes; ms += 1_000 / PRICES_A_SECOND)
  at(world, ms, () => {
    const now = Math.floor(world.now)
    say(world, 'node0', 'price', a.priceBatch({ sequence: instant(now), validUntil: instant(now + 5_000) }))
  })
for (let ms = 0; ms < 60_000 * minutes; ms += BLOCK)
  for (let n = 0; n < ATTESTORS; n++)
    at(world, ms + n, () => {
      say(world, `node${n}`, 'attestation', a.attestation({ number: BigInt(Math.floor(world.now + n)) }))
      if (n === 0) say(world, 'node0', 'header', a.header())
    })
for (const [n, state] of states.entries())
  at(world, (n * SHARE_EVERY) / ATTESTORS, () => {
    say(world, `node${n % ATTESTORS}`, 'state', state)
  })
await run(world, 60_000 * minutes)

const hours = minutes / 60
const gossip = nodes.reduce((sum, { bytesIn }) => sum + bytesIn, 0) / nodes.length / hours
const blocks = 3_600_000 / BLOCK
// One multicall of fifty accounts answers with ten words each as hex, as JSON; heads and prices are one call each.
const [batch, bytesPerAccount, overhead] = [50, 10 * 64, 250]
const calls = { polling: blocks * (2 + Math.ceil(accounts / batch)), gossip: blocks }
const polling = blocks * (accounts * bytesPerAccount + (2 + Math.ceil(accounts / batch)) * overhead)
const row = {
  ...{ scenario: 'gossip against polling', accounts, nodes: NODES, blockMillis: BLOCK },
  megabytesPerHour: { gossip: Math.round(gossip / 1e6), polling: Math.round(polling / 1e6) },
  callsPerHour: calls,
  saved: {
    bytes: Math.round(100 * (1 - gossip / polling)) / 100,
    calls: Math.round(100 * (1 - calls.gossip / calls.polling)) / 100,
  },
}
process.stdout.write(`${JSON.stringify(row)}\n`)

// One agent's end of the network on a host of its own: listens, dials, says prices, and prints what it hears from whom.
import { joinGossip } from '../../agent/adapters/gossip/node.ts'
import { instant } from '../../agent/domain/units.ts'
import * as a from '../unit/gossip/builders.ts'

const [listen = '', speaks = '', ...bootstrap] = process.argv.slice(2)
const leaving = new AbortController()
const say = (what: object): void => void process.stdout.write(`${JSON.stringify(what)}\n`)

const speakers = [a.alice, a.bob, a.carol]
const network = a.network({ publishers: speakers.map(({ address }) => address) })
const gossip = await joinGossip({
  ...{ network, listen, bootstrap, devnet: false, signal: leaving.signal },
  trust: a.trust({ publisher: (who) => network.publishers.includes(who) }),
  now: () => instant(Date.now()),
})
say({ kind: 'ready', addresses: gossip.addresses })

const heard = new Set<string>()
const reading = (async () => {
  for await (const message of gossip.messages(() => ({ kind: 'accept' }), leaving.signal)) {
    const publisher = message.kind === 'price' ? message.payload.publisher : undefined
    if (publisher === undefined || heard.has(publisher)) continue
    heard.add(publisher)
    say({ kind: 'heard', publisher, peers: gossip.peers().map(({ address }) => address) })
  }
})()

const who = speakers[Number(speaks)] ?? a.alice
const timer = setInterval(() => {
  const sequence = instant(Date.now())
  const batch = a.priceBatch({ publisher: who.address, sequence, validUntil: instant(sequence + 5_000) }, who)
  void gossip.publish('price', batch).catch(() => {})
}, 200)
process.on('SIGTERM', () => {
  clearInterval(timer)
  leaving.abort()
  void Promise.all([reading, gossip.stop()])
})

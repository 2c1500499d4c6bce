// Two nodes meet, talk and leave; the process must then end by itself.
import { joinGossip } from '../../agent/adapters/gossip/node.ts'
import * as a from '../unit/gossip/builders.ts'

const leaving = new AbortController()
const options = {
  network: a.network(),
  trust: a.trust(),
  now: () => a.NOW,
  listen: '127.0.0.1:0',
  devnet: true,
  signal: leaving.signal,
}
const first = await joinGossip({ ...options, bootstrap: [] })
const linked = Promise.withResolvers<void>()
const second = await joinGossip({
  ...options,
  bootstrap: [...first.addresses, '/ip4/127.0.0.1/tcp/1'],
  report: ({ kind }) => kind === 'connected' && linked.resolve(),
})
await linked.promise
let heard = 0
const reading = (async () => {
  for await (const _ of second.messages(() => ({ kind: 'accept' }), leaving.signal)) {
    heard++
    leaving.abort()
  }
})()
for (let n = 0; heard === 0; n++) {
  await first.publish('claim', a.claim({ cumulative: BigInt(n + 1) }))
  await new Promise((resolve) => setImmediate(resolve))
}
await reading
await Promise.all([first.stop(), second.stop()])
process.stdout.write(`heard ${heard}, stopped\n`)

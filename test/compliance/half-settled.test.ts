// What a kill leaves of a nonce that was signed for twice: the attempt that the chain took, and the one that it never saw.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CHAIN, eventually, order, type Sending, signer, startSending } from '../support/sending.ts'

const never = new AbortController().signal
const SEND = 'eth_sendRawTransaction'

let on: Sending
beforeEach(async () => {
  on = await startSending()
})
afterEach(() => on.close())

test('a kill between two words about one nonce leaves nothing open that can never be included', async () => {
  const [proxy] = on.providers.proxies
  let settled = 0
  const settle: typeof on.journal.settle = (...said) => {
    if (++settled > 1) throw new Error('killed')
    on.journal.settle(...said)
  }
  const doomed = await on.open({ journal: { ...on.journal, settle }, patience: 1 }, { urls: [proxy.url] })
  void doomed.send(order({ gas: 100_000n }), never).catch(() => undefined)
  await eventually(on.pooled, (count) => count === 1)
  await on.anvil.ask('anvil_setBlockGasLimit', '0x5300')
  proxy.add({ kind: 'error', code: -32_000, message: 'busy', methods: [SEND] })
  await eventually(
    () => on.mineThen(() => on.journal.open(CHAIN).length),
    (attempts) => attempts >= 2,
  )
  await on.anvil.ask('anvil_setBlockGasLimit', '0xbebc200')
  await eventually(
    () => on.mineThen(() => settled),
    (times) => times > 1,
  )
  await on.stop()
  await on.open()
  await on.finish()
  const states = on.journal.history(CHAIN, signer.address, 0).map(({ state }) => state)
  expect([states[0], new Set(states.slice(1))]).toEqual(['included', new Set(['dropped'])])
})

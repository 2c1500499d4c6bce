// Liquidations that an earlier run left at their bid, on chains that say what is owed and what is paid.
import { expect, test } from 'vitest'
import { openMemoryJournal } from '../../../agent/adapters/store/memory-journal.ts'
import { chainId } from '../../../agent/domain/units.ts'
import { endLives } from '../../../agent/runtime/end-lives.ts'
import { smallNetwork } from '../../support/agent-directory.ts'
import { hash } from '../../support/builders.ts'
import { journaledTx } from '../../support/journaled-tx.ts'

const US = '0x00000000000000000000000000000000000000b1'
const vault = smallNetwork.vaults[0]
if (!vault) throw new Error('a network has a vault')
const [deployment, ENGINE] = [vault, vault.engine]

/** A journal with one bid, and chains on which so much is owed and so much is paid. */
function left(owed: bigint, claimed: bigint) {
  const journal = openMemoryJournal()
  const bid = journaledTx({ chain: ENGINE, leg: 'bid', intent: hash(1) })
  journal.commit(bid)
  const look = () =>
    endLives({
      journal,
      engines: new Map([[ENGINE, { chain: { owed: async () => owed } }]]),
      vaults: new Map([[deployment.id, { chain: { claimed: async () => claimed }, deployment, executor: US }]]),
    })
  return { journal, bid, look, states: () => journal.lives().map(({ state }) => state) }
}

test('a bid that is final and whose claim is paid holds no capital any more', async () => {
  const { journal, bid, look, states } = left(10n, 10n)
  journal.settle(bid.hash, 'included')
  expect(states()).toEqual(['final'])
  await look()
  expect(states()).toEqual([])
})

test('while the mirror owes more than the vault paid, its capital is not free', async () => {
  const { journal, bid, look, states } = left(10n, 9n)
  journal.settle(bid.hash, 'included')
  await look()
  expect(states()).toEqual(['final'])
})

test('a bid that is not final yet may still come to owe us something', async () => {
  const { look, states } = left(10n, 10n)
  await look()
  expect(states()).toEqual(['signed'])
})

test('nobody knows of a bid on an engine that this agent does not watch', async () => {
  const { journal, states } = left(0n, 0n)
  const elsewhere = journaledTx({ chain: chainId(9), leg: 'bid', intent: hash(2), hash: hash(2), nonce: 5 })
  journal.commit(elsewhere)
  journal.settle(elsewhere.hash, 'included')
  await endLives({ journal, engines: new Map(), vaults: new Map() })
  expect(states()).toEqual(['signed', 'final'])
})

// What an operator is told of liquidations: from the journal, and from the agent that holds it.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Hex, keccak256 } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { expect, onTestFinished, test } from 'vitest'
import { executeCall } from '../../agent/adapters/chain/executor-call.ts'
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import type { SettlementStep } from '../../agent/domain/settlement.ts'
import { chainId, instant, wad } from '../../agent/domain/units.ts'
import type { Journal } from '../../agent/ports/journal.ts'
import { serveControl } from '../../agent/runtime/control.ts'
import { settlementsIn } from '../../agent/runtime/settlements.ts'
import { lienmesh } from '../support/command-line.ts'
import { temporaryFolder } from '../support/config-file.ts'
import { journaledTx } from '../support/journaled-tx.ts'

const account = privateKeyToAccount(`0x${'11'.repeat(32)}`)
const home: Hex = `0xaa${'01'.repeat(31)}`
const stuck: Hex = `0xbb${'02'.repeat(31)}`
const DEADLINE = 1_800_000_000n
const at = instant(1_799_999_000_000)

/** A bid as the journal keeps it. */
async function bid(intent: Hex, nonce: number) {
  const data = executeCall([], { intent, leg: 0, deadline: DEADLINE, floor: 0n })
  const raw = await account.signTransaction({
    chainId: 31_337,
    type: 'eip1559',
    nonce,
    gas: 1n,
    to: account.address,
    data,
  })
  const hash = keccak256(raw)
  return journaledTx({
    chain: chainId(31_337),
    from: account.address,
    nonce,
    intent,
    raw,
    hash,
    reserved: wad(5n * 10n ** 18n),
  })
}

const of = (intent: Hex) => ({ at, vault: 'vault-fast', intents: [intent] })

const opened = (intent: Hex): SettlementStep => ({
  ...of(intent),
  kind: 'opened',
  claim: {
    ...{ intent, vault: 'vault-fast', collateral: 0, asset: account.address, amount: 7n, openedAt: at },
    openedIn: { chain: chainId(31_337), number: 9n, hash: '0x00' },
  },
})

/** One liquidation that came home, and one that does not. */
async function written(journal: Journal): Promise<void> {
  for (const [nonce, intent] of [home, stuck].entries()) {
    const tx = await bid(intent, nonce)
    journal.commit(tx)
    journal.settle(tx.hash, 'included')
    journal.note(opened(intent))
  }
  journal.note({ ...of(home), kind: 'sold', tx: `0x${'33'.repeat(32)}`, proceeds: 4_573n * 10n ** 18n })
  journal.paid(home)
  journal.note({ ...of(stuck), kind: 'stuck', reason: 'PAUSED' })
  journal.note({ ...of(stuck), kind: 'playbook', step: 'newer-root', detail: 'asked for a newer root' })
}

/** A journal in a data directory that is not there yet. */
function opening(data: string) {
  mkdirSync(data, { recursive: true })
  return openSqliteJournal({ path: join(data, 'journal.db') })
}

const lines = (text: string): readonly string[] => text.trimEnd().split('\n')
const LIST = [
  '0xbb020202..0202020202  desk        coming home  vault-fast STUCK PAUSED, newer-root',
  '0xaa010101..0101010101  desk        settled      vault-fast sold 4573.00',
]

test('settlements lists where each stands, in 80 columns, and tells all about one', async () => {
  const folder = join(temporaryFolder(), 'desk')
  const data = join(folder, 'data')
  const journal = opening(data)
  await written(journal)
  journal.close()
  const { out } = await lienmesh(['settlements', '--from', folder])
  expect(lines(out).toSorted()).toEqual(LIST.toSorted())
  const one = await lienmesh(['settlements', '0xbb020202..0202020202', '--from', folder])
  expect(lines(one.out)).toEqual([
    stuck,
    '  desk: coming home, 5.00 USD reserved by the bid',
    '  bid on chain 31337, nonce 1: included, until 08:00:00',
    expect.stringMatching(/^ {4}0x[0-9a-f]{64}$/),
    '  claim at vault-fast STUCK PAUSED, newer-root',
    '  playbook: newer-root, asked for a newer root',
    '  07:43:20.000  vault-fast  opened, 7 of 0x19E7E376',
    '  07:43:20.000  vault-fast  stuck: PAUSED',
    '  07:43:20.000  vault-fast  playbook: newer-root, asked for a newer root',
  ])
  const none = await lienmesh(['settlements', '0xcc', '--from', folder])
  expect([none.status, lines(none.err)[0]]).toEqual([3, `✖ E_NOT_FOUND no settlement 0xcc in ${folder}`])
})

test('an agent that holds its journal answers the same, amounts as decimal strings', async () => {
  const folder = join(temporaryFolder(), 'desk')
  const data = join(folder, 'data')
  const journal = opening(data)
  await written(journal)
  const stop = new AbortController()
  const serving = serveControl(
    data,
    (question) => {
      if (question.ask !== 'settlements') throw new Error(`asked for ${question.ask}`)
      return Promise.resolve({ settlements: settlementsIn(journal, question.filter) })
    },
    stop.signal,
  )
  onTestFinished(async () => {
    stop.abort()
    await serving
    journal.close()
  })
  const listed = await lienmesh(['settlements', '--from', folder])
  expect(lines(listed.out).toSorted()).toEqual(LIST.toSorted())
  const { out } = await lienmesh(['settlements', '0xaa', '--json', '--from', folder])
  const [told, ...more] = lines(out).map((line): unknown => JSON.parse(line))
  expect(more).toEqual([])
  expect(told).toMatchObject({
    ...{ type: 'settlement', agent: 'desk', state: 'settled', reserved: '5000000000000000000' },
    legs: [{ leg: 'bid', state: 'included', nonce: 0, deadline: Number(DEADLINE) * 1_000 }],
    claims: [{ vault: 'vault-fast', amount: '7', sold: { proceeds: '4573000000000000000000' } }],
  })
  expect(out).not.toContain('"raw"')
})

import { expect, test } from 'vitest'
import { signerOf } from '../../../agent/adapters/signer/local-signer.ts'
import { openMemoryJournal } from '../../../agent/adapters/store/memory-journal.ts'
import type { Attestation, Evidence, Kind, Payloads } from '../../../agent/domain/message.ts'
import type { EngineDeployment } from '../../../agent/domain/network.ts'
import { chainId, instant } from '../../../agent/domain/units.ts'
import type { Slasher } from '../../../agent/ports/chain.ts'
import { attest, collect } from '../../../agent/runtime/attest.ts'
import { createPunisher } from '../../../agent/runtime/punish.ts'
import { createRoots } from '../../../agent/runtime/roots.ts'
import { createTasks } from '../../../agent/runtime/tasks.ts'
import { engineTerms } from '../../support/builders.ts'
import { fakeEngine } from '../../support/fake-chain.ts'
import * as a from '../gossip/builders.ts'

const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const CHAIN = chainId(31_338)

test('a final block is signed and sent with its header', async () => {
  const { node, published, attestHead } = attestor()
  node.mine(3)
  await attestHead()
  const [attestation, header] = published
  expect(published.map(({ kind }) => kind)).toEqual(['attestation', 'header'])
  expect(header?.payload).toMatchObject({ chain: CHAIN, number: 1n, rlp: (await node.header(1n)).rlp })
  expect(attestation?.payload).toMatchObject({ chain: CHAIN, number: 1n, attestor: signerOf(KEY).address })
})

test('a height is signed once: a reorganisation below finality costs no bond', async () => {
  const { node, published, attestHead } = attestor()
  node.mine(5)
  await attestHead()
  node.reorg(4)
  await attestHead()
  expect(published.map(({ kind }) => kind)).toEqual(['attestation', 'header'])
  node.mine(1)
  await attestHead()
  expect(numbers(published)).toEqual([3n, 4n])
})

test('a restart does not sign a height again', async () => {
  const journal = openMemoryJournal()
  const before = attestor(journal)
  before.node.mine(4)
  await before.attestHead()
  const after = attestor(journal)
  after.node.mine(4)
  await after.attestHead()
  expect([numbers(before.published), numbers(after.published)]).toEqual([[2n], []])
})

test('who attests two blocks at one height is reported to everybody and slashed once on every chain', async () => {
  const { context, published, events } = agent()
  const slashed: string[] = []
  const slasher = (chain: number): Slasher => ({
    chain: chainId(chain),
    attests: async () => true,
    slash: async ({ first }) => {
      slashed.push(`${first.attestor} on ${chain}`)
      return first.hash
    },
  })
  const punish = createPunisher(context, [slasher(1), slasher(2)])
  const { first, second } = a.twoBlocks()
  collect(context, first as Attestation)
  const evidence = collect(context, second as Attestation)
  for (let n = 0; n < 2; n++) punish(evidence as Evidence, 'peer')
  await context.tasks.settled()
  expect(published).toEqual([{ kind: 'evidence', payload: a.twoBlocks() }])
  expect(slashed).toEqual([`${a.bob.address} on 1`, `${a.bob.address} on 2`])
  expect(events.map(([event]) => event)).toEqual(['evidence:found', 'bond:slashed', 'bond:slashed'])
})

test('two prices under one sequence are told to the operator: no bond stands behind them', async () => {
  const { context, events } = agent()
  const slasher: Slasher = {
    chain: CHAIN,
    attests: async () => true,
    slash: () => Promise.reject(new Error('there is nothing to slash')),
  }
  createPunisher(context, [slasher])(a.twoPrices())
  await context.tasks.settled()
  expect(events).toEqual([['evidence:found', expect.objectContaining({ author: a.alice.address, kind: 'prices' })]])
})

type Published = { readonly kind: Kind; readonly payload: Payloads[Kind] }

/** An agent with a key and a voice. */
function agent(journal = openMemoryJournal()) {
  const published: Published[] = []
  const events: [string, unknown][] = []
  const { signal } = new AbortController()
  const clock = { now: () => instant(0), sleep: async () => undefined }
  const failed = (_: string, error: unknown): void => {
    throw error
  }
  const context = {
    ...{ journal, signal, clock, signer: signerOf(KEY), roots: createRoots(1), network: a.network() },
    tasks: createTasks({ signal, clock, retried: failed, failed }),
    gossip: { publish: async (kind: Kind, payload: Payloads[Kind]) => void published.push({ kind, payload }) },
    emit: (event: string, fields: unknown) => void events.push([event, fields]),
    vaults: new Map(),
  }
  return { context, published, events }
}

function attestor(journal = openMemoryJournal()) {
  const { context, published } = agent(journal)
  const node = fakeEngine(engineTerms())
  const seat = { chain: node, deployment: a.network().engines[0] as EngineDeployment, executor: a.bob.address }
  const seated = { ...context, engines: new Map([[CHAIN, seat]]) }
  return { node, published, attestHead: async () => attest(seated, await node.latest(), 2) }
}

const numbers = (published: readonly Published[]): readonly bigint[] =>
  published.flatMap(({ kind, payload }) => (kind === 'attestation' ? [(payload as Attestation).number] : []))

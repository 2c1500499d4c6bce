import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { check, parseSource } from '../../../config/document.ts'
import { writeExecutors } from '../../../config/edit.ts'
import { agentConfig } from '../../../config/schema.ts'
import { type Draft, draftConfig } from '../../../config/template.ts'
import { temporaryFolder } from '../../support/config-file.ts'

const draft: Draft = {
  ...{ name: 'agent', network: 'network.json', operator: 'keystore/operator.json', password: 'operator.password' },
  ...{ maxBid: '5000 USD', reserve: '1000 USD', maxInFlight: '20000 USD', maxShortfall: '4000 USD' },
  chains: [
    { id: 1, rpc: ['https://a.example', 'https://b.example', 'https://c.example'] },
    { id: 10, rpc: ['http://127.0.0.1:8545'], quorum: 1 },
  ],
  bootstrap: ['/ip4/127.0.0.1/tcp/1/p2p/12D3KooWJuyo8Lpc6bNhvU47TXwbpJLTyJZF4ACURrjwbydTRv5w'],
}

const read = (text: string) => check(parseSource('lienmesh.yaml', text), agentConfig)

test('a new config is valid, in the shadow, and says what was asked', () => {
  const config = read(draftConfig(draft))
  expect(config).toMatchObject({
    mode: 'shadow',
    keys: { kind: 'process', file: 'keystore/operator.json', password: 'operator.password' },
    chains: draft.chains,
    capital: { maxBid: 5_000n * 10n ** 18n, reserve: 1_000n * 10n ** 18n },
    p2p: { bootstrap: draft.bootstrap },
  })
  expect(read(draftConfig({ ...draft, bootstrap: [] })).p2p.bootstrap).toEqual([])
})

test('an executor is written into it once, and every comment stays', () => {
  const file = join(temporaryFolder(), 'lienmesh.yaml')
  writeFileSync(file, draftConfig(draft))
  const executor = '0x04EbF2506024541fd2D88CD3Ba2F72850561e0c7'
  const both = new Map([1, 10].map((id) => [id, executor]))
  expect([writeExecutors(file, both), writeExecutors(file, both)]).toEqual([true, false])
  const text = readFileSync(file, 'utf8')
  expect(read(text).chains.map((one) => one.executor)).toEqual([executor, executor])
  const comments = (of: string) => of.split('\n').filter((line) => line.startsWith('#'))
  expect(comments(text)).toEqual(comments(draftConfig(draft)))
})

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { gather } from '../../../agent/swarm/dump.ts'
import { wanted } from '../../../agent/swarm/logs.ts'
import { tarOf } from '../../../agent/swarm/tar.ts'
import { temporaryFolder } from '../../support/config-file.ts'

const KEY = 'a1'.repeat(32)
const TOKEN = 'Kx3vYq9Zr_7m-2LpWc8NbTd4SfGh6JkQ'
const PASSWORD = 'correct horse battery'

/** A run that was careless with its secrets. */
function careless(): string {
  const root = mkdtempSync(join(tmpdir(), 'lienmesh-dump-'))
  const files: Record<string, string | Buffer> = {
    'run.json': '{"id":"7f3a"}',
    'agents/house-1/operator.key': `0x${KEY}\n`,
    'agents/house-1/agent.yaml': 'keys: { operator: operator.key }',
    'agents/house-1/data/journal.db': Buffer.concat([Buffer.from([0, 1, 2]), Buffer.from('nothing of it')]),
    'agents/house-2/data/journal.db': Buffer.concat([Buffer.from([0]), Buffer.from(KEY, 'hex')]),
    'agents/house-2/house.password': `${PASSWORD}\n`,
    'publishers/publishers.json': `{"keys":["0x${'b2'.repeat(32)}"]}`,
    'console.json': `{"control":"${TOKEN}"}`,
    'logs/house-1.log': `{"event":"agent:failed","detail":"key 0x${KEY} and ${'b2'.repeat(32)}"}\nhash 0x${'c3'.repeat(32)}\n`,
    'logs/swarm.log': `dashboard http://127.0.0.1:1/#k=abc\ntoken ${TOKEN}\nsaid ${PASSWORD}\nhttps://me:pass@node.example/x?apikey=zzz\n`,
    'snapshots/last/house-1/journal.db': 'a copy',
  }
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  return root
}

describe('what a bug report holds of a run', () => {
  const root = careless()
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  const { files, left } = gather(root, '7f3a')
  const all = Buffer.concat(files.map(({ content }) => content))

  test('is everything but keys, passwords, tokens and what holds them', () => {
    expect(files.map(({ name }) => name)).toEqual([
      'lienmesh-7f3a/about.json',
      'lienmesh-7f3a/agents/house-1/agent.yaml',
      'lienmesh-7f3a/agents/house-1/data/journal.db',
      'lienmesh-7f3a/logs/house-1.log',
      'lienmesh-7f3a/logs/swarm.log',
      'lienmesh-7f3a/run.json',
    ])
    expect(left).toEqual([
      'agents/house-1/operator.key',
      'agents/house-2/data/journal.db',
      'agents/house-2/house.password',
      'console.json',
      'publishers/publishers.json',
    ])
  })

  test.each([
    ['a key', KEY],
    ['its bytes', Buffer.from(KEY, 'hex')],
    ["a publisher's key", 'b2'.repeat(32)],
    ['a token', TOKEN],
    ['a password', PASSWORD],
    ['a dashboard link', '#k=abc'],
    ['credentials of a node', 'me:pass'],
    ['a key of a node', 'apikey=zzz'],
  ])('nowhere %s', (_, secret) => {
    expect(all.includes(secret)).toBe(false)
  })

  test('hashes stay: a report without them helps nobody', () => {
    expect(all.includes('c3'.repeat(32))).toBe(true)
  })

  test('unpacks with the system’s tar', () => {
    const folder = temporaryFolder()
    const long = `${'a-long-folder/'.repeat(9)}file.log`
    writeFileSync(
      join(folder, 'x.tar'),
      tarOf([...files, { name: long, content: Buffer.from('deep'), at: new Date(0) }]),
    )
    const listed = execFileSync('tar', ['-tf', 'x.tar'], { cwd: folder, encoding: 'utf8' }).trim().split('\n')
    expect(listed).toEqual([...files.map(({ name }) => name), long])
    execFileSync('tar', ['-xf', 'x.tar'], { cwd: folder })
    expect(execFileSync('cat', [long], { cwd: folder, encoding: 'utf8' })).toBe('deep')
  })
})

describe('lines of a log', () => {
  const lines = [
    '{"level":"info","time":1000,"event":"bid:won","account":"0xAB"}',
    '{"level":"debug","time":2000,"event":"bid:rival"}',
    '{"level":"warn","time":3000,"event":"claim:stuck","reason":"route"}',
    'Error: a crash report',
  ]
  const kept = (filter: Parameters<typeof wanted>[0]): readonly number[] =>
    lines.flatMap((line, i) => (wanted(filter)(line) ? [i] : []))

  test('pass by text, loudness, event and age', () => {
    expect(kept({})).toEqual([0, 1, 2, 3])
    expect(kept({ grep: '0xab' })).toEqual([0])
    expect(kept({ level: 'info' })).toEqual([0, 2])
    expect(kept({ event: 'bid' })).toEqual([0, 1])
    expect(kept({ event: 'claim:stuck' })).toEqual([2])
    expect(kept({ since: 2_000 })).toEqual([1, 2])
    expect(kept({ event: 'bid', level: 'info', grep: 'won' })).toEqual([0])
  })
})

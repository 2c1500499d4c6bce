// `lienmesh signer` as an operator runs it: apart from the agent, on its own files, ended by a signal.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSigner } from '../../agent/adapters/signer/open.ts'
import { networkJson } from '../../config/network.ts'
import { lienmesh } from '../support/command-line.ts'
import { temporaryFolder } from '../support/config-file.ts'
import { root } from '../support/cruise.ts'
import { eventually } from '../support/sending.ts'
import { bid, EXECUTOR, KEY, OWNER } from '../support/signing.ts'
import { ENGINE, network } from '../unit/gossip/builders.ts'

test('it holds the key of a config, open to its group when told so, and goes when it is told to go', async () => {
  const folder = desk()
  const path = join(folder, 's.sock')
  const { child, said } = running(folder, '--socket', path, '--group')
  await eventually(said, (text) => text.includes('signs at'))
  expect(said()).toBe(`${OWNER} signs at ${path}\n`)
  expect(statSync(path).mode & 0o777).toBe(0o660)
  const source = { kind: 'socket', path } as const
  const signer = await openSigner({ source, policy: NONE, book: '', alarm: () => undefined })
  expect(await signer.signTransaction(bid({ chain: ENGINE, to: EXECUTOR }))).toMatch(/^0x02/)
  await expect(signer.signTransaction(bid({ chain: ENGINE, nonce: 1, to: OWNER, data: '0x12' }))).rejects.toMatchObject(
    {
      code: 'E_SIGNER_REFUSED',
    },
  )
  await signer.close()
  child.kill('SIGTERM')
  const [status] = await once(child, 'exit')
  expect([status, statSync(path, { throwIfNoEntry: false })]).toEqual([0, undefined])
})

test('without a key file there is nothing to hold', async () => {
  const folder = desk(`{ address: "${OWNER}" }`)
  const { status, err } = await lienmesh(['signer', '--config', 'agent.yaml'], { cwd: folder })
  expect([status, err.split(' ')[1]]).toEqual([4, 'E_SIGNER_KEY'])
})

const NONE = { chains: [], statements: [] }

/** A folder with a config, a network and a key. */
function desk(keys = '{ operator: operator.key }'): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'operator.key'), KEY, { mode: 0o600 })
  writeFileSync(join(folder, 'network.json'), networkJson(network()))
  const chains = `chains:\n  - { id: ${ENGINE}, rpc: [http://127.0.0.1:1], executor: "${EXECUTOR}" }\n`
  writeFileSync(join(folder, 'agent.yaml'), `network: network.json\nkeys: ${keys}\n${chains}`)
  return folder
}

function running(cwd: string, ...words: string[]): { readonly child: ChildProcess; readonly said: () => string } {
  const launcher = join(root, 'bin', 'lienmesh.js')
  const child = spawn(process.execPath, [launcher, 'signer', '--config', 'agent.yaml', ...words], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGTERM')) await once(child, 'exit')
  })
  return { child, said: () => text }
}

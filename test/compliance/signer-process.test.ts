// The signer as a process: the agent never has the key, and no kill makes it give a nonce a second meaning.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test, vi } from 'vitest'
import { COST, sealKey } from '../../agent/adapters/signer/keystore.ts'
import { signerOf } from '../../agent/adapters/signer/local-signer.ts'
import { openSigner } from '../../agent/adapters/signer/open.ts'
import { CREDENTIAL } from '../../agent/adapters/signer/password.ts'
import { startSigner } from '../../agent/adapters/signer/start-signer.ts'
import { temporaryFolder } from '../support/config-file.ts'
import { eventually } from '../support/sending.ts'
import { bid, CHAIN, KEY, OWNER, policy, signerProcess } from '../support/signing.ts'

const attestation = { kind: 'attestation', chain: CHAIN, number: 7n, hash: `0x${'22'.repeat(32)}` } as const

test('it signs as the key itself would, what its policy allows', async () => {
  const { signer } = await signerProcess()
  const reference = signerOf(KEY)
  expect(signer.address).toBe(OWNER)
  expect(await signer.signTransaction(bid())).toBe(await reference.signTransaction(bid()))
  expect(await signer.signStatement(attestation)).toBe(await reference.signStatement(attestation))
})

test('what is outside the policy is refused for good, and the next order is signed', async () => {
  const { signer } = await signerProcess()
  await expect(signer.signTransaction(bid({ value: 1n }))).rejects.toMatchObject({
    code: 'E_SIGNER_REFUSED',
    remedy: 'halt',
    exit: 7,
    message: 'The signer refused a transaction on chain 31337: it carries 1 wei, expected none.',
  })
  const offered = { kind: 'status', network: '0xaabbccdd', fields: '0x' } as const
  await expect(signer.signStatement(offered)).rejects.toMatchObject({ code: 'E_SIGNER_REFUSED' })
  expect(await signer.signTransaction(bid())).toMatch(/^0x02/)
})

test('a nonce keeps its meaning over a kill of the signer, and is only ever cancelled', async () => {
  const { signer, folder } = await signerProcess()
  const first = await signer.signTransaction(bid())
  const pid = await signerPid(folder)
  process.kill(pid, 'SIGKILL')
  await eventually(signer.unable, (why) => why !== undefined)
  await eventually(signer.unable, (why) => why === undefined)
  expect(await signer.signTransaction(bid())).toBe(first)
  const other = bid({ gas: 1_999_999n, maxFee: 999n, tip: 99n })
  await expect(signer.signTransaction(other)).rejects.toMatchObject({
    code: 'E_SIGNER_NONCE',
    remedy: 'retry',
    context: { verdict: 'other-meaning', maxFee: 100n, tip: 10n },
  })
  await expect(signer.signTransaction(bid({ maxFee: 50n }))).rejects.toMatchObject({
    context: { verdict: 'fees-too-low' },
  })
  const cancel = bid({ to: OWNER, data: '0x', gas: 21_000n, maxFee: 113n, tip: 12n })
  expect(await signer.signTransaction(cancel)).toMatch(/^0x02/)
  await expect(signer.signTransaction(bid({ maxFee: 999n, tip: 99n }))).rejects.toMatchObject({
    context: { verdict: 'other-meaning' },
  })
})

test('while it is gone everything is refused with one code, said once, and it comes back by itself', async () => {
  const { signer, folder, alarms } = await signerProcess()
  process.kill(await signerPid(folder), 'SIGKILL')
  await eventually(signer.unable, (why) => why !== undefined)
  await expect(signer.signTransaction(bid())).rejects.toMatchObject({ code: 'E_SIGNER_DOWN', remedy: 'retry' })
  await expect(signer.signStatement(attestation)).rejects.toMatchObject({ code: 'E_SIGNER_DOWN' })
  await eventually(signer.unable, (why) => why === undefined)
  expect(alarms).toEqual(['E_SIGNER_DOWN', 'W_SIGNER_BACK'])
  expect(await signer.signTransaction(bid())).toMatch(/^0x02/)
})

test('a signer that hangs is given up, not waited for', async () => {
  const { signer, folder } = await signerProcess()
  process.kill(await signerPid(folder), 'SIGSTOP')
  const asked = performance.now()
  await expect(signer.signTransaction(bid())).rejects.toMatchObject({ code: 'E_SIGNER_DOWN' })
  expect(performance.now() - asked).toBeLessThan(4_000)
  process.kill(await signerPid(folder), 'SIGKILL')
})

test('a second signer of the same book is refused at its start', async () => {
  const { folder } = await signerProcess()
  await expect(signerProcess(folder)).rejects.toMatchObject({ code: 'E_SIGNER_BOOK', exit: 4 })
})

test('a book of another key is refused', async () => {
  const { folder, signer } = await signerProcess()
  await signer.close()
  const file = join(folder, 'other.key')
  writeFileSync(file, `0x${'11'.repeat(32)}`, { mode: 0o600 })
  const opening = { source: { kind: 'process', file } as const, policy, book: join(folder, 'signer.db') }
  await expect(openSigner({ ...opening, alarm: () => undefined })).rejects.toMatchObject({
    code: 'E_SIGNER_BOOK',
    message: expect.stringContaining(`belongs to ${OWNER.toLowerCase()}`),
  })
})

test('a keystore opens with the credential that the service manager gave, and with nothing typed', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'operator.json')
  writeFileSync(file, await sealKey(KEY, 'from systemd', COST.light), { mode: 0o600 })
  writeFileSync(join(folder, CREDENTIAL), 'from systemd\n', { mode: 0o440 })
  vi.stubEnv('CREDENTIALS_DIRECTORY', folder)
  onTestFinished(() => void vi.unstubAllEnvs())
  const opening = { source: { kind: 'process', file } as const, policy, book: join(folder, 'signer.db') }
  const signer = await openSigner({ ...opening, alarm: () => undefined })
  expect(signer.address).toBe(OWNER)
  await signer.close()
})

test('a key file that others can read starts no signer', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'open.key')
  writeFileSync(file, KEY, { mode: 0o644 })
  const opening = { source: { kind: 'process', file } as const, policy, book: join(folder, 'signer.db') }
  await expect(openSigner({ ...opening, alarm: () => undefined })).rejects.toMatchObject({
    code: 'E_KEY_PERMS',
    exit: 4,
    fix: `chmod 600 ${file}`,
  })
})

test('behind a socket it answers its owner alone, and several of them in turn', async () => {
  const { path, child } = await listening()
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const alarms: string[] = []
  const open = () => openSigner({ ...BEHIND(path), alarm: (code) => void alarms.push(code) })
  const [one, two] = await Promise.all([open(), open()])
  onTestFinished(() => Promise.all([one.close(), two.close()]).then(() => undefined))
  expect([one.address, two.address]).toEqual([OWNER, OWNER])
  await one.signTransaction(bid())
  await expect(two.signTransaction(bid({ gas: 1n, maxFee: 999n, tip: 99n }))).rejects.toMatchObject({
    code: 'E_SIGNER_NONCE',
  })
  child.kill('SIGKILL')
  await eventually(one.unable, (why) => why !== undefined)
  expect(alarms).toContain('E_SIGNER_DOWN')
  await expect(open()).rejects.toMatchObject({ code: 'E_SIGNER_DOWN', exit: 1 })
})

test('a digest without a meaning is never signed, and nonsense ends nobody', async () => {
  const { path } = await listening()
  const line = connect(path)
  onTestFinished(() => void line.destroy())
  const answers: unknown[] = []
  createInterface({ input: line }).on('line', (text) => answers.push(JSON.parse(text)))
  line.write(`${JSON.stringify({ id: 1, ask: 'sign', digest: `0x${'33'.repeat(32)}` })}\nrubbish\n`)
  await eventually(
    () => answers.length,
    (count) => count === 3,
  )
  const refused = { refused: expect.objectContaining({ code: 'E_SIGNER_REFUSED' }) }
  expect(answers).toEqual([{ address: OWNER }, refused, refused])
})

const BEHIND = (path: string) => ({ source: { kind: 'socket', path } as const, policy, book: '' })

/** A signer on a socket of its own. */
async function listening() {
  const folder = temporaryFolder()
  const [file, path] = [join(folder, 'operator.key'), join(folder, 's.sock')]
  writeFileSync(file, KEY, { mode: 0o600 })
  const child = startSigner({ key: file, book: join(folder, 'signer.db'), policy, socket: { path, shared: false } })
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit')
  })
  await eventually(
    () => statSync(path, { throwIfNoEntry: false })?.mode ?? 0,
    (mode) => (mode & 0o777) === 0o600,
  )
  return { path, child, folder }
}

/** The process that holds a folder's book. */
async function signerPid(folder: string): Promise<number> {
  const found = spawn('pgrep', ['-f', join(folder, 'signer.db')])
  let text = ''
  found.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  await once(found, 'close')
  return Number(text.trim().split('\n')[0])
}

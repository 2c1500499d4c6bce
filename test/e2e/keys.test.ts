// Keys as an operator handles them: made, listed, moved, and never seen.
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lienmesh } from '../support/command-line.ts'
import { temporaryFolder } from '../support/config-file.ts'

const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const OWNER = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'

function desk() {
  const cwd = temporaryFolder()
  const secret = (name: string, text: string): string => {
    writeFileSync(join(cwd, name), `${text}\n`, { mode: 0o600 })
    return name
  }
  return { cwd, secret, run: (...words: string[]) => lienmesh(words, { cwd }) }
}

test('a key is made, listed, exported and given another password, and no output shows it', async () => {
  const { cwd, secret, run } = desk()
  const [first, second] = [secret('first', 'a long password'), secret('second', 'another one')]
  const bare = secret('bare', KEY)
  const made = await run('keys', 'import', 'operator', '--from', bare, '--password', first, '--light')
  expect([made.status, made.out]).toEqual([0, `✔ ${OWNER}  keystore/operator.json\n`])
  expect(statSync(join(cwd, 'keystore', 'operator.json')).mode & 0o777).toBe(0o600)
  const listed = await run('keys', 'list')
  expect(listed.out).toBe(`${OWNER.toLowerCase()}  operator\n`)
  const changed = await run('keys', 'passwd', 'operator', '--password', first, '--new', second, '--light')
  expect([changed.status, changed.out]).toEqual([0, '✔ keystore/operator.json has a new password\n'])
  const old = await run('keys', 'export', 'operator', '--password', first, '--out', 'out.key')
  expect([old.status, old.err]).toEqual([
    4,
    '✖ E_KEY_PASSWORD The password does not open keystore/operator.json.\n  fix: Give the password this key was made with.\n',
  ])
  const exported = await run('keys', 'export', 'operator', '--password', second, '--out', 'out.key')
  expect(exported.status).toBe(0)
  expect(readFileSync(join(cwd, 'out.key'), 'utf8')).toBe(`${KEY}\n`)
  for (const { out, err } of [made, listed, changed, old, exported])
    expect(`${out}${err}`).not.toContain(KEY.slice(2, 20))
})

test('a name that is taken, a password that others can read, and none at all: one message each', async () => {
  const { cwd, secret, run } = desk()
  const password = secret('password', 'a long password')
  expect((await run('keys', 'new', 'operator', '--password', password, '--light')).status).toBe(0)
  const taken = await run('keys', 'new', 'operator', '--password', password, '--light')
  expect([taken.status, taken.err.split(' ')[1]]).toEqual([4, 'E_KEY_EXISTS'])
  const none = await run('keys', 'new', 'second')
  expect([none.status, none.err.split(' ')[1]]).toEqual([4, 'E_KEY_PASSWORD'])
  chmodSync(join(cwd, password), 0o640)
  const open = await run('keys', 'new', 'second', '--password', password)
  expect([open.status, open.err]).toEqual([
    4,
    '✖ E_KEY_PERMS The password file password has mode 0640, expected 0600.\n  fix: chmod 600 password\n',
  ])
  expect(readdirSync(join(cwd, 'keystore'))).toEqual(['operator.json'])
})

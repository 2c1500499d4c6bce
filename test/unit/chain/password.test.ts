import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CREDENTIAL, passwordFrom } from '../../../agent/adapters/signer/password.ts'
import { temporaryFolder } from '../../support/config-file.ts'

/** A directory as the service manager makes it. */
function credentials(mode: number, text = 'opened by systemd\n'): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, CREDENTIAL), text)
  chmodSync(join(folder, CREDENTIAL), mode)
  return folder
}

describe("a password from the service manager's directory of credentials", () => {
  test.each([
    ['0400', 0o400],
    ['0440', 0o440],
    ['0600', 0o600],
  ] as const)('is read where its mode is %s: only this service gets there', async (_, mode) => {
    const password = passwordFrom(undefined, { CREDENTIALS_DIRECTORY: credentials(mode) })
    expect(await password()).toBe('opened by systemd')
  })

  test.each([
    ['0444', 0o444],
    ['0460', 0o460],
    ['0604', 0o604],
  ] as const)('is refused where its mode is %s', async (shown, mode) => {
    const folder = credentials(mode)
    await expect(passwordFrom(undefined, { CREDENTIALS_DIRECTORY: folder })()).rejects.toMatchObject({
      ...{ code: 'E_KEY_PERMS', exit: 4 },
      message: expect.stringContaining(`The credential ${join(folder, CREDENTIAL)} has mode ${shown}`),
    })
  })

  test.each(['', 'two\nlines\n'])('of %j is no password', async (text) => {
    const password = passwordFrom(undefined, { CREDENTIALS_DIRECTORY: credentials(0o400, text) })
    await expect(password()).rejects.toMatchObject({ code: 'E_KEY_PASSWORD' })
  })

  test('gives way to a file that was named, which nobody else may read', async () => {
    const [env, file] = [{ CREDENTIALS_DIRECTORY: credentials(0o400) }, join(temporaryFolder(), 'password')]
    writeFileSync(file, 'named\n', { mode: 0o600 })
    expect(await passwordFrom(file, env)()).toBe('named')
    const open = join(temporaryFolder(), 'password')
    writeFileSync(open, 'named\n', { mode: 0o640 })
    await expect(passwordFrom(open, env)()).rejects.toMatchObject({ code: 'E_KEY_PERMS', fix: `chmod 600 ${open}` })
  })

  test('that holds none of ours leaves us without one, where nobody can be asked', async () => {
    const password = passwordFrom(undefined, { CREDENTIALS_DIRECTORY: temporaryFolder() })
    await expect(password()).rejects.toMatchObject({ code: 'E_KEY_PASSWORD', message: expect.stringContaining('none') })
  })
})

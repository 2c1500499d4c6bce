// Passwords: from a file of mode 0600, from standard input, from the service manager, or typed. Never an argument.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { configError } from '../../domain/errors.ts'
import type { Password } from './key-file.ts'
import { readPrivate } from './private-file.ts'

/** Name of the credential that systemd's LoadCredential= puts into $CREDENTIALS_DIRECTORY. */
export const CREDENTIAL = 'lienmesh-password'

/** `file` as somebody named it: a path, `-` for standard input, or nothing; then a credential, then the terminal. */
export function passwordFrom(file: string | undefined, env: Readonly<Record<string, string | undefined>>): Password {
  return async () => {
    if (file === '-') return oneLine(await readAll(process.stdin), 'standard input')
    if (file !== undefined) return oneLine(await readPrivate({ path: file, what: 'password file' }), file)
    const folder = env['CREDENTIALS_DIRECTORY']
    const credential = folder === undefined ? undefined : join(folder, CREDENTIAL)
    if (credential !== undefined && existsSync(credential))
      return oneLine(await readPrivate({ path: credential, what: 'credential' }), credential)
    if (process.stdin.isTTY) return typed('Password: ')
    throw configError(
      'E_KEY_PASSWORD',
      'The key is under a password, and none was given.',
      'Name a password file (mode 0600), or - for standard input.',
    )
  }
}

/** A new password, typed twice where it is typed. */
export async function newPassword(password: Password, asked: boolean): Promise<string> {
  const first = await password()
  if (!asked || first === (await typed('Once more: '))) return first
  throw configError('E_KEY_PASSWORD', 'The two passwords differ.', 'Type the same password twice.')
}

/** The first line; a file with more of them, or none, is not a password file. */
function oneLine(text: string, where: string): string {
  const line = text.replace(/\r?\n$/, '')
  if (line !== '' && line.length <= MOST && !/[\r\n]/.test(line)) return line
  const found = line === '' ? 'nothing' : line.length > MOST ? `${line.length} characters` : 'several lines'
  throw configError('E_KEY_PASSWORD', `Expected one line with a password in ${where}, found ${found}.`, 'Correct it.')
}

const MOST = 1_024

/** Asks on the terminal without showing what is typed. */
async function typed(question: string): Promise<string> {
  process.stderr.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  try {
    return oneLine(await lines.question(''), 'the terminal')
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}

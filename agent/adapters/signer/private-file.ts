// Files with secrets: read only when nobody else can, written so that nobody else can.
import { open } from 'node:fs/promises'
import { configError } from '../../domain/errors.ts'

/**
 * The text of a file of mode 0600, and what to call it in messages. A credential lies in a directory that the service
 * manager opens to this service alone; systemd gives it to a service's user by an access list, which shows as mode 0440.
 */
export type Secret = {
  readonly path: string
  readonly what: 'key file' | 'password file' | 'token file' | 'credential'
}

/** Reads a secret: E_KEY_FILE when it cannot be read, E_KEY_PERMS when others can read it too. */
export async function readPrivate({ path, what }: Secret): Promise<string> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw configError('E_KEY_FILE', `The ${what} ${path} cannot be read.`, 'Correct the path or its owner.', error)
  })
  try {
    const mode = (await file.stat()).mode & 0o777
    const others = what === 'credential' ? 0o037 : 0o077
    if (process.platform !== 'win32' && (mode & others) !== 0) throw tooOpen({ path, what }, mode)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Writes a new file of mode 0600, whole or not at all: E_KEY_EXISTS rather than replace one. */
export async function writePrivate(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw configError('E_KEY_EXISTS', `${path} exists already.`, 'Choose another name, or move the old file away.')
    throw configError('E_KEY_FILE', `${path} cannot be written.`, 'Correct the path or its owner.', error)
  })
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

const tooOpen = ({ path, what }: Secret, mode: number) =>
  configError('E_KEY_PERMS', `The ${what} ${path} has mode 0${mode.toString(8)}, expected 0600.`, `chmod 600 ${path}`)

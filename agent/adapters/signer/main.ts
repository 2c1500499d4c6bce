// A signer as a process of its own: the only one that ever holds the key. Its one argument says which, for what, and
// where it is asked: by its parent, or on a socket. It loads three packages, and speaks to nobody else.
import { chmodSync, rmSync } from 'node:fs'
import { createServer, Socket } from 'node:net'
import { LienmeshError } from '../../domain/errors.ts'
import type { Signer } from '../../ports/signer.ts'
import { guarded } from './guarded.ts'
import { openKeyFile } from './key-file.ts'
import { fromLine, refusedBy, toLine } from './line.ts'
import { openNonceBook } from './nonce-book.ts'
import { passwordFrom } from './password.ts'
import { PARENT, type SignerTerms } from './process-terms.ts'
import { serve } from './serve.ts'

async function run(terms: SignerTerms): Promise<void> {
  const { socket } = terms
  if (socket === undefined) return atParent(terms)
  const signer = await opened(terms)
  await listen(socket, signer)
  process.stdout.write(`${signer.address} signs at ${socket.path}\n`)
}

/** One line only, and it is the parent's: when the parent is gone, so are we. */
async function atParent(terms: SignerTerms): Promise<void> {
  const line = new Socket({ fd: PARENT })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  try {
    await serve(line, await opened(terms))
  } catch (error) {
    line.end(toLine({ refused: refusedBy(error) }))
    await new Promise((gone) => line.once('close', gone))
  }
  process.exit(0)
}

async function opened({ key, password, book, policy }: SignerTerms): Promise<Signer> {
  const signer = await openKeyFile(key, passwordFrom(password, process.env))
  return guarded(signer, policy, openNonceBook(book, signer.address))
}

/** The book's lock says that no other signer of this key lives here: a socket that is left over is nobody's. */
async function listen({ path, shared }: { path: string; shared: boolean }, signer: Signer): Promise<void> {
  rmSync(path, { force: true })
  const server = createServer((line) => void serve(line, signer).catch(() => line.destroy()))
  const before = process.umask(shared ? 0o117 : 0o177)
  await new Promise<void>((started, refused) => server.once('error', refused).listen(path, started))
  process.umask(before)
  chmodSync(path, shared ? 0o660 : 0o600)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      rmSync(path, { force: true })
      process.exit(0)
    })
}

try {
  // Written by our own launcher.
  await run(fromLine(process.argv[2] ?? '') as SignerTerms)
} catch (error) {
  if (!(error instanceof LienmeshError)) throw error
  process.stderr.write(`✖ ${error.code} ${error.message}\n  fix: ${error.fix}\n`)
  process.exit(error.exit)
}

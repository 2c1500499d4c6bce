// Wherever the key is, one way to it: in a process of our own, in this one, behind a socket, with somebody else, nowhere.
import { Duplex } from 'node:stream'
import type { KeySource } from '../../domain/key-source.ts'
import type { Signer } from '../../ports/signer.ts'
import { connected, namedAt } from './address.ts'
import { guarded } from './guarded.ts'
import { openKeyFile } from './key-file.ts'
import { type LineOptions, openLineSigner } from './line-signer.ts'
import { openNonceBook } from './nonce-book.ts'
import { passwordFrom } from './password.ts'
import type { Policy } from './policy.ts'
import { PARENT } from './process-terms.ts'
import { openRemoteSigner } from './remote-signer.ts'
import { startSigner } from './start-signer.ts'
import { watchOnly } from './watch-only.ts'

/** What opening a signer takes. */
export type SignerOpening = {
  readonly source: KeySource
  /** What it may sign; a signer behind a socket has a policy of its own. */
  readonly policy: Policy
  /** File of the book of nonces. */
  readonly book: string
  readonly alarm: LineOptions['alarm']
}

/** Opens the signer of a source. Rejects with what an operator must change. */
export async function openSigner({ source, policy, book, alarm }: SignerOpening): Promise<Signer> {
  switch (source.kind) {
    case 'inline':
      return openKeyFile(source.file, passwordFrom(source.password, process.env))
    case 'process': {
      const { file, password } = source
      const terms = { key: file, ...(password === undefined ? {} : { password }), book, policy }
      const open = async () => lineTo(startSigner(terms).stdio[PARENT])
      return openLineSigner({ open, name: 'signer process', reopens: isLasting(password), alarm })
    }
    case 'socket': {
      const { path } = source
      return openLineSigner({ open: () => connected(path), ...namedAt(path), alarm })
    }
    case 'remote':
      return guarded(await openRemoteSigner(source), policy, openNonceBook(book, source.address))
    case 'watch':
      return watchOnly(source.address)
  }
}

/** Whether a password can be read again: one that was typed or piped cannot. */
const isLasting = (password: string | undefined): boolean =>
  password === undefined ? !process.stdin.isTTY : password !== '-'

function lineTo(end: unknown): Duplex {
  if (end instanceof Duplex) return end
  throw new TypeError('the signer process has no line')
}

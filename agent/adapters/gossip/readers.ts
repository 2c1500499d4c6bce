// Whoever reads what verified: each judges for itself, and is handed what it accepts.
import type { Kind, Verdict, Verified } from '../../domain/message.ts'
import { createMailbox, type Mailbox } from './mailbox.ts'

export type Judge = (message: Verified) => Verdict

/** The readers of a node. They may be on another thread: then a verdict takes a moment. */
export type Readers = {
  readonly hear: (message: Verified) => Verdict | Promise<Verdict>
  /** Resolves when somebody reads. */
  readonly read: Promise<void>
  /** Messages from now on that `judge` accepts. */
  readonly messages: (judge: Judge, signal: AbortSignal) => AsyncIterable<Verified>
  readonly close: () => void
}

/** Readers of this thread: their verdict is there at once. */
export type ReadersHere = Omit<Readers, 'hear'> & { readonly hear: (message: Verified) => Verdict }

/** Readers of this thread; nobody reads yet. `dropped` is told of what a reader was too slow for. */
export function createReaders(dropped: (kind: Kind) => void): ReadersHere {
  const readers = new Set<Reader>()
  const reading = Promise.withResolvers<void>()
  return {
    hear: (message) => judged(message, readers),
    read: reading.promise,
    messages(judge, signal) {
      const mailbox = createMailbox(dropped)
      seat(readers, { judge, mailbox }, signal)
      reading.resolve()
      return mailbox.read()
    },
    close() {
      for (const { mailbox } of readers) mailbox.close()
      readers.clear()
    },
  }
}

type Reader = { readonly judge: Judge; readonly mailbox: Mailbox }

/** A reader stays until its signal fires. */
function seat(readers: Set<Reader>, reader: Reader, signal: AbortSignal): void {
  const leave = (): void => {
    readers.delete(reader)
    reader.mailbox.close()
  }
  if (signal.aborted) leave()
  else readers.add(reader)
  signal.addEventListener('abort', leave, { once: true })
}

/** Every reader takes what it accepts. One rejection condemns; without readers a verified message is passed on. */
function judged(message: Verified, readers: ReadonlySet<Reader>): Verdict {
  const verdicts = [...readers].map(({ judge, mailbox }) => {
    const verdict = judge(message)
    if (verdict.kind === 'accept') mailbox.put(message)
    return verdict
  })
  const rejected = verdicts.find(({ kind }) => kind === 'reject')
  return rejected ?? verdicts.find(({ kind }) => kind === 'accept') ?? verdicts[0] ?? { kind: 'accept' }
}

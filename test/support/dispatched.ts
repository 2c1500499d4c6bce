// The program's words on a mistake, without a process of its own: what it would print, and how it would end.
import { dispatch } from '../../agent/cli/dispatch.ts'
import { report } from '../../agent/cli/report.ts'

/** What was said on standard error, and the exit status. */
export type Said = { readonly status: number; readonly err: string }

/** Runs `lienmesh` with some words that it refuses. */
export const refused = (words: readonly string[]): Promise<Said> =>
  told(() => dispatch(words, new AbortController().signal))

/** What the program would print about an error of this work. */
export async function told(work: () => unknown): Promise<Said> {
  try {
    await work()
  } catch (error) {
    return printed(error)
  }
  throw new Error('expected a refusal, and it was taken')
}

function printed(error: unknown): Said {
  const write = process.stderr.write.bind(process.stderr)
  let err = ''
  process.stderr.write = (text: string | Uint8Array) => {
    err += String(text)
    return true
  }
  try {
    return { status: report(error, []), err }
  } finally {
    process.stderr.write = write
  }
}

// Every error code an operator can meet. A test compares this table with the sources.
import { EXIT, type ExitStatus } from '../domain/errors.ts'

type Entry = { readonly exit: ExitStatus; readonly meaning: string }

export const codes: Readonly<Record<string, Entry>> = {
  E_CONFIG: { exit: EXIT.config, meaning: 'A file breaks its schema; each line names the place.' },
}

// A transaction as the journal keeps it: signed, the first of its sender.
import { chainId } from '../../agent/domain/units.ts'
import type { JournaledTx } from '../../agent/ports/journal.ts'

/** Whose transactions they are. */
export const SENDER = '0x00000000000000000000000000000000000000ff'

/** The usual one, with changes. */
export const journaledTx = (changes: Partial<JournaledTx> = {}): JournaledTx => ({
  chain: chainId(1),
  from: SENDER,
  nonce: 0,
  intent: undefined,
  leg: 'bid',
  raw: '0xaa',
  hash: '0x01',
  state: 'signed',
  ...changes,
})

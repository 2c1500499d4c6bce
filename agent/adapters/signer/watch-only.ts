// An address without its key: everything can be looked at in its name, and nothing signed.
import type { Address } from 'viem'
import { configError } from '../../domain/errors.ts'
import type { Signer } from '../../ports/signer.ts'

/** A signer that refuses everything, and says why. */
export function watchOnly(address: Address, why = 'this agent only watches: it has an address and no key'): Signer {
  const refuse = async (): Promise<never> => {
    throw configError('E_WATCH_ONLY', `Nothing was signed for ${address}: ${why}.`, 'Name a key in keys, and run live.')
  }
  return { address, unable: () => why, signTransaction: refuse, signStatement: refuse, close: async () => undefined }
}

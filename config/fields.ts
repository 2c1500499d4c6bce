// Fields that more than one schema uses, and that need no unit.
import type { Address } from 'viem'
import { z } from 'zod'
import { type ChainId, chainId } from '../agent/domain/units.ts'

/** A 20-byte address in hex. */
export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'expected an address: 0x and 40 hex digits')
  .transform((text) => text as Address)

/** An EIP-155 chain id. */
export const chain = z
  .int()
  .positive()
  .transform((id): ChainId => chainId(id))

/** A whole number that may be larger than 2^53: a JSON number or a decimal string. */
export const bigNumber = z
  .union([z.int().nonnegative(), z.string().regex(/^\d+$/, 'expected a whole number')])
  .transform((raw) => BigInt(raw))

/** A short name: letters, digits and dashes. */
export const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected a name of small letters, digits and dashes')

/** An HTTP endpoint. */
export const endpoint = z.url({ protocol: /^https?$/, error: 'expected an http or https URL' })

// The one place where a config says that the operator key is.
import type { Address } from 'viem'
import type { Dialect, KeySource } from '../agent/domain/key-source.ts'

type Written = {
  readonly operator?: string | undefined
  readonly password?: string | undefined
  readonly signer: 'process' | 'inline'
  readonly socket?: string | undefined
  readonly remote?: string | undefined
  readonly dialect: Dialect
  readonly address?: Address | undefined
}

/** The one place that a config names, or what is wrong with it. */
export function keySource(written: Written): KeySource | string {
  const { operator, password, signer, socket, remote, dialect, address } = written
  const named = Object.entries({ operator, socket, remote }).flatMap(([key, value]) =>
    value === undefined ? [] : [key],
  )
  if (named.length > 1) return `names ${named.join(' and ')}: a key is in one place, keep one of them`
  if (operator !== undefined && address !== undefined)
    return 'names operator and address: a key file says its own address, remove address'
  if (password !== undefined && operator === undefined) return 'has a password and no operator: name the key file'
  if (operator !== undefined) return { kind: signer, file: operator, ...(password === undefined ? {} : { password }) }
  if (socket !== undefined) return { kind: 'socket', path: socket }
  if (address === undefined)
    return remote === undefined
      ? 'names no key: expected operator, socket, remote, or address alone to watch'
      : 'names a remote signer and no address: say which of its keys'
  return remote === undefined ? { kind: 'watch', address } : { kind: 'remote', url: remote, address, dialect }
}

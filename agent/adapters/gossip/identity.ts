// The transport key of an agent: made on the first start, kept in a private file, used by one process at a time.
import { hash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { configError } from '../../domain/errors.ts'

/** Protobuf bytes of a libp2p key, and what gives it back when the agent ends. */
export type Identity = { readonly key: Uint8Array; readonly release: () => Promise<void> }

/** A fresh identity, to be kept in a file of mode 600. It is never the key that holds funds. */
export async function newIdentity(): Promise<Uint8Array> {
  return privateKeyToProtobuf(await generateKeyPair('Ed25519'))
}

/** The peer id that others know an identity by. */
export const peerIdOf = (identity: Uint8Array): string => privateKeyFromProtobuf(identity).publicKey.toString()

/** The key of a file, which is made if there is none. E_IDENTITY_TWICE when a process that lives holds it already. */
export async function openIdentity(path: string): Promise<Identity> {
  mkdirSync(dirname(path), { recursive: true })
  if (!existsSync(path)) writeFileSync(path, await newIdentity(), { mode: 0o600 })
  const lock = lockOf(realpathSync(path))
  const server = await holding(lock, path)
  const release = (): Promise<void> => new Promise((done) => server.close(() => done()))
  return { key: readFileSync(path), release }
}

/** A socket and not a file: it dies with its process, whatever that died of. */
const lockOf = (path: string): string => {
  const name = `lienmesh-identity-${hash('sha256', path).slice(0, 16)}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`)
}

async function holding(lock: string, path: string): Promise<Server> {
  if (await answers(lock))
    throw configError(
      'E_IDENTITY_TWICE',
      `another process uses the transport key ${path}: two peers with one name cut each other off`,
      'Give every agent a p2p.identity of its own, or stop the other process.',
    )
  if (process.platform !== 'win32') rmSync(lock, { force: true })
  const server = createServer((socket) => socket.end())
  await new Promise<void>((held, refused) => server.once('error', refused).listen(lock, held))
  server.unref()
  return server
}

const answers = (lock: string): Promise<boolean> =>
  new Promise((known) => {
    const socket = connect(lock)
    socket.once('connect', () => known(true)).once('error', () => known(false))
    socket.once('close', () => socket.destroy()).unref()
  })

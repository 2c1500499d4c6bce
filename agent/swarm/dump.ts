// lienmesh swarm dump: everything a bug report needs of a run, and nothing that anybody must not see.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { EXIT, type ExitStatus } from '../domain/errors.ts'
import { packageVersion } from '../suite/artefact.ts'
import { listRuns } from './run-directory.ts'
import { type TarFile, tarOf } from './tar.ts'

/** What the command line asks for. */
export type DumpOptions = {
  readonly runDir?: string | undefined
  readonly out?: string | undefined
  readonly json: boolean
}

/** Writes one archive of the newest run. 3 when there is none. */
export async function swarmDump({ runDir, out, json }: DumpOptions): Promise<ExitStatus> {
  const [newest] = listRuns(resolve(runDir ?? '.'))
  if (newest === undefined) {
    process.stdout.write(json ? `${JSON.stringify({ type: 'dump', running: false })}\n` : 'no swarm ran here\n')
    return EXIT.notRunning
  }
  const file = resolve(out ?? `lienmesh-${newest.id}.tar.gz`)
  const { files, left } = gather(newest.path, newest.id)
  writeFileSync(file, gzipSync(tarOf(files)), { mode: 0o600 })
  const bytes = statSync(file).size
  const words = `${file} · ${files.length} files, ${Math.ceil(bytes / 1_000)} KB · left out: ${left.length === 0 ? 'nothing' : left.join(', ')}`
  process.stdout.write(
    `${json ? JSON.stringify({ type: 'dump', file, bytes, files: files.map(({ name }) => name), left }) : words}\n`,
  )
  return EXIT.ok
}

/** The files of a run, secrets hidden; those that are nothing but secrets are left out by name. */
export function gather(
  path: string,
  id: string,
): { readonly files: readonly TarFile[]; readonly left: readonly string[] } {
  const names = below(path)
  const secrets = secretsIn(names.map((name) => join(path, name)))
  const [files, left]: [TarFile[], string[]] = [[], []]
  for (const name of names) {
    const place = join(path, name)
    const content = isSecret(name) ? undefined : cleaned(readFileSync(place), secrets)
    if (content === undefined) left.push(name)
    else files.push({ name: `lienmesh-${id}/${name}`, content, at: statSync(place).mtime })
  }
  const about = { run: id, version: packageVersion(), node: process.versions.node, platform: process.platform, left }
  const manifest = Buffer.from(`${JSON.stringify(about, null, 2)}\n`)
  return { files: [{ name: `lienmesh-${id}/about.json`, content: manifest, at: new Date() }, ...files], left }
}

/** Every regular file below a folder; snapshots are copies of what is there anyway. */
function below(root: string): readonly string[] {
  const all = readdirSync(root, { recursive: true, withFileTypes: true })
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith('snapshots'))
    .sort()
}

/** Files that hold secrets and little else. */
const isSecret = (name: string): boolean =>
  /\.key$|password|keystore/i.test(name) || ['console.json', 'publishers.json'].includes(basename(name))

/** Every secret that those files hold: keys, tokens, passwords, each as it is written. */
function secretsIn(places: readonly string[]): readonly string[] {
  const found = places.filter(isSecret).flatMap((place) => {
    const text = readFileSync(place, 'utf8')
    if (basename(place) === 'console.json') return [...text.matchAll(/[A-Za-z0-9_-]{24,}/g)].map(([token]) => token)
    const keys = [...text.matchAll(/\b(?:0x)?([0-9a-fA-F]{64})\b/g)].map(([, key = '']) => key)
    return basename(place).includes('password') ? [...keys, text.trim()] : keys
  })
  return [...new Set(found)].filter((one) => one.length >= 8)
}

/** A file without secrets; undefined when it is no text and holds one. */
function cleaned(content: Buffer, secrets: readonly string[]): Buffer | undefined {
  const held = secrets.filter(
    (secret) => content.includes(secret) || (isHex(secret) && content.includes(Buffer.from(secret, 'hex'))),
  )
  if (content.includes(0)) return held.length === 0 ? content : undefined
  const text = held.reduce((left, secret) => left.replaceAll(secret, HIDDEN), content.toString('utf8'))
  return Buffer.from(
    text
      .replaceAll(/(#k=|[?&](?:api-?key|key|token)=)[^\s"'&]+/gi, `$1${HIDDEN}`)
      .replaceAll(/:\/\/[^\s/"'@]+@/g, `://${HIDDEN}@`),
  )
}

const HIDDEN = '[hidden]'
const isHex = (secret: string): boolean => /^[0-9a-fA-F]{64}$/.test(secret)

// The page: a few files that were built before, held in memory once somebody asks. Nothing else is ever read.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/** One file of the page, as it is sent. */
export type PageFile = { readonly type: string; readonly plain: Buffer; readonly gzip: Buffer; readonly tag: string }

const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/app.js': ['app.js', 'text/javascript; charset=utf-8'],
  '/app.css': ['app.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
}

const held = new Map<string, PageFile>()

/** The file behind a path; undefined for every other path. */
export function pageFile(path: string): PageFile | undefined {
  const known = held.get(path)
  if (known !== undefined || !Object.hasOwn(FILES, path)) return known
  const [name = '', type = ''] = FILES[path] ?? []
  const plain = readFileSync(new URL(`../web/built/${name}`, import.meta.url))
  const tag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 20)}"`
  const file = { type, plain, gzip: gzipSync(plain), tag }
  held.set(path, file)
  return file
}

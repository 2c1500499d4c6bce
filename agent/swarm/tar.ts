// Files in one tar archive (POSIX.1-1988 ustar). Hand-written: sixty lines of headers against a dependency with streams,
// links and permissions of which a bug report needs none.

/** One file of an archive. */
export type TarFile = { readonly name: string; readonly content: Buffer; readonly at: Date }

/** The bytes of an archive. Every file is private to its owner. */
export function tarOf(files: readonly TarFile[]): Buffer {
  const parts = files.flatMap(({ name, content, at }) => [
    header(name, content.length, at),
    content,
    Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
  ])
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
}

const BLOCK = 512

function header(path: string, size: number, at: Date): Buffer {
  const [prefix, name] = halves(path)
  const bytes = Buffer.alloc(BLOCK)
  bytes.write(name, 0)
  bytes.write(`${octal(0o600, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100)
  bytes.write(`${octal(size, 11)}\0${octal(Math.floor(at.getTime() / 1_000), 11)}\0`, 124)
  bytes.write('        0', 148)
  bytes.write('ustar\u000000', 257)
  bytes.write(prefix, 345)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${octal(sum, 6)}\0 `, 148)
  return bytes
}

/** A path longer than its field is cut at a slash: what is before goes into a field of its own. */
function halves(path: string): readonly [string, string] {
  if (Buffer.byteLength(path) <= 100) return ['', path]
  const cut = path.indexOf('/', path.length - 101)
  return [path.slice(0, Math.max(0, cut)), path.slice(cut + 1)]
}

const octal = (value: number, width: number): string => value.toString(8).padStart(width, '0')

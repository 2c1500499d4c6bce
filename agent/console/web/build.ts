// Builds the page into `built`, which is committed: who only wants to look needs no bundler. `--check` says whether what
// is committed is what the sources give.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Every file of the page by name, as the sources give it. */
export async function builtPage(): Promise<ReadonlyMap<string, string>> {
  const result = await build({
    ...{ root: at('./src'), configFile: false, logLevel: 'warn', mode: 'production', publicDir: false },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    build: {
      ...{ write: false, target: 'es2022', modulePreload: false, cssCodeSplit: false, reportCompressedSize: false },
      rolldownOptions: {
        output: {
          entryFileNames: 'app.js',
          assetFileNames: (asset) => (asset.names[0]?.endsWith('.css') ? 'app.css' : '[name][extname]'),
        },
      },
    },
  })
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((one) => ('output' in one ? one.output : []))
  const files = new Map(outputs.map((file) => [file.fileName, file.type === 'chunk' ? file.code : asText(file.source)]))
  files.set('icon.svg', readFileSync(at('./src/icon.svg'), 'utf8'))
  const html = files.get('index.html') ?? ''
  files.set('index.html', html.replace(/href="\/icon[^"]*\.svg"|href="data:image\/svg[^"]*"/, 'href="/icon.svg"'))
  return new Map([...files].filter(([name]) => ['index.html', 'app.js', 'app.css', 'icon.svg'].includes(name)))
}

const asText = (source: string | Uint8Array): string =>
  typeof source === 'string' ? source : Buffer.from(source).toString('utf8')

/** What is committed. */
export const committed = (name: string): string => {
  try {
    return readFileSync(at(`./built/${name}`), 'utf8')
  } catch {
    return '' // Never built.
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = await builtPage()
  const stale = [...files].filter(([name, text]) => committed(name) !== text).map(([name]) => name)
  if (process.argv.includes('--check')) {
    if (stale.length > 0)
      process.stderr.write(`the page is not what its sources give: ${stale.join(', ')}; npm run web:build\n`)
    process.exitCode = stale.length > 0 ? 1 : 0
  } else {
    mkdirSync(at('./built'), { recursive: true })
    for (const [name, text] of files) writeFileSync(at(`./built/${name}`), text)
  }
}

// The page that is committed: what its sources give, and small.
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { builtPage, committed } from '../../../agent/console/web/build.ts'

test('is what its sources give', async () => {
  const files = await builtPage()
  expect([...files.keys()].sort()).toEqual(['app.css', 'app.js', 'icon.svg', 'index.html'])
  expect([...files].filter(([name, text]) => committed(name) !== text).map(([name]) => name)).toEqual([])
})

test('takes at most 60 KB of script over the wire, and nothing from elsewhere', () => {
  expect(gzipSync(committed('app.js')).length).toBeLessThanOrEqual(60 * 1_024)
  expect(committed('index.html')).not.toMatch(/https?:/)
  expect(committed('index.html')).not.toMatch(/<script(?![^>]*src=)[^>]*>[^<]/)
})

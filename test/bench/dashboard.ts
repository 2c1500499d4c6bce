// The page under load: first paint, and tasks longer than 50 ms while a thousand decisions a second arrive for ten seconds.
// node test/bench/dashboard.ts (needs Chromium; CHROME_PATH names it)
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { hearSaying } from '../../agent/console/chronicle/chronicle.ts'
import { serve } from '../../agent/console/http/server.ts'
import { accountOf, runDesk } from '../support/console-run.ts'

const [SECONDS, RATE, BEAT] = [10, 1_000, 50]

const folder = mkdtempSync(join(tmpdir(), 'lienmesh-bench-'))
const desk = runDesk()
const server = await serve({ desk, port: 0, folder, version: 'bench' })
const browser = await chromium.launch({
  executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
const page = await browser.newPage({ viewport: { width: 1_440, height: 1_000 } })
await page.addInitScript(
  `window.long = []; new PerformanceObserver((list) => { for (const one of list.getEntries()) window.long.push(one.duration) }).observe({ type: 'longtask', buffered: true })`,
)
await page.goto(server.link('read'))
await page.getByText('$70,000').first().waitFor()
const paint = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1")
await page.evaluate("location.hash = '#opportunities'")
await page.locator('tr.door').first().waitFor()
await page.evaluate('window.long.length = 0')
const tools = await page.context().newCDPSession(page)
await tools.send('Performance.enable', { timeDomain: 'threadTicks' })
const busyBefore = await busy()
const before = desk.chronicle.seq
for (const began = performance.now(); performance.now() - began < 1_000 * SECONDS; await rest(BEAT)) {
  const due = Math.floor(((performance.now() - began) / 1_000) * RATE)
  while (desk.chronicle.seq - before < due) decide(desk.chronicle.seq)
}
await rest(1_000)
const long = (await page.evaluate('window.long')) as readonly number[]
const sent = desk.chronicle.seq - before
// Four messages a second: what one of them costs, in the time of the page's own thread.
const each = (1_000 * ((await busy()) - busyBefore)) / (4 * SECONDS)
const shown = await page.locator('.card .aside').first().textContent()
process.stdout.write(
  `first paint ${Number(paint).toFixed(0)} ms; ${sent} rows in ${SECONDS} s: ${long.length} tasks over 50 ms, longest ${Math.max(0, ...long).toFixed(0)} ms; ${each.toFixed(1)} ms of CPU per message of ${RATE / 4} rows; page shows ${shown}\n`,
)
await browser.close()
await server.close()
rmSync(folder, { recursive: true })

function decide(n: number): void {
  const account = accountOf(1 + (n % 5_000))
  const fields = {
    account,
    candidate: `c${n}`,
    strategy: 'gap-aware',
    kind: 'skip',
    reason: 'capital',
    detail: 'not enough free cash',
    net: '1500000000000000000',
    fraction: 5_000,
    route: '31337:state-proof',
  }
  hearSaying(desk.chronicle, { agent: 'house-1', at: Date.now(), level: 'info', event: 'decision', fields })
}

/** Seconds of CPU that the page's thread has spent in tasks. */
async function busy(): Promise<number> {
  const { metrics } = await tools.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
}

// Every page in a real browser: nothing on its console, nothing that a stranger's words could run, orders that ask.
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { served } from '../support/console-desk.ts'
import { accountOf, runDesk } from '../support/console-run.ts'

const program = [
  process.env['CHROME_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))
const browserTest = test.skipIf(program === undefined)

let browser: Browser | undefined
beforeAll(async () => {
  if (program !== undefined) browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] })
})
afterAll(() => browser?.close())

/** A page with everything that it complained of. */
async function open(
  link: string,
  light: 'light' | 'dark' = 'light',
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  if (browser === undefined) throw new Error('no browser')
  const context = await browser.newContext({ colorScheme: light, viewport: { width: 1_280, height: 900 } })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (said) => {
    if (said.type() === 'error' || said.type() === 'warning') complaints.push(said.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(link)
  return { page, complaints }
}

/** Each page by its address, and words that only its data can put there. */
const PAGES = [
  ['overview', '$70,000'],
  ['opportunities', 'waiting for discount'],
  ['settlements', 'the oracle is paused'],
  ['capital', '66,500'],
  ['pnl', 'Losses beyond what was said'],
  ['network', 'price, stale'],
  ['competitors', '66.7 %'],
  ['strategies', '{"quantile":0.95}'],
  ['scenario', 'vault-slow stopped'],
  ['logs', 'risk.maxShortfall'],
] as const

browserTest.each(['light', 'dark'] as const)(
  'every page shows its data in %s, without a word on the console',
  async (light) => {
    const server = await served(runDesk())
    const { page, complaints } = await open(server.link('read'), light)
    for (const [name, words] of PAGES) {
      await page.evaluate(`location.hash = '#${name}'`)
      await page.getByText(words).first().waitFor({ timeout: 5_000 })
    }
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe(light)
    expect(await page.getByText('<img src=x onerror=alert(1)> no log access').count()).toBe(1)
    expect(complaints).toEqual([])
  },
)

browserTest('a decision opens the drawer that explains it, and Escape closes it', async () => {
  const server = await served(runDesk())
  const { page, complaints } = await open(server.link('read'))
  await page.getByText('may only read').waitFor()
  await page.keyboard.press('2')
  await page.locator('tr.door').first().press('Enter')
  const drawer = page.getByRole('dialog', { name: accountOf(30) })
  await drawer.getByText('premium for the gap on state proof').waitFor()
  expect(await drawer.getByText('Margin when it was found').count()).toBe(1)
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })
  expect(complaints).toEqual([])
})

browserTest('pause is given and taken back, flatten asks first, and a reader is offered neither', async () => {
  const behind = runDesk()
  const server = await served(behind)
  const { page } = await open(server.link('control'))
  await page.getByRole('button', { name: 'Pause all' }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect
    .poll(() => behind.ordered.slice(0, 4))
    .toEqual(['pause house-1', 'pause provider-1', 'resume house-1', 'resume provider-1'])
  await page.getByRole('banner').getByRole('button', { name: 'Flatten' }).click()
  await page.getByRole('button', { name: 'Leave as it is' }).click()
  expect(behind.ordered.length).toBe(4)
  await page.getByRole('banner').getByRole('button', { name: 'Flatten' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Flatten' }).click()
  await expect.poll(() => behind.ordered.slice(4)).toEqual(['flatten house-1', 'flatten provider-1'])
  const { page: reader } = await open(server.link('read'))
  await reader.getByText('may only read').waitFor()
  expect(await reader.getByRole('button', { name: 'Pause all' }).count()).toBe(0)
})

browserTest('a link that was used says so, and what to do', async () => {
  const server = await served(runDesk())
  const link = server.link('read')
  const { page: first } = await open(link)
  await first.getByText('may only read').waitFor()
  const { page: second } = await open(link)
  await second.getByText('lienmesh dashboard').waitFor()
})

browserTest('at twice the size and half the width nothing hangs over the edge', async () => {
  const server = await served(runDesk())
  const { page } = await open(server.link('read'))
  await page.setViewportSize({ width: 640, height: 800 })
  for (const [name] of PAGES) {
    await page.evaluate(`location.hash = '#${name}'`)
    await page.locator('.page .card, .page .figures').first().waitFor()
    const over = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    expect([name, over]).toEqual([name, 0])
  }
})

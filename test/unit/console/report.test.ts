// A run on one page, told from the same views as the dashboard.
import { expect, test } from 'vitest'
import { viewOf } from '../../../agent/console/http/routes.ts'
import { runPage } from '../../../agent/console/report.ts'
import type { Views } from '../../../agent/console/view/words.ts'
import { desk } from '../../support/console-desk.ts'
import { runDesk } from '../../support/console-run.ts'

async function pageOf(behind: ReturnType<typeof desk>): Promise<string> {
  const view = async <K extends keyof Views>(name: K): Promise<Views[K]> =>
    JSON.parse(JSON.stringify(await viewOf({ desk: behind, look: behind.look }, name), textOf))
  return runPage({
    ...{ title: 'flash-crash <42>', from: '.lienmesh/runs/7f3a' },
    ...{ overview: await view('overview'), pnl: await view('pnl'), settlements: await view('settlements') },
    ...{ opportunities: await view('opportunities'), competitors: await view('competitors') },
  })
}

const textOf = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
const sections = (page: string): readonly string[] => page.split('<section>').slice(1)

test('a page is one file: no script, nothing from elsewhere, and what others said is only text', async () => {
  const page = await pageOf(runDesk())
  expect(page).not.toMatch(/<script|<link|<img|src=|https?:\/\/(?!www\.w3\.org\/2000\/svg)/)
  expect(page).toContain('<h1>flash-crash &lt;42&gt;</h1>')
  expect(page).toContain('color-scheme" content="light dark"')
})

test('tells equity, parts, calibration, reasons, what is on its way, what settled, and who else bid', async () => {
  const page = await pageOf(runDesk())
  const parts = sections(page)
  expect(parts.map((one) => /<h2>([^<]+)/.exec(one)?.[1])).toEqual([
    ...['Equity', 'Where it came from', 'Calibration', 'What was left, and why'],
    ...['In flight', 'Settlements', 'Competitors', 'Agents'],
  ])
  expect(parts.filter((one) => one.includes('<svg')).length).toBe(4)
  const [, cause = '', , reasons = '', flying = '', settled = '', rivals = ''] = parts
  // Three settled, each 40 of bonus less 24 of everything else.
  expect(cause).toContain('net P&amp;L: $48')
  expect(reasons).toMatch(/skip: capital.*10/s)
  expect(flying.match(/<tr>/g)?.length).toBe(1 + 3)
  expect(settled.match(/<tr>/g)?.length).toBe(1 + 3)
  expect(settled).toContain('<td>$16</td>')
  expect(rivals).toContain('(ours)')
})

test('an agent that did nothing yet has a page that says so', async () => {
  const page = await pageOf(desk())
  expect(page.match(/Nothing to draw\./g)?.length).toBe(4)
  expect(page).toContain('Nothing is on its way.')
  expect(page).not.toMatch(/NaN|Infinity|undefined/)
})

// The frame around every page: the rail, the bar with what is at stake, the drawer, the keyboard.
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Overview } from '../../view/words.ts'
import { Capital } from './pages/capital.tsx'
import { Competitors } from './pages/competitors.tsx'
import { Logs } from './pages/logs.tsx'
import { Network } from './pages/network.tsx'
import { Opportunities } from './pages/opportunities.tsx'
import { OverviewPage } from './pages/overview.tsx'
import { Pnl } from './pages/pnl.tsx'
import { Scenario } from './pages/scenario.tsx'
import { Settlements } from './pages/settlements.tsx'
import { Strategies } from './pages/strategies.tsx'
import { Dot } from './parts/bits.tsx'
import { Drawer } from './parts/drawer.tsx'
import { Mark } from './parts/mark.tsx'
import { Flatten, Orders } from './parts/orders.tsx'
import { dismiss, PAGES, type PageName, show, state, useStore } from './store.ts'

const NAMES: Readonly<Record<PageName, string>> = {
  overview: 'Overview',
  opportunities: 'Opportunities',
  settlements: 'In flight',
  capital: 'Capital',
  pnl: 'P&L',
  network: 'Network',
  competitors: 'Competitors',
  strategies: 'Strategies',
  scenario: 'Scenario',
  logs: 'Logs & config',
  config: 'Config',
}

const VIEWS: { readonly [K in PageName]?: ComponentType } = {
  ...{ overview: OverviewPage, opportunities: Opportunities, settlements: Settlements, capital: Capital, pnl: Pnl },
  ...{ network: Network, competitors: Competitors, strategies: Strategies, scenario: Scenario, logs: Logs },
}

/** Everything. */
export function App() {
  const { served, link, page, asking } = useStore()
  useEffect(() => {
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
  if (link === 'refused') return <Closed />
  if (served === undefined) return <main class="door-page" aria-busy="true" />
  const Page = VIEWS[page]
  return (
    <div class="frame">
      <Rail />
      <Bar title={NAMES[page]} />
      <main class="page" id="page">
        {link === 'lost' && (
          <p class="lost stick" role="alert">
            Not connected. What you see is as of the last word; this page comes back by itself.
          </p>
        )}
        {Page !== undefined && <Page key={page} />}
      </main>
      <Drawer />
      {asking !== undefined && <Flatten agents={asking === '*' ? served.agents : [asking]} />}
      <Toasts />
    </div>
  )
}

/** Digits turn pages, Escape closes, t changes the light. */
function pressed(event: KeyboardEvent): void {
  const target = event.target
  if (event.key === 'Escape') show(undefined)
  if (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement
  )
    return
  const page = PAGES[event.key === '0' ? 9 : Number(event.key) - 1]
  if (/^\d$/.test(event.key) && page !== undefined) location.hash = `#${page}`
  else if (event.key === 't') turnLight()
  else if (event.key === '/') {
    const field = document.querySelector<HTMLInputElement>('input[type=search]')
    field?.focus()
    if (field !== null) event.preventDefault()
  }
}

function Rail() {
  const { served, page } = useStore()
  return (
    <aside class="rail">
      <div class="brand">
        <Mark />
        Lienmesh
      </div>
      <nav aria-label="Pages">
        {PAGES.filter((name) => name !== 'scenario' || served?.kind === 'swarm').map((name) => (
          <a key={name} href={`#${name}`} {...(name === page && { 'aria-current': 'page' as const })}>
            {NAMES[name]}
            <kbd>{(PAGES.indexOf(name) + 1) % 10}</kbd>
          </a>
        ))}
      </nav>
      <div class="foot">
        <span>{served?.kind === 'swarm' ? `${served.agents.length} agents, local chains` : 'one agent'}</span>
        <span>{served?.power === 'control' ? 'may pause and flatten' : 'may only read'}</span>
      </div>
    </aside>
  )
}

function Bar({ title }: { readonly title: string }) {
  const { served, link, views } = useStore()
  const [, draw] = useState(0)
  const overview: Overview | undefined = views.overview
  const tones = overview?.tiles.map(({ tone }) => tone) ?? []
  return (
    <header class="bar">
      <h1>{title}</h1>
      <span class="soft">{served?.name}</span>
      <span class={`mode ${served?.mode}`}>{served?.mode === 'live' ? 'LIVE' : served?.mode}</span>
      <span class="grow" />
      <span class="pulse" role="status">
        <Dot tone={link === 'open' ? (tones.includes('bad') ? 'warn' : 'ok') : 'bad'} />
        {link === 'open' ? 'connected' : link === 'opening' ? 'connecting' : 'lost'}
      </span>
      <button
        type="button"
        class="button quiet small"
        title="Light or dark (t)"
        onClick={() => {
          turnLight()
          draw((n) => n + 1)
        }}
      >
        {light() === 'dark' ? 'Light' : 'Dark'}
      </button>
      {served?.power === 'control' && <Orders agents={served.agents} small />}
    </header>
  )
}

const LIGHT = 'lienmesh-light'
const light = (): string => document.documentElement.dataset['theme'] ?? 'light'

function setLight(to: string): void {
  document.documentElement.dataset['theme'] = to
}

setLight(localStorage.getItem(LIGHT) ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'))

function turnLight(): void {
  setLight(light() === 'dark' ? 'light' : 'dark')
  localStorage.setItem(LIGHT, light())
  show(state.account)
}

function Toasts() {
  const { toasts } = useStore()
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map(({ id, text, undo }) => (
        <div class="toast" key={id}>
          {text}
          {undo !== undefined && (
            <button
              type="button"
              onClick={() => {
                undo()
                dismiss(id)
              }}
            >
              Undo
            </button>
          )}
        </div>
      ))}
    </div>
  )
}

const Closed = () => (
  <main class="door-page">
    <Mark />
    <h1>This link is no longer good</h1>
    <p>A link opens this page once. The agent makes another whenever its owner asks, on the machine where it runs:</p>
    <pre>lienmesh dashboard</pre>
  </main>
)

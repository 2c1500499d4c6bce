// What the page knows. One object; whoever shows some of it is told when it changed, at most once per frame.
import { useEffect, useState } from 'preact/hooks'
import type { DecisionLine, LogLine, Rows, Served, Views } from '../../view/words.ts'
import { type Line, listen, startFrom } from './stream.ts'

/** Pages by the name of their data. */
export type PageName = keyof Views

/** A word at the lower right, with a way back where there is one. */
export type Toast = { readonly id: number; readonly text: string; readonly undo: (() => void) | undefined }

type State = {
  token: string
  served: Served | undefined
  page: PageName
  link: 'opening' | 'open' | 'lost' | 'refused'
  views: { [K in PageName]?: Views[K] }
  decisions: readonly DecisionLine[]
  logs: readonly LogLine[]
  account: string | undefined
  toasts: readonly Toast[]
  asking: string | undefined
}

const TOKEN = 'lienmesh-token'
/** Rows that a page keeps. */
const MOST = 3_000

/** The state of the page. Read by components; changed by the functions below. */
export const state: State = {
  ...{ token: sessionStorage.getItem(TOKEN) ?? '', served: undefined, page: 'overview', link: 'opening', views: {} },
  ...{ decisions: [], logs: [], account: undefined, toasts: [], asking: undefined },
}

const watchers = new Set<() => void>()
let due = false

/** Something changed. */
export function changed(): void {
  if (due) return
  due = true
  requestAnimationFrame(() => {
    due = false
    for (const watcher of watchers) watcher()
  })
}

/** Draws its component again when the state changed. */
export function useStore(): State {
  const [, draw] = useState(0)
  useEffect(() => {
    const watcher = (): void => draw((n) => n + 1)
    watchers.add(watcher)
    return () => void watchers.delete(watcher)
  }, [])
  return state
}

/** Asks the server. Throws its own words when it refuses. */
export async function ask<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(state.token !== '' && { authorization: `Bearer ${state.token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    cache: 'no-store',
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const said = await response.json()
  if (!response.ok) throw new Error(String(said.error ?? response.status))
  return said
}

/** Takes the key of a link, if there is one, and opens the page. */
export async function enter(): Promise<void> {
  const key = new URLSearchParams(location.hash.slice(1)).get('k')
  if (key !== null) {
    history.replaceState(null, '', '/#overview')
    try {
      state.token = (await ask<{ token: string }>('/api/v1/session', { key })).token
      sessionStorage.setItem(TOKEN, state.token)
    } catch {
      // A link that was used: the token of this tab may still be good.
    }
  }
  await start()
}

async function start(): Promise<void> {
  try {
    state.served = await ask<Served>('/api/v1/served')
    document.title = `${state.served.name} · Lienmesh`
    window.addEventListener('hashchange', turn)
    document.addEventListener('visibilitychange', () => (document.hidden ? sleep() : wake()))
    turn()
  } catch {
    state.link = 'refused'
  }
  changed()
}

let line: Line | undefined
let resting: ReturnType<typeof setTimeout> | undefined

/** Turns to the page that the address names. */
function turn(): void {
  const name = location.hash.slice(1).split('/')[0] ?? ''
  state.account = undefined
  state.page = (PAGES as readonly string[]).includes(name) ? (name as PageName) : 'overview'
  void open()
  changed()
}

/** Every page, in the order of the rail. */
export const PAGES: readonly PageName[] = [
  'overview',
  'opportunities',
  'settlements',
  'capital',
  'pnl',
  'network',
  'competitors',
  'strategies',
  'scenario',
  'logs',
]

/** Rows begin with what there is; the stream goes on from there. */
async function open(): Promise<void> {
  line?.close()
  const { page } = state
  const rows = page === 'opportunities' ? 'decisions' : page === 'logs' ? 'logs' : ''
  if (page === 'opportunities') await load('opportunities', (view) => replaceDecisions(view.rows))
  if (page === 'logs') {
    await load('logs', (view) => replaceLogs(view.rows))
    void load('config', () => undefined)
  }
  if (state.page !== page) return
  line?.close()
  line = listen(`/api/v1/events?view=${rows === '' ? page : ''}&rows=${rows}`, state.token, { event, state: linked })
}

async function load<K extends PageName>(name: K, then: (view: Views[K]) => void): Promise<void> {
  try {
    const view = await ask<Views[K]>(`/api/v1/${name}`)
    state.views[name] = view
    then(view)
    changed()
  } catch {
    // The stream says that the line is lost.
  }
}

function replaceDecisions(rows: readonly DecisionLine[]): void {
  state.decisions = rows
  startFrom(rows[0]?.seq ?? 0)
}

function replaceLogs(rows: readonly LogLine[]): void {
  state.logs = rows
  startFrom(rows[0]?.seq ?? 0)
}

/** An hour in the background costs nobody anything. */
const REST_AFTER = 20_000

function sleep(): void {
  resting = setTimeout(() => {
    line?.close()
    line = undefined
  }, REST_AFTER)
}

function wake(): void {
  clearTimeout(resting)
  if (line === undefined) void open()
}

function linked(to: State['link']): void {
  if (state.link === to) return
  state.link = to
  changed()
}

function event(name: string, data: string): void {
  if (name === 'view') (state.views as Record<string, unknown>)[state.page] = JSON.parse(data)
  else if (name === 'rows') take(JSON.parse(data))
  changed()
}

/** New rows before the ones we have; a row that was loaded already is not taken twice. */
function take({ decisions, logs }: Rows): void {
  const after = <T extends { readonly seq: number }>(held: readonly T[], news: readonly T[]): readonly T[] => {
    const newest = held[0]?.seq ?? 0
    const fresh = news.filter((one) => one.seq > newest).reverse()
    return fresh.length === 0 ? held : [...fresh, ...held].slice(0, MOST)
  }
  state.decisions = after(state.decisions, decisions)
  state.logs = after(state.logs, logs)
}

/** Opens the drawer of an account, or closes it. */
export function show(account: string | undefined): void {
  state.account = account
  changed()
}

let toasts = 0

/** Says something at the lower right for a while. */
export function say(text: string, undo?: () => void): void {
  const toast = { id: ++toasts, text, undo }
  state.toasts = [...state.toasts, toast].slice(-4)
  changed()
  setTimeout(() => dismiss(toast.id), undo === undefined ? 4_000 : 9_000)
}

/** Takes it away. */
export function dismiss(id: number): void {
  state.toasts = state.toasts.filter((one) => one.id !== id)
  changed()
}

/** Injects or heals a fault of a swarm, and says what came of it. True when it was done. */
export async function breakIt(wanted: { readonly inject: string } | { readonly heal: string }): Promise<boolean> {
  try {
    const { faults } = await ask<{ faults: readonly { readonly line: string }[] }>('/api/v1/faults', wanted)
    say(`${'inject' in wanted ? 'injected' : 'healed'}: ${faults.map(({ line: one }) => one).join(', ')}`)
    return true
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    return false
  }
}

/** An order to one agent, or to all. Says what came of it and offers the way back. */
export async function order(word: 'pause' | 'resume' | 'flatten', agents: readonly string[]): Promise<void> {
  const who = agents.length === 1 ? (agents[0] ?? '') : `${agents.length} agents`
  const done = await Promise.allSettled(
    agents.map((agent) =>
      ask<{ state: string; undo?: 'pause' | 'resume' }>(
        `/api/v1/agents/${agent}/${word}`,
        word === 'flatten' ? { confirm: agent } : {},
      ),
    ),
  )
  const lost = done.filter(({ status }) => status === 'rejected').length
  const undo = word === 'resume' ? undefined : 'resume'
  const said = { pause: 'paused', resume: 'bidding again', flatten: 'going flat: bids no more, ends when all is home' }[
    word
  ]
  say(
    lost > 0 ? `${lost} of ${agents.length} did not answer` : `${who} ${said}`,
    undo === undefined ? undefined : () => void order(undo, agents),
  )
}

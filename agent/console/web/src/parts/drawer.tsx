// The drawer: everything about one account, in the order it happened, and the sum behind the last decision.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { DecisionLine, Story } from '../../../view/words.ts'
import { clock, dollarsOf, PARTS, partName, percent, short, usd, words } from '../format.ts'
import { ask, show, useStore } from '../store.ts'
import { Empty, Gain } from './bits.tsx'

/** Open while an account is chosen. */
export function Drawer() {
  const { account, served } = useStore()
  const [story, setStory] = useState<Story | undefined>(undefined)
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    setStory(undefined)
    if (account === undefined) return undefined
    const load = (): void => void ask<Story>(`/api/v1/accounts/${account}`).then(setStory, () => undefined)
    load()
    box.current?.focus()
    const timer = setInterval(load, 2_000)
    return () => clearInterval(timer)
  }, [account])
  if (account === undefined) return null
  return (
    <>
      <div class="veil" onClick={() => show(undefined)} aria-hidden="true" />
      <section class="drawer" ref={box} tabIndex={-1} role="dialog" aria-label={`Account ${account}`}>
        <header>
          <div style={{ flex: 1 }}>
            <h2 class="mono">{account}</h2>
            <span class="soft">{story === undefined ? 'asking …' : summaryOf(story)}</span>
          </div>
          <button type="button" class="button small" onClick={() => show(undefined)}>
            Close <kbd>esc</kbd>
          </button>
        </header>
        {story !== undefined && <Told story={story} names={served?.names ?? {}} />}
      </section>
    </>
  )
}

function summaryOf({ decisions, bids, lanes }: Story): string {
  const agents = new Set(decisions.map(({ agent }) => agent)).size
  const closed = lanes.filter(({ state }) => state === 'settled').length
  return `${decisions.length} decisions by ${agents} agent${agents === 1 ? '' : 's'} · ${bids.length} bids taken · ${closed} of ${lanes.length} settlements closed`
}

function Told({ story, names }: { readonly story: Story; readonly names: Readonly<Record<string, string>> }) {
  const last = story.decisions.filter(({ net }) => net !== undefined).at(-1) ?? story.decisions.at(-1)
  const found = story.found[0]
  return (
    <>
      {found !== undefined && (
        <section class="card">
          <h2>Margin when it was found</h2>
          <dl class="facts">
            <dt>mode</dt>
            <dd>{found.mode ?? '–'}</dd>
            <dt>equity</dt>
            <dd>
              {usd(found.equity)} of {usd(found.maintenance)} maintenance,{' '}
              {percent(dollarsOf(found.equity) / dollarsOf(found.maintenance))}
            </dd>
            <dt>mark</dt>
            <dd>{usd(found.mark)}</dd>
            <dt>found by</dt>
            <dd>{story.found.map((one) => `${one.agent} at ${clock(one.at)} (${one.via})`).join('; ')}</dd>
          </dl>
        </section>
      )}
      {last !== undefined && <Reckoning decision={last} />}
      {story.lanes.map((lane) => (
        <section class="card" key={`${lane.agent}${lane.intent}`}>
          <header>
            <h2>
              {lane.agent}, {lane.route}
            </h2>
            <span class="aside">{lane.state}</span>
          </header>
          {lane.parts === undefined ? (
            <dl class="facts">
              <dt>paid</dt>
              <dd>{usd(lane.outlay)}</dd>
              <dt>collateral at the bid</dt>
              <dd>{usd(lane.collateralValue)}</dd>
              <dt>gap so far</dt>
              <dd>
                <Gain amount={lane.gapNow} />
              </dd>
            </dl>
          ) : (
            <div class="sum">
              {PARTS.filter((part) => dollarsOf(lane.parts?.[part]) !== 0).map((part) => (
                <div key={part}>
                  <span>{partName(part)}</span>
                  <Gain amount={lane.parts?.[part]} />
                </div>
              ))}
              <div class="total">
                <span>total, to the wei</span>
                <Gain amount={lane.parts['total']} />
              </div>
            </div>
          )}
        </section>
      ))}
      <History story={story} names={names} />
    </>
  )
}

/** The sum behind one decision: what was offered, less what the gap would cost. */
function Reckoning({ decision }: { readonly decision: DecisionLine }) {
  const { net, premium } = decision
  const before = net === undefined || premium === undefined ? undefined : String(BigInt(net) + BigInt(premium))
  return (
    <section class="card">
      <header>
        <h2>Why</h2>
        <span class={`tag ${decision.kind}`}>
          {decision.kind === decision.reason ? decision.kind : `${decision.kind}: ${words(decision.reason)}`}
        </span>
        <span class="aside">
          {decision.agent}, {decision.strategy}, {clock(decision.at)}
        </span>
      </header>
      <p>{decision.detail === '' ? words(decision.reason) : decision.detail}</p>
      {net !== undefined && (
        <div class="sum">
          <div>
            <span>
              bonus less costs
              {decision.fraction === undefined ? '' : `, for ${decision.fraction / 100} % of the account`}
            </span>
            <Gain amount={before} />
          </div>
          <div>
            <span>premium for the gap{decision.route === undefined ? '' : ` on ${routeName(decision.route)}`}</span>
            <Gain amount={premium === undefined ? undefined : String(-BigInt(premium))} />
          </div>
          <div class="total">
            <span>net</span>
            <Gain amount={net} />
          </div>
        </div>
      )}
      {decision.shortfall !== undefined && (
        <p class="soft">
          Expected loss {usd(decision.expected)}, expected shortfall at 97.5 % {usd(decision.shortfall)} beyond it.
          {decision.limit !== undefined &&
            ` Carried already: ${usd(decision.carried)} of ${usd(decision.limit)}${decision.rows === 0 ? ', added up' : `, over ${decision.rows} scenarios`}.`}
        </p>
      )}
    </section>
  )
}

/** `31337:service:0x8e14…` as people say it. */
export const routeName = (route: string): string => {
  const [chain = '', kind = route, provider] = route.split(':')
  return `${words(kind)}${provider === undefined ? '' : ` of ${short(provider)}`}, chain ${chain}`
}

function History({ story, names }: { readonly story: Story; readonly names: Readonly<Record<string, string>> }) {
  const lines = [
    ...story.decisions.map((one) => ({
      at: one.at,
      who: one.agent,
      tone: one.kind,
      what: `${one.kind === one.reason ? one.kind : `${one.kind}: ${words(one.reason)}`}${one.net === undefined ? '' : `, net ${usd(one.net)}`}`,
    })),
    ...story.events.map((one) => ({
      at: one.at,
      who: one.agent,
      tone: one.event.startsWith('bid:won') ? 'take' : '',
      what: `${one.event.replace(':', ' ')}: ${one.text}`,
    })),
    ...story.bids.map((one) => ({
      at: one.at,
      who: one.name ?? names[one.bidder] ?? short(one.bidder),
      tone: 'info',
      what: `the chain took its bid${one.fraction === undefined ? '' : ` for ${one.fraction / 100} %`}`,
    })),
  ].sort((a, b) => a.at - b.at)
  return (
    <section class="card">
      <h2>As it happened</h2>
      {lines.length === 0 && <Empty title="Nothing was said about this account" />}
      <ol class="story">
        {lines.map((line, i) => (
          <li key={`${line.at}${i}`}>
            <time>{clock(line.at)}</time>
            <span
              class={`dot ${line.tone === 'take' ? 'ok' : line.tone === 'skip' ? 'idle' : line.tone === 'postpone' ? 'warn' : ''}`}
              aria-hidden="true"
            />
            <p>
              <b>{line.who}</b> {line.what}
            </p>
          </li>
        ))}
      </ol>
    </section>
  )
}

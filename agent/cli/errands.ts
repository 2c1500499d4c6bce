// Errands carried out in front of their owner: said first, agreed to, then sent step by step, each read back.

import { createInterface } from 'node:readline/promises'
import { setTimeout as rest } from 'node:timers/promises'
import { formatEther } from 'viem'
import { EXIT, type ExitStatus, usageError } from '../domain/errors.ts'
import { chainTime } from '../operator/node.ts'
import type { Purse } from '../operator/purse.ts'
import type { Errand, Stage } from '../operator/stage.ts'
import type { Context } from './command.ts'

/** An errand and the purse that pays for it. */
export type Paid = { readonly errand: Errand; readonly purse: Purse }

/** How far to go without asking. */
export type Consent = {
  readonly 'dry-run': boolean
  readonly yes: boolean
  /** Whether to sit out delays; without it the command ends where a delay begins. */
  readonly wait?: boolean
}

/** Says everything, asks once, then does it, chains at the same time. */
export async function carryOut(all: readonly Paid[], consent: Consent, context: Context): Promise<ExitStatus> {
  for (const { errand } of all) announce(errand, context)
  if (consent['dry-run']) {
    if (!context.json) context.print('nothing was sent (--dry-run)')
    return EXIT.ok
  }
  await agree(consent, context)
  const ended = await Promise.all(
    [...Map.groupBy(all, ({ errand }) => errand.chain).values()].map((own) => inTurn(own, consent, context)),
  )
  return ended.every(Boolean) ? EXIT.ok : EXIT.interrupted
}

function announce({ chain, outline }: Errand, { json, print }: Context): void {
  if (json) return print(JSON.stringify({ type: 'plan', chain, outline }))
  for (const [i, line] of outline.entries()) print(`${(i === 0 ? `chain ${chain}` : '').padEnd(14)}${line}`)
}

/** A terminal is asked; without one, `--yes` must have been said. */
async function agree({ yes }: Consent, { json, signal }: Context): Promise<void> {
  if (yes) return
  if (!process.stdin.isTTY || json)
    throw usageError('E_CONSENT', 'nobody here to ask whether to send this', 'Add --yes, or --dry-run to only look.')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await lines.question('Send this? [y/N] ', { signal })
    if (/^y(es)?$/i.test(answer.trim())) return
  } finally {
    lines.close()
  }
  throw usageError('E_CONSENT', 'not agreed to: nothing was sent', 'Answer y, or add --yes.')
}

/** One key has one nonce on a chain: its errands there go one after the other. */
async function inTurn(all: readonly Paid[], consent: Consent, context: Context): Promise<boolean> {
  for (const one of all) if (!(await run(one, consent, context))) return false
  return true
}

/** Steps until nothing is left, or a delay begins that is not waited for. False when interrupted. */
async function run(paid: Paid, { wait = false }: Consent, context: Context): Promise<boolean> {
  for (let more = true; more && !context.signal.aborted; ) {
    const stage = await paid.errand.next()
    if (stage.kind === 'done') {
      tell(context, paid.errand, 'done', stage.says)
      return true
    }
    more = stage.kind === 'send' ? await send(stage, paid, context) : await sitOut(stage, paid, { wait, context })
  }
  return !context.signal.aborted
}

/** Sends and says so. False after the last. */
async function send({ acts, last }: Extract<Stage, { kind: 'send' }>, paid: Paid, context: Context): Promise<boolean> {
  const { hashes, gas } = await paid.purse.send(acts)
  for (const [i, act] of acts.slice(0, SHOWN).entries()) tell(context, paid.errand, 'sent', act.says, hashes[i])
  if (acts.length > SHOWN) tell(context, paid.errand, 'sent', `and ${acts.length - SHOWN} more`)
  if (!context.json) context.print(`${''.padEnd(14)}mined, gas ${formatEther(gas)} ETH`)
  return !last
}

const SHOWN = 3

/** Waits for a delay when asked to. False when it was not waited for. */
async function sitOut(
  { until, why }: Extract<Stage, { kind: 'wait' }>,
  { errand, purse }: Paid,
  { wait, context }: { readonly wait: boolean; readonly context: Context },
): Promise<boolean> {
  const left = until - (await chainTime(purse.node))
  const when = new Date(Number(until) * 1_000).toISOString().replace('.000', '')
  tell(context, errand, 'waits', why)
  const advice = wait ? '' : '; run this again then, or add --wait'
  if (!context.json) context.print(`${''.padEnd(14)}from ${when}${left > 0n ? `, in ${left} s` : ''}${advice}`)
  if (!wait) return false
  const patience = Math.max(1_000, Math.min(Number(left) * 1_000, 30_000))
  await rest(patience, undefined, { signal: context.signal }).catch(() => {}) // Interrupted: the loop sees it.
  return !context.signal.aborted
}

const SIGN = { sent: '✔', done: '✔', waits: '…' } as const

// biome-ignore lint/complexity/useMaxParams: one line of progress is these five.
function tell(
  { json, print }: Context,
  { chain }: Errand,
  state: keyof typeof SIGN,
  says: string,
  hash?: string,
): void {
  if (json) print(JSON.stringify({ type: 'step', chain, state, says, ...(hash === undefined ? {} : { hash }) }))
  else print(`${SIGN[state]} chain ${String(chain).padEnd(6)}${says}`)
}

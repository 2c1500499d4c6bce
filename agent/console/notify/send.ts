// One message to one receiver, in the receiver's own shape. An address is a secret: it comes from a file and is never
// part of an error.
import { setTimeout as rest } from 'node:timers/promises'
import type { Notice } from './dispatch.ts'

/** Where messages go. `address` is a webhook's URL, or for Telegram a bot's token. */
export type Receiver = {
  readonly kind: 'webhook' | 'slack' | 'discord' | 'telegram'
  readonly address: string
  readonly chat?: string | undefined
}

/** A request to send a notice: its URL and its JSON. */
export function requestOf(
  { kind, address, chat }: Receiver,
  notice: Notice,
): { readonly url: string; readonly body: object } {
  const text = `${MARKS[notice.level] ?? ''}${notice.title}\n${notice.lines.join('\n')}`.trim()
  switch (kind) {
    case 'webhook':
      return { url: address, body: { ...notice } }
    case 'slack':
      return { url: address, body: { text: text.slice(0, 3_500), mrkdwn: false } }
    case 'discord':
      // Nobody is mentioned by what a stranger may have put into a message.
      return { url: address, body: { content: text.slice(0, 1_900), allowed_mentions: { parse: [] } } }
    case 'telegram':
      return {
        url: `https://api.telegram.org/bot${address}/sendMessage`,
        body: { chat_id: chat, text: text.slice(0, 4_000) },
      }
  }
}

const MARKS: Readonly<Record<string, string>> = { error: '‼ ', warn: '! ' }

/** Milliseconds for one try, and between tries. */
const [PATIENCE, PAUSES] = [5_000, [0, 2_000, 10_000]]

/** Sends, three times at most. Answers what went wrong, without the address; undefined when it arrived. */
export async function send(receiver: Receiver, notice: Notice, signal: AbortSignal): Promise<string | undefined> {
  const { url, body } = requestOf(receiver, notice)
  let wrong = ''
  for (const pause of PAUSES) {
    await rest(pause, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return wrong
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) }).catch(
      () => undefined,
    )
    if (response?.ok === true) return undefined
    wrong = response === undefined ? 'no answer' : `answered ${response.status}`
    await response?.body?.cancel()
  }
  return `${receiver.kind} ${wrong}`
}

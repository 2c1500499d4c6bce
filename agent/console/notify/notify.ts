// Tells somebody outside what an agent said, if it is worth that.
import { readFileSync } from 'node:fs'
import type { AgentConfig } from '../../../config/schema.ts'
import { configError } from '../../domain/errors.ts'
import type { Adapters } from '../../runtime/adapters.ts'
import { levelOf, shown } from '../../runtime/events.ts'
import { createDispatch, type Dispatch, type Notice } from './dispatch.ts'
import { type Receiver, send } from './send.ts'

type Told = { readonly receiver: Receiver; readonly dispatch: Dispatch }

/** The adapters of an agent that reports to somebody. E_NOTIFY when an address cannot be read. */
export function notifying(usual: Adapters, config: AgentConfig, signal: AbortSignal): Adapters {
  const all: readonly Told[] = config.notify.map((one) => ({
    receiver: { kind: one.kind, address: addressIn(one.address), chat: one.chat },
    dispatch: createDispatch({ level: one.level, digest: one.digest, quiet: one.quiet }),
  }))
  const { now } = usual.clock
  return {
    ...usual,
    emit(emit) {
      const voice = usual.emit(emit)
      const tell = (told: Told, notices: readonly Notice[]): void => {
        for (const notice of notices)
          void send(told.receiver, notice, signal).then((wrong) => {
            // Said on the log alone: a report about a report would have no end.
            if (wrong !== undefined) voice('notify:failed', { kind: told.receiver.kind, wrong })
          })
      }
      const timer = setInterval(() => {
        for (const told of all) tell(told, told.dispatch.due(now()))
      }, LOOK_EVERY)
      timer.unref()
      signal.addEventListener('abort', () => clearInterval(timer), { once: true })
      return (event, fields = {}) => {
        voice(event, fields)
        const saying = { agent: config.name, at: now(), level: levelOf(event), event, fields: shown(fields) }
        for (const told of all) tell(told, told.dispatch.take(saying))
      }
    },
  }
}

const LOOK_EVERY = 5_000

function addressIn(file: string): string {
  try {
    const text = readFileSync(file, 'utf8').trim()
    if (text !== '' && !/\s/.test(text)) return text
  } catch (cause) {
    throw unread(file, cause)
  }
  throw unread(file, undefined)
}

const unread = (file: string, cause: unknown) =>
  configError(
    'E_NOTIFY',
    `${file} holds no address to report to`,
    "Write the webhook's URL, or the bot's token, into it: one line, mode 0600.",
    cause,
  )

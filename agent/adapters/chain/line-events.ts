// What the engine chain's logs say of credit lines.
import { type Log, parseEventLogs } from 'viem'
import type { LineEvent } from '../../domain/credit-line.ts'
import { bps, wad } from '../../domain/units.ts'
import { creditLinesAbi } from './abi/credit-lines.ts'

/** Every event of a credit line among logs of any contracts, in their order. */
export const linesIn = (logs: readonly Log[]): readonly LineEvent[] =>
  parseEventLogs({ abi: creditLinesAbi, logs: [...logs] }).flatMap((log) => {
    switch (log.eventName) {
      case 'LineRequested':
        return [requested(log.args)]
      case 'LineOpened':
      case 'LineRepaid':
      case 'LineEnforced':
        return [{ kind: KINDS[log.eventName], id: log.args.line, provider: log.args.provider }]
      case 'LineSettled':
        return [{ kind: 'settled', id: log.args.line, toProvider: log.args.toProvider, tx: log.transactionHash }]
      default:
        return []
    }
  })

const KINDS = { LineOpened: 'opened', LineRepaid: 'repaid', LineEnforced: 'enforced' } as const

type Requested = Extract<
  ReturnType<typeof parseEventLogs<typeof creditLinesAbi>>[number],
  { eventName: 'LineRequested' }
>['args']

function requested({ line: id, terms, signature }: Requested): LineEvent {
  const money = { principal: wad(terms.principal), fee: wad(terms.fee) }
  const line = { ...terms, ...money, penalty: bps(terms.penalty), maxLtv: bps(terms.maxLtv) }
  return { kind: 'requested', id, line, signature }
}

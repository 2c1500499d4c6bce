// What peers say, after the adapter verified it: judged, filed, and told to the core when it bears on a decision.
import type { Verdict, Verified } from '../domain/message.ts'
import { collect } from './attest.ts'
import type { Context } from './context.ts'
import type { SecondCopy } from './second-copy.ts'

/** Runs until the signal fires. `judge` says what a verified message means to this agent (core/judge). */
export async function listen(context: Context, judge: (message: Verified) => Verdict, copy: SecondCopy): Promise<void> {
  const heard = (message: Verified): Verdict => {
    const verdict = judge(message)
    if (verdict.kind !== 'accept')
      context.emit('message:refused', { ...verdict, topic: message.kind, peer: message.peer })
    return verdict
  }
  for await (const message of context.gossip.messages(heard, context.signal)) absorb(context, copy, message)
}

function absorb(context: Context, copy: SecondCopy, message: Verified): void {
  switch (message.kind) {
    case 'price':
      return context.tell({ kind: 'prices', batch: message.payload })
    case 'attestation':
      return collect(context, message.payload)
    case 'state': {
      if (message.account === undefined) return
      context.emit('state:learned', { account: message.account.id, version: message.account.version })
      return context.tell({ kind: 'account', account: message.account, source: 'proven' })
    }
    case 'status': {
      const { provider, agent } = message.payload
      copy.heard(message.payload)
      if (provider === undefined) return
      return context.tell({ kind: 'provider', provider, from: agent })
    }
    case 'evidence': {
      const { attestor, chain, number } = message.payload.first
      return context.emit('evidence:found', { attestor, chain, number, peer: message.peer })
    }
    case 'claim':
      return
  }
}

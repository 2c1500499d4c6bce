// What peers say, after the adapter verified it: judged, filed, and told to the core when it bears on a decision.
import type { Address } from 'viem'
import type { Evidence, Verdict, Verified } from '../domain/message.ts'
import { collect } from './attest.ts'
import type { Context } from './context.ts'
import type { SecondCopy } from './second-copy.ts'

/** Who acts on what is heard, besides the core. */
export type Hearers = {
  /** Says what a verified message means to this agent (core/judge). */
  readonly judge: (message: Verified) => Verdict
  readonly copy: SecondCopy
  readonly punish: (evidence: Evidence, peer?: string) => void
}

/** Runs until the signal fires. */
export async function listen(context: Context, hearers: Hearers): Promise<void> {
  const heard = (message: Verified): Verdict => {
    const verdict = hearers.judge(message)
    if (verdict.kind !== 'accept')
      context.emit('message:refused', { ...verdict, topic: message.kind, peer: message.peer })
    return verdict
  }
  for await (const message of context.gossip.messages(heard, context.signal)) absorb(context, hearers, message)
}

function absorb(context: Context, { copy, punish }: Hearers, message: Verified): void {
  switch (message.kind) {
    case 'price':
      return context.tell({ kind: 'prices', batch: message.payload })
    case 'header':
      return context.roots.learn(message.payload)
    case 'attestation': {
      const evidence = collect(context, message.payload)
      return evidence && punish(evidence, message.peer)
    }
    case 'state': {
      if (message.account === undefined) return
      context.emit('state:learned', { account: message.account.id, version: message.account.version })
      return context.tell({ kind: 'account', account: message.account, source: 'proven' })
    }
    case 'status': {
      const { provider, agent, routes, heads } = message.payload
      if (context.fleet.some((one) => same(one, agent))) context.tell({ kind: 'member', from: agent, heads })
      copy.heard(message.payload)
      if (bonded(context, agent) && routes.length > 0) context.tell({ kind: 'witness', from: agent, routes })
      if (provider === undefined) return
      return context.tell({ kind: 'provider', provider, from: agent })
    }
    case 'evidence':
      return punish(message.payload, message.peer)
    case 'claim':
      return
  }
}

const bonded = ({ network, signer }: Context, agent: Address): boolean =>
  !same(agent, signer.address) && network.attestors.some((one) => same(one, agent))

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

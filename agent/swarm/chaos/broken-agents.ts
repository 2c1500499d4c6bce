// Agents that are broken on purpose: mistakes that transaction managers, journals and liquidators have really made, each a
// small change of the shipped source, and the drill that must find it out.
import type { Patch } from './source-copy.ts'

/** One mistake. */
export type BrokenAgent = {
  readonly name: string
  readonly patches: readonly Patch[]
  /** What finds it out. */
  readonly drill: string
}

const TRANSACTOR = 'agent/adapters/chain/transactor.ts'
const PUMP = 'agent/adapters/chain/pump.ts'
const EVIDENCE = 'agent/adapters/chain/evidence.ts'
const FEES = 'agent/adapters/chain/fees.ts'
const STORE = 'agent/adapters/store/sqlite-journal.ts'
const DATABASE = 'agent/adapters/store/database.ts'
const CONFLICT = 'agent/adapters/store/conflict.ts'
const ADMIT = 'agent/core/admit.ts'
const SETTLE = 'agent/runtime/settle.ts'

const one = (
  name: string,
  drill: string,
  file: string,
  change: readonly [find: string, replace: string],
): BrokenAgent => ({
  ...{ name, drill },
  patches: [{ file, find: change[0], replace: change[1] }],
})

const sending: readonly BrokenAgent[] = [
  one('sends before it commits', 'killed', TRANSACTOR, [
    '    journal.commit(journaled(attempt, rpc.chain, signer.address, nonce))\n    return attempt',
    '    void rpc.send(attempt.raw).then(() => journal.commit(journaled(attempt, rpc.chain, signer.address, nonce)))\n    return attempt',
  ]),
  {
    name: 'rebroadcasts nothing at its start',
    drill: 'killed',
    patches: [
      {
        file: TRANSACTOR,
        find: '  const pending = openNonces(open, options)',
        replace: '  const pending = new Map<number, Pending>()',
      },
      {
        file: PUMP,
        find: '  if (lost.length === 0) return\n',
        replace: '  if (lost.length >= 0) return\n',
      },
    ],
  },
  {
    name: 'signs other bytes at its start',
    drill: 'killed',
    patches: [
      {
        file: TRANSACTOR,
        find: '  for (const order of pending.values()) away(order)\n',
        replace:
          '  for (const order of pending.values()) {\n    const [old] = order.attempts\n    if (old) order.attempts.push(await sign(signer, { chain: rpc.chain, nonce: order.nonce }, old.content, { maxFee: old.fees.maxFee * 2n, tip: old.fees.tip * 2n }))\n    away(order)\n  }\n',
      },
    ],
  },
  {
    name: 'takes its nonce from the pool',
    drill: 'gap',
    patches: [
      {
        file: TRANSACTOR,
        find: '    const content = contentOf(order)\n',
        replace:
          "    next = Number(await rpc.ask((node) => node.request({ method: 'eth_getTransactionCount', params: [signer.address, 'pending'] })))\n    const content = contentOf(order)\n",
      },
    ],
  },
  one('drops what the pool dropped', 'dropped', PUMP, [
    '  if (waited > BigInt(tierOf(state.finality, order.value).blocks)) await checkForeign(state, order)\n  await broadcast(state, order)\n',
    '  if (waited > BigInt(tierOf(state.finality, order.value).blocks)) await checkForeign(state, order)\n',
  ]),
  one('believes that final is for ever', 'unfinal', PUMP, [
    '  if (lost.length === 0) return\n',
    '  if (lost.length >= 0) return\n',
  ]),
  one('looks only at what is open after a restart', 'unfinalAtStart', PUMP, [
    'journal.history(rpc.chain, signer.address, onChain).filter(',
    'journal.open(rpc.chain).filter(',
  ]),
  one('tells nobody of a lost final block', 'unfinal', PUMP, ["    'E_UNFINAL',", "    'W_NOTHING',"]),
  one('calls one block final', 'shallow', PUMP, [
    '  if (head.number < mined.anchor.number + BigInt(blocks)) return\n',
    '  if (head.number < mined.anchor.number + BigInt(blocks) * 0n) return\n',
  ]),
  one('is final a block too early', 'shallow', PUMP, [
    '  if (head.number < mined.anchor.number + BigInt(blocks)) return\n',
    '  if (head.number + 1n < mined.anchor.number + BigInt(blocks)) return\n',
  ]),
  one('believes the first receipt', 'receiptAgainstNonce', EVIDENCE, [
    ' || state.nonce <= nonce) continue',
    ') continue',
  ]),
  one('does not ask whether a block is canonical', 'receiptOffChain', EVIDENCE, [' || !state.canonical ||', ' ||']),
  one('believes one provider where two must agree', 'receiptOfOne', 'agent/adapters/chain/rpc/agreement.ts', [
    '(other) => other.key === key).length >= need)',
    '(other) => other.key === key).length >= 1)',
  ]),
  one('asks for no proof of large amounts', 'receiptOfTwo', EVIDENCE, [
    '    if (proof && (await',
    '    if (!proof && (await',
  ]),
  one('narrows to the providers that are left', 'lonely', 'agent/adapters/chain/rpc.ts', [
    'readByAgreement(panel, calls, quorum)\n  const all',
    "readByAgreement(panel, calls, Math.min(quorum, Math.max(1, providers.filter((one) => one.health().condition === 'well').length)))\n  const all",
  ]),
  one('commits without a quorum', 'lonely', 'agent/adapters/chain/rpc.ts', [
    ".filter((one) => one.health().condition === 'well').length >= quorum",
    '.length >= quorum',
  ]),
  one('raises fees by nine per cent', 'crowded', FEES, ['(fee * 9n + 7n) / 8n', '(fee * 109n + 99n) / 100n']),
  one('raises one fee of two', 'crowded', FEES, ['tip: eighthMoreUp(last.tip) }', 'tip: last.tip }']),
  one('knows no ceiling', 'crowded', FEES, [
    '  const maxFee = least(most(least8.maxFee, market.maxFee), ceiling)\n',
    '  const maxFee = most(least8.maxFee, least(market.maxFee, ceiling))\n',
  ]),
  one('never raises its fees', 'crowded', PUMP, [
    'waited >= BigInt(state.patience ?? 3)',
    'waited >= BigInt(state.patience ?? 3) * 1_000n',
  ]),
  one('sends its oldest bytes', 'crowded', PUMP, ['order.attempts.at(-1)?.raw', 'order.attempts.at(0)?.raw']),
  one('pays for gas whatever it costs', 'dear', FEES, [
    '  return least(policy.ceiling, wei > 0n ? wei / likely : 0n)',
    '  return most(policy.ceiling, wei > 0n ? wei / likely : 0n)',
  ]),
  one('forgets deadlines', 'late', PUMP, [
    'head.timestamp > order.deadline &&',
    'head.timestamp > 2n * order.deadline &&',
  ]),
  one('goes on beside a thief', 'stolen', PUMP, [
    '  if ((await chainNonce(state)) <= order.nonce) return\n',
    '  if ((await chainNonce(state)) >= 0) return\n',
  ]),
  one('sees the thief and goes on', 'stolen', PUMP, ['  state.halt.reason = reason\n', '']),
  one('looks for a thief only where it is in the way itself', 'stolenIdle', PUMP, [
    '  if (onChain > state.next()) throw halted(state, onChain - 1)\n',
    '',
  ]),
  one('forgets the thief when it starts again', 'stolen', TRANSACTOR, [
    '  if (stolen !== undefined) throw foreign(options, Number(stolen))\n',
    '',
  ]),
  one('skips the nonces of others', 'oldCopy', TRANSACTOR, [
    '  if (onChain > next) throw behind(options, next, onChain)\n',
    '  if (onChain > next) return onChain\n',
  ]),
]

const journal: readonly BrokenAgent[] = [
  {
    name: 'syncs now and then',
    drill: 'durable',
    patches: [
      { file: DATABASE, find: 'PRAGMA synchronous = FULL', replace: 'PRAGMA synchronous = NORMAL' },
      { file: DATABASE, find: 'const FULL = 2\n', replace: 'const FULL = 1\n' },
    ],
  },
  {
    name: 'reserves in a second transaction',
    drill: 'durable',
    patches: [
      {
        file: STORE,
        find: '    related: db.prepare(',
        replace: "    end: db.prepare('COMMIT'),\n    begin: db.prepare('BEGIN IMMEDIATE'),\n    related: db.prepare(",
      },
      {
        file: STORE,
        find: '  if (!ofLife(tx)) return\n  const before = stateOf(say, tx.intent)\n',
        replace:
          '  if (!ofLife(tx)) return\n  say.end.run()\n  say.begin.run()\n  const before = stateOf(say, tx.intent)\n',
      },
    ],
  },
  one('keeps no reservation', 'durable', STORE, ['(tx.reserved ?? 0n).toString()', "'0'"]),
  one('commits without its log', 'durable', STORE, [
    '  const { position, digest } = log.write()\n',
    "  const { position, digest } = { position: 0, digest: '' }\n",
  ]),
  one('reads its story unchecked', 'tampered', 'agent/adapters/store/event-chain.ts', ['  verify(db, path)\n', '']),
  {
    name: 'opens a damaged file',
    drill: 'damaged',
    patches: [
      { file: DATABASE, find: "  if (found !== 'ok') throw corrupt(path, new Error(found))\n", replace: '' },
      { file: 'agent/adapters/store/event-chain.ts', find: '  verify(db, path)\n', replace: '' },
    ],
  },
  one("takes anybody's journal", 'anothers', 'agent/adapters/store/identity.ts', [
    '  if (found === owner) return\n',
    '  if (found !== undefined) return\n',
  ]),
  one('shares its journal', 'shared', DATABASE, ['PRAGMA locking_mode = EXCLUSIVE; ', '']),
  one('gives a nonce two meanings', 'twoMeanings', CONFLICT, [
    "    if (sameNonce && other.leg !== tx.leg && tx.leg !== CANCEL) throw twice('nonce', tx, other)\n    if (sameNonce && other.intent !== tx.intent) throw twice('nonce', tx, other)\n",
    '',
  ]),
  one('gives an intent two nonces', 'twoNonces', CONFLICT, [
    'if (sameLeg && !sameNonce && ',
    'if (sameLeg && sameNonce && ',
  ]),
  one('frees capital when its bid is final', 'lives', STORE, [
    "WHERE state NOT IN ('settled', 'failed')",
    "WHERE state IN ('signed', 'abandoned')",
  ]),
  one('never frees capital of a failed bid', 'lives', STORE, [
    "WHERE state NOT IN ('settled', 'failed')",
    "WHERE state NOT IN ('settled')",
  ]),
  one('forgets a reorganised bid', 'lives', 'agent/adapters/store/lives.ts', [
    "? 'reorg' : undefined",
    '? undefined : undefined',
  ]),
]

const deciding: readonly BrokenAgent[] = [
  one('reserves nothing', 'promised', 'agent/core/round.ts', [
    '  reserve(core.ledger, { intent: admitted, amount: cashNeeded(quote, core.setup.risk.payTolerance) })\n',
    '',
  ]),
  one('bids twice on one account', 'once', ADMIT, [
    "  if (isReserved(core, keyOf(account))) return refuse('already-reserved', 'a bid on this account is under way')\n",
    '',
  ]),
  one('keeps what a lost race had reserved', 'released', 'agent/core/happen.ts', [
    '  const known = release(core.ledger, intent.id)\n',
    '  const known = core.ledger.reserved.has(intent.id)\n',
  ]),
  one('closes a settlement when its bid is included', 'travelling', 'agent/core/ledger.ts', [
    "intent.quote.route.settlement === 'state-proof' ? claimsOf(won)",
    "intent.quote.route.settlement === 'none' ? claimsOf(won)",
  ]),
  one('forgets what it paid', 'travelling', 'agent/core/ledger.ts', [
    'inFlight: sum(open, ({ debt }) => debt)',
    'inFlight: sum(open, () => 0n)',
  ]),
  one('books gas of sales twice', 'travelling', 'agent/core/ledger.ts', [
    ' - settlement.gasOfBid - settlement.gasOfSales -',
    ' - 2n * settlement.gasOfBid - settlement.gasOfSales -',
  ]),
  one('believes a peer', 'hearsay', ADMIT, [
    "  if (candidate.source === 'peer') return",
    "  if (candidate.source !== 'peer' && candidate.source !== 'own') return",
  ]),
  one('keeps what a reorganisation took', 'retracted', 'agent/core/core.ts', [
    '      return done(retract(book, input.from))',
    '      return []',
  ]),
  one('bids while it is paused', 'halted', ADMIT, ["stop && refuse('halted', stop.detail)", 'stop && undefined']),
  one('burns gas without end', 'tripped', 'agent/core/protect.ts', [
    '  if (spent <= limits.failedGas) return undefined\n',
    '  if (spent >= 0n) return undefined\n',
  ]),
  one('buys claims that it cannot bring home', 'stranded', ADMIT, [
    '    if (claims < due + bid.length + 1 + setup.gas.runway)',
    '    if (claims < 0)',
  ]),
  one('forgets a leg that is stuck', 'stuck', SETTLE, [
    '        if (sold === undefined) await rest(context.clock, PAUSE, signal)\n        else finish',
    '        if (sold === undefined) await rest(context.clock, millis(PAUSE + claims.splice(0).length), signal)\n        else finish',
  ]),
  one('frees capital whose claim is on its way', 'left', 'agent/runtime/end-lives.ts', [
    '      return owed > claimed\n',
    '      return owed < claimed\n',
  ]),
  one('holds capital whose claim an earlier life was paid', 'left', 'agent/runtime/end-lives.ts', [
    "({ state }) => state === 'final'",
    "({ state }) => state === 'settled'",
  ]),
  one('claims twice', 'stuck', SETTLE, ['  for (const claim of batch) claims.splice(claims.indexOf(claim), 1)\n', '']),
  one('claims again what was paid', 'owed', 'agent/runtime/recover.ts', [
    '    amount: owed - begins,',
    '    amount: owed,',
  ]),
  one('claims what is owed to it no more', 'owed', 'agent/runtime/recover.ts', [
    '  if (owed <= begins) return undefined\n',
    '',
  ]),
]

/** All of them. */
export const brokenAgents: readonly BrokenAgent[] = [...sending, ...journal, ...deciding]

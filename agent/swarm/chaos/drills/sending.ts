// Drills of the transaction manager: one fault each, and what a broken one does about it.
import { type Hex, parseTransaction } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { openSqliteJournal } from '../../../adapters/store/sqlite-journal.ts'
import {
  CHAIN,
  complain,
  type Drill,
  FINALITY,
  GWEI,
  hashOf,
  history,
  KEY,
  never,
  openCount,
  order,
  pooled,
  signer,
  three,
  until,
  usd,
} from './stage.ts'

/** A pool forgets a transaction: it must be there again a block later. */
export const dropped: Drill = async (stage) => {
  const transactor = await stage.open()
  void transactor.send(order(1), never).catch(() => undefined)
  await until(async () => (await pooled(stage.node)) === 1)
  await stage.node.request('anvil_dropTransaction', [history(stage)[0]?.hash])
  await stage.mine()
  const back = await until(async () => (await pooled(stage.node)) === 1, 2_000)
  await stage.mine(2)
  return complain(!back, 'a dropped transaction did not come back within a block')
}

/** A reorganisation deeper than finality: what was final travels again, with the same bytes, and somebody is told. */
export const unfinal: Drill = async (stage) => {
  const transactor = await stage.open()
  await stage.mine(3)
  void transactor.send(order(1), never).catch(() => undefined)
  await until(async () => (await pooled(stage.node)) === 1)
  await stage.mineUntil(() => history(stage)[0]?.state === 'included')
  await stage.node.request('anvil_reorg', [FINALITY + 4, []])
  const healed = await stage.mineUntil(async () => (await stage.mined()).length === 1, 20)
  return [
    ...complain(!healed, 'a final transaction that the chain lost was never sent again'),
    ...complain(
      !stage.alarms.some((alarm) => alarm.startsWith('E_UNFINAL')),
      'nobody was told that a final transaction was lost',
    ),
  ]
}

/** The same while nobody runs: the next start must find it. */
export const unfinalAtStart: Drill = async (stage) => {
  const transactor = await stage.open()
  await stage.mine(3)
  void transactor.send(order(1), never).catch(() => undefined)
  await until(async () => (await pooled(stage.node)) === 1)
  await stage.mineUntil(() => history(stage)[0]?.state === 'included')
  await transactor.close()
  await stage.node.request('anvil_reorg', [FINALITY + 4, []])
  await stage.open()
  const healed = await stage.mineUntil(async () => (await stage.mined()).length === 1, 20)
  return complain(!healed, 'a transaction that the chain lost while nobody ran was never sent again')
}

/** Nothing is called final before it is as deep as the chain's finality. */
export const shallow: Drill = async (stage) => {
  const transactor = await stage.open()
  const sent = transactor.send(order(1), never)
  await until(async () => (await pooled(stage.node)) === 1)
  const found: string[] = []
  for (let depth = 0; depth < FINALITY; depth++) {
    await stage.mine()
    if (depth === 0) await sent
    await until(() => openCount(stage) === 0, 1_000)
    if (openCount(stage) === 0) return [`a transaction ${depth} blocks deep was called final, expected ${FINALITY}`]
  }
  if (!(await stage.mineUntil(() => openCount(stage) === 0, 10))) found.push('a final transaction stayed open')
  return found
}

/** Blocks without room: fees rise by what nodes ask for, never above the ceiling, and the newest bytes travel. */
export const crowded: Drill = async (stage) => {
  const ceiling = 2n * GWEI
  const transactor = await stage.open({ patience: 1, fees: { tip: GWEI, ceiling, baseFee: 'zero' } })
  await stage.node.request('anvil_setBlockGasLimit', ['0x5208'])
  void transactor.send(order(1), never).catch(() => undefined)
  await until(async () => (await pooled(stage.node)) === 1)
  for (let still = 0; still < STILL && history(stage).length < 12; ) {
    const before = history(stage).length
    await stage.mine()
    still = (await until(() => history(stage).length > before, 500)) ? 0 : still + 1
  }
  const fees = history(stage).map(({ raw }) => parseTransaction(raw))
  const steps = fees.slice(1).map((next, i) => ({ last: fees[i], next }))
  const small = steps.filter(
    ({ last, next }) =>
      !tenthMore(last?.maxFeePerGas, next.maxFeePerGas) ||
      !tenthMore(last?.maxPriorityFeePerGas, next.maxPriorityFeePerGas),
  )
  await stage.node.request('anvil_setBlockGasLimit', ['0xbebc200'])
  await stage.mineUntil(() => openCount(stage) === 0, 15)
  const newest = history(stage).at(-1)?.hash
  const mined = (await stage.mined()).map(({ hash }) => hash)
  return [
    ...complain(fees.length < 5, `fees rose ${fees.length - 1} times, then not for ${STILL} full blocks`),
    ...complain(small.length > 0, `${small.length} replacements pay less than a tenth more: nodes refuse them`),
    ...complain(
      fees.some(({ maxFeePerGas = 0n }) => maxFeePerGas > ceiling),
      'a replacement pays more than the ceiling',
    ),
    ...complain(mined[0] !== newest, 'not the newest attempt was mined: older bytes travel'),
  ]
}

/** Full blocks without another attempt after which none will come. */
const STILL = 6

const tenthMore = (last = 0n, next = 0n): boolean => next * 10n >= last * 11n

/** An order whose time is over must be cancelled at its own nonce. */
export const late: Drill = async (stage) => {
  const [proxy] = stage.proxies
  proxy.add({ kind: 'swallow', hashOf })
  const transactor = await stage.open({}, { urls: [proxy.url] })
  const { timestamp } = await stage.node.request<{ timestamp: Hex }>('eth_getBlockByNumber', ['latest', false])
  const sent = transactor.send(order(1, { deadline: BigInt(timestamp) + 5n }), never).then(({ kind }) => kind, String)
  await until(() => openCount(stage) === 1)
  await stage.node.request('evm_increaseTime', [60])
  await stage.mine(2)
  await until(() => history(stage).length > 1, 1_000)
  proxy.clear()
  await stage.mineUntil(() => openCount(stage) === 0, 15)
  const kind = await Promise.race([sent, until(() => false, 500)])
  return complain(kind !== 'cancelled', `an order was ${String(kind)} after its deadline, expected it to be cancelled`)
}

/** Somebody else uses our nonce: nothing is sent with the key any more. */
export const stolen: Drill = async (stage) => {
  const [proxy] = stage.proxies
  proxy.add({ kind: 'swallow', hashOf })
  const transactor = await stage.open({}, { urls: [proxy.url] })
  void transactor.send(order(1), never).catch(() => undefined)
  await until(() => openCount(stage) === 1)
  await stage.node.request('eth_sendRawTransaction', [await foreign(0)])
  const alarmed = await stage.mineUntil(() => stage.alarms.some((alarm) => alarm.startsWith('E_NONCE_FOREIGN')), 15)
  proxy.clear()
  const more = await Promise.race([
    transactor.send(order(2), never).then(
      () => 'sent',
      (error) => String(error.code),
    ),
    until(() => false, 1_500).then(() => 'sent'),
  ])
  await transactor.close()
  const started = await startedAgain(stage)
  return [
    ...complain(!alarmed, 'a nonce that somebody else used alarmed nobody'),
    ...complain(more !== 'E_NONCE_FOREIGN', 'the key of which somebody else has a copy went on sending'),
    ...complain(
      started !== 'E_NONCE_FOREIGN',
      `started again, with a key of which somebody else has a copy, it ${started}`,
    ),
  ]
}

/** The key's next nonce is used by bytes that we never signed, while nothing of ours is under way. */
export const stolenIdle: Drill = async (stage) => {
  const transactor = await stage.open()
  void transactor.send(order(1), never).catch(() => undefined)
  await stage.mineUntil(() => openCount(stage) === 0 && history(stage).length > 0)
  await stage.node.request('eth_sendRawTransaction', [await foreign(1)])
  const alarmed = await stage.mineUntil(() => stage.alarms.some((alarm) => alarm.startsWith('E_NONCE_FOREIGN')), 40)
  return complain(!alarmed, 'a nonce that somebody else used alarmed nobody, because nothing of ours waited')
}

/** The chain is ahead of the journal at the start: an old copy of it, or another sender. */
export const oldCopy: Drill = async (stage) => {
  const first = await stage.open()
  void first.send(order(1), never).catch(() => undefined)
  await stage.mineUntil(() => openCount(stage) === 0 && history(stage).length > 0)
  await first.close()
  for (const nonce of [1, 2]) await stage.node.request('eth_sendRawTransaction', [await foreign(nonce)])
  await stage.mine()
  const started = await startedAgain(stage)
  return complain(started !== 'E_NONCE_FOREIGN', `an agent behind its own chain answered ${started}`)
}

/** The code with which a start is refused. */
const startedAgain = (stage: Parameters<Drill>[0]): Promise<string> =>
  stage.open().then(
    () => 'started',
    (error) => String(error.code),
  )

async function foreign(nonce: number): Promise<Hex> {
  const thief = privateKeyToAccount(KEY)
  const fees = { maxFeePerGas: 50n * GWEI, maxPriorityFeePerGas: 20n * GWEI, gas: 21_000n }
  return thief.signTransaction({ type: 'eip1559', chainId: CHAIN, nonce, to: thief.address, ...fees })
}

/** A bid is worth only so much gas, whatever the market asks. */
export const dear: Drill = async (stage) => {
  const fees = { tip: GWEI, ceiling: 500n * GWEI, baseFee: 'market', coin: () => usd(2_000) } as const
  const transactor = await stage.open({ fees })
  await stage.node.request('anvil_setNextBlockBaseFeePerGas', [`0x${(100n * GWEI).toString(16)}`])
  await stage.mine()
  // Four dollars for a hundred thousand gas: twenty gwei.
  const bid = order(1, { budget: { most: usd(4), likely: 100_000n }, now: true })
  const refused = await Promise.race([
    transactor.send(bid, never).then(
      () => 'sent',
      (error) => String(error.code),
    ),
    until(() => history(stage).length > 0, 30_000).then((signed) => (signed ? 'sent' : 'neither sent nor refused')),
  ])
  const above = history(stage).filter(({ raw }) => (parseTransaction(raw).maxFeePerGas ?? 0n) > 20n * GWEI)
  return [
    ...complain(refused !== 'E_GAS_BUDGET', `a bid that the market makes too dear was ${refused}`),
    ...complain(above.length > 0, 'a bid offers more for gas than it may earn'),
  ]
}

/** Bytes that no pool has are a gap that the next orders must not stand on: every order has a nonce of its own. */
export const gap: Drill = async (stage) => {
  const [proxy] = stage.proxies
  const transactor = await stage.open({}, { urls: [proxy.url] })
  const found = proxy.add({ kind: 'swallow', hashOf })
  let refusals = 0
  const fates = [1, 2, 3].map((name) =>
    transactor.send(order(name), never).then(
      ({ kind }) => kind,
      (error) => {
        refusals++
        return String(error.code ?? error)
      },
    ),
  )
  // Each is on its way into the void, or was refused: before that the pool would help.
  await until(() => history(stage).length + refusals >= 3, 60_000)
  await until(() => (proxy.faults.get('swallow') ?? 0) >= 3, 1_000)
  found()
  fates.push(
    transactor.send(order(4), never).then(
      ({ kind }) => kind,
      (error) => String(error.code ?? error),
    ),
  )
  await stage.mineUntil(async () => (await stage.mined()).length >= 4, 6)
  const mined = await stage.mined()
  const refused = (
    await Promise.all(fates.map((fate) => Promise.race([fate, until(() => false, 500).then(() => 'waiting')])))
  ).filter((kind) => kind !== 'mined')
  return [
    ...complain(mined.length !== 4, `${mined.length} of 4 orders were mined after a gap of three`),
    ...complain(refused.length > 0, `orders ended as ${refused.join(', ')}`),
    ...twice(mined.map(({ input }) => input)),
  ]
}

/** Of three providers two are gone: nothing new may be committed. */
export const lonely: Drill = async (stage) => {
  const { openRpc } = await import('../../../adapters/chain/rpc.ts')
  const rpc = await openRpc({ chain: CHAIN, ...three(stage.proxies) })
  for (const proxy of stage.proxies.slice(0, 2)) proxy.add({ kind: 'reset_peer' })
  const read = () => rpc.ask((node) => node.request({ method: 'eth_getBalance', params: [signer.address, 'latest'] }))
  const answers: string[] = []
  // One after the other: who is gone is known after the first.
  for (let i = 0; i < 5; i++)
    answers.push(
      await read().then(
        () => 'answered',
        (error) => String(error.code),
      ),
    )
  const committable = rpc.committable()
  rpc.close()
  return [
    ...complain(answers.includes('answered'), 'one provider alone was believed where two must agree'),
    ...complain(committable, 'capital could be committed without a quorum'),
  ]
}

/** Killed as its bytes leave: the journal must hold them, and the next life must send them, once. */
export const killed: Drill = async (stage) => {
  const { startVictim } = await import('./victim.ts')
  const { proxies, folder, node } = stage
  const path = `${folder}/victim.db`
  let caught: Hex | undefined
  const heard = Promise.withResolvers<void>()
  const hold = proxies[0].add({
    kind: 'swallow',
    hashOf: (raw) => {
      caught ??= `0x${raw.slice(2)}`
      heard.resolve()
      return hashOf(raw)
    },
  })
  const first = startVictim(path, proxies[0].url)
  await Promise.race([heard.promise, until(() => false, 90_000)])
  first.kill()
  await first.ended
  if (caught === undefined) return ['nothing was ever sent']
  const bytes = caught
  const journal = openSqliteJournal({ path })
  const rows = journal.history(CHAIN, signer.address, 0)
  journal.close()
  hold()
  const second = startVictim(path, proxies[0].url)
  await second.ready
  await stage.mineUntil(async () => (await stage.mined()).length >= 1, 20)
  // Whatever else it would send has time to come.
  await until(async () => (await pooled(node)) > 0, 3_000)
  await stage.mine(3)
  const mined = await stage.mined()
  second.kill()
  await second.ended
  return [
    ...complain(!rows.some(({ raw }) => raw === bytes), 'bytes left the process that no journal holds'),
    ...complain(mined.length === 0, 'what was journaled before the kill was never sent again'),
    ...complain(
      mined.some(({ hash }) => hash !== hashOf(bytes)),
      'other bytes were sent after the kill',
    ),
    ...twice(mined.map(({ input }) => input)),
  ]
}

/** What was paid more than once. */
const twice = (inputs: readonly Hex[]): readonly string[] =>
  complain(new Set(inputs).size < inputs.length, `${inputs.length - new Set(inputs).size} orders were mined twice`)

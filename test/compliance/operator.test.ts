// An owner and its executor on a deployed network: set up in any number of attempts, nobody else's by mistake, and every
// unit back out behind the delays.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { sendTransaction } from 'viem/actions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import { wad } from '../../agent/domain/units.ts'
import { deployErrand } from '../../agent/operator/deploy.ts'
import type { Purse } from '../../agent/operator/purse.ts'
import type { Errand } from '../../agent/operator/stage.ts'
import { executorState } from '../../agent/operator/state.ts'
import { lienmesh } from '../support/command-line.ts'
import { journaledTx } from '../support/journaled-tx.ts'
import {
  addressOf,
  ENGINE,
  executor,
  making,
  type OwnerDesk,
  openOwnerDesk,
  operator,
  stranger,
  VAULT,
} from '../support/owner-desk.ts'

/** Some steps wait for blocks and delays, some start a process. */
const SLOW = 240_000
const usd = (amount: bigint) => wad(amount * 10n ** 18n)

let desk: OwnerDesk
beforeAll(async () => {
  desk = await openOwnerDesk()
}, 90_000)
afterAll(() => desk.close())

describe('deploying an executor', () => {
  test('is refused below the smallest trade, before anything is sent', async () => {
    const purse = await desk.purseOn(ENGINE)
    await expect(deployErrand(purse, making, terms(usd(10n)))).rejects.toMatchObject({ code: 'E_CAP', exit: 4 })
  })

  test(
    'interrupted after any part of it goes on, to the same end on both chains',
    async () => {
      for (const chain of [ENGINE, VAULT]) {
        const purse = await desk.purseOn(chain)
        const errand = () => deployErrand(purse, making, terms(usd(20_000n)))
        const created = await (await errand()).next()
        if (created.kind !== 'send') throw new Error('nothing to create')
        await purse.send(created.acts)
        const set = await (await errand()).next()
        if (set.kind !== 'send') throw new Error('nothing to set')
        await purse.send(set.acts.slice(0, 3)) // Here the power went.
        const again = await (await errand()).next()
        expect(again.kind === 'send' && again.acts.length).toBe(set.acts.length - 3)
        expect(await finish(purse, await errand())).toBe('set up, sealed and read back')
        expect((await errand()).outline).toEqual([`nothing to do: ${executor} stands and is set up`])
        const state = await executorState(purse.node, executor, { operator: making.operator, from: 0n })
        expect(state).toMatchObject({ owner: making.owner, obeys: true, sealed: true, delay: 2n, pending: [] })
      }
    },
    SLOW,
  )

  test(
    'with a higher cap later waits for the delay, with a lower one does not',
    async () => {
      const purse = await desk.purseOn(ENGINE)
      const lower = await deployErrand(purse, making, terms(usd(10_000n)))
      expect(await stagesOf(purse, lower)).toEqual(['send', 'done'])
      const higher = await deployErrand(purse, making, terms(usd(20_000n)))
      expect(await stagesOf(purse, higher)).toEqual(['send', 'wait', 'send', 'done'])
    },
    SLOW,
  )
})

describe('the commands of an owner', () => {
  test(
    'send nothing without consent, and nothing with --dry-run',
    async () => {
      const before = await desk.nonce()
      expect(await desk.ask('executor', 'fund', '100 USDC')).toMatchObject({ status: 2, code: 'E_CONSENT' })
      const looked = await desk.run('executor', 'fund', '100 USDC', '--dry-run')
      expect([looked.status, looked.out]).toEqual([
        0,
        'chain 31337   100 USDC from the owner into the engine account\nnothing was sent (--dry-run)\n',
      ])
      expect(await desk.nonce()).toBe(before)
    },
    SLOW,
  )

  test(
    'refuse other units, more than there is, and a key with nothing on standard input',
    async () => {
      expect(await desk.ask('executor', 'fund', '100')).toMatchObject({ status: 2, code: 'E_USAGE' })
      expect(await desk.ask('executor', 'fund', '100 DAI')).toMatchObject({ status: 2, code: 'E_USAGE' })
      expect(await desk.ask('executor', 'fund', '0.0000001 USDC')).toMatchObject({ status: 2, code: 'E_USAGE' })
      expect(await desk.ask('executor', 'fund', '99999999 USDC', '--yes')).toMatchObject({ status: 4, code: 'E_FUNDS' })
      expect(await desk.ask('bond', 'add', '1 USDC', '--yes')).toMatchObject({ status: 4, code: 'E_BOND' })
      expect(await desk.ask('bond', 'unbond', '--yes')).toMatchObject({ status: 4, code: 'E_BOND' })
      const sealed = ['--owner', 'sealed.json', '--password', '-']
      writeFileSync(join(desk.folder, 'sealed.json'), KEYSTORE, { mode: 0o600 })
      expect(await desk.askProcess('bond', 'unbond', ...sealed)).toMatchObject({ status: 4, code: 'E_KEY_PASSWORD' })
    },
    SLOW,
  )

  test(
    'touch no executor of somebody else',
    async () => {
      const foreign = await desk.ask('executor', 'fund', '100 USDC', '--yes', '--owner', 'stranger.key')
      expect(foreign).toEqual({
        status: 4,
        code: 'E_EXECUTOR_OWNER',
        message: `chain 31337: ${executor} belongs to ${making.owner}, this key is ${addressOf(stranger)}`,
      })
      for (const words of [
        ['bond', 'add', '2000 USDC'],
        ['executor', 'withdraw', '1 USDC', '--chain', '31337'],
      ])
        expect(await desk.ask(...words, '--yes', '--owner', 'stranger.key')).toMatchObject({ code: 'E_EXECUTOR_OWNER' })
    },
    SLOW,
  )

  test(
    'name a key that cannot pay for gas',
    async () => {
      const all = await desk.ask('executor', 'fund', '--gas', '100 ETH', '--yes', '--owner', 'stranger.key')
      expect(all).toMatchObject({ status: 1, code: 'E_GAS_FUNDS' })
      const more = await desk.ask('executor', 'fund', '--gas', '101 ETH', '--yes', '--owner', 'stranger.key')
      expect(more).toMatchObject({ status: 4, code: 'E_FUNDS' })
    },
    SLOW,
  )

  test(
    'pay in, bond, and take everything out again to the unit',
    async () => {
      const start = await desk.balance()
      expect((await desk.run('executor', 'fund', '1000 USDC', '--gas', '0.1 ETH', '--yes')).status).toBe(0)
      expect((await desk.run('bond', 'add', '2000 USDC', '--yes')).status).toBe(0)
      expect(start - (await desk.balance())).toBe(3_000_000_000n)
      expect(await desk.interrupted('executor', 'withdraw', '1 USDC', '--chain', '31337', '--yes', '--wait')).toBe(130)
      const announced = await desk.run('executor', 'withdraw', '999 USDC', '--chain', '31337', '--yes')
      expect([announced.status, announced.out]).toEqual([0, expect.stringContaining('run this again then')])
      for (const amount of ['999 USDC', '1 USDC'])
        expect((await desk.run('executor', 'withdraw', amount, '--chain', '31337', '--yes', '--wait')).status).toBe(0)
      expect(start - (await desk.balance())).toBe(2_000_000_000n)
      expect((await desk.run('bond', 'unbond', '--yes', '--wait')).status).toBe(0)
      expect(await desk.balance()).toBe(start)
      expect((await desk.run('executor', 'show', '--json')).out).toContain('"pending":[]')
    },
    SLOW,
  )
})

describe('capital move', () => {
  test(
    'sends nothing without consent, and nothing with --dry-run',
    async () => {
      await desk.bringHome(400_000_000n)
      const before = [await desk.nonce(), await desk.places()]
      expect(await desk.ask('capital', 'move')).toMatchObject({ status: 2, code: 'E_CONSENT' })
      const { status, out } = await desk.run('capital', 'move', '--dry-run')
      expect([status, out]).toEqual([0, expect.stringContaining('withdraw 400.00 USD to the owner, chain 41337')])
      expect([await desk.nonce(), await desk.places()]).toEqual(before)
    },
    SLOW,
  )

  test(
    'pays what sales brought to the owner, and as much of the owner into the engine account, to the unit',
    async () => {
      const before = await desk.places()
      expect((await desk.run('capital', 'move', '--yes', '--wait')).status).toBe(0)
      expect(await desk.places()).toEqual({
        engineAccount: before.engineAccount + 400_000_000n,
        ownerOnEngine: before.ownerOnEngine - 400_000_000n,
        executorOnVault: 0n,
        ownerOnVault: before.ownerOnVault + 400_000_000n,
      })
      expect((await desk.run('capital', 'move', '--yes', '--wait')).out).toContain('nothing to move')
    },
    SLOW,
  )

  test(
    'takes out of the engine account what a lower target leaves over',
    async () => {
      const before = await desk.places()
      expect((await desk.run('capital', 'move', '--target', '25 %', '--yes', '--wait')).status).toBe(0)
      expect(await desk.places()).toEqual({
        ...before,
        engineAccount: before.engineAccount - 300_000_000n,
        ownerOnEngine: before.ownerOnEngine + 300_000_000n,
      })
    },
    SLOW,
  )

  test(
    'ends where the delay begins, and pays what was announced although more came in meanwhile',
    async () => {
      await desk.bringHome(200_000_000n)
      const before = await desk.places()
      const announced = await desk.run('capital', 'move', '--yes')
      expect([announced.status, announced.out]).toEqual([0, expect.stringContaining('run this again then')])
      expect((await desk.places()).executorOnVault).toBe(200_000_000n)
      await desk.bringHome(50_000_000n)
      expect((await desk.run('capital', 'move', '--yes', '--wait')).status).toBe(0)
      expect(await desk.places()).toMatchObject({
        executorOnVault: 50_000_000n,
        ownerOnVault: before.ownerOnVault + 200_000_000n,
      })
    },
    SLOW,
  )
})

test(
  'a shadow that decides nothing in its time says so by its exit status',
  async () => {
    const words = ['run', '--mode', 'shadow', '--data-dir', 'quiet', '--decisions', '1', '--for', '1s']
    expect((await lienmesh(desk.whole(words), { cwd: desk.folder })).status).toBe(5)
  },
  SLOW,
)

describe('an agent does not start live', () => {
  test(
    'on the journal of another network',
    async () => {
      mkdirSync(join(desk.folder, 'foreign'))
      openSqliteJournal({
        path: join(desk.folder, 'foreign', 'journal.db'),
        owner: 'key 0xaa, engine 0xbb on chain 1',
      }).close()
      const refused = await desk.askProcess('run', '--mode', 'live', '--data-dir', 'foreign')
      expect(refused).toMatchObject({ status: 4, code: 'E_JOURNAL_OWNER' })
      expect(refused.message).toContain('belongs to key 0xaa, engine 0xbb on chain 1')
    },
    SLOW,
  )

  test(
    'on a backup that is older than its last transaction',
    async () => {
      const account = privateKeyToAccount(operator)
      const node = createClient({ account, transport: http(desk.local.engine.url) })
      await desk.endow(operator)
      for (let i = 0; i < 3; i++) await sendTransaction(node, { to: account.address, chain: null })
      await expect.poll(() => desk.nonce(account.address), { timeout: 20_000 }).toBe(3n)
      mkdirSync(join(desk.folder, 'restored'))
      const journal = openSqliteJournal({ path: join(desk.folder, 'restored', 'journal.db') })
      journal.commit({ ...journaledTx({ nonce: 0 }), chain: ENGINE, from: account.address, state: 'included' })
      journal.close()
      const refused = await desk.askProcess('run', '--mode', 'live', '--data-dir', 'restored')
      expect(refused).toMatchObject({ status: 7, code: 'E_NONCE_FOREIGN' })
      expect(refused.message).toContain('an old copy of the journal')
    },
    SLOW,
  )
})

const terms = (cap: ReturnType<typeof usd>) => ({
  network: desk.local.deployment.network,
  operator: making.operator,
  cap,
  worth: async () => usd(2_500n),
})

/** Carries an errand out and answers its last word. */
async function finish(purse: Purse, errand: Errand): Promise<string> {
  for (;;) {
    const stage = await errand.next()
    if (stage.kind === 'done') return stage.says
    if (stage.kind === 'send') await purse.send(stage.acts)
  }
}

/** The kinds of an errand's stages, delays waited for on the chain's own clock. */
async function stagesOf(purse: Purse, errand: Errand): Promise<readonly string[]> {
  const kinds: string[] = []
  for (;;) {
    const stage = await errand.next()
    if (stage.kind !== kinds.at(-1)) kinds.push(stage.kind)
    if (stage.kind === 'done') return kinds
    if (stage.kind === 'send') await purse.send(stage.acts)
    else await desk.local.engine.rpc.request('evm_mine')
  }
}

const KEYSTORE = JSON.stringify({
  version: 3,
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
    ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
    kdf: 'scrypt',
    kdfparams: {
      dklen: 32,
      n: 4096,
      p: 1,
      r: 8,
      salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
    },
    mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
  },
})

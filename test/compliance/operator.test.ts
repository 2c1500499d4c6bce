// An owner and its executor on a deployed network: set up in any number of attempts, nobody else's by mistake, and every
// unit back out behind the delays.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type Hex, http } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { sendTransaction, waitForTransactionReceipt, writeContract } from 'viem/actions'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { testTokenAbi } from '../../agent/adapters/chain/abi/test-token.ts'
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import { dispatch } from '../../agent/cli/dispatch.ts'
import { LienmeshError } from '../../agent/domain/errors.ts'
import { chainId, wad } from '../../agent/domain/units.ts'
import { executorAddress } from '../../agent/operator/create.ts'
import { deployErrand } from '../../agent/operator/deploy.ts'
import { nodeOf } from '../../agent/operator/node.ts'
import { openPurse, type Purse } from '../../agent/operator/purse.ts'
import type { Errand } from '../../agent/operator/stage.ts'
import { executorState } from '../../agent/operator/state.ts'
import { balanceOf } from '../../agent/operator/tokens.ts'
import { engineCash } from '../../agent/operator/withdraw.ts'
import { networkJson } from '../../config/network.ts'
import { lienmesh } from '../support/command-line.ts'
import { root } from '../support/cruise.ts'
import { journaledTx } from '../support/journaled-tx.ts'
import { type LocalNetwork, startLocalNetwork } from '../support/local-network.ts'

/** Some steps wait for blocks and delays, some start a process. */
const SLOW = 240_000
const [ENGINE, VAULT] = [chainId(31_337), chainId(41_337)]
const usd = (amount: bigint) => wad(amount * 10n ** 18n)
const [owner, operator, stranger] = [generatePrivateKey(), generatePrivateKey(), generatePrivateKey()]
const addressOf = (key: Hex) => privateKeyToAccount(key).address
const making = { owner: addressOf(owner), operator: addressOf(operator), delay: 2, salt: 0 }
const executor = executorAddress(making)

let local: LocalNetwork
let desk: string
beforeAll(async () => {
  local = await startLocalNetwork('first-steps')
  for (const key of [owner, stranger]) await endow(key)
  desk = await deskAt(executor)
}, 90_000)
afterAll(async () => {
  await local.stop()
  rmSync(desk, { recursive: true, force: true })
})

describe('deploying an executor', () => {
  test('is refused below the smallest trade, before anything is sent', async () => {
    const purse = await purseOn(ENGINE)
    await expect(deployErrand(purse, making, terms(usd(10n)))).rejects.toMatchObject({ code: 'E_CAP', exit: 4 })
  })

  test(
    'interrupted after any part of it goes on, to the same end on both chains',
    async () => {
      for (const chain of [ENGINE, VAULT]) {
        const purse = await purseOn(chain)
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
      const purse = await purseOn(ENGINE)
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
      const before = await nonce()
      expect(await ask('executor', 'fund', '100 USDC')).toMatchObject({ status: 2, code: 'E_CONSENT' })
      const looked = await run('executor', 'fund', '100 USDC', '--dry-run')
      expect([looked.status, looked.out]).toEqual([
        0,
        'chain 31337   100 USDC from the owner into the engine account\nnothing was sent (--dry-run)\n',
      ])
      expect(await nonce()).toBe(before)
    },
    SLOW,
  )

  test(
    'refuse other units, more than there is, and a key with nothing on standard input',
    async () => {
      expect(await ask('executor', 'fund', '100')).toMatchObject({ status: 2, code: 'E_USAGE' })
      expect(await ask('executor', 'fund', '100 DAI')).toMatchObject({ status: 2, code: 'E_USAGE' })
      expect(await ask('executor', 'fund', '0.0000001 USDC')).toMatchObject({ status: 2, code: 'E_USAGE' })
      expect(await ask('executor', 'fund', '99999999 USDC', '--yes')).toMatchObject({ status: 4, code: 'E_FUNDS' })
      expect(await ask('bond', 'add', '1 USDC', '--yes')).toMatchObject({ status: 4, code: 'E_BOND' })
      expect(await ask('bond', 'unbond', '--yes')).toMatchObject({ status: 4, code: 'E_BOND' })
      const sealed = ['--owner', 'sealed.json', '--password', '-']
      writeFileSync(join(desk, 'sealed.json'), KEYSTORE, { mode: 0o600 })
      expect(await askProcess('bond', 'unbond', ...sealed)).toMatchObject({ status: 4, code: 'E_KEY_PASSWORD' })
    },
    SLOW,
  )

  test(
    'touch no executor of somebody else',
    async () => {
      const foreign = await ask('executor', 'fund', '100 USDC', '--yes', '--owner', 'stranger.key')
      expect(foreign).toEqual({
        status: 4,
        code: 'E_EXECUTOR_OWNER',
        message: `chain 31337: ${executor} belongs to ${making.owner}, this key is ${addressOf(stranger)}`,
      })
      for (const words of [
        ['bond', 'add', '2000 USDC'],
        ['executor', 'withdraw', '1 USDC', '--chain', '31337'],
      ])
        expect(await ask(...words, '--yes', '--owner', 'stranger.key')).toMatchObject({ code: 'E_EXECUTOR_OWNER' })
    },
    SLOW,
  )

  test(
    'name a key that cannot pay for gas',
    async () => {
      const all = await ask('executor', 'fund', '--gas', '100 ETH', '--yes', '--owner', 'stranger.key')
      expect(all).toMatchObject({ status: 1, code: 'E_GAS_FUNDS' })
      const more = await ask('executor', 'fund', '--gas', '101 ETH', '--yes', '--owner', 'stranger.key')
      expect(more).toMatchObject({ status: 4, code: 'E_FUNDS' })
    },
    SLOW,
  )

  test(
    'pay in, bond, and take everything out again to the unit',
    async () => {
      const start = await balance()
      expect((await run('executor', 'fund', '1000 USDC', '--gas', '0.1 ETH', '--yes')).status).toBe(0)
      expect((await run('bond', 'add', '2000 USDC', '--yes')).status).toBe(0)
      expect(start - (await balance())).toBe(3_000_000_000n)
      expect(await interrupted('executor', 'withdraw', '1 USDC', '--chain', '31337', '--yes', '--wait')).toBe(130)
      const announced = await run('executor', 'withdraw', '999 USDC', '--chain', '31337', '--yes')
      expect([announced.status, announced.out]).toEqual([0, expect.stringContaining('run this again then')])
      for (const amount of ['999 USDC', '1 USDC'])
        expect((await run('executor', 'withdraw', amount, '--chain', '31337', '--yes', '--wait')).status).toBe(0)
      expect(start - (await balance())).toBe(2_000_000_000n)
      expect((await run('bond', 'unbond', '--yes', '--wait')).status).toBe(0)
      expect(await balance()).toBe(start)
      expect((await run('executor', 'show', '--json')).out).toContain('"pending":[]')
    },
    SLOW,
  )
})

describe('capital move', () => {
  test(
    'sends nothing without consent, and nothing with --dry-run',
    async () => {
      await bringHome(400_000_000n)
      const before = [await nonce(), await places()]
      expect(await ask('capital', 'move')).toMatchObject({ status: 2, code: 'E_CONSENT' })
      const { status, out } = await run('capital', 'move', '--dry-run')
      expect([status, out]).toEqual([0, expect.stringContaining('withdraw 400.00 USD to the owner, chain 41337')])
      expect([await nonce(), await places()]).toEqual(before)
    },
    SLOW,
  )

  test(
    'pays what sales brought to the owner, and as much of the owner into the engine account, to the unit',
    async () => {
      const before = await places()
      expect((await run('capital', 'move', '--yes', '--wait')).status).toBe(0)
      expect(await places()).toEqual({
        engineAccount: before.engineAccount + 400_000_000n,
        ownerOnEngine: before.ownerOnEngine - 400_000_000n,
        executorOnVault: 0n,
        ownerOnVault: before.ownerOnVault + 400_000_000n,
      })
      expect((await run('capital', 'move', '--yes', '--wait')).out).toContain('nothing to move')
    },
    SLOW,
  )

  test(
    'takes out of the engine account what a lower target leaves over',
    async () => {
      const before = await places()
      expect((await run('capital', 'move', '--target', '25 %', '--yes', '--wait')).status).toBe(0)
      expect(await places()).toEqual({
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
      await bringHome(200_000_000n)
      const before = await places()
      const announced = await run('capital', 'move', '--yes')
      expect([announced.status, announced.out]).toEqual([0, expect.stringContaining('run this again then')])
      expect((await places()).executorOnVault).toBe(200_000_000n)
      await bringHome(50_000_000n)
      expect((await run('capital', 'move', '--yes', '--wait')).status).toBe(0)
      expect(await places()).toMatchObject({
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
    expect((await lienmesh(whole(words), { cwd: desk })).status).toBe(5)
  },
  SLOW,
)

describe('an agent does not start live', () => {
  test(
    'on the journal of another network',
    async () => {
      mkdirSync(join(desk, 'foreign'))
      openSqliteJournal({
        path: join(desk, 'foreign', 'journal.db'),
        owner: 'key 0xaa, engine 0xbb on chain 1',
      }).close()
      const refused = await askProcess('run', '--mode', 'live', '--data-dir', 'foreign')
      expect(refused).toMatchObject({ status: 4, code: 'E_JOURNAL_OWNER' })
      expect(refused.message).toContain('belongs to key 0xaa, engine 0xbb on chain 1')
    },
    SLOW,
  )

  test(
    'on a backup that is older than its last transaction',
    async () => {
      const account = privateKeyToAccount(operator)
      const node = createClient({ account, transport: http(local.engine.url) })
      await endow(operator)
      for (let i = 0; i < 3; i++) await sendTransaction(node, { to: account.address, chain: null })
      await expect.poll(() => nonce(account.address), { timeout: 20_000 }).toBe(3n)
      mkdirSync(join(desk, 'restored'))
      const journal = openSqliteJournal({ path: join(desk, 'restored', 'journal.db') })
      journal.commit({ ...journaledTx({ nonce: 0 }), chain: ENGINE, from: account.address, state: 'included' })
      journal.close()
      const refused = await askProcess('run', '--mode', 'live', '--data-dir', 'restored')
      expect(refused).toMatchObject({ status: 7, code: 'E_NONCE_FOREIGN' })
      expect(refused.message).toContain('an old copy of the journal')
    },
    SLOW,
  )
})

const terms = (cap: ReturnType<typeof usd>) => ({
  network: local.deployment.network,
  operator: making.operator,
  cap,
  worth: async () => usd(2_500n),
})

const urlOf = (chain: number): string => (chain === ENGINE ? local.engine.url : local.vault.url)

const purseOn = async (chain: typeof ENGINE): Promise<Purse> =>
  openPurse(chain, await nodeOf({ id: chain, rpc: [urlOf(chain)] }), owner)

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
    else await local.engine.rpc.request('evm_mine')
  }
}

/** Coin on both chains, dollars on the engine's. */
async function endow(key: Hex): Promise<void> {
  const to = addressOf(key)
  for (const { rpc } of [local.engine, local.vault]) await rpc.request('anvil_setBalance', [to, '0x56bc75e2d63100000'])
  const cash = local.deployment.network.engines[0]?.cash
  if (cash === undefined) throw new Error('no cash')
  const node = createClient({ account: privateKeyToAccount(key), transport: http(local.engine.url) })
  if (key === owner) {
    const args = [to, 100_000_000_000n] as const
    const hash = await writeContract(node, {
      address: cash,
      abi: testTokenAbi,
      functionName: 'mint',
      args,
      chain: null,
    })
    await waitForTransactionReceipt(node, { hash, pollingInterval: 100 })
  }
}

/** A directory as lienmesh init leaves it, with bare keys. */
async function deskAt(place: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lienmesh-owner-'))
  writeFileSync(join(folder, 'network.json'), networkJson(local.deployment.network))
  for (const [name, key] of Object.entries({ owner, operator, stranger }))
    writeFileSync(join(folder, `${name}.key`), key, { mode: 0o600 })
  const chains = [ENGINE, VAULT].map(
    (id) => `  - { id: ${id}, rpc: ['${urlOf(id)}'], quorum: 1, executor: '${place}' }`,
  )
  const text = ['network: network.json', 'mode: live', 'keys: { operator: operator.key }', 'chains:', ...chains, '']
  writeFileSync(join(folder, 'lienmesh.yaml'), text.join('\n'))
  return folder
}

const SENDS = /^(executor (fund|withdraw|deploy)|bond (add|unbond)|capital move)/

/** A command line with this desk's config, and with its owner where no other is named. */
function whole(words: readonly string[]): readonly string[] {
  const owner = SENDS.test(words.join(' ')) && !words.includes('--owner') ? ['--owner', 'owner.key'] : []
  const inDesk = [...words, ...owner].map((word) => (/\.(key|json)$/.test(word) ? join(desk, word) : word))
  return [...inDesk, '--config', join(desk, 'lienmesh.yaml')]
}

/** Runs a command in this process: what it printed and how it ended. */
async function run(...words: readonly string[]) {
  let out = ''
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    out += String(part)
    return true
  })
  try {
    return { status: await dispatch(whole(words), new AbortController().signal), out }
  } finally {
    stdout.mockRestore()
  }
}

/** How a command was refused. */
async function ask(...words: readonly string[]) {
  try {
    return { status: (await run(...words)).status, code: 'none', message: '' }
  } catch (error) {
    if (!(error instanceof LienmeshError)) throw error
    return { status: error.exit, code: error.code, message: error.message }
  }
}

/** The same by a process of its own: one that would live on, or that reads standard input. */
async function askProcess(...words: readonly string[]) {
  const { status, err } = await lienmesh([...whole(words), '--json'], { cwd: desk })
  const { code, message }: { code: string; message: string } = JSON.parse(err.trim().split('\n').at(-1) ?? '{}')
  return { status, code, message }
}

/** Ctrl-C while a delay is waited for. */
async function interrupted(...words: readonly string[]): Promise<number | null> {
  const args = [join(root, 'bin', 'lienmesh.js'), ...whole(words)]
  const child = spawn(process.execPath, args, { cwd: desk, stdio: ['ignore', 'pipe', 'ignore'] })
  child.stdout.setEncoding('utf8').on('data', (part: string) => part.includes('…') && child.kill('SIGINT'))
  return new Promise((resolve) => child.once('close', resolve))
}

const nonce = async (of = making.owner): Promise<bigint> =>
  BigInt(await local.engine.rpc.request<Hex>('eth_getTransactionCount', [of, 'latest']))

async function balance(): Promise<bigint> {
  const { node } = await purseOn(ENGINE)
  return balanceOf(node, local.deployment.network.engines[0]?.cash ?? '0x', making.owner)
}

/** What a sale leaves on the vault's chain: dollars of the executor. */
async function bringHome(amount: bigint): Promise<void> {
  const address = local.deployment.network.vaults[0]?.dollar ?? '0x'
  const node = createClient({ account: privateKeyToAccount(owner), transport: http(local.vault.url) })
  const args = [executor, amount] as const
  const hash = await writeContract(node, { address, abi: testTokenAbi, functionName: 'mint', args, chain: null })
  await waitForTransactionReceipt(node, { hash, pollingInterval: 100 })
}

/** The dollars that capital moves between, in their own units. */
async function places() {
  const { engines, vaults } = local.deployment.network
  const [{ node: onEngine }, { node: onVault }] = [await purseOn(ENGINE), await purseOn(VAULT)]
  const [engine, dollar] = [engines[0]?.engine ?? '0x', vaults[0]?.dollar ?? '0x']
  return {
    engineAccount: (await engineCash(onEngine, engine, executor)) / 10n ** 12n,
    ownerOnEngine: await balance(),
    executorOnVault: await balanceOf(onVault, dollar, executor),
    ownerOnVault: await balanceOf(onVault, dollar, making.owner),
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

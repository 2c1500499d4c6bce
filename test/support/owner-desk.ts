// An owner's desk: a deployed network of two chains, and a directory with the keys and the config of an executor on it.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type Hex, http } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { waitForTransactionReceipt, writeContract } from 'viem/actions'
import { vi } from 'vitest'
import { testTokenAbi } from '../../agent/adapters/chain/abi/test-token.ts'
import { dispatch } from '../../agent/cli/dispatch.ts'
import { LienmeshError } from '../../agent/domain/errors.ts'
import { chainId } from '../../agent/domain/units.ts'
import { executorAddress } from '../../agent/operator/create.ts'
import { nodeOf } from '../../agent/operator/node.ts'
import { openPurse, type Purse } from '../../agent/operator/purse.ts'
import { balanceOf } from '../../agent/operator/tokens.ts'
import { engineCash } from '../../agent/operator/withdraw.ts'
import { networkJson } from '../../config/network.ts'
import { lienmesh } from './command-line.ts'
import { root } from './cruise.ts'
import { type LocalNetwork, startLocalNetwork } from './local-network.ts'

export const [ENGINE, VAULT] = [chainId(31_337), chainId(41_337)]
export const [owner, operator, stranger] = [generatePrivateKey(), generatePrivateKey(), generatePrivateKey()]
export const addressOf = (key: Hex) => privateKeyToAccount(key).address
export const making = { owner: addressOf(owner), operator: addressOf(operator), delay: 2, salt: 0 }
/** Where the owner's executor stands on both chains, deployed or not. */
export const executor = executorAddress(making)

/** How a command ended: its exit status, its code (`none` where it was not refused) and its message. */
type Refusal = { readonly status: number | null; readonly code: string; readonly message: string }

/** What an owner has, and how it speaks. */
export type OwnerDesk = Awaited<ReturnType<typeof openOwnerDesk>>

/** Starts the chains, endows the owner and a stranger with coin, the owner with dollars, and lays the directory out. */
export async function openOwnerDesk() {
  const local = await startLocalNetwork('first-steps')
  for (const key of [owner, stranger]) await endow(local, key)
  const [engine, vault] = [local.deployment.network.engines[0], local.deployment.network.vaults[0]]
  if (engine === undefined || vault === undefined) throw new Error('a network of nothing')
  await mint(local.engine.url, engine.cash, making.owner, 100_000_000_000n)
  const folder = layOut(local)
  const purseOn = async (chain: typeof ENGINE): Promise<Purse> =>
    openPurse(chain, await nodeOf({ id: chain, rpc: [urlOf(local, chain)] }), owner)
  const balance = async () => balanceOf((await purseOn(ENGINE)).node, engine.cash, making.owner)
  return {
    ...commandsIn(folder),
    local,
    folder,
    purseOn,
    endow: (key: Hex) => endow(local, key),
    nonce: async (of = making.owner): Promise<bigint> =>
      BigInt(await local.engine.rpc.request<Hex>('eth_getTransactionCount', [of, 'latest'])),
    /** The owner's dollars on the engine's chain, in their own units. */
    balance,
    /** What a sale leaves on the vault's chain: dollars of the executor. */
    bringHome: (amount: bigint) => mint(local.vault.url, vault.dollar ?? '0x', executor, amount),
    /** The dollars that capital moves between, in their own units. */
    async places() {
      const [{ node: onEngine }, { node: onVault }] = [await purseOn(ENGINE), await purseOn(VAULT)]
      const dollar = vault.dollar ?? '0x'
      return {
        engineAccount: (await engineCash(onEngine, engine.engine, executor)) / 10n ** 12n,
        ownerOnEngine: await balance(),
        executorOnVault: await balanceOf(onVault, dollar, executor),
        ownerOnVault: await balanceOf(onVault, dollar, making.owner),
      }
    },
    async close() {
      await local.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The command line of a directory: with its config, and with its owner where no other is named. */
function commandsIn(folder: string) {
  function whole(words: readonly string[]): readonly string[] {
    const owner = SENDS.test(words.join(' ')) && !words.includes('--owner') ? ['--owner', 'owner.key'] : []
    const inDesk = [...words, ...owner].map((word) => (/\.(key|json)$/.test(word) ? join(folder, word) : word))
    return [...inDesk, '--config', join(folder, 'lienmesh.yaml')]
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

  return {
    whole,
    run,

    /** How a command was refused. */
    async ask(...words: readonly string[]): Promise<Refusal> {
      try {
        return { status: (await run(...words)).status, code: 'none', message: '' }
      } catch (error) {
        if (!(error instanceof LienmeshError)) throw error
        return { status: error.exit, code: error.code, message: error.message }
      }
    },

    /** The same by a process of its own: one that would live on, or that reads standard input. */
    async askProcess(...words: readonly string[]): Promise<Refusal> {
      const { status, err } = await lienmesh([...whole(words), '--json'], { cwd: folder })
      const { code, message }: { code: string; message: string } = JSON.parse(err.trim().split('\n').at(-1) ?? '{}')
      return { status, code, message }
    },

    /** Ctrl-C while a delay is waited for. */
    async interrupted(...words: readonly string[]): Promise<number | null> {
      const args = [join(root, 'bin', 'lienmesh.js'), ...whole(words)]
      const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })
      child.stdout.setEncoding('utf8').on('data', (part: string) => part.includes('…') && child.kill('SIGINT'))
      return new Promise((resolve) => child.once('close', resolve))
    },
  }
}

const SENDS = /^(executor (fund|withdraw|deploy)|bond (add|unbond)|capital move)/

/** A directory as lienmesh init leaves it, with bare keys. */
function layOut(local: LocalNetwork): string {
  const folder = mkdtempSync(join(tmpdir(), 'lienmesh-owner-'))
  writeFileSync(join(folder, 'network.json'), networkJson(local.deployment.network))
  for (const [name, key] of Object.entries({ owner, operator, stranger }))
    writeFileSync(join(folder, `${name}.key`), key, { mode: 0o600 })
  const chains = [ENGINE, VAULT].map(
    (id) => `  - { id: ${id}, rpc: ['${urlOf(local, id)}'], quorum: 1, executor: '${executor}' }`,
  )
  const text = ['network: network.json', 'mode: live', 'keys: { operator: operator.key }', 'chains:', ...chains, '']
  writeFileSync(join(folder, 'lienmesh.yaml'), text.join('\n'))
  return folder
}

const urlOf = ({ engine, vault }: LocalNetwork, chain: number): string => (chain === ENGINE ? engine.url : vault.url)

/** Coin on both chains. */
async function endow({ engine, vault }: LocalNetwork, key: Hex): Promise<void> {
  for (const { rpc } of [engine, vault]) await rpc.request('anvil_setBalance', [addressOf(key), '0x56bc75e2d63100000'])
}

/** New test dollars, paid for by the owner. */
async function mint(url: string, token: Hex, to: Hex, amount: bigint): Promise<void> {
  const node = createClient({ account: privateKeyToAccount(owner), transport: http(url) })
  const hash = await writeContract(node, {
    address: token,
    abi: testTokenAbi,
    functionName: 'mint',
    args: [to, amount],
    chain: null,
  })
  await waitForTransactionReceipt(node, { hash, pollingInterval: 100 })
}

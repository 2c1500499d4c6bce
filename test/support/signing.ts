// A signer in a process of its own, with a key, a book and a policy.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { EXECUTE, executeCall } from '../../agent/adapters/chain/executor-call.ts'
import { openSigner } from '../../agent/adapters/signer/open.ts'
import type { Policy } from '../../agent/adapters/signer/policy.ts'
import { chainId } from '../../agent/domain/units.ts'
import type { Signer, UnsignedTransaction } from '../../agent/ports/signer.ts'
import { temporaryFolder } from './config-file.ts'

export const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
export const OWNER = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
export const EXECUTOR = '0x00000000000000000000000000000000000000e1'
export const CHAIN = chainId(31_337)

export const policy: Policy = {
  chains: [
    {
      chain: CHAIN,
      destinations: [{ to: EXECUTOR, selector: EXECUTE, maxOutlay: 1_000n }],
      maxFee: 10n ** 12n,
      maxGas: 3_000_000n,
    },
  ],
  statements: [{ kind: 'attestation', chain: CHAIN }],
}

/** A bid of our executor. */
export const bid = (change: Partial<UnsignedTransaction> = {}): UnsignedTransaction => ({
  ...{ chain: CHAIN, nonce: 0, to: EXECUTOR, value: 0n, gas: 2_000_000n, maxFee: 100n, tip: 10n },
  data: executeCall([], { intent: `0x${'11'.repeat(32)}`, leg: 0, deadline: 9n, floor: -1_000n }),
  ...change,
})

/** A folder with a key, and the signer process that opens it; ended with the test. */
export async function signerProcess(folder = temporaryFolder(), alarms: string[] = []) {
  const file = join(folder, 'operator.key')
  writeFileSync(file, KEY, { mode: 0o600 })
  const source = { kind: 'process', file } as const
  const alarm = (code: string) => void alarms.push(code)
  const signer: Signer = await openSigner({ source, policy, book: join(folder, 'signer.db'), alarm })
  onTestFinished(() => signer.close())
  return { folder, signer, alarms }
}

// Every protection by its name: it trips, a kill does not clear it, settlements go on meanwhile, only the command clears it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import { createCore, type Input } from '../../agent/core/core.ts'
import { HALT_REASONS } from '../../agent/core/protect.ts'
import type { Claim } from '../../agent/domain/liquidation.ts'
import { rememberHalt } from '../../agent/runtime/command-post.ts'
import {
  anchor,
  hash,
  only,
  opening,
  play,
  ripe,
  START,
  sale,
  seatOf,
  secondsIn,
  setup,
  takeAll,
  usd,
  WETH,
} from '../support/builders.ts'

const folder = mkdtempSync(join(tmpdir(), 'lienmesh-protections-'))
afterAll(() => rmSync(folder, { recursive: true }))

const claim: Claim = {
  ...{ intent: hash(7), vault: 'vault-fast', collateral: 0, asset: WETH, amount: 10n ** 18n },
  ...{ openedAt: START, openedIn: anchor(1n) },
}

describe.each(HALT_REASONS.filter((reason) => reason !== 'operator'))('protection %s', (reason) => {
  test('trips, survives a kill, refuses what is new, lets settlements go on, and is cleared by the command alone', async () => {
    const path = join(folder, `${reason}.db`)
    await killAfter(reason, path)
    const journal = openSqliteJournal({ path })
    const inputs: Input[] = []
    rememberHalt({ journal, tell: (input) => void inputs.push({ ...input, at: START }) })
    expect(inputs).toMatchObject([{ kind: 'halt', halt: { reason } }])
    const core = createCore(setup({ seats: [seatOf(takeAll)] }))
    const after = play(core, [...inputs, ...opening(2_400, ripe())])
    expect([only(after, 'submit'), only(after, 'open-auction')]).toEqual([[], []])
    expect(only(after, 'decided').map(({ decision }) => decision.reason)).toEqual(['halted'])
    const way: Input[] = [
      { at: secondsIn(1), kind: 'claim-opened', claim },
      { at: secondsIn(2), kind: 'claim-sold', claims: [claim], sale: sale(usd(2_400), usd(2_400)) },
    ]
    const settled = play(core, way)
    expect([only(settled, 'settle').length, only(settled, 'alarm')]).toEqual([1, []])
    expect(only(play(core, [{ at: secondsIn(3), kind: 'timer' }]), 'submit')).toEqual([])
    expect(only(play(core, [{ at: secondsIn(3), kind: 'resume' }]), 'submit')).toHaveLength(1)
    journal.close()
  })
})

/** Runs an agent's core and journal until the protection has tripped, then kills it. */
async function killAfter(reason: string, path: string): Promise<void> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../support/tripping.ts', import.meta.url)), reason, path],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
}

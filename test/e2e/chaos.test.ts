// The short campaign: an agent killed thirty times, under every fault, pays once and loses nothing.
import { expect, test } from 'vitest'
import type { BatchResult } from '../../agent/swarm/chaos/batch.ts'
import { runCampaign, type Summary } from '../../agent/swarm/chaos/campaign.ts'
import { temporaryFolder } from '../support/config-file.ts'

/** Under a minute and a half on two idle cores; a campaign on a busy machine takes its time, and must not be hurried. */
const PATIENCE = 900_000

test(
  'an agent that is killed thirty times pays every bid once and brings every claim home',
  async () => {
    const worlds: BatchResult[] = []
    const campaign = { kills: 32, seed: 20, folder: temporaryFolder(), signal: new AbortController().signal }
    const summary = await runCampaign({ ...campaign, report: (world) => worlds.push(world) })
    const { kills, reorgs, rpcFaults, liquidations, ...found } = summary
    expect(worlds.flatMap(({ findings }) => findings)).toEqual([])
    expect(found).toMatchObject({
      doublePayments: 0,
      lost: 0,
      weiDifferenceA: 0n,
      weiDifferenceB: 0n,
    } satisfies Partial<Summary>)
    expect(
      { enough: kills >= 30 && reorgs >= 8 && rpcFaults >= 60 && liquidations >= 5 },
      JSON.stringify([kills, reorgs, rpcFaults, liquidations]),
    ).toEqual({ enough: true })
  },
  PATIENCE,
)

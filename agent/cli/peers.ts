// lienmesh peers
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { agentFlags, askAt } from './ask-agent.ts'
import { command } from './command.ts'
import { json } from './format.ts'

const rating = z.looseObject({ grade: z.string(), share: z.number() })

const report = z.looseObject({
  peerId: z.string(),
  connected: z.number(),
  sameNetwork: z.number(),
  inMesh: z.number(),
  lonely: z.string().optional(),
  peers: z.array(
    z.looseObject({
      id: z.string(),
      address: z.string(),
      score: z.number(),
      bonded: z.boolean(),
      standing: z.string(),
      mesh: z.array(z.string()),
    }),
  ),
  routes: z.array(rating.extend({ vault: z.string(), witnesses: z.number(), settled: z.number(), stuck: z.number() })),
  providers: z.array(rating.extend({ provider: z.string(), asked: z.number(), kept: z.number(), fee: z.number() })),
  refused: z.record(z.string(), z.number()),
})
type Report = z.infer<typeof report>

/** Whom a running agent hears, with the ratings that come of it. */
export const peers = command({
  options: agentFlags,
  examples: ['lienmesh peers --config agent.yaml', 'lienmesh peers --json'],
  run: async (options, context) => {
    const said = report.parse(await askAt(options, { ask: 'peers' }, context))
    if (context.json) context.print(json({ type: 'peers', ...said }))
    else for (const line of inWords(said)) context.print(line)
    return EXIT.ok
  },
})

const WHY: Readonly<Record<string, string>> = {
  'nobody-connected': 'nobody is connected: look at p2p.bootstrap, p2p.swarmKey and the firewall',
  'other-network': 'everybody connected is of another network or version: compare network.json',
  'all-scored-out': 'everybody of this network sent too much that did not verify: compare clocks and network.json',
  forming: 'the mesh forms within a few heartbeats, ten seconds after a peer left it',
}

function inWords({ peerId, connected, sameNetwork, inMesh, lonely, ...said }: Report): readonly string[] {
  return [
    `${peerId}: ${connected} connected, ${sameNetwork} of this network, ${inMesh} in the mesh`,
    ...(lonely === undefined ? [] : [`  nobody in the mesh: ${WHY[lonely] ?? lonely}`]),
    ...said.peers.map(
      (one) =>
        `  ${one.standing.padEnd(13)} ${one.id} ${one.bonded ? 'bonded  ' : 'stranger'} score ${one.score.toFixed(1)}, ${one.mesh.length} topics, ${one.address}`,
    ),
    ...said.routes.map(
      (one) =>
        `  route ${one.vault}: ${one.grade}, ${one.stuck} stuck of ${one.settled + one.stuck} by ${one.witnesses} witnesses`,
    ),
    ...said.providers.map(
      (one) =>
        `  provider ${one.provider}: ${one.grade}, kept ${one.kept.toFixed(1)} of ${one.asked.toFixed(1)}, ${one.fee} bps on top`,
    ),
    ...Object.entries(said.refused).map(([reason, count]) => `  refused ${reason}: ${count}`),
  ]
}

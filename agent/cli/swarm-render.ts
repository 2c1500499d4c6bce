// lienmesh swarm render: the same agents on many machines, run by programs that do this for a living.
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import type { Rendered } from '../swarm/render/render.ts'
import { command } from './command.ts'

/** Writes compose, Kubernetes, Helm or systemd files for the agents of a described deployment. */
export const swarmRender = command({
  options: z.strictObject({
    file: z.string().min(1).default('deploy.yaml').describe('The described deployment: network, groups of agents.'),
    target: z.enum(['compose', 'k8s', 'helm', 'systemd']).describe('Who runs the agents.'),
    out: z.string().min(1).default('deploy').describe('Folder to write to.'),
  }),
  positionals: ['file'],
  examples: ['lienmesh swarm render deploy.yaml --target compose', 'lienmesh swarm render --target k8s --out k8s'],
  run: async ({ file, target, out }, context) => {
    const { render } = await import('../swarm/render/render.ts')
    const rendered = await render(file, target, out)
    if (context.json) context.print(JSON.stringify({ type: 'rendered', ...rendered }))
    else for (const line of inWords(rendered)) context.print(line)
    return EXIT.ok
  },
})

const inWords = ({ agents, files, missing, folder, start }: Rendered): readonly string[] => [
  ...agents.map(({ name, peer, config }) => `✔ ${name.padEnd(12)} ${config}  ${peer}`),
  ...files.map((file) => `✔ ${file}`),
  ...(missing.length === 0
    ? []
    : [
        'still to bring, mode 0600 (lienmesh keys new operator --dir FOLDER --password FILE makes a key and needs its password):',
        ...missing.map((file) => `  ${file}`),
        'then deploy an executor for each: lienmesh executor deploy --config CONFIG',
      ]),
  `start, in ${folder}: ${start}`,
]

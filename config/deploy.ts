// A described deployment: which agents run where. A YAML file that `swarm render` turns into other programs' files.
import { z } from 'zod'
import { name } from './fields.ts'

const group = z.strictObject({
  group: name.describe('Its agents are called GROUP-0, GROUP-1 and so on.'),
  count: z.int().min(1).max(64).default(1).describe('How many agents.'),
  config: z.string().min(1).describe('File that the config of each begins from; lienmesh init writes one.'),
  hosts: z
    .array(z.string().regex(/^[A-Za-z0-9.-]+$/, 'expected a host name or an IPv4 address'))
    .default([])
    .describe('Machines of a systemd deployment, in turn. Without them all agents are on one.'),
})

/** The file. */
export const deployFile = z
  .strictObject({
    name: name.default('lienmesh').describe('Namespace, project or chart.'),
    network: z.string().min(1).describe('File with the network description (network.json).'),
    image: z
      .string()
      .min(1)
      .default('lienmesh:local')
      .describe('Container image; the Dockerfile of the package builds it.'),
    storage: z.string().min(1).default('2Gi').describe('Size of the volume of an agent on Kubernetes.'),
    memory: z.string().min(1).default('512Mi').describe('Most memory of an agent.'),
    node: z.string().startsWith('/').default('/usr/bin/node').describe('Node >= 24.12 on the machines of systemd.'),
    program: z.string().startsWith('/').default('/opt/lienmesh').describe('Where the package lies on them.'),
    agents: z.array(group).min(1),
  })
  .superRefine(({ agents }, context) => {
    agents.forEach(({ group }, index) => {
      if (agents.findIndex((one) => one.group === group) === index) return
      context.addIssue({ code: 'custom', path: ['agents', index, 'group'], message: `is there twice: ${group}` })
    })
  })

/** A deployment with every default filled in. */
export type Deploy = z.infer<typeof deployFile>

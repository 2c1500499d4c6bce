// Agents on one machine with Docker: one service each, its secrets as files that only it sees, its data in a volume.
import { relative, resolve } from 'node:path'
import { stringify } from 'yaml'
import { packageRoot } from '../../suite/artefact.ts'
import { type Placed, type Plan, PORTS, startWords } from './plan.ts'

/** How the agents of a deployment find each other. */
export const composeAddress = ({ name }: Placed): string => `/dns4/${name}/tcp/${PORTS.p2p}`

/** docker-compose.yml. */
export function composeFiles(plan: Plan): Readonly<Record<string, string>> {
  const { deploy, agents, folder } = plan
  const volumes = Object.fromEntries(agents.map(({ name }) => [`data-${name}`, {}]))
  const services = Object.fromEntries(agents.map((one) => [one.name, service(plan, one)]))
  const build = { context: relative(resolve(folder), packageRoot()) || '.' }
  const [first] = agents
  if (first !== undefined) Object.assign(services[first.name] ?? {}, { build })
  const text = stringify({ version: '3.8', services, volumes }, { lineWidth: 0, aliasDuplicateObjects: false })
  return { 'docker-compose.yml': `# ${deploy.name}: written by lienmesh swarm render. docker-compose up -d\n${text}` }
}

function service({ deploy, agents }: Plan, one: Placed): Readonly<Record<string, unknown>> {
  const [first] = agents
  return {
    image: deploy.image,
    command: startWords(one, `agents/${one.name}.yaml`),
    // Key files are their owner's alone: the agent runs as whoever owns them.
    user: `$\{LIENMESH_UID:-1000}:$\{LIENMESH_GID:-1000}`,
    init: true,
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    mem_limit: deploy.memory.replace(/i?$/, '').toLowerCase(),
    restart: 'on-failure',
    stop_signal: 'SIGTERM',
    stop_grace_period: '60s',
    working_dir: '/lienmesh',
    tmpfs: ['/tmp'],
    volumes: [
      './network.json:/lienmesh/network.json:ro',
      `./agents/${one.name}.yaml:/lienmesh/agents/${one.name}.yaml:ro`,
      `./secrets/${one.name}:/lienmesh/secrets/${one.name}:ro`,
      './secrets/read.token:/lienmesh/secrets/read.token:ro',
      `data-${one.name}:/lienmesh/data`,
    ],
    ports: [`127.0.0.1:${PORTS.watch + one.index}:${PORTS.watch}`, `${PORTS.p2p + one.index}:${PORTS.p2p}`],
    healthcheck: {
      test: ['CMD', 'node', '-e', ALIVE],
      interval: '10s',
      timeout: '5s',
      retries: 3,
      start_period: '60s',
    },
    ...(first !== undefined &&
      one.name !== first.name && { depends_on: { [first.name]: { condition: 'service_healthy' } } }),
  }
}

/** Alive, not ready: an agent whose nodes are gone is not mended by a restart. */
const ALIVE = `fetch('http://127.0.0.1:${PORTS.watch}/livez').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`

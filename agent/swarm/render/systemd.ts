// Agents on machines of their own under systemd: one unit per group, an instance per agent, secrets as credentials.
import { type Placed, type Plan, PORTS, secretsOf, startWords } from './plan.ts'

/** Where configs and secrets are put on a machine. */
const ETC = '/etc/lienmesh'

/** The ports of an agent: several of them may share a machine. */
const portsOf = ({ index }: Placed) => ({ p2p: PORTS.p2p + 100 * index, watch: PORTS.watch + 100 * index })

/** How the agents of a deployment find each other. */
export const systemdAddress = (one: Placed): string =>
  `/${/^[0-9.]+$/.test(one.host) ? 'ip4' : 'dns4'}/${one.host}/tcp/${portsOf(one).p2p}`

/** What differs from other targets in a config: ports, and receivers of reports, which no variable can name. */
export function systemdWords(one: Placed): Readonly<Record<string, unknown>> {
  const { p2p, watch } = portsOf(one)
  const credentials = `/run/credentials/${unitOf(one.group)}@${one.ordinal}.service`
  const local = one.host === '127.0.0.1'
  return {
    'p2p.listen': `/ip4/${local ? '127.0.0.1' : '0.0.0.0'}/tcp/${p2p}`,
    'api.watch': `127.0.0.1:${watch}`,
    ...Object.fromEntries(
      one.base.config.notify.map((_, i) => [`notify.${i}.address`, `${credentials}/agent_notify-${i}`]),
    ),
  }
}

const unitOf = (group: string): string => `lienmesh-${group}`

/** One template unit per group. */
export function systemdFiles({ deploy, agents }: Plan): Readonly<Record<string, string>> {
  const firsts = agents.filter(({ ordinal }) => ordinal === 0)
  return Object.fromEntries(firsts.map((one) => [`systemd/${unitOf(one.group)}@.service`, unit(deploy, one)]))
}

const unit = (deploy: Plan['deploy'], one: Placed): string =>
  `# Written by lienmesh swarm render. Instances are ordinals: systemctl enable --now ${unitOf(one.group)}@0
[Unit]
Description=Lienmesh agent ${one.group}-%i
Documentation=file:${deploy.program}/docs/operating.md
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=300
StartLimitBurst=10

[Service]
Type=exec
ExecStart=${deploy.node} ${deploy.program}/bin/lienmesh.js ${startWords(one, `${ETC}/agents/${one.group}-%i.yaml`).join(' ')}
# Every file of the directory becomes a credential: agent_operator.json, agent_peer.key and so on.
LoadCredential=agent:${ETC}/secrets/${one.group}-%i
LoadCredential=read.token:${ETC}/secrets/read.token
${environmentOf(one).join('\n')}
Environment=LIENMESH_DATA_DIR=%S/lienmesh/${one.group}-%i
Environment=LIENMESH_API__TOKEN=%d/read.token
Environment=NODE_ENV=production
# 4 is a config or a key that no restart mends, 7 a safety stop that somebody must look at.
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=4 7
TimeoutStopSec=60
DynamicUser=yes
User=lienmesh-${one.group}
StateDirectory=lienmesh/${one.group}-%i
StateDirectoryMode=0700
UMask=0077
MemoryMax=${deploy.memory.replace(/i$/, '')}
TasksMax=64
LimitNOFILE=4096
LimitCORE=0
${HARDENING.join('\n')}

[Install]
WantedBy=multi-user.target
`

/** Variables go before the file: the credentials' directory has a name of its own per instance. */
function environmentOf(one: Placed): readonly string[] {
  const names: Readonly<Record<string, string>> = {
    'operator.json': 'LIENMESH_KEYS__OPERATOR',
    'operator.password': 'LIENMESH_KEYS__PASSWORD',
    'peer.key': 'LIENMESH_P2P__IDENTITY',
    'swarm.key': 'LIENMESH_P2P__SWARM_KEY',
  }
  return secretsOf(one).flatMap((file) =>
    names[file] === undefined ? [] : [`Environment=${names[file]}=%d/agent_${file}`],
  )
}

/** Everything that an agent does not need. Memory stays writable and executable: V8 compiles. */
const HARDENING = [
  'NoNewPrivileges=yes',
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'ProtectSystem=strict',
  'ProtectHome=yes',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'PrivateUsers=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectControlGroups=yes',
  'ProtectProc=invisible',
  'ProcSubset=pid',
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
  'RemoveIPC=yes',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallFilter=~@privileged',
  'SystemCallErrorNumber=EPERM',
]

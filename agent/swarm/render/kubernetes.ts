// Agents on Kubernetes: a StatefulSet and a headless service per group, so that names and peer ids last.
import { type Placed, type Plan, PORTS, secretsOf, startWords } from './plan.ts'

type Manifest = { readonly kind: string; readonly metadata: { readonly name: string } } & Readonly<
  Record<string, unknown>
>

/** What a target puts in its own words: a literal, or an expression of its templates. */
export type Words = {
  readonly image: string
  readonly storage: string
  readonly memory: string
  readonly replicas: (group: string) => string | number
}

/** Names that manifests share. */
export const NAMES = {
  network: 'lienmesh-network',
  metrics: 'lienmesh-metrics',
  configs: (group: string): string => `${group}-agents`,
  secrets: (group: string): string => `${group}-secrets`,
} as const

/** How the agents of a deployment find each other: a pod's own name in its headless service. */
export const podAddress = ({ name, group }: Placed): string => `/dns4/${name}.${group}/tcp/${PORTS.p2p}`

/** Files of one group's secret, by key: one secret for all its pods, of which each copies its own. */
export const secretFiles = (
  { agents }: Plan,
  group: string,
): readonly { readonly key: string; readonly file: string }[] =>
  agents
    .filter((one) => one.group === group)
    .flatMap((one) =>
      secretsOf(one).map((file) => ({ key: `${one.name}.${file}`, file: `secrets/${one.name}/${file}` })),
    )

/** Everything of one group. */
export function groupManifests(plan: Plan, group: string, words: Words): readonly Manifest[] {
  const [first] = plan.agents.filter((one) => one.group === group)
  if (first === undefined) return []
  const labels = { 'app.kubernetes.io/name': 'lienmesh', 'app.kubernetes.io/component': group }
  const metadata = { name: group, labels }
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    {
      ...{ apiVersion: 'v1', kind: 'Service', metadata },
      spec: {
        clusterIP: 'None',
        // Peers must find each other before any of them is ready: readiness waits for the mesh.
        publishNotReadyAddresses: true,
        selector: labels,
        ports: [
          { name: 'p2p', port: PORTS.p2p, targetPort: 'p2p' },
          { name: 'watch', port: PORTS.watch, targetPort: 'watch' },
        ],
      },
    },
    {
      ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata },
      spec: {
        serviceName: group,
        replicas: words.replicas(group),
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(first, words, labels) },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: words.storage } } },
          },
        ],
      },
    },
    {
      ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
    {
      ...{ apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', metadata },
      spec: {
        selector: { matchLabels: labels },
        endpoints: [
          {
            ...{ port: 'watch', path: '/metrics', interval: '15s' },
            authorization: { type: 'Bearer', credentials: { name: NAMES.metrics, key: 'read.token' } },
          },
        ],
      },
    },
  ]
}

const USER = 10_001

function podSpec(one: Placed, { image, memory }: Words, labels: Readonly<Record<string, string>>) {
  const pod = { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }
  const locked = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } }
  return {
    serviceAccountName: one.group,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 60,
    securityContext: {
      ...{ runAsNonRoot: true, runAsUser: USER, runAsGroup: USER, fsGroup: USER },
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: [
      {
        ...{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
        labelSelector: { matchLabels: labels },
      },
    ],
    initContainers: [
      {
        // A mounted secret is readable by its group, and the agent refuses such a key: each copies its own, for itself.
        ...{ name: 'secrets', image, command: ['sh', '-c', COPY], env: [pod], securityContext: locked },
        volumeMounts: [
          { name: 'sealed', mountPath: '/sealed', readOnly: true },
          { name: 'metrics', mountPath: '/metrics', readOnly: true },
          { name: 'secrets', mountPath: '/lienmesh/secrets' },
        ],
      },
    ],
    containers: [
      {
        ...{ name: 'agent', image, env: [pod], workingDir: '/lienmesh', securityContext: locked },
        args: startWords(one, 'agents/$(POD_NAME).yaml'),
        ports: [
          { name: 'p2p', containerPort: PORTS.p2p },
          { name: 'watch', containerPort: PORTS.watch },
        ],
        startupProbe: { httpGet: { path: '/livez', port: 'watch' }, periodSeconds: 5, failureThreshold: 60 },
        livenessProbe: { httpGet: { path: '/livez', port: 'watch' }, periodSeconds: 10, failureThreshold: 3 },
        readinessProbe: { httpGet: { path: '/readyz', port: 'watch' }, periodSeconds: 5, failureThreshold: 2 },
        resources: { requests: { cpu: '100m', memory: '192Mi' }, limits: { memory } },
        volumeMounts: [
          { name: 'network', mountPath: '/lienmesh/network.json', subPath: 'network.json', readOnly: true },
          { name: 'agents', mountPath: '/lienmesh/agents', readOnly: true },
          { name: 'secrets', mountPath: '/lienmesh/secrets', readOnly: true },
          { name: 'data', mountPath: '/lienmesh/data' },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      { name: 'network', configMap: { name: NAMES.network } },
      // Endpoints may hold credentials: configs are a secret.
      { name: 'agents', secret: { secretName: NAMES.configs(one.group) } },
      { name: 'sealed', secret: { secretName: NAMES.secrets(one.group), defaultMode: 0o440 } },
      { name: 'metrics', secret: { secretName: NAMES.metrics, defaultMode: 0o440 } },
      { name: 'secrets', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
    ],
  }
}

const COPY = [
  'umask 077',
  'mkdir -p "/lienmesh/secrets/$POD_NAME"',
  'for f in /sealed/"$POD_NAME".*; do cp "$f" "/lienmesh/secrets/$POD_NAME/$(echo "$f" | cut -d. -f2-)"; done',
  'cp /metrics/read.token /lienmesh/secrets/read.token',
].join(' && ')

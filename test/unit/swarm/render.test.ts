// Deployments written for other programs, judged by those programs where this machine has them.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments, parse as parseYaml } from 'yaml'
import { z } from 'zod'
import type { Target } from '../../../agent/swarm/render/plan.ts'
import { render } from '../../../agent/swarm/render/render.ts'
import { loadConfig } from '../../../config/load.ts'
import { agentDirectory } from '../../support/agent-directory.ts'
import { temporaryFolder } from '../../support/config-file.ts'
import { root } from '../../support/cruise.ts'

const has = (program: string, ...words: readonly string[]): boolean =>
  spawnSync(program, words, { stdio: 'ignore' }).status === 0

/** Two groups: three bidders under a password and a swarm key, one watcher. */
function described(more = ''): { readonly file: string; readonly folder: string } {
  const config = agentDirectory({
    more: 'p2p: { swarmKey: swarm.key }\nnotify: [{ kind: webhook, address: hook.url }]\n',
  })
  const folder = temporaryFolder()
  const from = config.replace(/agent\.yaml$/, '')
  writeFileSync(join(from, 'swarm.key'), `/key/swarm/psk/1.0.0/\n/base16/\n${'ab'.repeat(32)}\n`, { mode: 0o600 })
  writeFileSync(join(from, 'hook.url'), 'http://127.0.0.1:1/hook', { mode: 0o600 })
  const groups = `agents:\n  - { group: house, count: 3, config: ${config} }\n  - { group: late, config: ${config} }\n`
  const file = join(folder, 'deploy.yaml')
  const paths = `node: ${process.execPath}\nprogram: ${root}\n`
  writeFileSync(file, `network: ${join(from, 'network.json')}\n${paths}${more}${groups}`)
  return { file, folder: join(folder, 'out') }
}

const rendered = (target: Target) => {
  const { file, folder } = described()
  return render(file, target, folder)
}

const configOf = (folder: string, name: string) =>
  loadConfig({ file: join(folder, 'agents', `${name}.yaml`), env: {}, flags: {} }).config

describe.each(['compose', 'k8s', 'helm', 'systemd'] as const)('for %s', (target) => {
  test('every agent has a config that loads, a name, a peer id and peers of its own', async () => {
    const { folder, agents } = await rendered(target)
    expect(agents.map(({ name }) => name)).toEqual(['house-0', 'house-1', 'house-2', 'late-0'])
    expect(new Set(agents.map(({ peer }) => peer)).size).toBe(4)
    for (const { name } of agents) {
      const config = configOf(folder, name)
      const others = agents.filter((one) => one.name !== name).map(({ peer }) => peer)
      expect(config.p2p.bootstrap.map((address) => address.split('/p2p/')[1])).toEqual(others)
      expect([config.name, config.network]).toEqual([name, join(folder, 'network.json')])
    }
  })

  test('secrets are private files, and money keys are asked for and never made', async () => {
    const { folder, missing } = await rendered(target)
    const names = ['house-0', 'house-1', 'house-2', 'late-0']
    expect(missing).toEqual(names.map((name) => join(folder, 'secrets', name, 'operator.json')))
    const made = names.flatMap((name) => ['notify-0', 'peer.key', 'swarm.key'].map((one) => join(name, one)))
    const modes = [...made, 'read.token'].map((one) => statSync(join(folder, 'secrets', one)).mode & 0o077)
    expect(modes.every((mode) => mode === 0)).toBe(true)
  })

  test('rendered again, peer ids, the token and deployed executors are what they were', async () => {
    const { file, folder } = described()
    const first = await render(file, target, folder)
    const token = readFileSync(join(folder, 'secrets', 'read.token'), 'utf8')
    const executor = `0x${'ee'.repeat(20)}`
    const config = join(folder, 'agents', 'house-1.yaml')
    const base = z
      .object({ agents: z.array(z.object({ config: z.string() })) })
      .parse(parseYaml(readFileSync(file, 'utf8')))
    const from = base.agents[0]?.config ?? ''
    writeFileSync(from, readFileSync(from, 'utf8').replaceAll(/, executor: "[^"]+"/g, ''))
    writeFileSync(config, readFileSync(config, 'utf8').replaceAll(/"0x0{38}a1"|0x0{38}a1/g, `"${executor}"`))
    const again = await render(file, target, folder)
    expect(again.agents).toEqual(first.agents)
    expect(readFileSync(join(folder, 'secrets', 'read.token'), 'utf8')).toBe(token)
    expect(configOf(folder, 'house-1').chains.map((one) => one.executor)).toEqual([executor, executor])
    const before = `0x${'a1'.padStart(40, '0')}`
    expect(configOf(folder, 'house-0').chains.map((one) => one.executor)).toEqual([before, before])
  })
})

const service = z.looseObject({
  command: z.array(z.string()),
  volumes: z.array(z.string()),
  ports: z.array(z.string()),
  healthcheck: z.looseObject({ test: z.array(z.string()) }),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
})

describe('compose', () => {
  test('mounts what exists, publishes nothing twice, and waits for the first agent', async () => {
    const { folder } = await rendered('compose')
    const file = z.looseObject({ services: z.record(z.string(), service), volumes: z.looseObject({}) })
    const { services, volumes } = file.parse(parseYaml(readFileSync(join(folder, 'docker-compose.yml'), 'utf8')))
    const sources = Object.values(services).flatMap((one) => one.volumes.map((volume) => volume.split(':')[0] ?? ''))
    expect(sources.filter((path) => path.startsWith('./') && !existsSync(join(folder, path)))).toEqual([])
    expect(sources.filter((path) => !path.startsWith('./')).sort()).toEqual(Object.keys(volumes).sort())
    const ports = Object.values(services).flatMap((one) => one.ports)
    expect(new Set(ports).size).toBe(ports.length)
    expect(ports.filter((port) => port.endsWith(':9651')).every((port) => port.startsWith('127.0.0.1:'))).toBe(true)
    const late = services['late-0']
    expect([late?.command, late?.depends_on]).toEqual([
      ['run', '--config', 'agents/late-0.yaml'],
      { 'house-0': { condition: 'service_healthy' } },
    ])
  })

  test.skipIf(!has('docker-compose', 'version'))('is what docker-compose takes', { timeout: 120_000 }, async () => {
    const { folder } = await rendered('compose')
    const out = execFileSync('docker-compose', ['-f', join(folder, 'docker-compose.yml'), 'config', '--services'])
    expect(out.toString().trim().split('\n').sort()).toEqual(['house-0', 'house-1', 'house-2', 'late-0'])
  })
})

describe('systemd', () => {
  test('gives every secret as a credential, which the variables name', async () => {
    const { folder } = await rendered('systemd')
    const unit = readFileSync(join(folder, 'systemd', 'lienmesh-house@.service'), 'utf8')
    const named = [...unit.matchAll(/^Environment=(\w+)=%d\/(\S+)$/gm)].map(([, name, file]) => [name, file])
    expect(named).toEqual([
      ['LIENMESH_KEYS__OPERATOR', 'agent_operator.json'],
      ['LIENMESH_P2P__IDENTITY', 'agent_peer.key'],
      ['LIENMESH_P2P__SWARM_KEY', 'agent_swarm.key'],
      ['LIENMESH_API__TOKEN', 'read.token'],
    ])
    const variables = Object.fromEntries(named.map(([name, file]) => [name ?? '', `/run/credentials/x/${file}`]))
    const { config } = loadConfig({ file: join(folder, 'agents', 'house-1.yaml'), env: variables, flags: {} })
    expect([config.keys, config.p2p.identity, config.notify[0]?.address]).toEqual([
      { kind: 'process', file: '/run/credentials/x/agent_operator.json' },
      '/run/credentials/x/agent_peer.key',
      '/run/credentials/lienmesh-house@1.service/agent_notify-0',
    ])
  })

  test('agents of one machine have ports of their own', async () => {
    const { folder, agents } = await rendered('systemd')
    const ports = agents.flatMap(({ name }) => {
      const { p2p, api } = configOf(folder, name)
      return [p2p.listen, api.watch]
    })
    expect(new Set(ports).size).toBe(8)
  })

  test.skipIf(!has('systemd-analyze', '--version'))(
    'is what systemd takes, and exposes little',
    { timeout: 60_000 },
    async () => {
      const { folder } = await rendered('systemd')
      const units = readdirSync(join(folder, 'systemd')).map((name) => join(folder, 'systemd', name))
      const verified = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], { encoding: 'utf8' })
      expect([verified.status, verified.stderr.split('\n').filter((line) => line.includes('lienmesh-'))]).toEqual([
        0,
        [],
      ])
      const judged = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', ...units], {
        encoding: 'utf8',
      })
      expect(judged.status, judged.stdout).toBe(0)
    },
  )
})

const named = z.looseObject({ name: z.string() })
const manifest = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() }),
  spec: z.looseObject({}).optional(),
})
const container = z.looseObject({
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
})
const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) }).loose()
const statefulSet = z.looseObject({
  serviceName: z.string(),
  replicas: z.number(),
  selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
  template: z.object({
    metadata: z.object({ labels: z.record(z.string(), z.string()) }),
    spec: z.looseObject({
      serviceAccountName: z.string(),
      initContainers: z.array(container),
      containers: z.tuple([container.extend({ startupProbe: probe, livenessProbe: probe, readinessProbe: probe })]),
      volumes: z.array(
        z.looseObject({
          name: z.string(),
          configMap: named.optional(),
          secret: z.looseObject({ secretName: z.string() }).optional(),
        }),
      ),
    }),
  }),
  volumeClaimTemplates: z.array(z.object({ metadata: named }).loose()),
})
const labels = z.record(z.string(), z.string())

/** What refers to something that is not there, in words. */
function dangling(manifests: readonly z.infer<typeof manifest>[], made: ReadonlySet<string>): readonly string[] {
  const of = (kind: string) => manifests.filter((one) => one.kind === kind)
  return of('StatefulSet').flatMap((one) => {
    const set = statefulSet.parse(one.spec)
    const { spec } = set.template
    const held = new Set(
      [...spec.volumes, ...set.volumeClaimTemplates.map(({ metadata }) => metadata)].map(({ name }) => name),
    )
    const pod = JSON.stringify(set.template.metadata.labels)
    const [agent] = spec.containers
    const ports = new Set(agent.ports.map(({ name }) => name))
    const services = of('Service').filter(({ metadata }) => metadata.name === set.serviceName)
    const service = z
      .looseObject({ selector: labels, ports: z.array(z.object({ name: z.string(), targetPort: z.string() }).loose()) })
      .parse(services[0]?.spec)
    const monitor = z
      .looseObject({
        selector: z.object({ matchLabels: labels }),
        endpoints: z.array(
          z.looseObject({ port: z.string(), authorization: z.object({ credentials: named }).loose() }),
        ),
      })
      .parse(of('ServiceMonitor').find(({ metadata }) => metadata.name === one.metadata.name)?.spec)
    const budget = z
      .looseObject({ selector: z.object({ matchLabels: labels }) })
      .parse(of('PodDisruptionBudget').find(({ metadata }) => metadata.name === one.metadata.name)?.spec)
    const selects = (what: string, selector: unknown): readonly string[] =>
      JSON.stringify(selector) === pod ? [] : [`${what} selects other pods`]
    return [
      ...selects('the set', set.selector.matchLabels),
      ...selects('the service', service.selector),
      ...selects('the budget', budget.selector.matchLabels),
      ...(JSON.stringify(monitor.selector.matchLabels) === JSON.stringify(services[0]?.metadata.labels)
        ? []
        : ['the monitor selects no service']),
      ...service.ports.filter(({ targetPort }) => !ports.has(targetPort)).map(({ name }) => `service port ${name}`),
      ...monitor.endpoints
        .filter(({ port }) => !service.ports.some(({ name }) => name === port))
        .map(() => 'monitor port'),
      ...monitor.endpoints.map(({ authorization }) => authorization.credentials.name).filter((name) => !made.has(name)),
      ...[agent.startupProbe, agent.livenessProbe, agent.readinessProbe]
        .filter(({ httpGet }) => !ports.has(httpGet.port))
        .map(({ httpGet }) => `probe of ${httpGet.path}`),
      ...[...spec.initContainers, agent].flatMap((each) =>
        each.volumeMounts.filter(({ name }) => !held.has(name)).map(({ name }) => `mount ${name}`),
      ),
      ...spec.volumes
        .flatMap(({ configMap, secret }) => [configMap?.name, secret?.secretName])
        .filter((name) => name !== undefined && !made.has(name))
        .map((name) => `no ${name}`),
      ...(of('ServiceAccount').some(({ metadata }) => metadata.name === spec.serviceAccountName) ? [] : ['no account']),
    ]
  })
}

const manifestsIn = (text: string) => parseAllDocuments(text).map((one) => manifest.parse(one.toJS()))
const replicasOf = (manifests: readonly z.infer<typeof manifest>[]) =>
  manifests.flatMap(({ kind, metadata, spec }) =>
    kind === 'StatefulSet' ? [[metadata.name, statefulSet.parse(spec).replicas]] : [],
  )
const KINDS = ['ServiceAccount', 'Service', 'StatefulSet', 'PodDisruptionBudget', 'ServiceMonitor']

const kustomization = z.looseObject({
  resources: z.array(z.string()),
  configMapGenerator: z.array(z.object({ name: z.string(), files: z.array(z.string()) })),
  secretGenerator: z.array(z.object({ name: z.string(), files: z.array(z.string()) })),
})

describe('k8s', () => {
  test('every selector, port, probe, mount, config map and secret leads to something that is there', async () => {
    const { folder, missing } = await rendered('k8s')
    const held = kustomization.parse(parseYaml(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')))
    const texts = held.resources.map((file) => readFileSync(join(folder, file), 'utf8'))
    const manifests = texts.flatMap(manifestsIn)
    const generators = [...held.configMapGenerator, ...held.secretGenerator]
    expect(manifests.map(({ kind }) => kind)).toEqual(['Namespace', ...KINDS, ...KINDS])
    expect(dangling(manifests, new Set(generators.map(({ name }) => name)))).toEqual([])
    expect(replicasOf(manifests)).toEqual([
      ['house', 3],
      ['late', 1],
    ])
    const files = generators.flatMap((one) => one.files.map((file) => join(folder, file.split('=').at(-1) ?? '')))
    expect(files.filter((file) => !existsSync(file))).toEqual(missing)
    expect(texts.join('')).not.toMatch(/BEGIN|"?stringData|ciphertext/)
  })

  test.skipIf(!has('kubectl', 'version', '--client'))('is what kustomize takes', { timeout: 60_000 }, async () => {
    const { folder, missing } = await rendered('k8s')
    for (const file of missing) writeFileSync(file, '{}', { mode: 0o600 })
    const built = manifestsIn(execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' }))
    const made = built
      .filter(({ kind }) => kind === 'Secret' || kind === 'ConfigMap')
      .map(({ metadata }) => metadata.name)
    expect(dangling(built, new Set(made))).toEqual([])
    expect(made.sort()).toEqual([
      ...['house-agents', 'house-secrets', 'late-agents', 'late-secrets', 'lienmesh-metrics', 'lienmesh-network'],
    ])
  })
})

describe('helm', () => {
  test('with the chart’s own values, templates are manifests whose references lead somewhere', async () => {
    const { folder } = await rendered('helm')
    const values: unknown = parseYaml(readFileSync(join(folder, 'chart', 'values.yaml'), 'utf8'))
    const said = (text: string): string =>
      text.replace(/\{\{ \.Values\.([\w.]+) \}\}/g, (_, path: string) => {
        const found = path.split('.').reduce<unknown>((at, step) => z.looseObject({}).parse(at)[step], values)
        expect(found, path).toBeDefined()
        return String(found)
      })
    const templates = readdirSync(join(folder, 'chart', 'templates'))
    const texts = templates.map((name) => said(readFileSync(join(folder, 'chart', 'templates', name), 'utf8')))
    expect(texts.join('')).not.toContain('{{')
    const manifests = texts.flatMap(manifestsIn)
    const script = readFileSync(join(folder, 'chart', 'make-secrets.sh'), 'utf8')
    const made = [...script.matchAll(/^make (?:configmap|secret generic) (\S+)/gm)].map(([, name]) => name ?? '')
    expect(dangling(manifests, new Set(made))).toEqual([])
    expect(replicasOf(manifests)).toEqual([
      ['house', 3],
      ['late', 1],
    ])
    expect(spawnSync('sh', ['-n', join(folder, 'chart', 'make-secrets.sh')]).status).toBe(0)
    const chart = z.object({ apiVersion: z.literal('v2'), name: z.string(), version: z.string() }).loose()
    expect(chart.parse(parseYaml(readFileSync(join(folder, 'chart', 'Chart.yaml'), 'utf8'))).name).toBe('lienmesh')
  })
})

test('what another machine would not have is refused before anything is written for it', async () => {
  const config = agentDirectory({ more: 'strategies: [{ use: ./mine.ts }]\n' })
  const file = join(temporaryFolder(), 'deploy.yaml')
  const network = config.replace('agent.yaml', 'network.json')
  writeFileSync(file, `network: ${network}\nagents: [{ group: house, config: ${config} }]\n`)
  await expect(render(file, 'k8s', join(temporaryFolder(), 'out'))).rejects.toMatchObject({ code: 'E_RENDER' })
  const twice = described().file
  writeFileSync(twice, readFileSync(twice, 'utf8').replace('group: late', 'group: house'))
  await expect(render(twice, 'k8s', join(temporaryFolder(), 'out'))).rejects.toMatchObject({
    code: 'E_CONFIG',
    message: expect.stringContaining('agents.1.group is there twice: house'),
  })
})

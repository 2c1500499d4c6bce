// A deployment as files of programs that run processes on many machines: they orchestrate, we describe.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { composeAddress, composeFiles } from './compose.ts'
import { podAddress } from './kubernetes.ts'
import { helmFiles, k8sFiles } from './manifests.ts'
import { commonWords, type Placed, type Plan, planOf, secretsOf, type Target, writeConfigs } from './plan.ts'
import { systemdAddress, systemdFiles, systemdWords } from './systemd.ts'

/** What was written, what its owner still has to bring, and what starts it. */
export type Rendered = {
  readonly target: Target
  readonly folder: string
  readonly agents: readonly { readonly name: string; readonly peer: string; readonly config: string }[]
  readonly files: readonly string[]
  readonly missing: readonly string[]
  readonly start: string
}

type Way = {
  readonly address: (one: Placed) => string
  readonly words: (one: Placed) => Readonly<Record<string, unknown>>
  readonly files: (plan: Plan) => Readonly<Record<string, string>>
  readonly start: (plan: Plan) => string
}

const same = (): Readonly<Record<string, unknown>> => ({})

const ways: { readonly [T in Target]: Way } = {
  compose: {
    ...{ address: composeAddress, words: same, files: composeFiles },
    start: () => 'LIENMESH_UID=$(id -u) LIENMESH_GID=$(id -g) docker-compose up -d --build',
  },
  k8s: { address: podAddress, words: same, files: k8sFiles, start: () => 'kubectl apply -k .' },
  helm: {
    ...{ address: podAddress, words: same, files: helmFiles },
    start: ({ deploy: { name } }) => `sh chart/make-secrets.sh && helm install ${name} chart --namespace ${name}`,
  },
  systemd: {
    ...{ address: systemdAddress, words: systemdWords, files: systemdFiles },
    start: ({ agents: [one] }) =>
      `cp -r network.json agents secrets /etc/lienmesh/ && cp systemd/* /etc/systemd/system/ && systemctl enable --now lienmesh-${one?.group}@0`,
  },
}

/** Renders a described deployment into a folder. What outlasts a rendering is kept: identities, token, executors. */
export async function render(file: string, target: Target, folder: string): Promise<Rendered> {
  const plan = await planOf(file, folder)
  const { address, words, files, start } = ways[target]
  const configs = writeConfigs(plan, (one) => ({ ...commonWords(plan, one, address), ...words(one) }))
  const written = Object.entries(files(plan)).map(([name, text]) => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    if (name.endsWith('.sh')) chmodSync(path, 0o755)
    return path
  })
  const secrets = plan.agents.flatMap((one) => secretsOf(one).map((name) => join(folder, 'secrets', one.name, name)))
  return {
    ...{ target, folder, files: written, start: start(plan) },
    agents: plan.agents.map(({ name, peer }, i) => ({ name, peer, config: configs[i] ?? '' })),
    missing: secrets.filter((secret) => !existsSync(secret)),
  }
}

// The files of the two Kubernetes targets: plain manifests under kustomize, and a chart whose values are what changes.
import { stringify } from 'yaml'
import { groupManifests, NAMES, secretFiles, type Words } from './kubernetes.ts'
import type { Plan } from './plan.ts'

const HEAD = '# Written by lienmesh swarm render.\n'
const yaml = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })
const documents = (all: readonly unknown[]): string => `${HEAD}${all.map(yaml).join('---\n')}`
const groupsOf = ({ agents }: Plan): readonly string[] => [...new Set(agents.map(({ group }) => group))]
const countOf = ({ agents }: Plan, group: string): number => agents.filter((one) => one.group === group).length

/** Manifests, and a kustomization that makes the secrets from the files beside it: kubectl apply -k. */
export function k8sFiles(plan: Plan): Readonly<Record<string, string>> {
  const { deploy } = plan
  const words: Words = { ...deploy, replicas: (group) => countOf(plan, group) }
  const groups = groupsOf(plan)
  const manifests = groups.map((group) => [`k8s/${group}.yaml`, documents(groupManifests(plan, group, words))] as const)
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: deploy.name } }
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: deploy.name,
    resources: ['k8s/namespace.yaml', ...groups.map((group) => `k8s/${group}.yaml`)],
    configMapGenerator: [{ name: NAMES.network, files: ['network.json'] }],
    secretGenerator: [
      { name: NAMES.metrics, files: ['secrets/read.token'] },
      ...groups.flatMap((group) => [
        { name: NAMES.configs(group), files: configsOf(plan, group).map(({ file }) => file) },
        { name: NAMES.secrets(group), files: secretFiles(plan, group).map(({ key, file }) => `${key}=${file}`) },
      ]),
    ],
    // The scraper names its secret in a resource that kustomize does not know.
    generatorOptions: { disableNameSuffixHash: true },
  }
  return {
    ...Object.fromEntries(manifests),
    'k8s/namespace.yaml': documents([namespace]),
    'kustomization.yaml': `${HEAD}${yaml(kustomization)}`,
  }
}

const configsOf = ({ agents }: Plan, group: string) =>
  agents.filter((one) => one.group === group).map(({ name }) => ({ key: `${name}.yaml`, file: `agents/${name}.yaml` }))

/** A chart: templates with the values that an installation changes. Secrets are made beside it, never in it. */
export function helmFiles(plan: Plan): Readonly<Record<string, string>> {
  const { deploy } = plan
  const value = (path: string): string => `{{ .Values.${path} }}`
  const words: Words = {
    ...{ image: value('image'), storage: value('storage'), memory: value('memory') },
    replicas: (group) => value(`replicas.${inValues(group)}`),
  }
  const groups = groupsOf(plan)
  const replicas = Object.fromEntries(groups.map((group) => [inValues(group), countOf(plan, group)]))
  const { image, storage, memory } = deploy
  return {
    'chart/Chart.yaml': `${HEAD}${yaml({
      ...{ apiVersion: 'v2', name: deploy.name, version: '0.1.0', type: 'application' },
      description: 'Agents of a Lienmesh network',
    })}`,
    'chart/values.yaml': `${HEAD}# Replicas: as many as there are configs and secrets, or fewer.\n${yaml({ image, storage, memory, replicas })}`,
    'chart/.helmignore': 'agents/\nsecrets/\n',
    ...Object.fromEntries(
      groups.map((group) => [`chart/templates/${group}.yaml`, unquoted(documents(groupManifests(plan, group, words)))]),
    ),
    'chart/make-secrets.sh': secretScript(plan),
  }
}

/** A number must not become a string: replicas stand without quotes. */
const unquoted = (text: string): string => text.replace(/replicas: "(\{\{[^"]*\}\})"/g, 'replicas: $1')

/** Dashes are no part of a name in a template. */
const inValues = (group: string): string => group.replaceAll('-', '_')

function secretScript(plan: Plan): string {
  const made = (kind: string, name: string, files: readonly string[]): string =>
    [`make ${kind} ${name}`, ...files.map((file) => `--from-file=${file}`)].join(' \\\n  ')
  const lines = groupsOf(plan).flatMap((group) => [
    made(
      'secret generic',
      NAMES.configs(group),
      configsOf(plan, group).map(({ key, file }) => `${key}=${file}`),
    ),
    made(
      'secret generic',
      NAMES.secrets(group),
      secretFiles(plan, group).map(({ key, file }) => `${key}=${file}`),
    ),
  ])
  return `#!/bin/sh
# What the chart refers to and does not carry. Run it where agents/ and secrets/ lie, before helm install.
set -eu
namespace=\${1:-${plan.deploy.name}}
make() { kubectl create "$@" --namespace "$namespace" --dry-run=client -o yaml | kubectl apply -f -; }
kubectl create namespace "$namespace" --dry-run=client -o yaml | kubectl apply -f -
${made('configmap', NAMES.network, ['network.json=network.json'])}
${made('secret generic', NAMES.metrics, ['read.token=secrets/read.token'])}
${lines.join('\n')}
`
}

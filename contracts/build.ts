// Compiles the contract suite: artefacts, typed ABIs and the storage layout, all committed so that a user needs no
// compiler. `node contracts/build.ts` compiles what changed; `--check` compiles everything and accepts no difference.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { abiFiles } from './abi-files.ts'
import { type Artifact, artifactPath, readArtifact, renderArtifact } from './artifact.ts'
import { CompilationFailed, compile } from './compile.ts'
import { layoutFile, sizeFile } from './layout.ts'
import { closure, root, type Target, targets } from './sources.ts'

interface OutputFile {
  readonly path: string
  readonly text: string
}

const check = process.argv.includes('--check')
const failures: string[] = []
const artifacts = build()
const files =
  attempt(() => [...artifacts.map(artifactFile), ...abiFiles(artifacts), layoutFile(artifacts), sizeFile(artifacts)]) ??
  []
const changed = files.filter((file) => read(file.path) !== file.text)

const orphans = failures.length === 0 ? orphansOf(files) : []

if (check) for (const path of [...changed.map(({ path }) => path), ...orphans]) failures.push(stale(path))
else {
  for (const file of changed) write(file)
  for (const path of orphans) rmSync(path)
}

for (const failure of failures) console.error(failure)
console.log(
  `${artifacts.length} contracts, ${files.length} files, ${changed.length} changed, ${failures.length} failures`,
)
process.exitCode = failures.length > 0 ? 1 : 0

function build(): Artifact[] {
  const wanted = targets()
  if (wanted.length === 0) failures.push('contracts/src holds no contract: a build of nothing is no success')
  return wanted.flatMap((target) => artifactOf(target) ?? [])
}

/** From the committed artefact while its sources stand, from the compiler otherwise; nothing when it refuses. */
function artifactOf(target: Target): Artifact | undefined {
  return attempt(() => {
    const sources = closure(target.source)
    const kept = check ? undefined : readArtifact(target.name)
    return kept?.sourceHash === sources.hash ? kept : compile(target, sources)
  })
}

/** A contract that does not compile is reported and the others go on. */
function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof CompilationFailed)) throw error
    failures.push(error.message)
    return undefined
  }
}

/** Outputs of contracts that are no more. */
function orphansOf(wanted: readonly OutputFile[]): string[] {
  const paths = new Set(wanted.map(({ path }) => path))
  const folders = new Set(
    wanted.map(({ path }) => dirname(path)).filter((folder) => folder !== join(root, 'contracts')),
  )
  return [...folders].flatMap((folder) => filesIn(folder)).filter((path) => !paths.has(path))
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
}

function stale(path: string): string {
  return `${relative(root, path)} is not what the sources give: run npm run contracts:build`
}

function artifactFile(artifact: Artifact): OutputFile {
  return { path: artifactPath(artifact.contractName), text: renderArtifact(artifact) }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Absent is a difference like any other.
    return undefined
  }
}

function write({ path, text }: OutputFile): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

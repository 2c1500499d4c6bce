// Tries a collection of EIP-1186 proofs on the suite's own oracle: `node contracts/try-proofs.ts FOLDER`. Every JSON file that
// holds the answer of eth_getProof (bare, or as a JSON-RPC result) is anchored and read, and every proof with one byte
// changed must be refused. What a collection's licence allows is the reader's to know: nothing is copied.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeAbiParameters, type Hex, keccak256, pad, toHex, toRlp } from 'viem'
import { z } from 'zod'
import { attest, people, Stage } from './fixture-stage.ts'

const hex = z
  .string()
  .regex(/^0x[0-9a-fA-F]*$/)
  .transform((text) => text as Hex)
const Proof = z.object({
  address: hex,
  accountProof: z.array(hex).min(1),
  storageHash: hex,
  storageProof: z.array(z.object({ key: hex, value: hex, proof: z.array(hex).min(1) })).default([]),
})
type Proof = z.infer<typeof Proof>

const folder = process.argv[2]
if (folder === undefined) throw new Error('name the folder of the collection: node contracts/try-proofs.ts FOLDER')
const proofs = collect(folder)
if (proofs.length === 0) throw new Error(`no proof in ${folder}: nothing was tried`)

const stage = await Stage.open()
const tally = { proofs: 0, slots: 0, absent: 0, mutants: 0, wrong: 0, gas: 0n }
try {
  const oracle = await raise()
  for (const [i, one] of proofs.entries()) await tryOne(oracle, BigInt(i + 1), one)
} finally {
  stage.close()
}
console.log(
  `${tally.proofs} accounts and ${tally.slots} slots accepted (${tally.absent} absent slots refused), ` +
    `${tally.mutants} mutants tried, ${tally.wrong} wrong; dearest account and slot ${tally.gas} gas`,
)
process.exitCode = tally.wrong > 0 ? 1 : 0

/** Files of the folder and below, those that hold no proof left out. */
function collect(place: string): { readonly file: string; readonly proof: Proof }[] {
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const whole: unknown = JSON.parse(readFileSync(join(place, file), 'utf8'))
      const inner = z.object({ result: z.unknown() }).safeParse(whole)
      return [whole, inner.data?.result].flatMap((value) => {
        const { data } = Proof.safeParse(value)
        return data === undefined ? [] : [{ file, proof: data }]
      })
    })
}

/** An oracle of chain 1 that one attestor convinces. */
async function raise(): Promise<Hex> {
  const authority = await stage.deploy('AccessManager', [people.admin])
  const token = await stage.deploy('TestToken', ['Bond', 'BOND', 18])
  const registry = await stage.deploy('AgentRegistry', [authority, token, 1n, 60n, people.admin])
  await stage.send(token, 'TestToken', 'mint', [people.admin, 1n])
  await stage.send(token, 'TestToken', 'approve', [registry, 1n])
  await stage.send(registry, 'AgentRegistry', 'bond', [signer().address, 1n])
  await stage.send(registry, 'AgentRegistry', 'setAttestor', [signer().address, true])
  return stage.deploy('RootOracle', [authority, 1n, registry, 1n, 0n])
}

function signer() {
  const [first] = people.attestors
  if (first === undefined) throw new Error('the stage has no attestor')
  return first
}

async function tryOne(oracle: Hex, number: bigint, { file, proof }: (typeof proofs)[number]): Promise<void> {
  const { address, accountProof, storageProof } = proof
  await submit(oracle, number, keccak256(accountProof[0] ?? '0x'))
  const anchor = (nodes: readonly Hex[]) => stage.call(oracle, 'RootOracle', 'anchor', [number, address, nodes])
  await mutants(accountProof, file, anchor)
  let gas = await stage.gas(oracle, 'RootOracle', 'anchor', [number, address, accountProof])
  await stage.send(oracle, 'RootOracle', 'anchor', [number, address, accountProof])
  tally.proofs++
  for (const { key, value, proof: nodes } of storageProof) {
    const read = (changed: readonly Hex[]) =>
      stage.call(oracle, 'RootOracle', 'read', [address, pad(key), evidence(number, changed)])
    if (BigInt(value) === 0n) {
      tally.absent += (await read(nodes)) === undefined ? 1 : complain(file, 'an absent slot was read')
      continue
    }
    const found = await read(nodes)
    const right = found !== undefined && BigInt(found.slice(0, 66)) === BigInt(value)
    tally.slots += right ? 1 : complain(file, `slot ${key} reads ${found}`)
    gas += await stage.gas(oracle, 'RootOracle', 'read', [address, pad(key), evidence(number, nodes)])
    await mutants(nodes, file, read)
  }
  if (gas > tally.gas) tally.gas = gas
}

/** Every byte of every node changed once: none may be accepted. */
async function mutants(
  nodes: readonly Hex[],
  file: string,
  attempt: (nodes: readonly Hex[]) => Promise<Hex | undefined>,
) {
  for (const [at, node] of nodes.entries()) {
    const bytes = Buffer.from(node.slice(2), 'hex')
    const answers = await Promise.all(
      [...bytes.keys()].map((i) => {
        const changed = Buffer.from(bytes)
        changed[i] = (changed[i] ?? 0) ^ (1 + ((i * 131) % 255))
        return attempt(nodes.map((one, j): Hex => (j === at ? `0x${changed.toString('hex')}` : one)))
      }),
    )
    tally.mutants += answers.length
    const accepted = answers.filter((answer) => answer !== undefined).length
    if (accepted > 0) complain(file, `${accepted} mutants of node ${at} were accepted`)
  }
}

/** A header of nothing but a height and a state root. */
async function submit(oracle: Hex, number: bigint, stateRoot: Hex): Promise<void> {
  const fields: Hex[] = Array.from({ length: 16 }, (): Hex => '0x')
  fields[0] = pad('0x00')
  fields[3] = stateRoot
  fields[8] = toHex(number)
  const header = toRlp(fields)
  const signature = await attest(signer(), { chainId: 1n, number, blockHash: keccak256(header) })
  await stage.send(oracle, 'RootOracle', 'submit', [header, [signature]])
}

function evidence(number: bigint, nodes: readonly Hex[]): Hex {
  return encodeAbiParameters([{ type: 'uint256' }, { type: 'bytes[]' }], [number, nodes])
}

function complain(file: string, what: string): 0 {
  console.error(`${file}: ${what}`)
  tally.wrong++
  return 0
}

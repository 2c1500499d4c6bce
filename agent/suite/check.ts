// Reads a deployed suite back: code, wiring, terms and roles, row by row, each with what to change.
import {
  type Abi,
  type Address,
  type Client,
  createClient,
  decodeFunctionResult,
  encodeFunctionData,
  getAddress,
  type Hex,
  http,
} from 'viem'
import { call, getCode } from 'viem/actions'
import type { SuiteFile } from '../../config/suite.ts'
import type { Network } from '../domain/network.ts'
import type { Expectation } from './asking.ts'
import { VAULT_ARTEFACTS as V } from './contracts.ts'
import { expectations, roleRows } from './expectations.ts'
import { sameCode } from './runtime-code.ts'

/** One finding. `fix` says what to change; empty when all is well. */
export type Row = {
  readonly state: 'ok' | 'warn' | 'fail'
  readonly chain: string
  readonly what: string
  readonly found: string
  readonly fix: string
}

/** Looks at everything the network description and the chains file promise. */
export async function checkSuite(file: SuiteFile, network: Network): Promise<readonly Row[]> {
  const rows = await Promise.all(
    file.chains.map(async (spec) => {
      const node = createClient({ transport: http(spec.rpc, { batch: true, retryCount: 2 }) })
      const expected = [...expectations(file, network, spec), ...(await governance(node, file, network, spec))]
      return Promise.all(expected.map((one) => examine(node, spec.name, one)))
    }),
  )
  return rows.flat()
}

/** Who governs a chain's contracts, by the authority that its registry names. */
async function governance(
  node: Client,
  file: SuiteFile,
  network: Network,
  { id }: SuiteFile['chains'][number],
): Promise<readonly Expectation[]> {
  const place = [...network.engines, ...network.vaults].find(({ chain }) => chain === id)
  if (place === undefined) return []
  try {
    const authority = await view(node, place.registry, V.AgentRegistry.abi, 'authority', [])
    return roleRows(file, getAddress(String(authority)), undefined)
  } catch {
    return [] // The row about the registry's code already says that nothing answers there.
  }
}

async function examine(node: Client, chain: string, one: Expectation): Promise<Row> {
  const row = (state: Row['state'], found: string, fix: string): Row => ({ state, chain, what: one.what, found, fix })
  try {
    if (one.kind === 'code') {
      const code = await getCode(node, { address: one.at })
      if (code === undefined) return row('fail', `no code at ${one.at}`, 'Correct the address, or deploy again.')
      if (sameCode(code, one.artefact)) return row('ok', `${one.at}`, '')
      return row('fail', `other code at ${one.at}`, 'This is not the contract of this version: trust it with nothing.')
    }
    const found = String(await view(node, one.at, one.abi, one.name, one.args))
    if (found.toLowerCase() === String(one.expected).toLowerCase()) return row('ok', found, '')
    return row(one.unless, `${found}, expected ${String(one.expected)}`, one.fix)
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    return row('fail', `no answer: ${why}`, 'Check the node, then the address.')
  }
}

// biome-ignore lint/complexity/useMaxParams: a view is these five.
async function view(
  node: Client,
  to: Address,
  abi: Abi,
  functionName: string,
  args: readonly unknown[],
): Promise<unknown> {
  const { data } = await call(node, { to, data: encodeFunctionData({ abi, functionName, args }) as Hex })
  return decodeFunctionResult({ abi, functionName, data: data ?? '0x' })
}

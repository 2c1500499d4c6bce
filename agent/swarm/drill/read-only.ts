// The only way from a drill to a real chain: a proxy that asks its node what reads, and nothing else.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy before a real node, on a free port of 127.0.0.1. */
export type ReadOnly = {
  readonly url: string
  /** What the node was asked, by method. */
  readonly asked: ReadonlyMap<string, number>
  /** What was kept from it, by method. */
  readonly refused: ReadonlyMap<string, number>
  close(): Promise<void>
}

/** Methods that change nothing on a node. Whatever is not named here never reaches it. */
const READS: ReadonlySet<string> = new Set([
  ...['eth_chainId', 'net_version', 'web3_clientVersion', 'eth_blockNumber', 'eth_getBlockByNumber'],
  ...['eth_getBlockByHash', 'eth_getBlockReceipts', 'eth_getBalance', 'eth_getCode', 'eth_getStorageAt'],
  ...['eth_getTransactionCount', 'eth_getTransactionByHash', 'eth_getTransactionReceipt', 'eth_getProof'],
  ...['eth_getAccount', 'eth_getAccountInfo', 'eth_call', 'eth_getLogs', 'eth_gasPrice', 'eth_feeHistory'],
  ...['eth_maxPriorityFeePerGas', 'eth_blobBaseFee'],
])

/** Stands before a node. */
export async function openReadOnly(node: string): Promise<ReadOnly> {
  const [asked, refused] = [new Map<string, number>(), new Map<string, number>()]
  const server = createServer((request, response) => {
    answer(node, { asked, refused }, request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has an address of that kind.
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  return { url: `http://127.0.0.1:${port}`, asked, refused, close }
}

type Call = { readonly id: unknown; readonly method: string }
type Counts = { readonly asked: Map<string, number>; readonly refused: Map<string, number> }

/** A batch with one call that is no read is kept back whole. */
async function answer(node: string, counts: Counts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await textOf(request)
  const body: unknown = JSON.parse(text)
  // Our own forks write these requests: id and method are there.
  const calls = [body].flat() as readonly Call[]
  const reads = calls.every(({ method }) => READS.has(method))
  for (const { method } of calls) count(reads ? counts.asked : counts.refused, method)
  response.setHeader('content-type', 'application/json')
  if (!reads) {
    const said = calls.map(({ id }) => ({ jsonrpc: '2.0', id, error: NOT_READ }))
    response.end(JSON.stringify(Array.isArray(body) ? said : said[0]))
    return
  }
  const found = await fetch(node, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text })
  response.writeHead(found.status).end(Buffer.from(await found.arrayBuffer()))
}

const NOT_READ = { code: -32_601, message: 'a drill only reads from a real chain' }

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

const count = (counts: Map<string, number>, method: string): unknown =>
  counts.set(method, (counts.get(method) ?? 0) + 1)

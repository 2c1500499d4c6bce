// The thread of the network, from its start to its end.
import { parentPort, workerData } from 'node:worker_threads'
import { serveNetwork } from './serve.ts'

if (parentPort === null) throw new Error('expected to be started as a thread')
serveNetwork(parentPort, workerData)

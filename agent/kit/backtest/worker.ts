// A thread that plays the tasks it is sent, one after the other.
import { parentPort, workerData } from 'node:worker_threads'
import type { Plan, Spec, Task } from './plan.ts'
import { openPlayer } from './player.ts'

const { plan, lineups }: { readonly plan: Plan; readonly lineups: readonly (readonly Spec[])[] } = workerData
const play = await openPlayer(plan, lineups)
parentPort?.on('message', (task: Task) => {
  void play(task).then((played) => parentPort?.postMessage(played))
})
parentPort?.postMessage('ready')

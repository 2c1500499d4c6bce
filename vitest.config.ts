import { defineConfig } from 'vitest/config'

/** The test that fills a machine by itself: it runs alone and last. */
const SWARM = 'test/e2e/swarm.test.ts'

/** One kind of test, by folder. Groups run one after the other: an end-to-end run is not timed beside unit tests. */
const kind = (name: string, groupOrder: number, seconds: number, include = `test/${name}/**/*.test.ts`) => ({
  extends: true as const,
  test: {
    name,
    include: [include],
    exclude: name === 'e2e' ? [SWARM] : [],
    testTimeout: seconds * 1000,
    hookTimeout: seconds * 1000,
    sequence: { groupOrder },
    maxWorkers: 2,
  },
})

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      kind('unit', 0, 20),
      kind('architecture', 1, 60, 'test/architecture.test.ts'),
      kind('simulation', 2, 240),
      kind('compliance', 3, 60),
      kind('e2e', 4, 240),
      kind('swarm', 5, 240, SWARM),
    ],
  },
})

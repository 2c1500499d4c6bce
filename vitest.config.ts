import { defineConfig } from 'vitest/config'

/** One kind of test, by folder. Groups run one after the other: an end-to-end run is not timed beside unit tests. */
const kind = (name: string, groupOrder: number, seconds: number) => ({
  extends: true as const,
  test: {
    name,
    include: name === 'architecture' ? ['test/architecture.test.ts'] : [`test/${name}/**/*.test.ts`],
    testTimeout: seconds * 1000,
    hookTimeout: seconds * 1000,
    sequence: { groupOrder },
    ...(groupOrder > 0 ? { fileParallelism: false, maxWorkers: 1 } : { maxWorkers: 2 }),
  },
})

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      kind('unit', 0, 20),
      kind('architecture', 1, 60),
      kind('simulation', 2, 240),
      kind('compliance', 3, 60),
      kind('e2e', 4, 240),
    ],
  },
})

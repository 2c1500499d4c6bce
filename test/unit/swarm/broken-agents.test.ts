// A broken agent that is not broken any more proves nothing: every change must still find what it changes, once.
import { stripTypeScriptTypes } from 'node:module'
import { describe, expect, test } from 'vitest'
import { brokenAgents } from '../../../agent/swarm/chaos/broken-agents.ts'
import { drillNames } from '../../../agent/swarm/chaos/drills/drill.ts'
import { patched } from '../../../agent/swarm/chaos/source-copy.ts'

describe('a broken agent', () => {
  test.each(brokenAgents)('that $name is a change of what ships, and still a program', ({ patches, drill }) => {
    for (const patch of patches) {
      expect(patched(patch)).toContain(patch.replace)
      // Throws where the changed file does not parse: an agent that never starts is found out by nobody.
      expect(stripTypeScriptTypes(patched(patch)).length).toBeGreaterThan(0)
    }
    expect(drillNames).toContain(drill)
  })

  test('has a name of its own, and every drill finds out at least one', () => {
    expect(new Set(brokenAgents.map(({ name }) => name)).size).toBe(brokenAgents.length)
    const used = new Set(brokenAgents.map(({ drill }) => drill))
    expect(drillNames.filter((name) => !used.has(name))).toEqual([])
    expect(brokenAgents.length).toBeGreaterThanOrEqual(25)
  })
})

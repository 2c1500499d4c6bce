// Drawing what a specification asks for. The same specification always has the same table, so that logs leave it out.
import { drawScenarios } from '../../maths/risk/scenarios.ts'
import type { ScenarioSpec, Table } from './words.ts'

/** The scenarios of a specification. Tens of milliseconds: not for the thread that decides. */
export const drawTable = (spec: ScenarioSpec): Table => ({ spec, scenarios: drawScenarios(spec.market, spec.plan) })

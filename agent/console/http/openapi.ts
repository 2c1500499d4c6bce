// The API described for programs: OpenAPI 3.1, written from the table that the router stands on.
import { z } from 'zod'
import { type Asking, NAMED, paths } from './paths.ts'

/** The description. */
export function openApi(): OpenApi {
  const { schemas, components } = asJsonSchemas()
  const byPath = new Map<string, Record<string, unknown>>()
  for (const [name, asking] of Object.entries<Asking>(paths)) {
    const [method = '', path = ''] = name.split(' ')
    byPath.set(path, { ...byPath.get(path), [method.toLowerCase()]: operation(name, asking, schemas) })
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lienmesh console',
      version: '1',
      description:
        'Amounts are decimal strings. The server listens on 127.0.0.1 only and answers to its own names only.',
    },
    servers: [{ url: 'http://127.0.0.1:9650' }],
    paths: Object.fromEntries(byPath),
    components: {
      securitySchemes: {
        read: { type: 'http', scheme: 'bearer', description: 'The reading token of console.json.' },
        control: { type: 'http', scheme: 'bearer', description: 'The control token of console.json.' },
      },
      schemas: components,
    },
  }
}

/** The description as a file. */
export const openApiText = (): string => `${JSON.stringify(openApi(), null, 2)}\n`

type Json = Readonly<Record<string, unknown>>
type OpenApi = {
  readonly openapi: string
  readonly info: Json
  readonly servers: readonly Json[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components: { readonly securitySchemes: Json; readonly schemas: Json }
}

const REFUSED = { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] }

/** Every schema of the table by name, and the named ones that they share. */
function asJsonSchemas(): { readonly schemas: ReadonlyMap<string, unknown>; readonly components: Json } {
  const parts = Object.entries<Asking>(paths).flatMap(([name, { answers, query, body }]) => [
    ...(typeof answers === 'string' ? [] : [[name, answers] as const]),
    ...(query === undefined ? [] : [[`query ${name}`, query] as const]),
    ...(body === undefined ? [] : [[`body ${name}`, body] as const]),
  ])
  const whole = z.toJSONSchema(z.object(Object.fromEntries(parts)), {
    override: ({ jsonSchema }) => {
      delete jsonSchema.readOnly
      delete jsonSchema.id
    },
  })
  const { properties = {}, $defs = {} } = JSON.parse(
    JSON.stringify(whole).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as { readonly properties?: Json; readonly $defs?: Json }
  return {
    schemas: new Map(Object.entries(properties)),
    components: { ...$defs, Refusal: REFUSED },
  }
}

function operation(name: string, asking: Asking, schemas: ReadonlyMap<string, unknown>): Json {
  const body = schemas.get(`body ${name}`)
  return {
    summary: asking.summary,
    ...(asking.token === 'none' ? { security: [] } : { security: [{ [asking.token]: [] }] }),
    parameters: [...namedParts(name), ...queryParts(schemas.get(`query ${name}`))],
    ...(body !== undefined && { requestBody: { content: { 'application/json': { schema: body } } } }),
    responses: {
      200: { description: 'The answer.', content: contentOf(asking.answers, schemas.get(name)) },
      ...refusals(asking),
    },
  }
}

function contentOf(answers: Asking['answers'], schema: unknown): Json {
  if (answers === 'text') return { 'text/plain': { schema: { type: 'string' } } }
  if (answers === 'stream') return { 'text/event-stream': { schema: { type: 'string' } } }
  return { 'application/json': { schema } }
}

/** What the gate refuses, and what this question refuses. */
function refusals({ token, refusals = {}, answers }: Asking): Json {
  const gate = {
    ...(token !== 'none' && { 401: 'No token, or one that is not known.' }),
    403: 'Another origin, or a token that may only read.',
    421: 'Another name than our own.',
    429: 'Too many questions.',
  }
  const plain = answers === 'text'
  return Object.fromEntries(
    Object.entries({ ...gate, ...refusals }).map(([status, description]) => [
      status,
      {
        description,
        content:
          plain && status in refusals
            ? { 'text/plain': { schema: { type: 'string' } } }
            : { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
      },
    ]),
  )
}

const namedParts = (name: string): readonly Json[] =>
  Object.entries(NAMED).flatMap(([part, pattern]) =>
    name.includes(`{${part}}`)
      ? [{ name: part, in: 'path', required: true, schema: { type: 'string', pattern: `^${pattern}$` } }]
      : [],
  )

function queryParts(schema: unknown): readonly Json[] {
  const { properties = {} } = (schema ?? {}) as { readonly properties?: Readonly<Record<string, Json>> }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    ...{ name, in: 'query', schema: rest },
    ...(description !== undefined && { description }),
  }))
}

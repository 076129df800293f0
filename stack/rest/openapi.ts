import type { Schema } from './catalogue.ts'

type Column = Schema['columns'][number]
type Routine = NonNullable<Schema['functions']>[number]

const JSON_TYPES: readonly (readonly [pattern: RegExp, type: string])[] = [
  [/\[\]$/, 'array'],
  [/^(smallint|integer|bigint|(small|big)?serial)/, 'integer'],
  [/^(numeric|real|double precision)/, 'number'],
  [/^boolean/, 'boolean'],
]

/** What the Data API offers of `schema`, as the OpenAPI 2.0 document that hosted Supabase answers at its root. */
export function describeApi(schema: Schema, name: string): Readonly<Record<string, unknown>> {
  const relations = [...schema.tables, ...schema.views].filter((relation) => relation.schema === name)
  const routines = (schema.functions ?? []).filter((routine) => routine.schema === name)
  return {
    swagger: '2.0',
    info: { title: 'PostgREST API', version: '14' },
    basePath: '/',
    consumes: ['application/json', 'application/vnd.pgrst.object+json', 'text/csv'],
    produces: ['application/json', 'application/vnd.pgrst.object+json', 'text/csv'],
    definitions: Object.fromEntries(relations.map((relation) => [relation.name, definition(schema, relation)])),
    paths: Object.fromEntries([
      ...relations.map((relation) => [`/${relation.name}`, relationPath(relation.name)]),
      ...routines.map((routine) => [`/rpc/${routine.name}`, routinePath(routine)]),
    ]),
  }
}

function definition(schema: Schema, relation: { readonly schema: string; readonly name: string }): unknown {
  const columns = schema.columns.filter(({ schema, table }) => schema === relation.schema && table === relation.name)
  const comments = schema.comments.filter(({ schema, table }) => schema === relation.schema && table === relation.name)
  const comment = (column?: string): { readonly description?: string } => {
    const text = comments.find((candidate) => candidate.column === column)?.text
    return text === undefined ? {} : { description: text }
  }
  return {
    ...comment(),
    type: 'object',
    required: columns.filter(({ nullable }) => !nullable).map((column) => column.name),
    properties: Object.fromEntries(
      columns.map((column) => [column.name, { ...property(column), ...comment(column.name) }]),
    ),
  }
}

function property(column: Column): Readonly<Record<string, unknown>> {
  const format = column.pg_type ?? column.type
  return { type: jsonType(format), format, ...(column.default_value === null ? {} : { default: column.default_value }) }
}

function relationPath(name: string): unknown {
  const schema = { $ref: `#/definitions/${name}` }
  const done = (status: string): unknown => ({ tags: [name], responses: { [status]: { description: 'Done' } } })
  return {
    get: { tags: [name], responses: { 200: { description: 'OK', schema: { type: 'array', items: schema } } } },
    post: done('201'),
    patch: done('204'),
    delete: done('204'),
  }
}

function routinePath(routine: Routine): unknown {
  const properties = routine.arg_names.map((name, index) => {
    const format = routine.arg_types[index] ?? 'text'
    return [name, { type: jsonType(format), format }]
  })
  const schema = {
    type: 'object',
    required: routine.arg_names.slice(0, routine.arg_names.length - routine.arg_defaults),
    properties: Object.fromEntries(properties),
  }
  const parameters = [{ in: 'body', name: 'args', required: true, schema }]
  return { post: { tags: ['(rpc)'], parameters, responses: { 200: { description: 'OK' } } } }
}

function jsonType(format: string): string {
  return JSON_TYPES.find(([pattern]) => pattern.test(format))?.[1] ?? 'string'
}

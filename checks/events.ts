import { z } from 'zod'
import { CHANNELS, EVENTS } from '../supabase/functions/_shared/contracts/events.ts'
import { PersonalRecord, Workout, WorkoutSet } from '../supabase/functions/_shared/contracts/workouts.ts'
import { type GeneratedPart, refreshed, staleness, tableRow } from './generated.ts'
import type { Check } from './source.ts'

const REFERENCE = 'docs/reference/events.md'

const TOPICS = { workout: 'workout:{workout_id}', user: 'user:{user_id}' } as const

/** What several events carry, described once. */
const OBJECTS = [
  { name: 'workout', schema: Workout },
  { name: 'set', schema: WorkoutSet },
  { name: 'record', schema: PersonalRecord },
] as const

/** The reference of live events is what their schemas say. */
export const eventReference: Check = {
  name: 'events',
  run: async (files) => staleness(reference(), files),
  fix: async (files) => refreshed(reference(), files),
}

function reference(): GeneratedPart {
  const channels = Object.entries(CHANNELS).map(([kind, names]) => {
    const topic = TOPICS[kind === 'user' ? 'user' : 'workout']
    const rows = names.map((name) =>
      tableRow([`\`${name}\``, EVENTS[name].description ?? '', payload(EVENTS[name].shape)]),
    )
    return [`### \`${topic}\``, '', '| event | says | carries |', '| --- | --- | --- |', ...rows].join('\n')
  })
  const objects = OBJECTS.map(({ name, schema }) => {
    const rows = Object.entries(schema.shape).map(([field, type]) => tableRow([`\`${field}\``, typeName(type)]))
    return [`### ${name}`, '', '| field | type |', '| --- | --- |', ...rows].join('\n')
  })
  return { path: REFERENCE, content: [...channels, ...objects].join('\n\n') }
}

/** The fields of an event beside those that all have. */
function payload(shape: z.ZodRawShape): string {
  return Object.entries(shape)
    .filter(([field]) => !['v', 'at', 'id'].includes(field))
    .map(([field, type]) => {
      const object = OBJECTS.find(({ schema }) => schema === type)
      return object ? `[\`${field}\`](#${object.name})` : `\`${field}\`: ${typeName(type)}`
    })
    .join(', ')
}

const Described = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  enum: z.array(z.string()).optional(),
  anyOf: z.array(z.unknown()).optional(),
})

const FORMATS: Readonly<Record<string, string>> = { guid: 'uuid', uuid: 'uuid', 'date-time': 'time', date: 'day' }

function typeName(schema: z.core.$ZodType): string {
  return described(z.toJSONSchema(schema))
}

function described(json: unknown): string {
  const { type = '', format = '', enum: values, anyOf } = Described.parse(json)
  if (anyOf) return anyOf.map(described).join(' or ')
  if (values) return values.map((value) => `\`${value}\``).join(', ')
  return FORMATS[format] ?? [type].flat().join(' or ')
}

import { readdir, readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'

const MIGRATIONS = new URL('../migrations/', import.meta.url)
const EXERCISES = new URL('./exercises/', import.meta.url)
const TRANSLATIONS = new URL('./translations/', import.meta.url)

/** One exercise of the library as its YAML file has it. */
export type Exercise = z.infer<ReturnType<typeof exerciseSchema>>

/**
 * Reads the library: every exercise of `exercises/*.yaml`, ordered by slug.
 * Rejects with everything that is wrong in it: unknown words, missing texts, a slug or name used twice.
 */
export async function readLibrary(): Promise<readonly Exercise[]> {
  const schema = z.array(exerciseSchema(await readVocabularies()))
  const files = (await readdir(EXERCISES)).filter((name) => name.endsWith('.yaml')).sort()
  const problems: string[] = []
  const exercises: Exercise[] = []
  for (const file of files) {
    const parsed = schema.safeParse(parse(await readFile(new URL(file, EXERCISES), 'utf8')))
    if (!parsed.success) {
      problems.push(`${file}:\n${z.prettifyError(parsed.error)}`)
      continue
    }
    exercises.push(...parsed.data)
    for (const { slug, movement_pattern } of parsed.data)
      if (`${movement_pattern}.yaml` !== file) problems.push(`${file}: ${slug} belongs into ${movement_pattern}.yaml`)
  }
  problems.push(...duplicates(exercises.map(({ slug }) => slug)).map((slug) => `the slug ${slug} is used twice`))
  problems.push(...duplicates(exercises.map(({ name }) => name)).map((name) => `the name ${name} is used twice`))
  if (problems.length > 0) throw new Error(`The exercise library has problems.\n${problems.join('\n')}`)
  return exercises.sort((a, b) => (a.slug < b.slug ? -1 : 1))
}

/** What an exercise is called in a further language. */
export interface Translation {
  readonly slug: string
  readonly language: string
  readonly name: string
  readonly aliases: readonly string[]
}

/**
 * Reads the names in further languages: `translations/<language>.yaml`, ordered by language and slug.
 * Rejects when one is for an exercise that `exercises` does not have, or breaks a rule.
 */
export async function readTranslations(exercises: readonly Exercise[]): Promise<readonly Translation[]> {
  const slugs = new Set(exercises.map(({ slug }) => slug))
  const files = (await readdir(TRANSLATIONS)).filter((name) => name.endsWith('.yaml')).sort()
  const translations: Translation[] = []
  for (const file of files) {
    const names = Names.parse(parse(await readFile(new URL(file, TRANSLATIONS), 'utf8')))
    for (const [slug, { name, aliases }] of Object.entries(names).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!slugs.has(slug)) throw new Error(`${file}: there is no exercise ${slug}`)
      translations.push({ slug, language: file.slice(0, -'.yaml'.length), name, aliases })
    }
  }
  return translations
}

const Names = z.record(
  z.string(),
  z.strictObject({
    name: z.string().trim().min(1).max(120),
    aliases: z.array(z.string().trim().toLowerCase().min(1).max(80)).max(20),
  }),
)

type Vocabulary = (type: string) => z.ZodType<string>

// The migrations say which words there are; this file does not say it again.
async function readVocabularies(): Promise<Vocabulary> {
  const names = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql'))
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, MIGRATIONS), 'utf8')))
  const types = new Map(
    [...texts.join('\n').matchAll(/create type public\.(\w+) as enum \(([^)]*)\)/g)].map(([, type = '', list = '']) => [
      type,
      [...list.matchAll(/'([^']+)'/g)].flatMap(([, word]) => word ?? []),
    ]),
  )
  return (type) => {
    const words = types.get(type)
    if (!words) throw new Error(`No migration creates the enum public.${type}.`)
    return z.enum(words)
  }
}

function exerciseSchema(oneOf: Vocabulary) {
  const text = z.string().trim().min(1).max(240)
  const muscles = z.array(oneOf('muscle'))
  return z
    .strictObject({
      slug: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
      name: z.string().trim().min(1).max(120),
      aliases: z.array(z.string().trim().toLowerCase().min(1).max(80)).max(20),
      exercise_type: oneOf('exercise_type'),
      primary_muscles: muscles.min(1).max(6),
      secondary_muscles: muscles.max(12),
      equipment: z.array(oneOf('equipment')).min(1).max(8),
      level: oneOf('training_level'),
      mechanic: oneOf('mechanic'),
      movement_pattern: oneOf('movement_pattern'),
      direction: oneOf('movement_direction'),
      force: oneOf('force_type'),
      unilateral: z.boolean(),
      tracking_type: oneOf('tracking_type'),
      weight_entry: oneOf('weight_entry'),
      bodyweight_fraction: z.number().positive().max(1).nullable(),
      met: z.number().min(1).max(25).nullable(),
      met_code: z.string().max(40).nullable(),
      tags: z.array(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)).max(10),
      description: z.string().trim().min(1).max(400),
      instructions: z.array(text).min(3).max(6),
      warnings: z.array(text).min(1).max(3),
      common_mistakes: z.array(text).min(2).max(4),
      tips: z.array(text).min(1).max(3),
    })
    .superRefine(({ name, aliases, primary_muscles, secondary_muscles }, context) => {
      const problem = (message: string): void => context.addIssue({ code: 'custom', message, input: name })
      for (const alias of duplicates([name.toLowerCase(), ...aliases])) problem(`the alias "${alias}" says nothing new`)
      for (const muscle of duplicates([...primary_muscles, ...secondary_muscles])) problem(`${muscle} is listed twice`)
    })
}

function duplicates(items: readonly string[]): readonly string[] {
  return items.filter((item, index) => items.indexOf(item) !== index)
}

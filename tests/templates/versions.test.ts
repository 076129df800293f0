import fc from 'fast-check'
import type postgres from 'postgres'
import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { createUser, type User } from '../support/clients.ts'
import { actAs, type Fields, plans, readLibrary, rolledBack } from './planning.ts'

const Answer = z.looseObject({
  id: z.guid(),
  version: z.int(),
  days: z.array(
    z.looseObject({ id: z.guid(), week: z.int().nullable(), exercises: z.array(z.looseObject({ id: z.guid() })) }),
  ),
})
type Answer = z.infer<typeof Answer>

const library = await readLibrary()
let author: User
let athlete: User
beforeAll(async () => {
  ;[author, athlete] = await Promise.all([createUser('author'), createUser('athlete')])
})

async function call(tx: postgres.TransactionSql, name: string, argument: Fields | string): Promise<unknown> {
  const [row] =
    typeof argument === 'string'
      ? await tx`select to_jsonb(${tx(`public.${name}`)}(${argument}::uuid)) as answer`
      : await tx`select ${tx(`public.${name}`)}(${tx.json(JSON.parse(JSON.stringify(argument)))}) as answer`
  return row?.answer
}

const save = async (tx: postgres.TransactionSql, document: Fields): Promise<Answer> =>
  Answer.parse(await call(tx, 'save_template', document))

// All that a plan asks of the athlete, by every day of it.
async function plannedSets(tx: postgres.TransactionSql, { id, days }: Answer): Promise<unknown> {
  const rows = await tx`
    select day.id as day, planned.*
    from unnest(${days.map((day) => day.id)}::uuid[]) with ordinality as day (id, place)
    cross join lateral private.planned_sets(${athlete.id}, ${id}, day.id) as planned
    order by day.place, planned.position, planned.set_index
  `
  return rows.map((row) => ({ ...row }))
}

test('what is saved is what is read, and saving that again changes nothing', { timeout: 120_000 }, async () => {
  await rolledBack(async (tx) => {
    await actAs(tx, author.id)
    await fc.assert(
      fc.asyncProperty(plans(library), async (document) => {
        const saved = await save(tx, document)
        expect(saved).toMatchObject({
          ...document,
          days: expect.anything(),
          deload: document.deload ? {} : null,
          version: 1,
        })
        const read = await call(tx, 'get_template', saved.id)
        expect(read).toEqual(saved)
        expect(await save(tx, saved)).toEqual(saved)
        expect(await save(tx, { ...document, id: saved.id })).toEqual(saved)
      }),
      { numRuns: 25 },
    )
  })
})

test('whatever becomes of a plan, who is in the middle of it is asked for the same', { timeout: 120_000 }, async () => {
  const edits = fc.array(fc.record({ document: plans(library), keepsIds: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  })
  const endings = fc.constantFrom('goes on', 'withdrawn', 'deleted')
  await fc.assert(
    fc.asyncProperty(plans(library), edits, endings, (first, changes, ending) =>
      rolledBack(async (tx) => {
        await actAs(tx, author.id)
        const saved = await save(tx, first)
        await call(tx, 'publish_template', saved.id)
        await actAs(tx, athlete.id)
        await call(tx, 'begin_template_run', saved.id)
        const asked = await plannedSets(tx, saved)
        expect(asked).not.toEqual([])

        await actAs(tx, author.id)
        for (const { document, keepsIds } of changes) {
          const days = z.array(z.looseObject({})).parse(document.days)
          const kept = days.map((day, place) => ({
            ...day,
            id: keepsIds ? saved.days[place]?.id : crypto.randomUUID(),
          }))
          await save(tx, { ...document, id: saved.id, days: kept })
        }
        if (ending === 'withdrawn') await call(tx, 'unpublish_template', saved.id)
        if (ending === 'deleted') await tx`delete from public.workout_templates where id = ${saved.id}`

        await actAs(tx, athlete.id)
        expect(await plannedSets(tx, saved)).toEqual(asked)
      }),
    ),
    { numRuns: 15 },
  )
})

import { expect, test } from 'vitest'
import { createUser, serviceClient } from '../support/clients.ts'
import { eventually } from '../support/eventually.ts'
import { sql } from '../support/stack.ts'

const PNG = new Blob([Uint8Array.of(0x89, 0x50, 0x4e, 0x47)], { type: 'image/png' })

test('the picture of an exercise that was deleted goes, and those of others stay', async () => {
  const { id, client } = await createUser('ana')
  const [gone, kept] = [crypto.randomUUID(), crypto.randomUUID()]
  const bucket = client.storage.from('exercise-media')
  for (const exercise of [gone, kept]) {
    await sql`
      insert into public.exercises
        (id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry, created_by)
      values
        (${exercise}, ${`Press ${exercise}`}, 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total', ${id})`
    expect((await bucket.upload(`${exercise}/press.png`, PNG)).error).toBeNull()
  }
  const status = async (exercise: string) =>
    (await fetch(bucket.getPublicUrl(`${exercise}/press.png`).data.publicUrl)).status
  await client.from('exercises').delete().eq('id', gone).throwOnError()
  expect(await status(gone)).toBe(200)

  await sql`update storage.objects set created_at = now() - interval '2 hours'
    where name = any (${[`${gone}/press.png`, `${kept}/press.png`]})`
  await sql`select private.discard_unclaimed_media()`
  await eventually(async () => expect(await status(gone)).toBe(400))
  expect(await status(kept)).toBe(200)
  const { data } = await serviceClient().storage.from('exercise-media').list(gone)
  expect(data).toEqual([])
})

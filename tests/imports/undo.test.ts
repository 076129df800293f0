import { describe, expect, test } from 'vitest'
import { createUser } from '../support/clients.ts'
import { ownedBy } from '../support/rows.ts'
import { exerciseId } from '../workouts/training.ts'
import { exportFile } from './files.ts'
import { BERLIN, derived, expectNothingToRepair, imported, post, refused, send } from './importing.ts'

describe('names that are not known', () => {
  const file =
    'Date,Workout Name,Exercise Name,Set Order,Weight (kg),Reps\n2025-01-01 10:00:00,A,My Secret Lift,1,50,5\n'

  test('are refused with suggestions in a dry run, and nothing is written', async () => {
    const ana = await createUser('ana')
    expect(await refused(send(ana, file, BERLIN))).toEqual({
      status: 400,
      code: 'import_needs_mapping',
      details: 'My Secret Lift',
    })
    const { names, counts } = await imported(ana, file, { ...BERLIN, dry_run: true })
    expect([names[0]?.how, names[0]?.exercise_id, counts.imported]).toEqual(['unknown', null, 0])
    const typo = await imported(ana, file.replace('My Secret Lift', 'Barbel Bench Pres'), { ...BERLIN, dry_run: true })
    expect(typo.names[0]?.suggestions).toHaveLength(3)
    expect(typo.names[0]?.suggestions[0]?.exercise_name).toBe('Barbell Bench Press')
  })

  test('are mapped, and the mapping is remembered until it is forgotten', async () => {
    const ana = await createUser('ana')
    const id = await exerciseId(ana.client, 'barbell-bench-press')
    await imported(ana, file, { ...BERLIN, mapping: { 'My Secret Lift': id } })
    const next = file.replace('2025-01-01', '2025-01-02')
    const { names } = await imported(ana, next, BERLIN)
    expect(names[0]).toMatchObject({ how: 'remembered', exercise_id: id })
    await ana.client.from('import_names').delete().eq('name', 'my secret lift')
    expect(await refused(send(ana, file.replace('2025-01-01', '2025-01-03'), BERLIN))).toMatchObject({
      code: 'import_needs_mapping',
    })
  })

  test('are left out, or become exercises of the athlete’s own', async () => {
    const ana = await createUser('ana')
    expect((await imported(ana, file, { ...BERLIN, unknown: 'skip' })).counts).toMatchObject({
      imported: 0,
      skipped: 1,
    })
    const made = await imported(ana, file, { ...BERLIN, unknown: 'create' })
    expect(made).toMatchObject({ counts: { imported: 1 }, names: [{ how: 'created' }] })
    const { data } = await ana.client.from('exercises').select('name, tracking_type').eq('created_by', ana.id)
    expect(data).toEqual([{ name: 'My Secret Lift', tracking_type: 'weight_reps' }])
    await post(ana, `/${made.id}/undo`, '{}')
    expect((await ana.client.from('exercises').select('id').eq('created_by', ana.id)).data).toEqual([])
  })

  test('cannot be mapped to exercises of others', async () => {
    const [ana, ben] = await Promise.all([createUser('ana'), createUser('ben')])
    const { names } = await imported(ben, file, { ...BERLIN, unknown: 'create' })
    const mapping = { 'My Secret Lift': names[0]?.exercise_id }
    expect(await refused(send(ana, file, { ...BERLIN, mapping }))).toMatchObject({ status: 400, code: 'invalid_body' })
    expect((await imported(ben, file.replace('2025', '2024'), { ...BERLIN, mapping })).counts.imported).toBe(1)
  })
})

describe('an import that is undone', () => {
  test('takes back all that it made, and may come again', async () => {
    const ana = await createUser('ana')
    await imported(ana, await exportFile('strong-units'), BERLIN)
    const before = await derived(ana)
    const { id } = await imported(ana, await exportFile('hevy-metric'), BERLIN)
    const full = await derived(ana)
    const undone = await post(ana, `/${id}/undo`, '{}')
    expect([undone.status, await undone.json()]).toMatchObject([200, { status: 'undone', kept_count: 0 }])
    expect(await derived(ana)).toEqual(before)
    await expectNothingToRepair(ana)
    expect((await ana.client.from('workouts').select('id')).data).toHaveLength(1)
    expect((await ana.client.from('workout_exercises').select('id')).data).toHaveLength(1)
    expect((await post(ana, `/${id}/undo`, '{}')).status).toBe(200)
    expect(await refused(send(ana, await exportFile('hevy-metric'), { ...BERLIN, id }))).toMatchObject({
      status: 409,
      code: 'import_undone',
    })
    await imported(ana, await exportFile('hevy-metric'), BERLIN)
    expect(await derived(ana)).toEqual(full)
  })

  test('leaves workouts that the athlete made their own, unless they go too', async () => {
    const ana = await createUser('ana')
    const { id } = await imported(ana, await exportFile('strong-comma'), { ...BERLIN, unit: 'kg' })
    const { data: set } = await ana.client.from('workout_sets').select('id').eq('weight_kg', 140).single()
    await ana.client.from('workout_sets').update({ weight_kg: 145 }).eq('id', set?.id)
    const undone = await post(ana, `/${id}/undo`, '{}')
    expect(await undone.json()).toMatchObject({ status: 'undone', imported_count: 5, kept_count: 1 })
    expect(await derived(ana)).toMatchObject({
      totals: [[1, 1, 5, 725, 2700]],
      records: [['Barbell Back Squat', 145]],
    })
    await expectNothingToRepair(ana)
    // What stayed is known: it does not come in again.
    const again = await imported(ana, await exportFile('strong-comma'), { ...BERLIN, unit: 'kg' })
    expect(again.counts).toMatchObject({ imported: 4, duplicates: 1 })
    const { data: other } = await ana.client.from('workout_sets').select('id').eq('weight_kg', 100).single()
    await ana.client.from('workout_sets').update({ weight_kg: 101 }).eq('id', other?.id)
    const all = await post(ana, `/${again.id}/undo`, JSON.stringify({ keep_changed: false }))
    expect(await all.json()).toMatchObject({ status: 'undone', kept_count: 0 })
    expect((await derived(ana)).totals).toEqual([[1, 1, 5, 725, 2700]])
    await expectNothingToRepair(ana)
  })

  test('is nobody else’s to touch', async () => {
    const [ana, ben] = await Promise.all([createUser('ana'), createUser('ben')])
    const { id } = await imported(ana, await exportFile('hevy-metric'), BERLIN)
    const before = await ownedBy(ana.id)
    expect(await refused(post(ben, `/${id}/undo`, '{}'))).toMatchObject({ status: 404, code: 'import_not_found' })
    expect(await refused(send(ben, await exportFile('hevy-metric'), { ...BERLIN, id }))).toMatchObject({
      status: 409,
      code: 'id_conflict',
    })
    for (const [name, args] of [
      ['import_sets', { import_id: id, rows: [] }],
      ['finish_import', { import_id: id }],
      ['undo_import', { import_id: id }],
    ] as const)
      expect((await ben.client.rpc(name, args)).error?.code, name).toBe('import_not_found')
    expect(await ownedBy(ana.id)).toBe(before)
  })
})

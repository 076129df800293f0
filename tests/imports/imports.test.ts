import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createUser, type User } from '../support/clients.ts'
import { ownedBy } from '../support/rows.ts'
import { sql } from '../support/stack.ts'
import { exerciseId } from '../workouts/training.ts'
import { exportFile } from './files.ts'
import { BERLIN, derived, expectNothingToRepair, imported, post, refused, send } from './importing.ts'

describe('an export of', () => {
  test('Strong in kilograms', async () => {
    const ana = await createUser('ana')
    const answer = await imported(ana, await exportFile('strong-comma'), { ...BERLIN, unit: 'kg' })
    expect(answer).toMatchObject({
      dry_run: false,
      status: 'completed',
      source: 'strong',
      counts: { lines: 5, imported: 5, duplicates: 0, skipped: 0, failed: 0, workouts: 2 },
      remarks: [],
    })
    expect(answer.names.map(({ name, how, exercise_name }) => [name, how, exercise_name])).toEqual([
      ['Bench Press (Barbell)', 'words', 'Barbell Bench Press'],
      ['Pull Up', 'name', 'Pull-Up'],
      ['Plank', 'name', 'Plank'],
      ['Squat (Barbell)', 'words', 'Barbell Back Squat'],
    ])
    // 5 × 100 + 3 × 102.5, and 5 × 140; repetitions 5 + 3 + 8 + 5; 70 and 45 minutes.
    expect(await derived(ana)).toEqual({
      totals: [[2, 5, 21, 1507.5, 6900]],
      weeks: [['2025-03-03', 2, 5, 1507.5]],
      records: [
        ['Barbell Back Squat', 140],
        ['Barbell Bench Press', 102.5],
      ],
    })
    await expectNothingToRepair(ana)
    const { data: workouts } = await ana.client
      .from('workouts')
      .select('name, started_at, ended_at, notes, import_id')
      .order('started_at')
    expect(workouts?.[0]).toEqual({
      name: 'Push, day',
      started_at: '2025-03-03T17:00:00+00:00',
      ended_at: '2025-03-03T18:10:00+00:00',
      notes: 'Felt "good"',
      import_id: answer.id,
    })
  })

  test('Strong with units, letters and notes', async () => {
    const ana = await createUser('ana')
    const answer = await imported(ana, await exportFile('strong-units'), BERLIN)
    expect(answer.counts).toEqual({ lines: 8, imported: 5, duplicates: 0, skipped: 2, failed: 1, workouts: 1 })
    // Without the warm-up: 5 × 100 + 3 × 102.5 + 8 × 80 + 12 × 60.
    expect((await derived(ana)).totals).toEqual([[1, 4, 28, 2167.5, 3600]])
    await expectNothingToRepair(ana)
    const { data: report } = await ana.client
      .from('import_rows')
      .select('line, outcome, code, line_text')
      .neq('outcome', 'imported')
      .order('line')
    expect(report?.map(({ line, outcome, code }) => [line, outcome, code])).toEqual([
      [2, 'skipped', 'note'],
      [5, 'skipped', 'rest_timer'],
      [9, 'failed', 'unknown_set_order'],
    ])
    expect(report?.[2]?.line_text).toContain('| ? |')
    const { data: sets } = await ana.client
      .from('workout_sets')
      .select('set_index, set_type, weight_kg, rpe, rest_seconds')
      .order('set_index')
    expect(sets?.map((set) => Object.values(set))).toEqual([
      [0, 'warmup', 60, null, null],
      [1, 'working', 100, 8.5, 120],
      [2, 'working', 102.5, null, null],
      [3, 'drop', 80, null, null],
      [4, 'failure', 60, null, null],
    ])
  })

  test('Strong in German', async () => {
    const ana = await createUser('ana')
    const mapping = { Bankdrücken: await exerciseId(ana.client, 'barbell-bench-press') }
    await imported(ana, await exportFile('strong-german'), { ...BERLIN, mapping })
    expect(await derived(ana)).toMatchObject({
      totals: [[1, 2, 15, 1237.5, 3900]],
      records: [['Barbell Bench Press', 82.5]],
    })
  })

  test('Strong with semicolons, in pounds and miles', async () => {
    const ana = await createUser('ana')
    await imported(ana, await exportFile('strong-semicolon'), BERLIN)
    const { data: sets } = await ana.client
      .from('workout_sets')
      .select('weight_kg, entered_unit, reps, distance_m, duration_seconds')
      .order('completed_at')
    // 225 lb and 3.1 miles, by definition of both.
    expect(sets?.map((set) => Object.values(set))).toEqual([
      [102.05828325, 'lb', 5, null, null],
      [102.5, 'kg', 3, null, null],
      [null, 'kg', null, 4988.9664, 1500],
    ])
    await expectNothingToRepair(ana)
  })

  test('Hevy, with supersets, failed sets and an exercise done twice', async () => {
    const ana = await createUser('ana')
    const answer = await imported(ana, await exportFile('hevy-metric'), BERLIN)
    expect(answer.counts).toMatchObject({ imported: 6, workouts: 2 })
    // Without the warm-up 5 × 100 + 10 × 15 + 0 + 12 × 80; an hour, and a run whose end is not known.
    expect(await derived(ana)).toEqual({
      totals: [[2, 5, 27, 1610, 3600]],
      weeks: [['2025-12-22', 2, 5, 1610]],
      records: [
        ['Barbell Bench Press', 100],
        ['Dumbbell Curl', 15],
      ],
    })
    const { data: entries } = await ana.client
      .from('workout_exercises')
      .select('position, exercise_name, superset_group, notes, set_count, workouts!inner(name)')
      .eq('workouts.name', 'Push')
      .order('position')
    expect(entries?.map((entry) => Object.values(entry).slice(0, 5))).toEqual([
      [0, 'Barbell Bench Press', null, 'pause', 1],
      [1, 'Dumbbell Curl', 1, null, 1],
      [2, 'Pull-Up', 1, null, 1],
      [3, 'Barbell Bench Press', null, null, 1],
    ])
    await expectNothingToRepair(ana)
  })

  test('FitNotes of Android', async () => {
    const ana = await createUser('ana')
    await imported(ana, await exportFile('fitnotes-android'), { timezone: 'Pacific/Auckland' })
    expect(await derived(ana)).toEqual({
      totals: [[2, 4, 18, 1000, 0]],
      weeks: [['2025-03-03', 2, 4, 1000]],
      records: [['Barbell Bench Press', 100]],
    })
    const { data: days } = await ana.client.from('workouts').select('name, local_date').order('started_at')
    expect(days?.map((day) => Object.values(day))).toEqual([
      ['Chest, Back', '2025-03-03'],
      ['Cardio', '2025-03-04'],
    ])
  })

  test('FitNotes of iOS', async () => {
    const ana = await createUser('ana')
    const mapping = { 'Bench Press': await exerciseId(ana.client, 'barbell-bench-press') }
    const answer = await imported(ana, await exportFile('fitnotes-ios'), { ...BERLIN, unit: 'kg', mapping })
    expect(answer.counts).toMatchObject({ imported: 2, skipped: 1 })
    expect((await derived(ana)).totals).toEqual([[1, 1, 5, 500, 3600]])
    const { data } = await ana.client.from('workouts').select('bodyweight_kg').single()
    expect(data).toEqual({ bodyweight_kg: 81.5 })
  })
})

describe('an import', () => {
  let ana: User
  beforeAll(async () => {
    ana = await createUser('ana')
    await imported(ana, await exportFile('hevy-metric'), BERLIN)
  })

  test('of the same file adds nothing, whatever its id', async () => {
    const before = await derived(ana)
    const again = await imported(ana, await exportFile('hevy-metric'), BERLIN)
    expect(again.counts).toMatchObject({ imported: 0, duplicates: 6, workouts: 0 })
    expect(await derived(ana)).toEqual(before)
  })

  test('of a later export adds what is new, to the workouts that are there', async () => {
    const text = (await exportFile('hevy-metric')).toString()
    const line = '"Push","22 Dec 2025, 08:00","22 Dec 2025, 09:00","easy","Bench Press (Barbell)","","pause"'
    const later = `${text}${line},"2","normal","110","1","","",""\n`
    const [before] = (await derived(ana)).totals ?? []
    const answer = await imported(ana, later, BERLIN)
    expect(answer.counts).toMatchObject({ imported: 1, duplicates: 6, workouts: 0 })
    const { totals, records } = await derived(ana)
    expect(before?.slice(0, 2)).toEqual([2, 5])
    expect(totals?.[0]?.slice(0, 2)).toEqual([2, 6])
    expect(records?.[0]).toEqual(['Barbell Bench Press', 110])
    await expectNothingToRepair(ana)
  })

  test('that runs dry writes nothing, and tells what it would come to', async () => {
    const before = await ownedBy(ana.id)
    const answer = await imported(ana, await exportFile('hevy-metric'), { ...BERLIN, dry_run: true })
    expect(answer).toMatchObject({ dry_run: true, counts: { imported: 0, duplicates: 6, workouts: 0 } })
    const text = (await exportFile('hevy-metric')).toString().replaceAll('22 Dec 2025', '22 Dec 2024')
    const other = await imported(ana, text, { ...BERLIN, dry_run: true })
    expect(other.counts).toEqual({ lines: 6, imported: 5, duplicates: 1, skipped: 0, failed: 0, workouts: 1 })
    expect(await ownedBy(ana.id)).toBe(before)
  })

  test('by the same id goes on, and answers the same when it is done', async () => {
    const ben = await createUser('ben')
    const id = crypto.randomUUID()
    const bytes = await exportFile('strong-units')
    const hash = createHash('sha256').update(bytes).digest('hex')
    // As after a crash behind the beginning.
    const begun = await ben.client.rpc('begin_import', {
      id,
      source: 'strong',
      file_hash: hash,
      timezone: 'Europe/Berlin',
      line_count: 8,
      settings: { unit: null, distance_unit: null, date_order: null },
    })
    expect(begun.error).toBeNull()
    expect(await refused(send(ben, await exportFile('hevy-metric'), BERLIN))).toEqual({
      status: 409,
      code: 'import_running',
      details: id,
    })
    const first = await imported(ben, bytes, { ...BERLIN, id })
    expect(first.counts).toMatchObject({ imported: 5, skipped: 2, failed: 1 })
    expect((await imported(ben, bytes, { ...BERLIN, id })).counts).toEqual(first.counts)
    expect(await refused(send(ben, await exportFile('hevy-metric'), { ...BERLIN, id }))).toMatchObject({
      status: 409,
      code: 'id_conflict',
    })
  })

  test('with another unit or zone is refused while the first one stands', async () => {
    const ben = await createUser('ben')
    const file = await exportFile('strong-comma')
    const { id } = await imported(ben, file, { ...BERLIN, unit: 'lb' })
    expect(await refused(send(ben, file, { ...BERLIN, unit: 'kg' }))).toEqual({
      status: 409,
      code: 'import_settings_differ',
      details: id,
    })
    expect((await post(ben, `/${id}/undo`, '{}')).status).toBe(200)
    expect((await imported(ben, file, { ...BERLIN, unit: 'kg' })).counts.imported).toBe(5)
  })

  test('two at a time are one', async () => {
    const ben = await createUser('ben')
    const id = crypto.randomUUID()
    const file = await exportFile('hevy-metric')
    const answers = await Promise.all([imported(ben, file, { ...BERLIN, id }), imported(ben, file, { ...BERLIN, id })])
    expect(answers.map(({ counts }) => counts.imported)).toContain(6)
    expect((await derived(ben)).totals).toEqual([[2, 5, 27, 1610, 3600]])
    await expectNothingToRepair(ben)
  })
})

describe('what is no file of ours', () => {
  let ana: User
  beforeAll(async () => {
    ana = await createUser('ana')
  })

  test.each([
    [400, 'import_unknown_format', 'a,b,c\n1,2,3\n', {}],
    [400, 'import_unknown_format', '', {}],
    [
      400,
      'import_needs_unit',
      'Date,Workout Name,Exercise Name,Set Order,Weight,Reps\n2025-01-01,A,Squat,1,50,5\n',
      {},
    ],
    [400, 'import_needs_date_order', 'Date,Exercise,Category,Reps\n01/02/2025,Squat,Legs,5\n', {}],
    [400, 'invalid_body', 'Date\n', { unit: 'stone' }],
    [400, 'invalid_body', 'Date\n', { surprise: 1 }],
    [400, 'invalid_argument', 'Date,Exercise,Category,Reps\n2025-01-02,Squat,Legs,5\n', { timezone: 'Mars/Olympus' }],
  ])('%s %s', async (status, code, file, options) => {
    expect(await refused(send(ana, file, options))).toMatchObject({ status, code })
  })

  test('lines from the future and from before there were phones fail alone', async () => {
    const line = (date: string, order: number): string => `${date} 10:00:00,A,Squat (Barbell),${order},50,5\n`
    const heading = 'Date,Workout Name,Exercise Name,Set Order,Weight (kg),Reps\n'
    const file = heading + line('1970-01-01', 1) + line('2999-01-01', 1) + line('2025-01-01', 1)
    const answer = await imported(ana, file, BERLIN)
    expect(answer.counts).toMatchObject({ imported: 1, failed: 2 })
    const { data } = await ana.client.from('import_rows').select('line, code').eq('import_id', answer.id).order('line')
    expect(data?.map((row) => Object.values(row))).toEqual([
      [2, 'date_out_of_range'],
      [3, 'date_out_of_range'],
      [4, null],
    ])
  })

  test('needs somebody who is signed in', async () => {
    expect(await refused(post({ ...ana, accessToken: 'none' }, '', null))).toMatchObject({
      status: 401,
      code: 'not_authenticated',
    })
  })

  test('a file is also taken as it is, with options in the query', async () => {
    const text = 'Date,Workout Name,Exercise Name,Set Order,Weight,Reps\n2024-01-01 10:00:00,A,Squat (Barbell),1,50,5\n'
    const response = await post(ana, '?unit=kg&dry_run=true&timezone=UTC', text)
    expect([response.status, await response.json()]).toMatchObject([200, { dry_run: true, counts: { imported: 1 } }])
  })
})

test('imported sets celebrate nothing, and devices hear of the whole alone', async () => {
  const ana = await createUser('ana')
  const { id } = await imported(ana, await exportFile('hevy-metric'), BERLIN)
  const messages = await sql`
    select event, payload ->> 'import_id' as import_id from realtime.messages where topic = ${`user:${ana.id}`}`
  expect([...messages]).toEqual([{ event: 'sync:import', import_id: id }])
  const workouts = await sql`
    select event from realtime.messages
    where topic in (select 'workout:' || id from public.workouts where user_id = ${ana.id})`
  expect([...workouts]).toEqual([])
})

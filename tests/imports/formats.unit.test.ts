import { describe, expect, test } from 'vitest'
import { placeExport, readExport, readText } from './files.ts'

const codes = ({ remarks }: Awaited<ReturnType<typeof readExport>>) =>
  remarks.map(({ line, outcome, code }) => [line, outcome, code])

describe('Strong', () => {
  test('with commas has no unit, and writes 0 where nothing was recorded', async () => {
    const file = await readExport('strong-comma')
    expect(file.source).toBe('strong')
    expect(
      file.sets.map(({ line, start, exercise, weight, reps, seconds, rpe }) => [
        line,
        start,
        exercise,
        weight?.value,
        reps,
        seconds,
        rpe,
      ]),
    ).toEqual([
      [2, '2025-03-03T18:00:00', 'Bench Press (Barbell)', 100, 5, null, 8],
      [3, '2025-03-03T18:00:00', 'Bench Press (Barbell)', 102.5, 3, null, 9],
      [5, '2025-03-03T18:00:00', 'Pull Up', undefined, 8, null, null],
      [6, '2025-03-03T18:00:00', 'Plank', undefined, null, 60, null],
      [7, '2025-03-05T18:30:00', 'Squat (Barbell)', 140, 5, null, null],
    ])
    expect(file.sets[0]).toMatchObject({
      workout: 'Push, day',
      workoutNotes: 'Felt "good"',
      workoutSeconds: 4200,
      weight: { unit: null },
    })
    expect(file.sets[1]?.notes).toBe('two lines\nof it')
  })

  test('with semicolons has units line by line', async () => {
    const { sets } = await readExport('strong-semicolon')
    expect(sets.map(({ weight }) => weight)).toEqual([{ value: 225, unit: 'lb' }, { value: 102.5, unit: 'kg' }, null])
    expect(sets[2]).toMatchObject({ distance: { value: 3.1, unit: 'mi' }, seconds: 1500, workoutSeconds: 3600 })
  })

  test('with units in the heading has letters for types, notes and rests', async () => {
    const file = await readExport('strong-units')
    expect(file.sets.map(({ type, weight, restSeconds }) => [type, weight?.value, weight?.unit, restSeconds])).toEqual([
      ['warmup', 60, 'kg', null],
      ['working', 100, 'kg', 120],
      ['working', 102.5, 'kg', null],
      ['drop', 80, 'kg', null],
      ['failure', 60, 'kg', null],
    ])
    expect(file.sets[0]).toMatchObject({ exerciseNotes: 'Elbows in', workoutSeconds: 3600 })
    expect(codes(file)).toEqual([
      [2, 'skipped', 'note'],
      [5, 'skipped', 'rest_timer'],
      [9, 'failed', 'unknown_set_order'],
    ])
  })

  test('in German has other headings and commas before decimals', async () => {
    const { source, sets } = await readExport('strong-german')
    expect([source, sets[0]]).toEqual([
      'strong',
      expect.objectContaining({
        workout: 'Drücken',
        exercise: 'Bankdrücken',
        weight: { value: 82.5, unit: 'kg' },
        reps: 8,
        rpe: 8.5,
        notes: 'schön',
        workoutSeconds: 3900,
      }),
    ])
  })
})

describe('Hevy', () => {
  test('in kilograms', async () => {
    const file = await readExport('hevy-metric')
    expect(file.source).toBe('hevy')
    expect(
      file.sets.map(({ start, type, weight, reps, superset }) => [start, type, weight?.value, reps, superset]),
    ).toEqual([
      ['2025-12-22T08:00:00', 'warmup', 60, 10, ''],
      ['2025-12-22T08:00:00', 'working', 100, 5, ''],
      ['2025-12-22T08:00:00', 'working', 15, 10, '0'],
      ['2025-12-22T08:00:00', 'failure', undefined, 0, '0'],
      ['2025-12-22T08:00:00', 'drop', 80, 12, ''],
      ['2025-12-23T07:15:00', 'working', undefined, null, ''],
    ])
    expect(file.sets[1]).toMatchObject({ workoutSeconds: 3600, workoutNotes: 'easy', exerciseNotes: 'pause', rpe: 8.5 })
    expect(file.sets[5]).toMatchObject({ workoutSeconds: null, distance: { value: 5.2, unit: 'km' }, seconds: 1800 })
  })

  test('in pounds and miles, between tabs', async () => {
    const { sets } = await readExport('hevy-imperial')
    expect(sets.map(({ weight, distance }) => weight ?? distance)).toEqual([
      { value: 225, unit: 'lb' },
      { value: 3.1, unit: 'mi' },
    ])
  })
})

describe('FitNotes', () => {
  test('of Android has days alone: a workout at noon, an exercise’s sets together', async () => {
    const { sets } = await placeExport('fitnotes-android')
    expect(
      sets.map(({ line, start, workout, exercise, block, ordinal }) => [
        line,
        start,
        workout,
        exercise,
        block,
        ordinal,
      ]),
    ).toEqual([
      [2, '2025-03-03T12:00:00', 'Chest, Back', 'Flat Barbell Bench Press', 0, 0],
      [4, '2025-03-03T12:00:00', 'Chest, Back', 'Flat Barbell Bench Press', 0, 1],
      [3, '2025-03-03T12:00:00', 'Chest, Back', 'Pull Up', 1, 0],
      [5, '2025-03-04T12:00:00', 'Cardio', 'Running (Outdoor)', 0, 0],
    ])
    expect(sets[3]).toMatchObject({ distance: { value: 5.2, unit: 'km' }, seconds: 1800 })
  })

  test('writes dates as the phone does: all of them together tell the day', async () => {
    const { sets } = await readExport('fitnotes-locale')
    expect(sets.map(({ start, weight, seconds }) => [start, weight, seconds])).toEqual([
      ['2025-04-03T12:00:00', { value: 225, unit: 'lb' }, null],
      ['2025-04-25T12:00:00', null, 90],
    ])
  })

  test('of iOS has clocks, warm-ups, body weight, and sets that were not done', async () => {
    const file = await readExport('fitnotes-ios')
    expect(file.source).toBe('fitnotes')
    expect(file.sets.map(({ type, weight, reps, rpe, rir }) => [type, weight?.value, reps, rpe, rir])).toEqual([
      ['warmup', 60, 10, null, null],
      ['working', 100, 5, 8, 2],
    ])
    expect(file.sets[0]).toMatchObject({ workoutSeconds: 3600, bodyweight: { value: 81.5, unit: null } })
    expect(codes(file)).toEqual([[4, 'skipped', 'not_done']])
  })
})

describe('a file', () => {
  test('is read as the app’s that is named, if it is one', () => {
    const text = 'Date,Exercise Name,Set Order,Reps\n2025-01-01,Squat,1,5\n'
    expect(readText(text, { source: 'strong' }).sets).toHaveLength(1)
    expect(() => readText(text, { source: 'hevy' })).toThrow(expect.objectContaining({ code: 'import_unknown_format' }))
  })

  test('of body measurements is no export of workouts', () => {
    expect(() => readText('Date,Time,Measurement,Value,Unit,Comment\n2025-01-01,,Weight,80,kg,\n')).toThrow(
      expect.objectContaining({ code: 'import_unknown_format' }),
    )
  })

  test('whose dates do not tell days from months is not guessed at', () => {
    const text = 'Date,Exercise,Category,Reps\n03/04/2025,Squat,Legs,5\n'
    expect(() => readText(text)).toThrow(expect.objectContaining({ code: 'import_needs_date_order' }))
    expect(readText(text, { dateOrder: 'mdy' }).sets[0]?.start).toBe('2025-03-04T12:00:00')
    expect(readText(text, { dateOrder: 'dmy' }).sets[0]?.start).toBe('2025-04-03T12:00:00')
    expect(readText(text.replace('03/04', '03/14')).sets[0]?.start).toBe('2025-03-14T12:00:00')
    expect(readText(text.replaceAll('/', '.')).sets[0]?.start).toBe('2025-04-03T12:00:00')
  })

  test('without units is not guessed at', async () => {
    await expect(placeExport('strong-comma')).rejects.toMatchObject({ code: 'import_needs_unit' })
    expect((await placeExport('strong-comma', { unit: 'lb' })).sets[0]?.weight).toEqual({ value: 100, unit: 'lb' })
  })
})

import { expect, test } from 'vitest'
import { placeSets } from '../../supabase/functions/imports/place.ts'
import { placeExport, readExport, readText } from './files.ts'

test('an exercise that is done twice has two places, its sets are counted on', async () => {
  const { sets } = await placeExport('hevy-metric')
  expect(
    sets.map(({ exercise, block, occurrence, ordinal, supersetGroup }) => [
      exercise,
      block,
      occurrence,
      ordinal,
      supersetGroup,
    ]),
  ).toEqual([
    ['Bench Press (Barbell)', 0, 0, 0, null],
    ['Bench Press (Barbell)', 0, 0, 1, null],
    ['Bicep Curl (Dumbbell)', 1, 0, 0, 1],
    ['Pull Up', 2, 0, 0, 1],
    ['Bench Press (Barbell)', 3, 1, 2, null],
    ['Running', 0, 0, 0, null],
  ])
})

test('sets are spread over a workout whose length is known, and keep their order in any other', async () => {
  const { sets } = await placeExport('hevy-metric')
  expect(sets.map(({ at }) => at)).toEqual([720, 1440, 2160, 2880, 3600, 0.001])
})

test('lines that were there before are told, whatever stands between', async () => {
  const { source, sets } = await readExport('strong-units')
  const twice = placeSets(
    source,
    [...sets, ...sets.map((set) => ({ ...set, start: '2025-03-04T18:00:00' })), ...sets],
    {},
  )
  expect(twice.sets).toHaveLength(10)
  expect(twice.remarks.map(({ outcome, code }) => [outcome, code])).toEqual(
    sets.map(() => ['duplicate', 'repeated_in_file']),
  )
})

test('three sets alike are three sets', () => {
  const line = '2025-01-01 10:00:00,A,Squat,N,100 kg,5\n'
  const heading = 'Date,Workout Name,Exercise Name,Set Order,Weight (kg),Reps\n'
  const { source, sets } = readText(
    heading + [1, 2, 3].map((n) => line.replace('N', String(n)).replace(' kg', '')).join(''),
  )
  expect(placeSets(source, sets, {}).sets.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2])
})

test('workouts come in the order in which they were done', () => {
  const heading = 'Date,Workout Name,Exercise Name,Set Order,Reps\n'
  const { source, sets } = readText(`${heading}2025-02-01 10:00:00,B,Pull Up,1,5\n2025-01-01 10:00:00,A,Pull Up,1,5\n`)
  expect(placeSets(source, sets, {}).sets.map(({ workout }) => workout)).toEqual(['A', 'B'])
})

test('a workout with more exercises or sets than any has keeps what has a place', () => {
  const heading = 'Date,Workout Name,Exercise Name,Set Order,Reps\n'
  const lines = (count: number, exercise: (n: number) => string): string =>
    Array.from({ length: count }, (_, n) => `2025-01-01 10:00:00,A,${exercise(n)},${n + 1},5\n`).join('')
  const exercises = readText(heading + lines(120, (n) => `Exercise ${n}`))
  expect(placeSets('strong', exercises.sets, {}).remarks.map(({ code }) => code)).toEqual(
    Array(20).fill('too_many_exercises'),
  )
  const sets = readText(heading + lines(250, () => 'Squat'))
  expect(placeSets('strong', sets.sets, {}).remarks.map(({ code }) => code)).toEqual(Array(50).fill('too_many_sets'))
})

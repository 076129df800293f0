import { expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../support/stack.ts'

/** What lifters type, and what has to come first. */
const FIRST: readonly (readonly [query: string, slug: string])[] = [
  // Names as they are spoken
  ['squat', 'barbell-back-squat'],
  ['squats', 'barbell-back-squat'],
  ['deadlift', 'conventional-deadlift'],
  ['dead lift', 'conventional-deadlift'],
  ['bench', 'barbell-bench-press'],
  ['bench press', 'barbell-bench-press'],
  ['barbell curl', 'barbell-curl'],
  ['curls barbell', 'barbell-curl'],
  ['lunges', 'forward-lunge'],
  ['dips', 'parallel-bar-dip'],
  ['plank', 'plank'],
  ['crunches', 'crunch'],
  ['snatch', 'barbell-snatch'],
  ['running', 'outdoor-run'],
  ['rowing', 'rowing-machine'],
  ['treadmill', 'treadmill-run'],
  ['thrusters', 'thruster'],
  ['sumo', 'sumo-deadlift'],
  // Hyphens, joined and parted words, plurals
  ['pullups', 'pull-up'],
  ['pull ups', 'pull-up'],
  ['Pull-Ups', 'pull-up'],
  ['chin ups', 'chin-up'],
  ['pushup', 'push-up'],
  ['press ups', 'push-up'],
  ['benchpress', 'barbell-bench-press'],
  ['latpulldown', 'lat-pulldown'],
  ['lat pull down', 'lat-pulldown'],
  ['hip thrusts', 'barbell-hip-thrust'],
  ['face pulls', 'cable-face-pull'],
  ['good mornings', 'good-morning'],
  ['calf raises', 'standing-calf-raise-machine'],
  ['skull crushers', 'lying-ez-bar-triceps-extension'],
  ['box jumps', 'box-jump'],
  ['reverse flyes', 'bent-over-dumbbell-reverse-fly'],
  // Abbreviations
  ['RDL', 'romanian-deadlift'],
  ['db rdl', 'dumbbell-romanian-deadlift'],
  ['single leg rdl', 'single-leg-romanian-deadlift'],
  ['ohp', 'barbell-overhead-press'],
  ['bb row', 'bent-over-barbell-row'],
  ['db row', 'single-arm-dumbbell-row'],
  ['kb swing', 'kettlebell-swing'],
  ['cgbp', 'close-grip-bench-press'],
  ['bss', 'bulgarian-split-squat'],
  ['sldl', 'stiff-leg-deadlift'],
  ['ghr', 'glute-ham-raise'],
  ['incline db press', 'incline-dumbbell-bench-press'],
  ['hex bar deadlift', 'trap-bar-deadlift'],
  ['ttb', 'toes-to-bar'],
  ['c&j', 'clean-and-jerk'],
  // Typing errors
  ['bnech press', 'barbell-bench-press'],
  ['sqaut', 'barbell-back-squat'],
  ['deadlfit', 'conventional-deadlift'],
  ['lat pulldwon', 'lat-pulldown'],
  ['bulgrian split squat', 'bulgarian-split-squat'],
  ['romainian deadlift', 'romanian-deadlift'],
  ['leg extention', 'leg-extension'],
  ['hamer curl', 'hammer-curl'],
  ['dumbell bench press', 'dumbbell-bench-press'],
  ['bent over barbel row', 'bent-over-barbell-row'],
  ['kettelbell swing', 'kettlebell-swing'],
  ['shoulder pres', 'barbell-overhead-press'],
  // Beginnings, as one types
  ['benc', 'barbell-bench-press'],
  ['roman', 'romanian-deadlift'],
  ['goblet', 'goblet-squat'],
  ['zerch', 'zercher-squat'],
  ['bulg', 'bulgarian-split-squat'],
  ['turkish getup', 'turkish-get-up'],
  // What is meant, not what it is called
  ['military press', 'barbell-overhead-press'],
  ['stairmaster', 'stair-climber'],
  ['side raises', 'dumbbell-lateral-raise'],
  ['one arm row', 'single-arm-dumbbell-row'],
  ['hamstring curl', 'lying-leg-curl'],
  ['farmers carry', 'farmers-walk'],
  ['cable fly', 'cable-crossover'],
  ['chest press machine', 'machine-chest-press'],
  ['overhead tricep extension', 'dumbbell-overhead-triceps-extension'],
  // In another language
  ['Bankdrücken', 'barbell-bench-press'],
  ['bankdrucken', 'barbell-bench-press'],
  ['klimmzüge', 'pull-up'],
  ['Kreuzheben', 'conventional-deadlift'],
  ['kniebeugen', 'barbell-back-squat'],
  ['liegestutze', 'push-up'],
]

/** Where several would do: at least one of the expected is among the first three. */
const AMONG_THREE: readonly (readonly [query: string, slugs: readonly string[]])[] = [
  ['leg curl', ['lying-leg-curl', 'seated-leg-curl']],
  ['bicep curls', ['dumbbell-curl', 'barbell-curl']],
  ['tricep', ['cable-triceps-pushdown', 'rope-triceps-pushdown', 'dumbbell-triceps-kickback', 'bench-dip']],
  ['shrugs', ['barbell-shrug', 'dumbbell-shrug']],
  ['kickbacks', ['dumbbell-triceps-kickback', 'cable-glute-kickback']],
  ['exercises for chest with dumbbells', ['dumbbell-fly', 'dumbbell-bench-press', 'dumbbell-floor-press']],
  ['abs', ['crunch', 'plank', 'ab-wheel-rollout', 'sit-up', 'bicycle-crunch', 'machine-crunch']],
  ['rear delts', ['bent-over-dumbbell-reverse-fly', 'reverse-pec-deck', 'cable-face-pull']],
  ['kettlebell squat', ['kettlebell-front-squat', 'goblet-squat']],
  ['seated row', ['seated-cable-row', 'chest-supported-machine-row']],
  ['bike', ['stationary-bike', 'air-bike', 'outdoor-cycling']],
  ['cross trainer', ['elliptical-trainer']],
]

const Found = z.array(z.object({ query: z.string(), slugs: z.array(z.string()) }))

async function search(queries: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = Found.parse(
    await sql`
      select query, array(
        select item ->> 'slug'
        from jsonb_array_elements(public.search_exercises(query, "limit" => 3) -> 'items')
          with ordinality as found (item, place)
        where item ->> 'slug' is not null
        order by place
      ) as slugs
      from unnest(${[...queries]}::text[]) as query`,
  )
  return new Map(rows.map(({ query, slugs }) => [query, slugs]))
}

test('what lifters type finds what they mean, first', async () => {
  const found = await search(FIRST.map(([query]) => query))

  expect(FIRST.map(([query]) => [query, found.get(query)?.[0]])).toEqual(FIRST)
})

test('where several would do, one of them is among the first three', async () => {
  const found = await search(AMONG_THREE.map(([query]) => query))

  expect(AMONG_THREE.filter(([query, slugs]) => !found.get(query)?.some((slug) => slugs.includes(slug)))).toEqual([])
})

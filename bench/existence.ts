import postgres from 'postgres'
import { type Stack, startStack } from '../stack/stack.ts'
import {
  makeStrangers,
  nobodys,
  QUESTIONS,
  type Question,
  type Strangers,
  shownBy,
} from '../tests/intruder/existence.ts'
import { compareRanks } from './existence/rank-test.ts'
import { type Bench, median, short } from './support.ts'

const ROUNDS = 100
const WARM_UP = 10
const USERS = 2_000

type Kind = 'nobody' | 'again' | 'private' | 'blocks'

/** Whether the time of an answer tells that somebody exists. */
export const bench: Bench = {
  question: 'Does the time of an answer tell a stranger who is private, or blocks them, from who does not exist?',
  async run() {
    await using stack = await startStack({ onLog: () => undefined })
    const strangers = await prepare(stack)
    const rows = []
    for (const question of QUESTIONS) rows.push(compare(question, await time(strangers, question)))
    return [
      {
        title: `${ROUNDS} calls of each kind in turns, over HTTP: medians, ms, and the test of Mann and Whitney`,
        rows,
        notes: [
          'share: how often a call about somebody takes longer than one about nobody; 0.5 when time tells nothing.',
          'control: the same for two samples of nobody, which is how far chance alone gets.',
          `p is for one question alone: of ${QUESTIONS.length * 2}, one in a hundred is below 0.01 by chance.`,
          'Status, headers and body were equal in every call, or the bench fails.',
        ],
      },
    ]
  },
}

async function prepare(stack: Stack): Promise<Strangers> {
  const sql = postgres(stack.status.db_url, { max: 1, onnotice: () => undefined })
  try {
    await sql`update public.plans set requests_per_window = 1000000000`
    // Tables of a size where an index is used.
    await sql`
      insert into auth.users (id, aud, role, email, created_at, updated_at)
      select id, 'authenticated', 'authenticated', id || '@example.test', now(), now()
      from (select gen_random_uuid() as id from generate_series(1, ${USERS}::integer)) as made`
    const strangers = await makeStrangers(sql, stack.status)
    await sql`vacuum analyze public.profiles, public.blocks, public.workouts, public.workout_templates, public.exercises`
    return strangers
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function time(strangers: Strangers, question: Question): Promise<Readonly<Record<Kind, readonly number[]>>> {
  const samples: Record<Kind, number[]> = { nobody: [], again: [], private: [], blocks: [] }
  const kinds: Kind[] = ['nobody', 'again', 'private', 'blocks']
  let expected: string | undefined
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    // Whoever comes first in a round may pay for something, so that each comes first as often.
    kinds.push(kinds.shift() ?? 'nobody')
    for (const kind of kinds) {
      const things = kind === 'private' || kind === 'blocks' ? strangers.hidden[kind] : nobodys()
      const began = performance.now()
      const response = await strangers.ask(question, things)
      const shown = await shownBy(response, things)
      const took = performance.now() - began
      expected ??= shown
      if (shown !== expected) throw new Error(`${question.name} tells ${kind} from nobody: ${shown}, not ${expected}`)
      if (round >= 0) samples[kind].push(took)
    }
  }
  return samples
}

function compare({ name }: Question, samples: Readonly<Record<Kind, readonly number[]>>) {
  const [hidden, blocks, again] = [samples.private, samples.blocks, samples.again].map((sample) => ({
    ms: median(sample),
    ...compareRanks(samples.nobody, sample),
  }))
  return {
    question: name,
    nobody: short(median(samples.nobody)),
    private: short(hidden?.ms ?? Number.NaN),
    share: (hidden?.share ?? Number.NaN).toFixed(3),
    p: (hidden?.p ?? Number.NaN).toFixed(3),
    blocks: short(blocks?.ms ?? Number.NaN),
    'share ': (blocks?.share ?? Number.NaN).toFixed(3),
    'p ': (blocks?.p ?? Number.NaN).toFixed(3),
    control: (again?.share ?? Number.NaN).toFixed(3),
  }
}

import { readFile } from 'node:fs/promises'
import postgres from 'postgres'
import { z } from 'zod'
import { decideFiles } from './buckets.ts'
import { decideCalls } from './calling.ts'
import { CALLS } from './calls.ts'
import type { Table } from './catalogue.ts'
import { decideChannels } from './channels.ts'
import { decideRows, decideTexts } from './decisions.ts'
import { decideFunctions } from './functions.ts'
import { decideGifts, decideInserts } from './inserting.ts'
import type { Session } from './session.ts'
import { Disagreement, Verdict } from './verdict.ts'
import type { World } from './world.ts'
import { decideColumns } from './writable.ts'

const Mutants = z.array(
  z.object({
    place: z.enum(['table', 'files', 'channels', 'call', 'helper']),
    name: z.string(),
    kind: z.string(),
    sql: z.string(),
  }),
)

/** One piece of what protects the data, taken away. */
export type Mutant = Readonly<z.infer<typeof Mutants>[number]>

const POLICIES = `
  with policy as (
    select
      case schemaname when 'public' then 'table' when 'storage' then 'files' else 'channels' end as place,
      tablename as name, format('%I on %I.%I', policyname, schemaname, tablename) as policy, cmd
    from pg_policies
    where schemaname = 'public' or (schemaname, tablename) in (('storage', 'objects'), ('realtime', 'messages'))
  )
  select place, name, 'drop policy' as kind, format('drop policy %s', policy) as sql from policy
  union all
  select place, name, 'using (true)', format('alter policy %s using (true)', policy)
  from policy where cmd <> 'INSERT' and (cmd, name) <> ('SELECT', 'plans')
  union all
  select place, name, 'with check (true)', format('alter policy %s with check (true)', policy)
  from policy where cmd in ('INSERT', 'UPDATE')
  union all
  select distinct place, name, 'no row level security', format(
    'alter table %s disable row level security',
    case place when 'table' then format('public.%I', name) when 'files' then 'storage.objects' else 'realtime.messages' end
  )
  from policy`

const GRANTS = `
  with relation as (
    select relname as name, oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
  )
  select 'table' as place, name, 'revoke ' || verb as kind, format('revoke %s on public.%I from authenticated', verb, name) as sql
  from relation cross join unnest(array['select', 'insert', 'update', 'delete']) as verb
  where has_any_column_privilege('authenticated', oid, case verb when 'delete' then 'select' else verb end)
    and (verb <> 'delete' or has_table_privilege('authenticated', oid, verb))
  union all
  select 'table', name, 'grant ' || verb, format('grant %s on public.%I to %s', verb, name, role)
  from relation cross join unnest(array['insert', 'update']) as verb cross join unnest(array['anon', 'authenticated']) as role`

// A guard is what holds rows to their owner in a function that runs with more rights than its caller.
const FUNCTIONS = `
  with function as (
    select
      oid, proname as name, oid::regprocedure as signature, prosecdef, pronamespace = 'public'::regnamespace as is_public
    from pg_proc
    where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
      and prokind = 'f'
      and prorettype <> 'trigger'::regtype
      and (
        has_function_privilege('authenticated', oid, 'execute') or has_function_privilege('anon', oid, 'execute')
        or pronamespace = 'public'::regnamespace
      )
  )
  select case when is_public then 'call' else 'helper' end as place, name, 'revoke execute' as kind,
    format('revoke execute on function %s from authenticated', signature) as sql
  from function where has_function_privilege('authenticated', oid, 'execute')
  union all
  select 'call', name, 'grant execute', format('grant execute on function %s to anon', signature)
  from function where is_public and not has_function_privilege('anon', oid, 'execute')
  union all
  select 'call', name, 'grant execute', format('grant execute on function %s to authenticated', signature)
  from function where is_public and not has_function_privilege('authenticated', oid, 'execute')
  union all
  select 'call', name, 'security definer', format('alter function %s security definer', signature)
  from function where is_public
  union all
  select 'helper', name, 'security invoker', format('alter function %s security invoker', signature)
  from function where prosecdef
  union all
  select 'helper', name, 'no search_path', format('alter function %s reset search_path', signature)
  from function where prosecdef`

const POWERS = new URL('./powers.sql', import.meta.url)

/** Every mutant of the policies, grants and functions that stand between a client and the data. */
export async function readMutants(sql: postgres.Sql | postgres.TransactionSql): Promise<readonly Mutant[]> {
  const powers = await readFile(POWERS, 'utf8')
  const found = [POLICIES, GRANTS, FUNCTIONS, powers].map((query) => sql.unsafe(query))
  const name = ({ place, name, kind, sql: statement }: Mutant): string => [place, name, kind, statement].join()
  return [...Mutants.parse((await Promise.all(found)).flat())].sort((one, other) => (name(one) < name(other) ? -1 : 1))
}

/**
 * Makes the change, asks the intruder's questions about what it protects until one is answered otherwise than the model
 * says, and undoes it. What then fails in the database is noticed, too.
 */
export async function isCaught(world: World, tables: readonly Table[], mutant: Mutant): Promise<boolean> {
  let caught = false
  await world.session.undone(async (session) => {
    await session.sql.unsafe(mutant.sql)
    try {
      await ask(world, session, tables, mutant)
    } catch (cause) {
      if (!(cause instanceof Disagreement || cause instanceof postgres.PostgresError)) throw cause
      caught = true
    }
  })
  return caught
}

async function ask(world: World, session: Session, tables: readonly Table[], { place, name }: Mutant): Promise<void> {
  const verdict = new Verdict({ stopsAtFirst: true })
  const all: Readonly<Record<Mutant['place'], () => Promise<void>>> = {
    table: async () => {
      const about = tables.filter((table) => table.name === name)
      await decideColumns(session, about, verdict)
      await decideRows(world, about, verdict)
      await decideTexts(world, about, verdict)
      await decideInserts(world, about, verdict)
      await decideGifts(world, about, verdict)
    },
    files: () => decideFiles(world, verdict),
    channels: () => decideChannels(world, verdict),
    call: async () => {
      await decideFunctions(session, verdict)
      await decideCalls(world, verdict, name in CALLS ? [name] : [])
    },
    helper: async () => {
      await decideFunctions(session, verdict)
      await decideRows(world, tables, verdict)
      await decideCalls(world, verdict)
      await decideInserts(world, tables, verdict)
      await decideChannels(world, verdict)
      await decideFiles(world, verdict)
    },
  }
  await all[place]()
}

/** Mutants that change nothing for a client, and why. */
const EQUIVALENT: readonly { readonly matches: RegExp; readonly why: string }[] = [
  {
    matches:
      /^table (exercise_ratings|template_ratings|exercise_translations) with check \(true\): alter policy update/,
    why: 'Whoever names the row that they give away has to find it afterwards: the policy for reading refuses.',
  },
  {
    matches: /^table .* with check \(true\): alter policy update/,
    why: 'Whose the row is stands in no column that may be updated: the policy is the second lock.',
  },
  {
    matches: /^table (equipment_pieces|exercises|training_maxes|workouts) with check \(true\): alter policy insert/,
    why: 'The owner is filled in and cannot be given: the policy is the second lock.',
  },
  {
    matches: /^table (workout_exercises|workout_sets) with check \(true\): alter policy insert/,
    why: 'A trigger looks for the workout as the caller, and does not find that of somebody else.',
  },
  {
    matches: /^table (workouts|workout_exercises|workout_sets) grant insert: .* to anon$/,
    why: 'No policy lets those without a token insert.',
  },
  {
    matches: /^files objects with check \(true\): alter policy update/,
    why: 'Whoever names the file that they move has to find it where it goes: the policy for reading refuses.',
  },
  {
    matches: /^table plans no row level security/,
    why: 'Everybody reads the plans, and nobody has the right to write them.',
  },
]

/** Why nothing can notice a mutant; undefined for one that has to be noticed. */
export const reasonOf = ({ place, name, kind, sql }: Mutant): string | undefined =>
  EQUIVALENT.find(({ matches }) => matches.test(`${place} ${name} ${kind}: ${sql}`))?.why

import { describe, expect, test } from 'vitest'
import { sqlRules } from '../../checks/sql/rules.ts'

const PATH = 'supabase/migrations/20260301000000_shelf.sql'

/** A migration that breaks no rule; each case below plants one violation into it. */
const CLEAN = `-- Shelf: a table that keeps every rule of the house.

create table public.shelves (
  id         uuid primary key,
  owner_id   uuid not null references auth.users (id) on delete cascade,
  title      text not null,
  created_at timestamptz not null default now(),
  constraint shelves_title_length check (char_length(title) between 1 and 120)
);

alter table public.shelves enable row level security;

create policy select_own on public.shelves
  for select to authenticated
  using (owner_id = (select auth.uid()));

-- definer: a stranger may count shelves that the policies hide.
create function private.count_shelves(p_owner_id uuid)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  with mine as (select shelves.id from public.shelves where shelves.owner_id = p_owner_id)
  select count(*) from mine;
$$;

create function public.my_shelves()
returns bigint
language sql
stable
security invoker
set search_path = ''
as $$
  select private.count_shelves((select auth.uid()));
$$;

create function private.tg__touch()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  return new;
end;
$$;

create trigger _100_touch
  before update on public.shelves
  for each row execute function private.tg__touch();

comment on table public.shelves is 'Where things are.';
comment on column public.shelves.owner_id is 'Whose it is.';
comment on column public.shelves.title is 'What is written on it.';
comment on policy select_own on public.shelves is 'The owner.';
comment on function public.my_shelves() is 'How many shelves the caller has.';
`

async function rulesBroken(sql: string, path = PATH): Promise<readonly string[]> {
  const findings = await sqlRules.run([{ path, text: sql }])
  return [...new Set(findings.map(({ rule }) => rule))]
}

/** CLEAN with `before` replaced. Fails when the text is not there, so that no case passes by testing nothing. */
function planted(before: string, after: string): string {
  expect(CLEAN).toContain(before)
  return CLEAN.replace(before, after)
}

test('a migration that keeps the rules has no finding', async () => {
  expect(await sqlRules.run([{ path: PATH, text: CLEAN }])).toEqual([])
})

describe('a planted violation is found', () => {
  test.each([
    ['function-header', 'stable\nsecurity invoker', 'security invoker\nstable'],
    ['function-header', 'stable\nsecurity invoker', 'security invoker'],
    ['function-header', 'volatile\nsecurity invoker', 'volatile'],
    ['function-header', "security definer\nset search_path = ''", "security definer\nset search_path = 'public'"],
    ['function-header', "security definer\nset search_path = ''", 'security definer'],
    ['definer-reason', '-- definer: a stranger', '-- A stranger'],
    ['definer-reason', 'stable\nsecurity invoker', '-- definer: why\nstable\nsecurity definer'],
    ['function-length', 'begin\n  return new;', `begin\n${'  -- more\n'.repeat(100)}  return new;`],
    ['trigger-name', 'create trigger _100_touch', 'create trigger touch'],
    ['qualified-name', 'create table public.shelves', 'create table shelves'],
    ['qualified-name', 'from public.shelves where', 'from shelves where'],
    ['foreign-key-on-delete', ' on delete cascade', ''],
    ['constraint-name', 'constraint shelves_title_length check', 'check'],
    ['constraint-name', 'constraint shelves_title_length', 'constraint title_length'],
    ['row-level-security', 'alter table public.shelves enable row level security;', ''],
    ['policy-role', 'for select to authenticated', 'for select'],
    ['policy-cost', '(select auth.uid()));\n\n--', 'auth.uid());\n\n--'],
    ['commented', "comment on table public.shelves is 'Where things are.';", ''],
    ['commented', "comment on column public.shelves.title is 'What is written on it.';", ''],
    ['commented', "comment on policy select_own on public.shelves is 'The owner.';", ''],
    ['commented', "comment on function public.my_shelves() is 'How many shelves the caller has.';", ''],
    ['lower-case', 'create table public', 'CREATE table public'],
    ['migration-file', '-- Shelf: a table', '/* Shelf */ -- a table'],
  ])('%s: %j becomes %j', async (rule, before, after) => {
    expect(await rulesBroken(planted(before, after))).toContain(rule)
  })

  test('trigger-function-name', async () => {
    expect(await rulesBroken(CLEAN.replaceAll('tg__touch', 'touch'))).toEqual(['trigger-function-name'])
  })

  test('a finding is at the line of the violation', async () => {
    const [finding] = await sqlRules.run([{ path: PATH, text: planted(' on delete cascade', '') }])
    expect(finding).toMatchObject({ path: PATH, line: 5, rule: 'foreign-key-on-delete' })
  })
})

describe('a foreign key', () => {
  test('added later is held to the same rule', async () => {
    const add =
      'alter table public.shelves add constraint shelves_owner_id_fkey foreign key (owner_id) references auth.users (id)'
    expect(await rulesBroken(`${CLEAN}\n${add};`)).toEqual(['foreign-key-on-delete'])
    expect(await rulesBroken(`${CLEAN}\n${add} on delete cascade;`)).toEqual([])
  })

  test('may say that nothing happens', async () => {
    expect(await rulesBroken(planted('on delete cascade', 'on delete no action'))).toEqual([])
  })

  test('does not borrow the clause of the next one', async () => {
    const second =
      'references auth.users (id),\n  editor_id uuid references auth.users (id) on delete cascade,\n  title  '
    const sql = `${planted('references auth.users (id) on delete cascade,\n  title  ', second)}
comment on column public.shelves.editor_id is 'Who may write on it.';`
    expect(await rulesBroken(sql)).toEqual(['foreign-key-on-delete'])
  })
})

describe('the settings of a function', () => {
  const header = 'volatile\nsecurity invoker\nset search_path'

  test('may be more than the search path', async () => {
    const path = "volatile\nsecurity invoker\nset search_path = ''"
    expect(await rulesBroken(planted(path, `${path}\nset lock_timeout = '2s'`))).toEqual([])
  })

  test('do not replace the search path', async () => {
    const other = 'volatile\nsecurity invoker\nset lock_timeout'
    expect(await rulesBroken(planted(header, other))).toEqual(['function-header'])
  })
})

describe('the name of a migration', () => {
  test.each([
    'supabase/migrations/shelf.sql',
    'supabase/migrations/2026_shelf.sql',
    'supabase/migrations/20260301000000_Shelf.sql',
  ])('%s is refused', async (path) => {
    expect(await rulesBroken(CLEAN, path)).toEqual(['migration-file'])
  })

  test('a stamp is used once', async () => {
    const twin = { path: 'supabase/migrations/20260301000000_twin.sql', text: '-- The same moment.\n' }
    const findings = await sqlRules.run([{ path: PATH, text: CLEAN }, twin])
    expect(findings).toMatchObject([{ path: twin.path, rule: 'migration-file' }])
  })

  test('other SQL files are not migrations', async () => {
    expect(await rulesBroken('CREATE TABLE shelves (id int)', 'supabase/seed/shelves.sql')).toEqual([])
  })
})

describe('an exception', () => {
  const undone = planted('for select to authenticated', 'for select')

  test('with a reason excuses the rule at the line below', async () => {
    const excused = undone.replace('create policy', '-- except policy-role: everybody reads it.\ncreate policy')
    expect(await rulesBroken(excused)).toEqual([])
  })

  test('without a reason excuses nothing', async () => {
    expect(await rulesBroken(undone.replace('create policy', '-- except policy-role:\ncreate policy'))).toEqual([
      'policy-role',
    ])
  })

  test('for another rule excuses nothing, and is itself found', async () => {
    const wrong = undone.replace('create policy', '-- except policy-cost: it is small.\ncreate policy')
    expect(await rulesBroken(wrong)).toEqual(['policy-role', 'stale-exception'])
  })
})

test('SQL that Postgres would refuse is reported with its place', async () => {
  await expect(rulesBroken('-- Broken.\n\ncreate tabel public.shelves ();\n')).rejects.toThrow(`${PATH}:3`)
})

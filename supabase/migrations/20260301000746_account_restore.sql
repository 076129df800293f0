-- Import of an archive: the edge function account has checked it and given its rows new ids; here they go into an empty
-- account, all in one transaction and by the tables' own triggers, so that what is derived is derived and every rule holds.

insert into private.error_codes (code, status, message, hint)
values
  ('account_not_empty', 409, 'The account has data already.', 'Bring the archive into a new account; the details say what is there.'),
  ('invalid_archive', 400, 'The archive has rows that break a rule.', 'Bring in an archive as it was exported; the details name the rule.'),
  ('archive_replaced', 409, 'A later import into this account has taken the place of this one.', 'See what the account holds, and send the archive again where that is nothing.'),
  ('archive_too_large', 413, 'The archive is too large.', 'The details say how much is taken.'),
  ('archive_needs_exercise', 409, 'The archive refers to exercises that are not in it and not in the library.',
   'Bring in an archive as it was exported; the details have the first of them.');

-- Tables ---------------------------------------------------------------------------------------------------------------

-- Unlogged, as export_pages.
create unlogged table private.restore_pages (
  user_id    uuid not null references public.profiles (user_id) on delete cascade,
  restore_id uuid not null,
  page       integer not null,
  relation   text not null,
  rows       jsonb not null,
  created_at timestamptz not null default now(),
  constraint restore_pages_pkey primary key (user_id, page),
  constraint restore_pages_rows_is_array check (jsonb_typeof(rows) = 'array')
);

create table private.restored_archives (
  user_id     uuid primary key references public.profiles (user_id) on delete cascade,
  file_hash   text not null,
  answer      jsonb not null,
  restored_at timestamptz not null default now(),
  constraint restored_archives_file_hash_is_sha256 check (file_hash ~ '^[0-9a-f]{64}$')
);

create table private.restored_tables (
  relation  text primary key references private.personal_data (relation) on delete cascade,
  position  smallint not null,
  owner     text,
  columns   text[] not null,
  rewritten jsonb not null default '{}',
  taken     text,
  constraint restored_tables_position_key unique (position)
);

alter table private.restore_pages enable row level security;
alter table private.restored_archives enable row level security;
alter table private.restored_tables enable row level security;

comment on table private.restore_pages is 'The rows of an archive that is being brought in, until they are.';
comment on column private.restore_pages.user_id is 'Into whose account.';
comment on column private.restore_pages.restore_id is 'Of which import: a later one replaces those before it.';
comment on column private.restore_pages.page is 'The place in the import, from 0, which has no rows.';
comment on column private.restore_pages.relation is 'Of which table.';
comment on column private.restore_pages.rows is 'The rows, a list of objects.';
comment on table private.restored_archives is
  'The archive that an account was last filled from: to send it again is answered as before, and brings files that are missing.';
comment on column private.restored_archives.user_id is 'Whose account.';
comment on column private.restored_archives.file_hash is 'The SHA-256 of the archive.';
comment on column private.restored_archives.answer is 'What restore_account answered.';
comment on column private.restored_archives.restored_at is 'When that was.';
comment on table private.restored_tables is
  'What of an archive is taken: tables in the order of their references, and of each the columns that the person decides. What
is not named here, such as power, plans, approval and everything derived, no archive can set.';
comment on column private.restored_tables.relation is 'The table.';
comment on column private.restored_tables.position is 'When: after those that it refers to.';
comment on column private.restored_tables.owner is 'The column that becomes the person; null where the row is theirs by another.';
comment on column private.restored_tables.columns is 'The columns that are taken.';
comment on column private.restored_tables.rewritten is
  'What a column becomes where it is not taken as it is: an expression of the row given and the person $2.';
comment on column private.restored_tables.taken is
  'The condition of rows that are taken, of the row given and the person $2; the others are left out and counted, as is what
is there already. Null where all are taken or the archive is refused.';

-- Restoring ------------------------------------------------------------------------------------------------------------

create function private.restore_settings(p_user_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- The details first: how visible a card may be goes by the age.
  update public.personal_details
  set (first_name, last_name, date_of_birth, gender, height_cm, target_weight_kg, guardian_name)
    = (
      given.first_name,
      given.last_name,
      -- Who is under 18 here keeps the date that says so.
      case
        when private.is_minor(p_user_id) and coalesce(given.date_of_birth < personal_details.date_of_birth, true)
          then personal_details.date_of_birth
        else given.date_of_birth
      end,
      given.gender,
      given.height_cm,
      given.target_weight_kg,
      given.guardian_name
    )
  from private.restore_pages as sent, jsonb_populate_recordset(null::public.personal_details, sent.rows) as given
  where personal_details.user_id = p_user_id
    and sent.user_id = p_user_id
    and sent.relation = 'public.personal_details';

  update public.profiles
  set (display_name, bio, location, fitness_level, timezone, visibility)
    = (
      given.display_name,
      given.bio,
      given.location,
      given.fitness_level,
      given.timezone,
      case
        when given.visibility < private.widest_visibility(p_user_id) then private.widest_visibility(p_user_id)
        else given.visibility
      end
    )
  from private.restore_pages as sent, jsonb_populate_recordset(null::public.profiles, sent.rows) as given
  where profiles.user_id = p_user_id
    and sent.user_id = p_user_id
    and sent.relation = 'public.profiles';

  update public.preferences
  set (units, language, default_rest_seconds, e1rm_formula, weekly_goal, rest_days_per_week, week_starts_on,
      workout_reminders, progress_updates, social_activity, ai_recommendations, workout_sharing, progress_sharing,
      photo_sharing)
    = (given.units, given.language, given.default_rest_seconds, given.e1rm_formula, given.weekly_goal,
      given.rest_days_per_week, given.week_starts_on, given.workout_reminders, given.progress_updates,
      given.social_activity, given.ai_recommendations, given.workout_sharing, given.progress_sharing,
      given.photo_sharing)
  from private.restore_pages as sent, jsonb_populate_recordset(null::public.preferences, sent.rows) as given
  where preferences.user_id = p_user_id
    and sent.user_id = p_user_id
    and sent.relation = 'public.preferences';
end;
$$;

comment on function private.restore_settings(uuid) is
  'Takes the card, the details and the preferences from the archive; the name that signs in and the username stay. Somebody
under 18 stays it, and shows the card to no more than they may.';

create function private.restore_query(p_table private.restored_tables, p_rows jsonb)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_columns text;
  v_values text;
begin
  -- What an archive does not say is as it is for a new row.
  select
    string_agg(quote_ident(named.column_name), ', ' order by named.place),
    string_agg(coalesce(p_table.rewritten ->> named.column_name, format('given.%I', named.column_name)), ', ' order by named.place)
  into v_columns, v_values
  from unnest(p_table.columns) with ordinality as named (column_name, place)
  where exists (select from jsonb_array_elements(p_rows) as sent (content) where sent.content ? named.column_name);

  return format(
    'insert into %1$s (%2$s) select %3$s from jsonb_populate_recordset(null::%1$s, $1) as given%4$s',
    p_table.relation::regclass,
    concat_ws(', ', p_table.owner, v_columns),
    concat_ws(', ', case when p_table.owner is not null then '$2' end, v_values),
    ' where ' || p_table.taken || ' on conflict do nothing'
  );
end;
$$;

comment on function private.restore_query(private.restored_tables, jsonb) is
  'The statement that inserts rows of an archive, $1, for the person $2: with the columns that a row of them has.';

create function private.restore_rows(p_user_id uuid, p_table private.restored_tables, out taken bigint, out left_out bigint)
returns record
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_rows jsonb;
  v_taken bigint;
begin
  taken := 0;
  left_out := 0;

  for v_rows in
    select sent.rows
    from private.restore_pages as sent
    where sent.user_id = p_user_id
      and sent.relation = p_table.relation
      and sent.rows <> '[]'
    order by sent.page
  loop
    if not exists (
      select from jsonb_array_elements(v_rows) as sent (content) where sent.content ?| p_table.columns
    ) then
      perform private.fail('invalid_archive', p_table.relation || ': rows without a column');
    end if;

    execute private.restore_query(p_table, v_rows)
    using v_rows, p_user_id;

    get diagnostics v_taken = row_count;
    taken := taken + v_taken;
    left_out := left_out + jsonb_array_length(v_rows) - v_taken;
  end loop;

  -- All that was taken, and nothing that hangs on somebody else's row.
  if private.row_count_of(p_user_id, p_table.relation) <> taken then
    perform private.fail('invalid_archive', p_table.relation || ': rows of somebody else');
  end if;
end;
$$;

comment on function private.restore_rows(uuid, private.restored_tables) is
  'Inserts the rows of a table from the archive, and counts those that were taken and those that were left out. Fails with
invalid_archive where one would not be the person''s.';

create function private.row_count_of(p_user_id uuid, p_relation text)
returns bigint
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_whose text := (select personal_data.whose from private.personal_data where personal_data.relation = p_relation);
  v_count bigint;
begin
  execute format('select count(*) from %s where %s', p_relation::regclass, v_whose)
  into v_count
  using p_user_id;

  return v_count;
end;
$$;

comment on function private.row_count_of(uuid, text) is 'How many rows of a table are a person''s.';

create function private.restore_places(p_user_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  -- The sets that came in moved it on.
  update public.workouts
  set current_exercise_index = given.current_exercise_index, current_set_index = given.current_set_index
  from private.restore_pages as sent, jsonb_populate_recordset(null::public.workouts, sent.rows) as given
  where sent.user_id = p_user_id
    and sent.relation = 'public.workouts'
    and workouts.id = given.id
    and workouts.user_id = p_user_id
    and (workouts.current_exercise_index, workouts.current_set_index)
      is distinct from (given.current_exercise_index, given.current_set_index);
$$;

comment on function private.restore_places(uuid) is 'Sets where each workout stands to where the archive has it.';

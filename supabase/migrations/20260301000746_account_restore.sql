-- Import of an archive: the edge function account has checked it and given its rows new ids; here they go into an empty
-- account, all in one transaction and by the tables' own triggers, so that what is derived is derived and every rule holds.

insert into private.error_codes (code, status, message, hint)
values
  ('account_not_empty', 409, 'The account has data already.', 'Bring the archive into a new account; the details say what is there.'),
  ('invalid_archive', 400, 'The archive has rows that break a rule.', 'Bring in an archive as it was exported; the details name the rule.'),
  ('archive_needs_exercise', 409, 'The archive refers to exercises that are not in it and not in the library.',
   'Bring in an archive as it was exported; the details have the first of them.');

-- Tables ---------------------------------------------------------------------------------------------------------------

-- Unlogged, as export_pages.
create unlogged table private.restore_pages (
  user_id    uuid not null references public.profiles (user_id) on delete cascade,
  relation   text not null,
  page       integer not null,
  rows       jsonb not null,
  created_at timestamptz not null default now(),
  constraint restore_pages_pkey primary key (user_id, relation, page),
  constraint restore_pages_rows_is_array check (jsonb_typeof(rows) = 'array')
);

create table private.restored_tables (
  relation text primary key references private.personal_data (relation) on delete cascade,
  position smallint not null,
  owner    text,
  columns  text[] not null,
  constraint restored_tables_position_key unique (position)
);

alter table private.restore_pages enable row level security;
alter table private.restored_tables enable row level security;

comment on table private.restore_pages is 'The rows of an archive that is being brought in, until they are.';
comment on column private.restore_pages.user_id is 'Into whose account.';
comment on column private.restore_pages.relation is 'Of which table.';
comment on column private.restore_pages.page is 'The place among the table''s pages.';
comment on column private.restore_pages.rows is 'The rows, a list of objects.';
comment on table private.restored_tables is
  'What of an archive is taken: tables in the order of their references, and of each the columns that the person decides. What
is not named here, such as power, plans, approval and everything derived, no archive can set.';
comment on column private.restored_tables.relation is 'The table.';
comment on column private.restored_tables.position is 'When: after those that it refers to.';
comment on column private.restored_tables.owner is 'The column that becomes the person; null where the row is theirs by another.';
comment on column private.restored_tables.columns is 'The columns that are taken.';

insert into private.restored_tables (position, relation, owner, columns)
values
  (10, 'public.exercises', 'created_by',
   '{id,name,language,aliases,description,instructions,exercise_type,primary_muscles,secondary_muscles,equipment,difficulty,mechanic,movement_pattern,direction,force,unilateral,tracking_type,weight_entry,bodyweight_fraction,met,met_code,tags,images,videos,gifs,warnings,common_mistakes,tips,created_at}'),
  (20, 'public.exercise_translations', null,
   '{exercise_id,language,name,aliases,description,instructions,warnings,common_mistakes,tips,created_at}'),
  (30, 'public.exercise_variations', null, '{id,exercise_id,name,description,difficulty,instructions,created_at}'),
  (40, 'public.equipment_pieces', 'user_id', '{id,kind,weight,unit,count,created_at,updated_at}'),
  (50, 'public.workouts', 'user_id',
   '{id,name,status,planned_for,timezone,started_at,ended_at,paused_at,pauses,location,mood_before,mood_after,energy,notes,visibility,bodyweight_kg,current_exercise_index,current_set_index,version,created_at}'),
  (60, 'public.workout_exercises', 'user_id',
   '{id,workout_id,exercise_id,position,section,superset_group,group_type,notes,version,created_at}'),
  (70, 'public.workout_sets', 'user_id',
   '{id,workout_exercise_id,parent_set_id,set_index,set_type,side,planned_weight_kg,planned_reps_min,planned_reps_max,planned_duration_seconds,planned_distance_m,planned_rpe,planned_rest_seconds,planned_tempo,weight_kg,entered_unit,reps,duration_seconds,distance_m,energy_kcal,average_heart_rate,max_heart_rate,incline_percent,speed_mps,level,power_watts,floors,steps,rpe,rir,rest_seconds,tempo,notes,completed_at,received_at,version,created_at}');

-- Restoring ------------------------------------------------------------------------------------------------------------

create function private.restore_settings(p_user_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  update public.profiles
  set (display_name, bio, location, fitness_level, timezone, visibility)
    = (given.display_name, given.bio, given.location, given.fitness_level, given.timezone, given.visibility)
  from private.restore_pages as sent, jsonb_populate_recordset(null::public.profiles, sent.rows) as given
  where profiles.user_id = p_user_id
    and sent.user_id = p_user_id
    and sent.relation = 'public.profiles';

  update public.personal_details
  set (first_name, last_name, date_of_birth, gender, height_cm, target_weight_kg)
    = (given.first_name, given.last_name, given.date_of_birth, given.gender, given.height_cm, given.target_weight_kg)
  from private.restore_pages as sent, jsonb_populate_recordset(null::public.personal_details, sent.rows) as given
  where personal_details.user_id = p_user_id
    and sent.user_id = p_user_id
    and sent.relation = 'public.personal_details';

  update public.preferences
  set (units, language, default_rest_seconds, e1rm_formula, workout_reminders, progress_updates, social_activity,
      ai_recommendations, workout_sharing, progress_sharing, photo_sharing)
    = (given.units, given.language, given.default_rest_seconds, given.e1rm_formula, given.workout_reminders,
      given.progress_updates, given.social_activity, given.ai_recommendations, given.workout_sharing,
      given.progress_sharing, given.photo_sharing)
  from private.restore_pages as sent, jsonb_populate_recordset(null::public.preferences, sent.rows) as given
  where preferences.user_id = p_user_id
    and sent.user_id = p_user_id
    and sent.relation = 'public.preferences';
end;
$$;

comment on function private.restore_settings(uuid) is
  'Takes the card, the details and the preferences from the archive; the name that signs in and the username stay.';

create function private.restore_rows(p_user_id uuid, p_table private.restored_tables)
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_columns text;
  v_rows jsonb;
  v_sent bigint := 0;
  v_held bigint;
begin
  -- What an archive does not say is as it is for a new row.
  for v_rows in
    select sent.rows
    from private.restore_pages as sent
    where sent.user_id = p_user_id
      and sent.relation = p_table.relation
      and sent.rows <> '[]'
    order by sent.page
  loop
    select string_agg(quote_ident(named.column_name), ', ')
    into v_columns
    from unnest(p_table.columns) as named (column_name)
    where exists (select from jsonb_array_elements(v_rows) as sent (content) where sent.content ? named.column_name);

    execute format(
      'insert into %1$s (%2$s%3$s) select %4$s%3$s from jsonb_populate_recordset(null::%1$s, $1) as given',
      p_table.relation::regclass, p_table.owner || ', ', v_columns, case when p_table.owner is not null then '$2, ' end
    )
    using v_rows, p_user_id;
    v_sent := v_sent + jsonb_array_length(v_rows);
  end loop;

  -- All that was sent, and nothing that hangs on somebody else's row.
  select held.row_count
  into v_held
  from private.row_count_of(p_user_id, p_table.relation) as held (row_count);

  if v_held <> v_sent then
    perform private.fail('invalid_archive', p_table.relation || ': rows of somebody else');
  end if;

  return v_sent;
end;
$$;

comment on function private.restore_rows(uuid, private.restored_tables) is
  'Inserts the rows of a table from the archive. Fails with invalid_archive where one would not be the person''s.';

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

create function private.check_archive_exercises(p_user_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_unknown text;
begin
  select row.content ->> 'exercise_id'
  into v_unknown
  from private.restore_pages as sent
  cross join jsonb_array_elements(sent.rows) as row (content)
  where sent.user_id = p_user_id
    and sent.relation = 'public.workout_exercises'
    and not exists (
      select from public.exercises
      where exercises.id::text = row.content ->> 'exercise_id'
        and (exercises.created_by = p_user_id or exercises.review_status = 'approved')
    )
  limit 1;

  -- The same for what there is not and what is another's own.
  if found then
    perform private.fail('archive_needs_exercise', v_unknown);
  end if;
end;
$$;

comment on function private.check_archive_exercises(uuid) is
  'Fails with archive_needs_exercise unless every exercise that was trained is the person''s or of the library.';

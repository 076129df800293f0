-- Export: a copy of everything that is held of a person, taken in one statement and so at one moment, kept in pages until
-- the edge function account has packed it, minutes at most.

insert into private.error_codes (code, status, message, hint)
values
  ('export_replaced', 409, 'This export is over, or a later one has taken its place.', 'Ask for a new export.');

-- Table ----------------------------------------------------------------------------------------------------------------

-- Unlogged: a copy of a copy is in no backup and no replica, and a crash may lose it.
create unlogged table private.export_pages (
  user_id    uuid not null references public.profiles (user_id) on delete cascade,
  export_id  uuid not null,
  page       integer not null,
  relation   text not null,
  row_count  integer not null,
  rows       text not null,
  created_at timestamptz not null default now(),
  constraint export_pages_pkey primary key (user_id, export_id, page)
);

-- To compress for minutes what is short-lived costs more than it saves.
alter table private.export_pages alter column rows set storage external;

alter table private.export_pages enable row level security;

comment on table private.export_pages is 'The export that a person is taking, until it is packed.';
comment on column private.export_pages.user_id is 'Who takes it.';
comment on column private.export_pages.export_id is 'Which export: a later one replaces those before it.';
comment on column private.export_pages.page is 'The place in the export, from 1.';
comment on column private.export_pages.relation is 'What the rows are of: a line of personal_data, or csv: and a name.';
comment on column private.export_pages.row_count is 'How many rows the page has.';
comment on column private.export_pages.rows is 'The rows as JSON, with commas and line ends between them.';

-- Reading ----------------------------------------------------------------------------------------------------------------

create function private.export_query(p_line private.personal_data)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_bucket_id text := substring(p_line.relation from '^bucket:(.*)$');
  v_table text := case when v_bucket_id is null then p_line.relation else 'storage.objects' end;
  v_order text;
  v_has_documents boolean;
begin
  select exists (
    select from pg_catalog.pg_attribute
    where pg_attribute.attrelid = v_table::regclass
      and pg_attribute.atttypid in ('json'::regtype, 'jsonb'::regtype)
  )
  into v_has_documents;

  select string_agg(format('held.%I', pg_attribute.attname), ', ' order by key.place)
  into v_order
  from pg_catalog.pg_index
  cross join lateral unnest(pg_index.indkey::smallint[]) with ordinality as key (attnum, place)
  join pg_catalog.pg_attribute using (attnum)
  where pg_index.indrelid = v_table::regclass
    and pg_attribute.attrelid = pg_index.indrelid
    and pg_index.indisprimary;

  return format(
    'select row_number() over (order by %s) as place, %s::text as content from %s as held where (%s)%s',
    v_order,
    case
      when v_bucket_id is not null then
        'json_build_object(''name'', name, ''type'', metadata -> ''mimetype'', ''bytes'', metadata -> ''size'', ''created_at'', created_at)'
      when p_line.shown is not null then format('(select to_json(shown) from (select %s) as shown)', p_line.shown)
      -- In a document a null says something.
      when v_has_documents then 'to_json(held)'
      else 'json_strip_nulls(to_json(held))'
    end,
    v_table,
    p_line.whose,
    case when v_bucket_id is not null then format(' and bucket_id = %L', v_bucket_id) end
  );
end;
$$;

comment on function private.export_query(private.personal_data) is
  'The query of the rows of the person $1 in a table or bucket: their place, and each as JSON, without what is null unless the
table has documents.';

-- A line for each set, as spreadsheets want it: what the athlete did, in the units that they see.
create function private.export_sets(p_user_id uuid)
returns table (place bigint, content text)
language sql
stable
security invoker
set search_path = ''
as $$
  select
    row_number() over (
      order by workouts.started_at, workouts.id, workout_exercises.position, workout_exercises.id,
        workout_sets.set_index, workout_sets.id
    ),
    json_build_array(
      to_char(workouts.started_at at time zone workouts.timezone, 'YYYY-MM-DD HH24:MI:SS'), workouts.timezone,
      workouts.name, workouts.status, workout_exercises.exercise_name, workout_sets.set_index, workout_sets.set_type,
      trim_scale(round(workout_sets.weight_kg / case when unit.imperial then 0.45359237 else 1 end, 4)),
      case when workout_sets.weight_kg is not null then case when unit.imperial then 'lb' else 'kg' end end,
      workout_sets.reps, workout_sets.duration_seconds, workout_sets.distance_m, workout_sets.rpe,
      workout_sets.completed_at is not null, workout_sets.notes
    )::text
  from public.workouts
  join public.workout_exercises on workout_exercises.workout_id = workouts.id
  join public.workout_sets on workout_sets.workout_exercise_id = workout_exercises.id
  cross join (
    select exists (
      select from public.preferences where preferences.user_id = p_user_id and preferences.units = 'imperial'
    ) as imperial
  ) as unit
  where workouts.user_id = p_user_id;
$$;

comment on function private.export_sets(uuid) is
  'The sets of a person for a spreadsheet: time of day and zone of the workout, its name and status, exercise, place and kind
of the set, weight with its unit, repetitions, seconds, metres, RPE, whether it was done, notes.';

-- Stable, so that every query in it sees what the statement that calls it sees: one moment, however long it takes.
create function private.export_rows(p_user_id uuid)
returns table (relation text, page bigint, row_count bigint, rows text)
language plpgsql
stable
security invoker
set search_path = ''
set timezone = 'UTC'
as $$
declare
  v_source record;
begin
  for v_source in
    select personal_data.relation, private.export_query(personal_data) as query
    from private.personal_data
    where personal_data.copy = 'exported'
    union all
    select 'csv:workouts', 'select place, content from private.export_sets($1)'
    order by 1
  loop
    -- A page is full with a megabyte, however long its rows are: nobody has to hold more at a time.
    return query execute format(
      'select %L::text, part, count(*), string_agg(content, e'',\n'' order by place)
      from (select place, content, sum(octet_length(content)) over (order by place) / 1000000 as part from (%s) as source) as cut
      group by part
      order by part',
      v_source.relation, v_source.query
    )
    using p_user_id;
  end loop;
end;
$$;

comment on function private.export_rows(uuid) is
  'Everything that is held of a person and exported, as it is at the moment of the calling statement, in pages.';

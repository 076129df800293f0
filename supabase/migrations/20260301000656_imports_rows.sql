-- The lines of an import: what each of them says, and whether it came in before.

create type private.import_row as (
  line             integer,
  outcome          public.import_outcome,
  code             text,
  line_text        text,
  start            text,
  workout          text,
  workout_seconds  numeric,
  workout_notes    text,
  bodyweight_kg    numeric,
  exercise         text,
  exercise_id      uuid,
  exercise_notes   text,
  superset_group   smallint,
  block            integer,
  occurrence       integer,
  ordinal          integer,
  at_second        numeric,
  set_type         public.set_type,
  weight_kg        numeric,
  entered_unit     public.weight_unit,
  reps             integer,
  duration_seconds numeric,
  distance_m       numeric,
  rpe              numeric,
  rir              numeric,
  rest_seconds     integer,
  notes            text,
  started_at       timestamptz,
  fingerprint      uuid,
  workout_id       uuid,
  entry_id         uuid,
  set_id           uuid,
  set_index        integer
);

comment on type private.import_row is
  'A line as it is sent, and, from started_at on, what is found out about it.';

create function private.import_time(p_start text, p_timezone text)
returns timestamptz
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return case
    when p_start ~ '(Z|[+-]\d\d:?\d\d)$' then p_start::timestamptz
    else p_start::timestamp at time zone p_timezone
  end;
end;
$$;

comment on function private.import_time(text, text) is
  'When a workout began: as the file says, or in the zone that its times are taken to be in.';

-- The fingerprint is the same for a set that is in two exports of an app. Its weight is to 100 grams: one export writes
-- kilograms, the next pounds. Names and times are read once each, for a call has few of them.
create function private.read_import_rows(
  p_user_id uuid,
  p_source public.import_source,
  p_timezone text,
  p_rows jsonb
)
returns setof private.import_row
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_found record;
  v_row private.import_row;
begin
  for v_found in
    with sent as materialized (
      select sent.*::private.import_row as row, place
      from jsonb_array_elements(p_rows) with ordinality as element (value, place)
      cross join lateral jsonb_populate_record(null::private.import_row, element.value) as sent
    ),
    folded as materialized (
      select named.name, private.fold(named.name) as folded
      from (select distinct (sent.row).exercise as name from sent) as named
    ),
    began as materialized (
      select began.start, private.import_time(began.start, p_timezone) as started_at
      from (select distinct (sent.row).start from sent where (sent.row).outcome is null) as began
    ),
    read as materialized (
      select sent.row, sent.place, began.started_at,
        md5(jsonb_build_array(
          p_source, (sent.row).start, folded.folded, (sent.row).ordinal, round((sent.row).weight_kg, 1), (sent.row).reps
        )::text)::uuid as fingerprint
      from sent
      left join folded on folded.name = (sent.row).exercise
      left join began on began.start = (sent.row).start
    )
    select
      read.row, read.started_at, read.fingerprint,
      row_number() over (partition by (read.row).outcome is null, read.fingerprint order by read.place) > 1 or exists (
        select from public.import_rows
        where import_rows.user_id = p_user_id
          and import_rows.fingerprint = read.fingerprint
          and import_rows.outcome in ('imported', 'kept')
      ) as is_known
    from read
    order by read.place
  loop
    v_row := v_found.row;

    if v_row.outcome in ('imported', 'kept', 'undone') then
      perform private.fail('invalid_argument', 'outcome must be duplicate, skipped or failed');
    elsif v_row.outcome is null then
      v_row.started_at := v_found.started_at;
      v_row.fingerprint := v_found.fingerprint;

      if coalesce(v_row.started_at not between timestamptz '2000-01-01 00:00:00+00' and now(), true) then
        v_row.outcome := 'failed';
        v_row.code := 'date_out_of_range';
      elsif v_found.is_known then
        v_row.outcome := 'duplicate';
        v_row.code := 'imported_before';
      end if;
    end if;

    return next v_row;
  end loop;
end;
$$;

comment on function private.read_import_rows(uuid, public.import_source, text, jsonb) is
  'The lines, with when their workouts began and what keeps them from being new sets.';

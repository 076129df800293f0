-- Plans: what a version asks of an athlete, set by set. Read from the document of the version that the athlete follows.

create function private.followed_plan(
  p_user_id uuid,
  p_template_id uuid,
  out run_id uuid,
  out version integer,
  out document jsonb
)
returns record
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  select template_runs.id, template_runs.version
  into run_id, version
  from public.template_runs
  where template_runs.user_id = p_user_id
    and template_runs.template_id = p_template_id
    and template_runs.status = 'active';

  if not found then
    select workout_templates.version
    into version
    from public.workout_templates
    where workout_templates.id = p_template_id;
  end if;

  select template_versions.document
  into document
  from public.template_versions
  where template_versions.template_id = p_template_id
    and template_versions.version = followed_plan.version;

  if not found then
    perform private.fail(case
      when exists (select from public.workout_templates where workout_templates.id = p_template_id)
        then 'premium_template'
      else 'template_not_found'
    end);
  end if;
end;
$$;

grant execute on function private.followed_plan(uuid, uuid) to authenticated;
comment on function private.followed_plan(uuid, uuid) is
  'What the athlete trains by: the version of the active run, or else the newest. Fails with
template_not_found or premium_template.';

create function private.plan_schedule(p_document jsonb)
returns table (week integer, day_id uuid, place integer)
language sql
immutable
security invoker
set search_path = ''
as $$
  with day as (
    select
      (element ->> 'id')::uuid as id,
      (element ->> 'week')::integer as week,
      (element ->> 'position')::integer as position,
      (element ->> 'is_rest_day')::boolean as is_rest_day
    from jsonb_array_elements(p_document -> 'days') as element
  )
  select weeks.week, day.id, row_number() over (order by weeks.week, day.position)::integer
  from generate_series(1, (p_document ->> 'total_weeks')::integer) as weeks (week)
  join day
    on day.week = weeks.week
    or (day.week is null and not exists (select from day as own where own.week = weeks.week))
  where not day.is_rest_day;
$$;

grant execute on function private.plan_schedule(jsonb) to authenticated;
comment on function private.plan_schedule(jsonb) is
  'The training days of a plan in the order in which they are due. A week that has days of its own has only those.';

create function private.plan_week(p_user_id uuid, p_run_id uuid, p_document jsonb, p_day_id uuid)
returns integer
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    with due as materialized (
      select schedule.week
      from private.plan_schedule(p_document) as schedule
      where schedule.day_id = p_day_id
    ),
    done as (
      select workouts.template_day_id, workouts.template_week
      from public.workouts
      where workouts.template_run_id = p_run_id
        and workouts.user_id = p_user_id
        and workouts.status = 'completed'
    )
    select coalesce(
      (
        select min(due.week)
        from due
        where due.week >= coalesce((select max(done.template_week) from done), 1)
          and not exists (
            select from done where done.template_day_id = p_day_id and done.template_week = due.week
          )
      ),
      (select max(due.week) from due where p_run_id is not null),
      (select min(due.week) from due),
      1
    )
  );
end;
$$;

grant execute on function private.plan_week(uuid, uuid, jsonb, uuid) to authenticated;
comment on function private.plan_week(uuid, uuid, jsonb, uuid) is
  'The week for which a day is due next: the first in which it was not done, from the week on that the athlete has
reached; what was skipped in earlier weeks stays skipped. When all is done, the last. Without a run, the first.';

create function private.planned_scheme(p_exercise jsonb, p_deload jsonb, p_week integer)
returns table (
  set_index  integer,
  set_type   public.set_type,
  load_value numeric,
  load_share numeric,
  reps_min   integer,
  reps_max   integer,
  rpe        numeric
)
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_waves jsonb := p_exercise #> '{progression,weeks}';
  v_wave jsonb := v_waves -> ((p_week - 1) % greatest(jsonb_array_length(v_waves), 1)) -> 'sets';
  v_is_deload boolean := v_wave is null and coalesce(p_deload -> 'weeks' @> to_jsonb(p_week), false);
  v_warmups integer := (p_exercise ->> 'warmup_sets')::integer;
  v_sets integer := (p_exercise ->> 'sets')::integer * coalesce((p_exercise ->> 'rounds')::integer, 1);
  v_value numeric := (p_exercise ->> 'load_value')::numeric;
  v_load_share numeric := case when v_is_deload then (p_deload ->> 'load_percent')::numeric / 100 else 1 end;
  v_rpe numeric := case p_exercise ->> 'load_type' when 'rpe' then v_value when 'rir' then 10 - v_value end;
  v_last text := p_exercise ->> 'last_set_type';
begin
  if v_is_deload then
    v_sets := ceil(v_sets * (p_deload ->> 'sets_percent')::numeric / 100);
    v_rpe := greatest(v_rpe - (p_deload ->> 'rir_add')::numeric, 1);
    v_last := null;
  end if;

  -- The ramp: from half the working load on, fewer repetitions the nearer it comes.
  return query
  select
    ramp.step - 1, 'warmup'::public.set_type, coalesce((v_wave #>> '{0,percent}')::numeric, v_value),
    v_load_share * round(0.5 + 0.35 * (ramp.step - 1) / greatest(v_warmups - 1, 1), 2),
    greatest(6 - ramp.step, 1), greatest(6 - ramp.step, 1), null::numeric
  from generate_series(1, v_warmups) as ramp (step);

  if v_wave is not null then
    return query
    select
      v_warmups + wave.position::integer - 1,
      case when (wave.set ->> 'amrap')::boolean then 'amrap' else p_exercise ->> 'set_type' end::public.set_type,
      (wave.set ->> 'percent')::numeric, 1.0, (wave.set ->> 'reps')::integer,
      case when (wave.set ->> 'amrap')::boolean then null else (wave.set ->> 'reps')::integer end, v_rpe
    from jsonb_array_elements(v_wave) with ordinality as wave (set, position);
  else
    return query
    select
      v_warmups + working.step - 1, kind.set_type, v_value, v_load_share, (p_exercise ->> 'reps_min')::integer,
      case when kind.set_type <> 'amrap' then (p_exercise ->> 'reps_max')::integer end, v_rpe
    from generate_series(1, v_sets) as working (step)
    cross join lateral (
      select coalesce(case when working.step = v_sets then v_last end, p_exercise ->> 'set_type')::public.set_type
    ) as kind (set_type);
  end if;
end;
$$;

grant execute on function private.planned_scheme(jsonb, jsonb, integer) to authenticated;
comment on function private.planned_scheme(jsonb, jsonb, integer) is
  'The sets of a planned exercise in a week: warm-up ramp, the week''s wave or straight sets, less in a deload week.
load_value is in the unit of the exercise''s load_type, load_share the part of that load which the set takes.';

create function private.usable_exercise(p_exercise_ids uuid[])
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select usable.id
    from unnest(p_exercise_ids) with ordinality as candidate (id, preference)
    -- One probe each: joined, the policies have the whole library read.
    cross join lateral (
      select exercises.id
      from public.exercises
      where exercises.id = private.current_exercise_id(candidate.id)
      limit 1
    ) as usable
    order by candidate.preference
    limit 1
  );
end;
$$;

grant execute on function private.usable_exercise(uuid[]) to authenticated;
comment on function private.usable_exercise(uuid[]) is
  'The first of some exercises that the caller can train with; null when all are gone from the library.';

create function private.planned_sets(p_user_id uuid, p_template_id uuid, p_template_day_id uuid)
returns table (
  "position"               integer,
  exercise_id              uuid,
  section                  public.template_section,
  superset_group           integer,
  group_type               public.exercise_group_type,
  exercise_notes           text,
  set_index                integer,
  set_type                 public.set_type,
  planned_weight_kg        numeric,
  planned_reps_min         integer,
  planned_reps_max         integer,
  planned_duration_seconds numeric,
  planned_distance_m       numeric,
  planned_rpe              numeric,
  planned_rest_seconds     integer,
  tempo                    text
)
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_plan record := private.followed_plan(p_user_id, p_template_id);
  v_week integer;
  v_day jsonb;
begin
  select element
  into v_day
  from jsonb_array_elements(v_plan.document -> 'days') as element
  where element ->> 'id' = p_template_day_id::text;

  if not found then
    perform private.fail('template_day_not_found');
  end if;

  v_week := private.plan_week(p_user_id, v_plan.run_id, v_plan.document, p_template_day_id);

  return query
  select
    (day.planned ->> 'position')::integer,
    day.exercise_id,
    (day.planned ->> 'section')::public.template_section,
    (day.planned ->> 'superset_group')::integer,
    (day.planned ->> 'group_type')::public.exercise_group_type,
    day.planned ->> 'notes',
    scheme.set_index,
    scheme.set_type,
    scheme.weight_kg,
    case when 'reps' = any (day.tracks) then scheme.reps_min end,
    case when 'reps' = any (day.tracks) then scheme.reps_max end,
    case when 'duration' = any (day.tracks) then (day.planned ->> 'duration_seconds')::numeric end,
    case when 'distance' = any (day.tracks) then (day.planned ->> 'distance_m')::numeric end,
    scheme.rpe,
    (day.planned ->> 'rest_seconds')::integer,
    day.planned ->> 'tempo'
  from private.prescribed_day(
    p_user_id, private.plan_today(p_user_id, p_template_id, v_plan.run_id, v_plan.document, v_week), v_day
  ) as day
  cross join lateral private.prescribed_sets(day.prescription) as scheme
  order by 1, scheme.set_index;
end;
$$;

grant execute on function private.planned_sets(uuid, uuid, uuid) to authenticated;
comment on function private.planned_sets(uuid, uuid, uuid) is
  'The sets that a day of a template asks of an athlete now, in the version and week of the athlete''s run, with the loads and
repetitions that its rules prescribe. An exercise that is gone is replaced by its first alternative that is not, or left out.
Fails with template_not_found, premium_template or template_day_not_found.';

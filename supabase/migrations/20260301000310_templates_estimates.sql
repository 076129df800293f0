-- Estimates: how long a planned day takes and what it costs, as every client shows them. Computed when a version is made.

create function private.planned_effort(p_exercise jsonb, p_library public.exercises)
returns table (set_count numeric, set_seconds numeric, lead_seconds numeric, rest_seconds numeric, met numeric)
language sql
stable
security invoker
set search_path = ''
as $$
  with wave as (
    select count(*) as sets, avg((sets.element ->> 'reps')::numeric) as reps
    from jsonb_array_elements(p_exercise #> '{progression,weeks,0,sets}') as sets (element)
  ),
  asked as (
    select
      case when wave.sets > 0 then wave.sets
        else (p_exercise ->> 'sets')::numeric * coalesce((p_exercise ->> 'rounds')::numeric, 1)
      end as sets,
      coalesce(
        wave.reps, (p_exercise ->> 'reps_target')::numeric,
        ((p_exercise ->> 'reps_min')::numeric + coalesce(p_exercise ->> 'reps_max', p_exercise ->> 'reps_min')::numeric) / 2
      ) as reps,
      -- Where a distance alone is asked for: an easy run, or a loaded walk.
      coalesce(
        (p_exercise ->> 'duration_seconds')::numeric,
        (p_exercise ->> 'distance_m')::numeric / case p_library.tracking_type when 'weight_distance' then 1 else 2.5 end
      ) as seconds,
      (
        select sum(replace(beats.beat, 'X', '1')::numeric)
        from regexp_split_to_table(replace(p_exercise ->> 'tempo', '-', ''), '') as beats (beat)
      ) as tempo_seconds
    from wave
  )
  select
    asked.sets,
    coalesce(
      asked.seconds,
      asked.reps * coalesce(asked.tempo_seconds, case
        when p_library.mechanic = 'isolation' then 3
        when p_library.mechanic = 'compound' and asked.reps <= 5 then 4
        else 3.5
      end)
    ) * case when p_library.unilateral then 2 else 1 end,
    30 + case when 'barbell' = any (p_library.equipment) then 90 else 60 end + 60 * (p_exercise ->> 'warmup_sets')::numeric,
    coalesce((p_exercise ->> 'rest_seconds')::numeric, 120),
    coalesce(p_library.met, 3.5)
  from asked;
$$;

comment on function private.planned_effort(jsonb, public.exercises) is
  'What a planned exercise takes: sets, seconds under way in each, seconds before them (changing place 30, setting up 60 or
90 with a barbell, 60 for each warm-up set), rest between them (120 where the athlete chooses) and its MET (3.5 where none
is known). A repetition takes as long as its tempo, else 3.5 seconds; 3 in isolation, 4 when it is heavy.';

create function private.estimate_day(p_day jsonb, out minutes integer, out calories integer)
returns record
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  with planned as (
    select
      coalesce(element.exercise ->> 'superset_group', 'alone ' || element.place) as turns,
      element.exercise ->> 'section' as section,
      effort.*
    from jsonb_array_elements(p_day -> 'exercises') with ordinality as element (exercise, place)
    join public.exercises on exercises.id = private.current_exercise_id((element.exercise ->> 'exercise_id')::uuid)
    cross join lateral private.planned_effort(element.exercise, exercises) as effort
  ),
  -- Who does exercises in turns rests once a round.
  turn as (
    select
      bool_or(planned.section = 'warmup') as is_warmup,
      sum(planned.lead_seconds + planned.set_count * planned.set_seconds)
        + (max(planned.set_count) - 1) * max(planned.rest_seconds) as seconds,
      avg(planned.met) as met
    from planned
    group by planned.turns
  ),
  session as (
    select
      sum(turn.seconds) + case when bool_or(turn.is_warmup) then 0 else 300 end as seconds,
      sum(turn.seconds * turn.met) / nullif(sum(turn.seconds), 0) as met
    from turn
  )
  select
    least(ceil(session.seconds / 60), 1440)::integer,
    least(round(session.met * 75 * least(session.seconds, 86400) / 3600, -1), 30000)::integer
  into minutes, calories
  from session;
end;
$$;

comment on function private.estimate_day(jsonb) is
  'Minutes and kcal of a day, for an athlete of 75 kg. Time: five minutes of general warm-up unless the day has its own,
and for each exercise its effort and the rests between sets. Energy: MET x kg x hours, of the session with its rests (2024
Adult Compendium of Physical Activities, Herrmann et al., J Sport Health Sci 2024;13:6-12; +-20 to 30 %), to tens.
Null for a day without exercises.';

create function private.with_estimates(p_document jsonb)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_set(p_document, '{days}', (
    select jsonb_agg(
      element.day || jsonb_build_object('estimated_minutes', estimate.minutes, 'estimated_calories', estimate.calories)
      order by element.place
    )
    from jsonb_array_elements(p_document -> 'days') with ordinality as element (day, place)
    cross join lateral private.estimate_day(element.day) as estimate
  ));
$$;

comment on function private.with_estimates(jsonb) is 'A document with the estimates of its days.';

create function private.without_estimates(p_document jsonb)
returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select jsonb_set(p_document, '{days}', (
    select jsonb_agg(element.day - '{estimated_minutes,estimated_calories}'::text[] order by element.place)
    from jsonb_array_elements(p_document -> 'days') with ordinality as element (day, place)
  ));
$$;

comment on function private.without_estimates(jsonb) is 'A document as its author wrote it.';

create function private.template_totals(
  p_document jsonb,
  out days_per_week integer,
  out estimated_minutes integer,
  out estimated_calories integer,
  out primary_muscles public.muscle[],
  out equipment public.equipment[]
)
returns record
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  select coalesce(max(week.days), 0)
  into days_per_week
  from (
    select count(*) as days
    from private.plan_schedule(p_document) as schedule
    group by schedule.week
  ) as week;

  select round(avg((day ->> 'estimated_minutes')::numeric)), round(avg((day ->> 'estimated_calories')::numeric))
  into estimated_minutes, estimated_calories
  from jsonb_array_elements(p_document -> 'days') as day;

  select
    coalesce(array_agg(distinct needed.piece), '{}')
  into equipment
  from jsonb_path_query(p_document, '$.days[*].exercises[*]') as planned
  join public.exercises on exercises.id = private.current_exercise_id((planned ->> 'exercise_id')::uuid)
  cross join unnest(exercises.equipment) as needed (piece);

  select coalesce(array_agg(trained.muscle order by trained.sets desc, trained.muscle), '{}')
  into primary_muscles
  from (
    select muscles.muscle, sum((planned ->> 'sets')::numeric) as sets
    from jsonb_path_query(p_document, '$.days[*].exercises[*] ? (@.section == "main")') as planned
    join public.exercises on exercises.id = private.current_exercise_id((planned ->> 'exercise_id')::uuid)
    cross join unnest(exercises.primary_muscles) as muscles (muscle)
    group by muscles.muscle
  ) as trained;
end;
$$;

comment on function private.template_totals(jsonb) is 'What the card of a template says of a document with estimates.';

-- Rules between the fields of a template's document: what a planned exercise may ask for follows from what its sets track.

create function private.template_library(p_document jsonb, p_user_id uuid)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    with asked as (
      select exercise ->> 'exercise_id' as id
      from jsonb_path_query(p_document, '$.days[*].exercises[*]') as exercise
      union
      select alternative #>> '{}'
      from jsonb_path_query(p_document, '$.days[*].exercises[*].alternatives[*]') as alternative
    )
    select coalesce(jsonb_object_agg(asked.id, jsonb_build_object(
      'id', exercises.id,
      'is_shared', exercises.review_status = 'approved' and exercises.is_active,
      'tracks', case
        when exercises.tracking_type in ('weight_reps', 'bodyweight_reps', 'assisted_reps', 'reps_only') then 'reps'
        when exercises.tracking_type in ('distance_duration', 'weight_distance', 'cardio') then 'distance'
        else 'duration'
      end,
      'tracking_type', exercises.tracking_type
    )), '{}')
    from asked
    join public.exercises on exercises.id = private.current_exercise_id(asked.id::uuid)
    where (exercises.review_status = 'approved' and exercises.is_active)
      or exercises.created_by = p_user_id
  );
end;
$$;

grant execute on function private.template_library(jsonb, uuid) to anon, authenticated;
comment on function private.template_library(jsonb, uuid) is
  'The exercises that a document names and its author may use: by the id in the document, what each is now.';

create function private.planned_load_problem(p_exercise jsonb, p_tracking_type text)
returns text
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return (
    select case
      when load.type in ('open', 'bodyweight') and load.value is not null then format('load_value must be null with %s', load.type)
      when load.type = 'bodyweight' and p_tracking_type in ('weight_reps', 'assisted_reps', 'weight_duration', 'weight_distance')
        then 'load_type must have a weight, as the exercise does'
      when load.type not in ('open', 'bodyweight') and load.value is null and load.progression is distinct from 'wave'
        then format('load_value is missing for %s', load.type)
      when load.type = 'fixed' and p_tracking_type not in
        ('weight_reps', 'bodyweight_reps', 'assisted_reps', 'weight_duration', 'weight_distance')
        then 'load_type must not be fixed: the exercise has no weight'
      when load.type like 'percent%' and p_tracking_type not in ('weight_reps', 'bodyweight_reps')
        then format('load_type must not be %s: the exercise has no one-rep maximum', load.type)
      when load.type like 'percent%' and load.value not between 1 and 150 then 'load_value must be a percentage from 1 to 150'
      when load.type = 'rpe' and (load.value not between 1 and 10 or load.value * 2 <> trunc(load.value * 2))
        then 'load_value must be an RPE from 1 to 10 in halves'
      when load.type = 'rir' and (load.value > 9 or load.value * 2 <> trunc(load.value * 2))
        then 'load_value must be repetitions in reserve from 0 to 9 in halves'
      when load.progression is null then null
      when p_tracking_type not in ('weight_reps', 'bodyweight_reps', 'assisted_reps')
        then 'progression must be null: the exercise has no weight and repetitions'
      when load.progression = 'wave' and load.type not like 'percent%'
        then 'progression must not be wave unless load_type is a percentage'
      when load.progression = 'rpe' and load.type not in ('rpe', 'rir')
        then 'progression must not be rpe unless load_type is rpe or rir'
      when load.progression in ('linear', 'double') and load.type not in ('open', 'fixed')
        then format('progression must not be %s unless load_type is open or fixed', load.progression)
      when load.progression = 'double' and coalesce(p_exercise ->> 'reps_min' = p_exercise ->> 'reps_max', true)
        then 'progression must not be double without a range of repetitions'
    end
    from (
      select
        p_exercise ->> 'load_type' as type,
        (p_exercise ->> 'load_value')::numeric as value,
        p_exercise #>> '{progression,type}' as progression
    ) as load
  );
end;
$$;

comment on function private.planned_load_problem(jsonb, text) is
  'The rule that the load of a planned exercise breaks, its field first; null for none.';

create function private.planned_work_problem(p_exercise jsonb, p_tracks text)
returns text
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return (
    select case
      when p_tracks = 'reps' and coalesce(work.duration, work.distance) is not null
        then 'reps_min alone can be asked for: the exercise has repetitions, no duration and no distance'
      when p_tracks = 'reps' and work.reps_min is null and p_exercise #>> '{progression,type}' is distinct from 'wave'
        then 'reps_min is missing: the exercise has repetitions'
      when p_tracks <> 'reps' and coalesce(work.reps_min, work.reps_max, work.reps_target) is not null
        then 'reps_min must be null, as reps_max and reps_target: the exercise has no repetitions'
      when p_tracks = 'duration' and work.distance is not null then 'distance_m must be null: the exercise has no distance'
      when p_tracks <> 'reps' and coalesce(work.duration, work.distance) is null then 'duration_seconds is missing'
      when p_tracks <> 'reps' and (p_exercise ->> 'warmup_sets')::integer > 0
        then 'warmup_sets must be 0: the exercise has no repetitions to ramp'
      when work.reps_max < work.reps_min then 'reps_max must be at least reps_min'
      when work.reps_max is not null and work.reps_min is null then 'reps_min is missing where reps_max is given'
      when work.reps_target is not null and (work.reps_min is null or work.reps_target < work.reps_min or work.reps_target > work.reps_max)
        then 'reps_target must be from reps_min to reps_max'
      when (p_exercise ->> 'superset_group' is null) <> (p_exercise ->> 'group_type' is null)
        then 'group_type must be given with superset_group, and only with it'
      when p_exercise ->> 'rounds' is not null and p_exercise ->> 'superset_group' is null
        then 'rounds must be null outside of a group'
    end
    from (
      select
        (p_exercise ->> 'reps_min')::integer as reps_min,
        (p_exercise ->> 'reps_max')::integer as reps_max,
        (p_exercise ->> 'reps_target')::integer as reps_target,
        (p_exercise ->> 'duration_seconds')::numeric as duration,
        (p_exercise ->> 'distance_m')::numeric as distance
    ) as work
  );
end;
$$;

comment on function private.planned_work_problem(jsonb, text) is
  'The rule that what a planned exercise asks for breaks, its field first; null for none.';

create function private.planned_exercise_problem(p_exercise jsonb, p_library jsonb)
returns text
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return (
    with planned as (
      select p_library -> (p_exercise ->> 'exercise_id') as exercise
    ),
    alternative as (
      select alternatives.place - 1 as place, p_library -> alternatives.id as exercise
      from jsonb_array_elements_text(p_exercise -> 'alternatives') with ordinality as alternatives (id, place)
    )
    select case
      when planned.exercise is null then 'exercise_id must be an exercise of the library or of one''s own'
      else coalesce(
        (
          select case
            when alternative.exercise is null
              then format('alternatives[%s] must be an exercise of the library or of one''s own', alternative.place)
            when alternative.exercise -> 'id' = planned.exercise -> 'id'
              then format('alternatives[%s] must be another exercise', alternative.place)
            when alternative.exercise -> 'tracks' <> planned.exercise -> 'tracks'
              then format('alternatives[%s] must track %s, as the exercise does', alternative.place, planned.exercise ->> 'tracks')
            else format('alternatives[%s] must not be there twice', alternative.place)
          end
          from alternative
          where alternative.exercise is null
            or alternative.exercise -> 'id' = planned.exercise -> 'id'
            or alternative.exercise -> 'tracks' <> planned.exercise -> 'tracks'
            or exists (
              select from alternative as earlier
              where earlier.place < alternative.place
                and earlier.exercise -> 'id' = alternative.exercise -> 'id'
            )
          order by alternative.place
          limit 1
        ),
        private.planned_work_problem(p_exercise, planned.exercise ->> 'tracks'),
        private.planned_load_problem(p_exercise, planned.exercise ->> 'tracking_type')
      )
    end
    from planned
  );
end;
$$;

comment on function private.planned_exercise_problem(jsonb, jsonb) is
  'The rule that a planned exercise breaks, its field first; null for none.';

-- Inputs: everything that a prescription depends on, as one document, and the prescriptions of a day of a plan.

create function private.break_percent(p_days integer)
returns integer
language sql
immutable
security invoker
set search_path = ''
as $$
  select case when p_days >= 56 then 30 when p_days >= 28 then 20 when p_days >= 14 then 10 else 0 end;
$$;

grant execute on function private.break_percent(integer) to authenticated, service_role;
comment on function private.break_percent(integer) is
  'How much less after so many days without an exercise, in percent: a convention of ours. A week is no break, many plans
train an exercise once in it.';

create function private.planned_load(p_planned jsonb, p_exercise public.exercises)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'load_type', case
        when p_exercise.tracking_type not in
          ('weight_reps', 'bodyweight_reps', 'assisted_reps', 'weight_duration', 'weight_distance') then 'bodyweight'
        -- The load of one exercise says nothing about that of another.
        when p_planned ->> 'load_type' = 'fixed' and p_exercise.id <> private.current_exercise_id((p_planned ->> 'exercise_id')::uuid)
          then 'open'
        else p_planned ->> 'load_type'
      end,
      'load_value', p_planned -> 'load_value',
      'sets', (p_planned ->> 'sets')::integer * coalesce((p_planned ->> 'rounds')::integer, 1),
      'set_type', p_planned -> 'set_type',
      'reps_min', p_planned -> 'reps_min',
      'reps_max', p_planned -> 'reps_max',
      'reps_target', p_planned -> 'reps_target',
      'rpe', case p_planned ->> 'load_type'
        when 'rpe' then (p_planned ->> 'load_value')::numeric
        when 'rir' then 10 - (p_planned ->> 'load_value')::numeric
      end,
      'step_kg', private.usual_step_kg(p_exercise)
    )
  );
end;
$$;

grant execute on function private.planned_load(jsonb, public.exercises) to authenticated;
comment on function private.planned_load(jsonb, public.exercises) is
  'What a plan says of an exercise''s load, for the exercise that is trained: the planned one or an alternative.';

create function private.planned_inputs(p_user_id uuid, p_plan jsonb, p_planned jsonb, p_exercise public.exercises)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'planned_id', p_planned -> 'id',
      'exercise_id', p_exercise.id,
      'week', p_plan -> 'week',
      'rule', nullif(p_planned -> 'progression', 'null') - 'weeks',
      'scheme', private.planned_load(p_planned, p_exercise),
      'sets', (
        select jsonb_agg(
          to_jsonb(scheme) || case
            when coalesce(scheme.reps_min, scheme.reps_max) is null or scheme.set_type = 'warmup' then '{}'
            else jsonb_build_object('rpe', least(scheme.rpe, private.hardest_rpe((p_plan -> 'is_minor')::boolean)))
          end
          order by scheme.set_index
        )
        from private.planned_scheme(p_planned, p_plan -> 'deload', (p_plan ->> 'week')::integer) as scheme
      ),
      'is_deload', coalesce(p_planned #>> '{progression,type}' <> 'wave', true)
        and coalesce(p_plan #> '{deload,weeks}' @> (p_plan -> 'week'), false),
      'is_assisted', p_exercise.tracking_type = 'assisted_reps',
      'body_kg', 0,
      'sessions', '[]'::jsonb,
      'waves', '[]'::jsonb,
      'e1rm_kg', null,
      'training_max_kg', null,
      'break_percent', 0,
      'loading', null,
      'equipment', '[]'::jsonb,
      'most_rpe', private.hardest_rpe((p_plan -> 'is_minor')::boolean),
      'units', coalesce((select preferences.units from public.preferences where preferences.user_id = p_user_id), 'metric')
    )
  );
end;
$$;

grant execute on function private.planned_inputs(uuid, jsonb, jsonb, public.exercises) to authenticated;
comment on function private.planned_inputs(uuid, jsonb, jsonb, public.exercises) is
  'The inputs that follow from the plan alone.';

create function private.prescription_inputs(p_user_id uuid, p_plan jsonb, p_planned jsonb, p_exercise public.exercises)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_inputs jsonb := private.planned_inputs(p_user_id, p_plan, p_planned, p_exercise);
  v_type constant text := v_inputs #>> '{scheme,load_type}';
  v_today constant date := p_plan ->> 'today';
  v_loading constant private.loading := private.loading_of(p_exercise.weight_entry, p_exercise.equipment);
begin
  if v_type = 'bodyweight' or (v_type = 'open' and v_inputs ->> 'rule' is null) then
    return v_inputs;
  end if;

  v_inputs := v_inputs || jsonb_build_object(
    'loading', case when (v_loading).manner is not null then v_loading::text end,
    'equipment', private.equipment_of(p_user_id, private.piece_kinds(v_loading)),
    'body_kg', coalesce(private.last_body_kg(p_user_id, p_exercise), 0),
    'e1rm_kg', private.recent_e1rm_kg(p_user_id, p_exercise.id, v_today),
    'break_percent', (
      select private.break_percent(v_today - max(exercise_stats.day))
      from public.exercise_stats
      where exercise_stats.user_id = p_user_id
        and exercise_stats.exercise_id = p_exercise.id
    )
  );

  if v_type = 'percent_training_max' then
    select v_inputs || jsonb_build_object(
      'training_max_kg', source.max -> 'load_kg',
      'waves', case when p_planned #>> '{progression,type}' = 'wave' then private.trained_waves(
        p_user_id, (p_plan ->> 'run_id')::uuid, p_exercise.id, jsonb_array_length(p_planned #> '{progression,weeks}'),
        (p_plan ->> 'week')::integer, (source.max ->> 'since')::date, (p_plan -> 'is_minor')::boolean
      ) end
    )
    into v_inputs
    from (
      select private.training_max(p_user_id, p_exercise.id, (p_plan ->> 'started_on')::date, v_today) as max
      offset 0
    ) as source;
  elsif v_inputs ->> 'rule' is not null then
    select v_inputs || jsonb_build_object('sessions', private.planned_sessions(
      p_user_id, (p_plan ->> 'template_id')::uuid, p_exercise.id, v_inputs, p_plan #> '{deload,weeks}'
    ))
    into v_inputs;
  end if;

  return v_inputs;
end;
$$;

grant execute on function private.prescription_inputs(uuid, jsonb, jsonb, public.exercises) to authenticated;
comment on function private.prescription_inputs(uuid, jsonb, jsonb, public.exercises) is
  'All that the load of a planned exercise depends on. p_plan is {template_id, run_id, started_on, week, today, is_minor,
deload}.';

create function private.prescribe_exercise(p_user_id uuid, p_plan jsonb, p_planned jsonb, p_exercise public.exercises)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object('inputs', made.inputs, 'answer', private.prescribe(made.inputs))
  from (
    select private.prescription_inputs(
      p_user_id, p_plan, case when (p_plan -> 'is_minor')::boolean then private.gentler_plan(p_planned) else p_planned end,
      p_exercise
    ) as inputs
    offset 0
  ) as made;
$$;

grant execute on function private.prescribe_exercise(uuid, jsonb, jsonb, public.exercises) to authenticated;
comment on function private.prescribe_exercise(uuid, jsonb, jsonb, public.exercises) is
  'What a planned exercise asks of an athlete today, {inputs, answer}.';

-- A day of a plan ------------------------------------------------------------------------------------------------------

create function private.plan_today(p_user_id uuid, p_template_id uuid, p_run_id uuid, p_document jsonb, p_week integer)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'template_id', p_template_id,
      'run_id', p_run_id,
      'started_on', (select template_runs.started_on from public.template_runs where template_runs.id = p_run_id),
      'week', p_week,
      'today', private.local_today(p_user_id),
      'is_minor', private.is_minor(p_user_id),
      'deload', p_document -> 'deload'
    )
  );
end;
$$;

grant execute on function private.plan_today(uuid, uuid, uuid, jsonb, integer) to authenticated;
comment on function private.plan_today(uuid, uuid, uuid, jsonb, integer) is 'What private.prescribe_exercise has to know of a plan.';

create function private.prescribed_day(p_user_id uuid, p_plan jsonb, p_day jsonb)
returns table (planned jsonb, exercise_id uuid, exercise_name text, tracks text[], prescription jsonb)
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return query
  select
    element.row,
    exercise.id,
    exercise.name,
    case
      when exercise.tracking_type in ('weight_reps', 'bodyweight_reps', 'assisted_reps', 'reps_only') then '{reps}'
      when exercise.tracking_type in ('distance_duration', 'weight_distance', 'cardio') then '{duration,distance}'
      else '{duration}'
    end::text[],
    private.prescribe_exercise(p_user_id, p_plan, element.row, exercise)
  from jsonb_array_elements(p_day -> 'exercises') as element (row)
  cross join lateral (
    select exercises.*
    from public.exercises
    where exercises.id = private.usable_exercise(
      (element.row ->> 'exercise_id')::uuid || array(
        select alternative::uuid from jsonb_array_elements_text(element.row -> 'alternatives') as alternative
      )
    )
    limit 1
  ) as exercise
  order by (element.row ->> 'position')::integer;
end;
$$;

grant execute on function private.prescribed_day(uuid, jsonb, jsonb) to authenticated;
comment on function private.prescribed_day(uuid, jsonb, jsonb) is
  'The exercises of a day in their order, each with what it asks of an athlete today. An exercise that is gone is replaced by
its first alternative that is not, or left out.';

create function private.prescribed_sets(p_prescription jsonb)
returns table (set_index integer, set_type public.set_type, weight_kg numeric, reps_min integer, reps_max integer, rpe numeric)
language sql
immutable
security invoker
set search_path = ''
as $$
  select
    (sets.planned ->> 'set_index')::integer,
    (sets.planned ->> 'set_type')::public.set_type,
    (sets.prescribed ->> 'weight_kg')::numeric,
    (sets.prescribed ->> 'reps_min')::integer,
    (sets.prescribed ->> 'reps_max')::integer,
    (sets.planned ->> 'rpe')::numeric
  from rows from (
    jsonb_array_elements(p_prescription #> '{inputs,sets}'), jsonb_array_elements(p_prescription #> '{answer,sets}')
  ) with ordinality as sets (planned, prescribed, place)
  order by sets.place;
$$;

grant execute on function private.prescribed_sets(jsonb) to authenticated;
comment on function private.prescribed_sets(jsonb) is 'The sets of a prescription, as they are planned and with what they ask for.';

-- A set is done: the call that a phone makes most.

create function private.shown(p_row jsonb)
returns jsonb
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return p_row - '{request_hash,expected_version,changed_by}'::text[];
end;
$$;

grant execute on function private.shown(jsonb) to authenticated, service_role;
comment on function private.shown(jsonb) is 'A row as clients see it: without what only tells writes apart.';

create function private.fill_planned_set(p_set public.workout_sets, p_sent public.workout_sets)
returns public.workout_sets
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_set public.workout_sets;
begin
  update public.workout_sets
  set set_type = coalesce(p_sent.set_type, workout_sets.set_type),
    side = coalesce(p_sent.side, workout_sets.side),
    parent_set_id = coalesce(p_sent.parent_set_id, workout_sets.parent_set_id),
    weight_kg = p_sent.weight_kg,
    entered_unit = coalesce(p_sent.entered_unit, workout_sets.entered_unit),
    reps = p_sent.reps,
    duration_seconds = p_sent.duration_seconds,
    distance_m = p_sent.distance_m,
    energy_kcal = p_sent.energy_kcal,
    average_heart_rate = p_sent.average_heart_rate,
    max_heart_rate = p_sent.max_heart_rate,
    incline_percent = p_sent.incline_percent,
    speed_mps = p_sent.speed_mps,
    level = p_sent.level,
    power_watts = p_sent.power_watts,
    floors = p_sent.floors,
    steps = p_sent.steps,
    rpe = p_sent.rpe,
    rir = p_sent.rir,
    rest_seconds = p_sent.rest_seconds,
    tempo = p_sent.tempo,
    notes = coalesce(p_sent.notes, workout_sets.notes),
    completed_at = coalesce(p_sent.completed_at, now()),
    request_hash = p_sent.request_hash,
    expected_version = p_set.version
  where workout_sets.id = p_set.id
  returning workout_sets.* into v_set;

  return v_set;
end;
$$;

grant execute on function private.fill_planned_set(public.workout_sets, public.workout_sets) to authenticated;
comment on function private.fill_planned_set(public.workout_sets, public.workout_sets) is
  'Marks a planned set as done, with what was done beside what was planned.';

-- Answers null when the row is the caller's to write, and the kept conflict when another stands in its place.
create function private.store_set(p_sent public.workout_sets, p_value jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_sent public.workout_sets := p_sent;
  v_set public.workout_sets;
begin
  select workout_sets.*
  into v_set
  from public.workout_sets
  where workout_sets.id = v_sent.id
    and workout_sets.user_id = auth.uid();

  if v_set.request_hash = v_sent.request_hash or private.shown(to_jsonb(v_set)) @> p_value then
    return null;
  elsif v_set.completed_at is null and v_set.workout_exercise_id = v_sent.workout_exercise_id then
    perform private.fill_planned_set(v_set, v_sent);
    return null;
  elsif v_set.id is not null then
    return private.answer_conflict(
      'set_conflict',
      private.keep_conflict('workout_sets', to_jsonb(v_set), 'refused', p_value),
      to_jsonb(v_set)
    );
  elsif private.deleted_from(v_sent.id) is not null then
    return private.answer_gone('workout_sets', v_sent.id, p_value);
  end if;

  insert into public.workout_sets (
    id, workout_exercise_id, set_index, set_type, weight_kg, reps, duration_seconds, distance_m, rpe,
    rest_seconds, notes, completed_at, entered_unit, side, rir, tempo, parent_set_id, energy_kcal,
    average_heart_rate, max_heart_rate, incline_percent, speed_mps, level, power_watts, floors, steps,
    request_hash
  )
  values (
    v_sent.id, v_sent.workout_exercise_id, v_sent.set_index, coalesce(v_sent.set_type, 'working'),
    v_sent.weight_kg, v_sent.reps, v_sent.duration_seconds, v_sent.distance_m, v_sent.rpe,
    v_sent.rest_seconds, v_sent.notes, coalesce(v_sent.completed_at, now()),
    coalesce(v_sent.entered_unit, 'kg'), v_sent.side, v_sent.rir, v_sent.tempo, v_sent.parent_set_id,
    v_sent.energy_kcal, v_sent.average_heart_rate, v_sent.max_heart_rate, v_sent.incline_percent,
    v_sent.speed_mps, v_sent.level, v_sent.power_watts, v_sent.floors, v_sent.steps, v_sent.request_hash
  )
  on conflict (id) do nothing;

  if not found then
    perform private.fail('set_conflict', v_sent.id::text);
  end if;

  return null;
end;
$$;

grant execute on function private.store_set(public.workout_sets, jsonb) to authenticated;
comment on function private.store_set(public.workout_sets, jsonb) is
  'Writes a set that is done, unless it is there already. Null when it is there; else the conflict as it is answered.';

create function public.complete_set(
  id uuid default null,
  workout_exercise_id uuid default null,
  set_index integer default null,
  set_type public.set_type default null,
  weight_kg numeric default null,
  reps integer default null,
  duration_seconds numeric default null,
  distance_m numeric default null,
  rpe numeric default null,
  rest_seconds integer default null,
  notes text default null,
  completed_at timestamptz default null,
  entered_unit public.weight_unit default null,
  side public.set_side default null,
  rir numeric default null,
  tempo text default null,
  parent_set_id uuid default null,
  energy_kcal integer default null,
  average_heart_rate integer default null,
  max_heart_rate integer default null,
  incline_percent numeric default null,
  speed_mps numeric default null,
  level integer default null,
  power_watts integer default null,
  floors integer default null,
  steps integer default null
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_variable
declare
  v_user_id uuid := private.current_user_id();
  v_value jsonb := jsonb_strip_nulls(jsonb_build_object(
    'workout_exercise_id', workout_exercise_id, 'set_index', set_index, 'set_type', set_type,
    'weight_kg', trim_scale(weight_kg), 'reps', reps, 'duration_seconds', trim_scale(duration_seconds),
    'distance_m', trim_scale(distance_m), 'rpe', trim_scale(rpe), 'rest_seconds', rest_seconds,
    'notes', notes, 'completed_at', completed_at, 'entered_unit', entered_unit, 'side', side,
    'rir', trim_scale(rir), 'tempo', tempo, 'parent_set_id', parent_set_id, 'energy_kcal', energy_kcal,
    'average_heart_rate', average_heart_rate, 'max_heart_rate', max_heart_rate,
    'incline_percent', trim_scale(incline_percent), 'speed_mps', trim_scale(speed_mps), 'level', level,
    'power_watts', power_watts, 'floors', floors, 'steps', steps
  ));
  v_sent public.workout_sets;
  v_answer jsonb;
  v_rule text;
begin
  perform private.lock_athletes(array[v_user_id]);
  v_sent := jsonb_populate_record(null::public.workout_sets, v_value);
  v_sent.id := coalesce(id, private.uuid_v7());
  v_sent.request_hash := private.request_hash(v_value);
  v_answer := private.store_set(v_sent, v_value);

  if v_answer is null then
    -- After the write, because a record marks its set then.
    select private.shown(to_jsonb(workout_sets))
    into v_answer
    from public.workout_sets
    where workout_sets.id = v_sent.id;
  end if;

  return v_answer;
exception
  when check_violation or numeric_value_out_of_range then
    get stacked diagnostics v_rule = constraint_name;
    perform private.fail('invalid_set', coalesce(nullif(v_rule, ''), sqlerrm));
  when sqlstate 'PGRST' then
    v_answer := private.keep_late_set(sqlerrm::jsonb ->> 'code', v_sent, v_value);

    if v_answer is null then
      raise;
    end if;

    return v_answer;
end;
$$;

grant execute on function public.complete_set(
  uuid, uuid, integer, public.set_type, numeric, integer, numeric, numeric, numeric, integer, text,
  timestamptz, public.weight_unit, public.set_side, numeric, text, uuid, integer, integer, integer, numeric,
  numeric, integer, integer, integer, integer
) to authenticated;
comment on function public.complete_set(
  uuid, uuid, integer, public.set_type, numeric, integer, numeric, numeric, numeric, integer, text,
  timestamptz, public.weight_unit, public.set_side, numeric, text, uuid, integer, integer, integer, numeric,
  numeric, integer, integer, integer, integer
) is
  'Logs a set as done, at the next place or at set_index, or fills a planned one by its id, and answers it with its load,
volume, one-rep maximum and whether it is a record. The same id with the same content answers the set as it is now. What
cannot be stored because another device was first is kept in workout_conflicts and answered with 409: set_conflict,
set_deleted, workout_exercise_deleted, or workout_not_active of a workout that is over.
Fails with workout_exercise_not_found, workout_not_active, set_index_taken, invalid_set or invalid_time.';

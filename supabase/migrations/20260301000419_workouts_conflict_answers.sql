-- How a conflict is answered: the value that lost is kept, and the device is told what stands instead (0010).

-- Raising would undo what was kept, so the error is answered instead: PostgREST takes the status from the setting.
create function private.answer_conflict(p_code text, p_conflict_id uuid, p_current jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_answer record := private.error_answer(
    p_code, jsonb_build_object('conflict_id', p_conflict_id, 'current', private.shown(p_current))::text, null
  );
begin
  perform set_config('response.status', v_answer.status::text, true);
  return v_answer.body;
end;
$$;

grant execute on function private.answer_conflict(text, uuid, jsonb) to authenticated, service_role;
comment on function private.answer_conflict(text, uuid, jsonb) is
  'The error that a kept conflict is answered with. Its details are JSON: conflict_id, and the row as it stands.';

create function private.answer_gone(p_table text, p_id uuid, p_value jsonb, p_version integer default null)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_workout_id uuid := private.deleted_from(p_id);
begin
  if v_workout_id is null then
    return null;
  end if;

  return private.answer_conflict(
    case p_table
      when 'workouts' then 'workout_deleted'
      when 'workout_exercises' then 'workout_exercise_deleted'
      else 'set_deleted'
    end,
    private.keep_conflict(
      p_table, jsonb_build_object('id', p_id, 'workout_id', v_workout_id), 'refused', p_value, p_version
    ),
    null
  );
end;
$$;

grant execute on function private.answer_gone(text, uuid, jsonb, integer) to authenticated;
comment on function private.answer_gone(text, uuid, jsonb, integer) is
  'Keeps a value of a row that the caller deleted on another device, and answers workout_deleted, workout_exercise_deleted
or set_deleted; null when there was no such row.';

create function private.keep_late_set(p_code text, p_sent public.workout_sets, p_value jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_workout_id uuid := private.deleted_from(p_sent.workout_exercise_id);
  v_workout public.workouts;
begin
  if p_code = 'workout_not_active' then
    select workouts.*
    into v_workout
    from public.workouts
    join public.workout_exercises on workout_exercises.workout_id = workouts.id
    where workout_exercises.id = p_sent.workout_exercise_id
      and workouts.user_id = auth.uid()
      and workouts.status in ('completed', 'cancelled');
  elsif p_code = 'workout_exercise_not_found' and v_workout_id is not null then
    v_workout.id := v_workout_id;
  end if;

  if v_workout.id is null then
    return null;
  end if;

  return private.answer_conflict(
    replace(p_code, 'not_found', 'deleted'),
    private.keep_conflict(
      'workout_sets', jsonb_build_object('id', p_sent.id, 'workout_id', v_workout.id), 'refused', p_value
    ),
    case when v_workout.user_id is not null then to_jsonb(v_workout) end
  );
end;
$$;

grant execute on function private.keep_late_set(text, public.workout_sets, jsonb) to authenticated;
comment on function private.keep_late_set(text, public.workout_sets, jsonb) is
  'Keeps a set that was refused with this code because another device ended its workout or took its exercise out, and answers
that; null when it was refused for another reason.';

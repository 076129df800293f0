-- What became of a kept value: the athlete drops it, or takes it, over what is there now or, where that is gone, anew.

-- definer: sets may be put into workouts that are over, as an upload puts them. Of the caller's own conflicts and rows alone.
create function private.log_again(p_conflict_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_conflict public.workout_conflicts;
  v_workout public.workouts;
  v_entry_id uuid;
begin
  select * into v_conflict from public.workout_conflicts where id = p_conflict_id and user_id = auth.uid();
  select * into v_workout from public.workouts where id = v_conflict.workout_id and user_id = auth.uid();

  if v_workout.id is null then
    perform private.fail('workout_deleted');
  end if;

  perform set_config('fitai.importing', case v_workout.status when 'in_progress' then '' else 'on' end, true);
  v_entry_id := private.entry_again(v_workout.id, v_conflict.value);
  perform private.insert_set_again(v_entry_id, v_conflict.value, v_conflict.created_at);
  perform set_config('fitai.importing', '', true);
  perform private.announce_sync(auth.uid(), v_workout.id, 'updated');
end;
$$;

grant execute on function private.log_again(uuid) to authenticated;
comment on function private.log_again(uuid) is
  'Logs a kept set under a new id, in its exercise, or in one of the same kind where that was taken out.
Fails with workout_deleted, workout_exercise_deleted, set_deleted, invalid_time or invalid_set.';

create function private.entry_again(p_workout_id uuid, p_value jsonb)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_id uuid;
begin
  select workout_exercises.id
  into v_id
  from public.workout_exercises
  where workout_exercises.workout_id = p_workout_id
    and (workout_exercises.id = (p_value ->> 'workout_exercise_id')::uuid
      or workout_exercises.exercise_id = private.current_exercise_id((p_value ->> 'exercise_id')::uuid))
  order by workout_exercises.id = (p_value ->> 'workout_exercise_id')::uuid desc, workout_exercises.position
  limit 1;

  if v_id is not null then
    return v_id;
  elsif p_value ->> 'exercise_id' is null then
    perform private.fail('workout_exercise_deleted');
  end if;

  insert into public.workout_exercises (workout_id, exercise_id, section, notes)
  values (
    p_workout_id, (p_value ->> 'exercise_id')::uuid, coalesce(p_value ->> 'section', 'main'), p_value ->> 'notes'
  )
  returning id into v_id;

  return v_id;
end;
$$;

grant execute on function private.entry_again(uuid, jsonb) to authenticated;
comment on function private.entry_again(uuid, jsonb) is
  'The exercise of a workout that a kept value belongs to: itself, another of the same kind, or a new one at the end.
Fails with workout_exercise_deleted when the value does not say which exercise it was.';

-- The columns are the product's own list, and the values go through the column types: nothing of the value is SQL.
create function private.insert_set_again(p_entry_id uuid, p_value jsonb, p_at timestamptz)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_columns text;
  v_is_free boolean := not exists (
    select from public.workout_sets
    where workout_sets.workout_exercise_id = p_entry_id
      and workout_sets.set_index = (p_value ->> 'set_index')::integer
      and workout_sets.side is not distinct from (p_value ->> 'side')::public.set_side
  );
begin
  select string_agg(quote_ident(name), ', ')
  into v_columns
  from unnest(private.content_columns('workout_sets')) as name;

  execute format(
    'insert into public.workout_sets (workout_exercise_id, %1$s)
    select $1, %1$s
    from jsonb_populate_record(null::public.workout_sets, $2)', v_columns
  )
  using p_entry_id, jsonb_build_object('set_type', 'working', 'entered_unit', 'kg', 'completed_at', p_at)
    || jsonb_strip_nulls(p_value)
    || case when v_is_free then jsonb '{}' else jsonb '{"set_index": null}' end;
exception
  when check_violation then
    perform private.fail('set_deleted', 'what was kept is a part of a set: read it, and log the set anew');
end;
$$;

grant execute on function private.insert_set_again(uuid, jsonb, timestamptz) to authenticated;
comment on function private.insert_set_again(uuid, jsonb, timestamptz) is
  'Logs a kept set in an exercise, at its place or the next. Fails with set_deleted when it has not the fields of one.';

create function private.take_row(p_conflict public.workout_conflicts, p_row jsonb)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_entry public.workout_exercises;
  v_changes jsonb;
begin
  if p_conflict.value ? 'deleted' then
    perform set_config('workouts.knowingly', 'yes', true);
    execute format('delete from public.%I where id = $1', p_conflict.table_name)
    using p_conflict.row_id;
    perform set_config('workouts.knowingly', '', true);
    return;
  end if;

  select jsonb_object_agg(value.key, value.value)
  into v_changes
  from jsonb_each(p_conflict.value) as value
  where value.key = any (private.content_columns(p_conflict.table_name));

  if v_changes is not null then
    perform private.change_row(p_conflict.table_name, p_conflict.row_id, (p_row ->> 'version')::integer, v_changes);
  end if;

  if p_conflict.table_name = 'workout_exercises'
    and private.current_exercise_id((p_conflict.value ->> 'exercise_id')::uuid) <> (p_row ->> 'exercise_id')::uuid
  then
    select * into v_entry from public.workout_exercises where id = p_conflict.row_id;
    perform private.swap_exercise(v_entry, (p_conflict.value ->> 'exercise_id')::uuid, private.uuid_v7(), null);
  end if;
end;
$$;

grant execute on function private.take_row(public.workout_conflicts, jsonb) to authenticated;
comment on function private.take_row(public.workout_conflicts, jsonb) is
  'Does to a row that is there what was kept: a change, a deletion, a replacement of the exercise.';

create function private.take_value(p_conflict public.workout_conflicts)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_row jsonb;
begin
  execute format('select to_jsonb(stored) from public.%I as stored where id = $1', p_conflict.table_name)
  into v_row
  using p_conflict.row_id;

  if p_conflict.value ? 'workout_exercise_ids' then
    perform private.order_exercises(p_conflict.workout_id, array(
      select id::uuid from jsonb_array_elements_text(p_conflict.value -> 'workout_exercise_ids') as id
    ));
  elsif v_row is not null then
    perform private.take_row(p_conflict, v_row);
  elsif p_conflict.value ? 'deleted' then
    return;
  elsif p_conflict.table_name = 'workouts' then
    perform private.fail('workout_deleted');
  elsif p_conflict.table_name = 'workout_exercises' then
    perform private.entry_again(p_conflict.workout_id, p_conflict.value);
  elsif p_conflict.value ? 'workout_exercise_id' then
    perform private.log_again(p_conflict.id);
  else
    perform private.fail('set_deleted', 'what was kept is a part of a set: read it, and log the set anew');
  end if;
end;
$$;

grant execute on function private.take_value(public.workout_conflicts) to authenticated;
comment on function private.take_value(public.workout_conflicts) is 'Puts a kept value in force, as it is now possible.';

create function public.resolve_workout_conflict(conflict_id uuid default null, restore boolean default false)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_conflict public.workout_conflicts;
begin
  perform private.lock_athletes(array[private.current_user_id()]);
  select workout_conflicts.*
  into v_conflict
  from public.workout_conflicts
  where workout_conflicts.id = resolve_workout_conflict.conflict_id;

  if not found then
    perform private.fail('conflict_not_found');
  elsif v_conflict.resolved_at is not null then
    return to_jsonb(v_conflict);
  end if;

  if restore then
    perform private.take_value(v_conflict);
  end if;

  update public.workout_conflicts
  set resolution = case when restore then 'restored' else 'dismissed' end::public.conflict_resolution
  where workout_conflicts.id = v_conflict.id
  returning workout_conflicts.* into v_conflict;

  return to_jsonb(v_conflict);
end;
$$;

grant execute on function public.resolve_workout_conflict(uuid, boolean) to authenticated;
comment on function public.resolve_workout_conflict(uuid, boolean) is
  'Dismisses a kept value, or takes it, and answers the conflict: a change is written over what is there now, a deletion and a
replacement of the exercise are done, a set whose row is gone is logged under a new id, in a workout that is over too. A part of
a set that is gone can only be read: it fails with set_deleted and stays open. Fails with conflict_not_found, workout_not_found,
workout_not_active, workout_deleted, workout_exercise_deleted, set_deleted, exercise_not_found, invalid_set, invalid_workout or
invalid_time.';

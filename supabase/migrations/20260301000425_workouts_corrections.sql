-- Corrections: what was written is changed or deleted against the version that the athlete saw. A change that comes too
-- late is answered with the current row, and kept.

-- The columns are those of content_columns, and the values go through the column types: nothing of the request is SQL.
create function private.write_changes(p_table text, p_id uuid, p_version integer, p_changes jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_columns text;
  v_row jsonb;
begin
  select string_agg(format('%1$I = changed.%1$I', key), ', ')
  into v_columns
  from jsonb_object_keys(p_changes) as key;

  execute format(
    'update public.%1$I as stored
    set %2$s, expected_version = $1
    from jsonb_populate_record(null::public.%1$I, $2) as changed
    where stored.id = $3
    returning to_jsonb(stored)', p_table, v_columns
  )
  into v_row
  using p_version, p_changes, p_id;

  return v_row;
end;
$$;

grant execute on function private.write_changes(text, uuid, integer, jsonb) to authenticated;
comment on function private.write_changes(text, uuid, integer, jsonb) is
  'Writes these columns of a row that the caller may change, and answers the row.';

create function private.check_changes(p_table text, p_version integer, p_changes jsonb)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if p_version is null then
    perform private.fail('version_required');
  elsif jsonb_typeof(p_changes) is distinct from 'object' or p_changes = '{}' then
    perform private.fail('invalid_argument', 'changes must be an object with the columns to change');
  elsif exists (
    select from jsonb_object_keys(p_changes) as key
    where key <> all (private.content_columns(p_table))
  ) then
    perform private.fail(
      'invalid_argument', format('changes may have %s', array_to_string(private.content_columns(p_table), ', '))
    );
  end if;
end;
$$;

grant execute on function private.check_changes(text, integer, jsonb) to authenticated;
comment on function private.check_changes(text, integer, jsonb) is
  'Fails with version_required or invalid_argument unless this is a change of columns that an athlete writes.';

create function private.change_row(p_table text, p_id uuid, p_version integer, p_changes jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_row jsonb;
  v_rule text;
begin
  perform private.check_changes(p_table, p_version, p_changes);
  perform private.lock_athletes(array[v_user_id]);

  execute format('select to_jsonb(stored) from public.%I as stored where id = $1 and user_id = $2', p_table)
  into v_row
  using p_id, v_user_id;

  if v_row is null and private.deleted_from(p_id) is not null then
    return private.answer_gone(p_table, p_id, p_changes, p_version);
  elsif v_row is null then
    perform private.fail(case p_table
      when 'workouts' then 'workout_not_found'
      when 'workout_exercises' then 'workout_exercise_not_found'
      else 'set_not_found'
    end);
  elsif (v_row ->> 'version')::integer = p_version then
    return private.shown(private.write_changes(p_table, p_id, p_version, p_changes));
  elsif v_row @> p_changes then
    return private.shown(v_row);
  end if;

  return private.answer_conflict(
    'version_conflict', private.keep_conflict(p_table, v_row, 'refused', p_changes, p_version), v_row
  );
exception
  when check_violation or numeric_value_out_of_range then
    get stacked diagnostics v_rule = constraint_name;
    perform private.fail(
      case p_table when 'workout_sets' then 'invalid_set' else 'invalid_workout' end, coalesce(nullif(v_rule, ''), sqlerrm)
    );
  when unique_violation then
    perform private.fail('set_index_taken', format('set_index %s', p_changes ->> 'set_index'));
  when not_null_violation then
    perform private.fail('invalid_argument', 'a column that must have a value is null');
end;
$$;

grant execute on function private.change_row(text, uuid, integer, jsonb) to authenticated;
comment on function private.change_row(text, uuid, integer, jsonb) is
  'Changes a row of the caller''s that still has the version; else keeps the change and answers version_conflict, or that the
row was deleted. A change that is there already is answered with the row.';

create function public.update_workout(workout_id uuid default null, version integer default null, changes jsonb default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.change_row('workouts', workout_id, version, changes);
$$;

grant execute on function public.update_workout(uuid, integer, jsonb) to authenticated;
comment on function public.update_workout(uuid, integer, jsonb) is
  'Changes columns of a workout, running or over (its times too), and answers the row. A change made against another
version is kept in workout_conflicts and answered with 409 version_conflict; its details have the current row. So is one of a workout
that another device deleted, with workout_deleted.
Fails with workout_not_found, version_required, invalid_argument, invalid_workout or invalid_time.';

create function public.update_workout_exercise(
  workout_exercise_id uuid default null,
  version integer default null,
  changes jsonb default null
)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.change_row('workout_exercises', workout_exercise_id, version, changes);
$$;

grant execute on function public.update_workout_exercise(uuid, integer, jsonb) to authenticated;
comment on function public.update_workout_exercise(uuid, integer, jsonb) is
  'Changes columns of an exercise of a workout and answers the row; conflicts as update_workout has them, one that was taken
out with workout_exercise_deleted.
Fails with workout_exercise_not_found, version_required, invalid_argument or invalid_workout.';

create function public.update_set(set_id uuid default null, version integer default null, changes jsonb default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.change_row('workout_sets', set_id, version, changes);
$$;

grant execute on function public.update_set(uuid, integer, jsonb) to authenticated;
comment on function public.update_set(uuid, integer, jsonb) is
  'Corrects columns of a set and answers the row; conflicts as update_workout has them, one that was deleted with set_deleted.
Fails with set_not_found, set_index_taken, version_required, invalid_argument, invalid_set or invalid_time.';

create function public.delete_set(set_id uuid default null, version integer default null)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_set public.workout_sets;
begin
  if delete_set.version is null then
    perform private.fail('version_required');
  end if;

  perform private.lock_athletes(array[v_user_id]);
  select workout_sets.*
  into v_set
  from public.workout_sets
  where workout_sets.id = delete_set.set_id
    and workout_sets.user_id = v_user_id;

  if v_set.id is null and private.deleted_from(delete_set.set_id) is not null then
    return jsonb_build_object('id', delete_set.set_id, 'deleted', true);
  elsif v_set.id is null then
    perform private.fail('set_not_found');
  elsif v_set.version <> delete_set.version then
    return private.answer_conflict(
      'version_conflict',
      private.keep_conflict('workout_sets', to_jsonb(v_set), 'refused', '{"deleted": true}', delete_set.version),
      to_jsonb(v_set)
    );
  end if;

  perform set_config('workouts.knowingly', 'yes', true);
  delete from public.workout_sets
  where workout_sets.id = v_set.id;
  perform set_config('workouts.knowingly', '', true);

  return jsonb_build_object('id', v_set.id, 'deleted', true);
end;
$$;

grant execute on function public.delete_set(uuid, integer) to authenticated;
comment on function public.delete_set(uuid, integer) is
  'Deletes a set that still has the version, and answers its id; one that is gone already stays so. A deletion against
another version is answered with 409 version_conflict. Fails with set_not_found or version_required.';

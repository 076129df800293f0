-- A workout is rearranged while it is on: an exercise is replaced by another, exercises change places, supersets stay
-- together. What was done stays what it was.

create function private.tg_workout_exercises__ungroup()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.group_type := null;
  return new;
end;
$$;

comment on function private.tg_workout_exercises__ungroup() is 'Without a group there is no kind of one.';

-- definer: also runs within the deletion of an account, as whoever deletes it.
create function private.tg_workout_exercises__dissolve()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.workout_exercises as last
  set superset_group = null,
    expected_version = last.version
  from removed
  where last.workout_id = removed.workout_id
    and last.superset_group = removed.superset_group
    and not exists (
      select from public.workout_exercises as partner
      where partner.workout_id = last.workout_id
        and partner.superset_group = last.superset_group
        and partner.id <> last.id
    );

  return null;
end;
$$;

comment on function private.tg_workout_exercises__dissolve() is 'One exercise alone is no superset.';

create trigger _150_ungroup
  before insert or update of superset_group, group_type on public.workout_exercises
  for each row
  when (new.superset_group is null)
  execute function private.tg_workout_exercises__ungroup();
create trigger _450_dissolve
  after delete on public.workout_exercises
  referencing old table as removed
  for each statement execute function private.tg_workout_exercises__dissolve();

-- Replace --------------------------------------------------------------------------------------------------------------

create function private.undone_sets(p_workout_exercise_id uuid, p_position integer)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', p_position,
    'set_index', planned.place,
    'side', planned.side,
    'set_type', planned.set_type,
    'planned_reps_min', planned.planned_reps_min,
    'planned_reps_max', planned.planned_reps_max,
    'planned_duration_seconds', planned.planned_duration_seconds,
    'planned_distance_m', planned.planned_distance_m,
    'planned_rpe', planned.planned_rpe,
    'planned_rest_seconds', planned.planned_rest_seconds,
    'tempo', planned.planned_tempo
  )), '[]')
  from (
    select workout_sets.*, dense_rank() over (order by workout_sets.set_index) - 1 as place
    from public.workout_sets
    where workout_sets.workout_exercise_id = p_workout_exercise_id
      and workout_sets.completed_at is null
  ) as planned;
$$;

grant execute on function private.undone_sets(uuid, integer) to authenticated;
comment on function private.undone_sets(uuid, integer) is
  'The sets of an exercise that are still to be done, as a plan for another at a position: without weights, which say nothing
about that one.';

create function private.swap_exercise(p_old public.workout_exercises, p_exercise_id uuid, p_id uuid, p_request_hash uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_has_history boolean := exists (
    select from public.workout_sets
    where workout_sets.workout_exercise_id = p_old.id
      and workout_sets.completed_at is not null
  );
  v_position integer := p_old.position + v_has_history::integer;
  v_sets jsonb := private.undone_sets(p_old.id, v_position);
begin
  set constraints public.workout_exercises_position_key deferred;
  update public.workout_exercises
  set position = workout_exercises.position + 1
  where workout_exercises.workout_id = p_old.workout_id
    and workout_exercises.position >= v_position
    and v_has_history;

  insert into public.workout_exercises (
    id, workout_id, exercise_id, position, section, superset_group, group_type, request_hash
  )
  values (
    p_id, p_old.workout_id, p_exercise_id, v_position, p_old.section, p_old.superset_group, p_old.group_type, p_request_hash
  );

  if v_has_history then
    delete from public.workout_sets
    where workout_sets.workout_exercise_id = p_old.id
      and workout_sets.completed_at is null;
  else
    delete from public.workout_exercises
    where workout_exercises.id = p_old.id;
  end if;

  set constraints public.workout_exercises_position_key immediate;
  perform private.write_planned_sets(p_old.workout_id, v_sets);
end;
$$;

grant execute on function private.swap_exercise(public.workout_exercises, uuid, uuid, uuid) to authenticated;
comment on function private.swap_exercise(public.workout_exercises, uuid, uuid, uuid) is
  'Puts another exercise in the place of one that nothing was done of, or behind one that has sets that were done; the sets
still to be done go over to it.';

create function public.replace_workout_exercise(
  workout_exercise_id uuid default null,
  version integer default null,
  exercise_id uuid default null,
  id uuid default null
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.current_user_id();
  v_id uuid := coalesce(replace_workout_exercise.id, private.uuid_v7());
  v_hash uuid := private.request_hash(jsonb_build_array('replace', workout_exercise_id, exercise_id));
  v_old public.workout_exercises;
  v_new public.workout_exercises;
  v_rule text;
begin
  perform private.lock_athletes(array[v_user_id]);
  select * into v_new from public.workout_exercises where id = v_id and user_id = v_user_id;
  select * into v_old from public.workout_exercises where id = replace_workout_exercise.workout_exercise_id and user_id = v_user_id;

  if v_new.request_hash = v_hash then
    return private.shown(to_jsonb(v_new));
  elsif v_new.id is not null then
    perform private.fail('id_conflict');
  elsif v_old.id is null and private.deleted_from(replace_workout_exercise.workout_exercise_id) is not null then
    return private.answer_gone(
      'workout_exercises', replace_workout_exercise.workout_exercise_id,
      jsonb_build_object('exercise_id', replace_workout_exercise.exercise_id), replace_workout_exercise.version
    );
  elsif v_old.id is null then
    perform private.fail('workout_exercise_not_found');
  elsif replace_workout_exercise.version is null then
    perform private.fail('version_required');
  elsif v_old.version <> replace_workout_exercise.version then
    return private.answer_conflict(
      'version_conflict',
      private.keep_conflict(
        'workout_exercises', to_jsonb(v_old), 'refused',
        jsonb_build_object('exercise_id', replace_workout_exercise.exercise_id), replace_workout_exercise.version
      ),
      to_jsonb(v_old)
    );
  end if;

  perform private.swap_exercise(v_old, replace_workout_exercise.exercise_id, v_id, v_hash);
  select * into v_new from public.workout_exercises where id = v_id;
  return private.shown(to_jsonb(v_new));
exception
  when check_violation or numeric_value_out_of_range then
    get stacked diagnostics v_rule = constraint_name;
    perform private.fail('invalid_workout', coalesce(nullif(v_rule, ''), sqlerrm));
  when unique_violation then
    perform private.fail('id_conflict');
end;
$$;

grant execute on function public.replace_workout_exercise(uuid, integer, uuid, uuid) to authenticated;
comment on function public.replace_workout_exercise(uuid, integer, uuid, uuid) is
  'Replaces an exercise of a workout by another, in its section and superset, and answers the new row. Sets that were done stay
with the old one, which then stays before the new; those still to be done go over to it, without weights. The same id with the
same content answers it again. A change made against another version is kept and answered with 409 version_conflict, one of an
exercise that was taken out with workout_exercise_deleted.
Fails with workout_exercise_not_found, exercise_not_found, workout_not_active, version_required, id_conflict or invalid_workout.';

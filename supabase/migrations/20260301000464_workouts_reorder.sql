-- The order of a workout's exercises, as one value that is changed against a version of the workout.

create function private.order_exercises(p_workout_id uuid, p_ids uuid[])
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  update public.workout_exercises
  set position = placed.position
  from (
    select
      wished.id,
      row_number() over (order by wished.group_place, wished.place, wished.position) - 1 as position
    from (
      select
        asked.*,
        min(asked.place) over (partition by coalesce(asked.superset_group::text, asked.id::text)) as group_place
      from (
        select
          entry.id, entry.superset_group, entry.position,
          coalesce(array_position(p_ids, entry.id), 1000 + entry.position) as place
        from public.workout_exercises as entry
        where entry.workout_id = p_workout_id
      ) as asked
    ) as wished
  ) as placed
  where workout_exercises.id = placed.id
    and workout_exercises.position <> placed.position;
$$;

grant execute on function private.order_exercises(uuid, uuid[]) to authenticated;
comment on function private.order_exercises(uuid, uuid[]) is
  'Puts the exercises of a workout in this order. A superset stays together, where its first is; what is not in the list comes
after it, as it stood; ids that are gone are passed over.';

create function private.exercise_order(p_workout_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(workout_exercises.id order by workout_exercises.position), '[]')
  from public.workout_exercises
  where workout_exercises.workout_id = p_workout_id;
$$;

grant execute on function private.exercise_order(uuid) to authenticated;
comment on function private.exercise_order(uuid) is 'The ids of a workout''s exercises in their order.';

create function public.reorder_workout_exercises(
  workout_id uuid default null,
  version integer default null,
  workout_exercise_ids uuid[] default null
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_workout public.workouts := private.my_workout(workout_id);
begin
  if reorder_workout_exercises.version is null then
    perform private.fail('version_required');
  elsif workout_exercise_ids is null or array_ndims(workout_exercise_ids) > 1 or cardinality(workout_exercise_ids) > 100 then
    perform private.fail('invalid_argument', 'workout_exercise_ids must be a list of at most 100 ids');
  elsif v_workout.version <> reorder_workout_exercises.version
    and private.exercise_order(v_workout.id) <> to_jsonb(workout_exercise_ids)
  then
    return private.answer_conflict(
      'version_conflict',
      private.keep_conflict(
        'workouts', to_jsonb(v_workout), 'refused', jsonb_build_object('workout_exercise_ids', workout_exercise_ids),
        reorder_workout_exercises.version
      ),
      to_jsonb(v_workout)
    );
  elsif private.exercise_order(v_workout.id) <> to_jsonb(workout_exercise_ids) then
    perform private.order_exercises(v_workout.id, workout_exercise_ids);
    update public.workouts
    set expected_version = v_workout.version
    where id = v_workout.id
    returning * into v_workout;
  end if;

  return jsonb_build_object(
    'workout_id', v_workout.id,
    'version', v_workout.version,
    'workout_exercise_ids', private.exercise_order(v_workout.id)
  );
end;
$$;

grant execute on function public.reorder_workout_exercises(uuid, integer, uuid[]) to authenticated;
comment on function public.reorder_workout_exercises(uuid, integer, uuid[]) is
  'Puts the exercises of a workout in this order, as seen at this version of the workout, and answers {workout_id, version,
workout_exercise_ids}. Supersets stay together; exercises that are not in the list come after it. Another order against another
version is kept in workout_conflicts and answered with 409 version_conflict. Fails with workout_not_found, version_required or
invalid_argument.';

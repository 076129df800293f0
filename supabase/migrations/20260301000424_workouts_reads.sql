-- A workout as clients read it: whole, in one call.

create function private.workout_document(p_workout public.workouts)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return private.shown(to_jsonb(p_workout)) || jsonb_build_object(
    'pauses', coalesce((
      select jsonb_agg(jsonb_build_object('from', lower(pause), 'to', upper(pause)) order by pause)
      from unnest(p_workout.pauses) as pause
    ), '[]'),
    'active_seconds', private.active_seconds(
      p_workout.started_at, coalesce(p_workout.ended_at, p_workout.paused_at, now()), p_workout.pauses
    ),
    'exercises', coalesce((
      select jsonb_agg(
        private.shown(to_jsonb(workout_exercises)) || jsonb_build_object('sets', coalesce(logged.sets, '[]'))
        order by workout_exercises.position
      )
      from public.workout_exercises
      left join (
        select
          workout_sets.workout_exercise_id,
          jsonb_agg(
            private.shown(to_jsonb(workout_sets))
            order by workout_sets.set_index, workout_sets.side
          ) as sets
        from public.workout_sets
        where workout_sets.workout_id = p_workout.id
        group by workout_sets.workout_exercise_id
      ) as logged on logged.workout_exercise_id = workout_exercises.id
      where workout_exercises.workout_id = p_workout.id
    ), '[]'),
    'records', coalesce((
      select jsonb_agg(to_jsonb(personal_records) order by personal_records.achieved_at, personal_records.kind)
      from public.personal_records
      where personal_records.workout_id = p_workout.id
        and personal_records.revoked_at is null
    ), '[]'),
    'conflict_count', (
      select count(*)
      from public.workout_conflicts
      where workout_conflicts.user_id = auth.uid()
        and workout_conflicts.workout_id = p_workout.id
        and workout_conflicts.resolved_at is null
    )
  );
end;
$$;

grant execute on function private.workout_document(public.workouts) to authenticated;
comment on function private.workout_document(public.workouts) is
  'A workout with its exercises, their sets and its records, as far as the caller may see them.';

create function public.get_workout(workout_id uuid default null)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_document jsonb;
begin
  perform private.current_user_id();
  select private.workout_document(workouts)
  into v_document
  from public.workouts
  where workouts.id = get_workout.workout_id;

  v_document := coalesce(v_document, private.shared_workout_document(get_workout.workout_id));

  if v_document is null then
    perform private.fail('workout_not_found');
  end if;

  return v_document;
end;
$$;

grant execute on function public.get_workout(uuid) to authenticated;
comment on function public.get_workout(uuid) is
  'The whole workout: its fields, exercises with their sets in order, pauses, and the records achieved in it. Of somebody
else''s what they show: no notes and moods, and records and what tells of the body where they share their progress.
Fails with workout_not_found.';

create function public.active_workout()
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select private.workout_document(workouts)
  from public.workouts
  where workouts.user_id = private.current_user_id()
    and workouts.status = 'in_progress';
$$;

grant execute on function public.active_workout() to authenticated;
comment on function public.active_workout() is
  'The caller''s workout in progress as get_workout answers it, or null.';

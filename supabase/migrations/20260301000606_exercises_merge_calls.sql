-- Merging, as it is called: by admins for any exercise, by athletes for their own.

create function private.audit_merge(p_action text, p_from public.exercises, p_into public.exercises)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.audit_exercise(p_action, p_from, jsonb_build_object('into_id', p_into.id));

  if private.exercise_creator(p_into) is distinct from private.exercise_creator(p_from) then
    perform private.audit_exercise(p_action, p_into, jsonb_build_object('from_id', p_from.id));
  end if;
end;
$$;

comment on function private.audit_merge(text, public.exercises, public.exercises) is
  'Adds a merge by an admin to the audit log, where the athletes who added the two exercises find it.';

-- definer: the history of everyone who trained with it moves; check_merge says who may. Locked in the order of ids.
create function private.merge_exercises(p_from_id uuid, p_into_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_first public.exercises := private.exercise_for_merge(least(p_from_id, p_into_id));
  v_second public.exercises := private.exercise_for_merge(greatest(p_from_id, p_into_id));
  v_from public.exercises := case p_from_id when v_first.id then v_first when v_second.id then v_second end;
  v_into public.exercises := case p_into_id when v_first.id then v_first when v_second.id then v_second end;
  v_merge private.exercise_merges;
  v_moved integer := 0;
begin
  if v_from.merged_into is distinct from v_into.id or v_into.id is null then
    perform private.check_merge(v_from, v_into);

    insert into private.exercise_merges (from_id, into_id, was_active, merged_by)
    values (v_from.id, v_into.id, v_from.is_active, v_user_id)
    returning exercise_merges.* into v_merge;

    if v_from.created_by is distinct from v_user_id or v_from.review_status = 'approved' then
      perform private.audit_merge('exercise_merged', v_from, v_into);
    end if;

    -- What was merged into the one that goes is the kept one now, too: a redirect is one step long.
    update public.exercises
    set is_active = false,
      merged_into = v_into.id
    where v_from.id in (exercises.id, exercises.merged_into);

    insert into public.exercise_ratings (exercise_id, user_id, rating)
    select v_into.id, exercise_ratings.user_id, exercise_ratings.rating
    from public.exercise_ratings
    where exercise_ratings.exercise_id = v_from.id
      and exercise_ratings.user_id is distinct from private.exercise_creator(v_into)
    on conflict do nothing;

    v_moved := private.move_merged_history(v_merge);
    perform private.count_exercise_usage(array[v_from.id, v_into.id]);
  end if;

  return jsonb_build_object(
    'from_id', v_from.id,
    'into_id', v_into.id,
    'moved', v_moved,
    'is_complete', not exists (
      select from public.workout_exercises
      where workout_exercises.exercise_id = v_from.id
    )
  );
end;
$$;

grant execute on function private.merge_exercises(uuid, uuid) to authenticated;
comment on function private.merge_exercises(uuid, uuid) is 'Does the work of public.merge_exercises.';

create function public.merge_exercises(from_id uuid default null, into_id uuid default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.merge_exercises(from_id, into_id);
$$;

grant execute on function public.merge_exercises(uuid, uuid) to authenticated;
comment on function public.merge_exercises(uuid, uuid) is
  'Makes one exercise of two: history, records, statistics and ratings of from_id become those of into_id, workouts keep the
name that was logged, and the old id goes on meaning the kept exercise. For admins; athletes merge their own exercises.
Answers {from_id, into_id, moved, is_complete}: the history of a hundred athletes moves at once, the rest within minutes.
The same call again answers the same. What an admin merges is in the access logs of those who added the two.
Fails with not_authenticated, admin_only, exercise_not_found, exercise_merged, exercises_not_alike, invalid_argument or busy.';

-- definer: as for merge_exercises.
create function private.unmerge_exercise(p_exercise_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_exercise public.exercises := private.exercise_for_merge(p_exercise_id);
  v_into public.exercises;
  v_merge private.exercise_merges;
  v_ids uuid[];
begin
  perform private.current_user_id();
  select exercise_merges.*
  into v_merge
  from private.exercise_merges
  where exercise_merges.from_id = v_exercise.id
    and exercise_merges.undone_at is null
  order by exercise_merges.created_at desc
  limit 1;

  if not found then
    perform private.fail('exercise_not_found', 'it is not merged');
  elsif v_exercise.created_by is distinct from auth.uid() and not private.is_admin() then
    perform private.fail('admin_only');
  elsif v_exercise.review_status = 'approved' and not private.is_admin() then
    perform private.fail('admin_only');
  end if;

  if v_exercise.created_by is distinct from auth.uid() or v_exercise.review_status = 'approved' then
    select exercises.*
    into v_into
    from public.exercises
    where exercises.id = v_merge.into_id;

    perform private.audit_merge('exercise_unmerged', v_exercise, v_into);
  end if;

  v_ids := array(
    select exercise_merge_rows.workout_exercise_id
    from private.exercise_merge_rows
    join public.workout_exercises on workout_exercises.id = exercise_merge_rows.workout_exercise_id
    where exercise_merge_rows.merge_id = v_merge.id
      and workout_exercises.exercise_id = v_exercise.merged_into
  );

  update public.exercises
  set is_active = v_merge.was_active,
    merged_into = null
  where exercises.id = v_exercise.id;

  -- What had been merged into this one before is its own again.
  update public.exercises
  set merged_into = v_exercise.id
  from private.exercise_merges as earlier
  where earlier.into_id = v_exercise.id
    and earlier.undone_at is null
    and exercises.id = earlier.from_id;

  update private.exercise_merges
  set undone_at = now()
  where exercise_merges.id = v_merge.id;

  perform private.move_workout_exercises(v_ids, v_exercise.id);
  perform private.count_exercise_usage(array[v_exercise.id, v_merge.into_id]);
  return jsonb_build_object('exercise_id', v_exercise.id, 'moved', cardinality(v_ids));
end;
$$;

grant execute on function private.unmerge_exercise(uuid) to authenticated;
comment on function private.unmerge_exercise(uuid) is 'Does the work of public.unmerge_exercise.';

create function public.unmerge_exercise(exercise_id uuid default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.unmerge_exercise(exercise_id);
$$;

grant execute on function public.unmerge_exercise(uuid) to authenticated;
comment on function public.unmerge_exercise(uuid) is
  'Takes a merge back: the exercise is offered as before, and what the merge moved is its history again. What was logged
since, by either id, stays with the kept exercise, as do copied ratings. Answers {exercise_id, moved}. What an admin
takes back is in the access logs as what they merge.
Fails with not_authenticated, admin_only, exercise_not_found or busy.';

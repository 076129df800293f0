-- History of an exercise: what its athlete did last time, and the time before.

create function public.exercise_history(
  exercise_id uuid default null,
  cursor text default null,
  "limit" integer default 20
)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
-- The policy counts the condition on the athlete twice, so the planner expects next to nothing, and would rather read and
-- sort the whole history than walk the index backwards.
set enable_bitmapscan = off
set enable_sort = off
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_exercise_id uuid := private.current_exercise_id(exercise_history.exercise_id);
  v_limit integer := private.page_size(exercise_history."limit");
  v_after jsonb := private.decode_cursor(exercise_history.cursor, array['timestamptz', 'uuid']);
begin
  return (
    with page as (
      select
        workout_sets.*,
        row_number() over (order by workout_sets.completed_at desc, workout_sets.id desc) as place
      from public.workout_sets
      where workout_sets.user_id = v_user_id
        and workout_sets.exercise_id = v_exercise_id
        and workout_sets.is_counted
        and workout_sets.completed_at <= coalesce((v_after ->> 0)::timestamptz, 'infinity')
        and (v_after is null
          or (workout_sets.completed_at, workout_sets.id) < ((v_after ->> 0)::timestamptz, (v_after ->> 1)::uuid))
      order by workout_sets.completed_at desc, workout_sets.id desc
      limit v_limit + 1
    )
    select jsonb_build_object(
      'items', coalesce(
        jsonb_agg(to_jsonb(page) - '{place,request_hash}'::text[] order by page.place) filter (where page.place <= v_limit),
        '[]'
      ),
      'next_cursor', case when count(*) > v_limit then (
        select private.encode_cursor(jsonb_build_array(last.completed_at, last.id))
        from page as last
        where last.place = v_limit
      ) end
    )
    from page
  );
end;
$$;

grant execute on function public.exercise_history(uuid, text, integer) to authenticated;
comment on function public.exercise_history(uuid, text, integer) is
  'The caller''s sets of an exercise that count, latest first, by its id or that of one that was merged into it.
Answers {items, next_cursor}; nothing where there is no such exercise.
Fails with not_authenticated, invalid_cursor or invalid_limit.';

-- Usage: how often the exercises of the library are done. Counted by a job: were it counted by every workout, all athletes
-- who bench at the same moment would wait for one row.

create extension if not exists pg_cron;

create function private.count_exercise_usage(p_exercise_ids uuid[] default null)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  update public.exercises
  set usage_count = used.workout_count
  from (
    select exercises.id, count(distinct workout_exercises.workout_id) as workout_count
    from public.exercises
    left join public.workout_exercises
      on workout_exercises.exercise_id = exercises.id and workout_exercises.set_count > 0
    where p_exercise_ids is null or exercises.id = any (p_exercise_ids)
    group by exercises.id
  ) as used
  where exercises.id = used.id
    and exercises.usage_count <> used.workout_count;
$$;

comment on function private.count_exercise_usage(uuid[]) is
  'Sets usage_count of these exercises, or of all, to the number of workouts with a set of it.';

select cron.schedule('count-exercise-usage', '17 * * * *', 'select private.count_exercise_usage()');

comment on column public.exercises.usage_count is 'In how many workouts it was done, counted every hour. Derived.';

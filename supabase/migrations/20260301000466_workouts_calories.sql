-- What a workout burns. Gross kcal = MET x kg x hours, one MET being 1 kcal per kg and hour: 2024 Adult Compendium of
-- Physical Activities, Herrmann et al., J Sport Health Sci 2024;13(1):6-12. Its values for resistance training are averages
-- of whole sessions, rests included; those of cardio are of the time in motion. An estimate, within 20 to 30 %.

-- definer: the library's MET of an exercise counts alike whoever's write derives it, also where the exercise is not shown.
create function private.workout_kcal(p_workout public.workouts)
returns integer
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  -- Code 02054, resistance training with several exercises, for an exercise that has none of its own.
  v_default_met constant numeric := 3.5;
  v_body_kg numeric := private.bodyweight_kg(p_workout);
begin
  return (
    with done as (
      select
        coalesce(exercises.met, v_default_met) as met,
        workout_sets.energy_kcal,
        case when workout_sets.tracking_type in ('distance_duration', 'cardio') then workout_sets.duration_seconds end as moved
      from public.workout_sets
      left join public.exercises on exercises.id = workout_sets.exercise_id
      where workout_sets.workout_id = p_workout.id
        and workout_sets.completed_at is not null
    )
    select round(
      -- A machine that counted knows better.
      coalesce(sum(coalesce(done.energy_kcal, done.met * v_body_kg * done.moved / 3600)) filter (where done.moved is not null), 0)
      + coalesce(
        avg(done.met) filter (where done.moved is null) * v_body_kg
          * greatest(p_workout.active_seconds - coalesce(sum(done.moved), 0), 0) / 3600,
        0
      )
    )
    from done
    having count(*) > 0
      and v_body_kg is not null
  );
end;
$$;

grant execute on function private.workout_kcal(public.workouts) to authenticated, service_role;
comment on function private.workout_kcal(public.workouts) is
  'The gross energy of a workout in kcal, from its active time, body weight and exercises: cardio by its own time, or as its
machine counted; the rest of the session by the mean MET of the other sets. Null without a body weight or a set.';

create function private.tg_workouts__burn()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.calories := private.workout_kcal(new);
  return new;
end;
$$;

comment on function private.tg_workouts__burn() is 'Keeps the calories of a workout that is over with its sets, time and body weight.';

create trigger _350_burn
  before insert or update on public.workouts
  for each row
  when (new.status = 'completed')
  execute function private.tg_workouts__burn();

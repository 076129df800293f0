-- The formula of one-rep maxima is the athlete's choice. All that was estimated by the old one is estimated anew, in one
-- statement, and records and statistics follow. What was lifted as a single or read from the RPE table stays.

-- definer: the sets' derived columns are not granted to the athlete whose preference they follow.
create function private.tg_preferences__estimate_again()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.lock_athletes(array[new.user_id]);

  update public.workout_sets
  set (e1rm_kg, e1rm_method, e1rm_confidence) = (
    select estimate.kg, estimate.method, estimate.confidence
    from private.e1rm(
      private.e1rm_load_kg(
        workout_sets.tracking_type, workout_sets.set_type, workout_sets.weight_kg, workout_exercises.bodyweight_fraction,
        workout_sets.bodyweight_kg
      ),
      workout_sets.reps,
      workout_sets.rpe,
      new.e1rm_formula
    ) as estimate
  )
  from public.workout_exercises
  where workout_exercises.user_id = new.user_id
    and workout_sets.workout_exercise_id = workout_exercises.id
    and workout_sets.e1rm_method in ('epley', 'brzycki', 'consensus');

  return null;
end;
$$;

comment on function private.tg_preferences__estimate_again() is
  'Estimates one-rep maxima anew by the formula that the athlete has chosen. Its cost grows with their sets.';

create trigger _400_estimate_again
  after update of e1rm_formula on public.preferences
  for each row
  when (old.e1rm_formula <> new.e1rm_formula)
  execute function private.tg_preferences__estimate_again();

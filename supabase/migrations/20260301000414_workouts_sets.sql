-- What a set is, whoever writes it: an exercise brings its own facts, and a set is weighed by them.

-- An exercise brings its facts -----------------------------------------------------------------------------------------

create function private.tg_workout_exercises__describe()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_workout public.workouts;
  v_exercise public.exercises;
begin
  select workouts.*
  into v_workout
  from public.workouts
  where workouts.id = new.workout_id
    and workouts.user_id = coalesce(auth.uid(), workouts.user_id);

  if not found then
    perform private.fail('workout_not_found');
  elsif v_workout.status not in ('planned', 'in_progress') and not private.is_importing() then
    perform private.fail('workout_not_active', format('it is %s', v_workout.status));
  end if;

  select exercises.*
  into v_exercise
  from public.exercises
  where exercises.id = private.current_exercise_id(new.exercise_id);

  if not found then
    perform private.fail('exercise_not_found');
  end if;

  new.user_id := v_workout.user_id;
  new.exercise_id := v_exercise.id;
  new.exercise_name := v_exercise.name;
  new.tracking_type := v_exercise.tracking_type;
  new.weight_entry := v_exercise.weight_entry;
  new.unilateral := v_exercise.unilateral;
  new.bodyweight_fraction := v_exercise.bodyweight_fraction;

  if new.position is null then
    select coalesce(max(workout_exercises.position) + 1, 0)
    into new.position
    from public.workout_exercises
    where workout_exercises.workout_id = new.workout_id;
  end if;

  return new;
end;
$$;

comment on function private.tg_workout_exercises__describe() is
  'Takes the athlete from the workout and the facts from an exercise that the caller may see; the next place if none
is given.';

-- A set is weighed -----------------------------------------------------------------------------------------------------

create function private.check_set_place(p_set public.workout_sets)
returns smallint
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_next smallint;
  v_taken boolean;
begin
  select
    coalesce(max(workout_sets.set_index) + 1, 0),
    coalesce(bool_or(
      workout_sets.set_index = p_set.set_index and workout_sets.side is not distinct from p_set.side
    ), false)
  into v_next, v_taken
  from public.workout_sets
  where workout_sets.workout_exercise_id = p_set.workout_exercise_id
    and workout_sets.id <> p_set.id;

  if v_taken then
    perform private.fail('set_index_taken', format('set_index %s', p_set.set_index));
  end if;

  return coalesce(p_set.set_index, v_next);
end;
$$;

grant execute on function private.check_set_place(public.workout_sets) to authenticated, service_role;
comment on function private.check_set_place(public.workout_sets) is
  'The place of a new set: its own, or the next. Fails with set_index_taken when another set stands there.';

create function private.tg_workout_sets__effort()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if new.rpe is distinct from old.rpe and new.rir is not distinct from old.rir then
    new.rir := 10 - new.rpe;
  elsif new.rir is distinct from old.rir and new.rpe is not distinct from old.rpe then
    new.rpe := 10 - new.rir;
  end if;

  return new;
end;
$$;

comment on function private.tg_workout_sets__effort() is
  'Lets RPE and repetitions in reserve follow each other: whichever is written says the other.';

-- A mini-set may arrive before the set that it continues: a phone sends what it has in any order.
create function private.tg_workout_sets__continue()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if new.set_type not in ('drop', 'rest_pause', 'myo_rep', 'cluster') then
    perform private.fail('invalid_set', 'a set of this type continues no other: parent_set_id must be null');
  elsif exists (
    select from public.workout_sets as parent
    where parent.id = new.parent_set_id
      and parent.user_id = coalesce(auth.uid(), parent.user_id)
      and (parent.workout_exercise_id <> new.workout_exercise_id or parent.parent_set_id is not null)
  ) or exists (
    select from public.workout_sets as child
    where child.workout_exercise_id = new.workout_exercise_id
      and child.parent_set_id = new.id
  ) then
    perform private.fail('invalid_set', 'parent_set_id must be a set of the same exercise that continues no other');
  end if;

  return new;
end;
$$;

comment on function private.tg_workout_sets__continue() is
  'Holds drops and mini-sets to the set that they continue.';

create function private.tg_workout_sets__weigh()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_exercise record;
  v_weighing private.weighing;
begin
  select
    workout_exercises.user_id,
    workout_exercises.workout_id,
    workout_exercises.exercise_id,
    workout_exercises.tracking_type,
    workout_exercises.weight_entry,
    workout_exercises.unilateral,
    workout_exercises.bodyweight_fraction,
    workouts.status,
    workouts.started_at,
    workouts.ended_at,
    private.bodyweight_kg(workouts) as bodyweight_kg,
    coalesce(preferences.e1rm_formula, 'epley') as e1rm_formula
  into v_exercise
  from public.workout_exercises
  join public.workouts on workouts.id = workout_exercises.workout_id
  left join public.preferences on preferences.user_id = workouts.user_id
  where workout_exercises.id = new.workout_exercise_id
    and workout_exercises.user_id = coalesce(auth.uid(), workout_exercises.user_id);

  if not found then
    perform private.fail('workout_exercise_not_found');
  end if;

  -- Sets are done in a workout that is on, by insert or by update; those that were done may be corrected later.
  if (
    (new.completed_at is not null and old.completed_at is null and v_exercise.status <> 'in_progress')
    or (tg_op = 'INSERT' and v_exercise.status not in ('planned', 'in_progress'))
  ) and not private.is_importing() then
    perform private.fail('workout_not_active', format('it is %s', v_exercise.status));
  end if;

  if tg_op = 'INSERT' then
    new.set_index := private.check_set_place(new);
  end if;

  perform private.check_time(
    'completed_at',
    new.completed_at,
    v_exercise.started_at,
    coalesce(v_exercise.ended_at, v_exercise.started_at + interval '24 hours')
  );

  new.user_id := v_exercise.user_id;
  new.workout_id := v_exercise.workout_id;
  new.exercise_id := v_exercise.exercise_id;
  new.tracking_type := v_exercise.tracking_type;
  new.weight_kg := trim_scale(round(new.weight_kg, 10));
  new.bodyweight_kg := v_exercise.bodyweight_kg;
  v_weighing := private.weigh(
    new, v_exercise.weight_entry, v_exercise.unilateral, v_exercise.bodyweight_fraction, v_exercise.status,
    v_exercise.e1rm_formula
  );
  new.is_counted := v_weighing.is_counted;
  new.load_kg := v_weighing.load_kg;
  new.volume_kg := v_weighing.volume_kg;
  new.effective_volume_kg := v_weighing.effective_volume_kg;
  new.e1rm_kg := v_weighing.e1rm_kg;
  new.e1rm_method := v_weighing.e1rm_method;
  new.e1rm_confidence := v_weighing.e1rm_confidence;
  return new;
end;
$$;

comment on function private.tg_workout_sets__weigh() is
  'Takes a set''s facts from its exercise, holds its time to its workout, and derives load, volume and one-rep maximum.';

create trigger _200_describe
  before insert on public.workout_exercises
  for each row execute function private.tg_workout_exercises__describe();
create trigger _150_effort
  before insert on public.workout_sets
  for each row
  when (new.rpe is not null or new.rir is not null)
  execute function private.tg_workout_sets__effort();
create trigger _150_effort_again
  before update of rpe, rir on public.workout_sets
  for each row execute function private.tg_workout_sets__effort();
create trigger _160_continue
  before insert or update of parent_set_id, set_type on public.workout_sets
  for each row
  when (new.parent_set_id is not null)
  execute function private.tg_workout_sets__continue();
create trigger _200_weigh
  before insert on public.workout_sets
  for each row execute function private.tg_workout_sets__weigh();
create trigger _200_weigh_again
  before update of
    set_type, side, parent_set_id, weight_kg, reps, duration_seconds, distance_m, rpe, rir, completed_at, load_kg
  on public.workout_sets
  for each row execute function private.tg_workout_sets__weigh();

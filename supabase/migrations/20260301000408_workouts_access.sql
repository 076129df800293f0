-- Who may do what with workouts, their exercises and their sets. Nothing is reachable that is not in these lists.

-- Policies -------------------------------------------------------------------------------------------------------------

create policy select_own on public.workouts
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.workouts
  for insert to authenticated
  with check (user_id = (select auth.uid()) and status in ('planned', 'in_progress'));

create policy update_own on public.workouts
  for update to authenticated
  using (user_id = (select auth.uid()));

create policy delete_own on public.workouts
  for delete to authenticated
  using (user_id = (select auth.uid()));

create policy select_own on public.workout_exercises
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.workout_exercises
  for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy update_own on public.workout_exercises
  for update to authenticated
  using (user_id = (select auth.uid()));

create policy delete_own on public.workout_exercises
  for delete to authenticated
  using (user_id = (select auth.uid()));

create policy select_own on public.workout_sets
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.workout_sets
  for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy update_own on public.workout_sets
  for update to authenticated
  using (user_id = (select auth.uid()));

create policy delete_own on public.workout_sets
  for delete to authenticated
  using (user_id = (select auth.uid()));

create policy select_involved on public.workout_shares
  for select to authenticated
  using (
    owner_id = (select auth.uid())
    or (user_id = (select auth.uid()) and owner_id in (select private.friend_ids()))
  );

create policy delete_involved on public.workout_shares
  for delete to authenticated
  using (owner_id = (select auth.uid()) or user_id = (select auth.uid()));

comment on policy select_own on public.workouts is
  'The athlete alone; what others share is read through get_workout and shared_workouts.';
comment on policy insert_own on public.workouts is 'One''s own, not yet over.';
comment on policy update_own on public.workouts is 'The athlete alone, in the granted columns.';
comment on policy delete_own on public.workouts is 'The athlete alone.';

comment on policy select_own on public.workout_exercises is 'The athlete alone, as for the workout.';
comment on policy insert_own on public.workout_exercises is 'Into one''s own workouts.';
comment on policy update_own on public.workout_exercises is 'The athlete alone, in the granted columns.';
comment on policy delete_own on public.workout_exercises is 'The athlete alone.';

comment on policy select_own on public.workout_sets is 'The athlete alone, as for the workout.';
comment on policy insert_own on public.workout_sets is 'Into one''s own workouts.';
comment on policy update_own on public.workout_sets is 'The athlete alone, in the granted columns.';
comment on policy delete_own on public.workout_sets is 'The athlete alone.';

comment on policy select_involved on public.workout_shares is 'Both sides of it, while they are friends.';
comment on policy delete_involved on public.workout_shares is 'The athlete takes it back; whom it is with gives it up.';

-- Grants ---------------------------------------------------------------------------------------------------------------

-- What triggers derive is in none of these lists.
grant select, delete on public.workouts to authenticated;
grant insert (
  id, template_id, template_day_id, name, status, planned_for, timezone, started_at, location, mood_before, energy, notes, visibility, bodyweight_kg,
  request_hash
) on public.workouts to authenticated;
grant update (
  name, status, planned_for, timezone, started_at, ended_at, paused_at, location, mood_before, mood_after, energy,
  notes, visibility, bodyweight_kg, current_exercise_index, current_set_index, rest_started_at, rest_ends_at,
  expected_version, request_hash
) on public.workouts to authenticated;

grant select, delete on public.workout_exercises to authenticated;
grant insert (id, workout_id, exercise_id, position, section, superset_group, group_type, notes, request_hash)
  on public.workout_exercises to authenticated;
grant update (position, section, superset_group, group_type, notes, expected_version)
  on public.workout_exercises to authenticated;

grant select, delete on public.workout_sets to authenticated;
grant insert (
  id, workout_exercise_id, parent_set_id, set_index, set_type, side, planned_weight_kg, planned_reps_min,
  planned_reps_max, planned_duration_seconds, planned_distance_m, planned_rpe, planned_rest_seconds, planned_tempo,
  weight_kg, entered_unit, reps, duration_seconds, distance_m, energy_kcal, average_heart_rate, max_heart_rate,
  incline_percent, speed_mps, level, power_watts, floors, steps, rpe, rir, rest_seconds, tempo, notes, completed_at,
  request_hash
) on public.workout_sets to authenticated;
grant update (
  parent_set_id, set_index, set_type, side, planned_weight_kg, planned_reps_min, planned_reps_max,
  planned_duration_seconds, planned_distance_m, planned_rpe, planned_rest_seconds, planned_tempo, weight_kg,
  entered_unit, reps, duration_seconds, distance_m, energy_kcal, average_heart_rate, max_heart_rate, incline_percent,
  speed_mps, level, power_watts, floors, steps, rpe, rir, rest_seconds, tempo, notes, completed_at, expected_version,
  request_hash
) on public.workout_sets to authenticated;

-- No insert: a share appears in the lists of whom it is with, so that nobody gets one unasked.
grant select, delete on public.workout_shares to authenticated;

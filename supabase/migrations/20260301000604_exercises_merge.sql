-- Merging: two exercises turn out to be one. History moves to the one that is kept, what is derived follows by the same
-- triggers as ever, and the old id goes on meaning the kept one: a phone that was offline does not know better.

insert into private.error_codes (code, status, message, hint)
values
  ('exercises_not_alike', 409, 'The sets of the two exercises mean different things.',
   'Merge exercises of the same tracking type, weight entry and share of body weight, both one-sided or neither; the details say what differs.'),
  ('exercise_merged', 409, 'The exercise was merged already.', 'The details have the exercise that it was merged into.');

-- Tables ---------------------------------------------------------------------------------------------------------------

create table private.exercise_merges (
  id         uuid primary key default private.uuid_v7(),
  from_id    uuid not null references public.exercises (id) on delete cascade,
  into_id    uuid not null references public.exercises (id) on delete cascade,
  was_active boolean not null,
  merged_by  uuid references public.profiles (user_id) on delete set null,
  created_at timestamptz not null default now(),
  undone_at  timestamptz
);

create table private.exercise_merge_rows (
  merge_id            uuid not null references private.exercise_merges (id) on delete cascade,
  workout_exercise_id uuid not null references public.workout_exercises (id) on delete cascade,
  primary key (workout_exercise_id, merge_id)
);

create index exercise_merges_from_id_idx on private.exercise_merges (from_id, created_at desc);
create index exercise_merges_into_id_idx on private.exercise_merges (into_id);
create index exercise_merges_merged_by_idx on private.exercise_merges (merged_by);
create index exercise_merge_rows_merge_id_idx on private.exercise_merge_rows (merge_id);

alter table private.exercise_merges enable row level security;
alter table private.exercise_merge_rows enable row level security;

comment on table private.exercise_merges is 'What was merged into what: enough to take it back.';
comment on column private.exercise_merges.id is 'Made by the server.';
comment on column private.exercise_merges.from_id is 'The exercise that is a redirect now.';
comment on column private.exercise_merges.into_id is 'The one that was kept.';
comment on column private.exercise_merges.was_active is 'Whether from_id was offered.';
comment on column private.exercise_merges.merged_by is 'Who did it; null once that account is gone.';
comment on column private.exercise_merges.created_at is 'When.';
comment on column private.exercise_merges.undone_at is 'When it was taken back; null while it holds.';
comment on table private.exercise_merge_rows is 'Which exercises of which workouts a merge moved.';
comment on column private.exercise_merge_rows.merge_id is 'The merge.';
comment on column private.exercise_merge_rows.workout_exercise_id is 'The exercise in a workout.';

-- Moving ---------------------------------------------------------------------------------------------------------------

create function private.move_workout_exercises(p_ids uuid[], p_exercise_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.lock_athletes(array(
    select distinct workout_exercises.user_id
    from public.workout_exercises
    where workout_exercises.id = any (p_ids)
  ));

  -- The sets first, all in one statement, so that what is derived is derived once; the cascade then finds none to move.
  set constraints public.workout_sets_workout_exercise_id_fkey deferred;

  update public.workout_sets
  set exercise_id = p_exercise_id
  where workout_sets.workout_exercise_id = any (p_ids);

  update public.workout_exercises
  set exercise_id = p_exercise_id
  where workout_exercises.id = any (p_ids);

  set constraints public.workout_sets_workout_exercise_id_fkey immediate;
end;
$$;

comment on function private.move_workout_exercises(uuid[], uuid) is
  'Lets exercises of workouts, with their sets, be another exercise; names stay as they were logged. Fails with busy.';

create function private.move_merged_history(p_merge private.exercise_merges)
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_athletes_at_once constant integer := 100;
  v_ids uuid[] := array(
    select workout_exercises.id
    from public.workout_exercises
    where workout_exercises.exercise_id = p_merge.from_id
      and workout_exercises.user_id in (
        select distinct trained.user_id
        from public.workout_exercises as trained
        where trained.exercise_id = p_merge.from_id
        order by trained.user_id
        limit v_athletes_at_once
      )
  );
begin
  perform private.move_workout_exercises(v_ids, (
    select exercises.merged_into
    from public.exercises
    where exercises.id = p_merge.from_id
  ));

  insert into private.exercise_merge_rows (merge_id, workout_exercise_id)
  select p_merge.id, moved.id
  from unnest(v_ids) as moved (id)
  on conflict do nothing;

  return cardinality(v_ids);
end;
$$;

comment on function private.move_merged_history(private.exercise_merges) is
  'Moves the history of the next hundred athletes who trained with a merged exercise, and answers how much it was.';

create function private.continue_merges()
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_merge private.exercise_merges;
begin
  for v_merge in
    select exercise_merges.*
    from private.exercise_merges
    where exercise_merges.undone_at is null
      and exists (
        select from public.workout_exercises
        where workout_exercises.exercise_id = exercise_merges.from_id
      )
    order by exercise_merges.created_at
  loop
    perform private.move_merged_history(v_merge);
  end loop;
end;
$$;

comment on function private.continue_merges() is
  'Moves what a merge left for later: a hundred athletes at a time, and who was writing while it happened.';

select cron.schedule('continue-exercise-merges', '* * * * *', 'select private.continue_merges()');

-- Rules ----------------------------------------------------------------------------------------------------------------

create function private.check_merge(p_from public.exercises, p_into public.exercises)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_is_own constant boolean := p_from.created_by = auth.uid() and p_from.review_status <> 'approved';
begin
  if p_from.id is null or p_into.id is null then
    perform private.fail('exercise_not_found');
  elsif v_is_own is not true and not private.is_admin() then
    perform private.fail('admin_only', 'from_id is not an exercise of one''s own that waits for approval');
  elsif p_from.id = p_into.id then
    perform private.fail('invalid_argument', 'from_id and into_id must be two exercises');
  elsif p_from.merged_into is not null then
    perform private.fail('exercise_merged', p_from.merged_into::text);
  elsif p_into.merged_into is not null then
    perform private.fail('exercise_merged', p_into.merged_into::text);
  elsif not p_into.is_active then
    perform private.fail('invalid_argument', 'into_id must be offered');
  elsif p_into.review_status <> 'approved' and (
    p_into.created_by is distinct from p_from.created_by
    or exists (
      select from public.workout_exercises
      where workout_exercises.exercise_id = p_from.id
        and workout_exercises.user_id <> p_into.created_by
    )
  ) then
    perform private.fail('invalid_argument', 'into_id must be approved, unless all that moves is its creator''s');
  elsif (p_from.tracking_type, p_from.weight_entry, p_from.unilateral, p_from.bodyweight_fraction)
    is distinct from (p_into.tracking_type, p_into.weight_entry, p_into.unilateral, p_into.bodyweight_fraction)
  then
    perform private.fail('exercises_not_alike', format(
      'from %s, into %s',
      jsonb_build_array(p_from.tracking_type, p_from.weight_entry, p_from.unilateral, p_from.bodyweight_fraction),
      jsonb_build_array(p_into.tracking_type, p_into.weight_entry, p_into.unilateral, p_into.bodyweight_fraction)
    ));
  end if;
end;
$$;

comment on function private.check_merge(public.exercises, public.exercises) is
  'Fails unless the caller may merge these and their sets mean the same.';

create function private.exercise_for_merge(p_exercise_id uuid)
returns public.exercises
language sql
volatile
security invoker
set search_path = ''
as $$
  select exercises.*
  from public.exercises
  where exercises.id = p_exercise_id
    and (
      (exercises.review_status = 'approved' and exercises.is_active)
      or exercises.created_by = (select auth.uid())
      or (select private.is_admin())
    )
  for no key update;
$$;

comment on function private.exercise_for_merge(uuid) is
  'An exercise that the caller sees, locked against other merges and reviews; null for any other.';

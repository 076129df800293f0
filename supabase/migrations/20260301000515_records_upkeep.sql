-- The ledger's upkeep: which sets it has to be asked about, once per statement, and what is celebrated.

-- Probes by key for each row: the plan is kept from the first, small statement, and serves the large ones too.
create function private.changed_timelines(p_set_ids uuid[], p_workout_ids uuid[], p_exercise_ids uuid[])
returns table (user_id uuid, exercise_id uuid, changed_from timestamptz)
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return query
  with session as materialized (
    select distinct pair.workout_id, pair.exercise_id
    from unnest(p_workout_ids, p_exercise_ids) as pair (workout_id, exercise_id)
  ),
  change as (
    -- What they held.
    select held.user_id, held.exercise_id, held.achieved_at
    from public.personal_records as held
    where held.set_id = any (p_set_ids)
      and held.revoked_at is null
    union all
    select held.user_id, held.exercise_id, held.achieved_at
    from session
    join public.personal_records as held
      on held.workout_id = session.workout_id
      and held.exercise_id = session.exercise_id
      and held.revoked_at is null
      and private.is_session_kind(held.kind)
    -- What they come to.
    union all
    select ahead.user_id, ahead.exercise_id, ahead.achieved_at
    from private.ahead_of_records(p_set_ids, p_workout_ids, p_exercise_ids) as ahead
  )
  select change.user_id, change.exercise_id, min(change.achieved_at)
  from change
  group by change.user_id, change.exercise_id
  order by change.user_id, change.exercise_id;
end;
$$;

comment on function private.changed_timelines(uuid[], uuid[], uuid[]) is
  'Of which exercises the ledger has to be read again, and from when, after these sets changed, of these workouts and
exercises: because they hold a record, or beat one.';

-- definer: the ledger is the product's; nobody may write it.
create function private.tg_workout_sets__record()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_set_ids uuid[];
  v_workout_ids uuid[];
  v_exercise_ids uuid[];
  -- The only one that came to count, if there is just one.
  v_new public.workout_sets;
begin
  if tg_op = 'INSERT' then
    select array_agg(added.id), array_agg(added.workout_id), array_agg(added.exercise_id)
    into v_set_ids, v_workout_ids, v_exercise_ids
    from added
    where added.is_counted;

    if cardinality(v_set_ids) = 1 then
      select added.*
      into v_new
      from added
      where added.is_counted;
    end if;
  elsif tg_op = 'DELETE' then
    -- Sets that go with their account leave no ledger to be kept.
    select array_agg(removed.id), array_agg(removed.workout_id), array_agg(removed.exercise_id)
    into v_set_ids, v_workout_ids, v_exercise_ids
    from removed
    join public.profiles on profiles.user_id = removed.user_id;
  else
    -- No join: the plan is kept from the first, small update, and would be a nested loop for the large ones too.
    select array_agg(changed.id), array_agg(changed.workout_id), array_agg(changed.exercise_id)
    into v_set_ids, v_workout_ids, v_exercise_ids
    from (
      with before as (
        select id, workout_id, exercise_id, completed_at, set_index, side, is_counted, reps, volume_kg,
          private.record_offers(removed)
        from removed
      ),
      after as (
        select id, workout_id, exercise_id, completed_at, set_index, side, is_counted, reps, volume_kg,
          private.record_offers(added)
        from added
      )
      (table before except table after) union all (table after except table before)
    ) as changed;

    -- A planned set that was done.
    if (select count(*) = 1 and not bool_or(removed.is_counted) from removed) then
      select added.*
      into v_new
      from added
      where added.is_counted;
    end if;
  end if;

  if v_set_ids is null or (v_new.id is not null and private.append_to_ledger(v_new)) then
    return null;
  end if;

  perform private.replay_records(change.user_id, change.exercise_id, change.changed_from)
  from private.changed_timelines(v_set_ids, v_workout_ids, v_exercise_ids) as change;

  if tg_op = 'DELETE' then
    update public.personal_records
    set set_id = null
    where personal_records.set_id = any (v_set_ids);
  end if;

  return null;
end;
$$;

comment on function private.tg_workout_sets__record() is
  'Brings the ledger up to date once per statement. What remains of the records of deleted sets forgets them.';

-- definer: as for tg_workout_sets__record.
create function private.tg_workouts__forget()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.personal_records
  set workout_id = null
  where personal_records.workout_id = old.id;

  return null;
end;
$$;

comment on function private.tg_workouts__forget() is 'What remains of the records of a deleted workout forgets it.';

-- Sets of the present actor's last statement alone: one message for each, with all that it achieved.
-- definer: clients may not write realtime.messages; a message from the database is the product's word.
create function private.tg_personal_records__announce()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.announce('workout:' || achieved.workout_id, 'pr:achieved', jsonb_build_object(
    'workout_id', achieved.workout_id,
    'set_id', achieved.set_id,
    'exercise_id', achieved.exercise_id,
    'records', achieved.records
  ))
  from (
    select
      added.workout_id, added.set_id, added.exercise_id,
      jsonb_agg(to_jsonb(added) order by added.kind, added.at_reps) as records
    from added
    join public.workouts on workouts.id = added.workout_id
    where not added.is_baseline
      and workouts.status = 'in_progress'
      and private.is_live(added.achieved_at)
      and not exists (
        select from public.personal_records as announced
        where announced.workout_id = added.workout_id
          and announced.exercise_id = added.exercise_id
          and announced.kind = added.kind
          and announced.at_reps is not distinct from added.at_reps
          and announced.id <> added.id
          and not announced.is_baseline
          and (
            announced.set_id = added.set_id
            or private.is_session_kind(added.kind)
            -- Deleted and logged anew.
            or (announced.revoked_because = 'set_deleted'
              and announced.value = added.value
              and announced.at_weight_kg is not distinct from added.at_weight_kg)
          )
      )
    group by added.workout_id, added.set_id, added.exercise_id
  ) as achieved;

  return null;
end;
$$;

comment on function private.tg_personal_records__announce() is
  'Celebrates what a set of the workout that is on achieved, all in one message, and each of it once: not when a correction,
or the same set logged anew, makes it a record again. The first ever of an exercise is not celebrated.';

-- Before the totals, so that what they announce has the number of records, too: one message for a set.
create trigger _495_record_insert
  after insert on public.workout_sets
  referencing new table as added
  for each statement execute function private.tg_workout_sets__record();
create trigger _495_record_update
  after update on public.workout_sets
  referencing old table as removed new table as added
  for each statement execute function private.tg_workout_sets__record();
create trigger _495_record_delete
  after delete on public.workout_sets
  referencing old table as removed
  for each statement execute function private.tg_workout_sets__record();
create trigger _600_forget
  after delete on public.workouts
  for each row execute function private.tg_workouts__forget();
create trigger _900_announce
  after insert on public.personal_records
  referencing new table as added
  for each statement execute function private.tg_personal_records__announce();

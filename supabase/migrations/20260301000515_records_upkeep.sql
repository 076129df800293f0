-- The ledger's upkeep: which sets it has to be asked about, once per statement, and what is celebrated.

-- A set that does not beat the record standing at its time changes nothing, now or later: most sets end here.
create function private.is_record_candidate(p_set public.workout_sets, p_kind public.record_kind)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_value numeric := private.record_value(p_set, p_kind);
  v_best numeric;
begin
  if v_value is null then
    return false;
  end if;

  select personal_records.value
  into v_best
  from public.personal_records
  where personal_records.user_id = p_set.user_id
    and personal_records.exercise_id = p_set.exercise_id
    and personal_records.kind = p_kind
    and personal_records.achieved_at < p_set.completed_at
    and personal_records.revoked_at is null
  order by personal_records.achieved_at desc, personal_records.value desc
  limit 1;

  return private.beats(v_value, v_best);
end;
$$;

comment on function private.is_record_candidate(public.workout_sets, public.record_kind) is
  'Whether a new set beats the record that stood when it was done.';

-- definer: the ledger is the product's; nobody may write it.
create function private.tg_workout_sets__record()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_kinds constant public.record_kind[] := '{max_weight,best_e1rm}';
  v_change record;
begin
  if tg_op = 'INSERT' then
    for v_change in
      select added.user_id, added.exercise_id, kind, min(added.completed_at) as changed_from
      from added
      cross join unnest(v_kinds) as kind
      where private.is_record_candidate(added, kind)
      group by added.user_id, added.exercise_id, kind
      order by kind
    loop
      perform private.replay_records(v_change.user_id, v_change.exercise_id, v_change.kind, v_change.changed_from);
    end loop;
  elsif tg_op = 'DELETE' then
    for v_change in
      select removed.user_id, removed.exercise_id, kind, min(removed.completed_at) as changed_from
      from removed
      join public.profiles on profiles.user_id = removed.user_id
      cross join unnest(v_kinds) as kind
      where private.record_value(removed, kind) is not null
      group by removed.user_id, removed.exercise_id, kind
      order by kind
    loop
      perform private.replay_records(v_change.user_id, v_change.exercise_id, v_change.kind, v_change.changed_from);
    end loop;
  else
    -- No join: the plan is kept from the first, small update, and would be a nested loop for the large ones too.
    for v_change in
      with before as (
        select id, user_id, exercise_id, completed_at, set_index, kind, private.record_value(removed, kind)
        from removed
        cross join unnest(v_kinds) as kind
      ),
      after as (
        select id, user_id, exercise_id, completed_at, set_index, kind, private.record_value(added, kind)
        from added
        cross join unnest(v_kinds) as kind
      )
      select changed.user_id, changed.exercise_id, changed.kind, min(changed.completed_at) as changed_from
      from ((table before except table after) union all (table after except table before)) as changed
      where changed.completed_at is not null
      group by changed.user_id, changed.exercise_id, changed.kind
      order by changed.kind
    loop
      perform private.replay_records(v_change.user_id, v_change.exercise_id, v_change.kind, v_change.changed_from);
    end loop;
  end if;

  return null;
end;
$$;

comment on function private.tg_workout_sets__record() is
  'Brings the ledger up to date once per statement. Sets that go with their account leave no ledger to be kept.';

-- definer: clients may not write realtime.messages; a message from the database is the product's word.
create function private.tg_personal_records__announce()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if private.is_live(new.achieved_at) and exists (
    select from public.workouts
    where workouts.id = new.workout_id
      and workouts.status = 'in_progress'
  ) then
    perform private.announce(
      'workout:' || new.workout_id,
      'pr:achieved',
      jsonb_build_object('workout_id', new.workout_id, 'record', to_jsonb(new))
    );
  end if;

  return null;
end;
$$;

comment on function private.tg_personal_records__announce() is
  'Celebrates a record in the workout that is on. The first ever of an exercise is not celebrated.';

create trigger _600_record_insert
  after insert on public.workout_sets
  referencing new table as added
  for each statement execute function private.tg_workout_sets__record();
create trigger _600_record_update
  after update on public.workout_sets
  referencing old table as removed new table as added
  for each statement execute function private.tg_workout_sets__record();
create trigger _600_record_delete
  after delete on public.workout_sets
  referencing old table as removed
  for each statement execute function private.tg_workout_sets__record();
create trigger _900_announce
  after insert on public.personal_records
  for each row
  when (not new.is_baseline)
  execute function private.tg_personal_records__announce();

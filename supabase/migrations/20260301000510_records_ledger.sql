-- The ledger: how a set becomes a record. One algorithm serves every case. It reads an exercise's sets from the moment
-- of the earliest change onwards and compares what it finds with what is written: one set when a lifter logs the next
-- one, the rest of the timeline when something in the past was inserted, corrected or deleted.

create type private.record_entry as (
  id             uuid,
  workout_id     uuid,
  set_id         uuid,
  achieved_at    timestamptz,
  value          numeric,
  previous_value numeric,
  next_id        uuid,
  next_at        timestamptz
);

comment on type private.record_entry is 'A row that the ledger ought to have.';

create function private.record_value(p_set public.workout_sets, p_kind public.record_kind)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return case
    when not p_set.is_counted then null
    when p_kind = 'best_e1rm' then
      case when p_set.e1rm_confidence in ('high', 'medium') then p_set.e1rm_kg end
    when p_kind <> 'max_weight' then null
    when p_set.tracking_type in ('weight_reps', 'bodyweight_reps') then
      case when p_set.reps >= 1 and p_set.weight_kg > 0 then p_set.weight_kg end
    when p_set.tracking_type in ('weight_duration', 'weight_distance') then nullif(p_set.weight_kg, 0)
  end;
end;
$$;

comment on function private.record_value(public.workout_sets, public.record_kind) is
  'What a set offers for a kind of record; null when it is not eligible.
max_weight is the weight as entered, for bodyweight lifts what was added; best_e1rm needs medium confidence.';

-- A gram-precise weight in pounds and its rounded twin in kilograms are the same record.
create function private.beats(p_value numeric, p_best numeric)
returns boolean
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return p_best is null or p_value > p_best + 0.01;
end;
$$;

comment on function private.beats(numeric, numeric) is
  'Whether a value is a record against the best until then: a tie is none, nor is less than ten grams more.';

create function private.record_timeline(
  p_user_id uuid,
  p_exercise_id uuid,
  p_kind public.record_kind,
  p_from timestamptz
)
returns setof private.record_entry
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_entry private.record_entry;
  v_best numeric;
begin
  select personal_records.value
  into v_best
  from public.personal_records
  where personal_records.user_id = p_user_id
    and personal_records.exercise_id = p_exercise_id
    and personal_records.kind = p_kind
    and personal_records.achieved_at < p_from
    and personal_records.revoked_at is null
  order by personal_records.achieved_at desc, personal_records.value desc
  limit 1;

  for v_entry in
    select
      null,
      workout_sets.workout_id,
      workout_sets.id,
      workout_sets.completed_at,
      private.record_value(workout_sets, p_kind)
    from public.workout_sets
    where workout_sets.user_id = p_user_id
      and workout_sets.exercise_id = p_exercise_id
      and workout_sets.completed_at >= p_from
      and workout_sets.is_counted
    order by workout_sets.completed_at, workout_sets.set_index, workout_sets.id
  loop
    if v_entry.value is not null and private.beats(v_entry.value, v_best) then
      v_entry.previous_value := v_best;
      v_best := v_entry.value;
      return next v_entry;
    end if;
  end loop;
end;
$$;

comment on function private.record_timeline(uuid, uuid, public.record_kind, timestamptz) is
  'The records of an exercise from a moment onwards, going on from the one that stood before it.';

create function private.due_records(
  p_user_id uuid,
  p_exercise_id uuid,
  p_kind public.record_kind,
  p_from timestamptz
)
returns setof private.record_entry
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return query
  with due as (
    select
      coalesce(written.id, private.uuid_v7()) as id,
      entry.workout_id,
      entry.set_id,
      entry.achieved_at,
      entry.value,
      entry.previous_value
    from private.record_timeline(p_user_id, p_exercise_id, p_kind, p_from) as entry
    left join public.personal_records as written
      on written.set_id = entry.set_id
      and written.user_id = p_user_id
      and written.exercise_id = p_exercise_id
      and written.kind = p_kind
      and written.revoked_at is null
      and (written.achieved_at, written.value) = (entry.achieved_at, entry.value)
      and written.previous_value is not distinct from entry.previous_value
  )
  select
    due.*,
    lead(due.id) over timeline,
    lead(due.achieved_at) over timeline
  from due
  window timeline as (order by due.achieved_at, due.value);
end;
$$;

comment on function private.due_records(uuid, uuid, public.record_kind, timestamptz) is
  'What the ledger ought to say from a moment onwards: with the ids of rows that are right already, new ones otherwise.';

create function private.mark_records(p_workout_ids uuid[], p_set_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  update public.workout_sets
  set is_record = standing.is_record
  from unnest(p_set_ids) as changed (id)
  cross join lateral (
    select count(*) > 0 as is_record
    from public.personal_records
    where personal_records.set_id = changed.id
      and personal_records.revoked_at is null
      and not personal_records.is_baseline
  ) as standing
  where workout_sets.id = changed.id
    and workout_sets.is_record <> standing.is_record;

  update public.workouts
  set records_set = standing.records
  from unnest(p_workout_ids) as changed (id)
  cross join lateral (
    select count(*) as records
    from public.personal_records
    where personal_records.workout_id = changed.id
      and personal_records.revoked_at is null
      and not personal_records.is_baseline
  ) as standing
  where workouts.id = changed.id
    and workouts.records_set <> standing.records;
end;
$$;

comment on function private.mark_records(uuid[], uuid[]) is
  'Says on sets and workouts what the ledger says of them.';

create function private.replay_records(
  p_user_id uuid,
  p_exercise_id uuid,
  p_kind public.record_kind,
  p_from timestamptz
)
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_due private.record_entry[] := array(
    select entry from private.due_records(p_user_id, p_exercise_id, p_kind, p_from) as entry
  );
  v_revoked public.personal_records[];
  v_written public.personal_records[];
begin
  with revoked as (
    update public.personal_records
    set revoked_at = now()
    where personal_records.user_id = p_user_id
      and personal_records.exercise_id = p_exercise_id
      and personal_records.kind = p_kind
      and personal_records.achieved_at >= p_from
      and personal_records.revoked_at is null
      and personal_records.id not in (select due.id from unnest(v_due) as due)
    returning personal_records.*
  )
  select array_agg(revoked::public.personal_records)
  into v_revoked
  from revoked;

  -- Before the new rows, because only one may stand; the reference to a row yet to come is checked at commit.
  update public.personal_records
  set superseded_at = chain.next_at,
    superseded_by = chain.next_id
  from (
    select due.id, due.next_id, due.next_at
    from unnest(v_due) as due
    union all
    (
      select before.id, v_due[1].id, v_due[1].achieved_at
      from public.personal_records as before
      where before.user_id = p_user_id
        and before.exercise_id = p_exercise_id
        and before.kind = p_kind
        and before.achieved_at < p_from
        and before.revoked_at is null
      order by before.achieved_at desc, before.value desc
      limit 1
    )
  ) as chain
  where personal_records.id = chain.id
    and personal_records.superseded_by is distinct from chain.next_id;

  with written as (
    insert into public.personal_records (
      id, user_id, exercise_id, exercise_name, kind, value, previous_value, workout_id, set_id, achieved_at,
      superseded_at, superseded_by
    )
    select
      due.id, p_user_id, p_exercise_id,
      (
        select workout_exercises.exercise_name
        from public.workout_sets
        join public.workout_exercises on workout_exercises.id = workout_sets.workout_exercise_id
        where workout_sets.id = due.set_id
      ),
      p_kind, due.value, due.previous_value, due.workout_id, due.set_id, due.achieved_at, due.next_at, due.next_id
    from unnest(v_due) as due
    on conflict (id) do nothing
    returning personal_records.*
  )
  select array_agg(written::public.personal_records)
  into v_written
  from written;

  if v_revoked is null and v_written is null then
    return 0;
  elsif v_revoked is not null then
    -- Those that refer to an old one were revoked no later than it, and go too.
    delete from public.personal_records
    where personal_records.user_id = p_user_id
      and personal_records.exercise_id = p_exercise_id
      and personal_records.kind = p_kind
      and personal_records.revoked_at < now() - interval '30 days';
  end if;

  perform private.mark_records(array_agg(distinct changed.workout_id), array_agg(distinct changed.set_id))
  from unnest(v_revoked || v_written) as changed;
  perform private.announce(
    'user:' || p_user_id, 'sync:progress', jsonb_build_object('exercise_id', p_exercise_id, 'kind', p_kind)
  );
  return coalesce(cardinality(v_revoked), 0) + coalesce(cardinality(v_written), 0);
end;
$$;

comment on function private.replay_records(uuid, uuid, public.record_kind, timestamptz) is
  'Brings the ledger of an exercise up to date with its sets from a moment onwards; answers how many rows that took.';

-- Replay: what the ledger ought to say is written where it differs. What is none any more stays, with the reason.

create function private.revocation_reason(p_record public.personal_records)
returns public.revocation_reason
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_set public.workout_sets;
begin
  select workout_sets.*
  into v_set
  from public.workout_sets
  where workout_sets.id = p_record.set_id;

  return case
    when not found then 'set_deleted'
    when v_set.exercise_id <> p_record.exercise_id then 'exercise_changed'
    when not v_set.is_counted then 'not_counted'
    when exists (
      select from unnest(private.record_offers(v_set)) as offered
      where offered.kind = p_record.kind
        and offered.at_reps is not distinct from p_record.at_reps
        and offered.at_weight_kg is not distinct from p_record.at_weight_kg
        and offered.value = p_record.value
    ) or exists (
      select from private.session_offers(array[p_record.workout_id], p_record.exercise_id) as session
      where session.kind = p_record.kind
        and session.value = p_record.value
    ) then 'outdone'
    else 'set_changed'
  end;
end;
$$;

comment on function private.revocation_reason(public.personal_records) is 'Why a record is none any more.';

create function private.revoke_records(
  p_user_id uuid,
  p_exercise_id uuid,
  p_from timestamptz,
  p_due private.record_entry[]
)
returns public.personal_records[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_revoked public.personal_records[];
begin
  with revoked as (
    update public.personal_records
    set revoked_at = now(),
      revoked_because = private.revocation_reason(personal_records)
    where personal_records.user_id = p_user_id
      and personal_records.exercise_id = p_exercise_id
      and personal_records.achieved_at >= p_from
      -- True of those, and what the index goes by.
      and coalesce(personal_records.superseded_at, 'infinity') >= p_from
      and personal_records.revoked_at is null
      and personal_records.id not in (select due.id from unnest(p_due) as due)
    returning personal_records.*
  )
  select array_agg(revoked::public.personal_records)
  into v_revoked
  from revoked;

  if v_revoked is not null then
    -- Those that refer to an old one were revoked no later than it, and go too.
    delete from public.personal_records
    where personal_records.user_id = p_user_id
      and personal_records.exercise_id = p_exercise_id
      and personal_records.revoked_at < now() - interval '30 days';
  end if;

  return v_revoked;
end;
$$;

comment on function private.revoke_records(uuid, uuid, timestamptz, private.record_entry[]) is
  'Revokes what is written since a moment and not due, forgets what was revoked long ago, and answers what it revoked.';

create function private.correct_records(p_due private.record_entry[], p_standing boolean)
returns public.personal_records[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_corrected public.personal_records[];
begin
  with corrected as (
    update public.personal_records
    set value = due.value,
      previous_value = due.previous_value,
      set_id = due.set_id,
      achieved_at = due.achieved_at,
      superseded_at = due.superseded_at,
      superseded_by = due.superseded_by
    from unnest(p_due) as due
    where due.is_written
      and (due.superseded_by is null) = p_standing
      and personal_records.id = due.id
      and (
        personal_records.value, personal_records.previous_value, personal_records.set_id,
        personal_records.achieved_at, personal_records.superseded_at, personal_records.superseded_by
      ) is distinct from (
        due.value, due.previous_value, due.set_id, due.achieved_at, due.superseded_at, due.superseded_by
      )
    returning personal_records.*
  )
  select array_agg(corrected::public.personal_records)
  into v_corrected
  from corrected;

  return v_corrected;
end;
$$;

comment on function private.correct_records(private.record_entry[], boolean) is
  'Corrects what is written of those that stand, or of the others, and answers it. The others first: only one may stand.';

create function private.write_records(p_user_id uuid, p_exercise_id uuid, p_due private.record_entry[])
returns public.personal_records[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_written public.personal_records[];
begin
  with written as (
    insert into public.personal_records (
      id, user_id, exercise_id, exercise_name, kind, at_reps, at_weight_kg, value, previous_value, workout_id, set_id,
      achieved_at, superseded_at, superseded_by
    )
    select
      due.id, p_user_id, p_exercise_id,
      (
        select workout_exercises.exercise_name
        from public.workout_sets
        join public.workout_exercises on workout_exercises.id = workout_sets.workout_exercise_id
        where workout_sets.id = due.set_id
      ),
      due.kind, due.at_reps, due.at_weight_kg, due.value, due.previous_value, due.workout_id, due.set_id,
      due.achieved_at, due.superseded_at, due.superseded_by
    from unnest(p_due) as due
    where not due.is_written
    returning personal_records.*
  )
  select array_agg(written::public.personal_records)
  into v_written
  from written;

  return v_written;
end;
$$;

comment on function private.write_records(uuid, uuid, private.record_entry[]) is 'Writes what is new, and answers it.';

-- A rep maximum comes with those of fewer repetitions: of a set and a kind one counts.
create function private.mark_records(p_workout_ids uuid[], p_set_ids uuid[])
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  -- Looked for first: an update of no rows fires as many triggers as one of many.
  v_set_ids uuid[] := array(
    select workout_sets.id
    from public.workout_sets
    where workout_sets.id = any (p_set_ids)
      and workout_sets.is_record <> exists (
        select from public.personal_records
        where personal_records.set_id = workout_sets.id
          and personal_records.revoked_at is null
          and not personal_records.is_baseline
          and not private.is_session_kind(personal_records.kind)
      )
  );
  v_workouts integer;
begin
  if v_set_ids <> '{}' then
    update public.workout_sets
    set is_record = not workout_sets.is_record
    where workout_sets.id = any (v_set_ids);
  end if;

  update public.workouts
  set records_set = standing.records
  from unnest(p_workout_ids) as changed (id)
  cross join lateral (
    select count(distinct (personal_records.set_id, personal_records.kind)) as records
    from public.personal_records
    where personal_records.workout_id = changed.id
      and personal_records.revoked_at is null
      and not personal_records.is_baseline
  ) as standing
  where workouts.id = changed.id
    and workouts.records_set <> standing.records;
  get diagnostics v_workouts = row_count;
  return cardinality(v_set_ids) + v_workouts;
end;
$$;

comment on function private.mark_records(uuid[], uuid[]) is
  'Says on sets and workouts what the ledger says of them; answers how many rows that took.';

create function private.replay_records(p_user_id uuid, p_exercise_id uuid, p_from timestamptz)
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_due private.record_entry[] := private.due_records(p_user_id, p_exercise_id, p_from);
  v_changed public.personal_records[];
  v_written public.personal_records[];
  v_written_ids uuid[];
begin
  v_changed := private.revoke_records(p_user_id, p_exercise_id, p_from, v_due);
  -- Before the new rows, because only one may stand; the reference to a row yet to come is checked at commit.
  v_changed := v_changed || private.correct_records(v_due, false) || private.correct_records(v_due, true);
  v_written := private.write_records(p_user_id, p_exercise_id, v_due);
  v_changed := v_changed || v_written;

  if v_changed is null or v_changed = '{}' then
    return 0;
  end if;

  perform private.mark_records(array_agg(distinct changed.workout_id), array_agg(distinct changed.set_id))
  from unnest(v_changed) as changed;
  perform private.announce('user:' || p_user_id, 'sync:progress', jsonb_build_object(
    'exercise_id', p_exercise_id,
    'kinds', (select jsonb_agg(distinct changed.kind) from unnest(v_changed) as changed)
  ));
  v_written_ids := array(select written.id from unnest(v_written) as written);
  -- What was written wrong was revoked and is written anew: that is one, and what it had beaten was right but for its id.
  return (
    select count(distinct (changed.kind, changed.at_reps, changed.at_weight_kg, changed.set_id))
    from unnest(v_changed) as changed
    where changed.id = any (v_written_ids)
      or changed.superseded_by is null
      or changed.superseded_by <> all (v_written_ids)
  );
end;
$$;

comment on function private.replay_records(uuid, uuid, timestamptz) is
  'Brings the ledger of an exercise up to date with its sets from a moment onwards; answers how many were wrong.';

-- The newest set: what a lifter logs is the last of its exercise, and mostly no record. It takes a look at the records that
-- stand, and neither the timeline nor the rest of the ledger is read, however long they are.

-- A set that does not beat what stood at its time changes nothing, now or later: most sets end here.
create function private.beats_records(
  p_user_id uuid,
  p_exercise_id uuid,
  p_at timestamptz,
  p_offers private.record_offer[]
)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return exists (
    with stood as materialized (
      select
        standing.kind,
        standing.at_reps,
        private.record_hardness(standing.kind, standing.at_weight_kg) as hardness,
        private.record_score(standing.kind, standing.value) + private.record_margin(standing.kind) as score
      from private.standing_records(p_user_id, p_exercise_id, p_at) as standing
    )
    select from unnest(p_offers) as offered
    where offered.value is not null
      and not exists (
        select from stood
        where stood.kind = offered.kind
          and stood.at_reps is not distinct from offered.at_reps
          and stood.hardness >= private.record_hardness(offered.kind, offered.at_weight_kg)
          and stood.score >= private.record_score(offered.kind, offered.value)
      )
  );
end;
$$;

comment on function private.beats_records(uuid, uuid, timestamptz, private.record_offer[]) is
  'Whether any of these offers beats the records that stood at a moment.';

-- What a workout comes to is more with each of its sets: its record goes on with the newest, and so does the end of the
-- one that it beat.
create function private.grow_session_records(p_set public.workout_sets, p_grown private.session_offer[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  with grown as (
    update public.personal_records
    set value = session.value,
      set_id = session.set_id,
      achieved_at = session.achieved_at
    from unnest(p_grown) as session
    where personal_records.workout_id = p_set.workout_id
      and personal_records.exercise_id = p_set.exercise_id
      and personal_records.kind = session.kind
      and personal_records.revoked_at is null
    returning personal_records.id
  )
  select array_agg(grown.id)
  into v_ids
  from grown;

  update public.personal_records
  set superseded_at = p_set.completed_at
  where personal_records.superseded_by = any (v_ids);

  perform private.announce('user:' || p_set.user_id, 'sync:progress', jsonb_build_object(
    'exercise_id', p_set.exercise_id,
    'kinds', (select jsonb_agg(session.kind order by session.kind) from unnest(p_grown) as session)
  ));
end;
$$;

comment on function private.grow_session_records(public.workout_sets, private.session_offer[]) is
  'Lets the records that a workout holds go on with its newest set, and tells the athlete''s devices.';

create function private.append_to_ledger(p_set public.workout_sets)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_offers private.record_offer[] := private.record_offers(p_set);
  v_grown private.session_offer[] := '{}';
  v_held public.record_kind[];
  v_from timestamptz;
  v_session private.session_offer;
begin
  -- What its workout holds already.
  select array_agg(held.kind), min(held.achieved_at)
  into v_held, v_from
  from public.personal_records as held
  where held.workout_id = p_set.workout_id
    and held.exercise_id = p_set.exercise_id
    and held.revoked_at is null
    and private.is_session_kind(held.kind);

  if exists (
    select from public.workout_sets
    where workout_sets.user_id = p_set.user_id
      and workout_sets.exercise_id = p_set.exercise_id
      and workout_sets.completed_at >= least(v_from, p_set.completed_at)
      and workout_sets.is_counted
      and workout_sets.id <> p_set.id
      and (workout_sets.workout_id <> p_set.workout_id or workout_sets.completed_at >= p_set.completed_at)
  ) then
    return false;
  end if;

  for v_session in
    select *
    from private.session_offers(array[p_set.workout_id], p_set.exercise_id)
  loop
    if v_session.set_id <> p_set.id then
      continue;
    elsif v_session.kind = any (v_held) then
      v_grown := v_grown || v_session;
    else
      v_offers := v_offers || row(v_session.kind, null, null, v_session.value)::private.record_offer;
    end if;
  end loop;

  if private.beats_records(p_set.user_id, p_set.exercise_id, p_set.completed_at, v_offers) then
    return false;
  elsif v_grown <> '{}' then
    perform private.grow_session_records(p_set, v_grown);
  end if;

  return true;
end;
$$;

comment on function private.append_to_ledger(public.workout_sets) is
  'Brings the ledger up to date with a new set that is the last of its exercise and beats nothing but what its own workout
came to before it. False, with nothing done, when it is not: the ledger has to be read again.';

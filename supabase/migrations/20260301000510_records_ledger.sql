-- The ledger: how offers become records. One algorithm serves every case. It goes on from the records that stood at the
-- moment of the earliest change, reads an exercise's sets from then onwards, and compares what it finds with what is
-- written: one set when a lifter logs the next one, the rest of the timeline when something in the past changed.

create type private.record_entry as (
  id             uuid,
  is_written     boolean,
  kind           public.record_kind,
  at_reps        smallint,
  at_weight_kg   numeric,
  value          numeric,
  previous_value numeric,
  workout_id     uuid,
  set_id         uuid,
  achieved_at    timestamptz,
  superseded_at  timestamptz,
  superseded_by  uuid
);

comment on type private.record_entry is 'A row that the ledger ought to have; is_written when it has it, perhaps with other facts.';

create function private.standing_records(p_user_id uuid, p_exercise_id uuid, p_at timestamptz)
returns setof public.personal_records
language plpgsql
stable
security invoker
rows 20
set search_path = ''
as $$
begin
  return query
  with unbeaten as materialized (
    select personal_records.*
    from public.personal_records
    where personal_records.user_id = p_user_id
      and personal_records.exercise_id = p_exercise_id
      and coalesce(personal_records.superseded_at, 'infinity') >= p_at
      and personal_records.revoked_at is null
  )
  select unbeaten.*
  from unbeaten
  where unbeaten.achieved_at < p_at;
end;
$$;

comment on function private.standing_records(uuid, uuid, timestamptz) is
  'The records of an exercise that stood right before a moment.';

-- Equal offers and lesser ones that follow each other are left out here, so that few come to be compared one by one.
create function private.offers_since(p_user_id uuid, p_exercise_id uuid, p_from timestamptz)
returns setof private.record_entry
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return query
  with done as materialized (
    select workout_sets.*
    from public.workout_sets
    where workout_sets.user_id = p_user_id
      and workout_sets.exercise_id = p_exercise_id
      and workout_sets.completed_at >= p_from
      and workout_sets.is_counted
  ),
  -- Of sets that are alike the first: lifters repeat themselves.
  fresh as materialized (
    select distinct on (
      done.tracking_type, done.set_type, done.weight_kg, done.reps, done.duration_seconds, done.distance_m, done.e1rm_kg,
      done.bodyweight_kg, done.parent_set_id is not null
    ) done.*
    from done
    order by done.tracking_type, done.set_type, done.weight_kg, done.reps, done.duration_seconds, done.distance_m,
      done.e1rm_kg, done.bodyweight_kg, done.parent_set_id is not null, done.completed_at, done.set_index, done.id
  ),
  offer as (
    select offered.kind, offered.at_reps, offered.at_weight_kg, offered.value, fresh.workout_id, fresh.id as set_id,
      fresh.completed_at as achieved_at, fresh.set_index
    from fresh
    cross join lateral unnest(private.record_offers(fresh::public.workout_sets)) as offered
    where offered.value is not null
    union all
    select session.kind, null, null, session.value, session.workout_id, session.set_id, session.achieved_at,
      session.set_index
    from private.session_offers(array(select distinct done.workout_id from done), p_exercise_id) as session
    where session.achieved_at >= p_from
  ),
  compared as (
    select
      offer.*,
      row_number() over timeline as place,
      max(private.record_score(offer.kind, offer.value)) over (
        timeline rows between unbounded preceding and 1 preceding
      ) as best_score
    from offer
    window timeline as (
      partition by offer.kind, offer.at_reps, offer.at_weight_kg
      order by offer.achieved_at, offer.set_index, offer.set_id
    )
  )
  select
    written.id, written.id is not null, compared.kind, compared.at_reps, compared.at_weight_kg, compared.value,
    null::numeric, compared.workout_id, compared.set_id, compared.achieved_at, null::timestamptz, null::uuid
  from compared
  left join public.personal_records as written
    on written.workout_id = compared.workout_id
    and written.user_id = p_user_id
    and written.exercise_id = p_exercise_id
    and written.kind = compared.kind
    and written.at_reps is not distinct from compared.at_reps
    and written.at_weight_kg is not distinct from compared.at_weight_kg
    and written.achieved_at >= p_from
    and written.revoked_at is null
    and (
      private.is_session_kind(compared.kind)
      or (written.set_id = compared.set_id and written.value = compared.value)
    )
  where compared.best_score is null
    or private.record_score(compared.kind, compared.value) > compared.best_score
  order by compared.kind, compared.at_reps, compared.achieved_at, compared.set_index, compared.set_id;
end;
$$;

comment on function private.offers_since(uuid, uuid, timestamptz) is
  'What the sets of an exercise since a moment put forward and nothing before them matches in the same circumstances, kind
by kind in order of time; with the id of the record that it is already.';

create function private.covers(p_entry private.record_entry, p_other private.record_entry)
returns boolean
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return private.record_hardness(p_entry.kind, p_entry.at_weight_kg)
      >= private.record_hardness(p_other.kind, p_other.at_weight_kg)
    and private.record_score(p_entry.kind, p_entry.value) + private.record_margin(p_entry.kind)
      >= private.record_score(p_other.kind, p_other.value);
end;
$$;

comment on function private.covers(private.record_entry, private.record_entry) is
  'Whether one leaves nothing for the other to be a record in: as hard, and as good but for ten grams.';

create function private.due_records(p_user_id uuid, p_exercise_id uuid, p_from timestamptz)
returns private.record_entry[]
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_due private.record_entry[] := array(
    select row(
      stood.id, true, stood.kind, stood.at_reps, stood.at_weight_kg, stood.value, stood.previous_value,
      stood.workout_id, stood.set_id, stood.achieved_at, null, null
    )::private.record_entry
    from private.standing_records(p_user_id, p_exercise_id, p_from) as stood
  );
  -- Places in v_due of what stands of the present kind.
  v_standing integer[];
  v_kept integer[];
  v_offer private.record_entry;
  v_kind public.record_kind;
  v_at_reps smallint;
  v_is_covered boolean;
  v_previous numeric;
  v_n integer;
begin
  for v_offer in
    select *
    from private.offers_since(p_user_id, p_exercise_id, p_from)
  loop
    if (v_offer.kind, v_offer.at_reps) is distinct from (v_kind, v_at_reps) then
      v_kind := v_offer.kind;
      v_at_reps := v_offer.at_reps;
      v_standing := array(
        select stood.place
        from unnest(v_due) with ordinality as stood (
          id, is_written, kind, at_reps, at_weight_kg, value, previous_value, workout_id, set_id, achieved_at,
          superseded_at, superseded_by, place
        )
        where (stood.kind, stood.at_reps) is not distinct from (v_kind, v_at_reps)
      );
    end if;

    v_is_covered := false;
    v_previous := null;

    foreach v_n in array v_standing loop
      v_is_covered := v_is_covered or private.covers(v_due[v_n], v_offer);

      if private.record_hardness(v_kind, v_due[v_n].at_weight_kg)
          >= private.record_hardness(v_kind, v_offer.at_weight_kg)
        and (v_previous is null or private.record_score(v_kind, v_due[v_n].value) > private.record_score(v_kind, v_previous))
      then
        v_previous := v_due[v_n].value;
      end if;
    end loop;

    if v_is_covered then
      continue;
    end if;

    v_offer.id := coalesce(v_offer.id, private.uuid_v7());
    v_offer.previous_value := v_previous;
    v_kept := '{}';

    foreach v_n in array v_standing loop
      if private.covers(v_offer, v_due[v_n]) then
        v_due[v_n].superseded_at := v_offer.achieved_at;
        v_due[v_n].superseded_by := v_offer.id;
      else
        v_kept := v_kept || v_n;
      end if;
    end loop;

    v_due := v_due || v_offer;
    v_standing := v_kept || cardinality(v_due);
  end loop;

  return v_due;
end;
$$;

comment on function private.due_records(uuid, uuid, timestamptz) is
  'What the ledger of an exercise ought to say from a moment onwards, with the rows that stood before it and may be beaten.';

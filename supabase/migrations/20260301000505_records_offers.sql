-- Offers: what a set, or all sets of an exercise in a workout, put forward for the ledger. What counts for which kind of
-- record is written here and nowhere else.

create type private.record_offer as (
  kind         public.record_kind,
  at_reps      smallint,
  at_weight_kg numeric,
  value        numeric
);

comment on type private.record_offer is 'A value for a kind of record; none when the value is null.';

create type private.session_offer as (
  kind        public.record_kind,
  value       numeric,
  workout_id  uuid,
  set_id      uuid,
  set_index   smallint,
  achieved_at timestamptz
);

comment on type private.session_offer is 'What the sets of an exercise in a workout come to, with the last of them.';

-- What is better -------------------------------------------------------------------------------------------------------

create function private.record_score(p_kind public.record_kind, p_value numeric)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return case when p_kind in ('least_assist', 'best_pace') then -p_value else p_value end;
end;
$$;

comment on function private.record_score(public.record_kind, numeric) is
  'A value such that more is better: less assistance and less time per kilometre are.';

-- A gram-precise weight in pounds and its rounded twin in kilograms are the same record.
create function private.record_margin(p_kind public.record_kind)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return case
    when p_kind in ('max_weight', 'best_e1rm', 'rep_max', 'best_set_volume', 'best_session_volume', 'least_assist')
      then 0.01
    else 0
  end;
end;
$$;

comment on function private.record_margin(public.record_kind) is
  'By how much more than this a record has to be better: ten grams where kilograms are compared.';

create function private.record_hardness(p_kind public.record_kind, p_at_weight_kg numeric)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return case p_kind
    when 'max_reps_at_weight' then p_at_weight_kg
    when 'max_reps' then -coalesce(p_at_weight_kg, 0)
    else 0
  end;
end;
$$;

comment on function private.record_hardness(public.record_kind, numeric) is
  'How hard the circumstances were: repetitions count against those with no less weight, or no more assistance.';

create function private.is_session_kind(p_kind public.record_kind)
returns boolean
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return p_kind in ('best_session_volume', 'max_session_reps');
end;
$$;

comment on function private.is_session_kind(public.record_kind) is
  'Whether a whole workout achieves it, and it grows set by set.';

-- A set ----------------------------------------------------------------------------------------------------------------

-- The breaks of a cluster are what makes six singles at that weight possible: they are no maximum of six.
create function private.reps_in_one_go(p_set_type public.set_type, p_reps integer)
returns integer
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return case when p_set_type <> 'cluster' then p_reps end;
end;
$$;

comment on function private.reps_in_one_go(public.set_type, integer) is
  'The repetitions of a set that were done without a break; null of a cluster, which does not say.';

create function private.weight_offers(p_set public.workout_sets)
returns private.record_offer[]
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_reps_in_one_go constant integer := private.reps_in_one_go(p_set.set_type, p_set.reps);
  v_offers private.record_offer[] := array[
    row('rep_max', 1, null, p_set.weight_kg),
    row('best_e1rm', null, null, case when p_set.e1rm_confidence in ('high', 'medium') then p_set.e1rm_kg end),
    row('best_relative', null, null, case
      when p_set.e1rm_confidence in ('high', 'medium') then round(p_set.e1rm_kg / p_set.bodyweight_kg, 3)
    end),
    row('max_reps_at_weight', null, round(p_set.weight_kg, 2), v_reps_in_one_go)
  ]::private.record_offer[];
begin
  for v_reps in 2..least(coalesce(v_reps_in_one_go, 1), 12) loop
    v_offers := v_offers || row('rep_max', v_reps, null, p_set.weight_kg)::private.record_offer;
  end loop;

  return v_offers;
end;
$$;

comment on function private.weight_offers(public.workout_sets) is
  'What a set of weight and repetitions puts forward beside its weight and its volume.';

create function private.reps_offers(p_set public.workout_sets)
returns private.record_offer[]
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_weight_kg constant numeric := nullif(p_set.weight_kg, 0);
  v_reps_in_one_go constant integer := private.reps_in_one_go(p_set.set_type, p_set.reps);
begin
  return case p_set.tracking_type
    when 'weight_reps' then case when v_weight_kg is not null then private.weight_offers(p_set) else '{}' end
    when 'bodyweight_reps' then array[
      row('best_e1rm', null, null, case when p_set.e1rm_confidence in ('high', 'medium') then p_set.e1rm_kg end),
      row('max_reps', null, null, case when v_weight_kg is null then v_reps_in_one_go end)
    ]::private.record_offer[]
    when 'assisted_reps' then array[
      row('least_assist', null, null, p_set.weight_kg), row('max_reps', null, round(p_set.weight_kg, 2), v_reps_in_one_go)
    ]::private.record_offer[]
    when 'reps_only' then array[row('max_reps', null, null, v_reps_in_one_go)]::private.record_offer[]
  end || row('max_weight', null, null, case
    when p_set.tracking_type in ('weight_reps', 'bodyweight_reps') then v_weight_kg
  end)::private.record_offer || row('best_set_volume', null, null, case
    when p_set.set_type <> 'drop' then nullif(p_set.volume_kg, 0)
  end)::private.record_offer;
end;
$$;

comment on function private.reps_offers(public.workout_sets) is 'What a set with at least one repetition puts forward.';

create function private.record_offers(p_set public.workout_sets)
returns private.record_offer[]
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  if not p_set.is_counted or not private.may_hold_records(p_set.set_type, p_set.parent_set_id is not null) then
    return '{}';
  elsif p_set.reps >= 1 then
    return private.reps_offers(p_set);
  end if;

  return array[
    row('max_weight', null, null, case
      when p_set.tracking_type in ('weight_duration', 'weight_distance') then nullif(p_set.weight_kg, 0)
    end),
    row('longest_duration', null, null, case
      when p_set.tracking_type in ('duration', 'weight_duration') then nullif(p_set.duration_seconds, 0)
    end),
    row('longest_distance', null, null, nullif(p_set.distance_m, 0)),
    row('best_pace', null, null, case
      when p_set.tracking_type in ('distance_duration', 'cardio')
        then round(nullif(p_set.duration_seconds, 0) * 1000 / nullif(p_set.distance_m, 0), 2)
    end)
  ]::private.record_offer[];
end;
$$;

comment on function private.record_offers(public.workout_sets) is
  'What a set puts forward for the ledger, kind by kind; nothing when it may not hold records.';

-- A workout ------------------------------------------------------------------------------------------------------------

create function private.session_offers(p_workout_ids uuid[], p_exercise_id uuid)
returns setof private.session_offer
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return query
  with done as (
    select workout_sets.*
    from public.workout_sets
    where workout_sets.workout_id = any (p_workout_ids)
      and workout_sets.exercise_id = p_exercise_id
      and workout_sets.is_counted
      and workout_sets.reps >= 1
      and private.may_hold_records(workout_sets.set_type, workout_sets.parent_set_id is not null)
  ),
  -- A drop set goes on where another ended: it adds repetitions, but is no match for volume.
  part as (
    select 'best_session_volume'::public.record_kind as kind, done.volume_kg * private.side_share(done.side) as amount, done.workout_id, done.id,
      done.set_index, done.completed_at
    from done
    where done.set_type <> 'drop'
      and done.volume_kg > 0
    union all
    select 'max_session_reps', done.reps * private.side_share(done.side), done.workout_id, done.id, done.set_index, done.completed_at
    from done
  ),
  ranked as (
    select
      part.*,
      sum(part.amount) over session as total,
      row_number() over (session order by part.completed_at desc, part.set_index desc, part.id desc) as place
    from part
    window session as (partition by part.workout_id, part.kind)
  )
  select ranked.kind, case when ranked.kind = 'max_session_reps' then ceil(ranked.total) else ranked.total end, ranked.workout_id, ranked.id, ranked.set_index, ranked.completed_at
  from ranked
  where ranked.place = 1;
end;
$$;

comment on function private.session_offers(uuid[], uuid) is
  'What the sets of an exercise in each of these workouts put forward together: their volume and their repetitions.';

-- Many sets at a time, as an upload or an import writes them: the records that stood before the first of them are read once
-- for each exercise, and whatever does not beat those beats none. What is left, mostly nothing, is asked about one by one.

-- Nested loops would compare every offer with every record; they stay for what has no other way.
create function private.ahead_of_records(p_set_ids uuid[], p_workout_ids uuid[], p_exercise_ids uuid[])
returns table (user_id uuid, exercise_id uuid, achieved_at timestamptz)
language plpgsql
stable
security invoker
set search_path = ''
set enable_nestloop = off
set enable_mergejoin = off
as $$
begin
  return query
  with session as (
    select pair.exercise_id, array_agg(distinct pair.workout_id) as workout_ids
    from unnest(p_workout_ids, p_exercise_ids) as pair (workout_id, exercise_id)
    group by pair.exercise_id
  ),
  source as materialized (
    select workout_sets.user_id, workout_sets.exercise_id, workout_sets.completed_at as achieved_at,
      private.record_offers(workout_sets) as offers
    from public.workout_sets
    where workout_sets.id = any (p_set_ids)
      and workout_sets.is_counted
    union all
    select
      (
        select workouts.user_id
        from public.workouts
        where workouts.id = total.workout_id
      ),
      session.exercise_id, total.achieved_at, array[row(total.kind, null, null, total.value)]::private.record_offer[]
    from session
    cross join lateral private.session_offers(session.workout_ids, session.exercise_id) as total
  ),
  numbered as materialized (
    select source.*, row_number() over () as place
    from source
  ),
  -- As good as one of these is as good as what has beaten it since: where weights are compared with a margin, only more
  -- than it beats.
  stood as materialized (
    select first.user_id, first.exercise_id, stood.kind, coalesce(stood.at_reps, 0) as at_reps,
      private.record_hardness(stood.kind, stood.at_weight_kg) as hardness,
      private.record_score(stood.kind, stood.value) + private.record_margin(stood.kind) as score
    from (
      select source.user_id, source.exercise_id, min(source.achieved_at) as achieved_at
      from source
      group by source.user_id, source.exercise_id
    ) as first
    cross join lateral private.standing_records(first.user_id, first.exercise_id, first.achieved_at) as stood
  ),
  offer as materialized (
    select numbered.user_id, numbered.exercise_id, numbered.place, offered.kind, coalesce(offered.at_reps, 0) as at_reps,
      private.record_hardness(offered.kind, offered.at_weight_kg) as hardness,
      private.record_score(offered.kind, offered.value) as score
    from numbered
    cross join lateral unnest(numbered.offers) as offered
    where offered.value is not null
  ),
  ahead as materialized (
    select offer.place
    from offer
    left join stood
      on stood.user_id = offer.user_id
      and stood.exercise_id = offer.exercise_id
      and stood.kind = offer.kind
      and stood.at_reps = offer.at_reps
      and stood.hardness >= offer.hardness
      and stood.score >= offer.score
    where stood.user_id is null
    group by offer.place
  )
  select first.user_id, first.exercise_id, first.achieved_at
  from (
    select distinct numbered.user_id, numbered.exercise_id
    from numbered
    join ahead on ahead.place = numbered.place
  ) as timeline
  cross join lateral (
    select candidate.user_id, candidate.exercise_id, candidate.achieved_at
    from (
      select numbered.*
      from numbered
      join ahead on ahead.place = numbered.place
      where numbered.user_id = timeline.user_id
        and numbered.exercise_id = timeline.exercise_id
      order by numbered.achieved_at
      offset 0
    ) as candidate
    where private.beats_records(candidate.user_id, candidate.exercise_id, candidate.achieved_at, candidate.offers)
    limit 1
  ) as first;
end;
$$;

comment on function private.ahead_of_records(uuid[], uuid[], uuid[]) is
  'When the first of these sets, or of what they come to in these workouts and exercises, beats the records that stood at
its time: a row for each exercise where one does.';

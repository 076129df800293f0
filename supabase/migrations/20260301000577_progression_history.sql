-- History for a prescription: the last sessions, the one-rep maximum, the training max and its waves. Each reads a bounded
-- number of days, however long an athlete has trained.

create function private.recent_e1rm_kg(p_user_id uuid, p_exercise_id uuid, p_on date)
returns numeric
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select coalesce(
      (
        select max(exercise_stats.best_e1rm_kg)
        from public.exercise_stats
        where exercise_stats.user_id = p_user_id
          and exercise_stats.exercise_id = p_exercise_id
          and exercise_stats.day between p_on - 89 and p_on
      ),
      (
        select max(latest.best_e1rm_kg)
        from (
          select exercise_stats.best_e1rm_kg
          from public.exercise_stats
          where exercise_stats.user_id = p_user_id
            and exercise_stats.exercise_id = p_exercise_id
            and exercise_stats.day <= p_on
          order by exercise_stats.day desc
          limit 3
        ) as latest
      )
    )
  );
end;
$$;

grant execute on function private.recent_e1rm_kg(uuid, uuid, date) to authenticated, service_role;
comment on function private.recent_e1rm_kg(uuid, uuid, date) is
  'The best estimated one-rep maximum of the 90 days up to a day, or of the last three days of training before them.';

-- Wendler 2009: a training max is 90 % of the one-rep maximum.
create function private.training_max(p_user_id uuid, p_exercise_id uuid, p_started_on date, p_today date)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object('load_kg', source.load_kg, 'since', source.since, 'is_derived', source.is_derived)
    from (
      select training_maxes.load_kg, training_maxes.effective_on as since, false as is_derived, 1 as rank
      from public.training_maxes
      where training_maxes.user_id = p_user_id
        and private.current_exercise_id(training_maxes.exercise_id) = p_exercise_id
        and training_maxes.effective_on <= p_today
      union all
      select round(0.9 * private.recent_e1rm_kg(p_user_id, p_exercise_id, coalesce(p_started_on, p_today)), 3), p_started_on, true, 2
      union all
      (
        select round(0.9 * exercise_stats.best_e1rm_kg, 3), p_started_on, true, 3
        from public.exercise_stats
        where exercise_stats.user_id = p_user_id
          and exercise_stats.exercise_id = p_exercise_id
          and exercise_stats.day >= p_started_on
          and exercise_stats.best_e1rm_kg is not null
        order by exercise_stats.day
        limit 1
      )
    ) as source
    where source.load_kg is not null
    order by source.rank, source.since desc
    limit 1
  );
end;
$$;

grant execute on function private.training_max(uuid, uuid, date, date) to authenticated, service_role;
comment on function private.training_max(uuid, uuid, date, date) is
  'What percentages are taken of: the training max that the athlete set last, else 90 % of the one-rep maximum when the run
was started, or of the first one in it. {load_kg, since, is_derived}; null when nothing is known.';

create function private.trained_waves(
  p_user_id uuid,
  p_run_id uuid,
  p_exercise_id uuid,
  p_weeks integer,
  p_week integer,
  p_since date,
  p_is_minor boolean
)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(
      jsonb_build_object('misses', wave.misses, 'is_over', wave.number < (p_week - 1) / p_weeks) order by wave.number
    ), '[]')
    from (
      select
        (workouts.template_week - 1) / p_weeks as number,
        count(*) filter (
          where (p_is_minor or workout_sets.set_type = 'amrap') and workout_sets.reps < workout_sets.planned_reps_min
        ) as misses
      from public.workouts
      join public.workout_sets
        on workout_sets.workout_id = workouts.id
        and workout_sets.exercise_id = p_exercise_id
      where workouts.template_run_id = p_run_id
        and workouts.user_id = p_user_id
        and workouts.status = 'completed'
        and workouts.local_date >= p_since
        and workouts.template_week is not null
        and workout_sets.is_counted
      group by 1
    ) as wave
  );
end;
$$;

grant execute on function private.trained_waves(uuid, uuid, uuid, integer, integer, date, boolean) to authenticated, service_role;
comment on function private.trained_waves(uuid, uuid, uuid, integer, integer, date, boolean) is
  'The waves of so many weeks in which an exercise was trained in a run since a day, for private.wave_training_max. Under 18
there are no sets to the limit: any that missed its minimum counts.';

create function private.last_body_kg(p_user_id uuid, p_exercise public.exercises)
returns numeric
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select case when p_exercise.tracking_type in ('bodyweight_reps', 'assisted_reps') then
      round(p_exercise.bodyweight_fraction * private.known_bodyweight_kg(p_user_id, now()), 3)
    end
  );
end;
$$;

grant execute on function private.last_body_kg(uuid, public.exercises) to authenticated, service_role;
comment on function private.last_body_kg(uuid, public.exercises) is
  'The share of the body that an exercise moves, by the weight that the next workout begins with; null without.';

-- A session counts for a rule when it was planned by the same scheme: a plan may have heavy and light days of an exercise,
-- each with a rule of its own. Lighter weeks do not count, and of a session not what follows the work, such as drop sets.
create function private.planned_sessions(p_user_id uuid, p_template_id uuid, p_exercise_id uuid, p_inputs jsonb, p_weeks_off jsonb)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    with trained as materialized (
      select exercise_stats.day
      from public.exercise_stats
      where exercise_stats.user_id = p_user_id
        and exercise_stats.exercise_id = p_exercise_id
      order by exercise_stats.day desc
      limit 12
    ),
    done as (
      select
        workouts.started_at, workout_sets.workout_exercise_id, workout_sets.set_index, workout_sets.side, workout_sets.reps,
        workout_sets.rpe,
        private.moved_kg(p_inputs, workout_sets.weight_kg) as load_kg,
        workout_sets.is_counted
          and (workout_sets.set_type in ('working', 'top', 'amrap', 'failure')
            or workout_sets.set_type::text = p_inputs #>> '{scheme,set_type}') as is_work,
        count(*) filter (where workout_sets.planned_reps_min is not null) over place as planned_sets,
        max(workout_sets.planned_reps_max) over place as planned_reps_max
      from trained
      join public.workouts
        on workouts.user_id = p_user_id
        and workouts.local_date = trained.day
      join public.workout_sets
        on workout_sets.workout_id = workouts.id
        and workout_sets.exercise_id = p_exercise_id
      where workouts.status = 'completed'
        and workouts.template_id = p_template_id
        and not coalesce(p_weeks_off @> to_jsonb(workouts.template_week), false)
        and workout_sets.set_type <> 'warmup'
      window place as (partition by workout_sets.workout_exercise_id)
    ),
    session as (
      select done.started_at, done.workout_exercise_id, mode() within group (order by done.load_kg desc) as load_kg
      from done
      where done.is_work
        and done.reps is not null
        and (done.planned_sets = 0 or (
          done.planned_sets = (p_inputs #>> '{scheme,sets}')::integer
          -- A set to the limit has no most.
          and coalesce(done.planned_reps_max = (p_inputs #>> '{scheme,reps_max}')::integer, true)
        ))
      group by done.started_at, done.workout_exercise_id
      order by done.started_at desc, done.workout_exercise_id desc
      limit 6
    )
    select coalesce(jsonb_agg(
      jsonb_build_object('load_kg', trim_scale(session.load_kg), 'reps', work.reps, 'rpes', work.rpes)
      order by session.started_at desc, session.workout_exercise_id desc
    ), '[]')
    from session
    cross join lateral (
      select
        jsonb_agg(done.reps order by done.set_index, done.side) as reps,
        jsonb_agg(done.rpe order by done.set_index, done.side) as rpes
      from done
      where done.workout_exercise_id = session.workout_exercise_id
        and done.is_work
        and done.reps is not null
        and done.load_kg >= session.load_kg
    ) as work
  );
end;
$$;

grant execute on function private.planned_sessions(uuid, uuid, uuid, jsonb, jsonb) to authenticated, service_role;
comment on function private.planned_sessions(uuid, uuid, uuid, jsonb, jsonb) is
  'The last six sessions of an exercise by the same scheme of a template, the newest first, of the last twelve days that it
was trained: [{load_kg, reps, rpes}], the load that most sets had and the sets with at least that.';

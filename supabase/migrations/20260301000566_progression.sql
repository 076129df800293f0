-- Progression: from a rule of a plan and what was done last to the load that comes next. Pure arithmetic on documents, so
-- that the same inputs always give the same answer. Loads here are what is moved: body weight with what is added to it, or
-- less what assists; 572 turns them into the weight that is put on.

create type private.load_aim as (
  load_kg  numeric,
  most_kg  numeric,
  reps_min integer,
  code     text
);

comment on type private.load_aim is
  'What a rule asks for: the load before it is rounded, the load that rounding must not exceed, the least repetitions where
they differ from the plan''s, and the reason''s code.';

-- What was done --------------------------------------------------------------------------------------------------------

-- A session is {load_kg, reps: [], rpes: []}: the load that most of its sets were done with, and what was done with it.
create function private.sets_reaching(p_session jsonb, p_reps integer)
returns integer
language sql
immutable
security invoker
set search_path = ''
as $$
  select count(*)::integer
  from jsonb_array_elements(p_session -> 'reps') as done
  where done::integer >= p_reps;
$$;

grant execute on function private.sets_reaching(jsonb, integer) to authenticated, service_role;
comment on function private.sets_reaching(jsonb, integer) is 'In how many sets of a session so many repetitions were done.';

create function private.failed_in_a_row(p_sessions jsonb, p_reps integer, p_sets integer)
returns integer
language sql
immutable
security invoker
set search_path = ''
as $$
  select coalesce(min(session.place) filter (where not session.is_failure) - 1, count(*))::integer
  from (
    select
      element.place,
      (element.session -> 'load_kg')::numeric = (p_sessions #> '{0,load_kg}')::numeric
        and private.sets_reaching(element.session, p_reps) < p_sets as is_failure
    from jsonb_array_elements(p_sessions) with ordinality as element (session, place)
  ) as session;
$$;

grant execute on function private.failed_in_a_row(jsonb, integer, integer) to authenticated, service_role;
comment on function private.failed_in_a_row(jsonb, integer, integer) is
  'How many sessions in a row, the newest first, had fewer sets than so many with the repetitions, with one and the same load.';

create function private.was_reset(p_sessions jsonb)
returns boolean
language sql
immutable
security invoker
set search_path = ''
as $$
  select coalesce(bool_or(session.load_kg < session.before_kg), false)
  from (
    select
      (element.session -> 'load_kg')::numeric as load_kg,
      (lead(element.session -> 'load_kg') over (order by element.place))::numeric as before_kg
    from jsonb_array_elements(p_sessions) with ordinality as element (session, place)
  ) as session;
$$;

grant execute on function private.was_reset(jsonb) to authenticated, service_role;
comment on function private.was_reset(jsonb) is 'Whether the load went down from one of these sessions to the next.';

create function private.least_reps(p_session jsonb, p_sets integer)
returns integer
language sql
immutable
security invoker
set search_path = ''
as $$
  select min(best.reps)
  from (
    select done::integer as reps
    from jsonb_array_elements(p_session -> 'reps') as done
    order by done::integer desc
    limit p_sets
  ) as best;
$$;

grant execute on function private.least_reps(jsonb, integer) to authenticated, service_role;
comment on function private.least_reps(jsonb, integer) is 'The repetitions of the weakest of a session''s best so many sets.';

create function private.less(p_load_kg numeric, p_percent numeric, p_step_kg numeric)
returns numeric
language sql
immutable
security invoker
set search_path = ''
as $$
  select case when p_load_kg > 0 then p_load_kg * (1 - p_percent / 100) else p_load_kg - p_step_kg end;
$$;

grant execute on function private.less(numeric, numeric, numeric) to authenticated, service_role;
comment on function private.less(numeric, numeric, numeric) is
  'A load less so many percent of it; one of which only the assistance is known, less a step.';

-- Rules ----------------------------------------------------------------------------------------------------------------

-- A step of at most 10 %: ACSM (Ratamess et al. 2009, MSSE 41:687) raises loads by 2 to 10 %.
create function private.one_step(p_load_kg numeric, p_step_kg numeric)
returns private.load_aim
language sql
immutable
security invoker
set search_path = ''
as $$
  select row(
    p_load_kg + p_step_kg,
    case when p_load_kg > 0 then p_load_kg * 1.1 else p_load_kg + p_step_kg end,
    null,
    'step'
  )::private.load_aim;
$$;

grant execute on function private.one_step(numeric, numeric) to authenticated, service_role;
comment on function private.one_step(numeric, numeric) is 'A load more by a step, of which 10 % of it are allowed.';

create function private.reset_aim(p_rule jsonb, p_load_kg numeric, p_step_kg numeric)
returns private.load_aim
language sql
immutable
security invoker
set search_path = ''
as $$
  select row(reset.load_kg, reset.load_kg, null, 'reset')::private.load_aim
  from (
    select private.less(p_load_kg, (p_rule -> 'reset_percent')::numeric, p_step_kg) as load_kg
  ) as reset;
$$;

grant execute on function private.reset_aim(jsonb, numeric, numeric) to authenticated, service_role;
comment on function private.reset_aim(jsonb, numeric, numeric) is 'A load less by the rule''s percentage, to build up again.';

create function private.linear_aim(p_rule jsonb, p_scheme jsonb, p_sessions jsonb)
returns private.load_aim
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_load_kg constant numeric := p_sessions #> '{0,load_kg}';
  v_reps constant integer := coalesce(p_scheme ->> 'reps_target', p_scheme ->> 'reps_min');
  v_failures constant integer := private.failed_in_a_row(p_sessions, v_reps, (p_scheme -> 'sets')::integer);
  v_step_kg numeric := coalesce(p_rule ->> 'step_kg', p_scheme ->> 'step_kg');
begin
  if v_failures >= (p_rule -> 'attempts')::integer then
    return private.reset_aim(p_rule, v_load_kg, v_step_kg);
  elsif v_failures > 0 then
    return row(v_load_kg, v_load_kg, null, 'repeat')::private.load_aim;
  end if;

  if p_rule ->> 'step_kg' is null and private.was_reset(p_sessions) then
    v_step_kg := least(v_step_kg, 2.5);
  end if;

  return private.one_step(v_load_kg, v_step_kg);
end;
$$;

grant execute on function private.linear_aim(jsonb, jsonb, jsonb) to authenticated, service_role;
comment on function private.linear_aim(jsonb, jsonb, jsonb) is
  'Linear progression: a step when all sets had their repetitions, the same again when not, and less after so many attempts.
Where the plan names no step, it is at most 2.5 kg once the load had to go down.';

create function private.double_aim(p_rule jsonb, p_scheme jsonb, p_sessions jsonb)
returns private.load_aim
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_load_kg constant numeric := p_sessions #> '{0,load_kg}';
  v_sets constant integer := p_scheme -> 'sets';
  v_low constant integer := p_scheme -> 'reps_min';
  v_high constant integer := p_scheme -> 'reps_max';
  v_step_kg constant numeric := coalesce(p_rule ->> 'step_kg', p_scheme ->> 'step_kg');
  v_least constant integer := coalesce(private.least_reps(p_sessions -> 0, v_sets), 0);
  v_is_enough constant boolean := private.sets_reaching(p_sessions -> 0, v_high) >= v_sets;
begin
  -- One set below the range may happen; two of them are a failure.
  if private.failed_in_a_row(p_sessions, v_low, greatest(v_sets - 1, 1)) >= (p_rule -> 'attempts')::integer then
    return private.reset_aim(p_rule, v_load_kg, v_step_kg);
  elsif not v_is_enough then
    return row(v_load_kg, v_load_kg, least(greatest(v_least + 1, v_low), v_high), 'more_reps')::private.load_aim;
  elsif exists (
    select from jsonb_array_elements(p_sessions #> '{0,rpes}') as done
    where done <> 'null'
      and 10 - done::numeric < (p_rule ->> 'target_rir')::numeric
  ) then
    return row(v_load_kg, v_load_kg, v_high, 'too_hard')::private.load_aim;
  end if;

  return private.one_step(v_load_kg, v_step_kg);
end;
$$;

grant execute on function private.double_aim(jsonb, jsonb, jsonb) to authenticated, service_role;
comment on function private.double_aim(jsonb, jsonb, jsonb) is
  'Double progression: one repetition more until all sets reach the top of the range with enough in reserve, then a step and
the bottom of the range again; less after so many sessions with two sets below it.';

-- The table of private.rpe_percentage where it reaches, and Epley on the repetitions that failure is away elsewhere.
create function private.load_share(p_reps integer, p_rpe numeric)
returns numeric
language sql
immutable
security invoker
set search_path = ''
as $$
  select coalesce(
    private.rpe_percentage(p_reps, p_rpe) / 100,
    1 / (1 + (p_reps + 10 - p_rpe) / 30)
  );
$$;

grant execute on function private.load_share(integer, numeric) to authenticated, service_role;
comment on function private.load_share(integer, numeric) is
  'The share of the one-rep maximum with which so many repetitions are this RPE.';

create function private.rpe_aim(p_rule jsonb, p_scheme jsonb, p_sessions jsonb)
returns private.load_aim
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_load_kg constant numeric := p_sessions #> '{0,load_kg}';
  v_reps constant integer := coalesce(p_scheme ->> 'reps_target', p_scheme ->> 'reps_max', p_scheme ->> 'reps_min');
  v_rpe constant numeric := p_scheme -> 'rpe';
  v_most constant numeric := (p_rule -> 'max_change_percent')::numeric / 100;
  v_hardest record;
  v_change numeric;
begin
  -- Ratings below 6 carry little information; a set that fell short without one was one to failure.
  select
    set.reps, set.rpe,
    private.load_share(v_reps, v_rpe) / private.load_share(greatest(set.reps, 1), greatest(set.rpe, 6)) as ratio
  into v_hardest
  from (
    select
      reps.done::integer as reps,
      coalesce(
        (p_sessions #>> array['0', 'rpes', (reps.place - 1)::text])::numeric,
        case when reps.done::integer < v_reps then 10 end
      ) as rpe
    from jsonb_array_elements(p_sessions #> '{0,reps}') with ordinality as reps (done, place)
  ) as set
  where set.rpe is not null
  order by 3, set.rpe desc
  limit 1;

  if v_hardest is null then
    return row(v_load_kg, v_load_kg, null, 'unrated')::private.load_aim;
  elsif abs(v_hardest.rpe - v_rpe) <= (p_rule -> 'tolerance')::numeric and v_hardest.reps >= v_reps then
    return row(v_load_kg, v_load_kg, null, 'on_target')::private.load_aim;
  end if;

  v_change := least(greatest(v_hardest.ratio - 1, -v_most), v_most);
  return row(
    v_load_kg + v_change * greatest(v_load_kg, 0), v_load_kg + v_change * greatest(v_load_kg, 0), null,
    case when v_change < 0 then 'lighter' else 'heavier' end
  )::private.load_aim;
end;
$$;

grant execute on function private.rpe_aim(jsonb, jsonb, jsonb) to authenticated, service_role;
comment on function private.rpe_aim(jsonb, jsonb, jsonb) is
  'Autoregulation: the load with which the planned repetitions would have the planned RPE, judged by the hardest set; the same
within the tolerance, never changed by more than so many percent.';

-- Wendler 2009: a step after each wave, 10 % less after a plus set that missed its minimum.
create function private.wave_training_max(p_rule jsonb, p_training_max_kg numeric, p_step_kg numeric, p_waves jsonb)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_step_kg constant numeric := coalesce((p_rule ->> 'step_kg')::numeric, p_step_kg);
  v_max_kg numeric := p_training_max_kg;
  v_wave jsonb;
begin
  for v_wave in select element from jsonb_array_elements(p_waves) as element loop
    if (v_wave -> 'misses')::integer > 0 then
      v_max_kg := v_max_kg * (1 - (p_rule -> 'reset_percent')::numeric / 100);
    elsif (v_wave -> 'is_over')::boolean then
      v_max_kg := least(v_max_kg + v_step_kg, v_max_kg * 1.1);
    end if;
  end loop;

  return v_max_kg;
end;
$$;

grant execute on function private.wave_training_max(jsonb, numeric, numeric, jsonb) to authenticated, service_role;
comment on function private.wave_training_max(jsonb, numeric, numeric, jsonb) is
  'The training max after the waves that were trained, the oldest first, each {misses, is_over}: more by a step after a wave
that is over, less after one in which a plus set missed its minimum.';

-- Steps ----------------------------------------------------------------------------------------------------------------

create function private.usual_step_kg(p_exercise public.exercises)
returns numeric
language sql
immutable
security invoker
set search_path = ''
as $$
  select case
    when p_exercise.movement_pattern in ('squat', 'hinge', 'lunge') then 5
    when p_exercise.mechanic = 'isolation' or (p_exercise.movement_pattern = 'push' and p_exercise.direction = 'vertical')
      then 1.25
    else 2.5
  end;
$$;

grant execute on function private.usual_step_kg(public.exercises) to authenticated, service_role;
comment on function private.usual_step_kg(public.exercises) is
  'The step of a plan that names none: 5 kg for legs and hips, 1.25 kg overhead and for single joints, else 2.5 kg.';

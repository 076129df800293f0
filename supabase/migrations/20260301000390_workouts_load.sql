-- Load: what a set weighs. One function for each calculation, used by sets, records, rollups and whatever shows them.
-- Pure arithmetic; the golden table of supabase/tests/workouts_load.test.sql holds it to its sources.

create type public.set_side as enum ('left', 'right');
create type public.weight_unit as enum ('kg', 'lb');
create type public.e1rm_method as enum ('single', 'rpe_table', 'epley', 'brzycki', 'consensus');
create type public.confidence as enum ('high', 'medium', 'low');

comment on type public.set_side is 'The side that a one-sided set was done on.';
comment on type public.weight_unit is 'The unit in which a weight was entered. Storage is kilograms.';
comment on type public.e1rm_method is
  'How a one-rep maximum was found: lifted as a single, read from the RPE table, or estimated by a formula.';
comment on type public.confidence is
  'How far to trust an estimate: high up to 5 repetitions, medium up to 10, low up to 12.';

create type private.e1rm_estimate as (
  kg         numeric,
  method     public.e1rm_method,
  confidence public.confidence
);

comment on type private.e1rm_estimate is 'A one-rep maximum, how it was found, and how far to trust it.';

-- Load and volume ------------------------------------------------------------------------------------------------------

-- The share of body mass: Ebben et al. 2011, JSCR 25:2891 (push-ups); segment masses after Winter for the others.
create function private.load_kg(
  p_tracking_type public.tracking_type,
  p_weight_entry public.weight_entry,
  p_weight_kg numeric,
  p_bodyweight_fraction numeric,
  p_bodyweight_kg numeric
)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_body_kg numeric := coalesce(p_bodyweight_fraction * p_bodyweight_kg, 0);
begin
  return case
    when p_tracking_type = 'bodyweight_reps' then v_body_kg + coalesce(p_weight_kg, 0)
    when p_tracking_type = 'assisted_reps' then greatest(v_body_kg - p_weight_kg, 0)
    when p_tracking_type = 'reps_only' then nullif(v_body_kg, 0)
    when p_weight_entry = 'per_hand' then p_weight_kg * 2
    else p_weight_kg
  end;
end;
$$;

grant execute on function private.load_kg(
  public.tracking_type, public.weight_entry, numeric, numeric, numeric
) to authenticated, service_role;
comment on function private.load_kg(public.tracking_type, public.weight_entry, numeric, numeric, numeric) is
  'What one repetition moves: both hands together, body weight by its share, assistance taken off.
Without a body weight the external part alone; null where nothing is weighed.';

create function private.logged_volume_kg(p_tracking_type public.tracking_type, p_weight_kg numeric, p_reps integer)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return case
    when p_tracking_type in ('weight_reps', 'bodyweight_reps') then coalesce(p_weight_kg * p_reps, 0)
    else 0
  end;
end;
$$;

grant execute on function private.logged_volume_kg(public.tracking_type, numeric, integer)
  to authenticated, service_role;
comment on function private.logged_volume_kg(public.tracking_type, numeric, integer) is
  'Entered weight times entered repetitions: comparable with what other apps and their exports call volume.';

-- Who logs left and right apart does no more than who logs once for both.
create function private.side_share(p_side public.set_side)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return case when p_side is null then 1 else 0.5 end;
end;
$$;

grant execute on function private.side_share(public.set_side) to authenticated, service_role;
comment on function private.side_share(public.set_side) is
  'What a set counts for wherever sets, repetitions, volume, time or distance are added up: one that was logged for one side
is half of one for both.';

create function private.effective_volume_kg(
  p_load_kg numeric,
  p_reps integer,
  p_unilateral boolean,
  p_side public.set_side
)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return coalesce(p_load_kg * p_reps * private.side_share(p_side) * case when p_unilateral then 2 else 1 end, 0);
end;
$$;

grant execute on function private.effective_volume_kg(numeric, integer, boolean, public.set_side)
  to authenticated, service_role;
comment on function private.effective_volume_kg(numeric, integer, boolean, public.set_side) is
  'Load times repetitions, which one-sided exercises have for each side; of a set for one side half of that.';

-- One-rep maximum ------------------------------------------------------------------------------------------------------

-- Epley 1985, Poundage Chart. Brzycki 1993, JOPERD 64(1):88. Lombardi 1989, Beginning Weight Training. Mayhew et al.
-- 1992, J Sports Med Phys Fitness 32:295. Wathan 1994, in NSCA Essentials. O'Conner et al. 1989, Weight Training.
create function private.rep_estimates_kg(p_load_kg numeric, p_reps integer)
returns numeric[]
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return array[
    p_load_kg * (1 + p_reps / 30.0),
    p_load_kg * 36 / (37 - p_reps),
    p_load_kg * power(p_reps, 0.10),
    p_load_kg * 100 / (52.2 + 41.9 * exp(-0.055 * p_reps)),
    p_load_kg * 100 / (48.8 + 53.8 * exp(-0.075 * p_reps)),
    p_load_kg * (1 + 0.025 * p_reps)
  ];
end;
$$;

grant execute on function private.rep_estimates_kg(numeric, integer) to authenticated, service_role;
comment on function private.rep_estimates_kg(numeric, integer) is
  'What the six formulas make of load and repetitions as they stand, also of a single: Epley, Brzycki, Lombardi, Mayhew,
Wathan, O''Conner. For fewer than 37 repetitions, where Brzycki''s has its pole.';

-- A single is a maximum as it stands: the raw formulas would make it a record by up to 9 %.
create function private.rep_formula_kg(p_load_kg numeric, p_reps integer, p_formula public.e1rm_formula)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return case
    when p_reps < 1 or p_reps >= 37 then null
    when p_reps = 1 then p_load_kg
    when p_formula = 'epley' then p_load_kg * (1 + p_reps / 30.0)
    when p_formula = 'brzycki' then p_load_kg * 36 / (37 - p_reps)
    else (
      select percentile_cont(0.5) within group (order by estimate.kg)::numeric
      from unnest(private.rep_estimates_kg(p_load_kg, p_reps)) as estimate (kg)
    )
  end;
end;
$$;

grant execute on function private.rep_formula_kg(numeric, integer, public.e1rm_formula)
  to authenticated, service_role;
comment on function private.rep_formula_kg(numeric, integer, public.e1rm_formula) is
  'The one-rep maximum by a formula of load and repetitions to failure; consensus is the median of six.
Null outside 1 to 36 repetitions.';

-- Tuchscherer's practitioner table (Reactive Training Systems), which is one curve over the repetitions that failure is
-- away: reps + 10 - RPE = 1, 1.5, 2 … 16. Zourdos et al. 2016, JSCR 30:267, for the scale.
create function private.rpe_percentage(p_reps integer, p_rpe numeric)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  if p_reps not between 1 and 12 or p_rpe not between 6 and 10 then
    return null;
  end if;

  return (array[
    100.0, 97.8, 95.5, 93.9, 92.2, 90.7, 89.2, 87.8, 86.3, 85.0, 83.7, 82.4, 81.1, 79.9, 78.6, 77.4,
    76.2, 75.1, 73.9, 72.3, 70.7, 69.4, 68.0, 66.7, 65.3, 64.0, 62.6, 61.3, 59.9, 58.6, 57.4
  ])[(1 + 2 * (p_reps - 1 + 10 - p_rpe))::integer];
end;
$$;

grant execute on function private.rpe_percentage(integer, numeric) to authenticated, service_role;
comment on function private.rpe_percentage(integer, numeric) is
  'The share of the one-rep maximum, in percent, at so many repetitions and this RPE; null outside 1–12 and 6–10.';

create function private.e1rm(
  p_load_kg numeric,
  p_reps integer,
  p_rpe numeric,
  p_formula public.e1rm_formula default 'epley'
)
returns private.e1rm_estimate
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_estimate private.e1rm_estimate;
begin
  if p_load_kg is null or p_load_kg <= 0 or p_reps is null or p_reps not between 1 and 12 then
    return null;
  end if;

  v_estimate.confidence := case when p_reps <= 5 then 'high' when p_reps <= 10 then 'medium' else 'low' end;

  if p_reps = 1 and coalesce(p_rpe, 10) = 10 then
    v_estimate.method := 'single';
    v_estimate.kg := p_load_kg;
  elsif p_rpe between 6 and 10 then
    v_estimate.method := 'rpe_table';
    v_estimate.kg := p_load_kg * 100 / private.rpe_percentage(p_reps, p_rpe);
  else
    v_estimate.method := p_formula::text;
    v_estimate.kg := private.rep_formula_kg(p_load_kg, p_reps, p_formula);
  end if;

  v_estimate.kg := trim_scale(round(v_estimate.kg, 3));
  return v_estimate;
end;
$$;

grant execute on function private.e1rm(numeric, integer, numeric, public.e1rm_formula)
  to authenticated, service_role;
comment on function private.e1rm(numeric, integer, numeric, public.e1rm_formula) is
  'The one-rep maximum that a set of 1 to 12 repetitions stands for, to the gram. Null for any other.
With an RPE of 6 to 10 by the table, else by the formula, which takes the set as one to failure: a lower bound.';

-- A push-up's share of body weight describes its load, it is not a validated multiplier; a cluster's repetitions are not
-- repetitions in one go.
create function private.e1rm_load_kg(
  p_tracking_type public.tracking_type,
  p_set_type public.set_type,
  p_weight_kg numeric,
  p_bodyweight_fraction numeric,
  p_bodyweight_kg numeric
)
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  if p_set_type in ('warmup', 'cluster') then
    return null;
  end if;

  return case
    when p_tracking_type = 'weight_reps' then p_weight_kg
    when p_bodyweight_fraction is distinct from 1 or p_bodyweight_kg is null then null
    when p_tracking_type in ('bodyweight_reps', 'assisted_reps') then
      private.load_kg(p_tracking_type, null, p_weight_kg, p_bodyweight_fraction, p_bodyweight_kg)
  end;
end;
$$;

grant execute on function private.e1rm_load_kg(
  public.tracking_type, public.set_type, numeric, numeric, numeric
) to authenticated, service_role;
comment on function private.e1rm_load_kg(public.tracking_type, public.set_type, numeric, numeric, numeric) is
  'The load from which a one-rep maximum may be estimated: the weight as entered, or the whole system for lifts that
move the whole body. Null for sets and exercises that tell nothing of it.';

-- What goes on with a rest-pause or myo-rep set after a breath are repetitions of a set that was interrupted.
create function private.may_hold_records(p_set_type public.set_type, p_continues boolean)
returns boolean
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return p_set_type <> 'warmup' and not (p_continues and p_set_type in ('rest_pause', 'myo_rep'));
end;
$$;

grant execute on function private.may_hold_records(public.set_type, boolean) to authenticated, service_role;
comment on function private.may_hold_records(public.set_type, boolean) is
  'Whether a set may be a record at all: any but a warm-up, and of rest-pause and myo-rep sets the first part alone.';

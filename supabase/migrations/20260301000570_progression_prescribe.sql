-- Prescribing: the answer to a document of inputs. A function of that document alone: what a stored prescription says can
-- be had again from its inputs, by the same version of the rules.

create function private.rule_version()
returns integer
language sql
immutable
security invoker
set search_path = ''
as $$
  select 2;
$$;

grant execute on function private.rule_version() to authenticated, service_role;
comment on function private.rule_version() is 'The version of the rules by which loads are prescribed; every change of an answer makes a new one.';

create function private.first_aim(p_inputs jsonb)
returns private.load_aim
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_scheme constant jsonb := p_inputs -> 'scheme';
  v_type constant text := v_scheme ->> 'load_type';
  v_e1rm_kg constant numeric := p_inputs ->> 'e1rm_kg';
  v_max_kg constant numeric := p_inputs ->> 'training_max_kg';
  v_reps constant integer := coalesce(v_scheme ->> 'reps_target', v_scheme ->> 'reps_max', v_scheme ->> 'reps_min');
  v_load_kg numeric;
begin
  if v_type = 'fixed' then
    v_load_kg := private.moved_kg(p_inputs, (v_scheme -> 'load_value')::numeric);
    return row(v_load_kg, v_load_kg, null, 'fixed')::private.load_aim;
  elsif v_type = 'percent_training_max' and v_max_kg is not null then
    v_load_kg := case
      when p_inputs #>> '{rule,type}' = 'wave' then private.wave_training_max(
        p_inputs -> 'rule', v_max_kg, (v_scheme -> 'step_kg')::numeric, p_inputs -> 'waves'
      )
      else v_max_kg
    end;
    return row(v_load_kg, null, null, 'training_max')::private.load_aim;
  elsif v_type = 'percent_e1rm' and v_e1rm_kg is not null then
    return row(v_e1rm_kg, null, null, 'e1rm')::private.load_aim;
  elsif v_type = 'bodyweight' or (v_type = 'open' and p_inputs ->> 'rule' is null) then
    return row(null, null, null, v_type)::private.load_aim;
  elsif v_type in ('open', 'rpe', 'rir') and v_e1rm_kg is not null and v_reps is not null then
    v_load_kg := v_e1rm_kg * private.load_share(v_reps, coalesce((v_scheme ->> 'rpe')::numeric, 8));
    return row(v_load_kg, v_load_kg, null, 'record')::private.load_aim;
  end if;

  return row(null, null, null, 'no_history')::private.load_aim;
end;
$$;

grant execute on function private.first_aim(jsonb) to authenticated, service_role;
comment on function private.first_aim(jsonb) is
  'The load that does not follow from the last session: fixed, a share of the training max or the one-rep maximum, or at the
start what leaves the planned repetitions in reserve, two where the plan says nothing.';

create function private.next_aim(p_inputs jsonb)
returns private.load_aim
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_last_kg numeric := p_inputs #>> '{sessions,0,load_kg}';
  v_break constant numeric := p_inputs -> 'break_percent';
  v_type constant text := coalesce(p_inputs #>> '{rule,type}', '');
  v_step_kg constant numeric := p_inputs #> '{scheme,step_kg}';
  v_gentler constant private.load_aim := private.gentler_aim(p_inputs);
  v_aim private.load_aim;
begin
  if v_type not in ('linear', 'double', 'rpe') or v_last_kg is null then
    v_aim := private.first_aim(p_inputs);

    if v_break > 0 and v_aim.code in ('training_max', 'e1rm', 'record') then
      v_aim.load_kg := v_aim.load_kg * (1 - v_break / 100);
      v_aim.most_kg := least(v_aim.most_kg, v_aim.load_kg);
    end if;
  elsif v_break > 0 then
    v_last_kg := private.less(v_last_kg, v_break, v_step_kg);
    v_aim := row(v_last_kg, v_last_kg, null, 'break');
  elsif v_gentler.load_kg is not null then
    v_aim := v_gentler;
  elsif (p_inputs -> 'is_deload')::boolean then
    v_aim := row(v_last_kg, v_last_kg, null, 'last');
  else
    v_aim := case v_type
      when 'linear' then private.linear_aim(p_inputs -> 'rule', p_inputs -> 'scheme', p_inputs -> 'sessions')
      when 'double' then private.double_aim(p_inputs -> 'rule', p_inputs -> 'scheme', p_inputs -> 'sessions')
      else private.rpe_aim(p_inputs -> 'rule', p_inputs -> 'scheme', p_inputs -> 'sessions')
    end;
  end if;

  return v_aim;
end;
$$;

grant execute on function private.next_aim(jsonb) to authenticated, service_role;
comment on function private.next_aim(jsonb) is
  'The load that comes next: less after a break or after sets that were harder than is asked of the athlete, the last one for a
lighter week, else what the rule makes of the last sessions; without a rule or a session, the first load.';

create type private.working_weight as (
  weight_kg numeric,
  code      text,
  reps_min  integer,
  next_kg   numeric
);

comment on type private.working_weight is
  'A weight that can be put on, the reason''s code, the least repetitions where they differ from the plan''s, and the next
harder weight where that is why.';

-- By Epley: with as many repetitions the next weight is no more of the one-rep maximum than the step would have been.
create function private.reps_before(p_load_kg numeric, p_next_kg numeric, p_reps integer)
returns integer
language sql
immutable
security invoker
set search_path = ''
as $$
  select case
    when p_load_kg > 0 then least(ceil(30 * (p_next_kg / p_load_kg * (1 + p_reps / 30.0) - 1)), 1000)::integer
  end;
$$;

grant execute on function private.reps_before(numeric, numeric, integer) to authenticated, service_role;
comment on function private.reps_before(numeric, numeric, integer) is
  'The repetitions with a load that foretell so many with the next one; null for a load that is not above 0.';

create function private.step_weight(p_inputs jsonb, p_aim private.load_aim, p_ladders private.load_ladder[])
returns private.working_weight
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_session constant jsonb := p_inputs #> '{sessions,0}';
  v_last_kg constant numeric := v_session -> 'load_kg';
  v_step_kg constant numeric := coalesce(p_inputs #>> '{rule,step_kg}', p_inputs #>> '{scheme,step_kg}');
  v_weight_kg constant numeric := private.fit_weight(p_inputs, p_aim.load_kg, p_aim.most_kg, p_ladders);
  v_least constant integer := private.least_reps(v_session, (p_inputs #> '{scheme,sets}')::integer);
  v_next_kg numeric;
  v_reps integer;
begin
  if private.moved_kg(p_inputs, v_weight_kg) > v_last_kg + 0.0005 then
    return row(v_weight_kg, 'step', null, null)::private.working_weight;
  end if;

  v_next_kg := private.harder_weight(p_inputs, private.weight_for(p_inputs, v_last_kg), p_ladders);

  if v_next_kg is null then
    return row(v_weight_kg, 'heaviest', least(v_least + 1, 1000), null)::private.working_weight;
  end if;

  v_reps := coalesce(private.reps_before(
    v_last_kg, private.moved_kg(p_inputs, v_next_kg), coalesce(p_inputs #>> '{scheme,reps_target}', p_inputs #>> '{scheme,reps_min}')::integer
  ), 0);

  -- The plan's own step may be more than the rule's 10 % when nothing smaller can be made: an empty bar, small dumbbells.
  if private.moved_kg(p_inputs, v_next_kg) <= greatest(p_aim.most_kg, v_last_kg + v_step_kg) + 0.0005 or v_least >= v_reps then
    return row(v_next_kg, 'step', null, null)::private.working_weight;
  end if;

  return row(v_weight_kg, 'reps_first', least(v_least + 1, v_reps), v_next_kg)::private.working_weight;
end;
$$;

grant execute on function private.step_weight(jsonb, private.load_aim, private.load_ladder[]) to authenticated, service_role;
comment on function private.step_weight(jsonb, private.load_aim, private.load_ladder[]) is
  'The weight of a step: at least the next one that can be made. Where that is more than 10 % and than the plan''s step, more
repetitions come first, as many as foretell the plan''s with it.';

create function private.prescribed_loads(p_inputs jsonb)
returns jsonb
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_aim constant private.load_aim := private.next_aim(p_inputs);
  v_ladders constant private.load_ladder[] := private.prescription_ladders(p_inputs);
  v_is_percent constant boolean := v_aim.code in ('training_max', 'e1rm');
  v_working private.working_weight;
  v_sets jsonb;
begin
  if v_aim.code = 'step' then
    v_working := private.step_weight(p_inputs, v_aim, v_ladders);
  else
    v_working := row(
      private.fit_weight(p_inputs, v_aim.load_kg, v_aim.most_kg, v_ladders), v_aim.code, v_aim.reps_min, null
    );
  end if;

  if v_working.weight_kg is null and v_aim.load_kg is not null then
    v_working := row(null, 'no_equipment', null, null);
  end if;

  with planned as (
    select
      element.place,
      (element.set ->> 'reps_min')::integer as reps_min,
      (element.set ->> 'reps_max')::integer as reps_max,
      share.of_load = 1 as is_full,
      share.of_load * case
        when v_working.weight_kg is null then null
        when v_is_percent then v_aim.load_kg * (element.set ->> 'load_value')::numeric / 100
        else private.moved_kg(p_inputs, v_working.weight_kg)
      end as load_kg,
      private.most_load_kg(
        p_inputs, v_aim.code, coalesce((element.set ->> 'reps_max')::integer, (element.set ->> 'reps_min')::integer)
      ) as most_kg
    from jsonb_array_elements(p_inputs -> 'sets') with ordinality as element (set, place)
    cross join lateral (select (element.set ->> 'load_share')::numeric as of_load) as share
  ),
  set as (
    select
      planned.place, planned.reps_min, planned.reps_max, planned.is_full,
      case when planned.load_kg > planned.most_kg then planned.most_kg else planned.load_kg end as load_kg,
      case when planned.is_full then planned.most_kg else least(planned.load_kg, planned.most_kg) end as most_kg
    from planned
  ),
  -- Straight sets have one load, which is fitted once.
  fitted as materialized (
    select load.load_kg, load.most_kg, private.fit_weight(p_inputs, load.load_kg, load.most_kg, v_ladders) as weight_kg
    from (select distinct set.load_kg, set.most_kg from set) as load
  )
  select jsonb_agg(
    jsonb_build_object(
      'weight_kg', fitted.weight_kg,
      -- Within the plan's range, by which the session will be known again.
      'reps_min', case
        when set.is_full then least(greatest(v_working.reps_min, set.reps_min), set.reps_max)
        else set.reps_min
      end,
      'reps_max', set.reps_max
    )
    order by set.place
  )
  into v_sets
  from set
  left join fitted on fitted.load_kg = set.load_kg and fitted.most_kg is not distinct from set.most_kg;

  return jsonb_build_object(
    'code', v_working.code,
    'load_kg', round(v_aim.load_kg, 3),
    'weight_kg', (
      select set -> 'weight_kg'
      from jsonb_array_elements(v_sets) as set
      order by private.moved_kg(p_inputs, (set ->> 'weight_kg')::numeric) desc
      limit 1
    ),
    'reps_min', v_working.reps_min,
    'next_kg', v_working.next_kg,
    'sets', v_sets
  );
end;
$$;

grant execute on function private.prescribed_loads(jsonb) to authenticated, service_role;
comment on function private.prescribed_loads(jsonb) is
  'What comes next of an exercise, from a document of inputs: {code, load_kg (before rounding), weight_kg (of the heaviest
set), reps_min, next_kg, sets: [{weight_kg, reps_min, reps_max}]}. Never more than the rule allows, but for the lightest load there is.';

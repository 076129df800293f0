-- Athletes of 13 to 17: two repetitions or more stay in reserve, and no one-rep maximum is tried (Faigenbaum et al. 2009,
-- JSCR 23(5):S60, supports training of moderate loads; the numbers are a convention of ours). What a plan asks for is held to
-- that before anything is reckoned from it.

create function private.hardest_rpe(p_is_minor boolean)
returns numeric
language sql
immutable
security invoker
set search_path = ''
as $$
  select case when p_is_minor then 8 end;
$$;

grant execute on function private.hardest_rpe(boolean) to authenticated, service_role;
comment on function private.hardest_rpe(boolean) is 'The hardest RPE that is asked of an athlete: 8 under 18; null without a bound.';

create function private.gentler_rule(p_rule jsonb)
returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select p_rule
    || case when p_rule ? 'target_rir' then jsonb_build_object(
      'target_rir', greatest((p_rule ->> 'target_rir')::numeric, 2)
    ) else '{}' end
    || case when p_rule ? 'weeks' then jsonb_build_object('weeks', (
      select jsonb_agg(jsonb_build_object('sets', (
        select jsonb_agg(
          wave.set || jsonb_build_object('reps', greatest((wave.set ->> 'reps')::integer, 3), 'amrap', false)
          order by wave.place
        )
        from jsonb_array_elements(week.content -> 'sets') with ordinality as wave (set, place)
      )) order by week.place)
      from jsonb_array_elements(p_rule -> 'weeks') with ordinality as week (content, place)
    )) else '{}' end;
$$;

grant execute on function private.gentler_rule(jsonb) to authenticated, service_role;
comment on function private.gentler_rule(jsonb) is
  'A progression rule for an athlete under 18: two repetitions in reserve at least, waves without a set to the limit.';

create function private.gentler_plan(p_planned jsonb)
returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select p_planned || jsonb_build_object(
    'load_value', case p_planned ->> 'load_type'
      when 'rpe' then to_jsonb(least((p_planned ->> 'load_value')::numeric, private.hardest_rpe(true)))
      when 'rir' then to_jsonb(greatest((p_planned ->> 'load_value')::numeric, 10 - private.hardest_rpe(true)))
      else p_planned -> 'load_value'
    end,
    'set_type', case when p_planned ->> 'set_type' in ('amrap', 'failure') then 'working' else p_planned ->> 'set_type' end,
    'last_set_type', nullif(nullif(p_planned ->> 'last_set_type', 'amrap'), 'failure'),
    'reps_min', case when p_planned ->> 'reps_min' is not null then greatest((p_planned ->> 'reps_min')::integer, 3) end,
    'reps_max', case when p_planned ->> 'reps_max' is not null then greatest((p_planned ->> 'reps_max')::integer, 3) end,
    'reps_target', case when p_planned ->> 'reps_target' is not null then greatest((p_planned ->> 'reps_target')::integer, 3) end,
    'progression', private.gentler_rule(nullif(p_planned -> 'progression', 'null'))
  );
$$;

grant execute on function private.gentler_plan(jsonb) to authenticated, service_role;
comment on function private.gentler_plan(jsonb) is
  'A planned exercise for an athlete under 18: RPE 8 at most, no set to the limit or to failure, three repetitions at least.';

create function private.gentler_aim(p_inputs jsonb)
returns private.load_aim
language sql
immutable
security invoker
set search_path = ''
as $$
  select row(lighter.load_kg, lighter.load_kg, null, 'lighter')::private.load_aim
  from (
    select case
      when session.load_kg > 0 then session.load_kg * min(
        private.load_share(greatest(done.reps::integer, 1), session.most_rpe)
          / private.load_share(greatest(done.reps::integer, 1), done.rpe::numeric)
      )
      else session.load_kg
    end as load_kg
    from (
      select
        (p_inputs #>> '{sessions,0,load_kg}')::numeric as load_kg,
        (p_inputs ->> 'most_rpe')::numeric as most_rpe
    ) as session
    cross join rows from (
      jsonb_array_elements_text(p_inputs #> '{sessions,0,reps}'), jsonb_array_elements_text(p_inputs #> '{sessions,0,rpes}')
    ) as done (reps, rpe)
    where done.rpe::numeric > session.most_rpe
    group by session.load_kg
  ) as lighter;
$$;

grant execute on function private.gentler_aim(jsonb) to authenticated, service_role;
comment on function private.gentler_aim(jsonb) is
  'Less, by the RPE table, when a set of the last session was harder than is asked of the athlete; null when none was.';

create function private.most_load_kg(p_inputs jsonb, p_code text, p_reps integer)
returns numeric
language sql
immutable
security invoker
set search_path = ''
as $$
  select private.load_share(p_reps, (p_inputs ->> 'most_rpe')::numeric)
    * coalesce((p_inputs ->> 'e1rm_kg')::numeric, (p_inputs ->> 'training_max_kg')::numeric / 0.9)
  where p_code in ('fixed', 'training_max', 'e1rm');
$$;

grant execute on function private.most_load_kg(jsonb, text, integer) to authenticated, service_role;
comment on function private.most_load_kg(jsonb, text, integer) is
  'The load with which so many repetitions have the hardest RPE that is asked of the athlete, where the plan alone would say
the load; null without such a bound, or where no one-rep maximum is known.';

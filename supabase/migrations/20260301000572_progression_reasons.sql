-- Reasons: what a lifter is told of why a load is what it is. Of the inputs and the answer alone, in the athlete's units.

create function private.in_words(p_kg numeric, p_units text)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select case p_units
    when 'imperial' then trim_scale(round(p_kg / 0.45359237, 1)) || ' lb'
    else trim_scale(round(p_kg, 2)) || ' kg'
  end;
$$;

grant execute on function private.in_words(numeric, text) to authenticated, service_role;
comment on function private.in_words(numeric, text) is 'A weight as it is told, in the athlete''s units: 102.5 kg, 225 lb.';

create function private.step_reason(p_inputs jsonb, p_answer jsonb, p_last text)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  with asked as (
    select
      (p_inputs #>> '{scheme,sets}')::integer as sets,
      coalesce(p_inputs #>> '{scheme,reps_target}', p_inputs #>> '{scheme,reps_min}')::integer as reps,
      (p_inputs #>> '{scheme,reps_min}')::integer as low,
      (p_inputs #>> '{scheme,reps_max}')::integer as high,
      p_inputs #>> '{rule,type}' = 'double' as is_double
  )
  select case p_answer ->> 'code'
    when 'step' then format('All sets of %s were done with %s: one step on.',
      case when asked.is_double then asked.high else asked.reps end, p_last)
    when 'repeat' then format('%s of %s sets of %s were done with %s: the same again, attempt %s of %s.',
      least(private.sets_reaching(p_inputs #> '{sessions,0}', asked.reps), asked.sets), asked.sets, asked.reps, p_last,
      private.failed_in_a_row(p_inputs -> 'sessions', asked.reps, asked.sets) + 1, p_inputs #>> '{rule,attempts}')
    when 'reset' then format('%s was missed %s times in a row: %s %% less, to build up again.',
      p_last, p_inputs #>> '{rule,attempts}', p_inputs #>> '{rule,reset_percent}')
    when 'more_reps' then format('%s again, for %s repetitions or more; more weight once all sets have %s.',
      p_last, p_answer #>> '{reps_min}', asked.high)
    when 'too_hard' then format('All sets of %s were done with %s, but with less than %s in reserve: the same again.',
      asked.high, p_last, p_inputs #>> '{rule,target_rir}')
    when 'reps_first' then format('The next weight there is, %s, is a big step: first %s repetitions or more with %s.',
      private.in_words((p_answer ->> 'next_kg')::numeric, p_inputs ->> 'units'), p_answer ->> 'reps_min', p_last)
    when 'heaviest' then format('There is nothing heavier than %s: more repetitions with it, %s or more.',
      private.in_words((p_answer ->> 'weight_kg')::numeric, p_inputs ->> 'units'), p_answer ->> 'reps_min')
  end
  from asked;
$$;

grant execute on function private.step_reason(jsonb, jsonb, text) to authenticated, service_role;
comment on function private.step_reason(jsonb, jsonb, text) is 'Why, where a rule counts the repetitions of the last sessions.';

create function private.load_reason(p_inputs jsonb, p_answer jsonb, p_last text)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select case p_answer ->> 'code'
    when 'on_target' then format('%s had the planned effort: the same again.', p_last)
    when 'unrated' then format('The sets with %s have no RPE: the same again.', p_last)
    when 'heavier' then format('%s was easier than planned: more, by the RPE table.', p_last)
    when 'lighter' then format('%s was harder than planned: less, by the RPE table.', p_last)
    when 'last' then format('%s was the last.', p_last)
    when 'break' then format('%s was the last, weeks ago: %s %% less to come back.', p_last, p_inputs ->> 'break_percent')
    when 'fixed' then 'As the plan says.'
    when 'training_max' then format('Shares of a training max of %s.',
      private.in_words((p_answer ->> 'load_kg')::numeric, p_inputs ->> 'units'))
    when 'e1rm' then format('Shares of a one-rep maximum of %s, the best of the last 90 days.',
      private.in_words((p_answer ->> 'load_kg')::numeric, p_inputs ->> 'units'))
    when 'record' then format('From a one-rep maximum of %s, with repetitions in reserve.',
      private.in_words((p_inputs ->> 'e1rm_kg')::numeric, p_inputs ->> 'units'))
    when 'bodyweight' then 'Without a weight.'
    when 'open' then 'The plan leaves the weight to you.'
    when 'no_equipment' then 'Nothing of your equipment is for this exercise.'
    when 'no_history' then 'Nothing is known of you and this exercise yet: take a weight that leaves three repetitions in reserve. The next time follows from it.'
  end;
$$;

grant execute on function private.load_reason(jsonb, jsonb, text) to authenticated, service_role;
comment on function private.load_reason(jsonb, jsonb, text) is 'Why, where efforts, records or the plan itself decide.';

create function private.prescribe(p_inputs jsonb)
returns jsonb
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_answer constant jsonb := private.prescribed_loads(p_inputs);
  v_last constant text := private.in_words(
    private.weight_for(p_inputs, (p_inputs #>> '{sessions,0,load_kg}')::numeric), p_inputs ->> 'units'
  );
  v_break constant numeric := p_inputs -> 'break_percent';
begin
  return v_answer || jsonb_build_object('reason', concat_ws(' ',
    coalesce(private.step_reason(p_inputs, v_answer, v_last), private.load_reason(p_inputs, v_answer, v_last)),
    case when v_break > 0 and v_answer ->> 'code' in ('training_max', 'e1rm', 'record')
      then format('After weeks without it, %s %% less to come back.', v_break)
    end,
    case when (p_inputs -> 'is_deload')::boolean and v_answer -> 'weight_kg' <> 'null' then 'A lighter week: less of it.' end,
    case when p_inputs ->> 'most_rpe' is not null and jsonb_path_exists(p_inputs, '$.sets[*] ? (@.reps_min != null)')
      then 'Under 18 two repetitions or more stay in reserve, and no one-rep maximum is tried.'
    end
  ));
end;
$$;

grant execute on function private.prescribe(jsonb) to authenticated, service_role;
comment on function private.prescribe(jsonb) is
  'What comes next of an exercise and why, from a document of inputs: {code, reason, load_kg (before rounding), weight_kg (of
the heaviest set), reps_min, next_kg, sets: [{weight_kg, reps_min, reps_max}]}. Never more than the rule allows, but for the
lightest weight there is.';

-- Loads of a plan: from the rule's load to the weight that is put on, rounded to what the athlete can load. A prescription's
-- inputs are one document; docs/explanation/progression.md lists what is in it.

create function private.prescription_ladders(p_inputs jsonb)
returns private.load_ladder[]
language sql
immutable
security invoker
set search_path = ''
as $$
  select case
    when p_inputs ->> 'loading' is null then
      array[row(array(select step * private.heft(0.5, 'kg') from generate_series(0, 3000) as step), '{0}')::private.load_ladder]
    else private.load_ladders((p_inputs ->> 'loading')::private.loading, p_inputs -> 'equipment')
  end;
$$;

grant execute on function private.prescription_ladders(jsonb) to authenticated, service_role;
comment on function private.prescription_ladders(jsonb) is
  'The loads that the athlete can make for the exercise; half kilograms where nothing is known of how it is loaded.';

create function private.moved_kg(p_inputs jsonb, p_weight_kg numeric)
returns numeric
language sql
immutable
security invoker
set search_path = ''
as $$
  select (p_inputs -> 'body_kg')::numeric
    + case when (p_inputs -> 'is_assisted')::boolean then -1 else 1 end * coalesce(p_weight_kg, 0);
$$;

grant execute on function private.moved_kg(jsonb, numeric) to authenticated, service_role;
comment on function private.moved_kg(jsonb, numeric) is 'What is moved with a weight: more by it than the body''s share, or less where it assists.';

create function private.weight_for(p_inputs jsonb, p_load_kg numeric)
returns numeric
language sql
immutable
security invoker
set search_path = ''
as $$
  select case when p_load_kg is not null then greatest(
    case when (p_inputs -> 'is_assisted')::boolean then -1 else 1 end * (p_load_kg - (p_inputs -> 'body_kg')::numeric), 0
  ) end;
$$;

grant execute on function private.weight_for(jsonb, numeric) to authenticated, service_role;
comment on function private.weight_for(jsonb, numeric) is 'The weight with which a load is moved, the other way round.';

create function private.fit_weight(p_inputs jsonb, p_load_kg numeric, p_most_kg numeric, p_ladders private.load_ladder[])
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_most constant bigint := private.target_heft(private.weight_for(p_inputs, p_most_kg));
  v_is_assisted constant boolean := p_inputs -> 'is_assisted';
  v_heft bigint := private.nearest_load(private.target_heft(private.weight_for(p_inputs, p_load_kg)), false, p_ladders);
begin
  if v_heft > v_most and not v_is_assisted then
    v_heft := private.nearest_load(v_most, true, p_ladders);
  elsif v_is_assisted and v_heft < private.heft(private.weight_for(p_inputs, p_most_kg) - 0.0005, 'kg') then
    v_heft := coalesce(private.load_above(v_heft, p_ladders), v_heft);
  end if;

  return trim_scale(round(v_heft / 100000000000.0, 3));
end;
$$;

grant execute on function private.fit_weight(jsonb, numeric, numeric, private.load_ladder[]) to authenticated, service_role;
comment on function private.fit_weight(jsonb, numeric, numeric, private.load_ladder[]) is
  'The weight to put on for a load, to the gram: the nearest that can be made and moves no more than so much, if that is given;
the lightest there is when all move more. Null without a bar, a dumbbell or a stack.';

create function private.harder_weight(p_inputs jsonb, p_weight_kg numeric, p_ladders private.load_ladder[])
returns numeric
language sql
immutable
security invoker
set search_path = ''
as $$
  select trim_scale(round(case
    when not (p_inputs -> 'is_assisted')::boolean
      then private.load_above(private.target_heft(p_weight_kg), p_ladders)
    when lighter.heft < private.heft(p_weight_kg, 'kg') then lighter.heft
  end / 100000000000.0, 3))
  from (
    select private.nearest_load(private.heft(p_weight_kg - 0.0005, 'kg'), true, p_ladders) as heft
  ) as lighter;
$$;

grant execute on function private.harder_weight(jsonb, numeric, private.load_ladder[]) to authenticated, service_role;
comment on function private.harder_weight(jsonb, numeric, private.load_ladder[]) is
  'The next weight that is harder than another; null where there is none.';

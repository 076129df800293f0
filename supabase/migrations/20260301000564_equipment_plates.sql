-- Plates: the load nearest to a weight, and what to put on for it.

create function private.plates_on_side(
  p_inventory jsonb,
  p_unit public.weight_unit,
  p_sides integer,
  p_quarters bigint
)
returns jsonb
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_left integer := p_quarters;
  v_plates jsonb := '[]';
  v_plate record;
  v_lighter bit varying;
  v_count integer;
begin
  for v_plate in
    select piece.weight, (p_sides * piece.weight * 4)::integer as quarters, piece.count / p_sides as count
    from jsonb_to_recordset(p_inventory)
      as piece (kind public.piece_kind, weight numeric, unit public.weight_unit, count integer)
    where p_sides > 0
      and piece.kind = 'plate'
      and piece.unit = p_unit
    order by piece.weight desc
  loop
    exit when v_left = 0;
    v_lighter := private.load_sums(p_inventory, p_unit, p_sides, p_lighter_than => v_plate.weight);

    select max(number)
    into v_count
    from generate_series(0, least(v_plate.count, v_left / v_plate.quarters)) as number
    where substring(v_lighter from v_left - number * v_plate.quarters + 1 for 1) = B'1';

    if v_count > 0 then
      v_left := v_left - v_count * v_plate.quarters;
      v_plates := v_plates
        || jsonb_build_object('weight', trim_scale(v_plate.weight), 'unit', p_unit, 'count', v_count);
    end if;
  end loop;

  return v_plates;
end;
$$;

grant execute on function private.plates_on_side(jsonb, public.weight_unit, integer, bigint)
  to authenticated, service_role;
comment on function private.plates_on_side(jsonb, public.weight_unit, integer, bigint) is
  'The plates of a unit that make so many quarters of it on all sides together, as [{weight, unit, count}] of one side: as
many of the heaviest as lead there, then of the next.';

create function private.plates_for(p_heft bigint, p_loading private.loading, p_inventory jsonb)
returns jsonb
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_sides constant integer := private.sides((p_loading).manner);
  v_quarter_kg constant bigint := private.heft(0.25, 'kg');
  v_quarter_lb constant bigint := private.heft(0.25, 'lb');
  v_kg_sums constant bit varying := private.load_sums(p_inventory, 'kg', v_sides);
  v_lb_sums constant bit varying := private.load_sums(p_inventory, 'lb', v_sides);
  v_lb bigint;
  v_way record;
begin
  -- Only one number of pounds leaves whole quarters of a kilogram.
  select number
  into v_lb
  from generate_series(0, p_heft / v_quarter_lb) as number
  where (p_heft - number * v_quarter_lb) % v_quarter_kg = 0
  limit 1;

  select start.unit, start.quarters, rest.kg, rest.lb
  into v_way
  from private.load_starts(p_loading, p_inventory) as start
  cross join lateral (
    select
      (p_heft - v_lb * v_quarter_lb) / v_quarter_kg - case start.unit when 'kg' then start.quarters else 0 end as kg,
      v_lb - case start.unit when 'lb' then start.quarters else 0 end as lb
  ) as rest
  where rest.kg >= 0
    and rest.lb >= 0
    and substring(v_kg_sums from greatest(rest.kg, 0)::integer + 1 for 1) = B'1'
    and substring(v_lb_sums from greatest(rest.lb, 0)::integer + 1 for 1) = B'1'
  order by private.heft(start.quarters / 4.0, start.unit) desc
  limit 1;

  return jsonb_build_object(
    'implement', case when (p_loading).manner in ('bar', 'two', 'one', 'stack') and v_way is not null then
      jsonb_build_object(
        'kind', (p_loading).kind, 'weight', trim_scale(v_way.quarters / 4.0), 'unit', v_way.unit
      )
    end,
    'sides', v_sides,
    'plates_per_side', private.plates_on_side(p_inventory, 'kg', v_sides, coalesce(v_way.kg, 0))
      || private.plates_on_side(p_inventory, 'lb', v_sides, coalesce(v_way.lb, 0))
  );
end;
$$;

grant execute on function private.plates_for(bigint, private.loading, jsonb) to authenticated, service_role;
comment on function private.plates_for(bigint, private.loading, jsonb) is
  'How a load that can be made is made: {implement, sides, plates_per_side}, on the heaviest implement that allows it.';

create function private.solve_load(
  p_target_kg numeric,
  p_never_above boolean,
  p_loading private.loading,
  p_inventory jsonb
)
returns jsonb
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_heft constant bigint := private.nearest_load(
    private.target_heft(p_target_kg), p_never_above, private.load_ladders(p_loading, p_inventory)
  );
begin
  return jsonb_build_object(
    'loadable_kg', trim_scale(round(v_heft / 100000000000.0, 3)),
    'remainder_kg', trim_scale(round(p_target_kg - v_heft / 100000000000.0, 3))
  ) || private.plates_for(v_heft, p_loading, p_inventory);
end;
$$;

grant execute on function private.solve_load(numeric, boolean, private.loading, jsonb) to authenticated, service_role;
comment on function private.solve_load(numeric, boolean, private.loading, jsonb) is
  'The load of an inventory that is nearest to a target, halves up, or the nearest that is not above it; the lightest there
is when all are above. {loadable_kg, remainder_kg, implement, sides, plates_per_side}, to the gram. Without a bar, a dumbbell
or a stack there is no load: null.';

create function public.plate_plan(exercise_id uuid, weight_kg numeric, never_above boolean default false)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_exercise public.exercises;
  v_loading private.loading;
begin
  if plate_plan.weight_kg is null or not plate_plan.weight_kg between 0 and 1500 then
    perform private.fail('invalid_argument', 'weight_kg must be between 0 and 1500');
  elsif plate_plan.never_above is null then
    perform private.fail('invalid_argument', 'never_above is missing');
  end if;

  select exercises.*
  into v_exercise
  from public.exercises
  where exercises.id = private.current_exercise_id(plate_plan.exercise_id);

  if not found then
    perform private.fail('exercise_not_found');
  end if;

  v_loading := private.loading_of(v_exercise.weight_entry, v_exercise.equipment);

  return jsonb_build_object('weight_kg', trim_scale(plate_plan.weight_kg), 'manner', v_loading.manner)
    || private.solve_load(
      plate_plan.weight_kg, plate_plan.never_above, v_loading,
      private.equipment_of(v_user_id, private.piece_kinds(v_loading))
    );
end;
$$;

grant execute on function public.plate_plan(uuid, numeric, boolean) to authenticated;
comment on function public.plate_plan(uuid, numeric, boolean) is
  'What to put on for a weight of this exercise, from the caller''s equipment: {weight_kg, manner, loadable_kg, remainder_kg,
implement: {kind, weight, unit} or null, sides, plates_per_side: [{weight, unit, count}]}. loadable_kg is the nearest that can
be made, halves up, or with never_above the nearest that is not above; never less than the empty bar. Kilograms are to the
gram; remainder_kg is what is missing, or too much when negative. Pieces are in the unit that is written on them.
manner: bar and pairs have the plates on two sides, loose on one; two (one in each hand), one and stack have none. It is null
where nothing is known of the exercise''s load; then, and without any implement, loadable_kg and remainder_kg are null as well.
Fails with exercise_not_found, invalid_argument or not_authenticated.';

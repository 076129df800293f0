-- Plates: the load nearest to a weight, and what to put on for it.

create function private.load_starts(p_loading private.loading, p_inventory jsonb)
returns table (heft bigint, implement jsonb)
language sql
immutable
security invoker
set search_path = ''
as $$
  select 0, null
  where (p_loading).manner in ('pairs', 'loose')
  union all
  select
    private.heft(piece.weight * step, piece.unit),
    jsonb_build_object('kind', piece.kind, 'weight', piece.weight * step, 'unit', piece.unit)
  from jsonb_to_recordset(p_inventory)
    as piece (kind public.piece_kind, weight numeric, unit public.weight_unit, count integer)
  cross join generate_series(1, case when (p_loading).manner = 'stack' then piece.count else 1 end) as step
  where (p_loading).manner in ('bar', 'two', 'one', 'stack')
    and piece.kind = (p_loading).kind
    and piece.count >= case when (p_loading).manner = 'two' then 2 else 1 end;
$$;

grant execute on function private.load_starts(private.loading, jsonb) to authenticated, service_role;
comment on function private.load_starts(private.loading, jsonb) is
  'The loads before any plate, each with its implement: empty bars, dumbbells, steps of a stack; 0 where plates are all.';

create function private.plate_counts(p_plates integer[], p_unit public.weight_unit)
returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(
    jsonb_build_object('weight', trim_scale(plate.quarters / 4.0), 'unit', p_unit, 'count', plate.count)
    order by plate.quarters desc
  ), '[]')
  from (
    select quarters, count(*) as count
    from unnest(p_plates) as quarters
    group by quarters
  ) as plate;
$$;

grant execute on function private.plate_counts(integer[], public.weight_unit) to authenticated, service_role;
comment on function private.plate_counts(integer[], public.weight_unit) is
  'Plates that are given as quarters of their unit, as [{weight, unit, count}], the heaviest first.';

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
  v_sides constant integer := private.sides((p_loading).manner);
  -- Half a gram more, because a weight in pounds is often sent as kilograms that were cut to the gram.
  v_target constant bigint := private.heft(p_target_kg + 0.0005, 'kg');
  v_kg constant private.plate_sum[] := private.plate_sums(p_inventory, 'kg', v_sides);
  v_lb constant private.plate_sum[] := private.plate_sums(p_inventory, 'lb', v_sides);
  v_kg_hefts constant bigint[] := array(select sum.heft from unnest(v_kg) as sum);
  v_kg_counts constant integer[] := array(select cardinality(sum.plates) from unnest(v_kg) as sum);
  v_best record;
begin
  select load.heft, start.implement, near.place, lb.plates as lb_plates
  into v_best
  from private.load_starts(p_loading, p_inventory) as start
  cross join unnest(v_lb) as lb
  cross join lateral (
    -- Division rounds towards 0: below the start every place is the first.
    select width_bucket((v_target - start.heft) / greatest(v_sides, 1) - lb.heft, v_kg_hefts) as place
  ) as below
  cross join lateral (values (below.place), (below.place + 1)) as near (place)
  cross join lateral (
    select start.heft + v_sides * (v_kg_hefts[near.place] + lb.heft) as heft
  ) as load
  where near.place between 1 and cardinality(v_kg_hefts)
  order by
    p_never_above and load.heft > v_target,
    abs(load.heft - v_target),
    load.heft desc,
    start.heft desc,
    v_kg_counts[near.place] + cardinality(lb.plates)
  limit 1;

  return jsonb_build_object(
    'loadable_kg', trim_scale(round(v_best.heft / 100000000000.0, 3)),
    'remainder_kg', trim_scale(round(p_target_kg - v_best.heft / 100000000000.0, 3)),
    'implement', v_best.implement,
    'sides', v_sides,
    'plates_per_side',
    private.plate_counts((v_kg[v_best.place]).plates, 'kg') || private.plate_counts(v_best.lb_plates, 'lb')
  );
end;
$$;

grant execute on function private.solve_load(numeric, boolean, private.loading, jsonb) to authenticated, service_role;
comment on function private.solve_load(numeric, boolean, private.loading, jsonb) is
  'The load of an inventory that is nearest to a target, halves up, or the nearest that is not above it; the lightest there
is when all are above. {loadable_kg, remainder_kg, implement, sides, plates_per_side}, to the gram: the heaviest implement
with which the load can be made, with the fewest plates. Without a bar, a dumbbell or a stack there is no load: null.';

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

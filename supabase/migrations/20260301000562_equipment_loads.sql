-- Loads: how an exercise is loaded, and which loads an athlete's equipment makes. Pure arithmetic on an inventory, by counts:
-- the heaviest plate first, as everybody does it, is right for the usual sets only.

create type private.load_manner as enum ('bar', 'pairs', 'loose', 'two', 'one', 'stack');
create type private.loading as (
  manner private.load_manner,
  kind   public.piece_kind
);
create type private.load_ladder as (
  loads  bigint[],
  extras bigint[]
);

comment on type private.load_manner is
  'How weight is put on: plates in pairs on a bar, plates in pairs alone, plates one by one, one of a thing in each hand,
one of it, or steps of a stack.';
comment on type private.loading is 'How an exercise is loaded, and with which kind of piece.';
comment on type private.load_ladder is
  'Loads that can be made, as a sum of one of each list, in the steps of private.heft, both ascending. What is in one unit is
in the longer list, what is in the other in the shorter one: {0} where the units are not mixed.';

create function private.loading_of(p_weight_entry public.weight_entry, p_equipment public.equipment[])
returns private.loading
language sql
immutable
security invoker
set search_path = ''
as $$
  select (case
    when p_weight_entry = 'none' then null
    when p_weight_entry = 'added' then '(loose,plate)'
    when p_weight_entry in ('stack', 'assist') then
      case when p_equipment && '{cable,machine}' then '(stack,stack)' end
    when 'landmine' = any (p_equipment) then '(loose,plate)'
    when p_weight_entry in ('per_hand', 'single_implement') then (
      select format('(%s,%s)', case when p_weight_entry = 'per_hand' then 'two' else 'one' end, held.kind)
      from (values ('dumbbell', 'dumbbell', 1), ('kettlebell', 'kettlebell', 2), ('weight_plate', 'plate', 3))
        as held (equipment, kind, rank)
      where held.equipment::public.equipment = any (p_equipment)
      order by held.rank
      limit 1
    )
    when 'ez_bar' = any (p_equipment) then '(bar,ez_bar)'
    when 'trap_bar' = any (p_equipment) then '(bar,trap_bar)'
    when 'smith_machine' = any (p_equipment) then '(bar,smith_bar)'
    when 'barbell' = any (p_equipment) then '(bar,barbell)'
    when p_equipment && '{plate_loaded_machine,sled}' then '(pairs,plate)'
  end)::private.loading;
$$;

grant execute on function private.loading_of(public.weight_entry, public.equipment[]) to authenticated, service_role;
comment on function private.loading_of(public.weight_entry, public.equipment[]) is
  'How an exercise is loaded, by what its weight means and what it needs; null where nothing is known of it, as of a
sandbag or a band.';

create function private.piece_kinds(p_loading private.loading)
returns public.piece_kind[]
language sql
immutable
security invoker
set search_path = ''
as $$
  select case (p_loading).manner
    when 'bar' then array[(p_loading).kind, 'plate']
    else array[(p_loading).kind]
  end;
$$;

grant execute on function private.piece_kinds(private.loading) to authenticated, service_role;
comment on function private.piece_kinds(private.loading) is 'The kinds of pieces that a manner of loading takes.';

create function private.sides(p_manner private.load_manner)
returns integer
language sql
immutable
security invoker
set search_path = ''
as $$
  select case when p_manner in ('bar', 'pairs') then 2 when p_manner = 'loose' then 1 else 0 end;
$$;

grant execute on function private.sides(private.load_manner) to authenticated, service_role;
comment on function private.sides(private.load_manner) is
  'On how many sides the same plates have to be put; 0 where no plates are.';

-- Sums -----------------------------------------------------------------------------------------------------------------

-- Whole numbers, so that nothing is ever rounded: a quarter of a pound is 0.1133980925 kg.
create function private.heft(p_weight numeric, p_unit public.weight_unit)
returns bigint
language sql
immutable
security invoker
set search_path = ''
as $$
  select (p_weight * case p_unit when 'lb' then 45359237000 else 100000000000 end)::bigint;
$$;

grant execute on function private.heft(numeric, public.weight_unit) to authenticated, service_role;
comment on function private.heft(numeric, public.weight_unit) is
  'A weight in steps of 0.00000000001 kg, of which kilograms and pounds in quarters are whole multiples.';

-- Half a gram more, because a weight in pounds is often sent as kilograms that were cut to the gram.
create function private.target_heft(p_target_kg numeric)
returns bigint
language sql
immutable
security invoker
set search_path = ''
as $$
  select private.heft(p_target_kg + 0.0005, 'kg');
$$;

grant execute on function private.target_heft(numeric) to authenticated, service_role;
comment on function private.target_heft(numeric) is 'A target for private.nearest_load: the weight, and half a gram of grace.';

create function private.load_starts(p_loading private.loading, p_inventory jsonb)
returns table (unit public.weight_unit, quarters integer)
language sql
immutable
security invoker
set search_path = ''
as $$
  select 'kg', 0
  where (p_loading).manner in ('pairs', 'loose')
  union
  select piece.unit, (piece.weight * 4 * step)::integer
  from jsonb_to_recordset(p_inventory)
    as piece (kind public.piece_kind, weight numeric, unit public.weight_unit, count integer)
  cross join generate_series(1, case when (p_loading).manner = 'stack' then piece.count else 1 end) as step
  where (p_loading).manner in ('bar', 'two', 'one', 'stack')
    and piece.kind = (p_loading).kind
    and piece.count >= case when (p_loading).manner = 'two' then 2 else 1 end;
$$;

grant execute on function private.load_starts(private.loading, jsonb) to authenticated, service_role;
comment on function private.load_starts(private.loading, jsonb) is
  'The loads before any plate: empty bars, dumbbells, steps of a stack; 0 where plates are all.';

-- A bit for each quarter: adding plates shifts them all at once, so that no inventory costs much.
create function private.load_sums(
  p_inventory jsonb,
  p_unit public.weight_unit,
  p_sides integer,
  p_starts integer[] default '{0}',
  p_lighter_than numeric default 'infinity'
)
returns bit varying
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_most constant bigint := private.heft(1500, 'kg') / private.heft(0.25, p_unit);
  v_sums bit varying;
  v_plate record;
  v_start integer;
  v_left integer;
  v_step integer;
begin
  select repeat('0', least(
    v_most,
    coalesce(sum(piece.count * piece.weight * 4), 0) + (select max(start) from unnest(p_starts) as start)
  )::integer + 1)::bit varying
  into v_sums
  from jsonb_to_recordset(p_inventory)
    as piece (kind public.piece_kind, weight numeric, unit public.weight_unit, count integer)
  where piece.kind = 'plate'
    and piece.unit = p_unit
    and p_sides > 0;

  foreach v_start in array p_starts loop
    if v_start < length(v_sums) then
      v_sums := set_bit(v_sums, v_start, 1);
    end if;
  end loop;

  for v_plate in
    select (p_sides * piece.weight * 4)::integer as quarters, piece.count / p_sides as count
    from jsonb_to_recordset(p_inventory)
      as piece (kind public.piece_kind, weight numeric, unit public.weight_unit, count integer)
    where p_sides > 0
      and piece.kind = 'plate'
      and piece.unit = p_unit
      and piece.weight < p_lighter_than
  loop
    v_left := v_plate.count;
    v_step := 1;

    -- 1, 2, 4 … and the rest give every number of plates up to all of them.
    while v_left > 0 loop
      v_step := least(v_step, v_left);
      v_sums := v_sums | (v_sums >> (v_step * v_plate.quarters));
      v_left := v_left - v_step;
      v_step := v_step * 2;
    end loop;
  end loop;

  return v_sums;
end;
$$;

grant execute on function private.load_sums(jsonb, public.weight_unit, integer, integer[], numeric)
  to authenticated, service_role;
comment on function private.load_sums(jsonb, public.weight_unit, integer, integer[], numeric) is
  'What plates of a unit make on so many equal sides together, from each start: bit n is set where a load of n quarters of
the unit can be made. Up to 1500 kg; of plates that are lighter than a weight alone, if one is given.';

create function private.hefts(p_sums bit varying, p_unit public.weight_unit)
returns bigint[]
language sql
immutable
security invoker
set search_path = ''
as $$
  select array(
    select number * quarter.heft
    from (select private.heft(0.25, p_unit) as heft offset 0) as quarter
    cross join generate_series(0, length(p_sums) - 1) as number
    where get_bit(p_sums, number) = 1
    order by number
  );
$$;

grant execute on function private.hefts(bit varying, public.weight_unit) to authenticated, service_role;
comment on function private.hefts(bit varying, public.weight_unit) is 'The loads whose bits are set, ascending.';

create function private.load_ladders(p_loading private.loading, p_inventory jsonb)
returns private.load_ladder[]
language sql
immutable
security invoker
set search_path = ''
as $$
  select array_agg(
    case when cardinality(part.own) < cardinality(part.other)
      then row(part.other, part.own)::private.load_ladder
      else row(part.own, part.other)::private.load_ladder
    end
    order by part.unit
  )
  from (
    select
      starts.unit,
      private.hefts(
        private.load_sums(p_inventory, starts.unit, private.sides((p_loading).manner), starts.quarters), starts.unit
      ) as own,
      private.hefts(
        private.load_sums(p_inventory, other.unit, private.sides((p_loading).manner)), other.unit
      ) as other
    from (
      select start.unit, array_agg(start.quarters) as quarters
      from private.load_starts(p_loading, p_inventory) as start
      group by start.unit
    ) as starts
    cross join lateral (
      select case starts.unit when 'kg' then 'lb' else 'kg' end::public.weight_unit as unit
    ) as other
    offset 0
  ) as part;
$$;

grant execute on function private.load_ladders(private.loading, jsonb) to authenticated, service_role;
comment on function private.load_ladders(private.loading, jsonb) is
  'All loads up to 1500 kg that an inventory makes, one ladder for each unit in which there is something to begin with; null
without a bar, a dumbbell or a stack.';

create function private.nearest_load(p_target bigint, p_never_above boolean, p_ladders private.load_ladder[])
returns bigint
language sql
immutable
security invoker
set search_path = ''
as $$
  select case
    when (p_never_above and best.below is not null) or best.above is null then best.below
    when p_target - best.below < best.above - p_target then best.below
    else best.above
  end
  from (
    select max(ladder.loads[place] + extra) as below, min(ladder.loads[place + 1] + extra) as above
    from unnest(p_ladders) as ladder
    cross join unnest(ladder.extras) as extra
    cross join width_bucket(p_target - extra, ladder.loads) as place
  ) as best;
$$;

grant execute on function private.nearest_load(bigint, boolean, private.load_ladder[]) to authenticated, service_role;
comment on function private.nearest_load(bigint, boolean, private.load_ladder[]) is
  'The load that is nearest to a target, halves up, or the nearest that is not above it; the lightest there is when all are
above. Null where there is none.';

create function private.load_above(p_heft bigint, p_ladders private.load_ladder[])
returns bigint
language sql
immutable
security invoker
set search_path = ''
as $$
  select min(ladder.loads[place + 1] + extra)
  from unnest(p_ladders) as ladder
  cross join unnest(ladder.extras) as extra
  cross join width_bucket(p_heft - extra, ladder.loads) as place;
$$;

grant execute on function private.load_above(bigint, private.load_ladder[]) to authenticated, service_role;
comment on function private.load_above(bigint, private.load_ladder[]) is 'The lightest load that is above another; null where there is none.';

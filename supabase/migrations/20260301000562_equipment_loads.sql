-- Loads: how an exercise is loaded, and which sums an athlete's plates make. Pure arithmetic on an inventory, by counts: the
-- heaviest plate first, as everybody does it, is right for the usual sets only.

create type private.load_manner as enum ('bar', 'pairs', 'loose', 'two', 'one', 'stack');
create type private.loading as (
  manner private.load_manner,
  kind   public.piece_kind
);
create type private.plate_sum as (
  heft   bigint,
  plates integer[]
);

comment on type private.load_manner is
  'How weight is put on: plates in pairs on a bar, plates in pairs alone, plates one by one, one of a thing in each hand,
one of it, or steps of a stack.';
comment on type private.loading is 'How an exercise is loaded, and with which kind of piece.';
comment on type private.plate_sum is
  'What plates of one unit weigh together, and which they are, each as quarters of the unit, the heaviest first.';

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

create function private.plate_sums(p_inventory jsonb, p_unit public.weight_unit, p_sides integer)
returns private.plate_sum[]
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_most constant bigint := private.heft(400, 'kg');
  v_sums private.plate_sum[] := array[row(0, '{}')::private.plate_sum];
  v_plate record;
  v_left integer;
  v_step integer;
begin
  for v_plate in
    select private.heft(piece.weight, p_unit) as heft, piece.weight * 4 as quarters, piece.count / p_sides as count
    from jsonb_to_recordset(p_inventory)
      as piece (kind public.piece_kind, weight numeric, unit public.weight_unit, count integer)
    where p_sides > 0
      and piece.kind = 'plate'
      and piece.unit = p_unit
    order by piece.weight desc
  loop
    v_left := v_plate.count;
    v_step := 1;

    -- 1, 2, 4 … and the rest give every number of plates up to all of them.
    while v_left > 0 loop
      v_step := least(v_step, v_left);
      v_sums := array(
        select distinct on (sum.heft) sum::private.plate_sum
        from (
          select had.heft, had.plates from unnest(v_sums) as had
          union all
          select had.heft + v_step * v_plate.heft, had.plates || array_fill(v_plate.quarters::integer, array[v_step])
          from unnest(v_sums) as had
          where had.heft + v_step * v_plate.heft <= v_most
        ) as sum
        order by sum.heft, cardinality(sum.plates), sum.plates desc
      );
      v_left := v_left - v_step;
      v_step := v_step * 2;
    end loop;
  end loop;

  return v_sums;
end;
$$;

grant execute on function private.plate_sums(jsonb, public.weight_unit, integer) to authenticated, service_role;
comment on function private.plate_sums(jsonb, public.weight_unit, integer) is
  'Every sum up to 400 kg that plates of a unit make on one of so many equal sides, ascending, from none; each with the
fewest plates, of those the heaviest.';

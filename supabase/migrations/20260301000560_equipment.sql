-- Equipment: the bars, plates, dumbbells and stacks that an athlete trains with, so that a plan asks only for what can be
-- put on. Of a kind without a row the usual set of a gym counts, in the athlete's units.

insert into private.error_codes (code, status, message, hint)
values
  ('too_many_pieces', 409, 'An athlete has as many different pieces of a kind as can be.',
   'Remove some; the details say how many may be.');

-- Types ----------------------------------------------------------------------------------------------------------------

create type public.piece_kind as enum (
  'barbell', 'ez_bar', 'trap_bar', 'smith_bar', 'plate', 'dumbbell', 'kettlebell', 'stack'
);

comment on type public.piece_kind is
  'A thing with a weight: a bar, a plate, a dumbbell, a kettlebell, or one step of a machine''s stack.';

-- Table ----------------------------------------------------------------------------------------------------------------

create table public.equipment_pieces (
  id         uuid primary key default private.uuid_v7(),
  user_id    uuid not null default auth.uid() references public.profiles (user_id) on delete cascade,
  kind       public.piece_kind not null,
  weight     numeric not null,
  unit       public.weight_unit not null default 'kg',
  count      smallint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint equipment_pieces_weight_in_range check (weight > 0 and weight <= 250),
  -- Keeps the sums of plates few.
  constraint equipment_pieces_weight_in_quarters check (weight * 4 = trunc(weight * 4)),
  constraint equipment_pieces_count_in_range check (count between 0 and 100),
  constraint equipment_pieces_piece_key unique (user_id, kind, unit, weight)
);

-- Policies -------------------------------------------------------------------------------------------------------------

alter table public.equipment_pieces enable row level security;

create policy select_own on public.equipment_pieces
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.equipment_pieces
  for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy update_own on public.equipment_pieces
  for update to authenticated
  using (user_id = (select auth.uid()));

create policy delete_own on public.equipment_pieces
  for delete to authenticated
  using (user_id = (select auth.uid()));

-- Grants ---------------------------------------------------------------------------------------------------------------

grant select, delete on public.equipment_pieces to authenticated;
grant insert (id, kind, weight, unit, count) on public.equipment_pieces to authenticated;
grant update (weight, unit, count) on public.equipment_pieces to authenticated;

-- Upkeep ---------------------------------------------------------------------------------------------------------------

create function private.tg_equipment_pieces__limit()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.lock_athletes(array_agg(distinct added.user_id))
  from added;

  if exists (
    select
    from public.equipment_pieces
    where equipment_pieces.user_id in (select added.user_id from added)
    group by equipment_pieces.user_id, equipment_pieces.kind
    having count(*) > case when equipment_pieces.kind in ('dumbbell', 'kettlebell') then 60 else 12 end
  ) then
    perform private.fail('too_many_pieces', 'at most 60 different dumbbells or kettlebells and 12 of another kind');
  end if;

  return null;
end;
$$;

comment on function private.tg_equipment_pieces__limit() is
  'Fails with too_many_pieces when an athlete has more different pieces of a kind than the solver is made for.';

create trigger _100_touch
  before update on public.equipment_pieces
  for each row execute function private.tg__touch();
create trigger _200_limit
  after insert on public.equipment_pieces
  referencing new table as added
  for each statement execute function private.tg_equipment_pieces__limit();

-- What there is --------------------------------------------------------------------------------------------------------

-- A commercial gym's usual set; trap, EZ and Smith bars differ from maker to maker.
create function private.usual_pieces(p_units public.unit_system)
returns table (kind public.piece_kind, weight numeric, unit public.weight_unit, count integer)
language sql
immutable
security invoker
set search_path = ''
as $$
  select usual.kind::public.piece_kind, weight, usual.unit::public.weight_unit, usual.count
  from (
    values
      ('metric', 'kg', 'barbell', 1, array[20, 15, 10]),
      ('metric', 'kg', 'ez_bar', 1, array[10]),
      ('metric', 'kg', 'trap_bar', 1, array[25]),
      ('metric', 'kg', 'smith_bar', 1, array[20]),
      ('metric', 'kg', 'plate', 10, array[25, 20]),
      ('metric', 'kg', 'plate', 4, array[15, 10, 5, 2.5]),
      ('metric', 'kg', 'plate', 2, array[1.25]),
      ('metric', 'kg', 'dumbbell', 2, array[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12.5, 15, 17.5, 20, 22.5, 25, 27.5, 30,
        32.5, 35, 37.5, 40, 42.5, 45, 47.5, 50]),
      ('metric', 'kg', 'kettlebell', 2, array[4, 6, 8, 10, 12, 16, 20, 24, 28, 32, 40, 48]),
      ('metric', 'kg', 'stack', 30, array[5]),
      ('imperial', 'lb', 'barbell', 1, array[45, 35]),
      ('imperial', 'lb', 'ez_bar', 1, array[20]),
      ('imperial', 'lb', 'trap_bar', 1, array[55]),
      ('imperial', 'lb', 'smith_bar', 1, array[45]),
      ('imperial', 'lb', 'plate', 16, array[45]),
      ('imperial', 'lb', 'plate', 4, array[35, 25, 10, 5]),
      ('imperial', 'lb', 'plate', 2, array[2.5]),
      ('imperial', 'lb', 'dumbbell', 2, array[5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90,
        95, 100, 105, 110, 115, 120]),
      ('imperial', 'lb', 'kettlebell', 2, array[10, 15, 20, 25, 30, 35, 45, 53, 62, 70, 80, 88, 106]),
      ('imperial', 'lb', 'stack', 30, array[10])
  ) as usual (system, unit, kind, count, weights)
  cross join unnest(usual.weights) as weight
  where usual.system = p_units::text;
$$;

grant execute on function private.usual_pieces(public.unit_system) to authenticated, service_role;
comment on function private.usual_pieces(public.unit_system) is 'What a gym of that system of units usually has.';

create function private.equipment_of(p_user_id uuid, p_kinds public.piece_kind[])
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    with own as (
      select equipment_pieces.kind, equipment_pieces.weight, equipment_pieces.unit, equipment_pieces.count
      from public.equipment_pieces
      where equipment_pieces.user_id = p_user_id
        and equipment_pieces.kind = any (p_kinds)
    ),
    piece as (
      select own.kind, own.weight, own.unit, own.count from own
      union all
      select usual.kind, usual.weight, usual.unit, usual.count
      from private.usual_pieces(coalesce(
        (select preferences.units from public.preferences where preferences.user_id = p_user_id), 'metric'
      )) as usual
      where usual.kind = any (p_kinds)
        and usual.kind not in (select own.kind from own)
    )
    select coalesce(jsonb_agg(
      jsonb_build_object('kind', piece.kind, 'weight', piece.weight, 'unit', piece.unit, 'count', piece.count)
      order by piece.kind, piece.unit, piece.weight
    ), '[]')
    from piece
    where piece.count > 0
  );
end;
$$;

grant execute on function private.equipment_of(uuid, public.piece_kind[]) to authenticated, service_role;
comment on function private.equipment_of(uuid, public.piece_kind[]) is
  'The pieces of these kinds that an athlete can use, as [{kind, weight, unit, count}] in a fixed order: their own, and the
usual ones of a kind of which they have told nothing.';

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.equipment_pieces is
  'What an athlete has to train with. Of a kind without a row the usual set of a gym counts.';
comment on column public.equipment_pieces.user_id is 'The athlete, who alone reads it.';
comment on column public.equipment_pieces.kind is 'What it is.';
comment on column public.equipment_pieces.weight is
  'What one of them weighs, in its unit, in quarters; of a stack, the step from one pin to the next.';
comment on column public.equipment_pieces.unit is 'The unit that is written on it.';
comment on column public.equipment_pieces.count is
  'How many there are, both sides of a bar together; of a stack, how many steps. 0 says that there is none of the kind.';
comment on policy select_own on public.equipment_pieces is 'The athlete alone.';
comment on policy insert_own on public.equipment_pieces is 'Everybody for themselves.';
comment on policy update_own on public.equipment_pieces is 'The athlete alone, in the granted columns.';
comment on policy delete_own on public.equipment_pieces is 'The athlete alone.';

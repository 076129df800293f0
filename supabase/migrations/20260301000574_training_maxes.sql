-- Training maxes: the load that percentages of a plan are taken of, where an athlete sets it. Without one it follows from
-- the records (578).

create table public.training_maxes (
  id           uuid primary key default private.uuid_v7(),
  user_id      uuid not null default auth.uid() references public.profiles (user_id) on delete cascade,
  exercise_id  uuid not null references public.exercises (id) on delete cascade,
  load_kg      numeric not null,
  effective_on date not null,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint training_maxes_load_in_range check (load_kg > 0 and load_kg <= 1500),
  constraint training_maxes_effective_plausible check (effective_on between date '2000-01-01' and date '2199-12-31'),
  constraint training_maxes_day_key unique (user_id, exercise_id, effective_on)
);

create index training_maxes_exercise_id_idx on public.training_maxes (exercise_id);

-- Policies -------------------------------------------------------------------------------------------------------------

alter table public.training_maxes enable row level security;

create policy select_own on public.training_maxes
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.training_maxes
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and exists (select from public.exercises where exercises.id = exercise_id)
  );

create policy update_own on public.training_maxes
  for update to authenticated
  using (user_id = (select auth.uid()));

create policy delete_own on public.training_maxes
  for delete to authenticated
  using (user_id = (select auth.uid()));

-- Grants ---------------------------------------------------------------------------------------------------------------

grant select, delete on public.training_maxes to authenticated;
grant insert (id, exercise_id, load_kg, effective_on) on public.training_maxes to authenticated;
grant update (load_kg, effective_on) on public.training_maxes to authenticated;

-- Upkeep ---------------------------------------------------------------------------------------------------------------

create function private.local_today(p_user_id uuid)
returns date
language sql
stable
security invoker
set search_path = ''
as $$
  select (now() at time zone profiles.timezone)::date
  from public.profiles
  where profiles.user_id = p_user_id;
$$;

grant execute on function private.local_today(uuid) to authenticated, service_role;
comment on function private.local_today(uuid) is 'The day that it is for an athlete, where they live.';

create function private.tg_training_maxes__begin()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.effective_on := coalesce(new.effective_on, private.local_today(new.user_id));
  return new;
end;
$$;

comment on function private.tg_training_maxes__begin() is 'A training max that names no day holds from today on.';

create trigger _100_redirect
  before insert on public.training_maxes
  for each row execute function private.tg__redirect_exercise();
create trigger _110_begin
  before insert on public.training_maxes
  for each row execute function private.tg_training_maxes__begin();
create trigger _100_touch
  before update on public.training_maxes
  for each row execute function private.tg__touch();

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.training_maxes is 'What percentages of a plan are taken of, from a day on, where an athlete sets it.';
comment on column public.training_maxes.user_id is 'The athlete, who alone reads it.';
comment on column public.training_maxes.exercise_id is 'The exercise.';
comment on column public.training_maxes.load_kg is
  'What is moved, as a one-rep maximum counts it: of a pull-up with the body, of dumbbells one.';
comment on column public.training_maxes.effective_on is
  'The local day from which it holds; waves that are trained from then on raise or lower it. Today when it is left out.';
comment on policy select_own on public.training_maxes is 'The athlete alone.';
comment on policy insert_own on public.training_maxes is 'Everybody for themselves, for an exercise that they see.';
comment on policy update_own on public.training_maxes is 'The athlete alone, in the granted columns.';
comment on policy delete_own on public.training_maxes is 'The athlete alone.';

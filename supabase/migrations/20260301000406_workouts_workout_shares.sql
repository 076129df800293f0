-- Who may read a workout beside its athlete.

create table public.workout_shares (
  workout_id uuid not null,
  owner_id   uuid not null default auth.uid(),
  user_id    uuid not null references public.profiles (user_id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (workout_id, user_id),
  constraint workout_shares_workout_id_fkey foreign key (workout_id, owner_id)
    references public.workouts (id, user_id) on delete cascade,
  constraint workout_shares_with_another check (user_id <> owner_id)
);

create index workout_shares_user_id_idx on public.workout_shares (user_id);
create index workout_shares_owner_id_idx on public.workout_shares (owner_id);

alter table public.workout_shares enable row level security;

comment on table public.workout_shares is 'Who may read a workout beside its athlete. Written by the server alone.';
comment on column public.workout_shares.workout_id is 'The workout.';
comment on column public.workout_shares.owner_id is 'Its athlete.';
comment on column public.workout_shares.user_id is 'Who may read it.';

-- definer: who sees a workout follows from workout_shares, whose policies would ask for the workouts again.
create function private.shared_workout_ids()
returns uuid[]
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(array_agg(workout_shares.workout_id), '{}')
  from public.workout_shares
  where workout_shares.user_id = (select auth.uid());
$$;

grant execute on function private.shared_workout_ids() to authenticated;
comment on function private.shared_workout_ids() is
  'Workouts of others that the caller may read. The one place that decides it.';

-- With which friends a workout is shared by name.

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

create index workout_shares_user_id_owner_id_idx on public.workout_shares (user_id, owner_id);
create index workout_shares_workout_id_owner_id_idx on public.workout_shares (workout_id, owner_id);
create index workout_shares_owner_id_idx on public.workout_shares (owner_id);

alter table public.workout_shares enable row level security;

comment on table public.workout_shares is 'With which friends a workout is shared by name. Written by share_workout alone.';
comment on column public.workout_shares.workout_id is 'The workout.';
comment on column public.workout_shares.owner_id is 'Its athlete.';
comment on column public.workout_shares.user_id is 'The friend who sees it.';

-- Deletions: what an athlete deleted stays so, whatever a phone sends that has not heard of it; what another device had
-- logged is kept.

create table private.deleted_training (
  id         uuid not null,
  workout_id uuid not null,
  user_id    uuid not null references public.profiles (user_id) on delete cascade,
  deleted_at timestamptz not null default now(),
  primary key (user_id, id)
);

create index deleted_training_deleted_at_idx on private.deleted_training (deleted_at);

alter table private.deleted_training enable row level security;

-- definer: nobody reads or writes what is known of deleted rows; nor may clients write conflicts.
create function private.tg__remember_deleted()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_table_name = 'workouts' then
    insert into private.deleted_training (id, workout_id, user_id)
    select removed.id, removed.id, removed.user_id
    from removed
    where exists (select from public.profiles where profiles.user_id = removed.user_id)
    on conflict do nothing;
  else
    insert into private.deleted_training (id, workout_id, user_id)
    select removed.id, removed.workout_id, removed.user_id
    from removed
    where exists (select from public.profiles where profiles.user_id = removed.user_id)
    on conflict do nothing;
  end if;

  if tg_table_name = 'workout_sets' and coalesce(current_setting('workouts.knowingly', true), '') = '' then
    perform private.keep_conflict('workout_sets', set_row.content, 'deleted', set_row.content - 'request_hash')
    from (
      select to_jsonb(removed) as content
      from removed
      join public.workouts on workouts.id = removed.workout_id
      where removed.user_id = auth.uid()
        and removed.completed_at is not null
        and removed.changed_by <> private.session_id()
    ) as set_row;
  end if;

  return null;
end;
$$;

comment on function private.tg__remember_deleted() is
  'Remembers what was deleted, and keeps the sets that another device of the athlete had logged.';

-- definer: as for tg__remember_deleted.
create function private.tg_workouts__keep_unseen()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.keep_conflict('workout_sets', logged.content, 'deleted', logged.content - 'request_hash')
  from (
    select to_jsonb(workout_sets) as content
    from public.workout_sets
    where workout_sets.workout_id = old.id
      and workout_sets.completed_at is not null
      and workout_sets.changed_by <> private.session_id()
  ) as logged
  where old.user_id = auth.uid()
    and exists (select from public.profiles where profiles.user_id = old.user_id);

  return old;
end;
$$;

comment on function private.tg_workouts__keep_unseen() is
  'Keeps what other devices of the athlete have logged into a workout that is on, when one of them throws it away. A workout
that is over is deleted whole, and knowingly.';

-- definer: nobody reads the list itself.
create function private.deleted_from(p_id uuid)
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (
    select deleted_training.workout_id
    from private.deleted_training
    where deleted_training.id = p_id
      and deleted_training.user_id = auth.uid()
  );
end;
$$;

grant execute on function private.deleted_from(uuid) to authenticated, service_role;
comment on function private.deleted_from(uuid) is
  'The workout out of which the caller deleted the workout, exercise or set of this id; null when they did not.';

create trigger _150_keep_unseen
  before delete on public.workouts
  for each row
  when (old.status = 'in_progress')
  execute function private.tg_workouts__keep_unseen();
create trigger _800_remember_deleted
  after delete on public.workouts
  referencing old table as removed
  for each statement execute function private.tg__remember_deleted();
create trigger _800_remember_deleted
  after delete on public.workout_exercises
  referencing old table as removed
  for each statement execute function private.tg__remember_deleted();
create trigger _800_remember_deleted
  after delete on public.workout_sets
  referencing old table as removed
  for each statement execute function private.tg__remember_deleted();

-- A phone that has been away for longer than that is told of nothing.
comment on table private.deleted_training is 'Ids of workouts, exercises and sets that athletes deleted of late.';
comment on column private.deleted_training.id is 'The deleted row.';
comment on column private.deleted_training.workout_id is 'The workout that it was, or was in.';
comment on column private.deleted_training.user_id is 'Its athlete.';
comment on column private.deleted_training.deleted_at is 'When; the policy deleted_training says how long it is known.';

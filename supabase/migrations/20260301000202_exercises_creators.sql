-- Creators: who added an exercise that everyone has. An approved one bears nobody's name, so that it looks the same whether
-- its creator is public, private, blocking or gone (docs/decisions/0016-no-name-on-the-library.md). Who it was is kept
-- where nobody reads it: for the access log, for their archive, and because nobody rates their own.

-- The reference waits for the exercise, which a trigger runs before.
create table private.exercise_creators (
  exercise_id uuid primary key references public.exercises (id) on delete cascade deferrable initially deferred,
  user_id     uuid not null references public.profiles (user_id) on delete cascade
);

create index exercise_creators_user_id_idx on private.exercise_creators (user_id);

alter table private.exercise_creators enable row level security;

-- definer: the table is readable by nobody, and who reviews an exercise is not its creator.
create function private.tg_exercises__hide_creator()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.exercise_creators (exercise_id, user_id)
  values (new.id, new.created_by)
  on conflict (exercise_id) do update
  set user_id = excluded.user_id;

  new.created_by := null;
  return new;
end;
$$;

comment on function private.tg_exercises__hide_creator() is 'What is approved for everyone is nobody''s by name.';

-- definer: as above.
create function private.tg_exercises__restore_creator()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from private.exercise_creators
  where exercise_creators.exercise_id = new.id
  returning exercise_creators.user_id into new.created_by;

  return new;
end;
$$;

comment on function private.tg_exercises__restore_creator() is
  'What is approved no longer is its creator''s again; nobody''s where they have left.';

create trigger _300_hide_creator
  before insert or update of review_status, created_by on public.exercises
  for each row
  when (new.review_status = 'approved' and new.created_by is not null)
  execute function private.tg_exercises__hide_creator();
create trigger _300_restore_creator
  before update of review_status on public.exercises
  for each row
  when (old.review_status = 'approved' and new.review_status <> 'approved')
  execute function private.tg_exercises__restore_creator();

create function private.exercise_creator(p_exercise public.exercises)
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return coalesce(p_exercise.created_by, (
    select exercise_creators.user_id
    from private.exercise_creators
    where exercise_creators.exercise_id = p_exercise.id
  ));
end;
$$;

comment on function private.exercise_creator(public.exercises) is
  'Who added an exercise, approved or not; null for the product''s own and where they have left.';

create function private.exercise_ids_of(p_user_id uuid)
returns setof uuid
language sql
stable
security invoker
set search_path = ''
as $$
  select exercises.id
  from public.exercises
  where exercises.created_by = p_user_id
  union all
  select exercise_creators.exercise_id
  from private.exercise_creators
  where exercise_creators.user_id = p_user_id;
$$;

grant execute on function private.exercise_ids_of(uuid) to service_role;
comment on function private.exercise_ids_of(uuid) is 'The exercises that a user added, approved or not.';

-- definer: answers the caller about themselves alone.
create function private.has_shared_exercise(p_exercise_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from private.exercise_creators
    where exercise_creators.exercise_id = p_exercise_id
      and exercise_creators.user_id = (select auth.uid())
  );
$$;

grant execute on function private.has_shared_exercise(uuid) to authenticated, service_role;
comment on function private.has_shared_exercise(uuid) is 'Whether the caller added this exercise of the library.';

create function private.is_my_exercise(p_exercise public.exercises)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if p_exercise.slug is not null or auth.uid() is null then
    return false;
  elsif p_exercise.review_status = 'approved' then
    return private.has_shared_exercise(p_exercise.id);
  end if;

  return coalesce(p_exercise.created_by = auth.uid(), false);
end;
$$;

grant execute on function private.is_my_exercise(public.exercises) to anon, authenticated, service_role;
comment on function private.is_my_exercise(public.exercises) is 'Whether the caller added an exercise, approved or not.';

comment on table private.exercise_creators is 'Who added an approved exercise. It bears nobody''s name for anybody.';
comment on column private.exercise_creators.exercise_id is 'An approved exercise.';
comment on column private.exercise_creators.user_id is 'Who added it.';

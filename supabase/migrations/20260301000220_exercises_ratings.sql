-- Ratings: what athletes think of an exercise, and the counters that follow from it.

create table public.exercise_ratings (
  exercise_id uuid not null references public.exercises (id) on delete cascade,
  user_id     uuid not null default auth.uid() references public.profiles (user_id) on delete cascade,
  rating      smallint not null,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (exercise_id, user_id),
  constraint exercise_ratings_rating_is_one_to_five check (rating between 1 and 5)
);

create index exercise_ratings_user_id_idx on public.exercise_ratings (user_id);

alter table public.exercise_ratings enable row level security;

create policy select_own on public.exercise_ratings
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.exercise_ratings
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and exists (
      select from public.exercises
      where exercises.id = exercise_id
        and exercises.created_by is distinct from (select auth.uid())
    )
    and not private.has_shared_exercise(exercise_id)
  );

create policy update_own on public.exercise_ratings
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (
    user_id = (select auth.uid())
    and exists (
      select from public.exercises
      where exercises.id = exercise_id
        and exercises.created_by is distinct from (select auth.uid())
    )
    and not private.has_shared_exercise(exercise_id)
  );

create policy delete_own on public.exercise_ratings
  for delete to authenticated
  using (user_id = (select auth.uid()));

-- Every column of an upsert is written by it; the policies hold the ids to what they may be.
grant select on public.exercise_ratings to authenticated;
grant insert (exercise_id, user_id, rating) on public.exercise_ratings to authenticated;
grant update (exercise_id, user_id, rating) on public.exercise_ratings to authenticated;
grant delete on public.exercise_ratings to authenticated;

-- Counters ------------------------------------------------------------------------------------------------------------

create function private.add_exercise_ratings(p_sign integer, p_exercise_ids uuid[], p_ratings smallint[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- In one order everywhere, so that two bulk ratings cannot wait for each other.
  perform
  from public.exercises
  where exercises.id = any (p_exercise_ids)
  order by exercises.id
  for no key update;

  update public.exercises
  set rating_sum = exercises.rating_sum + p_sign * delta.rating_sum,
    rating_count = exercises.rating_count + p_sign * delta.rating_count
  from (
    select rated.exercise_id, sum(rated.rating) as rating_sum, count(*) as rating_count
    from unnest(p_exercise_ids, p_ratings) as rated (exercise_id, rating)
    group by rated.exercise_id
  ) as delta
  where exercises.id = delta.exercise_id;
end;
$$;

comment on function private.add_exercise_ratings(integer, uuid[], smallint[]) is
  'Adds ratings to their exercises'' counters, or takes them off with the sign -1.';

-- definer: the counters are not granted to those who rate.
create function private.tg_exercise_ratings__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op in ('UPDATE', 'DELETE') then
    perform private.add_exercise_ratings(-1, array_agg(removed.exercise_id), array_agg(removed.rating))
    from removed;
  end if;

  if tg_op in ('INSERT', 'UPDATE') then
    perform private.add_exercise_ratings(1, array_agg(added.exercise_id), array_agg(added.rating))
    from added;
  end if;

  return null;
end;
$$;

comment on function private.tg_exercise_ratings__count() is
  'Brings rating_sum and rating_count up to date once per statement, with what the statement changed.';

create trigger _050_account_exists
  before insert on public.exercise_ratings
  for each statement execute function private.tg__account_exists();
create trigger _060_redirect
  before insert on public.exercise_ratings
  for each row execute function private.tg__redirect_exercise();
create trigger _100_touch
  before update on public.exercise_ratings
  for each row execute function private.tg__touch();
create trigger _500_count_insert
  after insert on public.exercise_ratings
  referencing new table as added
  for each statement execute function private.tg_exercise_ratings__count();
create trigger _500_count_update
  after update on public.exercise_ratings
  referencing old table as removed new table as added
  for each statement execute function private.tg_exercise_ratings__count();
create trigger _500_count_delete
  after delete on public.exercise_ratings
  referencing old table as removed
  for each statement execute function private.tg_exercise_ratings__count();

-- Comments ------------------------------------------------------------------------------------------------------------

comment on table public.exercise_ratings is 'What athletes think of an exercise. Others see the average alone.';
comment on column public.exercise_ratings.exercise_id is 'What is rated.';
comment on column public.exercise_ratings.user_id is 'Who rates.';
comment on column public.exercise_ratings.rating is 'One to five.';
comment on column public.exercise_ratings.created_at is 'When it was first rated.';
comment on column public.exercise_ratings.updated_at is 'When the rating was last changed.';
comment on policy select_own on public.exercise_ratings is 'One''s own.';
comment on policy insert_own on public.exercise_ratings is 'In one''s own name, for an exercise one sees and did not make.';
comment on policy update_own on public.exercise_ratings is 'One''s own, to an exercise one sees and did not make.';
comment on policy delete_own on public.exercise_ratings is 'One''s own.';

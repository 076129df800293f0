-- Ratings: what athletes think of a template, and the counters that follow from it.

create table public.template_ratings (
  template_id uuid not null references public.workout_templates (id) on delete cascade,
  user_id     uuid not null default auth.uid() references public.profiles (user_id) on delete cascade,
  rating      smallint not null,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (template_id, user_id),
  constraint template_ratings_rating_is_one_to_five check (rating between 1 and 5)
);

create index template_ratings_user_id_idx on public.template_ratings (user_id);

alter table public.template_ratings enable row level security;

create policy select_own on public.template_ratings
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.template_ratings
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and exists (
      select from public.workout_templates
      where workout_templates.id = template_id
        and workout_templates.created_by is distinct from (select auth.uid())
    )
  );

create policy update_own on public.template_ratings
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (
    user_id = (select auth.uid())
    and exists (
      select from public.workout_templates
      where workout_templates.id = template_id
        and workout_templates.created_by is distinct from (select auth.uid())
    )
  );

create policy delete_own on public.template_ratings
  for delete to authenticated
  using (user_id = (select auth.uid()));

-- Every column of an upsert is written by it; the policies hold the ids to what they may be.
grant select on public.template_ratings to authenticated;
grant insert (template_id, user_id, rating) on public.template_ratings to authenticated;
grant update (template_id, user_id, rating) on public.template_ratings to authenticated;
grant delete on public.template_ratings to authenticated;

-- Counters ------------------------------------------------------------------------------------------------------------

create function private.add_template_ratings(p_sign integer, p_template_ids uuid[], p_ratings smallint[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- In one order everywhere, so that two bulk ratings cannot wait for each other.
  perform
  from public.workout_templates
  where workout_templates.id = any (p_template_ids)
  order by workout_templates.id
  for no key update;

  update public.workout_templates
  set rating_sum = workout_templates.rating_sum + p_sign * delta.rating_sum,
    rating_count = workout_templates.rating_count + p_sign * delta.rating_count
  from (
    select rated.template_id, sum(rated.rating) as rating_sum, count(*) as rating_count
    from unnest(p_template_ids, p_ratings) as rated (template_id, rating)
    group by rated.template_id
  ) as delta
  where workout_templates.id = delta.template_id;
end;
$$;

comment on function private.add_template_ratings(integer, uuid[], smallint[]) is
  'Adds ratings to their templates'' counters, or takes them off with the sign -1.';

-- definer: the counters are not granted to those who rate.
create function private.tg_template_ratings__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op in ('UPDATE', 'DELETE') then
    perform private.add_template_ratings(-1, array_agg(removed.template_id), array_agg(removed.rating))
    from removed;
  end if;

  if tg_op in ('INSERT', 'UPDATE') then
    perform private.add_template_ratings(1, array_agg(added.template_id), array_agg(added.rating))
    from added;
  end if;

  return null;
end;
$$;

comment on function private.tg_template_ratings__count() is
  'Brings rating_sum and rating_count up to date once per statement, with what the statement changed.';

create trigger _050_account_exists
  before insert on public.template_ratings
  for each statement execute function private.tg__account_exists();
create trigger _100_touch
  before update on public.template_ratings
  for each row execute function private.tg__touch();
create trigger _500_count_insert
  after insert on public.template_ratings
  referencing new table as added
  for each statement execute function private.tg_template_ratings__count();
create trigger _500_count_update
  after update on public.template_ratings
  referencing old table as removed new table as added
  for each statement execute function private.tg_template_ratings__count();
create trigger _500_count_delete
  after delete on public.template_ratings
  referencing old table as removed
  for each statement execute function private.tg_template_ratings__count();

-- Comments ------------------------------------------------------------------------------------------------------------

comment on table public.template_ratings is 'What athletes think of a template. Others see the average alone.';
comment on column public.template_ratings.template_id is 'What is rated.';
comment on column public.template_ratings.user_id is 'Who rates.';
comment on column public.template_ratings.rating is 'One to five.';
comment on column public.template_ratings.created_at is 'When it was first rated.';
comment on column public.template_ratings.updated_at is 'When the rating was last changed.';
comment on policy select_own on public.template_ratings is 'One''s own.';
comment on policy insert_own on public.template_ratings is 'In one''s own name, for a template one sees and did not make.';
comment on policy update_own on public.template_ratings is 'One''s own, to a template one sees and did not make.';
comment on policy delete_own on public.template_ratings is 'One''s own.';

-- Favourites: the templates that an athlete wants to find again, and how many athletes have each.

create table public.template_favorites (
  template_id uuid not null references public.workout_templates (id) on delete cascade,
  user_id     uuid not null default auth.uid() references public.profiles (user_id) on delete cascade,
  created_at  timestamptz not null default now(),
  primary key (template_id, user_id)
);

create index template_favorites_user_id_idx on public.template_favorites (user_id, created_at desc);

alter table public.template_favorites enable row level security;

create policy select_own on public.template_favorites
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy insert_own on public.template_favorites
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and exists (select from public.workout_templates where workout_templates.id = template_id)
  );

create policy delete_own on public.template_favorites
  for delete to authenticated
  using (user_id = (select auth.uid()));

grant select, delete on public.template_favorites to authenticated;
grant insert (template_id, user_id) on public.template_favorites to authenticated;

-- definer: the counter is not granted to those who have favourites.
create function private.tg_template_favorites__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_ids uuid[];
  v_sign constant integer := case tg_op when 'INSERT' then 1 else -1 end;
begin
  if tg_op = 'INSERT' then
    select array_agg(added.template_id) into v_ids from added;
  else
    select array_agg(removed.template_id) into v_ids from removed;
  end if;

  -- In one order everywhere, so that two statements cannot wait for each other.
  perform
  from public.workout_templates
  where workout_templates.id = any (v_ids)
  order by workout_templates.id
  for no key update;

  update public.workout_templates
  set favorite_count = workout_templates.favorite_count + v_sign * changed.favorites
  from (
    select favorite.template_id, count(*) as favorites
    from unnest(v_ids) as favorite (template_id)
    group by favorite.template_id
  ) as changed
  where workout_templates.id = changed.template_id;

  return null;
end;
$$;

comment on function private.tg_template_favorites__count() is
  'Brings favorite_count up to date once per statement, with what the statement changed.';

create trigger _050_account_exists
  before insert on public.template_favorites
  for each statement execute function private.tg__account_exists();
create trigger _500_count_insert
  after insert on public.template_favorites
  referencing new table as added
  for each statement execute function private.tg_template_favorites__count();
create trigger _500_count_delete
  after delete on public.template_favorites
  referencing old table as removed
  for each statement execute function private.tg_template_favorites__count();

comment on table public.template_favorites is 'Templates that an athlete keeps at hand.';
comment on column public.template_favorites.template_id is 'The template.';
comment on column public.template_favorites.user_id is 'Whose favourite it is.';
comment on column public.template_favorites.created_at is 'Since when.';
comment on policy select_own on public.template_favorites is 'One''s own.';
comment on policy insert_own on public.template_favorites is 'In one''s own name, for a template one sees.';
comment on policy delete_own on public.template_favorites is 'One''s own.';

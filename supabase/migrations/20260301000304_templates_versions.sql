-- Versions and runs: what a template consists of, as a document for each version that never changes, and the athletes who
-- follow one. A run stays on its version whatever becomes of the template, even when its author deletes it.

create type public.template_run_status as enum ('active', 'completed', 'abandoned');

comment on type public.template_run_status is 'active, then completed when every training day was done, or abandoned.';

-- Tables ---------------------------------------------------------------------------------------------------------------

-- No reference to the template: a version outlives it while a run is on it (see tg_workout_templates__drop_versions).
create table public.template_versions (
  template_id     uuid not null,
  version         integer not null,
  created_by      uuid references public.profiles (user_id) on delete set null,
  is_premium      boolean not null default false,
  is_premium_copy boolean not null default false,
  document        jsonb not null,
  request_hash    uuid not null,
  created_at      timestamptz not null default now(),
  primary key (template_id, version),
  constraint template_versions_version_from_one check (version >= 1),
  constraint template_versions_document_has_days check (jsonb_typeof(document -> 'days') = 'array')
);

create table public.template_runs (
  id            uuid primary key default private.uuid_v7(),
  user_id       uuid not null default auth.uid() references public.profiles (user_id) on delete cascade,
  template_id   uuid not null,
  version       integer not null,
  template_name text not null,
  status        public.template_run_status not null default 'active',
  started_on    date not null,
  ended_at      timestamptz,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  constraint template_runs_started_plausible check (started_on between date '2000-01-01' and date '2199-12-31'),
  constraint template_runs_ended_when_over check ((status = 'active') = (ended_at is null))
);

create index template_versions_created_by_idx on public.template_versions (created_by);
create unique index template_runs_one_active_key on public.template_runs (user_id, template_id) where status = 'active';
create index template_runs_user_id_idx on public.template_runs (user_id, created_at desc);
create index template_runs_template_id_version_idx on public.template_runs (template_id, version);

-- Policies -------------------------------------------------------------------------------------------------------------

alter table public.template_versions enable row level security;
alter table public.template_runs enable row level security;

create policy select_public on public.template_versions
  for select to anon
  using (
    not is_premium
    and exists (
      select from public.workout_templates
      where workout_templates.id = template_id
        and workout_templates.version = template_versions.version
    )
  );

create policy select_readable on public.template_versions
  for select to authenticated
  using (
    (
      not is_premium
      or (created_by = (select auth.uid()) and not is_premium_copy)
      or (select private.has_entitlement('premium_templates'))
    )
    and (
      created_by = (select auth.uid())
      or exists (
        select from public.workout_templates
        where workout_templates.id = template_id
          and workout_templates.version = template_versions.version
      )
      or exists (
        select from public.template_runs
        where template_runs.template_id = template_versions.template_id
          and template_runs.version = template_versions.version
          and template_runs.user_id = (select auth.uid())
          and template_runs.status = 'active'
      )
    )
  );

create policy select_own on public.template_runs
  for select to authenticated
  using (user_id = (select auth.uid()));

-- No writes: a client makes neither versions nor runs row by row.
grant select (template_id, version, document, created_at) on public.template_versions to anon;
-- Nor whose it is: who follows a version keeps it when its author has gone private, blocks them, or left.
grant select (template_id, version, is_premium, document, created_at) on public.template_versions to authenticated;
grant select on public.template_runs to authenticated;

-- Upkeep ---------------------------------------------------------------------------------------------------------------

-- definer: nobody is granted to delete versions.
create function private.tg_workout_templates__drop_versions()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.template_versions
  where template_versions.template_id = old.id
    and not exists (
      select from public.template_runs
      where template_runs.template_id = old.id
        and template_runs.version = template_versions.version
        and template_runs.status = 'active'
    );

  return null;
end;
$$;

comment on function private.tg_workout_templates__drop_versions() is
  'With a template go its versions, but for those that a run is on: they stay, without their author, until it ends.';

-- definer: nobody is granted to delete versions.
create function private.tg_template_runs__drop_version()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.template_versions
  where template_versions.template_id = old.template_id
    and template_versions.version = old.version
    and not exists (select from public.workout_templates where workout_templates.id = old.template_id)
    and not exists (
      select from public.template_runs
      where template_runs.template_id = old.template_id
        and template_runs.version = old.version
        and template_runs.status = 'active'
    );

  return null;
end;
$$;

comment on function private.tg_template_runs__drop_version() is
  'The last run on a version of a deleted template takes it along.';

-- definer: nobody is granted to update versions.
create function private.tg_workout_templates__mark_versions()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.template_versions
  set is_premium = new.is_premium, is_premium_copy = new.is_premium_copy
  where template_versions.template_id = new.id;

  return null;
end;
$$;

comment on function private.tg_workout_templates__mark_versions() is 'What a template is, its versions are: premium or not.';

create trigger _100_touch
  before update on public.template_runs
  for each row execute function private.tg__touch();
create trigger _500_drop_versions
  after delete on public.workout_templates
  for each row execute function private.tg_workout_templates__drop_versions();
create trigger _500_mark_versions
  after update of is_premium on public.workout_templates
  for each row
  when (old.is_premium <> new.is_premium)
  execute function private.tg_workout_templates__mark_versions();
create trigger _500_drop_version
  after update of status, version or delete on public.template_runs
  for each row execute function private.tg_template_runs__drop_version();

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.template_versions is
  'What a template consists of: one immutable document for each version.';
comment on column public.template_versions.template_id is 'The template; it may be deleted while a run is on the version.';
comment on column public.template_versions.version is 'Counted from 1.';
comment on column public.template_versions.created_by is 'The template''s author, whom nobody reads here.';
comment on column public.template_versions.is_premium is 'Whether the template is for premium plans.';
comment on column public.template_versions.is_premium_copy is 'Whether it is for them where it is one''s own, too.';
comment on column public.template_versions.document is 'The plan with its days and their exercises.';
comment on column public.template_versions.request_hash is 'Of the request that made it: tells a retry from a conflict.';
comment on policy select_public on public.template_versions is 'The newest version of what everybody may see, but for premium templates.';
comment on policy select_readable on public.template_versions is
  'All versions of one''s own, the newest of what one sees, and the one that an active run of one''s own is on; of premium
templates of others, and of copies of them, only while the plan entitles to them.';

comment on table public.template_runs is
  'An athlete''s way through a template. At most one run of a template is active; it stays on its version until moved.';
comment on column public.template_runs.user_id is 'The athlete.';
comment on column public.template_runs.template_id is 'The template; it may be deleted meanwhile.';
comment on column public.template_runs.version is 'The version that the athlete trains by.';
comment on column public.template_runs.template_name is 'The template''s name when the run was started.';
comment on column public.template_runs.status is 'Where the run stands.';
comment on column public.template_runs.started_on is 'The athlete''s local day of the start.';
comment on column public.template_runs.ended_at is 'When it was completed or abandoned.';
comment on policy select_own on public.template_runs is 'The athlete alone.';

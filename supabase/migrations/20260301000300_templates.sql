-- Templates: plans that athletes train by. This is the card that lists show; what a plan consists of is in its days
-- (302) and, as an immutable document for each version, in template_versions (304).

insert into private.error_codes (code, status, message, hint)
values
  ('template_not_found', 404, 'There is no such template, or it is not visible to this user.', 'Check the id.'),
  ('template_day_not_found', 404, 'The plan has no such day in the version that this athlete follows.',
   'Read the template again, or the run: a run stays on the version it was started with.'),
  ('premium_template', 402, 'The document of this template is for premium plans.',
   'Its card is free; the plan has to be changed for the rest.');

-- Types ----------------------------------------------------------------------------------------------------------------

create type public.training_goal as enum (
  'strength', 'muscle_building', 'fat_loss', 'endurance', 'power', 'general_health'
);
create type public.template_category as enum ('beginner', 'intermediate', 'advanced', 'specialized');

comment on type public.training_goal is 'What a plan trains for.';
comment on type public.template_category is 'The shelf of the library on which a template stands.';

-- Tables ---------------------------------------------------------------------------------------------------------------

create table public.workout_templates (
  id                 uuid primary key default private.uuid_v7(),
  created_by         uuid default auth.uid() references public.profiles (user_id) on delete cascade,
  version            integer not null default 1,
  name               text not null,
  language           text not null default 'en',
  description        text not null default '',
  difficulty         public.training_level not null,
  goal               public.training_goal not null,
  category           public.template_category,
  tags               text[] not null default '{}',
  total_weeks        smallint not null default 1,
  days_per_week      smallint not null default 0,
  estimated_minutes  smallint,
  estimated_calories smallint,
  primary_muscles    public.muscle[] not null default '{}',
  equipment          public.equipment[] not null default '{}',
  visibility         public.visibility not null default 'private',
  is_published       boolean not null default false,
  published_at       timestamptz,
  featured_order     smallint,
  is_premium         boolean not null default false,
  is_premium_copy    boolean not null default false,
  is_ai_generated    boolean not null default false,
  is_active          boolean not null default true,
  author_is_public   boolean not null default true,
  copied_from        uuid,
  usage_count        bigint not null default 0,
  favorite_count     bigint not null default 0,
  rating_sum         bigint not null default 0,
  rating_count       bigint not null default 0,
  rating_average     numeric(3, 2) generated always as (round(rating_sum::numeric / nullif(rating_count, 0), 2)) stored,
  runs_started       bigint not null default 0,
  runs_completed     bigint not null default 0,
  completion_rate    numeric(4, 3) generated always as (round(runs_completed::numeric / nullif(runs_started, 0), 3)) stored,
  -- As for exercises: five ratings of 3 are assumed, uses count by magnitude, and a float's comparisons are leakproof.
  popularity         double precision not null generated always as (
    case when is_published and is_active and visibility = 'public' and author_is_public
      then round((rating_sum + 15)::numeric / (rating_count + 5) + ln(1 + usage_count::numeric), 4)
      else 0
    end
  ) stored,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  constraint workout_templates_version_from_one check (version >= 1),
  constraint workout_templates_name_length check (char_length(name) between 1 and 120),
  constraint workout_templates_name_is_plain check (name = btrim(name) and name !~ '[[:cntrl:]]'),
  constraint workout_templates_language_is_code check (language ~ '^[a-z]{2}(-[A-Z]{2})?$'),
  constraint workout_templates_description_length check (char_length(description) <= 4000),
  constraint workout_templates_tags_fit check (private.texts_match(tags, 10, '^[a-z0-9]+(-[a-z0-9]+)*$')),
  constraint workout_templates_weeks_in_range check (total_weeks between 1 and 52),
  constraint workout_templates_days_per_week_in_range check (days_per_week between 0 and 14),
  constraint workout_templates_published_has_readers check (not is_published or visibility <> 'private'),
  constraint workout_templates_published_at_consistent check (not is_published or published_at is not null),
  constraint workout_templates_premium_copy_is_premium check (not is_premium_copy or is_premium),
  constraint workout_templates_premium_copy_unpublished check (not is_premium_copy or not is_published),
  constraint workout_templates_featured_is_public check (
    featured_order is null or (is_published and visibility = 'public')
  ),
  constraint workout_templates_featured_order_in_range check (featured_order between 1 and 999),
  constraint workout_templates_ratings_consistent check (rating_sum between rating_count and rating_count * 5),
  constraint workout_templates_counters_consistent check (
    usage_count >= 0 and favorite_count >= 0 and runs_completed between 0 and runs_started
  )
);

create index workout_templates_created_by_idx on public.workout_templates (created_by, updated_at desc);
-- What everyone sees comes first in it.
create index workout_templates_popularity_idx on public.workout_templates (popularity desc, id);
create index workout_templates_words_idx on public.workout_templates
  using gin (private.fold(name) extensions.gin_trgm_ops);
create index workout_templates_featured_order_idx on public.workout_templates (featured_order)
  where featured_order is not null;
create index workout_templates_published_at_idx on public.workout_templates (published_at, id)
  where is_published and is_active and visibility = 'public' and created_by is not null;

create function private.sees_template(p_card public.workout_templates)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select p_card.created_by = (select auth.uid()) or (
    p_card.is_published
    and p_card.is_active
    and (
      (p_card.visibility = 'public' and p_card.author_is_public)
      or p_card.created_by in (select private.friend_ids())
    )
    and (p_card.created_by is null or p_card.created_by not in (select private.hidden_user_ids()))
  );
$$;

comment on function private.sees_template(public.workout_templates) is
  'Whether the caller sees a template, for what runs beside the policies: the rule of select_visible, which is written out
there because a policy asks it of each row.';

-- Policies -------------------------------------------------------------------------------------------------------------

alter table public.workout_templates enable row level security;

create policy select_public on public.workout_templates
  for select to anon
  using (is_published and is_active and visibility = 'public' and author_is_public);

create policy select_visible on public.workout_templates
  for select to authenticated
  using (
    created_by = (select auth.uid())
    or (
      is_published
      and is_active
      and ((visibility = 'public' and author_is_public) or created_by in (select private.friend_ids()))
      and (created_by is null or created_by not in (select private.hidden_user_ids()))
    )
  );

create policy update_own on public.workout_templates
  for update to authenticated
  using (created_by = (select auth.uid()));

create policy delete_own on public.workout_templates
  for delete to authenticated
  using (created_by = (select auth.uid()));

-- What it consists of no client writes row by row; these two are switches that make no new version.
grant select on public.workout_templates to anon, authenticated;
grant update (visibility, is_active) on public.workout_templates to authenticated;
grant delete on public.workout_templates to authenticated;

-- Upkeep ---------------------------------------------------------------------------------------------------------------

create function private.tg_workout_templates__withdraw()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if new.visibility = 'private' then
    new.is_published := false;
  end if;

  if not new.is_published or new.visibility <> 'public' then
    new.featured_order := null;
  end if;

  return new;
end;
$$;

comment on function private.tg_workout_templates__withdraw() is
  'What its author makes private is no longer published, and what not everyone sees is not featured.';

-- definer: a template is stored in its author's name, whose card not every caller may lock. Until the transaction ends the
-- author cannot close it unseen.
create function private.tg_workout_templates__note_author()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if new.created_by is not null then
    select profiles.visibility = 'public'
    into new.author_is_public
    from public.profiles
    where profiles.user_id = new.created_by
    for share;

    new.author_is_public := coalesce(new.author_is_public, false);
  end if;

  return new;
end;
$$;

comment on function private.tg_workout_templates__note_author() is 'Notes whether everyone may see the author''s card.';

-- definer: author_is_public is not granted.
create function private.tg_profiles__note_author()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.workout_templates
  set author_is_public = (new.visibility = 'public')
  where workout_templates.created_by = new.user_id;

  return null;
end;
$$;

comment on function private.tg_profiles__note_author() is
  'Templates are no more visible than their author: whose card is closed leaves the library, and comes back with it.';

create trigger _150_note_author
  before insert on public.workout_templates
  for each row execute function private.tg_workout_templates__note_author();
create trigger _500_note_author
  after update of visibility on public.profiles
  for each row
  when ((old.visibility = 'public') <> (new.visibility = 'public'))
  execute function private.tg_profiles__note_author();
create trigger _100_touch
  before update of version, visibility, is_active, is_published, featured_order, is_premium on public.workout_templates
  for each row execute function private.tg__touch();
create trigger _200_withdraw
  before update of visibility, is_published on public.workout_templates
  for each row execute function private.tg_workout_templates__withdraw();

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.workout_templates is
  'A plan to train by, of one session or many weeks: its card. Readable by others once published, as visibility says.';
comment on column public.workout_templates.created_by is 'The author; null for the product''s own.';
comment on column public.workout_templates.version is 'The newest version; every save that changes something makes one.';
comment on column public.workout_templates.name is 'What it is called.';
comment on column public.workout_templates.language is 'The language of the texts: en, or de-AT.';
comment on column public.workout_templates.description is 'What it is, for whom, and how it works.';
comment on column public.workout_templates.difficulty is 'For whom it is.';
comment on column public.workout_templates.goal is 'What it trains for.';
comment on column public.workout_templates.category is 'Where it stands in the library; null where its author says nothing.';
comment on column public.workout_templates.tags is 'Words for filters, in kebab case.';
comment on column public.workout_templates.total_weeks is 'How many weeks it runs.';
comment on column public.workout_templates.days_per_week is 'Training days in its fullest week. Derived, as are the next four.';
comment on column public.workout_templates.estimated_minutes is 'How long a session takes on average; null without any.';
comment on column public.workout_templates.estimated_calories is
  'The energy of an average session in kcal, for an athlete of 75 kg; proportional to body weight.';
comment on column public.workout_templates.primary_muscles is 'What it trains, most sets first.';
comment on column public.workout_templates.equipment is 'All that it needs.';
comment on column public.workout_templates.visibility is 'Who may see it once it is published.';
comment on column public.workout_templates.is_published is 'Whether anybody but the author sees it.';
comment on column public.workout_templates.published_at is 'When it was last published.';
comment on column public.workout_templates.featured_order is 'Its place among the featured ones, null for the others. Set by admins.';
comment on column public.workout_templates.is_premium is 'Whether what it consists of is for premium plans alone. Set by admins.';
comment on column public.workout_templates.is_premium_copy is
  'Whether it was copied from a premium template of somebody else''s: its document is for premium plans, its owner''s too.';
comment on column public.workout_templates.is_ai_generated is 'Whether the coach drafted it.';
comment on column public.workout_templates.is_active is 'Whether it is offered; a retired one its author alone sees.';
comment on column public.workout_templates.author_is_public is
  'Whether everyone may see its author''s card: without that, everyone does not see it either. Derived.';
comment on column public.workout_templates.copied_from is 'The template that this is a copy of, if it still exists.';
comment on column public.workout_templates.usage_count is 'Completed workouts that were started from it, by anybody. Derived.';
comment on column public.workout_templates.favorite_count is 'How many athletes have it among their favourites. Derived.';
comment on column public.workout_templates.rating_sum is 'All ratings added up. Derived.';
comment on column public.workout_templates.rating_count is 'How many athletes rated it. Derived.';
comment on column public.workout_templates.rating_average is 'The average of all ratings, null without one. Derived.';
comment on column public.workout_templates.runs_started is 'Runs that others than the author began. Derived.';
comment on column public.workout_templates.runs_completed is 'Those of them that were completed. Derived.';
comment on column public.workout_templates.completion_rate is 'The share of begun runs that were completed. Derived.';
comment on column public.workout_templates.popularity is
  'Ratings and use as one number to sort by; 0 for what is not offered to everyone. Derived.';
comment on column public.workout_templates.updated_at is 'When its author last changed it; counters do not count.';
comment on policy select_public on public.workout_templates is 'Anybody reads what is published for everyone by somebody whose card is public.';
comment on policy select_visible on public.workout_templates is 'One''s own, and what is published for everyone or for friends by those whose card one sees: not
across a block.';
comment on policy update_own on public.workout_templates is 'The author, in the granted columns.';
comment on policy delete_own on public.workout_templates is 'The author.';

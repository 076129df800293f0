-- Identity: who an athlete is. The public card, the details that only the owner reads, the settings and the role. Rows
-- appear when somebody signs up and go with the account.

-- Types ----------------------------------------------------------------------------------------------------------------

create type public.training_level as enum ('beginner', 'intermediate', 'advanced');
create type public.visibility as enum ('public', 'friends', 'private');
create type public.gender as enum ('male', 'female', 'other');
create type public.unit_system as enum ('metric', 'imperial');
create type public.e1rm_formula as enum ('epley', 'brzycki', 'consensus');
create type public.user_role as enum ('user', 'admin');

comment on type public.training_level is 'How experienced an athlete is, and for whom an exercise or a plan is meant.';
comment on type public.visibility is 'Who may see something: everyone, the owner''s friends, or the owner alone.';
comment on type public.gender is 'As the athlete gives it; null where they prefer not to say.';
comment on type public.unit_system is 'The units that a client shows. Storage is always SI.';
comment on type public.e1rm_formula is 'How a one-rep maximum is estimated from a set of several repetitions.';
comment on type public.user_role is 'Power over the product. What somebody pays for is their plan, not their role.';

-- Tables ---------------------------------------------------------------------------------------------------------------

create table public.profiles (
  user_id       uuid primary key references auth.users (id) on delete cascade,
  username      text collate "C" not null,
  display_name  text not null,
  avatar_path   text,
  bio           text,
  location      text,
  fitness_level public.training_level,
  visibility    public.visibility not null default 'public',
  timezone      text not null default 'UTC',
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  constraint profiles_username_key unique (username),
  constraint profiles_username_rules check (
    username ~ '^[a-z0-9][a-z0-9_.]{1,28}[a-z0-9_]$' and username !~ '\.\.'
  ),
  constraint profiles_display_name_length check (char_length(display_name) between 1 and 60),
  constraint profiles_display_name_is_plain check (
    display_name = btrim(display_name) and display_name !~ '[[:cntrl:]]'
  ),
  constraint profiles_avatar_path_in_own_folder check (
    avatar_path ~ ('^' || user_id || '/[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$')
  ),
  constraint profiles_bio_length check (char_length(bio) <= 500),
  constraint profiles_location_length check (char_length(location) <= 120),
  constraint profiles_timezone_exists check (private.is_timezone(timezone))
);

create table public.personal_details (
  user_id          uuid primary key references public.profiles (user_id) on delete cascade,
  first_name       text,
  last_name        text,
  date_of_birth    date,
  gender           public.gender,
  height_cm        numeric(5, 2),
  target_weight_kg numeric(6, 3),
  guardian_name    text,
  guardian_since   timestamptz,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  constraint personal_details_first_name_length check (char_length(first_name) between 1 and 80),
  constraint personal_details_last_name_length check (char_length(last_name) between 1 and 80),
  constraint personal_details_born_between_1900_and_today check (
    date_of_birth >= date '1900-01-01' and date_of_birth <= current_date
  ),
  constraint personal_details_height_plausible check (height_cm between 50 and 280),
  constraint personal_details_target_weight_plausible check (target_weight_kg between 20 and 500),
  constraint personal_details_guardian_name_length check (char_length(guardian_name) between 1 and 80)
);

create table public.preferences (
  user_id              uuid primary key references public.profiles (user_id) on delete cascade,
  units                public.unit_system not null default 'metric',
  language             text not null default 'en',
  default_rest_seconds smallint not null default 90,
  e1rm_formula         public.e1rm_formula not null default 'epley',
  weekly_goal          smallint not null default 3,
  rest_days_per_week   smallint not null default 3,
  week_starts_on       smallint not null default 1,
  workout_reminders    boolean not null default true,
  progress_updates     boolean not null default true,
  social_activity      boolean not null default true,
  ai_recommendations   boolean not null default true,
  workout_sharing      boolean not null default true,
  progress_sharing     boolean not null default false,
  photo_sharing        boolean not null default false,
  created_at           timestamptz not null default now(),
  updated_at           timestamptz not null default now(),
  constraint preferences_language_is_code check (language ~ '^[a-z]{2}(-[A-Z]{2})?$'),
  constraint preferences_default_rest_up_to_an_hour check (default_rest_seconds between 1 and 3600),
  constraint preferences_weekly_goal_in_a_week check (weekly_goal between 1 and 7),
  constraint preferences_rest_days_leave_a_day check (rest_days_per_week between 0 and 6),
  constraint preferences_week_starts_on_a_day check (week_starts_on between 1 and 7)
);

create table public.user_roles (
  user_id    uuid primary key references public.profiles (user_id) on delete cascade,
  role       public.user_role not null default 'user',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- Indexes -------------------------------------------------------------------------------------------------------------

create function private.name_words(p_name text)
returns tsvector
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select array_to_tsvector(array_remove(string_to_array(private.fold(p_name), ' '), ''));
$$;

-- Whoever writes a card keeps its index.
grant execute on function private.name_words(text) to authenticated, service_role;
comment on function private.name_words(text) is
  'The words of a name, without case and accents: what lies between spaces, whatever it is made of.';

-- Without the list of pending entries, which every search would have to read through: profiles are rarely written.
create index profiles_search_idx on public.profiles
  using gin (private.name_words(display_name)) with (fastupdate = off)
  where visibility = 'public';
-- Whether a friend keeps the card private, asked for each friend without a visit to the table.
create index profiles_private_idx on public.profiles (user_id) where visibility = 'private';
-- The list that admins page through.
create index profiles_created_at_idx on public.profiles (created_at desc, user_id desc);
-- Every request asks whether its caller is an admin: this answers from one page, however many users there are.
create index user_roles_admin_idx on public.user_roles (user_id) where role = 'admin';

-- Policies -------------------------------------------------------------------------------------------------------------

-- Who signed in reads which card is said where friends and blocks are: select_visible, by the migration privacy.
alter table public.profiles enable row level security;
alter table public.personal_details enable row level security;
alter table public.preferences enable row level security;
alter table public.user_roles enable row level security;

create policy select_public on public.profiles
  for select to anon
  using (visibility = 'public');

create policy update_own on public.profiles
  for update to authenticated
  using (user_id = (select auth.uid()));

create policy select_own on public.personal_details
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy update_own on public.personal_details
  for update to authenticated
  using (user_id = (select auth.uid()));

create policy select_own on public.preferences
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy update_own on public.preferences
  for update to authenticated
  using (user_id = (select auth.uid()));

create policy select_own on public.user_roles
  for select to authenticated
  using (user_id = (select auth.uid()));

-- Grants ---------------------------------------------------------------------------------------------------------------

-- No insert and no delete: the rows come and go with the account. A username changes by public.set_username alone.
grant select (user_id, username, display_name, avatar_path, bio, location, fitness_level, visibility, created_at)
  on public.profiles to anon;
grant select on public.profiles to authenticated;
grant update (display_name, avatar_path, bio, location, fitness_level, visibility, timezone)
  on public.profiles to authenticated;

grant select on public.personal_details to authenticated;
grant update (first_name, last_name, date_of_birth, gender, height_cm, target_weight_kg, guardian_name)
  on public.personal_details to authenticated;

grant select on public.preferences to authenticated;
grant update (
  units, language, default_rest_seconds, e1rm_formula, weekly_goal, rest_days_per_week, week_starts_on, workout_reminders,
  progress_updates, social_activity, ai_recommendations, workout_sharing, progress_sharing, photo_sharing
) on public.preferences to authenticated;

grant select on public.user_roles to authenticated;

-- Upkeep --------------------------------------------------------------------------------------------------------------

create trigger _100_touch
  before update on public.profiles
  for each row execute function private.tg__touch();
create trigger _100_touch
  before update on public.personal_details
  for each row execute function private.tg__touch();
create trigger _100_touch
  before update on public.preferences
  for each row execute function private.tg__touch();
create trigger _100_touch
  before update on public.user_roles
  for each row execute function private.tg__touch();

-- Power ---------------------------------------------------------------------------------------------------------------

-- definer: a policy asks this for callers who may not read the role of anybody else, and must not depend on RLS of
-- user_roles.
create function private.is_admin()
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  return exists (
    select
    from public.user_roles
    join auth.users on users.id = user_roles.user_id
    where user_roles.user_id = v_user_id
      and user_roles.role = 'admin'
      and coalesce(users.banned_until <= now(), true)
      and users.deleted_at is null
  );
end;
$$;

grant execute on function private.is_admin() to authenticated, service_role;
comment on function private.is_admin() is
  'Whether the caller is an admin now: asks the tables, never the token, so that a revoked role and an account that was
locked out lose power at once.';

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.profiles is 'The public card of an athlete. One row per user, made at sign-up.';
comment on column public.profiles.user_id is 'The user in Auth.';
comment on column public.profiles.username is 'Unique, lower case; changed by set_username.';
comment on column public.profiles.display_name is 'What others read; need not be unique.';
comment on column public.profiles.avatar_path is 'The object in the bucket avatars: {user_id}/{file}.';
comment on column public.profiles.bio is 'A few words about oneself.';
comment on column public.profiles.location is 'Free text, as precise as the athlete likes.';
comment on column public.profiles.fitness_level is 'How experienced the athlete is by their own account.';
comment on column public.profiles.visibility is 'Who may see this card.';
comment on column public.profiles.timezone is
  'The tz database name of the athlete''s zone: decides which day it is for them. Shown with the card to signed-in
readers, not to anonymous ones.';
comment on column public.profiles.created_at is 'When the athlete signed up.';
comment on column public.profiles.updated_at is 'When the card was last changed.';
comment on policy select_public on public.profiles is 'Anybody may see public cards.';
comment on policy update_own on public.profiles is 'Everybody edits their own card, in the granted columns.';

comment on table public.personal_details is 'What only the athlete reads about themselves. One row per user.';
comment on column public.personal_details.user_id is 'The athlete.';
comment on column public.personal_details.first_name is 'Given name.';
comment on column public.personal_details.last_name is 'Family name.';
comment on column public.personal_details.date_of_birth is
  'Decides what an athlete of 13 to 17 years may do, and estimates that depend on age; null where not given.';
comment on column public.personal_details.gender is 'For estimates that differ by it; null where not given.';
comment on column public.personal_details.height_cm is 'Body height in centimetres.';
comment on column public.personal_details.target_weight_kg is 'The body weight the athlete works towards, in kilograms.';
comment on column public.personal_details.guardian_name is 'The parent or guardian who agreed that an athlete under 18 has this account.';
comment on column public.personal_details.guardian_since is 'When their agreement was recorded.';
comment on column public.personal_details.created_at is 'When the row was made.';
comment on column public.personal_details.updated_at is 'When the row was last changed.';
comment on policy select_own on public.personal_details is 'The athlete alone.';
comment on policy update_own on public.personal_details is 'The athlete alone.';

comment on table public.preferences is 'How an athlete wants the product to behave. One row per user.';
comment on column public.preferences.user_id is 'The athlete.';
comment on column public.preferences.units is 'The units that clients and exports show; storage is SI.';
comment on column public.preferences.language is
  'In which language names and texts are shown where there is a translation: en, or de-AT.';
comment on column public.preferences.default_rest_seconds is 'The rest between sets when nothing else says how long.';
comment on column public.preferences.e1rm_formula is 'How one-rep maxima are estimated for this athlete.';
comment on column public.preferences.weekly_goal is
  'On how many days a week the athlete means to train: what keeps the streak of weeks.';
comment on column public.preferences.rest_days_per_week is
  'How many days of rest in a week do not break the streak of days.';
comment on column public.preferences.week_starts_on is
  'The first day of the athlete''s week, 1 for Monday to 7 for Sunday. Streaks go by it; statistics by ISO weeks.';
comment on column public.preferences.workout_reminders is 'Notify about planned workouts.';
comment on column public.preferences.progress_updates is 'Notify about records, goals and weekly summaries.';
comment on column public.preferences.social_activity is 'Notify about friends, likes and comments.';
comment on column public.preferences.ai_recommendations is 'Notify about new recommendations.';
comment on column public.preferences.workout_sharing is
  'Whether others may see workouts at all; each workout''s own visibility decides who.';
comment on column public.preferences.progress_sharing is 'Whether friends may see measurements and records.';
comment on column public.preferences.photo_sharing is 'Whether friends may see the progress photos that are shared one by one.';
comment on column public.preferences.created_at is 'When the row was made.';
comment on column public.preferences.updated_at is 'When a preference was last changed.';
comment on policy select_own on public.preferences is 'The athlete alone.';
comment on policy update_own on public.preferences is 'The athlete alone.';

comment on table public.user_roles is 'Who has power over the product. Written by the server and by admins'' functions only.';
comment on column public.user_roles.user_id is 'The user.';
comment on column public.user_roles.role is 'Asked at every use of power; the claim in a token is only for clients.';
comment on column public.user_roles.created_at is 'When the row was made.';
comment on column public.user_roles.updated_at is 'When the role was last changed.';
comment on policy select_own on public.user_roles is 'Everybody may know their own role.';

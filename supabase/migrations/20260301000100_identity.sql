-- Identity: who an athlete is. The public card, the details that only the owner reads, the settings, the role, and what
-- Auth puts into an access token. Rows appear when somebody signs up and go with the account.

insert into private.error_codes (code, status, message, hint)
values
  ('username_invalid', 400, 'The username breaks the rules for usernames.',
   'Use 3 to 30 of a-z, 0-9, _ and single dots, with a letter or digit first and no dot last.'),
  ('username_reserved', 409, 'The username is reserved.', 'Choose another one.'),
  ('username_taken', 409, 'The username belongs to somebody else, or did until recently.', 'Choose another one.'),
  ('username_changed_recently', 409, 'A username can be changed once in 30 days.',
   'The details say from when on it can be changed again.');

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
  username      text not null,
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
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  constraint personal_details_first_name_length check (char_length(first_name) between 1 and 80),
  constraint personal_details_last_name_length check (char_length(last_name) between 1 and 80),
  constraint personal_details_born_between_1900_and_today check (
    date_of_birth >= date '1900-01-01' and date_of_birth <= current_date
  ),
  constraint personal_details_height_plausible check (height_cm between 50 and 280),
  constraint personal_details_target_weight_plausible check (target_weight_kg between 20 and 500)
);

create table public.preferences (
  user_id              uuid primary key references public.profiles (user_id) on delete cascade,
  units                public.unit_system not null default 'metric',
  default_rest_seconds smallint not null default 90,
  e1rm_formula         public.e1rm_formula not null default 'epley',
  workout_reminders    boolean not null default true,
  progress_updates     boolean not null default true,
  social_activity      boolean not null default true,
  ai_recommendations   boolean not null default true,
  workout_sharing      boolean not null default true,
  progress_sharing     boolean not null default false,
  photo_sharing        boolean not null default false,
  created_at           timestamptz not null default now(),
  updated_at           timestamptz not null default now(),
  constraint preferences_default_rest_up_to_an_hour check (default_rest_seconds between 0 and 3600)
);

create table public.user_roles (
  user_id    uuid primary key references public.profiles (user_id) on delete cascade,
  role       public.user_role not null default 'user',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table private.username_changes (
  id           uuid primary key default private.uuid_v7(),
  user_id      uuid not null references public.profiles (user_id) on delete cascade,
  old_username text not null,
  changed_at   timestamptz not null default now()
);

-- Indexes --------------------------------------------------------------------------------------------------------------

create index profiles_search_idx on public.profiles
  using gin (private.fold(' ' || username || ' ' || display_name) extensions.gin_trgm_ops)
  where visibility = 'public';
create index username_changes_user_id_changed_at_idx on private.username_changes (user_id, changed_at desc);
create index username_changes_old_username_idx on private.username_changes (old_username, changed_at desc);

-- Policies -------------------------------------------------------------------------------------------------------------

alter table public.profiles enable row level security;
alter table public.personal_details enable row level security;
alter table public.preferences enable row level security;
alter table public.user_roles enable row level security;
alter table private.username_changes enable row level security;

create policy select_public on public.profiles
  for select to anon
  using (visibility = 'public');

create policy select_visible on public.profiles
  for select to authenticated
  using (user_id = (select auth.uid()) or visibility = 'public');

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
grant update (first_name, last_name, date_of_birth, gender, height_cm, target_weight_kg)
  on public.personal_details to authenticated;

grant select on public.preferences to authenticated;
grant update (
  units, default_rest_seconds, e1rm_formula, workout_reminders, progress_updates, social_activity, ai_recommendations,
  workout_sharing, progress_sharing, photo_sharing
) on public.preferences to authenticated;

grant select on public.user_roles to authenticated;

-- Usernames ------------------------------------------------------------------------------------------------------------

create function private.is_reserved_username(p_username text)
returns boolean
language sql
immutable
security invoker
set search_path = ''
as $$
  select translate(p_username, '_.', '') = any (array[
    'about', 'account', 'accounts', 'admin', 'administrator', 'anonymous', 'api', 'app', 'auth', 'billing', 'blog',
    'coach', 'contact', 'deleted', 'everyone', 'fitai', 'fitaiteam', 'help', 'info', 'legal', 'login', 'logout',
    'mail', 'me', 'mod', 'moderator', 'myself', 'null', 'official', 'owner', 'postmaster', 'privacy', 'profile',
    'register', 'root', 'security', 'settings', 'signin', 'signup', 'staff', 'status', 'support', 'system', 'team',
    'terms', 'undefined', 'unknown', 'user', 'users', 'webmaster', 'www', 'you'
  ]);
$$;

comment on function private.is_reserved_username(text) is
  'Whether a name could be taken for the product or its staff; dots and underscores do not make it another one.';

-- Null when the name may be given to p_user_id, else the code of the rule that it breaks.
create function private.username_problem(p_username text, p_user_id uuid)
returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select case
    when p_username is null
      or p_username !~ '^[a-z0-9][a-z0-9_.]{1,28}[a-z0-9_]$'
      or p_username ~ '\.\.' then 'username_invalid'
    when private.is_reserved_username(p_username) then 'username_reserved'
    when exists (
      select from public.profiles
      where profiles.username = p_username
        and profiles.user_id <> p_user_id
    ) or exists (
      select from private.username_changes
      where username_changes.old_username = p_username
        and username_changes.user_id <> p_user_id
        and username_changes.changed_at > now() - interval '30 days'
    ) then 'username_taken'
  end;
$$;

comment on function private.username_problem(text, uuid) is
  'Why a user may not have a name: the error code, or null. A name that was given up stays its owner''s for 30 days.';

create function private.username_changeable_at(p_user_id uuid)
returns timestamptz
language sql
stable
security invoker
set search_path = ''
as $$
  select max(username_changes.changed_at) + interval '30 days'
  from private.username_changes
  where username_changes.user_id = p_user_id;
$$;

comment on function private.username_changeable_at(uuid) is
  'From when on a user can change their name again; null when they never changed it.';

-- definer: a username is not granted for update, and whether a name is free depends on profiles that the caller may not
-- see. Usernames are public by design, so that much is told.
create function private.change_my_username(p_username text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_username text := lower(btrim(p_username));
  v_old_username text;
  v_problem text := private.username_problem(v_username, v_user_id);
begin
  if v_problem is not null then
    perform private.fail(v_problem);
  end if;

  -- The lock puts two changes by one user in a row, so that the second one sees the first.
  select profiles.username
  into v_old_username
  from public.profiles
  where profiles.user_id = v_user_id
  for update;

  if v_old_username = v_username then
    return v_username;
  end if;

  if private.username_changeable_at(v_user_id) > now() then
    perform private.fail(
      'username_changed_recently',
      to_char(private.username_changeable_at(v_user_id), 'YYYY-MM-DD"T"HH24:MI:SSOF')
    );
  end if;

  update public.profiles
  set username = v_username
  where profiles.user_id = v_user_id;

  insert into private.username_changes (user_id, old_username)
  values (v_user_id, v_old_username);

  return v_username;
exception
  when unique_violation then
    perform private.fail('username_taken');
end;
$$;

grant execute on function private.change_my_username(text) to authenticated;
comment on function private.change_my_username(text) is
  'Gives the caller the name if the rules allow it, and remembers the old one.';

create function public.set_username(username text)
returns text
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.change_my_username(set_username.username);
$$;

grant execute on function public.set_username(text) to authenticated;
comment on function public.set_username(text) is
  'Changes the caller''s username and answers it as stored, in lower case. At most once in 30 days.
Fails with username_invalid, username_reserved, username_taken or username_changed_recently.';

-- Sign-up --------------------------------------------------------------------------------------------------------------

-- What people and identity providers put into user_metadata is a wish: cleaned, cut to fit, or ignored.
create function private.clean_name(p_text text, p_max_length integer)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select nullif(btrim(left(btrim(regexp_replace(p_text, '[[:cntrl:][:space:]]+', ' ', 'g')), p_max_length)), '');
$$;

grant execute on function private.clean_name(text, integer) to authenticated;
comment on function private.clean_name(text, integer) is
  'A name without control characters and surplus space, cut to the length; null when nothing is left.';

-- definer: Auth inserts the user as supabase_auth_admin, which may write nothing of ours.
create function private.tg_users__create_account()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_meta jsonb := coalesce(new.raw_user_meta_data, '{}');
  v_first_name text := private.clean_name(coalesce(v_meta ->> 'first_name', v_meta ->> 'given_name'), 80);
  v_last_name text := private.clean_name(coalesce(v_meta ->> 'last_name', v_meta ->> 'family_name'), 80);
  v_display_name text := private.clean_name(
    coalesce(v_meta ->> 'display_name', v_meta ->> 'full_name', v_meta ->> 'name'), 60
  );
  v_timezone text := v_meta ->> 'timezone';
  v_username text := lower(v_meta ->> 'username');
begin
  -- Also ends when two people ask for the same name at the same moment: the second one is given another.
  loop
    if private.username_problem(v_username, new.id) is not null then
      v_username := 'athlete_' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 12);
    end if;

    insert into public.profiles (user_id, username, display_name, timezone)
    values (
      new.id,
      v_username,
      coalesce(v_display_name, v_username),
      case when private.is_timezone(v_timezone) then v_timezone else 'UTC' end
    )
    on conflict (username) do nothing;

    exit when found;
    v_username := null;
  end loop;

  insert into public.personal_details (user_id, first_name, last_name)
  values (new.id, v_first_name, v_last_name);

  insert into public.preferences (user_id, units)
  values (new.id, case when v_meta ->> 'units' = 'imperial' then 'imperial' else 'metric' end::public.unit_system);

  insert into public.user_roles (user_id)
  values (new.id);

  return null;
end;
$$;

comment on function private.tg_users__create_account() is
  'Gives a new user a profile, details, preferences and a role. Nothing in user_metadata can make a sign-up fail.';

create trigger _500_create_account
  after insert on auth.users
  for each row execute function private.tg_users__create_account();

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

-- Power ----------------------------------------------------------------------------------------------------------------

-- definer: a policy asks this for callers who may not read the role of anybody else, and must not depend on RLS of
-- user_roles.
create function private.is_admin()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from public.user_roles
    where user_roles.user_id = (select auth.uid())
      and user_roles.role = 'admin'
  );
$$;

grant execute on function private.is_admin() to anon, authenticated, service_role;
comment on function private.is_admin() is
  'Whether the caller is an admin now: asks the table, never the token, so that a revoked role loses power at once.';

create function private.permissions(p_role text)
returns text[]
language sql
immutable
security invoker
set search_path = ''
as $$
  select array[
    'read:own_profile', 'write:own_profile', 'read:exercises', 'write:custom_exercises', 'read:own_workouts',
    'write:own_workouts', 'read:public_templates', 'write:own_templates', 'read:own_progress', 'write:own_progress'
  ] || case when p_role in ('premium', 'admin') then array[
    'read:ai_recommendations', 'write:ai_requests', 'read:advanced_analytics', 'export:own_data',
    'access:premium_templates', 'unlimited:ai_generation'
  ] end || case when p_role = 'admin' then array[
    'read:all_users', 'write:all_users', 'moderate:content', 'feature:templates', 'read:platform_analytics',
    'write:admin_settings'
  ] end;
$$;

comment on function private.permissions(text) is
  'The permission names that the role of a token stands for: user, premium or admin, each with those before it.';

create function private.account_claims(p_user_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'user_role', account.role,
    'plan', 'free',
    'scope', private.permissions(account.role)
  )
  from (
    select coalesce(
      (select user_roles.role::text from public.user_roles where user_roles.user_id = p_user_id),
      'user'
    ) as role
  ) as account;
$$;

comment on function private.account_claims(uuid) is
  'What an access token says of a user beyond Auth: user_role, plan and scope.';

-- definer: Auth calls this as supabase_auth_admin, which may read nothing of ours.
create function private.custom_access_token_hook(event jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return jsonb_set(
    event,
    '{claims}',
    (event -> 'claims') || private.account_claims((event ->> 'user_id')::uuid)
  );
exception
  when others then
    -- Claims only inform clients; the database asks its tables. A fault here must not lock everybody out.
    raise warning 'access token without claims of ours: % (%)', sqlerrm, sqlstate;
    return event;
end;
$$;

grant usage on schema private to supabase_auth_admin;
grant execute on function private.custom_access_token_hook(jsonb) to supabase_auth_admin;
comment on function private.custom_access_token_hook(jsonb) is
  'Auth''s hook: adds user_role, plan and scope to the claims of every access token.';

-- The account ----------------------------------------------------------------------------------------------------------

-- definer: auth.users and the names that a user gave up are not readable through the API; this tells the caller's own.
create function private.my_sign_in()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'user_id', users.id,
    'email', users.email,
    'email_verified', users.email_confirmed_at is not null,
    'is_active', users.deleted_at is null and coalesce(users.banned_until <= now(), true),
    'last_login_at', users.last_sign_in_at,
    'created_at', users.created_at,
    'username_changeable_at', private.username_changeable_at(users.id)
  ) || private.account_claims(users.id)
  from auth.users
  where users.id = (select auth.uid());
$$;

grant execute on function private.my_sign_in() to authenticated;
comment on function private.my_sign_in() is
  'What Auth and the roles know of the caller; null when the account is gone.';

create function public.my_account()
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_account jsonb := private.my_sign_in();
begin
  if v_account is null then
    perform private.fail('not_authenticated', 'the account of this token does not exist any more');
  end if;

  return v_account || (
    select jsonb_build_object(
      'profile', to_jsonb(profiles),
      'details', to_jsonb(personal_details),
      'preferences', to_jsonb(preferences),
      'limits', jsonb_build_object(
        'requests', case when v_account ->> 'user_role' = 'admin' then 1000 else 100 end,
        'window_seconds', 900
      ),
      'unread_count', 0
    )
    from public.profiles
    join public.personal_details using (user_id)
    join public.preferences using (user_id)
    where profiles.user_id = v_user_id
  );
end;
$$;

grant execute on function public.my_account() to authenticated;
comment on function public.my_account() is
  'All that a client needs at its start, in one call: sign-in facts, role, plan, scope, limits, profile, details,
preferences and the number of unread notifications. Fails with not_authenticated.';

-- Search ---------------------------------------------------------------------------------------------------------------

-- definer: LIKE is not leakproof, so under RLS no index would serve it. Only public profiles are searched, and the
-- calling function reads what it shows under the caller's own policies.
create function private.matching_user_ids(p_query text, p_limit integer)
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select profiles.user_id
  from public.profiles
  where profiles.visibility = 'public'
    and private.fold(' ' || profiles.username || ' ' || profiles.display_name)
      like '% ' || regexp_replace(private.fold(p_query), '([\\%_])', '\\\1', 'g') || '%'
  order by
    profiles.username <> private.fold(p_query),
    not starts_with(profiles.username, private.fold(p_query)),
    profiles.username
  limit p_limit;
$$;

grant execute on function private.matching_user_ids(text, integer) to authenticated;
comment on function private.matching_user_ids(text, integer) is
  'Public profiles whose username or a word of whose name begins with the query: exact usernames first.';

create function public.search_users(query text, "limit" integer default 20)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_query text := private.clean_name(search_users.query, 61);
begin
  perform private.current_user_id();

  if v_query is null or char_length(v_query) not between 2 and 60 then
    perform private.fail('invalid_argument', 'query must have between 2 and 60 characters');
  end if;

  return jsonb_build_object('items', coalesce((
    select jsonb_agg(
      jsonb_build_object(
        'user_id', profiles.user_id,
        'username', profiles.username,
        'display_name', profiles.display_name,
        'avatar_path', profiles.avatar_path,
        'fitness_level', profiles.fitness_level
      )
      order by match.position
    )
    from private.matching_user_ids(v_query, private.page_size(search_users."limit", 50))
      with ordinality as match (user_id, position)
    join public.profiles using (user_id)
  ), '[]'), 'next_cursor', null);
end;
$$;

grant execute on function public.search_users(text, integer) to authenticated;
comment on function public.search_users(text, integer) is
  'Finds athletes with a public profile by the beginning of a username or of a word of the name.
Answers {items, next_cursor}; the list is short and has one page. Fails with invalid_argument or invalid_limit.';

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
  'The tz database name of the athlete''s zone: decides which day it is for them. Not shown to anonymous readers.';
comment on column public.profiles.created_at is 'When the athlete signed up.';
comment on column public.profiles.updated_at is 'When the card was last changed.';
comment on policy select_public on public.profiles is 'Anybody may see public cards.';
comment on policy select_visible on public.profiles is 'Public cards, and one''s own.';
comment on policy update_own on public.profiles is 'Everybody edits their own card, in the granted columns.';

comment on table public.personal_details is 'What only the athlete reads about themselves. One row per user.';
comment on column public.personal_details.user_id is 'The athlete.';
comment on column public.personal_details.first_name is 'Given name.';
comment on column public.personal_details.last_name is 'Family name.';
comment on column public.personal_details.date_of_birth is 'For age-dependent estimates.';
comment on column public.personal_details.gender is 'For estimates that differ by it; null where not given.';
comment on column public.personal_details.height_cm is 'Body height in centimetres.';
comment on column public.personal_details.target_weight_kg is 'The body weight the athlete works towards, in kilograms.';
comment on column public.personal_details.created_at is 'When the row was made.';
comment on column public.personal_details.updated_at is 'When the row was last changed.';
comment on policy select_own on public.personal_details is 'The athlete alone.';
comment on policy update_own on public.personal_details is 'The athlete alone.';

comment on table public.preferences is 'How an athlete wants the product to behave. One row per user.';
comment on column public.preferences.user_id is 'The athlete.';
comment on column public.preferences.units is 'The units that clients and exports show; storage is SI.';
comment on column public.preferences.default_rest_seconds is 'The rest between sets when nothing else says how long.';
comment on column public.preferences.e1rm_formula is 'How one-rep maxima are estimated for this athlete.';
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

comment on table private.username_changes is 'Names that were given up: the limit on changes, and protection from impostors.';
comment on column private.username_changes.id is 'Time-ordered id.';
comment on column private.username_changes.user_id is 'Who changed their name.';
comment on column private.username_changes.old_username is 'The name until then; nobody else gets it for 30 days.';
comment on column private.username_changes.changed_at is 'When.';

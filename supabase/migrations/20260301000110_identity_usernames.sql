-- Usernames: which names there may be, and how an athlete changes theirs.

insert into private.error_codes (code, status, message, hint)
values
  ('username_invalid', 400, 'The username breaks the rules for usernames.',
   'Use 3 to 30 of a-z, 0-9, _ and single dots, with a letter or digit first and no dot last.'),
  ('username_reserved', 409, 'The username is reserved.', 'Choose another one.'),
  ('username_taken', 409, 'The username belongs to somebody else, or did until recently.', 'Choose another one.'),
  ('username_changed_recently', 409, 'A username can be changed once in 30 days.',
   'The details say from when on it can be changed again.');

create table private.username_changes (
  id           uuid primary key default private.uuid_v7(),
  user_id      uuid not null references public.profiles (user_id) on delete cascade,
  old_username text not null,
  changed_at   timestamptz not null default now()
);

create index username_changes_user_id_changed_at_idx on private.username_changes (user_id, changed_at desc);
create index username_changes_old_username_idx on private.username_changes (old_username, changed_at desc);

alter table private.username_changes enable row level security;

comment on table private.username_changes is 'Names that were given up: the limit on changes, and protection from impostors.';
comment on column private.username_changes.id is 'Time-ordered id.';
comment on column private.username_changes.user_id is 'Who changed their name.';
comment on column private.username_changes.old_username is 'The name until then; nobody else gets it for 30 days.';
comment on column private.username_changes.changed_at is 'When.';

-- Rules ---------------------------------------------------------------------------------------------------------------

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
    ) or private.is_username_held(p_username) then 'username_taken'
  end;
$$;

comment on function private.username_problem(text, uuid) is
  'Why a user may not have a name: the error code, or null. A name that was given up stays its owner''s for 30 days;
one whose account was erased is nobody''s for as long.';

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

  if not found then
    perform private.fail('not_authenticated', 'the account of this token does not exist any more');
  end if;

  if v_old_username = v_username then
    return v_username;
  end if;

  if private.username_changeable_at(v_user_id) > now() then
    perform private.fail(
      'username_changed_recently',
      to_json(private.username_changeable_at(v_user_id)) #>> '{}'
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
Fails with username_invalid, username_reserved, username_taken, username_changed_recently or not_authenticated.';

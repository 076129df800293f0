-- Avatars: one's own picture, in a folder of one's own. Whoever has the address of one sees it. The edge function account
-- looks into each: before a card shows it where the client asks for that, else a moment later, and what is no picture of the
-- type that it was declared as is taken off the card and deleted.

insert into private.error_codes (code, status, message, hint)
values
  ('avatar_not_found', 400, 'There is no such picture.', 'Upload it to the bucket avatars first, below a folder named for your id.');

-- Table ----------------------------------------------------------------------------------------------------------------

create table private.avatar_checks (
  object_id    uuid primary key,
  user_id      uuid references public.profiles (user_id) on delete cascade,
  name         text not null,
  version      text,
  asked_at     timestamptz not null default now(),
  checked_at   timestamptz,
  discarded_at timestamptz
);

create index avatar_checks_user_id_idx on private.avatar_checks (user_id);
create index avatar_checks_asked_at_idx on private.avatar_checks (asked_at) where checked_at is null and discarded_at is null;
create index avatar_checks_discarded_at_idx on private.avatar_checks (discarded_at) where discarded_at is not null;

alter table private.avatar_checks enable row level security;

comment on table private.avatar_checks is 'Files of the bucket avatars that are to be looked into, those that were, and those that are to go.';
comment on column private.avatar_checks.object_id is 'The file, in storage.objects.';
comment on column private.avatar_checks.user_id is 'Whose; null where nobody''s folder has it.';
comment on column private.avatar_checks.name is 'Its path.';
comment on column private.avatar_checks.version is 'Its content at that time: a file that was replaced is another one.';
comment on column private.avatar_checks.asked_at is 'Since when it is to be looked into, or was.';
comment on column private.avatar_checks.checked_at is 'When it was found to be a picture; null where nobody has looked.';
comment on column private.avatar_checks.discarded_at is 'Since when no card shows it any more; Storage deletes it then.';

-- Bucket ---------------------------------------------------------------------------------------------------------------

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('avatars', 'avatars', true, 2097152, '{image/png,image/jpeg,image/webp}')
on conflict (id) do update
set public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create policy select_own_avatars on storage.objects
  for select to authenticated
  using (bucket_id = 'avatars' and private.folder_id(name) = (select auth.uid()));

create policy insert_own_avatars on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'avatars'
    and private.folder_id(name) = (select auth.uid())
    and name ~ '^[^/]+/[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'
    and private.has_room(bucket_id, name, id, 10)
  );

-- No update: a new picture has a new name. What is on a card is never replaced behind it, and no cache shows the old one.
create policy delete_own_avatars on storage.objects
  for delete to authenticated
  using (
    bucket_id = 'avatars'
    and private.folder_id(name) = (select auth.uid())
    and name is distinct from (select profiles.avatar_path from public.profiles where profiles.user_id = (select auth.uid()))
  );

comment on policy select_own_avatars on storage.objects is 'Everybody lists their own; of others they know the address.';
comment on policy insert_own_avatars on storage.objects is 'Everybody in a folder of their own, under a name that a card can point to: 10 at a time.';
comment on policy delete_own_avatars on storage.objects is 'Everybody their own, but for the one that their card shows.';

-- Cards ----------------------------------------------------------------------------------------------------------------

-- definer: who looked into a file is not readable. It tells of a path in the caller's own folder, which the card demands.
create function private.is_checked_avatar(p_path text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from storage.objects
    join private.avatar_checks on avatar_checks.object_id = objects.id
    where objects.bucket_id = 'avatars'
      and objects.name = p_path
      and avatar_checks.version is not distinct from objects.version
      and avatar_checks.checked_at is not null
      and avatar_checks.discarded_at is null
  );
$$;

grant execute on function private.is_checked_avatar(text) to authenticated, service_role;
comment on function private.is_checked_avatar(text) is 'Whether this file, as it is now, was found to be a picture.';

-- definer: what is to be looked into is written by nobody else. It takes a path in the folder of this user alone.
create function private.ask_avatar_check(p_user_id uuid, p_path text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.avatar_checks (object_id, user_id, name, version)
  select objects.id, p_user_id, objects.name, objects.version
  from storage.objects
  where objects.bucket_id = 'avatars'
    and objects.name = p_path
    and private.folder_id(objects.name) = p_user_id
  on conflict (object_id) do update
  set version = excluded.version, asked_at = now(), checked_at = null, discarded_at = null;

  perform private.call_function('account/check-avatars');
end;
$$;

grant execute on function private.ask_avatar_check(uuid, text) to authenticated, service_role;
comment on function private.ask_avatar_check(uuid, text) is 'Has a file that a card shows looked into, a moment later.';

create function private.tg_profiles__check_avatar()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if not exists (
    select from storage.objects
    where objects.bucket_id = 'avatars'
      and objects.name = new.avatar_path
  ) then
    perform private.fail('avatar_not_found', new.avatar_path);
  elsif not private.is_checked_avatar(new.avatar_path) then
    perform private.ask_avatar_check(new.user_id, new.avatar_path);
  end if;
  return null;
end;
$$;

comment on function private.tg_profiles__check_avatar() is
  'Fails with avatar_not_found for a picture that is not in the bucket, as far as the caller sees it: their own folder. Has
one that nobody has looked into looked into.';

-- After the constraint has said what it says of the path.
create trigger _300_check_avatar
  after update of avatar_path on public.profiles
  for each row
  when (new.avatar_path is distinct from old.avatar_path and new.avatar_path is not null)
  execute function private.tg_profiles__check_avatar();

-- definer: what a card no longer shows is marked by nobody else.
create function private.tg_profiles__discard_avatar()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update private.avatar_checks
  set discarded_at = now()
  where avatar_checks.user_id = new.user_id
    and avatar_checks.discarded_at is null
    and avatar_checks.name is distinct from new.avatar_path;

  if found then
    perform private.call_function('account/discard-avatars');
  end if;

  return null;
end;
$$;

comment on function private.tg_profiles__discard_avatar() is
  'What the card showed before is to go, and Storage is asked to delete it.';

create trigger _600_discard_avatar
  after update of avatar_path on public.profiles
  for each row
  when (new.avatar_path is distinct from old.avatar_path and old.avatar_path is not null)
  execute function private.tg_profiles__discard_avatar();

-- Avatars, the calls of the edge function account: it looks into an upload, shows it, and deletes what no card shows.

-- Showing --------------------------------------------------------------------------------------------------------------

-- definer: storage.objects is not readable past its policies.
create function private.uploaded_avatar(p_user_id uuid, p_path text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_object storage.objects;
begin
  select objects.*
  into v_object
  from storage.objects
  where objects.bucket_id = 'avatars'
    and objects.name = p_path
    and private.folder_id(objects.name) = p_user_id;

  if not found then
    perform private.fail('avatar_not_found', p_path);
  end if;

  return jsonb_build_object(
    'object_id', v_object.id, 'version', v_object.version, 'type', v_object.metadata ->> 'mimetype'
  );
end;
$$;

grant execute on function private.uploaded_avatar(uuid, text) to service_role;
comment on function private.uploaded_avatar(uuid, text) is 'What uploaded_avatar answers.';

create function public.uploaded_avatar(user_id uuid, path text)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select private.uploaded_avatar(uploaded_avatar.user_id, uploaded_avatar.path);
$$;

comment on function public.uploaded_avatar(uuid, text) is
  'For the edge function account: a file in the folder of this user, {object_id, version, type}; type is what it was declared
as. Fails with avatar_not_found.';

-- definer: that a file was looked into is written by nobody else.
create function private.show_avatar(p_user_id uuid, p_path text, p_object_id uuid, p_version text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- The very file that was looked into, which stays until the card has it.
  perform
  from storage.objects
  where objects.id = p_object_id
    and objects.bucket_id = 'avatars'
    and objects.name = p_path
    and objects.version is not distinct from p_version
    and private.folder_id(objects.name) = p_user_id
  for share;

  if not found then
    perform private.fail('avatar_not_found', p_path);
  end if;

  insert into private.avatar_checks (object_id, user_id, name, version, checked_at)
  values (p_object_id, p_user_id, p_path, p_version, now())
  on conflict (object_id) do update
  set version = excluded.version, checked_at = excluded.checked_at, discarded_at = null;

  update public.profiles
  set avatar_path = p_path
  where profiles.user_id = p_user_id
    and profiles.avatar_path is distinct from p_path;
end;
$$;

grant execute on function private.show_avatar(uuid, text, uuid, text) to service_role;
comment on function private.show_avatar(uuid, text, uuid, text) is 'What show_avatar does.';

create function public.show_avatar(user_id uuid, path text, object_id uuid, version text)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.show_avatar(show_avatar.user_id, show_avatar.path, show_avatar.object_id, show_avatar.version);
$$;

comment on function public.show_avatar(uuid, text, uuid, text) is
  'For the edge function account, which looked into the file: the card of this user shows it from now on, and what it showed
before goes. Fails with avatar_not_found where it is another file by now.';

-- Looking, where a card shows one already ----------------------------------------------------------------------------------

-- definer: files are not readable past their policies, and what is to be looked into is readable by nobody.
create function private.avatars_to_check(p_limit integer)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(file) order by file.asked_at), '[]')
  from (
    select
      avatar_checks.user_id, avatar_checks.name as path, avatar_checks.object_id, avatar_checks.version,
      objects.metadata ->> 'mimetype' as type, avatar_checks.asked_at
    from private.avatar_checks
    left join storage.objects on objects.id = avatar_checks.object_id
    where avatar_checks.checked_at is null
      and avatar_checks.discarded_at is null
    order by avatar_checks.asked_at
    limit p_limit
  ) as file;
$$;

grant execute on function private.avatars_to_check(integer) to service_role;
comment on function private.avatars_to_check(integer) is 'What avatars_to_check answers.';

create function public.avatars_to_check("limit" integer default null)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select private.avatars_to_check(private.page_size(avatars_to_check."limit"));
$$;

comment on function public.avatars_to_check(integer) is
  'For the edge function account: files that cards show and nobody has looked into, at most 100: [{user_id, path, object_id,
version, type, asked_at}]; type is what one was declared as, null where it is gone. Fails with invalid_limit.';

-- definer: that a file was looked into is written by nobody else.
create function private.judge_avatar(p_object_id uuid, p_version text, p_is_picture boolean)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_file private.avatar_checks;
begin
  update private.avatar_checks
  set checked_at = case when p_is_picture then now() end,
    discarded_at = case when not p_is_picture then now() end
  where avatar_checks.object_id = p_object_id
    and avatar_checks.version is not distinct from p_version
    and avatar_checks.checked_at is null
    and avatar_checks.discarded_at is null
  returning avatar_checks.* into v_file;

  if found and not p_is_picture then
    update public.profiles
    set avatar_path = null
    where profiles.user_id = v_file.user_id
      and profiles.avatar_path = v_file.name;
    perform private.call_function('account/discard-avatars');
  end if;
end;
$$;

grant execute on function private.judge_avatar(uuid, text, boolean) to service_role;
comment on function private.judge_avatar(uuid, text, boolean) is 'What judge_avatar does.';

create function public.judge_avatar(object_id uuid, version text, is_picture boolean)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.judge_avatar(judge_avatar.object_id, judge_avatar.version, judge_avatar.is_picture);
$$;

comment on function public.judge_avatar(uuid, text, boolean) is
  'For the edge function account, which looked into a file that a card shows: what is no picture leaves the card, and goes.';

-- Deleting -------------------------------------------------------------------------------------------------------------

-- definer: files are not readable past their policies, and what is to go is readable by nobody.
create function private.discarded_avatars(p_after text, p_limit integer)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from private.avatar_checks
  where avatar_checks.discarded_at is not null
    and not exists (select from storage.objects where objects.id = avatar_checks.object_id);

  return (
    select coalesce(jsonb_agg(jsonb_build_object('bucket', 'avatars', 'name', file.name)), '[]')
    from (
      select objects.name
      from private.avatar_checks
      join storage.objects on objects.id = avatar_checks.object_id
      where avatar_checks.discarded_at is not null
        and (p_after is null or ('avatars/' || objects.name) collate "C" > p_after)
      order by ('avatars/' || objects.name) collate "C"
      limit p_limit
    ) as file
  );
end;
$$;

grant execute on function private.discarded_avatars(text, integer) to service_role;
comment on function private.discarded_avatars(text, integer) is 'What discarded_avatars answers.';

create function public.discarded_avatars("limit" integer default null, after text default null)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.discarded_avatars(discarded_avatars.after, private.page_size(discarded_avatars."limit"));
$$;

comment on function public.discarded_avatars(integer, text) is
  'For the edge function account: pictures that no card shows any more, at most 100, by name: [{bucket, name}]. after is as for
files_to_erase. Forgets those that are gone. Fails with invalid_limit.';

create function private.discard_unused_avatars()
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_count bigint;
begin
  -- A card never points to what is gone, or to what took its place behind it.
  update public.profiles
  set avatar_path = null
  where profiles.avatar_path is not null
    and not exists (
      select
      from storage.objects
      join private.avatar_checks on avatar_checks.object_id = objects.id
      where objects.bucket_id = 'avatars'
        and objects.name = profiles.avatar_path
        and avatar_checks.version is not distinct from objects.version
        and (avatar_checks.checked_at is not null or avatar_checks.asked_at > now() - interval '1 hour')
        and avatar_checks.discarded_at is null
    );

  if exists (
    select from private.avatar_checks where avatar_checks.checked_at is null and avatar_checks.discarded_at is null
  ) then
    perform private.call_function('account/check-avatars');
  end if;

  insert into private.avatar_checks (object_id, user_id, name, version, discarded_at)
  select objects.id, profiles.user_id, objects.name, objects.version, now()
  from storage.objects
  left join public.profiles on profiles.user_id = private.folder_id(objects.name)
  where objects.bucket_id = 'avatars'
    and objects.created_at < now() - (
      select retention_policies.keep from private.retention_policies where retention_policies.id = 'unused_avatars'
    )
    and profiles.avatar_path is distinct from objects.name
  on conflict (object_id) do update
  set discarded_at = coalesce(avatar_checks.discarded_at, excluded.discarded_at);

  select count(*)
  into v_count
  from private.avatar_checks
  where avatar_checks.discarded_at is not null;

  if v_count > 0 then
    perform private.call_function('account/discard-avatars');
  end if;

  return v_count;
end;
$$;

comment on function private.discard_unused_avatars() is
  'Has Storage delete uploads that never came onto a card and what a broken-off call left, and answers how many there are.
Takes off cards what is not there any more and what nobody could look into for an hour. Reads all of the bucket: once an
hour.';

select cron.schedule('discard-unused-avatars', '23 * * * *', 'select private.discard_unused_avatars()');

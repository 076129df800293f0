-- Files of people who leave, and of exercises that are gone. Only Storage deletes files, so that the database asks the edge
-- function account for it.

create extension if not exists pg_net with schema extensions;

-- Files ----------------------------------------------------------------------------------------------------------------

create function private.files_of(p_user_id uuid)
returns table (bucket text, name text)
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_line private.personal_data;
begin
  for v_line in
    select personal_data.*
    from private.personal_data
    where starts_with(personal_data.relation, 'bucket:')
      and personal_data.erasure = 'deleted'
  loop
    return query execute format(
      'select bucket_id, name from storage.objects where bucket_id = %L and (%s)',
      substr(v_line.relation, 8), v_line.whose
    )
    using p_user_id;
  end loop;
end;
$$;

comment on function private.files_of(uuid) is 'The files of a person that go when they leave.';

create function private.is_unclaimed_media(p_path text, p_owner_id text)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select not exists (
    select
    from public.exercises
    where exercises.id = private.folder_id(p_path)
      and (
        exercises.slug is not null
        -- The backend's own uploads have no owner.
        or p_owner_id is null
        or exists (
          select from auth.users
          where users.id = case when pg_input_is_valid(p_owner_id, 'uuid') then p_owner_id::uuid end
        )
      )
  );
$$;

comment on function private.is_unclaimed_media(text, text) is
  'Whether a file is of an exercise that is gone, or was an athlete''s who is gone.';

create function private.unclaimed_media()
returns table (bucket text, name text)
language sql
stable
security invoker
set search_path = ''
as $$
  select objects.bucket_id, objects.name
  from storage.objects
  join private.retention_policies on retention_policies.id = 'unclaimed_media'
  where objects.bucket_id = 'exercise-media'
    and objects.created_at < now() - retention_policies.keep
    and private.is_unclaimed_media(objects.name, objects.owner_id);
$$;

comment on function private.unclaimed_media() is
  'Files of exercises or athletes that are gone, once they are older than the policy of that name keeps them. Reads all of the
bucket.';

-- definer: storage.objects is not readable past its policies, and deletions are readable by nobody.
create function private.files_to_erase(p_after text, p_limit integer)
returns table (bucket text, name text)
language sql
stable
security definer
set search_path = ''
as $$
  select file.bucket, file.name
  from (
    select of_person.bucket, of_person.name
    from private.account_deletions
    cross join lateral private.files_of(account_deletions.user_id) as of_person
    where account_deletions.final_at <= now()
    union
    select unclaimed.bucket, unclaimed.name
    from private.unclaimed_media() as unclaimed
  ) as file
  where p_after is null
    or (file.bucket || '/' || file.name) collate "C" > p_after
  order by (file.bucket || '/' || file.name) collate "C"
  limit p_limit;
$$;

grant execute on function private.files_to_erase(text, integer) to service_role;
comment on function private.files_to_erase(text, integer) is 'What files_to_erase answers.';

create function public.files_to_erase("limit" integer default null, after text default null)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('bucket', file.bucket, 'name', file.name)), '[]')
  from private.files_to_erase(files_to_erase.after, private.page_size(files_to_erase."limit")) as file;
$$;

comment on function public.files_to_erase(integer, text) is
  'For the edge function account: files of people whose deletion is final and files of exercises that are gone, at most 100,
by bucket and name: [{bucket, name}]. after is the bucket and the name, with a slash between, of the last one before.
Fails with invalid_limit.';

create function private.discard_unclaimed_media()
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_count bigint := (select count(*) from private.unclaimed_media());
begin
  if v_count > 0 then
    perform private.call_function('account/erase-files');
  end if;

  return v_count;
end;
$$;

comment on function private.discard_unclaimed_media() is
  'Has Storage delete files of exercises or athletes that are gone, and answers how many there are. Reads all of the bucket:
once an hour.';

select cron.schedule('discard-unclaimed-media', '53 * * * *', 'select private.discard_unclaimed_media()');

-- Calling the edge functions -------------------------------------------------------------------------------------------

create function private.call_function(p_path text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_url text := (select decrypted_secret from vault.decrypted_secrets where name = 'project_url');
  v_key text := (select decrypted_secret from vault.decrypted_secrets where name = 'secret_key');
begin
  if v_url is null or v_key is null then
    raise warning '% is not called: the vault has no project_url or no secret_key', p_path;
    return;
  end if;

  perform net.http_post(
    url => v_url || '/functions/v1/' || p_path,
    headers => jsonb_build_object('content-type', 'application/json', 'apikey', v_key),
    timeout_milliseconds => 60000
  );
end;
$$;

comment on function private.call_function(text) is
  'Has an edge function called with the secret key once the transaction has committed. Warns where
the vault does not say where they are: docs/how-to/deploy.md.';

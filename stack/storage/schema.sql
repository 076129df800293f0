-- The schema `storage` of a new hosted Supabase project, as far as the Storage API of this stack and a project's
-- migrations use it. Run by `supabase_admin`, as often as one likes.

grant supabase_storage_admin to supabase_admin;
set role supabase_storage_admin;
set search_path = '';

create table if not exists storage.buckets (
  id                 text primary key,
  name               text not null,
  owner              uuid,
  created_at         timestamptz default now(),
  updated_at         timestamptz default now(),
  public             boolean default false,
  avif_autodetection boolean default false,
  file_size_limit    bigint,
  allowed_mime_types text[],
  owner_id           text,
  type               text not null default 'STANDARD' check (type = 'STANDARD'),
  constraint bucket_name_length check (char_length(name) between 1 and 100)
);
create unique index if not exists bname on storage.buckets (name);

create table if not exists storage.objects (
  id               uuid primary key default gen_random_uuid(),
  bucket_id        text constraint "objects_bucketId_fkey" references storage.buckets (id),
  name             text,
  owner            uuid,
  created_at       timestamptz default now(),
  updated_at       timestamptz default now(),
  last_accessed_at timestamptz default now(),
  metadata         jsonb,
  path_tokens      text[] generated always as (string_to_array(name, '/')) stored,
  version          text,
  owner_id         text,
  user_metadata    jsonb
);
create unique index if not exists bucketid_objname on storage.objects (bucket_id, name);
create index if not exists idx_objects_bucket_id_name on storage.objects (bucket_id, name collate "C");

comment on column storage.buckets.owner is 'Field is deprecated, use owner_id instead';
comment on column storage.objects.owner is 'Field is deprecated, use owner_id instead';

alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;

grant all on storage.buckets, storage.objects to postgres with grant option;
grant all on storage.buckets, storage.objects to anon, authenticated, service_role;

create or replace function storage.foldername(name text)
returns text[]
language sql
immutable
set search_path = ''
as $$
  select (string_to_array(name, '/'))[1 : cardinality(string_to_array(name, '/')) - 1];
$$;

create or replace function storage.filename(name text)
returns text
language sql
immutable
set search_path = ''
as $$
  select (string_to_array(name, '/'))[cardinality(string_to_array(name, '/'))];
$$;

create or replace function storage.extension(name text)
returns text
language sql
immutable
set search_path = ''
as $$
  select reverse(split_part(reverse(storage.filename(name)), '.', 1));
$$;

-- What the request does, such as `storage.object.upload`: for policies that allow one way in and not another.
create or replace function storage.operation()
returns text
language sql
stable
set search_path = ''
as $$
  select current_setting('storage.operation', true);
$$;

create or replace function storage.allow_any_operation(expected_operations text[])
returns boolean
language sql
stable
set search_path = ''
as $$
  select coalesce(
    regexp_replace(storage.operation(), '^storage\.', '') = any (
      select regexp_replace(expected, '^storage\.', '') from unnest(expected_operations) as expected where expected <> ''
    ),
    false
  );
$$;

create or replace function storage.allow_only_operation(expected_operation text)
returns boolean
language sql
stable
set search_path = ''
as $$
  select storage.allow_any_operation(array[expected_operation]);
$$;

-- One level of a bucket's tree: the folders below `prefix` as rows without an id, and the files.
create or replace function storage.search(
  prefix text, bucketname text, limits integer default 100, levels integer default 1, offsets integer default 0,
  search text default '', sortcolumn text default 'name', sortorder text default 'asc'
)
returns table (
  name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb
)
language sql
stable
set search_path = ''
as $$
  with entry as (
    select
      split_part(substr(objects.name, length(prefix) + 1), '/', 1) as name,
      strpos(substr(objects.name, length(prefix) + 1), '/') > 0 as is_folder,
      objects.id, objects.updated_at, objects.created_at, objects.last_accessed_at, objects.metadata
    from storage.objects as objects
    where objects.bucket_id = bucketname
      and starts_with(objects.name, prefix)
      and starts_with(lower(substr(objects.name, length(prefix) + 1)), lower(coalesce(search, '')))
  ),
  level as (
    select name, null::uuid as id, null::timestamptz as updated_at, null::timestamptz as created_at,
      null::timestamptz as last_accessed_at, null::jsonb as metadata
    from entry where is_folder group by name
    union all
    select name, id, updated_at, created_at, last_accessed_at, metadata from entry where not is_folder
  )
  select * from level
  order by
    id is null desc,
    case when sortorder <> 'desc' then
      case sortcolumn
        when 'updated_at' then updated_at when 'created_at' then created_at when 'last_accessed_at' then last_accessed_at
      end
    end,
    case when sortorder = 'desc' then
      case sortcolumn
        when 'updated_at' then updated_at when 'created_at' then created_at when 'last_accessed_at' then last_accessed_at
      end
    end desc,
    case when sortorder <> 'desc' then name end collate "C",
    case when sortorder = 'desc' then name end collate "C" desc
  limit limits offset offsets;
$$;

create or replace function storage.update_updated_at_column()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;

create or replace trigger update_objects_updated_at
  before update on storage.objects
  for each row execute function storage.update_updated_at_column();

-- A row deleted by SQL would leave its file behind, so that only the Storage API may.
create or replace function storage.protect_delete()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if coalesce(current_setting('storage.allow_delete_query', true), '') <> 'true' then
    raise insufficient_privilege using
      message = 'Direct deletion from storage tables is not allowed. Use the Storage API instead.',
      hint = 'This prevents accidental data loss from orphaned objects.';
  end if;
  return null;
end;
$$;

create or replace trigger protect_buckets_delete
  before delete on storage.buckets
  for each statement execute function storage.protect_delete();
create or replace trigger protect_objects_delete
  before delete on storage.objects
  for each statement execute function storage.protect_delete();

reset role;

-- Hosted lets `postgres` write policies on tables that it does not own. Here it is a member of their owner, and this
-- trigger takes back everything else that members may do, so that a migration that hosted refuses is refused here.
grant supabase_storage_admin to postgres;

create or replace function storage.forbid_changes()
returns event_trigger
language plpgsql
set search_path = ''
as $$
declare
  changed record;
begin
  if session_user <> 'postgres' then
    return;
  end if;
  for changed in
    select object_type, object_identity, schema_name, command_tag from pg_event_trigger_ddl_commands()
  loop
    if changed.schema_name = 'storage' and changed.command_tag !~ ' POLICY$|^GRANT$|^REVOKE$|^COMMENT$' then
      raise insufficient_privilege using
        message = format('must be owner of %s %s', changed.object_type, changed.object_identity);
    end if;
  end loop;
end;
$$;

create or replace function storage.forbid_drops()
returns event_trigger
language plpgsql
set search_path = ''
as $$
declare
  dropped record;
begin
  if session_user <> 'postgres' then
    return;
  end if;
  for dropped in
    select object_type, object_identity, schema_name from pg_event_trigger_dropped_objects() where original
  loop
    if dropped.schema_name = 'storage' and dropped.object_type <> 'policy' then
      raise insufficient_privilege using
        message = format('must be owner of %s %s', dropped.object_type, dropped.object_identity);
    end if;
  end loop;
end;
$$;

drop event trigger if exists storage_forbid_changes;
create event trigger storage_forbid_changes on ddl_command_end execute function storage.forbid_changes();
drop event trigger if exists storage_forbid_drops;
create event trigger storage_forbid_drops on sql_drop execute function storage.forbid_drops();

reset search_path;

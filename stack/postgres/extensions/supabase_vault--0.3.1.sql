-- Vault's SQL interface. Secrets are encrypted with a key that lies in the server's data folder, outside the database:
-- a dump, a replica and a reader of vault.secrets get cipher text alone. Who reads vault.decrypted_secrets gets the
-- secret, and only superusers, `postgres` and `service_role` may; that is hosted Supabase's rule too.

do $$
begin
  if (pg_catalog.pg_stat_file('vault.key', true)).size is null then
    execute pg_catalog.format(
      'copy (select pg_catalog.encode(%I.gen_random_bytes(32), ''hex'')) to %L',
      '@extschema:pgcrypto@', pg_catalog.current_setting('data_directory') || '/vault.key');
  end if;
end;
$$;

-- definer: reads a file of the server, which no role but a superuser may.
create function vault._crypt_key()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select pg_catalog.btrim(pg_catalog.pg_read_file('vault.key'), E'\n');
$$;

-- The id is sealed in, so that one secret's cipher text is worth nothing in another's row.
create function vault._encrypt(id uuid, secret text)
returns text
language sql
volatile
set search_path = ''
as $$
  select pg_catalog.encode(@extschema:pgcrypto@.pgp_sym_encrypt(
    id || secret, vault._crypt_key(), 'cipher-algo=aes256, s2k-mode=1'), 'base64');
$$;

-- definer: readers of the view may have a secret, not the key.
create function vault._decrypt(id uuid, secret text)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  sealed text := @extschema:pgcrypto@.pgp_sym_decrypt(pg_catalog.decode(secret, 'base64'), vault._crypt_key());
begin
  if pg_catalog.left(sealed, 36) <> id::text then
    raise data_exception using message = 'the secret belongs to another row';
  end if;
  return pg_catalog.substr(sealed, 37);
end;
$$;

create table vault.secrets (
  id          uuid primary key default pg_catalog.gen_random_uuid(),
  name        text,
  description text not null default '',
  secret      text not null,
  key_id      uuid,
  nonce       bytea,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);
comment on table vault.secrets is 'Table with encrypted `secret` column for storing sensitive information on disk.';
create unique index secrets_name_idx on vault.secrets (name) where name is not null;

create view vault.decrypted_secrets as
select
  id, name, description, secret, vault._decrypt(id, secret) as decrypted_secret, key_id, nonce, created_at, updated_at
from vault.secrets;

-- definer: the only way to write a secret is to encrypt it.
create function vault.create_secret(
  new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  new_id uuid := pg_catalog.gen_random_uuid();
begin
  insert into vault.secrets (id, name, description, secret)
  values (new_id, new_name, new_description, vault._encrypt(new_id, new_secret));
  return new_id;
end;
$$;

-- definer: as create_secret.
create function vault.update_secret(
  secret_id uuid, new_secret text default null, new_name text default null, new_description text default null,
  new_key_id uuid default null
)
returns void
language sql
security definer
set search_path = ''
as $$
  update vault.secrets
  set
    secret = case when new_secret is null then secret else vault._encrypt(id, new_secret) end,
    name = coalesce(new_name, name),
    description = coalesce(new_description, description),
    updated_at = now()
  where id = secret_id;
$$;

revoke all on all functions in schema vault from public;
grant usage on schema vault to postgres with grant option;
grant usage on schema vault to service_role;
grant select, delete on vault.secrets, vault.decrypted_secrets to postgres with grant option;
grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
grant execute on function vault.create_secret, vault.update_secret, vault._decrypt to postgres with grant option;
grant execute on function vault.create_secret, vault.update_secret, vault._decrypt to service_role;

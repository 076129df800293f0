-- Held usernames: the name of an account that was erased is nobody's for 30 days, as one that was given up, so that nobody
-- passes for the athlete who left. The name itself is personal data and goes; what stays is a hash of it. There are so few
-- short names that whoever has a bare hash finds its name by trying them all: it is keyed by a secret in the vault, and
-- without that secret it says nothing.

create table private.held_usernames (
  username_hash bytea primary key,
  held_until    timestamptz not null,
  constraint held_usernames_hash_is_sha256 check (octet_length(username_hash) = 32)
);

create index held_usernames_held_until_idx on private.held_usernames (held_until);

alter table private.held_usernames enable row level security;

create function private.username_hash(p_username text)
returns bytea
language sql
stable
security invoker
set search_path = ''
as $$
  select extensions.hmac(p_username, decrypted_secrets.decrypted_secret, 'sha256')
  from vault.decrypted_secrets
  where decrypted_secrets.name = 'held_usernames_key';
$$;

comment on function private.username_hash(text) is
  'The HMAC-SHA-256 of a name under the vault''s held_usernames_key; null as long as no name was ever held.';

create function private.is_username_held(p_username text)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select exists (
    select from private.held_usernames
    where held_usernames.username_hash = private.username_hash(p_username)
      and held_usernames.held_until > now()
  );
$$;

comment on function private.is_username_held(text) is 'Whether a name was an erased account''s until recently.';

create function private.hold_username(p_username text, p_until timestamptz)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if private.username_hash(p_username) is null then
    begin
      perform vault.create_secret(
        encode(extensions.gen_random_bytes(32), 'hex'), 'held_usernames_key', 'The key of the hashes in private.held_usernames.'
      );
    exception
      -- Another transaction made it, and this one has waited for it.
      when unique_violation then null;
    end;
  end if;

  insert into private.held_usernames (username_hash, held_until)
  values (private.username_hash(p_username), p_until)
  on conflict (username_hash) do update
  set held_until = greatest(held_usernames.held_until, excluded.held_until);
end;
$$;

comment on function private.hold_username(text, timestamptz) is
  'Keeps a name from everybody until then, by its hash alone. The first of all names has its key made.';

comment on table private.held_usernames is 'Names of erased accounts, which nobody else gets for a while: hashes, never the names.';
comment on column private.held_usernames.username_hash is
  'The name, hashed with a secret key. Who has the key, too, can tell whether a name is held, by trying it.';
comment on column private.held_usernames.held_until is 'From when on the name is free again.';

-- The roles of a new hosted Supabase project. `supabase_admin` (the superuser) runs this once, after initdb.
-- Passwords are those of the official local stack; the server listens on 127.0.0.1 alone.

create role postgres login createdb createrole replication bypassrls password 'postgres';
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit password 'postgres';
create role dashboard_user nologin createdb createrole replication;
create role supabase_auth_admin login noinherit createrole password 'postgres';
create role supabase_storage_admin login noinherit createrole password 'postgres';
create role supabase_realtime_admin nologin noinherit;
create role supabase_functions_admin nologin noinherit createrole;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to postgres with admin option;
grant authenticator to postgres with admin option;
grant anon, authenticated, service_role to supabase_storage_admin;
grant supabase_realtime_admin to postgres;
grant pg_monitor, pg_read_all_data, pg_signal_backend, pg_checkpoint, pg_create_subscription to postgres with admin option;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role supabase_auth_admin set search_path = 'auth';
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
alter role supabase_storage_admin set search_path = 'storage';
-- The order in which hosted resolves names of extensions.
alter database postgres set search_path to "$user", public, extensions;
alter role postgres set search_path = "$user", public, extensions;

-- PostgREST's settings, which hosted lets `postgres` change.
grant set on parameter "pgrst.db_pre_request" to postgres;
grant set on parameter "pgrst.db_schemas" to postgres;
grant set on parameter "pgrst.db_max_rows" to postgres;
grant set on parameter "session_replication_role" to postgres;

alter database postgres owner to postgres;
grant all on database postgres to postgres;
alter schema public owner to postgres;
grant usage on schema public to anon, authenticated, service_role;

create schema extensions authorization postgres;
grant usage on schema extensions to anon, authenticated, service_role, dashboard_user;
create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists pg_stat_statements with schema extensions;

-- The superuser's, as on hosted: `supabase db reset` drops every schema that belongs to somebody else.
create schema auth;
grant all on schema auth to supabase_auth_admin;
grant usage on schema auth to anon, authenticated, service_role, postgres, dashboard_user, authenticator;
create schema storage;
grant all on schema storage to supabase_storage_admin;
grant usage on schema storage to postgres with grant option;
grant usage on schema storage to anon, authenticated, service_role, dashboard_user;

create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;

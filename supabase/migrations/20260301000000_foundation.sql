-- Foundation: what every later migration stands on. Nothing is reachable until a migration grants it; functions of
-- `public` are the contract, `private` is the machinery; every error that the product raises is a row of one table.

-- Deny first -----------------------------------------------------------------------------------------------------------

create extension if not exists pg_trgm with schema extensions;
create extension if not exists unaccent with schema extensions;

create schema private;
comment on schema private is
  'The machinery behind public: not exposed by the Data API. API roles may call only what is granted one by one.';

revoke all on schema private from public;
-- Policies, defaults and invoker functions resolve their helpers as the caller.
grant usage on schema private to anon, authenticated, service_role;

alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke execute on functions from anon, authenticated, service_role;
-- The server's key reads and writes every table (it bypasses policies), and may neither truncate nor alter one.
alter default privileges in schema public grant select, insert, update, delete on tables to service_role;
alter default privileges in schema public grant execute on functions to service_role;

-- Errors ---------------------------------------------------------------------------------------------------------------

create table private.error_codes (
  code    text primary key,
  status  smallint not null,
  message text not null,
  hint    text not null,
  constraint error_codes_code_is_snake_case check (code ~ '^[a-z][a-z0-9_]{2,49}$'),
  constraint error_codes_status_is_client_error check (status between 400 and 499),
  constraint error_codes_message_is_sentence check (message ~ '^[A-Z].*\.$'),
  constraint error_codes_hint_is_sentence check (hint ~ '^[A-Z].*\.$')
);

alter table private.error_codes enable row level security;

create policy select_all on private.error_codes
  for select to anon, authenticated
  using (true);

grant select on private.error_codes to anon, authenticated, service_role;

comment on table private.error_codes is
  'Every error that the product raises: its code, HTTP status, message and what the client can do about it.';
comment on column private.error_codes.code is 'What a client compares: lower snake case, never renamed.';
comment on column private.error_codes.status is 'The HTTP status of the response.';
comment on column private.error_codes.message is 'What happened, for a developer.';
comment on column private.error_codes.hint is 'What to do about it.';
comment on policy select_all on private.error_codes is
  'Whoever may fail may read why; the list is documentation.';

insert into private.error_codes (code, status, message, hint)
values
  ('not_authenticated', 401, 'This needs a signed-in user.', 'Sign in and send the access token.'),
  ('not_found', 404, 'There is no such thing, or it is not visible to this user.', 'Check the id.'),
  ('id_conflict', 409, 'The id is already in use with other content.', 'Send a new id, or the same content again.'),
  ('invalid_argument', 400, 'An argument is outside its rules.', 'The details name the argument and its rule.'),
  ('invalid_cursor', 400, 'The cursor is not one that this list gave.', 'Start again without a cursor.'),
  ('invalid_limit', 400, 'The limit is outside its range.', 'Ask for a number of items within the range in the details.'),
  ('busy', 409, 'Another write for this user takes too long.', 'Try again in a moment.'),
  ('too_many_rows', 400, 'One statement writes too many rows.', 'Write fewer at a time; the details say how many may be.');

create function private.error_answer(
  p_code text,
  p_details text,
  p_hint text,
  out status smallint,
  out body jsonb
)
returns record
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  select
    error_codes.status,
    jsonb_build_object(
      'code', error_codes.code,
      'message', error_codes.message,
      'details', p_details,
      'hint', coalesce(p_hint, error_codes.hint)
    )
  into status, body
  from private.error_codes
  where error_codes.code = p_code;

  if not found then
    raise exception using
      errcode = 'internal_error',
      message = format('error code %L is not registered', p_code);
  end if;
end;
$$;

grant execute on function private.error_answer(text, text, text) to anon, authenticated, service_role;
comment on function private.error_answer(text, text, text) is
  'The status and body with which a registered error is answered. The hint replaces the registered one.';

-- Raised in the form that PostgREST turns into this status and body, on every platform alike.
create function private.fail(p_code text, p_details text default null, p_hint text default null)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_answer record := private.error_answer(p_code, p_details, p_hint);
begin
  raise sqlstate 'PGRST' using
    message = v_answer.body::text,
    detail = json_build_object('status', v_answer.status, 'headers', json_build_object())::text;
end;
$$;

grant execute on function private.fail(text, text, text) to anon, authenticated, service_role;
comment on function private.fail(text, text, text) is
  'Ends the transaction with a registered error. Details say what exactly; the hint replaces the registered one.';

-- The caller -----------------------------------------------------------------------------------------------------------

create function private.current_user_id()
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  if v_user_id is null then
    perform private.fail('not_authenticated');
  end if;

  return v_user_id;
end;
$$;

grant execute on function private.current_user_id() to anon, authenticated, service_role;
comment on function private.current_user_id() is
  'The signed-in user; fails with not_authenticated when there is none.';

-- Ids ------------------------------------------------------------------------------------------------------------------

-- RFC 9562, section 5.7, with method 3 of section 6.2: 48 bits of milliseconds, 12 bits of the millisecond's fraction,
-- 62 random bits. The last eight bytes of a version 4 id carry the variant bits already.
create function private.uuid_v7()
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_micros bigint := extract(epoch from clock_timestamp()) * 1000000;
begin
  return encode(
    int8send(((v_micros / 1000) << 16) | x'7000'::bigint | ((v_micros % 1000) * 4096 / 1000))
      || substring(uuid_send(gen_random_uuid()) from 9),
    'hex'
  )::uuid;
end;
$$;

grant execute on function private.uuid_v7() to authenticated, service_role;
comment on function private.uuid_v7() is
  'A new time-ordered id (UUID version 7), for rows whose client chose none.';

-- Pages ----------------------------------------------------------------------------------------------------------------

create function private.page_size(p_limit integer, p_max integer default 100)
returns integer
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_max integer := case current_user when 'anon' then least(p_max, 50) else p_max end;
begin
  if p_limit is null then
    return least(20, v_max);
  end if;

  if p_limit not between 1 and v_max then
    perform private.fail('invalid_limit', format('limit must be between 1 and %s', v_max));
  end if;

  return p_limit;
end;
$$;

grant execute on function private.page_size(integer, integer) to anon, authenticated, service_role;
comment on function private.page_size(integer, integer) is
  'How many items a page has: 20 when the client does not say; fails with invalid_limit outside 1 to the maximum, which is
50 at most where nobody is signed in.';

create function private.encode_cursor(p_keys jsonb)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select translate(encode(convert_to(p_keys::text, 'UTF8'), 'base64'), e'+/=\n', '-_');
$$;

grant execute on function private.encode_cursor(jsonb) to anon, authenticated, service_role;
comment on function private.encode_cursor(jsonb) is
  'The opaque form of the last row''s sort keys, an array, given to clients as next_cursor.';

create function private.decode_cursor(p_cursor text, p_types text[])
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_padded text := rpad(p_cursor, (length(p_cursor) + 3) / 4 * 4, '=');
  v_keys jsonb;
begin
  if p_cursor is null then
    return null;
  -- None of ours is as long; what nests deeper than the parser goes is not a fault of data.
  elsif length(p_cursor) > 1000 then
    perform private.fail('invalid_cursor');
  end if;

  v_keys := convert_from(decode(translate(v_padded, '-_', '+/'), 'base64'), 'UTF8')::jsonb;

  if jsonb_array_length(v_keys) <> cardinality(p_types) or exists (
    select
    from unnest(p_types) with ordinality as key (type, position)
    where pg_input_is_valid(v_keys ->> (key.position::integer - 1), key.type) is not true
  ) then
    perform private.fail('invalid_cursor');
  end if;

  return v_keys;
exception
  when data_exception then
    perform private.fail('invalid_cursor');
end;
$$;

grant execute on function private.decode_cursor(text, text[]) to anon, authenticated, service_role;
comment on function private.decode_cursor(text, text[]) is
  'The array of sort keys in a cursor, null for none. Fails with invalid_cursor unless it is one that encode_cursor made
of keys of these types; so what comes from a client may be cast without a fault.';

-- Text -----------------------------------------------------------------------------------------------------------------

-- unaccent is only stable because its dictionary could be replaced; ours is the one that it ships with, so indexes may
-- be built on this.
create function private.fold(p_text text)
returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select lower(extensions.unaccent('extensions.unaccent', p_text));
$$;

grant execute on function private.fold(text) to anon, authenticated, service_role;
comment on function private.fold(text) is
  'The text without case and accents, as searches compare it.';

create function private.texts_fit(p_texts text[], p_max_items integer, p_max_length integer)
returns boolean
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select cardinality(p_texts) <= p_max_items
    and coalesce(bool_and(item is not null and char_length(item) between 1 and p_max_length), true)
  from unnest(p_texts) as item;
$$;

grant execute on function private.texts_fit(text[], integer, integer) to authenticated, service_role;
comment on function private.texts_fit(text[], integer, integer) is
  'Whether a list has at most so many items, none missing or empty, each of at most so many characters.';

create function private.texts_match(p_texts text[], p_max_items integer, p_pattern text)
returns boolean
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select cardinality(p_texts) <= p_max_items
    and coalesce(bool_and(item is not null and item ~ p_pattern), true)
  from unnest(p_texts) as item;
$$;

grant execute on function private.texts_match(text[], integer, text) to authenticated, service_role;
comment on function private.texts_match(text[], integer, text) is
  'Whether a list has at most so many items, each of which matches the pattern.';

-- Time -----------------------------------------------------------------------------------------------------------------

create function private.is_timezone(p_name text)
returns boolean
language plpgsql
stable
strict
security invoker
set search_path = ''
as $$
begin
  -- Postgres would also take POSIX rules such as FOO+3; an athlete's zone has a name of the tz database.
  if p_name !~ '^(UTC|GMT|[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]+){1,2})$' then
    return false;
  end if;

  perform now() at time zone p_name;
  return true;
exception
  when invalid_parameter_value then
    return false;
end;
$$;

grant execute on function private.is_timezone(text) to authenticated, service_role;
comment on function private.is_timezone(text) is
  'Whether this is a time zone of the tz database, such as Europe/Berlin, or UTC.';

create function private.tg__touch()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.created_at := old.created_at;
  new.updated_at := greatest(now(), old.updated_at + interval '1 microsecond');
  return new;
end;
$$;

comment on function private.tg__touch() is
  'Keeps created_at and moves updated_at forward, for tables that have both.';

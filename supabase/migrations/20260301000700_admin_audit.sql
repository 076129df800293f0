-- Audit: who used power over whom, when and why. Rows are only ever added, and chained by hashes, so that a row which was
-- changed, removed or inserted afterwards is found.

insert into private.error_codes (code, status, message, hint)
values
  ('audit_log_is_append_only', 409, 'The audit log is only added to.', 'Add an entry that corrects the other one.');

-- Tables ---------------------------------------------------------------------------------------------------------------

create table private.audit_days (
  day           date primary key,
  previous_hash bytea not null,
  entry_count   integer not null default 0,
  last_hash     bytea not null,
  constraint audit_days_hashes_are_sha256 check (octet_length(previous_hash) = 32 and octet_length(last_hash) = 32),
  constraint audit_days_entry_count_not_negative check (entry_count >= 0)
);

create table private.audit_log (
  day        date not null references private.audit_days (day) on delete restrict,
  sequence   integer not null,
  at         timestamptz not null,
  actor_id   uuid,
  actor_role text not null,
  action     text not null,
  subject_id uuid,
  details    jsonb not null,
  hash       bytea not null,
  constraint audit_log_pkey primary key (day, sequence),
  constraint audit_log_action_is_snake_case check (action ~ '^[a-z][a-z_]{2,49}$'),
  constraint audit_log_details_is_object check (jsonb_typeof(details) = 'object'),
  constraint audit_log_details_fit check (octet_length(details::text) <= 4000),
  constraint audit_log_hash_is_sha256 check (octet_length(hash) = 32)
);

create index audit_log_subject_id_idx on private.audit_log (subject_id, at desc, day, sequence)
  where subject_id is not null;

alter table private.audit_days enable row level security;
alter table private.audit_log enable row level security;

-- Adding ---------------------------------------------------------------------------------------------------------------

create function private.audit_hash(p_previous bytea, p_entry private.audit_log)
returns bytea
language sql
immutable
security invoker
set search_path = ''
as $$
  select sha256(
    p_previous || convert_to(
      jsonb_build_array(
        p_entry.day - date '2000-01-01', p_entry.sequence, (extract(epoch from p_entry.at) * 1000000)::bigint,
        p_entry.actor_id, p_entry.actor_role, p_entry.action, p_entry.subject_id, p_entry.details
      )::text,
      'UTF8'
    )
  );
$$;

comment on function private.audit_hash(bytea, private.audit_log) is
  'The SHA-256 of an entry and of the hash before it. Does not depend on any setting of the session.';

-- definer: nobody but the product may write the log, whoever used the power that is written down.
create function private.audit(p_action text, p_subject_id uuid, p_details jsonb default '{}')
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_at timestamptz;
  v_day private.audit_days;
  v_entry private.audit_log;
begin
  -- One writer at a time, until its transaction ends: an entry's place in the chain is decided by those before it. The time
  -- and the newest day are those of after the wait, so that nobody begins a day before the one before it is whole.
  perform pg_advisory_xact_lock(hashtextextended('audit_log', 0));
  v_at := clock_timestamp();

  -- The newest day, also where a clock was set back. Locked, so that a transaction with an older view of it fails.
  select audit_days.*
  into v_day
  from private.audit_days
  order by audit_days.day desc
  limit 1
  for update;

  if v_day.day is null or v_day.day < (v_at at time zone 'UTC')::date then
    insert into private.audit_days (day, previous_hash, last_hash)
    values (
      (v_at at time zone 'UTC')::date, coalesce(v_day.last_hash, sha256('')), coalesce(v_day.last_hash, sha256(''))
    )
    returning audit_days.* into v_day;
  end if;

  v_entry.day := v_day.day;
  v_entry.sequence := v_day.entry_count + 1;
  v_entry.at := v_at;
  v_entry.actor_id := auth.uid();
  v_entry.actor_role := case when private.is_admin() then 'admin' else coalesce(auth.role(), 'operator') end;
  v_entry.action := p_action;
  v_entry.subject_id := p_subject_id;
  v_entry.details := p_details;
  v_entry.hash := private.audit_hash(v_day.last_hash, v_entry);

  insert into private.audit_log
  values (v_entry.*);

  update private.audit_days
  set entry_count = v_entry.sequence, last_hash = v_entry.hash
  where audit_days.day = v_day.day;
end;
$$;

comment on function private.audit(text, uuid, jsonb) is
  'Adds an entry in the caller''s name, in the caller''s transaction: what is undone is not written down. Details hold ids,
words of a closed vocabulary and reasons, never what somebody''s data say: they stay when the person has left.';

create function private.tg__append_only()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.fail('audit_log_is_append_only', tg_op || ' on ' || tg_table_name);
  return null;
end;
$$;

comment on function private.tg__append_only() is
  'Refuses to change or remove rows, also for the owner of the table.';

create function private.tg_audit_days__only_grow()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if (new.day, new.previous_hash) <> (old.day, old.previous_hash)
    or new.entry_count <= old.entry_count
    or exists (select from private.audit_days where audit_days.day > old.day)
  then
    perform private.fail('audit_log_is_append_only', old.day::text);
  end if;

  return new;
end;
$$;

comment on function private.tg_audit_days__only_grow() is 'Refuses every change to a day but a new entry of the newest one.';

create trigger _050_append_only
  before update or delete or truncate on private.audit_log
  for each statement execute function private.tg__append_only();
create trigger _050_append_only
  before delete or truncate on private.audit_days
  for each statement execute function private.tg__append_only();
create trigger _060_only_grow
  before update on private.audit_days
  for each row execute function private.tg_audit_days__only_grow();

-- Whoever loads a dump may switch triggers off for their session: not these.
alter table private.audit_log enable always trigger _050_append_only;
alter table private.audit_days enable always trigger _050_append_only;
alter table private.audit_days enable always trigger _060_only_grow;

-- Athletes see who looked ----------------------------------------------------------------------------------------------

-- definer: the log is readable by nobody; this gives the caller the entries about themselves.
create function private.my_audit_entries(p_before timestamptz, p_day date, p_sequence integer, p_limit integer)
returns table (day date, sequence integer, at timestamptz, actor_role text, action text, reason text)
language sql
stable
security definer
set search_path = ''
as $$
  select
    audit_log.day, audit_log.sequence, audit_log.at, audit_log.actor_role, audit_log.action,
    audit_log.details ->> 'reason'
  from private.audit_log
  where audit_log.subject_id = (select auth.uid())
    and audit_log.actor_id is distinct from audit_log.subject_id
    and (p_before is null or (audit_log.at, audit_log.day, audit_log.sequence) < (p_before, p_day, p_sequence))
  order by audit_log.at desc, audit_log.day desc, audit_log.sequence desc
  limit p_limit;
$$;

grant execute on function private.my_audit_entries(timestamptz, date, integer, integer) to authenticated;
comment on function private.my_audit_entries(timestamptz, date, integer, integer) is
  'What others did with power over the caller or saw of them, newest first, before a place in the list.';

create function public.my_access_log(cursor text default null, "limit" integer default null)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_limit integer := private.page_size(my_access_log."limit");
  v_keys jsonb := private.decode_cursor(my_access_log.cursor, array['timestamptz', 'date', 'integer']);
begin
  perform private.current_user_id();

  return (
    with page as (
      select entry.*, row_number() over (order by entry.at desc, entry.day desc, entry.sequence desc) as place
      from private.my_audit_entries(
        (v_keys ->> 0)::timestamptz, (v_keys ->> 1)::date, (v_keys ->> 2)::integer, v_limit + 1
      ) as entry
    )
    select jsonb_build_object(
      'items', coalesce(jsonb_agg(
        jsonb_build_object('at', page.at, 'by', page.actor_role, 'action', page.action, 'reason', page.reason)
        order by page.place
      ) filter (where page.place <= v_limit), '[]'),
      'next_cursor', case when count(*) > v_limit then (
        select private.encode_cursor(jsonb_build_array(last.at, last.day, last.sequence))
        from page as last
        where last.place = v_limit
      ) end
    )
    from page
  );
end;
$$;

grant execute on function public.my_access_log(text, integer) to authenticated;
comment on function public.my_access_log(text, integer) is
  'Who used power over the caller or read their data, newest first: {items: [{at, by, action, reason}], next_cursor}. Not
which person, only in what capacity. Fails with not_authenticated, invalid_cursor or invalid_limit.';

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table private.audit_days is 'The chain of each day (UTC) of the audit log: where it begins and where it stands.';
comment on column private.audit_days.day is 'The day, in UTC.';
comment on column private.audit_days.previous_hash is 'The last hash of the day with entries before this one.';
comment on column private.audit_days.entry_count is 'How many entries the day has.';
comment on column private.audit_days.last_hash is 'The hash of its last entry: what to keep elsewhere as a witness.';
comment on table private.audit_log is
  'Every use of power over somebody''s account or of a view into their data. Only ever added to.';
comment on column private.audit_log.day is 'The day whose chain the entry is in.';
comment on column private.audit_log.sequence is 'The place in the day, from 1, without gaps.';
comment on column private.audit_log.at is 'When.';
comment on column private.audit_log.actor_id is 'Who; null when it was no user. Outlives the account, as a pseudonym.';
comment on column private.audit_log.actor_role is 'In what capacity: admin, or the role in the database.';
comment on column private.audit_log.action is 'What was done.';
comment on column private.audit_log.subject_id is 'Whom it concerns. Outlives the account, as a pseudonym.';
comment on column private.audit_log.details is 'Ids, words of closed vocabularies and the reason.';
comment on column private.audit_log.hash is 'The SHA-256 of this entry and of the hash before it.';

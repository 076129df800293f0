-- What hosted Supabase has in the schema `realtime` of a new project. `supabase_admin` runs this before the first
-- migration; it may be run again. As on hosted, the functions run with the caller's search_path, and therefore
-- qualify every name.

create schema if not exists realtime;

create table if not exists realtime.messages (
  topic          text not null,
  extension      text not null,
  payload        jsonb,
  event          text,
  private        boolean default false,
  updated_at     timestamp not null default now(),
  inserted_at    timestamp not null default now(),
  id             uuid not null default gen_random_uuid(),
  binary_payload bytea,
  skip_broadcast boolean not null default false,
  constraint messages_pkey primary key (id, inserted_at),
  constraint messages_payload_exclusive check (payload is null or binary_payload is null)
) partition by range (inserted_at);

-- Beyond hosted: until when a kept broadcast is replayed, where its sender asked for less than the retention.
alter table realtime.messages add column if not exists expires_at timestamp;

create index if not exists messages_inserted_at_topic_index on realtime.messages (inserted_at desc, topic)
  where extension = 'broadcast' and private;

alter table realtime.messages enable row level security;
alter table realtime.messages owner to supabase_realtime_admin;

grant usage on schema realtime to anon, authenticated, service_role, dashboard_user, supabase_realtime_admin;
grant usage on schema realtime to postgres with grant option;
grant select, insert, update on realtime.messages to anon, authenticated, service_role;
grant all on realtime.messages to postgres, dashboard_user;

-- The topic that the policies of realtime.messages are asked about.
create or replace function realtime.topic()
returns text
language sql
stable
security invoker
as $$
  select nullif(current_setting('realtime.topic', true), '')::text;
$$;

-- Stores a message for everyone who has joined `topic`; it goes out when the transaction commits.
-- It never fails: what went wrong becomes a warning, so that the caller's own work is kept.
create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true)
returns void
language plpgsql
volatile
security invoker
as $$
declare
  v_id uuid := gen_random_uuid();
begin
  begin
    if jsonb_typeof(payload) <> 'object' then
      raise exception 'the payload must be a JSON object';
    end if;
    if not payload ? 'id' then
      payload := jsonb_set(payload, '{id}', to_jsonb(v_id));
    end if;
    perform set_config('realtime.topic', topic, true);
    insert into realtime.messages (id, payload, event, topic, private, extension)
    values (v_id, payload, event, topic, private, 'broadcast');
  exception when others then
    raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
  end;
end;
$$;

-- As realtime.send, for bytes.
create or replace function realtime.send_binary(payload bytea, event text, topic text, private boolean default true)
returns void
language plpgsql
volatile
security invoker
as $$
begin
  begin
    perform set_config('realtime.topic', topic, true);
    insert into realtime.messages (binary_payload, event, topic, private, extension)
    values (payload, event, topic, private, 'broadcast');
  exception when others then
    raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
  end;
end;
$$;

-- For row-level triggers: sends the row before and after as one private message. Raises when called for a statement.
create or replace function realtime.broadcast_changes(
  topic_name text,
  event_name text,
  operation text,
  table_name text,
  table_schema text,
  new record,
  old record,
  level text default 'ROW'
)
returns void
language plpgsql
volatile
security invoker
as $$
begin
  if level = 'STATEMENT' then
    raise exception 'Failed to process the row: function can only be triggered for each row, not for each statement';
  end if;
  if operation not in ('INSERT', 'UPDATE', 'DELETE') then
    raise exception 'Failed to process the row: Unexpected operation type: %', operation;
  end if;
  perform realtime.send(
    jsonb_build_object(
      'schema', table_schema,
      'table', table_name,
      'operation', operation,
      'record', to_jsonb(new),
      'old_record', to_jsonb(old)
    ),
    event_name,
    topic_name
  );
end;
$$;

-- Makes the daily partitions from yesterday to three days ahead and drops those older than `p_retention`.
create or replace function realtime.maintain_messages(p_retention interval)
returns void
language plpgsql
volatile
security invoker
as $$
declare
  v_today date := (now() at time zone 'utc')::date;
  v_day date;
  v_name text;
begin
  perform pg_advisory_xact_lock(hashtext('realtime.maintain_messages'));

  for v_day in select generate_series(v_today - 1, v_today + 3, interval '1 day')::date loop
    v_name := format('messages_%s', to_char(v_day, 'YYYY_MM_DD'));
    if to_regclass(format('realtime.%I', v_name)) is null then
      execute format(
        'create table realtime.%I partition of realtime.messages for values from (%L) to (%L)',
        v_name, v_day, v_day + 1
      );
      execute format('alter table realtime.%I owner to supabase_realtime_admin', v_name);
    end if;
  end loop;

  for v_name in
    select partition.relname
    from pg_inherits
    join pg_class as partition on partition.oid = pg_inherits.inhrelid
    where pg_inherits.inhparent = 'realtime.messages'::regclass
      and to_date(right(partition.relname, 10), 'YYYY_MM_DD') < ((now() at time zone 'utc') - p_retention)::date
  loop
    execute format('drop table realtime.%I', v_name);
  end loop;
end;
$$;

alter function realtime.topic() owner to supabase_realtime_admin;
alter function realtime.send(jsonb, text, text, boolean) owner to supabase_realtime_admin;
alter function realtime.send_binary(bytea, text, text, boolean) owner to supabase_realtime_admin;
alter function realtime.broadcast_changes(text, text, text, text, text, record, record, text)
  owner to supabase_realtime_admin;

revoke execute on function realtime.maintain_messages(interval) from public;

do $$
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime_messages_publication') then
    create publication supabase_realtime_messages_publication
      for table realtime.messages where (not skip_broadcast)
      with (publish = 'insert', publish_via_partition_root = true);
  end if;
end;
$$;

select realtime.maintain_messages(interval '72 hours');

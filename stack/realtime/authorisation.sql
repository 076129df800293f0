-- How the server asks the policies of realtime.messages, and how the product has it ask again.

-- What the policies of realtime.messages allow the caller described, per extension ('broadcast', 'presence',
-- 'persistence'). It asks by writing rows and reading them back as that role, and undoes all of it.
-- Fails as the policies do; with 22023 when the role does not exist.
create or replace function realtime.authorize(
  p_topic text,
  p_role text,
  p_claims jsonb,
  p_headers jsonb,
  p_read text[],
  p_write text[],
  out readable text[],
  out writable text[]
)
returns record
language plpgsql
volatile
security invoker
as $$
declare
  v_now timestamp := now() at time zone 'utc';
  v_ids uuid[];
  v_extension text;
begin
  -- Nothing is kept, so there is no reason to wait for the disk.
  perform set_config('synchronous_commit', 'off', true);
  readable := '{}';
  writable := '{}';
  begin
    with probe as (
      insert into realtime.messages (topic, extension, inserted_at, updated_at)
      select p_topic, asked.extension, v_now, v_now
      from unnest(p_read) as asked (extension)
      returning id
    )
    select array_agg(probe.id) into v_ids from probe;

    perform
      set_config('realtime.topic', p_topic, true),
      set_config('request.jwt.claims', p_claims::text, true),
      set_config('request.jwt.claim.sub', coalesce(p_claims ->> 'sub', ''), true),
      set_config('request.jwt.claim.role', p_role, true),
      set_config('request.headers', p_headers::text, true),
      set_config('role', p_role, true);

    if v_ids is not null then
      select coalesce(array_agg(messages.extension), '{}') into readable
      from realtime.messages
      where messages.inserted_at = v_now and messages.id = any (v_ids);
    end if;

    foreach v_extension in array p_write loop
      begin
        insert into realtime.messages (topic, extension, inserted_at, updated_at)
        values (p_topic, v_extension, v_now, v_now);
        writable := writable || v_extension;
      exception when insufficient_privilege then
        null;
      end;
    end loop;

    raise exception using errcode = 'RT000', message = 'undo the probe';
  exception when sqlstate 'RT000' then
    null;
  end;
end;
$$;

-- Beyond hosted: asks the server to check at once what `user_id` may still read, instead of at the next token.
-- It travels with the transaction: no message committed later reaches a channel that fails the check.
create or replace function realtime.recheck(user_id uuid)
returns void
language sql
volatile
security invoker
as $$
  select pg_logical_emit_message(true, 'supabase_realtime_recheck', user_id::text);
$$;

revoke execute on function realtime.authorize(text, text, jsonb, jsonb, text[], text[]) from public;
revoke execute on function realtime.recheck(uuid) from public;
grant execute on function realtime.recheck(uuid) to postgres, service_role;

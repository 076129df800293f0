-- Two users: what the calls between them share. Locks, the check of whom a call names, and what the other side is told.

create function private.lock_pair(p_one uuid, p_other uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(format('pair:%s:%s', least(p_one, p_other), greatest(p_one, p_other)), 0));
end;
$$;

comment on function private.lock_pair(uuid, uuid) is
  'Puts all that two users do to each other in a row until the transaction ends.';

create function private.lock_caller(p_user_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('caller:' || p_user_id, 0));
end;
$$;

comment on function private.lock_caller(uuid) is
  'Puts what one user does to others in a row, so that it can be counted. Before lock_pair, by all who take both.';

create function private.announce_friendship(p_topic_of uuid, p_event text, p_friendship_id uuid, p_user_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.announce('user:' || p_topic_of, p_event, jsonb_build_object(
    'friendship_id', p_friendship_id, 'user_id', p_user_id
  ));
end;
$$;

comment on function private.announce_friendship(uuid, text, uuid, uuid) is
  'Tells a user what the other side of a friendship did. For definer functions, which have seen that neither blocks the other.';

-- The other side of a call between two users.
create function private.other_user_id(p_user_id uuid)
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if p_user_id is null then
    perform private.fail('invalid_argument', 'user_id is missing');
  elsif p_user_id = private.current_user_id() then
    perform private.fail('invalid_argument', 'user_id must be somebody else''s');
  end if;

  return p_user_id;
end;
$$;

comment on function private.other_user_id(uuid) is
  'The id, when it is not the caller''s own. Fails with invalid_argument or not_authenticated.';

create function private.recheck_channels(p_user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- Hosted Realtime has no such function: there a channel is asked about again with the next access token.
  if to_regprocedure('realtime.recheck(uuid)') is not null then
    execute 'select realtime.recheck(affected.user_id) from unnest($1) as affected (user_id)' using p_user_ids;
  end if;
end;
$$;

comment on function private.recheck_channels(uuid[]) is
  'Has the policies asked again about every live channel of these users, before a message that is committed later reaches
them: for whatever takes access away.';

-- Blocking, and the list of friends.

insert into private.error_codes (code, status, message, hint)
values
  ('too_many_blocks', 409, 'This user blocks as many as can be blocked.', 'Unblock somebody first.');

-- definer: asks for cards past the policy, in the caller's name, and answers no more than whether.
create function private.knows(p_user_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from public.profiles
    where profiles.user_id = p_user_id
      and (
        profiles.visibility = 'public'
        or (profiles.visibility = 'friends' and profiles.user_id in (select private.befriended_ids()))
        or profiles.user_id in (select private.requester_ids())
      )
      and profiles.user_id not in (select private.blocker_ids())
      and profiles.user_id not in (select private.hidden_user_ids())
  );
$$;

-- definer: blocks are written by these functions alone, and end friendships.
create function private.block(p_user_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_other_id uuid := private.other_user_id(p_user_id);
begin
  if not exists (select from public.profiles where profiles.user_id = v_user_id) then
    perform private.fail('not_authenticated', 'the account of this token does not exist any more');
  end if;

  perform private.lock_caller(v_user_id);
  perform private.lock_pair(v_user_id, v_other_id);

  if not exists (
    select from public.blocks where blocks.blocker_id = v_user_id and blocks.blocked_id = v_other_id
  ) and (select count(*) from public.blocks where blocks.blocker_id = v_user_id) >= 10000 then
    perform private.fail('too_many_blocks');
  end if;

  insert into public.blocks (blocker_id, blocked_id, was_known)
  values (v_user_id, v_other_id, private.knows(v_other_id))
  on conflict do nothing;

  perform private.end_friendship(v_other_id);
end;
$$;

-- definer: blocks are written by these functions alone.
create function private.unblock(p_user_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_other_id uuid := private.other_user_id(p_user_id);
begin
  perform private.lock_pair(v_user_id, v_other_id);
  delete from public.blocks
  where blocks.blocker_id = v_user_id
    and blocks.blocked_id = v_other_id;
end;
$$;

grant execute on function private.block(uuid) to authenticated;
grant execute on function private.unblock(uuid) to authenticated;
comment on function private.block(uuid) is 'Blocks a user for the caller; see block_user.';
comment on function private.unblock(uuid) is 'Takes back the caller''s block; see unblock_user.';
comment on function private.knows(uuid) is 'Whether the caller sees the card of this user, as the policy of profiles says it.';

create function public.block_user(user_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.block(block_user.user_id);
$$;

create function public.unblock_user(user_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.unblock(unblock_user.user_id);
$$;

grant execute on function public.block_user(uuid) to authenticated;
grant execute on function public.unblock_user(uuid) to authenticated;
comment on function public.block_user(uuid) is
  'Blocks a user, ends the friendship with them, and makes both invisible for each other. Takes any id alike.
Fails with too_many_blocks, invalid_argument or not_authenticated.';
comment on function public.unblock_user(uuid) is
  'Takes a block back; does nothing where there is none. A friendship does not come back with it.
Fails with invalid_argument or not_authenticated.';

-- Lists ----------------------------------------------------------------------------------------------------------------

-- definer: the policy of friendships asks about all of them who keeps the card private; a page asks about its own.
create function private.friend_page(p_before timestamptz, p_before_id uuid, p_count integer)
returns table (friend_id uuid, accepted_at timestamptz)
language plpgsql
stable
security definer
set search_path = ''
rows 20
as $$
declare
  v_user_id uuid := auth.uid();
begin
  return query
  select contact.friend_id, contact.accepted_at
  from (
    (
      select friendships.addressee_id as friend_id, friendships.accepted_at
      from public.friendships
      where friendships.requester_id = v_user_id
        and friendships.accepted_at is not null
        and (p_before is null or (friendships.accepted_at, friendships.addressee_id) < (p_before, p_before_id))
        and not exists (
          select from public.profiles
          where profiles.user_id = friendships.addressee_id
            and profiles.visibility = 'private'
        )
      order by friendships.accepted_at desc, friendships.addressee_id desc
      limit p_count
    )
    union all
    (
      select friendships.requester_id, friendships.accepted_at
      from public.friendships
      where friendships.addressee_id = v_user_id
        and friendships.accepted_at is not null
        and (p_before is null or (friendships.accepted_at, friendships.requester_id) < (p_before, p_before_id))
        and not exists (
          select from public.profiles
          where profiles.user_id = friendships.requester_id
            and profiles.visibility = 'private'
        )
      order by friendships.accepted_at desc, friendships.requester_id desc
      limit p_count
    )
  ) as contact
  order by contact.accepted_at desc, contact.friend_id desc
  limit p_count;
end;
$$;

grant execute on function private.friend_page(timestamptz, uuid, integer) to authenticated;
comment on function private.friend_page(timestamptz, uuid, integer) is
  'So many of the caller''s friends and since when, the latest before a moment and id; not who keeps the card private now.';

create function public.my_friends(cursor text default null, "limit" integer default 20)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_limit integer := private.page_size(my_friends."limit");
  v_keys jsonb := private.decode_cursor(my_friends.cursor, array['timestamptz', 'uuid']);
  v_items jsonb;
  v_next jsonb;
begin
  perform private.current_user_id();

  with page as (
    select
      friends.accepted_at,
      profiles.user_id,
      jsonb_build_object(
        'user_id', profiles.user_id,
        'username', profiles.username,
        'display_name', profiles.display_name,
        'avatar_path', profiles.avatar_path,
        'fitness_level', profiles.fitness_level,
        'friends_since', friends.accepted_at
      ) as item
    from private.friend_page((v_keys ->> 0)::timestamptz, (v_keys ->> 1)::uuid, v_limit + 1) as friends
    join public.profiles on profiles.user_id = friends.friend_id
  ),
  numbered as (
    select page.*, row_number() over (order by page.accepted_at desc, page.user_id desc) as position
    from page
  )
  select
    coalesce(jsonb_agg(numbered.item order by numbered.position) filter (where numbered.position <= v_limit), '[]'),
    case when count(*) > v_limit then
      (jsonb_agg(jsonb_build_array(numbered.accepted_at, numbered.user_id)) filter (where numbered.position = v_limit)) -> 0
    end
  into v_items, v_next
  from numbered;

  return jsonb_build_object('items', v_items, 'next_cursor', private.encode_cursor(v_next));
end;
$$;

grant execute on function public.my_friends(text, integer) to authenticated;
comment on function public.my_friends(text, integer) is
  'The caller''s friends with their cards and since when, the newest friendship first: {items, next_cursor}.
Fails with invalid_cursor, invalid_limit or not_authenticated.';

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
        or (profiles.visibility = 'friends' and profiles.user_id in (select private.friend_ids()))
        or profiles.user_id in (select private.requester_ids())
      )
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

create function public.my_friends(cursor text default null, "limit" integer default 20)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_limit integer := private.page_size(my_friends."limit");
  v_keys jsonb := private.decode_cursor(my_friends.cursor, array['timestamptz', 'uuid']);
  v_items jsonb;
  v_next jsonb;
begin
  with contact as (
    (
      select friendships.accepted_at, friendships.addressee_id as user_id
      from public.friendships
      where friendships.requester_id = v_user_id
        and friendships.accepted_at is not null
        and (
          v_keys is null
          or (friendships.accepted_at, friendships.addressee_id) < ((v_keys ->> 0)::timestamptz, (v_keys ->> 1)::uuid)
        )
      order by friendships.accepted_at desc, friendships.addressee_id desc
      limit v_limit + 1
    )
    union all
    (
      select friendships.accepted_at, friendships.requester_id
      from public.friendships
      where friendships.addressee_id = v_user_id
        and friendships.accepted_at is not null
        and (
          v_keys is null
          or (friendships.accepted_at, friendships.requester_id) < ((v_keys ->> 0)::timestamptz, (v_keys ->> 1)::uuid)
        )
      order by friendships.accepted_at desc, friendships.requester_id desc
      limit v_limit + 1
    )
  ),
  page as (
    select
      contact.accepted_at,
      profiles.user_id,
      jsonb_build_object(
        'user_id', profiles.user_id,
        'username', profiles.username,
        'display_name', profiles.display_name,
        'avatar_path', profiles.avatar_path,
        'fitness_level', profiles.fitness_level,
        'friends_since', contact.accepted_at
      ) as item
    from contact
    join public.profiles using (user_id)
    order by contact.accepted_at desc, profiles.user_id desc
    limit v_limit + 1
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

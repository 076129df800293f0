-- The list of those whom an athlete blocks.

-- definer: whose card was known is the blocker's alone, and a policy hides all cards across a block.
create function private.blocked_cards(p_before timestamptz, p_before_id uuid, p_limit integer)
returns table (user_id uuid, blocked_at timestamptz, card jsonb)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  return query
  select blocks.blocked_id, blocks.created_at, (
    -- What everyone sees of somebody whom the caller has seen before; nothing of one who blocks them as well.
    select jsonb_build_object(
      'username', profiles.username, 'display_name', profiles.display_name, 'avatar_path', profiles.avatar_path
    )
    from public.profiles
    where blocks.was_known
      and profiles.user_id = blocks.blocked_id
      and profiles.visibility = 'public'
      and not exists (
        select from public.blocks as back
        where back.blocker_id = blocks.blocked_id
          and back.blocked_id = v_user_id
      )
  )
  from public.blocks
  where blocks.blocker_id = v_user_id
    and (p_before is null or (blocks.created_at, blocks.blocked_id) < (p_before, p_before_id))
  order by blocks.created_at desc, blocks.blocked_id desc
  limit p_limit;
end;
$$;

grant execute on function private.blocked_cards(timestamptz, uuid, integer) to authenticated;
comment on function private.blocked_cards(timestamptz, uuid, integer) is
  'Whom the caller blocks, newest first, before a place in the list; see my_blocks.';

create function public.my_blocks(cursor text default null, "limit" integer default 20)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_limit integer := private.page_size(my_blocks."limit");
  v_keys jsonb := private.decode_cursor(my_blocks.cursor, array['timestamptz', 'uuid']);
begin
  perform private.current_user_id();

  return (
    with page as (
      select blocked.*, row_number() over (order by blocked.blocked_at desc, blocked.user_id desc) as place
      from private.blocked_cards((v_keys ->> 0)::timestamptz, (v_keys ->> 1)::uuid, v_limit + 1) as blocked
    )
    select jsonb_build_object(
      'items', coalesce(
        jsonb_agg(to_jsonb(page) - 'place' order by page.place) filter (where page.place <= v_limit), '[]'
      ),
      'next_cursor', case when count(*) > v_limit then (
        select private.encode_cursor(jsonb_build_array(last.blocked_at, last.user_id))
        from page as last
        where last.place = v_limit
      ) end
    )
    from page
  );
end;
$$;

grant execute on function public.my_blocks(text, integer) to authenticated;
comment on function public.my_blocks(text, integer) is
  'Whom the caller blocks, latest first: {items: [{user_id, blocked_at, card}], next_cursor}. card is {username, display_name,
avatar_path} of somebody with a public profile whom the caller could see when they blocked them; else null: for an id that was
blocked unseen, for a profile that is not public, for one who blocks back, and for nobody''s id alike.
Fails with not_authenticated, invalid_cursor or invalid_limit.';

-- Privacy: which cards a signed-in athlete sees. Tables that show somebody's things ask the same sets, each once per
-- statement: private.friend_ids(), private.hidden_user_ids(). A card that is for friends is not private, so that it is enough
-- here to have made friends. Who blocks the reader is looked for first: the list of all whom the reader blocks can be made
-- long, and the time that takes would tell a card that is hidden from one that is not there.

create policy select_visible on public.profiles
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or (
      (
        visibility = 'public'
        or (visibility = 'friends' and user_id in (select private.befriended_ids()))
        or user_id in (select private.requester_ids())
      )
      and user_id not in (select private.blocker_ids())
      and user_id not in (select private.hidden_user_ids())
    )
  );

comment on policy select_visible on public.profiles is
  'One''s own card, public ones, those of friends that show it to friends, and of those who ask to be a friend; none
where either blocks the other.';

-- The devices of one athlete ---------------------------------------------------------------------------------------------

-- definer: clients may not write realtime.messages; a message from the database is the product's word.
create function private.tg_preferences__announce()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.announce(
    'user:' || new.user_id, 'sync:preferences', jsonb_build_object('updated_at', new.updated_at)
  );
  return null;
end;
$$;

comment on function private.tg_preferences__announce() is 'Tells all devices of an athlete to read the preferences again.';

create trigger _900_announce
  after update on public.preferences
  for each row execute function private.tg_preferences__announce();

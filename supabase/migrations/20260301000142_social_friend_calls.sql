-- Making friends and blocking. Every call may be repeated. Towards an id that is private, blocking or nobody's each
-- answers exactly alike.

insert into private.error_codes (code, status, message, hint)
values
  ('user_not_found', 404, 'There is no such user, or they cannot be seen.', 'Check the id.'),
  ('profile_is_private', 409, 'Somebody with a private profile cannot make friends.',
   'Let friends see the profile first: set its visibility to friends or public.'),
  ('too_many_friend_requests', 409, 'This user waits for as many answers as one may.',
   'Take a request back with remove_friend, or wait for answers.');

-- definer: reads cards and blocks that the caller may not see, and answers no more than whether.
create function private.may_befriend(p_user_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from public.profiles
    where profiles.user_id = p_user_id
      and profiles.visibility <> 'private'
      and profiles.user_id not in (select private.hidden_user_ids())
  );
$$;

comment on function private.may_befriend(uuid) is
  'Whether the caller may ask this user: there is one, not private, and neither blocks the other.';

-- definer: friendships are written by these functions alone.
create function private.request_friend(p_user_id uuid)
returns public.friendships
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_other_id uuid := private.other_user_id(p_user_id);
  v_most_open constant integer := 500;
  v_friendship public.friendships;
begin
  if not exists (select from public.profiles where profiles.user_id = v_user_id) then
    perform private.fail('not_authenticated', 'the account of this token does not exist any more');
  end if;

  perform private.lock_caller(v_user_id);
  perform private.lock_pair(v_user_id, v_other_id);

  if not private.may_befriend(v_other_id) then
    perform private.fail('user_not_found');
  elsif exists (select from public.profiles where profiles.user_id = v_user_id and profiles.visibility = 'private') then
    perform private.fail('profile_is_private');
  end if;

  -- Two who ask each other are friends.
  update public.friendships
  set accepted_at = now()
  where friendships.requester_id = v_other_id
    and friendships.addressee_id = v_user_id
    and friendships.accepted_at is null
  returning friendships.* into v_friendship;

  if found then
    perform private.announce_friendship(v_other_id, 'friend:accepted', v_friendship.id, v_user_id);
    return v_friendship;
  end if;

  select friendships.*
  into v_friendship
  from public.friendships
  where least(friendships.requester_id, friendships.addressee_id) = least(v_user_id, v_other_id)
    and greatest(friendships.requester_id, friendships.addressee_id) = greatest(v_user_id, v_other_id);

  if found then
    return v_friendship;
  -- Without those to whom the caller does not see the request: nothing tells that they are private now.
  elsif (
    select count(*)
    from public.friendships
    where friendships.requester_id = v_user_id
      and friendships.accepted_at is null
      and friendships.addressee_id not in (select private.private_contact_ids())
  ) >= v_most_open then
    perform private.fail('too_many_friend_requests');
  end if;

  insert into public.friendships (requester_id, addressee_id)
  values (v_user_id, v_other_id)
  returning friendships.* into v_friendship;

  perform private.announce_friendship(v_other_id, 'friend:request', v_friendship.id, v_user_id);
  return v_friendship;
end;
$$;

grant execute on function private.request_friend(uuid) to authenticated;
comment on function private.request_friend(uuid) is 'Asks a user to be the caller''s friend; see send_friend_request.';

create function public.send_friend_request(user_id uuid)
returns public.friendships
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.request_friend(send_friend_request.user_id);
$$;

grant execute on function public.send_friend_request(uuid) to authenticated;
comment on function public.send_friend_request(uuid) is
  'Asks a user to be a friend and answers the friendship: open, or accepted when they had asked first or are friends
already. Of requests that nobody has answered the caller sees at most 500. The other side hears friend:request or
friend:accepted. Fails with user_not_found, profile_is_private, too_many_friend_requests, invalid_argument or
not_authenticated.';

-- definer: friendships are written by these functions alone.
create function private.respond_friend(p_user_id uuid, p_accept boolean)
returns public.friendships
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_other_id uuid := private.other_user_id(p_user_id);
  v_friendship public.friendships;
begin
  if p_accept is null then
    perform private.fail('invalid_argument', 'accept is missing');
  end if;

  perform private.lock_pair(v_user_id, v_other_id);
  select friendships.*
  into v_friendship
  from public.friendships
  where friendships.requester_id = v_other_id
    and friendships.addressee_id = v_user_id
    and v_other_id not in (select private.private_contact_ids());

  if not found then
    perform private.fail('user_not_found', 'there is no request of this user');
  elsif v_friendship.accepted_at is not null then
    return v_friendship;
  elsif p_accept then
    update public.friendships
    set accepted_at = now()
    where friendships.id = v_friendship.id
    returning * into v_friendship;
    perform private.announce_friendship(v_other_id, 'friend:accepted', v_friendship.id, v_user_id);
  else
    delete from public.friendships
    where friendships.id = v_friendship.id;
  end if;

  return v_friendship;
end;
$$;

grant execute on function private.respond_friend(uuid, boolean) to authenticated;
comment on function private.respond_friend(uuid, boolean) is 'Answers a request to the caller; see respond_friend_request.';

create function public.respond_friend_request(user_id uuid, accept boolean)
returns public.friendships
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.respond_friend(respond_friend_request.user_id, respond_friend_request.accept);
$$;

grant execute on function public.respond_friend_request(uuid, boolean) to authenticated;
comment on function public.respond_friend_request(uuid, boolean) is
  'Accepts or declines the request of a user and answers it: accepted, or as it was before it was declined and removed.
A request that is accepted already stays so. Who asked hears friend:accepted, and nothing of a refusal. Fails with user_not_found, invalid_argument or not_authenticated.';

-- definer: friendships are written by these functions alone.
create function private.end_friendship(p_user_id uuid)
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
  delete from public.friendships
  where least(friendships.requester_id, friendships.addressee_id) = least(v_user_id, v_other_id)
    and greatest(friendships.requester_id, friendships.addressee_id) = greatest(v_user_id, v_other_id);
  perform private.recheck_channels(array[v_user_id, v_other_id]);
end;
$$;

grant execute on function private.end_friendship(uuid) to authenticated;
comment on function private.end_friendship(uuid) is 'Removes the friendship or request between the caller and a user.';

create function public.remove_friend(user_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.end_friendship(remove_friend.user_id);
$$;

grant execute on function public.remove_friend(uuid) to authenticated;
comment on function public.remove_friend(uuid) is
  'Ends a friendship or takes back a request; does nothing where there is none. Fails with invalid_argument or
not_authenticated.';

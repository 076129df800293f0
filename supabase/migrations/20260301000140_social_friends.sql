-- Friends and blocks: who belongs to whom, who wants nothing to do with whom, and the sets that every policy asks.

-- Tables ---------------------------------------------------------------------------------------------------------------

create table public.friendships (
  id           uuid primary key default private.uuid_v7(),
  requester_id uuid not null references public.profiles (user_id) on delete cascade,
  addressee_id uuid not null references public.profiles (user_id) on delete cascade,
  accepted_at  timestamptz,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint friendships_between_two check (requester_id <> addressee_id)
);

-- Not of profiles: whoever blocks an id learns nothing of whose it is, nor whether it is anybody's.
create table public.blocks (
  blocker_id uuid not null references public.profiles (user_id) on delete cascade,
  blocked_id uuid not null,
  was_known  boolean not null,
  created_at timestamptz not null default now(),
  primary key (blocker_id, blocked_id),
  constraint blocks_another check (blocker_id <> blocked_id)
);

create unique index friendships_pair_key on public.friendships (
  least(requester_id, addressee_id), greatest(requester_id, addressee_id)
);
-- With all that friend_ids reads, so that it never visits the table.
create index friendships_requester_id_idx on public.friendships (requester_id, accepted_at desc, addressee_id);
create index friendships_addressee_id_idx on public.friendships (addressee_id, accepted_at desc, requester_id);
create index blocks_blocker_id_idx on public.blocks (blocker_id, created_at desc, blocked_id desc);
create index blocks_blocked_id_idx on public.blocks (blocked_id, blocker_id);

-- Sets: each is asked once per statement, in a policy as `in (select private.…())` --------------------------------------

-- definer: a policy of friendships cannot ask friendships, and whose card is private is told to nobody.
create function private.private_contact_ids()
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
rows 10
as $$
declare
  v_user_id uuid := auth.uid();
begin
  return query
  select profiles.user_id
  from public.friendships
  join public.profiles on profiles.user_id = friendships.addressee_id
  where friendships.requester_id = v_user_id
    and profiles.visibility = 'private'
  union all
  select profiles.user_id
  from public.friendships
  join public.profiles on profiles.user_id = friendships.requester_id
  where friendships.addressee_id = v_user_id
    and profiles.visibility = 'private';
end;
$$;

grant execute on function private.private_contact_ids() to authenticated, service_role;
comment on function private.private_contact_ids() is
  'The other side of the caller''s friendships and requests where it keeps its card private now.';

-- definer: a policy asks this where the caller could not read friendships.
create function private.befriended_ids()
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
rows 100
as $$
declare
  v_user_id uuid := auth.uid();
begin
  return query
  select friendships.addressee_id
  from public.friendships
  where friendships.requester_id = v_user_id
    and friendships.accepted_at is not null
  union all
  select friendships.requester_id
  from public.friendships
  where friendships.addressee_id = v_user_id
    and friendships.accepted_at is not null;
end;
$$;

grant execute on function private.befriended_ids() to authenticated, service_role;
comment on function private.befriended_ids() is
  'With whom the caller has made friends, each once, also those who keep their card private now: for a statement that looks at
the card itself, and at a hundredth of what private.friend_ids() takes. None for anon.';

-- definer: as above, and about cards that only friends see.
create function private.friend_ids()
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
rows 100
as $$
begin
  return query
  select contact.friend_id
  from private.befriended_ids() as contact (friend_id)
  where not exists (
    select from public.profiles
    where profiles.user_id = contact.friend_id
      and profiles.visibility = 'private'
  );
end;
$$;

grant execute on function private.friend_ids() to authenticated, service_role;
comment on function private.friend_ids() is
  'The caller''s friends, each once: accepted, and not of those who keep their card private now. None for anon.';

-- definer: a policy asks this where the caller could not read friendships.
create function private.requester_ids()
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
rows 10
as $$
declare
  v_user_id uuid := auth.uid();
begin
  return query
  select friendships.requester_id
  from public.friendships
  join public.profiles on profiles.user_id = friendships.requester_id
  where friendships.addressee_id = v_user_id
    and friendships.accepted_at is null
    and profiles.visibility <> 'private';
end;
$$;

grant execute on function private.requester_ids() to authenticated, service_role;
comment on function private.requester_ids() is
  'Who has asked the caller and waits for an answer: they show their card by asking.';

-- definer: nobody may read by whom they are blocked.
create function private.blocker_ids()
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
rows 10
as $$
declare
  v_user_id uuid := auth.uid();
begin
  return query
  select blocks.blocker_id
  from public.blocks
  where blocks.blocked_id = v_user_id;
end;
$$;

grant execute on function private.blocker_ids() to authenticated, service_role;
comment on function private.blocker_ids() is
  'By whom the caller is blocked. Asked before private.hidden_user_ids() it keeps the time for somebody who blocks the caller
from growing with all whom the caller blocks. None for anon.';

-- definer: nobody may read by whom they are blocked.
create function private.hidden_user_ids()
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
rows 10
as $$
declare
  v_user_id uuid := auth.uid();
begin
  return query
  select blocks.blocked_id
  from public.blocks
  where blocks.blocker_id = v_user_id
  union all
  select blocks.blocker_id
  from public.blocks
  where blocks.blocked_id = v_user_id;
end;
$$;

grant execute on function private.hidden_user_ids() to authenticated, service_role;
comment on function private.hidden_user_ids() is
  'Whom the caller has blocked and by whom the caller is blocked: for each other they do not exist. None for anon.';

-- Policies -------------------------------------------------------------------------------------------------------------

alter table public.friendships enable row level security;
alter table public.blocks enable row level security;

create policy select_own on public.friendships
  for select to authenticated
  using (
    (requester_id = (select auth.uid()) or addressee_id = (select auth.uid()))
    and case requester_id when (select auth.uid()) then addressee_id else requester_id end
      not in (select private.private_contact_ids())
  );

create policy select_own on public.blocks
  for select to authenticated
  using (blocker_id = (select auth.uid()));

-- Both are written by their functions alone.
grant select on public.friendships to authenticated;
grant select (blocker_id, blocked_id, created_at) on public.blocks to authenticated;

create trigger _100_touch
  before update on public.friendships
  for each row execute function private.tg__touch();

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.friendships is 'Two athletes who are friends, or one who asked the other. At most one row for two.';
comment on column public.friendships.requester_id is 'Who asked.';
comment on column public.friendships.addressee_id is 'Who was asked, and answers.';
comment on column public.friendships.accepted_at is 'Since when they are friends; null while the request is open.';
comment on policy select_own on public.friendships is
  'The two, as long as the other is not private: of somebody private nothing is seen.';

comment on table public.blocks is
  'Who wants to have nothing to do with whom. Works both ways. The blocked side may be any id, also nobody''s.';
comment on column public.blocks.blocker_id is 'Who blocks.';
comment on column public.blocks.blocked_id is
  'Who is blocked. Not a reference: it stays when that account goes, so that it does not tell whether there was one.';
comment on column public.blocks.was_known is 'Whether the blocker could see the card then; else it is not shown to them now.';
comment on policy select_own on public.blocks is 'The one who blocks. Nobody is told by whom they are blocked.';

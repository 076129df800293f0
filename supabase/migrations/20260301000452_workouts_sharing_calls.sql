-- Sharing and taking back: the calls, and what has to happen to those who follow live.

-- Losing sight ---------------------------------------------------------------------------------------------------------

-- definer: whoever takes a workout back may not read who else is affected, nor write to Realtime.
create function private.recheck_friends(p_user_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.recheck_channels(array(
    select friendships.addressee_id
    from public.friendships
    where friendships.requester_id = p_user_id
      and friendships.accepted_at is not null
    union all
    select friendships.requester_id
    from public.friendships
    where friendships.addressee_id = p_user_id
      and friendships.accepted_at is not null
  ));
end;
$$;

grant execute on function private.recheck_friends(uuid) to authenticated, service_role;
comment on function private.recheck_friends(uuid) is
  'Has the live channels of an athlete''s friends checked again: those who follow something they no longer see lose it.';

create function private.tg__recheck_friends()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.recheck_friends(new.user_id);
  return null;
end;
$$;

comment on function private.tg__recheck_friends() is 'After an athlete shows less than before.';

-- definer: as for recheck_friends.
create function private.tg_workout_shares__recheck()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.recheck_channels(array(select distinct removed.user_id from removed));
  return null;
end;
$$;

comment on function private.tg_workout_shares__recheck() is 'Whom a workout is no longer shared with stops following it.';

-- definer: a friendship that ends takes the shares of both sides along, whoever ended it.
create function private.tg_friendships__unshare()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.workout_shares
  where (workout_shares.user_id, workout_shares.owner_id) in (
    (old.requester_id, old.addressee_id), (old.addressee_id, old.requester_id)
  );
  return null;
end;
$$;

comment on function private.tg_friendships__unshare() is
  'What former friends shared by name does not come back when they become friends again.';

-- What was said while nobody else could listen is not played to those who join with a replay later.
-- definer: clients may not write realtime.messages.
create function private.tg__seal_past()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_workout_id uuid := coalesce(to_jsonb(new) ->> 'workout_id', to_jsonb(new) ->> 'id');
begin
  update realtime.messages
  set topic = 'before-sharing:' || v_workout_id
  where messages.topic = 'workout:' || v_workout_id
    and messages.inserted_at > now() - interval '4 days';
  return null;
end;
$$;

comment on function private.tg__seal_past() is
  'Takes the past messages of a workout that begins to be shared out of its channel.';

create trigger _800_recheck
  after update of visibility, status on public.workouts
  for each row
  when (
    old.visibility <> 'private' and new.visibility = 'private'
    or old.status = 'in_progress' and new.status = 'cancelled'
  )
  execute function private.tg__recheck_friends();
create trigger _800_recheck
  after update of workout_sharing on public.preferences
  for each row
  when (old.workout_sharing and not new.workout_sharing)
  execute function private.tg__recheck_friends();
create trigger _800_recheck
  after update of visibility on public.profiles
  for each row
  when (old.visibility <> 'private' and new.visibility = 'private')
  execute function private.tg__recheck_friends();
create trigger _800_recheck
  after delete on public.workout_shares
  referencing old table as removed
  for each statement execute function private.tg_workout_shares__recheck();
create trigger _800_unshare
  after delete on public.friendships
  for each row execute function private.tg_friendships__unshare();
create trigger _200_seal_past
  after update of visibility on public.workouts
  for each row
  when (old.visibility = 'private' and new.visibility <> 'private')
  execute function private.tg__seal_past();
create trigger _200_seal_past
  after insert on public.workout_shares
  for each row execute function private.tg__seal_past();

-- Calls ----------------------------------------------------------------------------------------------------------------

-- definer: shares are written by this function alone; it writes those of the caller's own workout, with friends.
create function private.set_workout_shares(p_workout_id uuid, p_user_ids uuid[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_stranger uuid;
begin
  select chosen.id
  into v_stranger
  from unnest(p_user_ids) as chosen (id)
  where chosen.id is null
    or chosen.id not in (select private.friend_ids())
  limit 1;

  if found then
    perform private.fail('user_not_found', coalesce(v_stranger::text, 'user_ids must not have a null'));
  end if;

  delete from public.workout_shares
  where workout_shares.workout_id = p_workout_id
    and workout_shares.owner_id = v_user_id
    and workout_shares.user_id <> all (p_user_ids);

  insert into public.workout_shares (workout_id, owner_id, user_id)
  select p_workout_id, v_user_id, chosen.id
  from unnest(p_user_ids) as chosen (id)
  on conflict do nothing;
end;
$$;

grant execute on function private.set_workout_shares(uuid, uuid[]) to authenticated;
comment on function private.set_workout_shares(uuid, uuid[]) is
  'Shares a workout of the caller''s with exactly these friends by name. Fails with user_not_found for any other id alike.';

create function private.check_sharing(p_user_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if not exists (
    select from public.profiles
    join public.preferences on preferences.user_id = profiles.user_id
    where profiles.user_id = p_user_id
      and profiles.visibility <> 'private'
      and preferences.workout_sharing
  ) then
    perform private.fail('sharing_is_off');
  end if;
end;
$$;

grant execute on function private.check_sharing(uuid) to authenticated;
comment on function private.check_sharing(uuid) is 'Fails with sharing_is_off where the settings of the caller show no workouts.';

create function public.share_workout(
  workout_id uuid default null,
  visibility public.visibility default null,
  user_ids uuid[] default null
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_workout public.workouts := private.my_workout(workout_id);
begin
  if cardinality(user_ids) > 100 or array_ndims(user_ids) > 1 then
    perform private.fail('invalid_argument', 'user_ids must be a list of at most 100 ids');
  elsif share_workout.visibility <> 'private' or cardinality(user_ids) > 0 then
    perform private.check_sharing(v_workout.user_id);
  end if;

  if share_workout.visibility <> v_workout.visibility then
    update public.workouts
    set visibility = share_workout.visibility
    where workouts.id = v_workout.id
    returning workouts.* into v_workout;
  end if;

  if user_ids is not null then
    perform private.set_workout_shares(v_workout.id, user_ids);
  end if;

  return jsonb_build_object(
    'workout_id', v_workout.id,
    'visibility', v_workout.visibility,
    'user_ids', (
      select coalesce(jsonb_agg(workout_shares.user_id order by workout_shares.user_id), '[]')
      from public.workout_shares
      where workout_shares.workout_id = v_workout.id
    ),
    'version', v_workout.version
  );
end;
$$;

grant execute on function public.share_workout(uuid, public.visibility, uuid[]) to authenticated;
comment on function public.share_workout(uuid, public.visibility, uuid[]) is
  'Says who sees a workout: private, friends or public, and beside that these friends by name, instead of those before. What
is not said stays as it is; private and [] take it back from everyone, also from those who follow it live. Answers
{workout_id, visibility, user_ids, version}. Fails with workout_not_found, user_not_found, sharing_is_off or invalid_argument.';

-- Platform: who may listen and who may speak on the live channels. Realtime asks the policies of realtime.messages, with
-- the topic in realtime.topic(), when a client joins a private channel, and again whenever its token is renewed.

-- Any client may ask for any topic: what is not of the form is nobody's, and never an error.
create function private.topic_id(p_topic text, p_kind text)
returns uuid
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_id text := substr(p_topic, char_length(p_kind) + 2);
begin
  if starts_with(p_topic, p_kind || ':')
    and v_id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
  then
    return v_id::uuid;
  end if;

  return null;
end;
$$;

grant execute on function private.topic_id(text, text) to authenticated, service_role;
comment on function private.topic_id(text, text) is
  'The id in a topic of this kind, written as the database writes it: workout:{id}. Null for any other topic.';

create function private.may_follow_workout(p_topic text)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_workout_id uuid := private.topic_id(p_topic, 'workout');
begin
  if v_workout_id is null then
    return false;
  end if;

  return exists (select from public.workouts where workouts.id = v_workout_id) or exists (
    select from private.shown_workouts(array[v_workout_id]) as shown
    where shown.user_id in (select private.befriended_ids())
  );
end;
$$;

grant execute on function private.may_follow_workout(text) to authenticated;
comment on function private.may_follow_workout(text) is
  'Whether the topic is a workout of the caller, or of a friend who shows it. The one place that decides who follows a
workout live.';

create policy select_own_channels on realtime.messages
  for select to authenticated
  using (
    (extension in ('broadcast', 'presence') and (select private.may_follow_workout(realtime.topic())))
    or (
      extension = 'broadcast'
      and private.topic_id((select realtime.topic()), 'user') = (select auth.uid())
    )
  );

create policy insert_presence on realtime.messages
  for insert to authenticated
  with check (extension = 'presence' and (select private.may_follow_workout(realtime.topic())));

comment on policy select_own_channels on realtime.messages is
  'workout:{id} for the athlete and the friends who see it; user:{id} for that user.';
comment on policy insert_presence on realtime.messages is
  'Whoever follows workout:{id} says there that they are. Events come from the database alone.';

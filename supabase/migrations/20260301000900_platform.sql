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
language sql
stable
security invoker
set search_path = ''
as $$
  select exists (
    select from public.workouts
    where workouts.id = private.topic_id(p_topic, 'workout')
      and workouts.user_id = (select auth.uid())
  );
$$;

grant execute on function private.may_follow_workout(text) to authenticated;
comment on function private.may_follow_workout(text) is
  'Whether the topic is a workout of the caller. The one place that decides who follows a workout live.';

create policy select_own_channels on realtime.messages
  for select to authenticated
  using (
    (extension in ('broadcast', 'presence') and private.may_follow_workout((select realtime.topic())))
    or (
      extension = 'broadcast'
      and private.topic_id((select realtime.topic()), 'user') = (select auth.uid())
    )
  );

create policy insert_presence on realtime.messages
  for insert to authenticated
  with check (extension = 'presence' and private.may_follow_workout((select realtime.topic())));

comment on policy select_own_channels on realtime.messages is
  'workout:{id} for the athlete; user:{id} for that user.';
comment on policy insert_presence on realtime.messages is
  'Devices say on workout:{id} that they are there. Events come from the database alone.';

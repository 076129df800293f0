-- Live: what other devices hear of a workout. Messages are written in the transaction of the change, so that nothing is
-- announced that is not stored. Payloads are described by supabase/functions/_shared/contracts/events.ts.

create function private.announce(p_topic text, p_event text, p_payload jsonb)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_workout_id uuid := private.topic_id(p_topic, 'workout');
  v_topic text := p_topic;
  v_payload jsonb := p_payload;
begin
  if private.is_importing() then
    return;
  elsif v_workout_id is not null then
    v_payload := private.for_followers(v_workout_id, p_event, p_payload);
  end if;

  if v_payload is null then
    select 'user:' || workouts.user_id, p_payload
    into v_topic, v_payload
    from public.workouts
    where workouts.id = v_workout_id;
  end if;

  perform realtime.send(jsonb_build_object('v', 1, 'at', clock_timestamp()) || v_payload, p_event, v_topic, true);
end;
$$;

comment on function private.announce(text, text, jsonb) is
  'Sends an event to a private channel when the transaction commits. For definer functions: who calls it must be able to
write realtime.messages, because realtime.send turns a refusal into a warning. What those who follow a workout may not hear
goes to the athlete''s own channel. Silent while an import writes.';

create function private.workout_stats(p_workout public.workouts)
returns jsonb
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'workout_id', p_workout.id,
    'set_count', p_workout.set_count,
    'warmup_set_count', p_workout.warmup_set_count,
    'rep_count', p_workout.rep_count,
    'volume_kg', p_workout.volume_kg,
    'effective_volume_kg', p_workout.effective_volume_kg,
    'average_rpe', p_workout.average_rpe,
    'total_rest_seconds', p_workout.total_rest_seconds,
    'records_set', p_workout.records_set,
    'current_exercise_index', p_workout.current_exercise_index,
    'current_set_index', p_workout.current_set_index
  );
end;
$$;

comment on function private.workout_stats(public.workouts) is
  'The totals of a workout and the place in it: what workout:stats carries.';

-- A workout entered for a day long gone has no other device that follows it.
create function private.is_live(p_at timestamptz)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return p_at > now() - interval '48 hours';
end;
$$;

comment on function private.is_live(timestamptz) is
  'Whether something is recent enough to be announced to those who follow a workout.';

create function private.is_planning()
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return coalesce(current_setting('workouts.planning', true), '') <> '';
end;
$$;

comment on function private.is_planning() is 'Whether the plan of a new workout is being written, which is one change.';

create function private.announce_workout(p_old public.workouts, p_new public.workouts)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_topic text := 'workout:' || p_new.id;
  v_event text := case
    when p_new.status <> coalesce(p_old.status, 'planned') then case p_new.status
      when 'in_progress' then 'workout:started'
      when 'completed' then 'workout:completed'
      when 'cancelled' then 'workout:cancelled'
    end
    when p_new.paused_at is not null and p_old.paused_at is null then 'workout:paused'
    when p_new.paused_at is null and p_old.paused_at is not null then 'workout:resumed'
  end;
begin
  if v_event is not null then
    perform private.announce(
      v_topic, v_event, jsonb_build_object('workout', private.shown(to_jsonb(p_new)) - 'pauses')
    );
  end if;

  if p_new.status = 'in_progress' and p_new.rest_ends_at is distinct from p_old.rest_ends_at then
    perform private.announce(v_topic, 'rest:timer', jsonb_build_object(
      'workout_id', p_new.id,
      'rest_started_at', p_new.rest_started_at,
      'rest_ends_at', p_new.rest_ends_at,
      'rest_seconds', p_new.rest_seconds
    ));
  end if;

  -- The number of records goes with the totals, which change after it: by itself it is no news beside pr:achieved.
  if p_old.id is not null
    and private.workout_stats(p_new) - 'records_set' <> private.workout_stats(p_old) - 'records_set'
  then
    perform private.announce(v_topic, 'workout:stats', private.workout_stats(p_new));
  end if;
end;
$$;

comment on function private.announce_workout(public.workouts, public.workouts) is
  'Tells those who follow a workout what became of it: its state, the rest timer, its totals.';

create function private.announce_sync(p_user_id uuid, p_workout_id uuid, p_change text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.announce(
    'user:' || p_user_id,
    'sync:workout',
    jsonb_build_object('workout_id', p_workout_id, 'change', p_change)
  );
end;
$$;

comment on function private.announce_sync(uuid, uuid, text) is
  'Tells all devices of an athlete to read a workout again: it was inserted, updated or deleted.';

-- definer: clients may not write realtime.messages; a message from the database is the product's word.
create function private.tg_workouts__announce()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    perform private.announce_sync(old.user_id, old.id, 'deleted');
    return null;
  end if;

  if private.is_live(new.started_at) then
    perform private.announce_workout(old, new);
  end if;

  perform private.announce_sync(new.user_id, new.id, case tg_op when 'INSERT' then 'inserted' else 'updated' end);
  return null;
end;
$$;

comment on function private.tg_workouts__announce() is 'Announces what became of a workout.';

-- definer: as for tg_workouts__announce.
create function private.tg_workout_exercises__announce()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_exercise public.workout_exercises := coalesce(new, old);
begin
  -- One that goes with its workout, or its account, has nothing left to be read again; nor is one told that comes with it.
  if not private.is_planning() and exists (select from public.workouts where workouts.id = v_exercise.workout_id) then
    perform private.announce_sync(v_exercise.user_id, v_exercise.workout_id, 'updated');
  end if;

  return null;
end;
$$;

comment on function private.tg_workout_exercises__announce() is
  'Announces that exercises of a workout were added, changed or taken out.';

-- definer: as for tg_workouts__announce.
create function private.tg_workout_sets__announce()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_set public.workout_sets := coalesce(new, old);
  v_event constant text := case
    when tg_op = 'DELETE' then 'set:deleted'
    when new.completed_at is null then null
    when old.completed_at is null then 'set:completed'
    else 'set:updated'
  end;
begin
  if tg_op = 'DELETE' and not exists (select from public.workouts where workouts.id = v_set.workout_id) then
    return null;
  end if;

  if v_event is not null and private.is_live(v_set.completed_at) then
    perform private.announce('workout:' || v_set.workout_id, v_event, case tg_op
      when 'DELETE' then jsonb_build_object(
        'workout_id', v_set.workout_id, 'workout_exercise_id', v_set.workout_exercise_id, 'set_id', v_set.id
      )
      else jsonb_build_object('set', private.shown(to_jsonb(v_set)))
    end);
  end if;

  -- A new set that is done changes the workout's totals, and that is announced to the athlete's devices already.
  if (tg_op <> 'INSERT' or v_event is null) and not private.is_planning() then
    perform private.announce_sync(v_set.user_id, v_set.workout_id, 'updated');
  end if;

  return null;
end;
$$;

comment on function private.tg_workout_sets__announce() is
  'Announces a set that was done, corrected or deleted. What is derived later in the same statement follows in events of
its own: workout:stats and pr:achieved.';

create trigger _900_announce
  after insert or delete on public.workouts
  for each row execute function private.tg_workouts__announce();
create trigger _900_announce_change
  after update on public.workouts
  for each row
  when (old.* is distinct from new.*)
  execute function private.tg_workouts__announce();
create trigger _900_announce
  after insert or delete on public.workout_exercises
  for each row execute function private.tg_workout_exercises__announce();
create trigger _900_announce_change
  after update on public.workout_exercises
  for each row
  when (old.version <> new.version)
  execute function private.tg_workout_exercises__announce();
create trigger _900_announce
  after insert or delete on public.workout_sets
  for each row execute function private.tg_workout_sets__announce();
create trigger _900_announce_change
  after update on public.workout_sets
  for each row
  when (old.version <> new.version)
  execute function private.tg_workout_sets__announce();

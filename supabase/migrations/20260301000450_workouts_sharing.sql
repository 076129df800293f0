-- Sharing: who beside the athlete sees a workout. The tables show an athlete their own rows and nothing else, so that
-- policies stay one comparison; what somebody else shares is read through functions that ask shown_workouts.

insert into private.error_codes (code, status, message, hint)
values
  ('sharing_is_off', 409, 'The settings of this user let nobody see workouts.',
   'Let others see the profile, and turn on workout_sharing in the preferences.');

-- Who decides ----------------------------------------------------------------------------------------------------------

-- definer: reads workouts, cards and settings that the caller may not, and answers no more than which of them are shown.
create function private.shown_workouts(p_workout_ids uuid[])
returns table (id uuid, user_id uuid, shows_progress boolean)
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
  select workouts.id, workouts.user_id, preferences.progress_sharing
  from public.workouts
  join public.profiles on profiles.user_id = workouts.user_id
  join public.preferences on preferences.user_id = workouts.user_id
  where workouts.id = any (p_workout_ids)
    and workouts.user_id <> v_user_id
    and workouts.status in ('in_progress', 'completed')
    and preferences.workout_sharing
    and workouts.user_id not in (select private.hidden_user_ids())
    and (
      (workouts.visibility = 'public' and profiles.visibility = 'public')
      or (
        profiles.visibility <> 'private'
        and workouts.user_id in (select private.befriended_ids())
        and (
          workouts.visibility <> 'private'
          or exists (
            select from public.workout_shares
            where workout_shares.workout_id = workouts.id
              and workout_shares.user_id = v_user_id
          )
        )
      )
    );
end;
$$;

grant execute on function private.shown_workouts(uuid[]) to authenticated;
comment on function private.shown_workouts(uuid[]) is
  'Which of these workouts of others the caller sees, and whether records and what tells of the body go with them. The one
place that decides it: begun and not cancelled; of somebody who shares workouts at all and where neither blocks the other;
for everyone, or for friends, or with the caller by name while they are friends.';

-- What others see ------------------------------------------------------------------------------------------------------

create function private.for_others(p_row jsonb, p_shows_progress boolean)
returns jsonb
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_hidden jsonb := '{"notes": null, "mood_before": null, "mood_after": null, "energy": null}';
begin
  if not p_shows_progress then
    v_hidden := v_hidden || '{"bodyweight_kg": null, "calories": null, "load_kg": null, "e1rm_kg": null,
      "e1rm_method": null, "e1rm_confidence": null, "average_heart_rate": null, "max_heart_rate": null,
      "records_set": 0, "is_record": false, "records": []}' || jsonb_build_object(
      'effective_volume_kg', p_row -> 'volume_kg'
    );
  end if;

  return p_row || coalesce((
    select jsonb_object_agg(field.key, field.value)
    from jsonb_each(v_hidden) as field
    where p_row ? field.key
  ), '{}');
end;
$$;

comment on function private.for_others(jsonb, boolean) is
  'A workout, exercise or set as others see it: never notes and moods; without progress neither records nor what body weight
and heart tell, and the volume as it was entered.';

-- definer: the rows are another athlete's; shown_workouts has said that the caller sees them.
create function private.shared_workout_document(p_workout_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_document jsonb;
  v_shows_progress boolean;
begin
  select private.workout_document(workouts), shown.shows_progress
  into v_document, v_shows_progress
  from private.shown_workouts(array[p_workout_id]) as shown
  join public.workouts on workouts.id = shown.id;

  return private.for_others(v_document, v_shows_progress) || jsonb_build_object('exercises', (
    select coalesce(jsonb_agg(
      private.for_others(exercise, v_shows_progress) || jsonb_build_object('sets', (
        select coalesce(jsonb_agg(private.for_others(set_row, v_shows_progress) order by set_place), '[]')
        from jsonb_array_elements(exercise -> 'sets') with ordinality as logged (set_row, set_place)
      ))
      order by place
    ), '[]')
    from jsonb_array_elements(v_document -> 'exercises') with ordinality as entry (exercise, place)
  ));
end;
$$;

grant execute on function private.shared_workout_document(uuid) to authenticated;
comment on function private.shared_workout_document(uuid) is
  'The whole workout of another athlete as they show it to the caller; null when they do not, or there is none.';

create function private.for_followers(p_workout_id uuid, p_event text, p_payload jsonb)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_shows_progress boolean;
begin
  select preferences.progress_sharing
  into v_shows_progress
  from public.workouts
  join public.preferences on preferences.user_id = workouts.user_id
  where workouts.id = p_workout_id
    and (
      workouts.visibility <> 'private'
      or exists (select from public.workout_shares where workout_shares.workout_id = workouts.id)
    );

  if not found then
    return p_payload;
  elsif p_event = 'pr:achieved' and not v_shows_progress then
    return null;
  end if;

  return (
    select private.for_others(jsonb_object_agg(field.key, case
      when field.key in ('workout', 'set') then private.for_others(field.value, v_shows_progress)
      else field.value
    end), v_shows_progress)
    from jsonb_each(p_payload) as field
  );
end;
$$;

comment on function private.for_followers(uuid, text, jsonb) is
  'What the channel of a workout may say of it: all while nobody else may follow, else what others see. Null for what is the
athlete''s alone. Their own devices read the rest when sync:workout and sync:progress tell them to.';

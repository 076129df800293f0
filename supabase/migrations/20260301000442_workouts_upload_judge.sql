-- What is to be done with an uploaded row: it is held against the one that is stored, if there is one. The same rules as
-- for a live call (0010), and the same answer whatever arrived before: what is there already changes nothing.

create function private.is_same_content(p_row private.upload_row, p_content jsonb)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_skew constant interval := interval '5 minutes';
begin
  if p_row.stored @> p_content or p_row.stored ->> 'request_hash' = p_row.hash::text then
    return true;
  elsif p_row.version is not null then
    return false;
  end if;

  -- A live call that named no time was given the server's: the phone's own is the same within the clocks' tolerance.
  return not exists (
    select from jsonb_each(p_content) as sent
    where sent.value <> p_row.stored -> sent.key
      and case
        when sent.key in ('started_at', 'ended_at', 'completed_at') then coalesce(
          (sent.value #>> '{}')::timestamptz not between (p_row.stored ->> sent.key)::timestamptz - v_skew
            and (p_row.stored ->> sent.key)::timestamptz + v_skew,
          true
        )
        else true
      end
  );
end;
$$;

comment on function private.is_same_content(private.upload_row, jsonb) is
  'Whether what was sent is stored already, or was and has been changed since. Of a row that names no version, times may
differ by five minutes.';

create function private.judge_upload_deletion(p_table text, p_row private.upload_row, p_gone text)
returns private.upload_row
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if p_row.stored is null then
    p_row.verb := 'delete';
    p_row.outcome := 'unchanged';
    p_row.gone := p_gone;
  elsif p_row.version is null then
    return private.refuse_upload(p_row, 'version_required');
  elsif p_row.version <> (p_row.stored ->> 'version')::integer then
    return private.upload_conflict(p_table, p_row, 'version_conflict');
  else
    p_row.verb := 'delete';
    p_row.gone := p_gone;
  end if;

  return p_row;
end;
$$;

comment on function private.judge_upload_deletion(text, private.upload_row, text) is
  'A deletion: of what is not there it is remembered, in case that what it deletes arrives later.';

create function private.judge_upload_insert(p_table text, p_row private.upload_row)
returns private.upload_row
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if p_row.gone is not null then
    return private.upload_conflict(p_table, p_row, p_row.gone);
  elsif p_table = 'workouts' and coalesce(p_row.content ->> 'started_at', p_row.content ->> 'planned_for') is null then
    return private.refuse_upload(p_row, 'workout_not_found');
  elsif p_row.plan_fault is not null then
    p_row.outcome := 'refused';
    p_row.error := p_row.plan_fault;
    return p_row;
  elsif p_table = 'workout_exercises' and p_row.content ->> 'exercise_id' is null then
    return private.refuse_upload(p_row, 'workout_exercise_not_found');
  elsif p_table = 'workout_exercises' and not exists (
    select from public.exercises
    where exercises.id = private.current_exercise_id((p_row.content ->> 'exercise_id')::uuid)
      and (exercises.review_status = 'approved' or exercises.created_by = auth.uid())
  ) then
    return private.refuse_upload(p_row, 'exercise_not_found');
  end if;

  p_row.verb := 'insert';
  return p_row;
end;
$$;

comment on function private.judge_upload_insert(text, private.upload_row) is
  'A row that is not there is new, unless it was deleted, or names too little to be one. An exercise that the library has
switched off since the phone read it will do.';

create function private.judge_upload_change(p_table text, p_row private.upload_row)
returns private.upload_row
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_content jsonb := p_row.content - '{exercise_id,template_id,template_day_id,template_week}'::text[]
    - case when p_row.version is null then 'position' else '' end;
begin
  if private.is_same_content(p_row, v_content) then
    p_row.content := '{}';
  elsif p_table = 'workout_sets' and p_row.stored -> 'completed_at' = 'null' and p_row.content ->> 'completed_at' is not null then
    p_row.verb := 'update';
    p_row.is_filling := true;
  elsif p_row.version = (p_row.stored ->> 'version')::integer then
    p_row.verb := 'update';
    p_row.content := v_content;
  else
    return private.upload_conflict(
      p_table, p_row,
      case when p_table = 'workout_sets' and p_row.version is null then 'set_conflict' else 'version_conflict' end
    );
  end if;

  return p_row;
end;
$$;

comment on function private.judge_upload_change(text, private.upload_row) is
  'A row that is there: unchanged, filled in where it was only planned, corrected against its version, or a conflict.';

-- The state of a workout goes forward whichever device says so, as complete_workout has it; only what an athlete writes
-- into it needs a version.
create function private.judge_upload_state(p_row private.upload_row)
returns private.upload_row
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_order constant text[] := array['planned', 'in_progress', 'completed'];
  v_sent integer := array_position(v_order, replace(p_row.content ->> 'status', 'cancelled', 'completed'));
  v_stored integer := array_position(v_order, replace(p_row.stored ->> 'status', 'cancelled', 'completed'));
  v_pauses tstzmultirange := private.read_pauses(p_row.item -> 'pauses')
    * tstzmultirange(tstzrange('-infinity', now() + interval '5 minutes'));
  v_known tstzmultirange := coalesce((p_row.stored ->> 'pauses')::tstzmultirange, '{}');
  v_paused_at timestamptz := (p_row.stored ->> 'paused_at')::timestamptz;
begin
  p_row.state := '{}';

  if v_sent > v_stored then
    p_row.state := jsonb_strip_nulls(jsonb_build_object(
      'status', p_row.content -> 'status',
      'ended_at', p_row.content -> 'ended_at',
      'started_at', case when v_stored = 1 then p_row.content -> 'started_at' end
    ));
  elsif v_sent < v_stored then
    p_row.content := p_row.content - 'status';
  end if;

  -- Of a pause that began before the phone was offline, the phone says when it was over.
  if v_paused_at is not null and v_pauses && tstzrange(v_paused_at - interval '5 minutes', v_paused_at + interval '5 minutes') then
    p_row.state := p_row.state || '{"paused_at": null}';
  end if;

  if not v_pauses <@ v_known then
    p_row.state := p_row.state || jsonb_build_object('pauses', v_known + v_pauses);
  end if;

  p_row.content := p_row.content - array(select jsonb_object_keys(p_row.state));
  return p_row;
end;
$$;

comment on function private.judge_upload_state(private.upload_row) is
  'What an upload says of a workout''s state: that it began, that it is over, and when it was paused.';

create function private.judge_upload(p_table text, p_row private.upload_row, p_stored jsonb)
returns private.upload_row
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_gone constant text := case p_table
    when 'workouts' then 'workout_deleted' when 'workout_exercises' then 'workout_exercise_deleted' else 'set_deleted'
  end;
  v_parent_id uuid := coalesce(p_stored ->> 'workout_exercise_id', p_stored ->> 'workout_id')::uuid;
begin
  if p_row.outcome is not null then
    return p_row;
  elsif p_stored ->> 'user_id' = auth.uid()::text then
    p_row.stored := p_stored;
  elsif private.deleted_from(p_row.id) is not null then
    p_row.gone := coalesce(p_row.gone, v_gone);
  end if;

  if p_table = 'workouts' then
    p_row := private.judge_upload_state(p_row);
  end if;

  if p_row.is_deleted then
    return private.judge_upload_deletion(p_table, p_row, v_gone);
  elsif p_row.stored is null then
    p_row := private.judge_upload_insert(p_table, p_row);
  elsif v_parent_id <> p_row.parent_id
    or (p_stored ->> 'exercise_id')::uuid <> private.current_exercise_id((p_row.content ->> 'exercise_id')::uuid)
    or p_row.content ->> 'template_id' <> coalesce(p_stored ->> 'template_id', '')
    or p_row.content ->> 'template_day_id' <> coalesce(p_stored ->> 'template_day_id', '')
  then
    return private.refuse_upload(p_row, 'id_conflict');
  else
    p_row := private.judge_upload_change(p_table, p_row);

    -- A conflict about what was written does not keep a workout from being over.
    if p_row.verb is null and p_row.state <> '{}' then
      p_row.verb := 'update';
      p_row.content := '{}';
    end if;

    return p_row;
  end if;

  -- Another's row is as unknown as none, but for its id, which is taken.
  return case
    when p_row.verb = 'insert' and p_stored is not null then private.refuse_upload(p_row, 'id_conflict') else p_row
  end;
end;
$$;

comment on function private.judge_upload(text, private.upload_row, jsonb) is
  'An uploaded row with what is to be done about it, given the row that has its id.';

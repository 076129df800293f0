-- What becomes of an uploaded row, and how the phone hears of it.

create function private.refuse_upload(p_row private.upload_row, p_code text, p_details text default null)
returns private.upload_row
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  p_row.outcome := 'refused';
  p_row.error := (private.error_answer(p_code, p_details, null)).body;
  return p_row;
end;
$$;

comment on function private.refuse_upload(private.upload_row, text, text) is 'The row, not stored for this reason.';

create function private.upload_conflict(p_table text, p_row private.upload_row, p_code text)
returns private.upload_row
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  p_row.outcome := 'conflict';
  p_row.error := (private.error_answer(p_code, null, null)).body;

  -- What is named only for what is in it says nothing that could be lost.
  if p_row.is_deleted or p_row.content <> '{}' then
    p_row.conflict_id := private.keep_conflict(
      p_table,
      coalesce(p_row.stored, jsonb_build_object('id', p_row.id, 'workout_id', p_row.workout_id)),
      'refused',
      case
        when p_row.is_deleted then '{"deleted": true}'
        when p_table = 'workout_sets' and p_row.stored is null then p_row.content || jsonb_build_object('workout_exercise_id', p_row.parent_id)
        else p_row.content
      end,
      p_row.version
    );
  end if;

  return p_row;
end;
$$;

comment on function private.upload_conflict(text, private.upload_row, text) is
  'The row, not stored because another device was first; its value is kept.';

create function private.upload_error(p_table text, p_state text, p_message text, p_rule text)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return case
    when p_state = 'PGRST' then p_message::jsonb
    else (private.error_answer(
      case
        when p_rule = 'workout_sets_place_key' then 'set_index_taken'
        when p_rule like '%\_pkey' then 'id_conflict'
        when p_table = 'workout_sets' then 'invalid_set'
        else 'invalid_workout'
      end,
      coalesce(nullif(p_rule, ''), p_message),
      null
    )).body
  end;
end;
$$;

comment on function private.upload_error(text, text, text, text) is 'An exception of the tables, as the error that it is answered with.';

create function private.upload_report(p_table text, p_rows private.upload_row[])
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
    'at', done.place,
    'table', p_table,
    'id', coalesce(to_jsonb(done.id), done.item -> 'id'),
    'outcome', coalesce(done.outcome, 'unchanged'),
    'version', coalesce(
      case when done.outcome = 'stored' and done.verb <> 'delete' then done.version end,
      (done.stored ->> 'version')::integer
    ),
    'error', done.error,
    'conflict_id', done.conflict_id
  )) || case
    when done.outcome = 'conflict' then jsonb_build_object('current', private.shown(done.stored)) else '{}'
  end order by done.n), '[]')
  from unnest(p_rows) as done;
$$;

comment on function private.upload_report(text, private.upload_row[]) is 'What became of each row, as it is answered.';

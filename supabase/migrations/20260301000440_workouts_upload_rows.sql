-- Uploads: what a phone wrote while it was offline, in one call. Here the document is read: it becomes rows, each with its
-- place in the document, its content in the types of its table, and what is wrong with it. Nothing is looked up yet.

insert into private.error_codes (code, status, message, hint)
values
  ('workout_deleted', 409, 'The workout was deleted in the meantime.',
   'What was sent for it is in workout_conflicts. Log it under new ids, or drop it.'),
  ('workout_exercise_deleted', 409, 'The exercise was taken out of the workout in the meantime.',
   'What was sent for it is in workout_conflicts. Log it under new ids, or drop it.');

create type private.upload_row as (
  n           integer,
  place       text,
  item        jsonb,
  workout_id  uuid,
  parent_id   uuid,
  id          uuid,
  round       integer,
  version     integer,
  is_deleted  boolean,
  content     jsonb,
  state       jsonb,
  hash        uuid,
  plan_fault  jsonb,
  gone        text,
  verb        text,
  is_filling  boolean,
  outcome     text,
  error       jsonb,
  stored      jsonb,
  conflict_id uuid
);

comment on type private.upload_row is
  'A workout, an exercise or a set as a phone sent it. round: the same id may be sent several times. content: what the
athlete wrote; state: what becomes of a workout, beside that. plan_fault: the error of a plan that the
athlete may not train by; of the whole upload, all of them by template_id. gone: the code that says what of it was deleted. verb: what is
to be done: insert, update or delete. is_filling: a planned set is done. outcome: stored, unchanged, conflict or refused.';

create function private.upload_types(p_table text)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_object_agg(pg_attribute.attname, format_type(pg_attribute.atttypid, pg_attribute.atttypmod))
    || '{"deleted": "boolean"}'
  from pg_catalog.pg_attribute
  where pg_attribute.attrelid = format('public.%I', p_table)::regclass
    and pg_attribute.attname = any (
      private.content_columns(p_table) || case p_table
        when 'workouts' then array['id', 'version', 'status', 'template_id', 'template_day_id', 'template_week']
        when 'workout_exercises' then array['id', 'version', 'exercise_id', 'position']
        else array['id', 'version']
      end
    );
$$;

comment on function private.upload_types(text) is 'The fields that an upload may have for this table, and their types.';

create function private.read_pauses(p_pauses jsonb)
returns tstzmultirange
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select case
      when count(*) filter (where not (pause.value ->> 'from' is not null and pause.value ->> 'to' is not null)) = 0
        then coalesce(range_agg(tstzrange((pause.value ->> 'from')::timestamptz, (pause.value ->> 'to')::timestamptz)), '{}')
    end
    from jsonb_array_elements(coalesce(p_pauses, '[]')) as pause
  );
exception
  when data_exception or datatype_mismatch then
    return null;
end;
$$;

comment on function private.read_pauses(jsonb) is 'A list of {from, to} as ranges of time; null when it is no such list.';

create function private.upload_fault(p_table text, p_types jsonb, p_item jsonb)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_lists constant text[] := case p_table
    when 'workouts' then array['exercises', 'pauses'] when 'workout_exercises' then array['sets'] else '{}'
  end;
  v_fault text;
begin
  if jsonb_typeof(p_item) <> 'object' then
    return 'it must be an object';
  elsif p_item ->> 'id' is null then
    return 'id is missing';
  end if;

  select case
    when field.key = any (v_lists) then format('%s must be a list', field.key)
    when p_types ? field.key then format('%s must be of type %s', field.key, p_types ->> field.key)
    else format('%s is no field', field.key)
  end
  into v_fault
  from jsonb_each(p_item) as field
  where case
    when field.key = any (v_lists) then jsonb_typeof(field.value) <> 'array'
    when jsonb_typeof(field.value) in ('object', 'array') or not p_types ? field.key then true
    else not coalesce(pg_input_is_valid(field.value #>> '{}', p_types ->> field.key), true)
  end
  order by field.key
  limit 1;

  if v_fault is null and p_table = 'workouts' and private.read_pauses(p_item -> 'pauses') is null then
    return 'pauses must be a list of {from, to}';
  end if;

  return v_fault;
end;
$$;

comment on function private.upload_fault(text, jsonb, jsonb) is
  'What is wrong with the form of an uploaded row, in words for the details of an error; null when nothing is.';

create function private.upload_content(p_table text, p_item jsonb)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_sent jsonb := p_item - '{id,version,deleted,exercises,sets,pauses}'::text[];
  v_typed jsonb := case p_table
    when 'workouts' then to_jsonb(jsonb_populate_record(null::public.workouts, v_sent))
    when 'workout_exercises' then to_jsonb(jsonb_populate_record(null::public.workout_exercises, v_sent))
    else to_jsonb(jsonb_populate_record(null::public.workout_sets, v_sent))
  end;
begin
  if v_typed ->> 'weight_kg' is not null then
    v_typed := v_typed
      || jsonb_build_object('weight_kg', trim_scale(round((v_typed ->> 'weight_kg')::numeric, 10)));
  end if;

  if v_sent ->> 'ended_at' is not null and not v_sent ? 'status' then
    v_sent := v_sent || '{"status": null}';
    v_typed := v_typed || '{"status": "completed"}';
  end if;

  return coalesce((
    select jsonb_object_agg(key, v_typed -> key)
    from jsonb_object_keys(v_sent) as key
  ), '{}');
end;
$$;

comment on function private.upload_content(text, jsonb) is
  'The columns that an uploaded row has a value for, as the table would show them. A workout with an end is completed.';

-- What belongs to a row that was refused and is not there is refused with it; what belongs to one that was deleted is gone.
create function private.read_upload_row(p_table text, p_types jsonb, p_parent private.upload_row, p_item jsonb)
returns private.upload_row
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_row private.upload_row;
  v_fault text := private.upload_fault(p_table, p_types, p_item);
begin
  v_row.item := p_item;
  v_row.round := 1;
  v_row.is_filling := false;
  v_row.is_deleted := false;
  v_row.parent_id := p_parent.id;
  v_row.gone := p_parent.gone;

  if v_fault is not null then
    v_row.outcome := 'refused';
    v_row.error := (private.error_answer('invalid_argument', v_fault, null)).body;
    return v_row;
  end if;

  v_row.id := (p_item ->> 'id')::uuid;
  v_row.workout_id := coalesce(p_parent.workout_id, v_row.id);
  v_row.version := (p_item ->> 'version')::integer;
  v_row.is_deleted := coalesce((p_item ->> 'deleted')::boolean, false);
  v_row.content := private.upload_content(p_table, p_item);
  v_row.hash := private.request_hash(v_row.content);
  v_row.plan_fault := p_parent.plan_fault -> (v_row.content ->> 'template_id');

  if p_parent.outcome = 'refused' and p_parent.stored is null then
    v_row.outcome := 'refused';
    v_row.error := p_parent.error || jsonb_build_object('details', 'it belongs to ' || p_parent.place);
  end if;

  return v_row;
end;
$$;

comment on function private.read_upload_row(text, jsonb, private.upload_row, jsonb) is
  'An uploaded row with its content read, or refused with invalid_argument or for what it belongs to.';

create function private.read_upload(p_table text, p_children text, p_parents private.upload_row[])
returns private.upload_row[]
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_types constant jsonb := private.upload_types(p_table);
  v_rows private.upload_row[] := '{}';
  v_row private.upload_row;
  v_list jsonb;
  v_again record;
begin
  for v_parent in 1 .. cardinality(p_parents) loop
    v_list := p_parents[v_parent].item -> p_children;

    for v_child in 0 .. case jsonb_typeof(v_list) when 'array' then jsonb_array_length(v_list) else 0 end - 1 loop
      v_row := private.read_upload_row(p_table, v_types, p_parents[v_parent], v_list -> v_child);
      v_row.n := cardinality(v_rows) + 1;
      v_row.place := ltrim(format('%s.%s[%s]', p_parents[v_parent].place, p_children, v_child), '.');
      v_rows := v_rows || v_row;
    end loop;
  end loop;

  for v_again in
    select sent.n, row_number() over (partition by sent.id order by sent.n) as round
    from unnest(v_rows) as sent
    where sent.id is not null
  loop
    if v_again.round > 1 then
      v_rows[v_again.n].round := v_again.round;
    end if;
  end loop;

  return v_rows;
end;
$$;

comment on function private.read_upload(text, text, private.upload_row[]) is
  'The rows that an upload has for a table: the children of what it has for the table above.';

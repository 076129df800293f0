-- Uploads are written by the statement: all new sets in one, with what is derived from them. Where a rule of the tables
-- refuses one of the rows, each half is tried by itself, down to the rows that are at fault: the others are not lost.

create function private.upload_columns(p_table text)
returns text[]
language sql
stable
security invoker
set search_path = ''
as $$
  select private.content_columns(p_table) || case p_table
    when 'workouts' then array['status', 'paused_at', 'pauses']
    when 'workout_exercises' then array['position']
    else array['request_hash']
  end;
$$;

comment on function private.upload_columns(text) is 'The columns that an upload may change.';

-- Workouts in the order of time: each takes what is known when it begins.
-- The columns come from the product's own lists, and the values go through the column types: nothing of the request is SQL.
create function private.insert_upload(p_table text, p_rows private.upload_row[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_parent constant text[] := case p_table
    when 'workouts' then array['template_id', 'template_day_id', 'template_week']
    when 'workout_exercises' then array['workout_id', 'exercise_id'] when 'workout_sets' then array['workout_exercise_id']
    else '{}'
  end;
  v_defaults constant jsonb := case p_table
    when 'workouts' then '{"name": "Workout", "visibility": "private", "status": "in_progress", "pauses": "{}"}'
    when 'workout_exercises' then '{"section": "main"}'
    else '{"set_type": "working", "entered_unit": "kg"}'
  end;
  v_columns text[] := array['id', 'user_id', 'request_hash'] || v_parent
    || array_remove(private.upload_columns(p_table), 'request_hash');
begin
  execute format(
    'insert into public.%1$I (%2$s)
    select %3$s
    from unnest($1) as sent
    cross join lateral jsonb_populate_record(null::public.%1$I, $2
      -- A workout of a plan is called as its day.
      || case when sent.content ->> ''template_id'' is not null then ''{"name": null}'' else jsonb ''{}'' end
      || sent.content || coalesce(sent.state, ''{}'')
      || jsonb_build_object(
        ''id'', sent.id, ''user_id'', auth.uid(), ''request_hash'', sent.hash,
        ''workout_id'', sent.workout_id, ''workout_exercise_id'', sent.parent_id
      )) as new
    order by (sent.content ->> ''started_at'')::timestamptz, sent.n',
    p_table,
    (select string_agg(quote_ident(name), ', ') from unnest(v_columns) as name),
    (select string_agg(format('new.%I', name), ', ') from unnest(v_columns) as name)
  )
  using private.place_upload(p_table, p_rows), v_defaults;
end;
$$;

comment on function private.insert_upload(text, private.upload_row[]) is 'Writes new rows of the caller''s, in one statement.';

-- What fills in a planned row names no version: what it replaces of another device's is kept by the table.
create function private.update_upload(p_table text, p_rows private.upload_row[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  execute format(
    'update public.%1$I as stored
    set %2$s, expected_version = case when not sent.is_filling then (sent.stored ->> ''version'')::integer end
    from unnest($1) as sent
    join public.%1$I as known on known.id = sent.id
    cross join lateral jsonb_populate_record(known, sent.content || coalesce(sent.state, ''{}'')
      || case when sent.is_filling then jsonb_build_object(''request_hash'', sent.hash) else ''{}'' end) as new
    where stored.id = known.id
      and stored.user_id = auth.uid()',
    p_table,
    (select string_agg(format('%1$I = new.%1$I', name), ', ') from unnest(private.upload_columns(p_table)) as name)
  )
  using p_rows;
end;
$$;

comment on function private.update_upload(text, private.upload_row[]) is 'Writes changes of the caller''s rows, in one statement.';

create function private.delete_upload(p_table text, p_rows private.upload_row[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  insert into private.deleted_training (id, workout_id, user_id)
  select sent.id, sent.workout_id, auth.uid()
  from unnest(p_rows) as sent
  where sent.stored is null
  on conflict do nothing;

  perform set_config('workouts.knowingly', case p_table when 'workout_sets' then 'yes' else '' end, true);
  execute format('delete from public.%I where user_id = auth.uid() and id = any ($1)', p_table)
  using array(select sent.id from unnest(p_rows) as sent where sent.stored is not null);
  perform set_config('workouts.knowingly', '', true);
end;
$$;

comment on function private.delete_upload(text, private.upload_row[]) is
  'Deletes rows of the caller''s, and remembers those that are not there yet: they shall not appear later.';

create function private.write_upload(p_table text, p_verb text, p_rows private.upload_row[])
returns private.upload_row[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_half constant integer := cardinality(p_rows) / 2;
  v_rows private.upload_row[] := p_rows;
  v_rule text;
begin
  if cardinality(p_rows) = 0 then
    return p_rows;
  end if;

  begin
    case p_verb
      when 'insert' then perform private.insert_upload(p_table, p_rows);
      when 'update' then perform private.update_upload(p_table, p_rows);
      else perform private.delete_upload(p_table, p_rows);
    end case;

    for n in 1 .. cardinality(v_rows) loop
      v_rows[n].outcome := coalesce(v_rows[n].outcome, 'stored');
      v_rows[n].version := coalesce((v_rows[n].stored ->> 'version')::integer, 0) + 1;
    end loop;

    return v_rows;
  exception
    when sqlstate 'PGRST' or integrity_constraint_violation or data_exception then
      get stacked diagnostics v_rule = constraint_name;
      v_rows[1].outcome := 'refused';
      v_rows[1].error := private.upload_error(p_table, sqlstate, sqlerrm, v_rule);
  end;

  return case
    when v_half = 0 then v_rows
    else private.write_upload(p_table, p_verb, p_rows[:v_half]) || private.write_upload(p_table, p_verb, p_rows[v_half + 1:])
  end;
end;
$$;

comment on function private.write_upload(text, text, private.upload_row[]) is
  'Writes what can be written; the rows with what became of each.';

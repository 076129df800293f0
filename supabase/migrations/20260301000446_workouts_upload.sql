-- The call: a document of workouts, exercises and sets is stored level by level, and what became of each row is answered.

create function private.upload_round(p_table text, p_rows private.upload_row[])
returns private.upload_row[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_rows private.upload_row[] := '{}';
  v_row private.upload_row;
  v_pair record;
  v_verb text;
begin
  for v_pair in execute format(
    'select sent as sent_row, to_jsonb(known) as known
    from unnest($1) as sent
    left join public.%I as known on known.id = sent.id
    order by sent.n', p_table
  ) using p_rows loop
    v_row := v_pair.sent_row;
    v_rows := v_rows || private.judge_upload(p_table, v_row, v_pair.known);
  end loop;

  -- What goes or moves makes room for what is new.
  foreach v_verb in array array['delete', 'update', 'insert'] loop
    v_rows := array(
      select other from unnest(v_rows) as other where other.verb is distinct from v_verb
    ) || private.write_upload(p_table, v_verb, array(
      select due from unnest(v_rows) as due where due.verb = v_verb order by due.n
    ));
  end loop;

  return v_rows;
end;
$$;

comment on function private.upload_round(text, private.upload_row[]) is 'Stores rows of a table, no two of them with one id.';

create function private.upload_level(p_table text, p_children text, p_parents private.upload_row[])
returns private.upload_row[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_sent private.upload_row[] := private.read_upload(p_table, p_children, p_parents);
  v_rows private.upload_row[] := '{}';
begin
  for v_round in 1 .. (select coalesce(max(sent.round), 0) from unnest(v_sent) as sent) loop
    v_rows := v_rows || private.upload_round(
      p_table, array(select sent from unnest(v_sent) as sent where sent.round = v_round)
    );
  end loop;

  return array(select done from unnest(v_rows) as done order by done.n);
end;
$$;

comment on function private.upload_level(text, text, private.upload_row[]) is
  'Stores what an upload has for a table, one after the other where an id was sent twice.';

create function private.announce_upload(p_workouts private.upload_row[], p_rows private.upload_row[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_changed record;
begin
  for v_changed in
    select
      changed.workout_id,
      coalesce(min(changed.verb) filter (where changed.id = changed.workout_id and changed.verb <> 'update'), 'update') as verb
    from unnest(p_workouts || p_rows) as changed
    where changed.outcome = 'conflict'
      or (changed.outcome = 'stored' and changed.verb is not null)
    group by changed.workout_id
  loop
    perform private.announce_sync(
      auth.uid(), v_changed.workout_id,
      case v_changed.verb when 'insert' then 'inserted' when 'delete' then 'deleted' else 'updated' end
    );
  end loop;
end;
$$;

comment on function private.announce_upload(private.upload_row[], private.upload_row[]) is
  'Tells the athlete''s devices to read each workout again that an upload changed: one word for all its sets.';

create function private.plan_faults(p_workouts jsonb)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_faults jsonb := '{}';
  v_template_id uuid;
begin
  for v_template_id in
    select distinct sent.template_id::uuid
    from (select workout ->> 'template_id' as template_id from jsonb_array_elements(p_workouts) as workout) as sent
    where pg_input_is_valid(sent.template_id, 'uuid')
  loop
    begin
      perform private.followed_plan(auth.uid(), v_template_id);
    exception
      when sqlstate 'PGRST' then
        v_faults := v_faults || jsonb_build_object(v_template_id, sqlerrm::jsonb);
    end;
  end loop;

  return v_faults;
end;
$$;

grant execute on function private.plan_faults(jsonb) to authenticated;
comment on function private.plan_faults(jsonb) is
  'The templates of an upload by which the caller may not train, each with the error that start_workout has for it. As the
caller, under row security: a template of somebody else''s own is as unknown as none.';

-- definer: sets may be put into workouts that are over, and deletions are remembered where nobody reads. For the caller's
-- own rows alone, in the columns that the caller may write; which plans are not for the caller is asked before, under row
-- security. No scans: see private.import_sets.
create function private.upload_workouts(p_workouts jsonb, p_plan_faults jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_root private.upload_row;
  v_workouts private.upload_row[];
  v_exercises private.upload_row[];
  v_sets private.upload_row[];
begin
  perform private.lock_athletes(array[private.current_user_id()]);
  perform set_config('fitai.importing', 'on', true);
  v_root.item := jsonb_build_object('workouts', p_workouts);
  v_root.plan_fault := p_plan_faults;
  v_workouts := private.upload_level('workouts', 'workouts', array[v_root]);
  v_exercises := private.upload_level('workout_exercises', 'exercises', v_workouts);
  v_sets := private.upload_level('workout_sets', 'sets', v_exercises);
  perform set_config('fitai.importing', '', true);
  perform private.announce_upload(v_workouts, v_exercises || v_sets);

  return (
    select jsonb_build_object(
      'stored', count(*) filter (where done.outcome = 'stored'),
      'unchanged', count(*) filter (where coalesce(done.outcome, 'unchanged') = 'unchanged'),
      'conflicts', count(*) filter (where done.outcome = 'conflict'),
      'refused', count(*) filter (where done.outcome = 'refused'),
      'rows', private.upload_report('workouts', v_workouts)
        || private.upload_report('workout_exercises', v_exercises)
        || private.upload_report('workout_sets', v_sets)
    )
    from unnest(v_workouts || v_exercises || v_sets) as done
  );
end;
$$;

grant execute on function private.upload_workouts(jsonb, jsonb) to authenticated;
comment on function private.upload_workouts(jsonb, jsonb) is 'Does the work of public.upload_workouts.';

create function public.upload_workouts(workouts jsonb default null)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_counts record;
begin
  if jsonb_typeof(upload_workouts.workouts) is distinct from 'array' then
    perform private.fail('invalid_argument', 'workouts must be a list');
  end if;

  select
    count(distinct workout.ordinality) as workouts,
    count(distinct (workout.ordinality, exercise.ordinality)) as exercises,
    count(entry.value) as sets
  into v_counts
  from jsonb_array_elements(upload_workouts.workouts) with ordinality as workout
  left join jsonb_path_query(workout.value, '$.exercises[*]') with ordinality as exercise (value, ordinality) on true
  left join jsonb_path_query(exercise.value, '$.sets[*]') as entry (value) on true;

  if v_counts.workouts > 200 or v_counts.exercises > 1000 or v_counts.sets > 1000 then
    perform private.fail('too_many_rows', 'at most 200 workouts, 1000 exercises and 1000 sets');
  end if;

  return private.upload_workouts(upload_workouts.workouts, private.plan_faults(upload_workouts.workouts));
end;
$$;

grant execute on function public.upload_workouts(jsonb) to authenticated;
comment on function public.upload_workouts(jsonb) is
  'Stores what a phone wrote while it was offline: up to 200 workouts with their exercises and up to 1,000 sets, under its
own ids and at its own times, nested as get_workout answers them. May be sent again, in parts that overlap and in any
order. One that was done by a plan names template_id and template_day_id, and the week if the phone knows it, under the checks
of start_workout. A row that the phone read is sent with its version; deleted: true deletes it. Answers {stored, unchanged, conflicts,
refused, rows}: for each row where it stood, its outcome and version, for a conflict (kept in workout_conflicts) the current
row, and the error for what was refused; one bad row keeps no other from being stored.
Fails with not_authenticated, invalid_argument, too_many_rows or busy.';

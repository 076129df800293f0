-- Import of an archive, what of it is taken: tables and columns, and what becomes of an id that leads out of the archive.

create function private.archive_id(p_id uuid)
returns uuid
language sql
stable
security invoker
set search_path = ''
as $$
  select encode(set_byte(set_byte(named.hash, 6, 128 | (get_byte(named.hash, 6) & 15)), 8, 128 | (get_byte(named.hash, 8) & 63)), 'hex')::uuid
  from (
    select substring(sha256(convert_to(auth.uid() || ' ' || p_id, 'UTF8')) for 16) as hash
    where p_id is not null
  ) as named;
$$;

comment on function private.archive_id(uuid) is
  'The id that an id of an archive becomes in the caller''s account, as the edge function account computes it.';

create function private.archive_template(p_template_id uuid)
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select workout_templates.id
    from public.workout_templates
    where workout_templates.id = p_template_id
      and private.sees_template(workout_templates)
  );
end;
$$;

comment on function private.archive_template(uuid) is
  'The template that an archive names, if the caller sees it: whether it is gone or hidden is not to be told apart.';

create function private.archive_exercise(p_exercise_id uuid)
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select exercises.id
    from public.exercises
    where exercises.id = private.current_exercise_id(p_exercise_id)
      and (exercises.created_by = (select auth.uid()) or exercises.review_status = 'approved')
  );
end;
$$;

comment on function private.archive_exercise(uuid) is
  'The exercise that an archive names, of the library or the caller''s own; after a merge the one that was kept.';

create function private.check_archive_exercises(p_user_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_unknown text;
begin
  select row.content ->> 'exercise_id'
  into v_unknown
  from private.restore_pages as sent
  cross join jsonb_array_elements(sent.rows) as row (content)
  where sent.user_id = p_user_id
    and sent.relation = 'public.workout_exercises'
    and not exists (
      select from public.exercises
      where exercises.id::text = row.content ->> 'exercise_id'
        and (exercises.created_by = p_user_id or exercises.review_status = 'approved')
    )
  limit 1;

  -- The same for what there is not and what is another's own.
  if found then
    perform private.fail('archive_needs_exercise', v_unknown);
  end if;
end;
$$;

comment on function private.check_archive_exercises(uuid) is
  'Fails with archive_needs_exercise unless every exercise that was trained is the person''s or of the library.';

create function private.check_archive_imports(p_user_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if exists (
    select
    from private.restore_pages as sent
    cross join jsonb_array_elements(sent.rows) as row (content)
    cross join jsonb_path_query(row.content, '$.names[*]') as named
    where sent.user_id = p_user_id
      and sent.relation = 'public.imports'
      and not coalesce(
        jsonb_typeof(named) = 'object'
          and jsonb_typeof(named -> 'name') = 'string'
          and pg_input_is_valid(coalesce(named ->> 'exercise_id', p_user_id::text), 'uuid'),
        false
      )
  ) then
    perform private.fail('invalid_archive', 'public.imports: names');
  end if;
end;
$$;

comment on function private.check_archive_imports(uuid) is
  'Fails with invalid_archive unless the names of every import are a list of what a name was taken to be.';

-- The list -------------------------------------------------------------------------------------------------------------

insert into private.restored_tables (position, relation, owner, columns)
values
  (10, 'public.exercises', 'created_by',
   '{id,name,language,aliases,description,instructions,exercise_type,primary_muscles,secondary_muscles,equipment,difficulty,mechanic,movement_pattern,direction,force,unilateral,tracking_type,weight_entry,bodyweight_fraction,met,met_code,tags,images,videos,gifs,warnings,common_mistakes,tips,created_at}'),
  (20, 'public.exercise_translations', null,
   '{exercise_id,language,name,aliases,description,instructions,warnings,common_mistakes,tips,created_at}'),
  (30, 'public.exercise_variations', null, '{id,exercise_id,name,description,difficulty,instructions,created_at}'),
  (50, 'public.equipment_pieces', 'user_id', '{id,kind,weight,unit,count,created_at,updated_at}'),
  (120, 'public.imports', 'user_id',
   '{id,source,status,file_hash,timezone,line_count,names,imported_count,duplicate_count,skipped_count,failed_count,workout_count,kept_count,settings_hash,request_hash,finished_at,undone_at,created_at,updated_at}'),
  (140, 'public.workout_exercises', 'user_id',
   '{id,workout_id,exercise_id,position,section,superset_group,group_type,notes,version,created_at}'),
  (150, 'public.workout_sets', 'user_id',
   '{id,workout_exercise_id,parent_set_id,set_index,set_type,side,planned_weight_kg,planned_reps_min,planned_reps_max,planned_duration_seconds,planned_distance_m,planned_rpe,planned_rest_seconds,planned_tempo,weight_kg,entered_unit,reps,duration_seconds,distance_m,energy_kcal,average_heart_rate,max_heart_rate,incline_percent,speed_mps,level,power_watts,floors,steps,rpe,rir,rest_seconds,tempo,notes,completed_at,received_at,version,created_at}');

-- Of these a column may lead out of the archive: to a template, an exercise, a run or a set that is gone or somebody else's.
insert into private.restored_tables (position, relation, owner, columns, rewritten, taken)
values
  (40, 'public.exercise_ratings', 'user_id', '{exercise_id,rating,created_at,updated_at}', '{}',
   'exists (
      select from public.exercises
      where exercises.id = private.archive_exercise(given.exercise_id) and exercises.created_by is distinct from $2
    )'),
  (60, 'public.training_maxes', 'user_id', '{id,exercise_id,load_kg,effective_on,created_at,updated_at}', '{}',
   'private.archive_exercise(given.exercise_id) is not null'),
  (70, 'public.workout_templates', 'created_by',
   '{id,version,name,language,description,difficulty,goal,category,tags,total_weeks,visibility,is_published,published_at,is_ai_generated,is_active,copied_from,created_at,updated_at}',
   '{"published_at": "least(given.published_at, now())", "copied_from": "coalesce(private.archive_template(given.copied_from), private.archive_id(given.copied_from))"}',
   'given.is_premium_copy is not true'),
  (75, 'public.template_generations', 'user_id', '{template_id,prompt,generated_at,ai_version,created_at,updated_at}', '{}',
   'exists (select from public.workout_templates where workout_templates.id = given.template_id and workout_templates.created_by = $2)'),
  (80, 'public.template_runs', 'user_id',
   '{id,template_id,version,template_name,status,started_on,ended_at,created_at,updated_at}',
   '{"template_id": "coalesce(private.archive_template(given.template_id), private.archive_id(given.template_id))"}', null),
  -- Of a deleted plan the version that the person is in the middle of.
  (90, 'public.template_versions', 'created_by', '{template_id,version,document,request_hash,created_at}',
   '{
      "template_id": "coalesce(private.archive_template(given.template_id), private.archive_id(given.template_id))",
      "document": "private.archive_document(given.document)"
    }',
   'exists (select from public.workout_templates where workout_templates.id = given.template_id and workout_templates.created_by = $2)
    or exists (
      select from public.template_runs
      where template_runs.template_id = private.archive_id(given.template_id)
        and template_runs.version = given.version
        and template_runs.user_id = $2
        and template_runs.status = ''active''
    )'),
  (100, 'public.template_ratings', 'user_id', '{template_id,rating,created_at,updated_at}', '{}',
   'exists (
      select from public.workout_templates
      where workout_templates.id = private.archive_template(given.template_id) and workout_templates.created_by is distinct from $2
    )'),
  (110, 'public.template_favorites', 'user_id', '{template_id,created_at}', '{}',
   'private.archive_template(given.template_id) is not null'),
  (130, 'public.workouts', 'user_id',
   '{id,template_id,template_day_id,import_id,template_run_id,template_week,template_name,name,status,planned_for,timezone,started_at,ended_at,paused_at,pauses,location,mood_before,mood_after,energy,notes,visibility,bodyweight_kg,current_exercise_index,current_set_index,rest_started_at,rest_ends_at,version,request_hash,created_at,updated_at}',
   '{
      "template_id": "coalesce(private.archive_template(given.template_id), private.archive_id(given.template_id))",
      "import_id": "(select imports.id from public.imports where imports.id = given.import_id and imports.user_id = $2)",
      "template_run_id": "(select template_runs.id from public.template_runs where template_runs.id = given.template_run_id and template_runs.user_id = $2)"
    }',
   null),
  (160, 'public.import_rows', 'user_id', '{import_id,line,outcome,code,line_text,fingerprint,workout_id,set_id}',
   '{
      "workout_id": "coalesce((select workouts.id from public.workouts where workouts.id = given.workout_id and workouts.user_id = $2), private.archive_id(given.workout_id))",
      "set_id": "coalesce((select workout_sets.id from public.workout_sets where workout_sets.id = given.set_id and workout_sets.user_id = $2), private.archive_id(given.set_id))"
    }',
   null),
  (170, 'public.import_names', 'user_id', '{name,exercise_id,import_id,created_at,updated_at}',
   '{
      "exercise_id": "private.archive_exercise(given.exercise_id)",
      "import_id": "(select imports.id from public.imports where imports.id = given.import_id and imports.user_id = $2)"
    }',
   'given.exercise_id is null or private.archive_exercise(given.exercise_id) is not null'),
  (180, 'public.prescriptions', 'user_id',
   '{id,exercise_id,exercise_name,template_id,template_day_id,rule_version,inputs,inputs_hash,answer,created_at}',
   '{
      "exercise_id": "private.archive_exercise(given.exercise_id)",
      "template_id": "coalesce(private.archive_template(given.template_id), private.archive_id(given.template_id))",
      "inputs_hash": "private.request_hash(given.inputs)"
    }',
   null);

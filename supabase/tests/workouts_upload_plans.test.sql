-- Workouts of a plan, uploaded or written into the table: by whom start_workout lets, in their day, week and run; and of a
-- template that is somebody else's own nobody learns that it exists.
begin;
\ir support/acting.psql
\ir support/workouts.psql
\ir support/templates.psql
select plan(24);

select tests.create_user('ana');
select tests.create_user('ben');

create function tests.save(p_name text)
returns jsonb
language sql
as $$
  select public.save_template(tests.template(
    jsonb_build_array(
      tests.day(jsonb_build_array(tests.planned('{}')), jsonb_build_object('id', tests.ref(p_name || ' A'), 'name', 'Legs')),
      tests.day(jsonb_build_array(tests.planned('{}')), jsonb_build_object('id', tests.ref(p_name || ' B'), 'name', 'More legs'))
    ),
    jsonb_build_object('id', tests.ref(p_name), 'total_weeks', 3, 'name', p_name)
  ));
$$;
create function tests.by_plan(p_id text, p_template text, p_day text, p_days_ago integer, p_more jsonb default '{}')
returns jsonb
language sql
as $$
  select jsonb_build_object(
    'id', tests.ref(p_id), 'template_id', tests.ref(p_template), 'template_day_id', tests.ref(p_template || p_day),
    'timezone', 'UTC', 'started_at', now() - p_days_ago * interval '1 day',
    'ended_at', now() - p_days_ago * interval '1 day' + interval '1 hour', 'exercises', jsonb_build_array(jsonb_build_object(
      'id', tests.ref(p_id), 'exercise_id', tests.exercise('barbell-back-squat'), 'sets', jsonb_build_array(jsonb_build_object(
        'id', tests.ref(p_id || ' set'), 'weight_kg', 80, 'reps', 5,
        'completed_at', now() - p_days_ago * interval '1 day' + interval '5 minutes'
      ))
    ))
  ) || p_more;
$$;
-- How many rows were stored, unchanged and refused, and the error of the workout without what names it.
create function tests.upload(variadic p_workouts jsonb[])
returns text
language sql
as $$
  select concat_ws(' ', answer -> 'stored', answer -> 'unchanged', answer -> 'refused', answer #>> '{rows,0,error,code}')
  from public.upload_workouts(to_jsonb(p_workouts)) as answer;
$$;
create function tests.error_at_upload(p_workout jsonb)
returns jsonb
language sql
as $$
  select public.upload_workouts(jsonb_build_array(p_workout)) #> '{rows,0,error}';
$$;
create function tests.error_of_insert(p_template text)
returns jsonb
language plpgsql
as $$
begin
  insert into public.workouts (template_id, template_day_id, status, planned_for)
  values (tests.ref(p_template), tests.ref(p_template || ' A'), 'planned', current_date);
  raise exception using errcode = 'TDONE', message = 'null';
exception
  when sqlstate 'TDONE' then return null;
  when sqlstate 'PGRST' then return sqlerrm::jsonb;
end;
$$;
grant execute on all functions in schema tests to public;

select tests.act_as('ben');
select is(tests.save(name) ->> 'name', name, name || ' is saved') from (values ('open'), ('hidden'), ('dear')) as template (name);
select lives_ok($$select public.publish_template(tests.ref('open')), public.publish_template(tests.ref('dear'))$$, 'two are published');
select tests.stop_acting();
update public.workout_templates set is_premium = true where id = tests.ref('dear');

-- By a plan ------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
create temporary table run as select (public.begin_template_run(template_id => tests.ref('open'), started_on => current_date - 7)).id;
select is(
  tests.upload(
    tests.by_plan('one', 'open', ' A', 6), tests.by_plan('two', 'open', ' B', 4), tests.by_plan('three', 'open', ' A', 2)
  ),
  '9 0 0', 'workouts that were done offline from the days of a plan are stored'
);
select results_eq(
  $$select name, template_name, template_week::integer, template_run_id = (select id from run), set_count
    from public.workouts order by started_at$$,
  $$values ('Legs', 'open', 1, true, 1), ('More legs', 'open', 1, true, 1), ('Legs', 'open', 2, true, 1)$$,
  'each in its place in the run, under the name of its day, with the sets that were done'
);
select is(
  tests.upload(tests.by_plan('three', 'open', ' A', 2), tests.by_plan('one', 'open', ' A', 6)), '0 6 0', 'again changes nothing'
);
select is(
  tests.upload(tests.by_plan('four', 'open', ' B', 1, '{"template_week": 3, "name": "Mine"}')), '3 0 0',
  'the phone may say the week, and the name'
);
select is(
  (select (name, template_week)::text from public.workouts where id = tests.ref('four')), '(Mine,3)', 'which are kept'
);
select is(
  tests.upload(tests.by_plan('five', 'open', ' B', 1, '{"template_week": 4}')), '0 0 3 invalid_argument',
  'a week that the plan does not have is refused, with what belongs to it'
);
select is(
  tests.upload(tests.by_plan('five', 'open', ' C', 1)), '0 0 3 template_day_not_found', 'so is an unknown day'
);
select is(
  tests.upload(tests.by_plan('one', 'open', ' B', 6)), '0 2 1 id_conflict', 'a workout stays of the day that it was done of'
);
select is(
  tests.upload(tests.by_plan('five', 'open', ' A', 1) - 'template_id'), '0 0 3 invalid_workout', 'a day is one of a template'
);
select tests.throws_error(
  $$insert into public.workouts (template_day_id, status, planned_for) values (tests.ref('open A'), 'planned', current_date)$$,
  '23514', 'in the table as well'
);

-- Not for the caller ---------------------------------------------------------------------------------------------------

select is(
  tests.upload(tests.by_plan('five', 'hidden', ' A', 1), tests.by_plan('six', 'open', ' A', 1)), '3 0 3 template_not_found',
  'a template of somebody else''s own is refused, and keeps no other workout from being stored'
);
select is(
  tests.error_at_upload(tests.by_plan('five', 'hidden', ' A', 1)), tests.error_at_upload(tests.by_plan('five', 'nowhere', ' A', 1)),
  'to the letter as one that does not exist'
);
select is(tests.error_of_insert('hidden') ->> 'code', 'template_not_found', 'in the table as well');
select is(tests.error_of_insert('hidden'), tests.error_of_insert('nowhere'), 'to the letter');
select is(tests.error_of_insert('open'), null, 'where one that is shown can be planned');
select is(
  tests.upload(tests.by_plan('five', 'dear', ' A', 1)), '0 0 3 premium_template', 'one for premium plans says that it is one'
);
select is(tests.error_of_insert('dear') ->> 'code', 'premium_template', 'in the table as well');
select tests.act_as('ben');
select is(tests.upload(tests.by_plan('seven', 'hidden', ' A', 1)), '3 0 0', 'its author trains by it');
select tests.act_as('ana');
select is(
  (select count(*) from public.workouts where template_id <> tests.ref('open')), 0::bigint, 'nothing else was written'
);

-- Gone -----------------------------------------------------------------------------------------------------------------

select tests.stop_acting();
delete from public.workout_templates where id = tests.ref('open');
select tests.act_as('ana');
select is(
  tests.upload(tests.by_plan('one', 'open', ' A', 6)), '0 3 0', 'a repetition is the same when the template is gone meanwhile'
);

select * from finish();
rollback;

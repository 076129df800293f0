-- The document of a template is held to its rules exactly: each refusal names the field, and each has a control.
begin;
\ir support/acting.psql
\ir support/templates.psql
select plan(98);

select tests.create_user('ana');
select tests.act_as('ana');

select is(tests.refusal(tests.plan_of_exercises(tests.planned())), null, 'the least that there may be is stored');

-- A field of the plan --------------------------------------------------------------------------------------------------

select is(tests.refusal(tests.plan_of_exercises(tests.planned()) || patch), '$.' || details, patch::text)
from (values
  ('{"name": null}'::jsonb, 'name is missing'),
  ('{"name": ""}', 'name must be a text of 1 to 120 characters, of the form ^[^[:cntrl:][:space:]]([^[:cntrl:]]*[^[:cntrl:][:space:]])?$'),
  ('{"difficulty": "expert"}', 'difficulty must be one of beginner, intermediate, advanced'),
  ('{"goal": 1}', 'goal must be one of strength, muscle_building, fat_loss, endurance, power, general_health'),
  ('{"total_weeks": 53}', 'total_weeks must be a whole number from 1 to 52'),
  ('{"total_weeks": 1.5}', 'total_weeks must be a whole number from 1 to 52'),
  ('{"total_weeks": "4"}', 'total_weeks must be a whole number from 1 to 52'),
  ('{"tags": ["a", "B"]}', 'tags[1] must be a text of 1 to 40 characters, of the form ^[a-z0-9]+(-[a-z0-9]+)*$'),
  ('{"tags": [null]}', 'tags[0] must be a text of 1 to 40 characters, of the form ^[a-z0-9]+(-[a-z0-9]+)*$'),
  ('{"days": {}}', 'days must be a list of 1 to 366'),
  ('{"days": []}', 'days must be a list of 1 to 366'),
  ('{"days": [[]]}', 'days[0] must be an object'),
  ('{"id": "x"}', 'id must be a UUID'),
  ('{"is_featured": true}', 'is_featured is not a field'),
  ('{"deload": {"weeks": [1], "load_percent": 5}}', 'deload.load_percent must be a whole number from 10 to 100'),
  ('{"deload": {"weeks": [2]}}', 'deload.weeks must be weeks of the plan, each once'),
  ('{"deload": {"weeks": [1, 1]}}', 'deload.weeks must be weeks of the plan, each once'),
  ('{"ai_generated": {"prompt": "x", "ai_version": "y"}}', 'ai_generated.generated_at is missing'),
  ('{"ai_generated": {"prompt": "x", "ai_version": "y", "generated_at": "infinity"}}', 'ai_generated.generated_at must be a time such as 2026-03-01T12:00:00Z')
) as bad (patch, details);
select is(tests.refusal(tests.plan_of_exercises(tests.planned()) || patch), null, 'allowed: ' || patch::text)
from (values
  ('{"total_weeks": 2, "deload": {"weeks": [2]}}'::jsonb), ('{"tags": ["a-b"]}'), ('{"description": "a\nb"}'), ('{"visibility": "whatever is derived"}')
) as good (patch);
select is(tests.refusal(bad.document), '$ must be an object', 'no document: ' || coalesce(bad.document::text, 'none'))
from (values (null::jsonb), ('null'), ('[]'), ('"x"'), ('1')) as bad (document);

-- A day ----------------------------------------------------------------------------------------------------------------

select is(tests.refusal(tests.template(jsonb_build_array(tests.day('[]'), tests.day(jsonb_build_array(tests.planned()), patch)))), '$.days[1]' || details, patch::text)
from (values
  ('{"name": "a\u0007b"}'::jsonb, '.name must be a text of 1 to 120 characters, without control characters'),
  ('{"week": 2}', '.week must not be after total_weeks'),
  ('{"position": 0}', '.position must not be there twice in a week'),
  ('{"position": 14}', '.position must be a whole number from 0 to 13'),
  ('{"weekday": "Monday"}', '.weekday must be one of monday, tuesday, wednesday, thursday, friday, saturday, sunday'),
  ('{"is_rest_day": true}', '.exercises must be empty on a rest day'),
  ('{"is_rest_day": "yes"}', '.is_rest_day must be true or false')
) as bad (patch, details);
select is(tests.refusal(tests.template(jsonb_build_array(tests.day('[]', '{"position": 0}'), tests.day('[]', '{"week": 1, "position": 0}')))), null, 'a week of its own has its own places');
select is(
  tests.refusal(tests.template(jsonb_build_array(
    tests.day('[]', '{"id": "00000000-0000-4000-8000-00000000f0d1"}'), tests.day('[]', '{"id": "00000000-0000-4000-8000-00000000F0D1"}')
  ))),
  '$.days[1].id must not be there twice', 'an id is one day''s'
);

-- A planned exercise ---------------------------------------------------------------------------------------------------

select is(tests.refusal(tests.plan_of_exercises(tests.planned(patch))), '$.days[0].exercises[0].' || details, patch::text)
from (values
  ('{"exercise_id": "00000000-0000-4000-8000-00000000e4ff"}'::jsonb, 'exercise_id must be an exercise of the library or of one''s own'),
  ('{"exercise_id": null}', 'exercise_id is missing'),
  ('{"sets": 0}', 'sets must be a whole number from 1 to 20'),
  ('{"sets": 1e300}', 'sets must be a whole number from 1 to 20'),
  ('{"reps_min": null}', 'reps_min is missing: the exercise has repetitions'),
  ('{"reps_max": 4}', 'reps_max must be at least reps_min'),
  ('{"reps_max": 8, "reps_target": 9}', 'reps_target must be from reps_min to reps_max'),
  ('{"reps_target": 4}', 'reps_target must be from reps_min to reps_max'),
  ('{"duration_seconds": 5}', 'reps_min alone can be asked for: the exercise has repetitions, no duration and no distance'),
  ('{"tempo": "3-1-X"}', 'tempo must be a text of 4 to 7 characters, of the form ^[0-9X](-?[0-9X]){3}$'),
  ('{"load_type": "fixed"}', 'load_value is missing for fixed'),
  ('{"load_type": "fixed", "load_value": 1500.5}', 'load_value must be a number from 0 to 1500 with at most 3 decimals'),
  ('{"load_type": "fixed", "load_value": 1.2345}', 'load_value must be a number from 0 to 1500 with at most 3 decimals'),
  ('{"load_value": 100}', 'load_value must be null with open'),
  ('{"load_type": "bodyweight"}', 'load_type must have a weight, as the exercise does'),
  ('{"load_type": "percent_e1rm", "load_value": 151}', 'load_value must be a percentage from 1 to 150'),
  ('{"load_type": "rpe", "load_value": 8.3}', 'load_value must be an RPE from 1 to 10 in halves'),
  ('{"load_type": "rir", "load_value": 9.5}', 'load_value must be repetitions in reserve from 0 to 9 in halves'),
  ('{"superset_group": 1}', 'group_type must be given with superset_group, and only with it'),
  ('{"rounds": 3}', 'rounds must be null outside of a group'),
  ('{"alternatives": ["00000000-0000-4000-8000-00000000e401"]}', 'alternatives[0] must be another exercise'),
  ('{"alternatives": ["00000000-0000-4000-8000-00000000e402"]}', 'alternatives[0] must track reps, as the exercise does'),
  ('{"alternatives": ["00000000-0000-4000-8000-00000000e403", "00000000-0000-4000-8000-00000000e403"]}', 'alternatives[1] must not be there twice'),
  ('{"progression": {}}', 'progression.type must be one of linear, double, wave, rpe'),
  ('{"progression": {"type": "linear", "steps": 1}}', 'progression.steps is not a field'),
  ('{"progression": {"type": "linear", "step_kg": 0}}', 'progression.step_kg must be a number from 0.05 to 50 with at most 3 decimals'),
  ('{"progression": {"type": "double"}}', 'progression must not be double without a range of repetitions'),
  ('{"progression": {"type": "rpe"}}', 'progression must not be rpe unless load_type is rpe or rir'),
  ('{"progression": {"type": "wave", "weeks": [{"sets": [{"percent": 65, "reps": 5}]}]}}', 'progression must not be wave unless load_type is a percentage'),
  ('{"load_type": "percent_training_max", "progression": {"type": "wave", "weeks": [{"sets": []}]}}', 'progression.weeks[0].sets must be a list of 1 to 20'),
  ('{"load_type": "percent_e1rm", "load_value": 80, "progression": {"type": "linear"}}', 'progression must not be linear unless load_type is open or fixed')
) as bad (patch, details);
select is(tests.refusal(tests.plan_of_exercises(tests.planned(patch))), null, 'allowed: ' || patch::text)
from (values
  ('{"reps_max": 8, "reps_target": 8, "progression": {"type": "double", "target_rir": 2}}'::jsonb),
  ('{"load_type": "fixed", "load_value": 102.058}'), ('{"load_type": "rpe", "load_value": 8.5, "progression": {"type": "rpe"}}'),
  ('{"load_type": "rir", "load_value": 0}'), ('{"load_type": "percent_e1rm", "load_value": 72.5}'),
  ('{"reps_min": null, "load_type": "percent_training_max", "progression": {"type": "wave", "weeks": [{"sets": [{"percent": 95, "reps": 1, "amrap": true}]}]}}'),
  ('{"last_set_type": "amrap", "progression": {"type": "linear"}}')
) as good (patch);

select is(tests.refusal(tests.plan_of_exercises(tests.timed(patch))), '$.days[0].exercises[0].' || details, 'timed: ' || patch::text)
from (values
  ('{"reps_min": 5}'::jsonb, 'reps_min must be null, as reps_max and reps_target: the exercise has no repetitions'),
  ('{"duration_seconds": null}', 'duration_seconds is missing'),
  ('{"distance_m": 100}', 'distance_m must be null: the exercise has no distance'),
  ('{"warmup_sets": 1}', 'warmup_sets must be 0: the exercise has no repetitions to ramp'),
  ('{"load_type": "fixed", "load_value": 5}', 'load_type must not be fixed: the exercise has no weight'),
  ('{"load_type": "percent_e1rm", "load_value": 5}', 'load_type must not be percent_e1rm: the exercise has no one-rep maximum'),
  ('{"progression": {"type": "linear"}}', 'progression must be null: the exercise has no weight and repetitions')
) as bad (patch, details);
select is(
  tests.refusal(tests.plan_of_exercises(tests.timed('{"exercise_id": "00000000-0000-4000-8000-00000000e405", "duration_seconds": null, "distance_m": 5000}'))),
  null, 'a run may have a distance alone'
);

-- Groups ---------------------------------------------------------------------------------------------------------------

select is(tests.refusal(document), '$.days[0].exercises[0].superset_group ' || details, details)
from (values
  (tests.grouped('superset', '{}'), 'must be of 2 exercises for a superset'),
  (tests.grouped('superset', '{}', '{}', '{}'), 'must be of 2 exercises for a superset'),
  (tests.grouped('giant_set', '{}', '{}'), 'must be of at least 3 exercises for a giant set'),
  (tests.grouped('circuit', '{"rounds": 3}'), 'must be of at least 2 exercises for a circuit'),
  (tests.grouped('circuit', '{"rounds": 3}', '{"rounds": 4}'), 'must have one group_type, rounds and section'),
  (tests.grouped('superset', '{}', '{"section": "cooldown"}'), 'must have one group_type, rounds and section'),
  (tests.grouped('superset', '{}', '{"superset_group": null, "group_type": null}', '{}'), 'must be of exercises that follow one another')
) as bad (document, details);
select is(tests.refusal(document), null, 'a group is allowed')
from (values
  (tests.grouped('superset', '{}', '{}')), (tests.grouped('giant_set', '{}', '{}', '{}')),
  (tests.grouped('circuit', '{"rounds": 3}', '{"rounds": 3}')),
  (tests.grouped('superset', '{}', '{}', '{"superset_group": null, "group_type": null}'))
) as good (document);

-- Sizes ----------------------------------------------------------------------------------------------------------------

select is(
  tests.refusal(tests.template((select jsonb_agg(tests.day((select jsonb_agg(tests.planned()) from generate_series(1, 40)))) from generate_series(1, 250)))),
  '$.days must have at most 1000 exercises altogether', 'ten thousand exercises'
);
select is(
  tests.refusal(tests.plan_of_exercises(tests.planned()) || jsonb_build_object('description', repeat('x', 1000000))),
  '$ must have at most 1000000 bytes', 'a megabyte'
);
select is(
  tests.refusal(tests.template(jsonb_build_array(tests.day((select jsonb_agg(tests.planned()) from generate_series(1, 51)))))),
  '$.days[0].exercises must be a list of 0 to 50', 'more than a day has'
);

select * from finish();
rollback;

-- Retention of what the product asked for and of what was sent and never brought in: what a dry run says goes, and goes.
begin;
\ir support/acting.psql
select plan(4);

select tests.create_user('ana');
insert into public.prescriptions (
  user_id, exercise_name, template_id, template_day_id, rule_version, inputs, inputs_hash, answer, created_at
)
select tests.id('ana'), 'Squat', gen_random_uuid(), gen_random_uuid(), 1, '{}', gen_random_uuid(), '{}', now() - age.age
from unnest(array['399 days', '401 days', '800 days']::interval[]) as age (age);
insert into private.restore_pages (user_id, relation, page, rows, created_at)
values (tests.id('ana'), 'none', 1, '[]', now() - interval '61 minutes'), (tests.id('ana'), 'none', 2, '[]', now());

create temporary table dry as select * from private.apply_retention();
select is((select row_count from dry where policy = 'old_prescriptions'), 2::bigint, 'a dry run says how many go');
select is(
  (select count(*) from public.prescriptions where user_id = tests.id('ana')), 3::bigint, 'and takes none'
);
select count(*) from private.apply_retention(p_dry_run => false);
select is(
  (select count(*) from public.prescriptions where user_id = tests.id('ana')), 1::bigint, 'prescriptions go after 400 days'
);
select is(
  (select array_agg(page) from private.restore_pages where user_id = tests.id('ana')), array[2], 'and archives that were never brought in'
);

select * from finish();
rollback;

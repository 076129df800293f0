-- Retention against the catalogue: what the machinery writes by itself and nobody clears has a row that says for how long,
-- or a reason here. What an athlete makes and can delete is theirs, and stays until they delete it or leave.
begin;
\ir support/acting.psql
select plan(9);

create temporary table kept (relation text primary key, reason text not null);
insert into kept
values
  ('private.audit_days', 'The chain of the audit log.'),
  ('private.audit_log', 'Who used power over whom is kept for good.'),
  ('private.avatar_checks', 'A row for each file, which goes with the file.'),
  ('private.billing_events', 'The books, which the law wants.'),
  ('private.deleted_training', 'The job forget-deleted-training takes what is older than 90 days.'),
  ('private.exercise_merge_rows', 'Goes with the merge, which can be taken back.'),
  ('private.exercise_merges', 'What an admin did with the library; as many as there are decisions.'),
  ('private.rate_limits', 'The job of the limits takes buckets that are full again.'),
  ('private.template_reviews', 'As many as there are decisions; goes with the version.'),
  ('public.exercise_stats', 'Derived from sets: a row for each day of training, as long as the sets.'),
  ('public.import_rows', 'The report of an import: a set that was deleted does not come back with the next export.'),
  ('public.imports', 'The athlete''s own report, and what an import is undone by.'),
  ('public.personal_records', 'Derived from sets.'),
  ('public.subscriptions', 'What was bought; the law wants it.'),
  ('public.template_generations', 'One for each template, goes with it.'),
  ('public.template_runs', 'The athlete''s way through a plan, which workouts belong to.'),
  ('public.template_versions', 'Go with the template, or with the last run on one.'),
  ('public.user_stats', 'Derived: one for each athlete.'),
  ('public.user_streaks', 'Derived from days of training.'),
  ('public.weekly_stats', 'Derived: one for each week of training.'),
  ('public.workout_conflicts', 'The job forget-resolved-conflicts takes those that are over, also the policy resolved_conflicts.');

-- Tables with rows of somebody, or of a moment, that no client can delete from.
create temporary view growing as
select format('%s.%s', relnamespace::regnamespace, relname) collate "default" as relation
from pg_class
where relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and relkind in ('r', 'p')
  and not relispartition
  and not has_table_privilege('authenticated', pg_class.oid, 'delete')
  -- One row for each account, or rows that a migration writes.
  and format('%s.%s', relnamespace::regnamespace, relname) not in (
    'public.profiles', 'public.personal_details', 'public.preferences', 'public.user_roles'
  )
  and exists (
    select from pg_attribute
    where attrelid = pg_class.oid and attnum > 0 and not attisdropped
      and (atttypid = 'timestamptz'::regtype or attname ~ '_id$')
  )
  and exists (
    select from private.personal_data
    where personal_data.relation = format('%s.%s', relnamespace::regnamespace, relname)
      and (personal_data.whose is not null or personal_data.relation ~ '(audit|log|event|queue|outbox|review)')
  );

create temporary view unbounded as
select growing.relation from growing
except select retention_policies.relation from private.retention_policies where retention_policies.is_active
except select kept.relation from kept;

select is_empty('table unbounded', 'what grows by itself has a policy, or a reason why it stays');
select is_empty('select relation from kept except select relation from growing', 'no reason is stale');
select is_empty(
  $$select relation from private.retention_policies where to_regclass(relation) is null$$, 'each policy is about a table'
);
select cmp_ok((select count(*) from growing), '>', 20::bigint, 'there are tables that grow');

create table private.brand_new_log (user_id uuid, at timestamptz);
insert into private.personal_data (relation, whose, copy, return, erasure, note)
values ('private.brand_new_log', 'user_id = $1', 'withheld', 'left', 'deleted', 'A test.');
select results_eq('table unbounded', array['private.brand_new_log'], 'a new one is named');

-- Prescriptions --------------------------------------------------------------------------------------------------------

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

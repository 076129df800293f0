-- Retention, the other tables: every table has a policy, or its rows go with an account, or it is in this list, with the
-- reason why it may stay. A test holds the three against the catalogue, so that no table grows for ever unnoticed.

create table private.kept_tables (
  relation text primary key,
  reason   text not null,
  constraint kept_tables_relation_is_qualified check (relation ~ '^[a-z_]+\.[a-z_]+$')
);

alter table private.kept_tables enable row level security;

comment on table private.kept_tables is
  'Tables that no policy empties and that do not go with an account: why they do not grow for ever, or may.';
comment on column private.kept_tables.relation is 'The table, with its schema.';
comment on column private.kept_tables.reason is 'Why its rows stay.';

insert into private.kept_tables (relation, reason)
values
  -- What the product brings along: as many rows as a release has.
  ('public.plans', 'One row for each plan that is sold.'),
  ('private.entitlements', 'A row for what each plan entitles to.'),
  ('private.call_buckets', 'A row for each function that is counted apart.'),
  ('private.error_codes', 'A row for each thing that the product can answer.'),
  ('private.template_fields', 'A row for each field of a plan''s document.'),
  ('private.personal_data', 'A row for each table.'),
  ('private.retention_policies', 'A row for each policy.'),
  ('private.kept_tables', 'A row for each table of this kind.'),
  ('private.restored_tables', 'A row for each table that an archive brings back.'),
  ('cron.job', 'A row for each job.'),
  ('storage.buckets', 'A row for each bucket.'),
  ('supabase_migrations.schema_migrations', 'A row for each migration.'),
  ('supabase_migrations.seed_files', 'A row for each file of seeds.'),
  ('vault.secrets', 'A row for each secret of the operator''s, and the key of held usernames.'),
  -- The library and files: they grow with what athletes add, never with how much they train.
  ('public.exercises', 'History refers to them. What only one person used goes when that person leaves.'),
  ('public.exercise_translations', 'Goes with its exercise.'),
  ('public.exercise_variations', 'Goes with its exercise.'),
  ('private.exercise_names', 'An index of exercises, goes with them.'),
  ('private.exercise_search', 'An index of exercises, goes with them.'),
  ('private.search_words', 'The words of approved exercises, each once.'),
  ('private.exercise_merges', 'One row for a merge by an admin, so that it can be taken back; goes with the exercise.'),
  ('public.workout_templates', 'Goes with its author; the product''s own have none.'),
  ('public.template_days', 'Goes with its plan.'),
  ('public.template_exercises', 'Goes with its plan.'),
  ('public.template_versions', 'Goes with its plan, or with the last run of who follows it.'),
  ('public.template_generations', 'Goes with its plan.'),
  ('private.template_reviews', 'Goes with the version that was looked at.'),
  ('private.avatar_checks', 'One row for each file in the bucket of avatars; goes with the file.'),
  -- What has to be answered for.
  ('private.audit_log', 'Who used power over whom is answered for without end; grows with what admins do and who leaves.'),
  ('private.audit_days', 'One row a day: the chain of the log.'),
  ('private.billing_events', 'The books: law asks for up to ten years. Nobody''s once the account is gone.'),
  -- What the platform clears by itself.
  ('realtime.messages', 'Realtime drops the partition of a day after three days.'),
  ('net._http_response', 'pg_net deletes answers after six hours.'),
  ('net.http_request_queue', 'pg_net takes a request out when it sends it.');

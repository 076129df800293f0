-- Personal data, the list: one line for each table and each bucket, in the order of the domains. How to write one:
-- docs/how-to/add-a-table.md.

insert into private.personal_data (relation, whose, copy, return, erasure, note)
values
  -- Identity
  ('public.profiles', 'user_id = $1', 'exported', 'restored', 'cascade',
   'But the username: one name is one account''s, and the account that it is brought to has its own.'),
  ('public.personal_details', 'user_id = $1', 'exported', 'restored', 'cascade', null),
  ('public.preferences', 'user_id = $1', 'exported', 'restored', 'cascade', null),
  ('bucket:avatars', 'split_part(name, ''/'', 1) = $1::text', 'exported', 'restored', 'deleted',
   'The picture of the card; others that nobody sees stay behind.'),
  ('private.avatar_checks', 'user_id = $1', 'withheld', 'left', 'cascade', 'Which uploads are pictures; the picture is looked at anew.'),
  ('public.user_roles', 'user_id = $1', 'exported', 'left', 'cascade', 'Power is given, never brought along.'),
  ('private.username_changes', 'user_id = $1', 'exported', 'left', 'cascade', 'Names of another account.'),
  ('private.welcome_mails', 'user_id = $1', 'withheld', 'left', 'cascade', 'Whether the welcome went; the address is in auth.users.'),
  -- Social
  ('public.friendships', '$1 in (requester_id, addressee_id)', 'exported', 'left', 'cascade', 'A friend agrees anew.'),
  ('public.blocks', 'blocker_id = $1', 'exported', 'left', 'cascade',
   'Whom an id means is not known to another account. Rows by blocked_id are the blocker''s: nobody learns who blocks them.'),
  -- Billing
  ('public.plans', null, null, null, null, 'The price list.'),
  ('private.entitlements', null, null, null, null, 'What plans entitle to.'),
  ('public.subscriptions', 'user_id = $1', 'exported', 'left', 'cascade', 'What is paid belongs to the account that paid.'),
  ('private.billing_events', 'user_id = $1', 'exported', 'left', 'detached',
   'The books are kept, without whose purchase it was.'),
  -- Limits
  ('private.rate_limits', 'caller_id = $1', 'withheld', 'left', 'deleted', 'A count that is gone a window after its last use.'),
  ('private.call_buckets', null, null, null, null, 'Which functions are counted apart.'),
  -- Exercises
  ('public.exercises', 'created_by = $1 or id in (select private.exercise_ids_of($1))', 'exported', 'restored', 'detached',
   'Those that only the person used are deleted; others train with the rest, which is nobody''s from then on.'),
  ('public.exercise_translations', 'exercise_id in (select private.exercise_ids_of($1))',
   'exported', 'restored', 'detached', 'As the exercise.'),
  ('public.exercise_variations', 'exercise_id in (select private.exercise_ids_of($1))',
   'exported', 'restored', 'detached', 'As the exercise.'),
  ('public.exercise_ratings', 'user_id = $1', 'exported', 'restored', 'cascade', 'But of what is gone from the library.'),
  ('private.exercise_creators', 'user_id = $1', 'withheld', 'left', 'cascade',
   'The exercises are in the archive; an approved one stays, and nobody knows whose it was.'),
  ('private.exercise_search', null, null, null, null, 'An index of exercises, goes with them.'),
  ('private.search_words', null, null, null, null, 'Words of approved exercises.'),
  ('private.exercise_names', null, null, null, null, 'An index of exercises, goes with them.'),
  ('private.exercise_merges', 'merged_by = $1', 'withheld', 'left', 'detached', 'What an admin did with the library.'),
  ('private.exercise_merge_rows',
   'workout_exercise_id in (select id from public.workout_exercises where user_id = $1)', 'withheld', 'left', 'cascade',
   'Ids of exercises in workouts that an admin moved, for taking that back.'),
  ('bucket:exercise-media',
   'owner_id = $1::text and not private.is_product_exercise(private.folder_id(name))',
   'exported', 'restored', 'deleted', 'But those of exercises that are gone do not come back.'),
  -- Templates
  ('public.workout_templates', 'created_by = $1', 'exported', 'restored', 'cascade', null),
  ('public.template_days', 'template_id in (select id from public.workout_templates where created_by = $1)',
   'exported', 'derived', 'cascade', null),
  ('public.template_exercises', 'template_id in (select id from public.workout_templates where created_by = $1)',
   'exported', 'derived', 'cascade', null),
  ('public.template_versions', 'created_by = $1', 'exported', 'restored', 'detached',
   'Whoever follows a version keeps it until their run ends.'),
  ('public.template_runs', 'user_id = $1', 'exported', 'restored', 'cascade',
   'One that is active ends where the new account may not follow the plan.'),
  ('public.template_ratings', 'user_id = $1', 'exported', 'restored', 'cascade', 'But of what the new account does not see.'),
  ('public.template_favorites', 'user_id = $1', 'exported', 'restored', 'cascade', 'But of what the new account does not see.'),
  ('public.template_generations', 'user_id = $1', 'exported', 'restored', 'cascade', null),
  ('private.template_reviews', null, null, null, null, 'Which versions admins have looked at.'),
  ('private.template_fields', null, null, null, null, 'The fields of a document.'),
  -- Workouts
  ('public.workouts', 'user_id = $1', 'exported', 'restored', 'cascade', null),
  ('public.workout_exercises', 'user_id = $1', 'exported', 'restored', 'cascade', null),
  ('public.workout_sets', 'user_id = $1', 'exported', 'restored', 'cascade', null),
  ('public.workout_conflicts', 'user_id = $1', 'exported', 'left', 'cascade',
   'A question to two devices of the account that is exported; the workout comes back as it stands.'),
  ('public.workout_shares', '$1 in (owner_id, user_id)', 'exported', 'left', 'cascade', 'With a friend of that account.'),
  ('private.deleted_training', 'user_id = $1', 'withheld', 'left', 'cascade', 'Ids of what was deleted, for other devices.'),
  -- Records and statistics
  ('public.personal_records', 'user_id = $1', 'exported', 'derived', 'cascade', null),
  ('public.exercise_stats', 'user_id = $1', 'exported', 'derived', 'cascade', null),
  ('public.weekly_stats', 'user_id = $1', 'exported', 'derived', 'cascade', null),
  ('public.user_stats', 'user_id = $1', 'exported', 'derived', 'cascade', null),
  ('public.user_streaks', 'user_id = $1', 'exported', 'derived', 'cascade', null),
  -- Equipment
  ('public.equipment_pieces', 'user_id = $1', 'exported', 'restored', 'cascade', null),
  -- Progression
  ('public.training_maxes', 'user_id = $1', 'exported', 'restored', 'cascade', null),
  ('public.prescriptions', 'user_id = $1', 'exported', 'restored', 'cascade', null),
  -- Imports
  ('public.imports', 'user_id = $1', 'exported', 'restored', 'cascade', null),
  ('public.import_rows', 'user_id = $1', 'exported', 'restored', 'cascade', null),
  ('public.import_names', 'user_id = $1', 'exported', 'restored', 'cascade', null),
  -- Platform
  ('private.error_codes', null, null, null, null, 'What the product can answer.'),
  ('private.audit_days', null, null, null, null, 'Hashes and counts of days.'),
  ('private.personal_data', null, null, null, null, 'This list.'),
  ('private.retention_policies', null, null, null, null, 'What is kept how long.'),
  ('private.account_deletions', 'user_id = $1', 'exported', 'left', 'cascade', 'The wish to leave is about the account.'),
  ('private.restored_tables', null, null, null, null, 'What of an archive is taken.'),
  ('private.restore_pages', 'user_id = $1', 'withheld', 'left', 'cascade', 'An archive while it is brought in.'),
  ('private.export_pages', 'user_id = $1', 'withheld', 'left', 'cascade', 'The copy itself, while it is packed.'),
  -- Auth
  ('auth.refresh_tokens', 'user_id = $1::text', 'withheld', 'left', 'cascade', 'Secrets; go with the session.'),
  ('auth.one_time_tokens', 'user_id = $1', 'withheld', 'left', 'cascade', 'Secrets of links that were mailed.'),
  ('auth.flow_state', 'user_id = $1', 'withheld', 'left', 'deleted', 'Secrets of a sign-in that is under way.'),
  ('auth.audit_log_entries', 'payload ->> ''actor_id'' = $1::text', 'withheld', 'left', 'deleted',
   'The log of the sign-in service; sessions are exported.'),
  ('realtime.messages',
   'topic = ''user:'' || $1 or (topic like ''workout:%'' and topic in (select ''workout:'' || id from public.workouts where user_id = $1))',
   'withheld', 'left', 'deleted', 'Copies of changes on their way to devices, of a few days.');

-- Of these a part is shown.
insert into private.personal_data (relation, whose, copy, return, erasure, note, shown)
values
  ('private.audit_log', 'subject_id = $1 and actor_id is distinct from subject_id', 'exported', 'left', 'kept',
   'Who used power over whom is kept for those who have to answer for it; actor_id and subject_id mean nobody then.',
   'day, sequence, at, actor_role as by, action, details ->> ''reason'' as reason'),
  ('auth.users', 'id = $1', 'exported', 'left', 'deleted', 'One signs up for the account that an archive is brought to.',
   'id, email, phone, created_at, last_sign_in_at, email_confirmed_at, is_anonymous, raw_user_meta_data, raw_app_meta_data'),
  ('auth.identities', 'user_id = $1', 'exported', 'left', 'cascade', 'Ways to sign in are added by signing in.',
   'id, provider, identity_data, created_at, last_sign_in_at'),
  ('auth.sessions', 'user_id = $1', 'exported', 'left', 'cascade', 'Ended, whatever else happens.',
   'id, created_at, refreshed_at, user_agent, ip, aal'),
  ('auth.mfa_factors', 'user_id = $1', 'exported', 'left', 'cascade', 'The secret is in no archive.',
   'id, friendly_name, factor_type, status, created_at');

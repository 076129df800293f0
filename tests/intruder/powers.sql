-- What in `private` says who may do what, made to allow it or to forbid it; what refuses, made not to; and what keeps to
-- the caller's own rows, made to take all. Whoever calls the function is no matter: {place, name, kind, sql}.

with refusal as (
  select string_agg(code, '|') as codes
  from private.error_codes
  where status in (401, 402, 403, 404)
    or code in ('id_conflict', 'sharing_is_off', 'profile_is_private', 'minor_is_not_public', 'own_account', 'export_replaced')
),
function as (
  select
    proname as name, prosrc as source, prorettype, proretset, pg_get_functiondef(oid) as definition,
    format(
      'create or replace function private.%I(%s) returns %s language sql%s%s set search_path = '''' as ',
      proname, pg_get_function_arguments(oid), pg_get_function_result(oid),
      case provolatile when 's' then ' stable' when 'i' then ' immutable' else '' end,
      case when prosecdef then ' security definer' else '' end
    ) as head
  from pg_proc
  where pronamespace = 'private'::regnamespace
    and prokind = 'f'
    -- Computations that decide nothing about who may do what.
    and proname !~ '^(archive|recompute|refresh|replay|streak|weeks|exercise_days|standing|offers|due_|revoke_|write_records|correct_|mark_|upload_|judge_upload)'
    and proname not in (
      'texts_fit', 'texts_match', 'is_timezone', 'fits_template_field', 'is_reserved_username', 'may_hold_records', 'is_live',
      'is_planning', 'is_importing', 'is_restoring', 'is_session_kind', 'covers', 'beats_records', 'append_to_ledger',
      'counts_for_streaks', 'was_reset', 'is_same_content', 'content_columns'
    )
),
list as (
  select
    name, head, prorettype = 'uuid[]'::regtype as is_array,
    case
      when name ~ 'user_ids|friend_ids|requester_ids|contact_ids' then 'select users.id from auth.users'
      when name ~ 'exercise' then 'select exercises.id from public.exercises'
      when name ~ 'workout' then 'select workouts.id from public.workouts'
      else 'select workout_templates.id from public.workout_templates'
    end as everything
  from function
  where prorettype = 'uuid[]'::regtype or (prorettype = 'uuid'::regtype and proretset)
),
guard (pattern) as (
  select '\m(\w+\.)?(user_id|owner_id|created_by|blocker_id|blocked_id|addressee_id|requester_id|subject_id|caller_id)'
    || ' = (p_user_id|v_user_id|auth\.uid\(\)|\(select auth\.uid\(\)\)|private\.current_user_id\(\))'
),
refusing (pattern) as (
  select 'private[.]fail[(](\s*(case[^;]*)?'')(' || codes || ')\M' from refusal
)
select 'helper' as place, name, 'says ' || answer as kind, head || quote_literal('select ' || answer) as sql
from function
cross join unnest(array['true', 'false']) as answer
where prorettype = 'boolean'::regtype
  and not proretset
union all
select 'helper', name, 'gives ' || given.kind, head || quote_literal(case
  when is_array then format('select array(%s %s)', everything, clause)
  else everything || ' ' || clause
end)
from list
cross join (values ('all', ''), ('none', 'where false')) as given (kind, clause)
union all
select 'helper', name, 'gives all', head || quote_literal(
  'select workouts.id, workouts.user_id, true from public.workouts where workouts.id = any (p_workout_ids)'
)
from function
where name = 'shown_workouts'
union all
select 'helper', name, 'does not refuse', format(
  'create or replace function private.let_through(text, text default null, text default null) returns void
    language sql set search_path = '''' as ''select''; %s',
  regexp_replace(definition, refusing.pattern, 'private.let_through(\1\3', 'g')
)
from function
cross join refusing
where source ~ refusing.pattern
union all
select 'helper', name, 'no guard', regexp_replace(definition, guard.pattern, 'true', 'g')
from function
cross join guard
where source ~ guard.pattern

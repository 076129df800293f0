-- Rules that hold for every table, policy and function there is and will be, read from the catalogue. A rule that has to
-- be broken somewhere is broken in the list of exceptions, with the reason; an exception that nothing needs fails too.
begin;
\ir support/acting.psql
select plan(35);

create temporary table exception (
  rule   text not null,
  object text not null,
  reason text not null,
  primary key (rule, object)
);

insert into exception (rule, object, reason)
values
  ('anon executes', 'private.fail(text,text,text)', 'raises the error that tells anon why'),
  ('anon executes', 'private.error_answer(text,text,text)', 'what that error says'),
  ('anon executes', 'private.pre_request()', 'counts the requests of anon'),
  ('anon executes', 'private.current_user_id()', 'tells anon that a user is needed'),
  ('anon executes', 'private.page_size(integer,integer)', 'checks an argument of search_exercises'),
  ('anon executes', 'private.encode_cursor(jsonb)', 'pages of search_exercises'),
  ('anon executes', 'private.decode_cursor(text,text[])', 'pages of search_exercises'),
  ('anon executes', 'private.fold(text)', 'pure text, for search'),
  ('anon executes', 'private.words(text)', 'pure text, for search'),
  ('anon executes', 'private.folder_id(text)', 'pure text, for a policy of storage.objects'),
  ('anon executes', 'private.exercise_candidates(text)', 'searches the library, which is public'),
  ('anon executes', 'private.search_terms(text)', 'pure text, for search'),
  ('anon executes', 'private.singular(text)', 'pure text, for search'),
  ('anon executes', 'private.search_key(text[])', 'pure text, for search'),
  ('anon executes', 'private.found_exercises(text)', 'searches the library as the caller'),
  ('anon executes', 'private.my_languages(text)', 'the language of anon is an argument'),
  ('anon executes', 'private.exercise_translation(exercises,text[])', 'reads as the caller'),
  ('anon executes', 'private.exercise_card(exercises,text[])', 'formats a row that anon has read'),
  ('anon executes', 'private.is_my_exercise(exercises)', 'false for anon'),
  ('anon executes', 'private.exercise_calories(exercises,numeric)', 'pure, for get_exercise'),
  ('anon executes', 'private.current_exercise_id(uuid)', 'tells what an old id stands for, nothing else'),
  ('anon executes', 'private.similarity_reasons(exercises,exercises,boolean)', 'pure, for similar_exercises'),
  ('anon executes', 'private.similarity_in_words(exercises,exercises,text[])', 'pure, for similar_exercises'),
  ('anon executes', 'get_exercise(uuid,text,numeric)', 'the library is public'),
  ('anon executes', 'private.served_equipment(equipment[])', 'pure, for search_exercises and similar_exercises'),
  ('anon executes',
   'search_exercises(text,muscle[],equipment[],training_level,exercise_type,text,integer,movement_pattern,training_level,text)',
   'the library is public'),
  ('anon executes', 'similar_exercises(uuid,equipment[],integer)', 'the library is public'),
  ('anon executes', 'get_template(uuid,integer)', 'published templates are public'),
  ('anon executes', 'private.readable_document(uuid,integer,boolean)', 'reads a template as the caller'),
  ('anon executes', 'private.has_entitlement(text)', 'answers anon that nobody is entitled'),
  ('anon executes', 'private.template_library(jsonb,uuid)', 'reads exercises as the caller, for get_template'),
  ('anon executes', 'private.current_template(jsonb,jsonb)', 'pure, for get_template'),
  ('anon executes', 'private.template_exercise_cards(jsonb)', 'reads exercises as the caller'),
  ('anon executes', 'private.my_template_state(uuid)', 'tells anon nothing'),
  ('anon executes', 'private.my_favorite_templates()', 'none without a user'),
  ('anon executes', 'private.template_candidates(text)', 'ids alone, for search_templates'),
  ('anon executes',
   'search_templates(text,text,training_goal,training_level,template_category,text[],equipment[],muscle[],integer,integer,integer,text,integer)',
   'published templates are public'),
  ('search path is not empty', 'private.erase_accounts()', 'what has settings cannot commit'),
  ('API reads private', 'private.error_codes', 'documentation, read by private.fail as the caller');

create temporary table finding (
  rule   text not null,
  object text not null
);

-- The relations and functions of the product; what an extension brought is not ours.
create temporary view relation as
select pg_class.*
from pg_class
where relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e');

create temporary view routine as
select pg_proc.*
from pg_proc
where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
  and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e');

create temporary view policy_per_command as
select pg_policy.oid, pg_policy.polrelid, pg_policy.polname, role.oid as role_id, command.polcmd
from pg_policy
cross join unnest(pg_policy.polroles) as role (oid)
join (values ('r'), ('a'), ('w'), ('d')) as command (polcmd) on pg_policy.polcmd in ('*', command.polcmd::"char")
where pg_policy.polpermissive
  and pg_policy.polrelid in (select oid from relation);

-- Tables and policies --------------------------------------------------------------------------------------------------

insert into finding (rule, object)
select 'row-level security is off', oid::regclass::text
from relation
where relkind in ('r', 'p')
  and not relrowsecurity;

insert into finding (rule, object)
select 'policy names no role', polrelid::regclass || ': ' || polname
from pg_policy
where polroles = '{0}'
  and (polrelid in (select oid from relation)
    or polrelid in (to_regclass('realtime.messages'), to_regclass('storage.objects'), to_regclass('storage.buckets')));

insert into finding (rule, object)
select 'two permissive policies', format('%s: %s for %s', polrelid::regclass, polcmd, role_id::regrole)
from policy_per_command
group by polrelid, polcmd, role_id
having count(*) > 1;

insert into finding (rule, object)
select 'auth function runs per row', polrelid::regclass || ': ' || polname
from pg_policy
where polrelid in (select oid from relation)
  and regexp_replace(
    coalesce(pg_get_expr(polqual, polrelid), '') || coalesce(pg_get_expr(polwithcheck, polrelid), ''),
    '\( SELECT (auth|private)\.\w+\([^()]*\)', '', 'g'
  ) ~ '(auth|current_setting)[.(]';

insert into finding (rule, object)
select 'policy without the privilege to use it', polrelid::regclass || ': ' || polname
from policy_per_command
where role_id <> 0
  and not has_any_column_privilege(
    role_id, polrelid, case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' else 'select' end
  )
  or (polcmd = 'd' and role_id <> 0 and not has_table_privilege(role_id, polrelid, 'delete'));

insert into finding (rule, object)
select 'foreign key without an index', conrelid::regclass || ': ' || conname
from pg_constraint
where contype = 'f'
  and conrelid in (select oid from relation)
  and not exists (
    select
    from pg_index
    where indrelid = conrelid
      and indpred is null
      -- The first column of a foreign key is the one that names the other row; what follows only repeats facts of it.
      and indkey[0] = conkey[1]
  );

insert into finding (rule, object)
select 'table without a primary key', oid::regclass::text
from relation
where relkind in ('r', 'p')
  and not relispartition
  and not exists (select from pg_constraint where conrelid = relation.oid and contype = 'p');

insert into finding (rule, object)
select 'column of a poor type', attrelid::regclass || '.' || attname || ': ' || format_type(atttypid, atttypmod)
from pg_attribute
where attrelid in (select oid from relation where relkind in ('r', 'p'))
  and attnum > 0
  and not attisdropped
  and atttypid in (
    'timestamp'::regtype, 'timetz'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'json'::regtype, 'money'::regtype,
    'real'::regtype
  );

insert into finding (rule, object)
select 'view runs with its owner''s rights', oid::regclass::text
from relation
where relkind = 'v'
  and not coalesce(reloptions @> '{security_invoker=true}' or reloptions @> '{security_invoker=on}', false);

-- Functions ------------------------------------------------------------------------------------------------------------

insert into finding (rule, object)
select 'definer outside private', oid::regprocedure::text
from routine
where prosecdef
  and pronamespace <> 'private'::regnamespace;

insert into finding (rule, object)
select 'search path is not empty', oid::regprocedure::text
from routine
where proconfig is null
  or not proconfig @> array['search_path=""'];

insert into finding (rule, object)
select 'anon executes', oid::regprocedure::text
from routine
where has_function_privilege('anon', oid, 'execute');

insert into finding (rule, object)
select 'everybody executes', oid::regprocedure::text
from routine
where exists (
  select from aclexplode(coalesce(proacl, acldefault('f', proowner))) as acl where acl.grantee = 0
);

insert into finding (rule, object)
select 'API executes a trigger function', oid::regprocedure::text
from routine
where prorettype = 'trigger'::regtype
  and (has_function_privilege('anon', oid, 'execute') or has_function_privilege('authenticated', oid, 'execute'));

-- Grants ---------------------------------------------------------------------------------------------------------------

insert into finding (rule, object)
select 'more than rows is granted', format('%s: %s to %s', relation.oid::regclass, acl.privilege_type, role.name)
from relation
cross join lateral aclexplode(coalesce(relacl, acldefault('r', relowner))) as acl
join (values ('anon'), ('authenticated'), ('service_role')) as role (name) on role.name::regrole = acl.grantee
where relkind in ('r', 'p', 'v', 'm')
  and acl.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN');

insert into finding (rule, object)
select 'everybody is granted something', relation.oid::regclass::text
from relation
where exists (select from aclexplode(relacl) as acl where acl.grantee = 0);

insert into finding (rule, object)
select 'API reads private', oid::regclass::text
from relation
where relnamespace = 'private'::regnamespace
  and relkind in ('r', 'p', 'v', 'm')
  and (has_any_column_privilege('anon', oid, 'select, insert, update')
    or has_any_column_privilege('authenticated', oid, 'select, insert, update')
    or has_table_privilege('anon', oid, 'delete') or has_table_privilege('authenticated', oid, 'delete'));

insert into finding (rule, object)
select 'anon writes', oid::regclass::text
from relation
where relkind in ('r', 'p', 'v')
  and (has_any_column_privilege('anon', oid, 'insert, update') or has_table_privilege('anon', oid, 'delete'));

insert into finding (rule, object)
select 'client writes time', format('%s.%s', attrelid::regclass, attname)
from pg_attribute
where attrelid in (select oid from relation where relkind in ('r', 'p'))
  and attname in ('created_at', 'updated_at')
  and has_column_privilege('authenticated', attrelid, attname, 'insert, update');

-- Comments -------------------------------------------------------------------------------------------------------------

insert into finding (rule, object)
select 'no comment', oid::regclass::text
from relation
where relkind in ('r', 'p', 'v', 'm')
  and not relispartition
  and obj_description(oid, 'pg_class') is null
union all
select 'no comment', format('%s.%s', attrelid::regclass, attname)
from pg_attribute
where attrelid in (select oid from relation where relkind in ('r', 'p') and not relispartition)
  and attnum > 0
  and not attisdropped
  -- They mean the same in every table.
  and attname not in ('id', 'created_at', 'updated_at')
  and col_description(attrelid, attnum) is null
union all
select 'no comment', polrelid::regclass || ': ' || polname
from pg_policy
where polrelid in (select oid from relation)
  and obj_description(oid, 'pg_policy') is null
union all
select 'no comment', oid::regprocedure::text
from routine
where obj_description(oid, 'pg_proc') is null
union all
select 'no comment', oid::regtype::text
from pg_type
where typnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and typtype in ('e', 'd')
  and obj_description(oid, 'pg_type') is null;

-- Verdicts -------------------------------------------------------------------------------------------------------------

select is_empty(
  format(
    'select object from finding where rule = %1$L except select object from exception where rule = %1$L', named.rule
  ),
  'nowhere: ' || named.rule
)
from (
  values
    ('row-level security is off'), ('policy names no role'), ('two permissive policies'), ('auth function runs per row'),
    ('policy without the privilege to use it'), ('foreign key without an index'), ('table without a primary key'),
    ('column of a poor type'), ('view runs with its owner''s rights'), ('definer outside private'),
    ('search path is not empty'), ('anon executes'), ('everybody executes'), ('API executes a trigger function'),
    ('more than rows is granted'), ('everybody is granted something'), ('API reads private'), ('anon writes'),
    ('client writes time'), ('no comment')
) as named (rule);

select is_empty(
  $$select rule, object from exception except select rule, object from finding$$,
  'no exception that nothing needs'
);
select ok((select count(*) from relation where relkind = 'r') >= 15, 'the rules were held against the tables');
select ok((select count(*) from routine) >= 50, 'and against the functions');

-- What is new is out of reach ------------------------------------------------------------------------------------------

create table public.brand_new (id uuid primary key, secret text);
insert into public.brand_new values ('00000000-0000-4000-8000-000000000001', 'x');
create function public.brand_new_call() returns integer language sql as 'select 1';
create sequence public.brand_new_numbers;
create table private.brand_new (id uuid primary key);
create function private.brand_new_call() returns integer language sql as 'select 1';

select tests.create_user('tap');
select tests.act_as('tap');
select tests.throws_error('select from public.brand_new', '42501', 'a new table is invisible to the signed-in');
select tests.throws_error('select public.brand_new_call()', '42501', 'as is a function');
select tests.throws_error($$select nextval('public.brand_new_numbers')$$, '42501', 'a sequence');
select tests.throws_error('select from private.brand_new', '42501', 'a private table');
select tests.throws_error('select private.brand_new_call()', '42501', 'and a private function');
select tests.act_as_anon();
select tests.throws_error('select from public.brand_new', '42501', 'a new table is invisible to anon');
select tests.throws_error('select public.brand_new_call()', '42501', 'as is a function');
select tests.act_as_service();
select is(tests.rows_of('select from public.brand_new'), 1, 'the server''s key reads it');
select tests.throws_error('truncate public.brand_new', '42501', 'and may not empty it');
select tests.throws_error('select from private.brand_new', '42501', 'what is private is private from it, too');
select tests.stop_acting();

-- The rules themselves -------------------------------------------------------------------------------------------------

select is(
  (select count(*) from relation where relname = 'brand_new' and relkind = 'r' and not relrowsecurity), 2::bigint,
  'a table without row-level security would be found'
);
select is(
  (select count(*) from routine where proname = 'brand_new_call' and proconfig is null), 2::bigint,
  'and a function with the caller''s search path'
);

select * from finish();
rollback;

-- Languages, words, filters and pages of the search, and one exercise in full.
begin;
\ir support/acting.psql
select plan(45);

select tests.create_user('ana');
select tests.create_user('ben');
select tests.create_user('root');
update public.user_roles set role = 'admin' where user_id = tests.id('root');

insert into public.exercises (
  id, slug, name, language, aliases, exercise_type, primary_muscles, secondary_muscles, equipment, difficulty,
  movement_pattern, tracking_type, weight_entry, met, description, instructions, review_status
)
select
  ('00000000-0000-4000-8000-00000000e3' || lpad(n::text, 2, '0'))::uuid, 'qvark-' || n, 'Qvark Hoist', 'en', '{qvk}', 'strength',
  '{chest}', '{triceps}', '{barbell}', (enum_range(null::public.training_level))[n % 3 + 1],
  (array['push', 'pull']::public.movement_pattern[])[n % 2 + 1], 'weight_reps', 'total', 6, 'It is a hoist.', '{Lift.,Lower.}', 'approved'
from generate_series(1, 30) as n;

-- Words ----------------------------------------------------------------------------------------------------------------

select is(private.search_terms(text), terms, coalesce('written out: ' || text, 'no text has no words'))
from (
  values
    ('DB Rows', '{dumbbell,rows}'::text[]), ('exercises for the chest', '{chest}'), ('the', '{the}'),
    ('RDL (1-arm)', '{romanian,deadlift,single,arm}'), ('!!!', null), (null, null)
) as v (text, terms);
select is(private.singular(word), singular, 'the singular of ' || word)
from (
  values ('presses', 'press'), ('rows', 'row'), ('press', 'press'), ('flies', 'fly'), ('calves', 'calf'), ('abs', 'abs'),
    ('crunches', 'crunch'), ('raises', 'raise'), ('gluteus', 'gluteus'), ('carries', 'carry')
) as v (word, singular);
select is(
  private.search_key(private.search_terms('Pull-Ups')), private.search_key(private.search_terms('pullup')),
  'hyphens, spaces and plurals make no difference'
);
select is(private.correct_term('sqaut'), 'squat', 'a swap is corrected');
select is(private.correct_term('squ'), 'squ', 'a beginning is not');
select is(private.correct_term('xqzzyw'), 'xqzzyw', 'nor what is like nothing');

-- Languages ------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select tests.throws_error(
  $$insert into public.exercise_translations (exercise_id, language, name) values ('00000000-0000-4000-8000-00000000e301', 'de', 'Meins')$$,
  '42501', 'the library is not for athletes to translate'
);
insert into public.exercises (id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry)
values ('00000000-0000-4000-8000-00000000e3a1', 'Anas Qlift', 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total');
select tests.is_allowed(
  $$insert into public.exercise_translations (exercise_id, language, name) values ('00000000-0000-4000-8000-00000000e3a1', 'de', 'Anas Qheben')$$,
  'their own is'
);
insert into public.exercise_translations (exercise_id, language, name) values ('00000000-0000-4000-8000-00000000e3a1', 'de', 'Anas Qheben');
select tests.throws_error(format(
  $$insert into public.exercise_translations (exercise_id, language, name) values ('00000000-0000-4000-8000-00000000e3a1', %L, %L)$$, language, name
), '23514', rule)
from (values ('german', 'x', 'a language is a code'), ('fr', '', 'a name is something')) as wrong (language, name, rule);
select tests.act_as('ben');
select is(tests.rows_of($$select from public.exercise_translations where name = 'Anas Qheben'$$), 0, 'it is as visible as the exercise');
select ok(
  not public.search_exercises('qheben', "limit" => 100) -> 'items' @> '[{"id": "00000000-0000-4000-8000-00000000e3a1"}]',
  'and found by nobody else'
);
select tests.act_as('ana');
select is(public.search_exercises('qheben') #>> '{items,0,id}', '00000000-0000-4000-8000-00000000e3a1', 'its creator finds it');
select tests.act_as('root');
insert into public.exercise_translations (exercise_id, language, name, aliases, description)
values
  ('00000000-0000-4000-8000-00000000e301', 'de', 'Qvarkheben', '{qvarkzug}', 'Ein Heben.'),
  ('00000000-0000-4000-8000-00000000e301', 'de-AT', 'Qvarkheberl', '{}', '');
select tests.act_as_anon();
select is(public.search_exercises('qvarkzug') #>> '{items,0,name}', 'Qvark Hoist', 'found in any language, named in English');
select is(public.search_exercises('qvarkzug', language => lang) #>> '{items,0,name}', name, 'named in ' || lang)
from (values ('de', 'Qvarkheben'), ('de-AT', 'Qvarkheberl'), ('de-CH', 'Qvarkheben'), ('fr', 'Qvark Hoist'), ('en-GB', 'Qvark Hoist')) as v (lang, name);
select tests.throws_error($$select public.search_exercises('x', language => 'german')$$, 'invalid_argument', 'a language is a code');
select tests.act_as('ana');
update public.preferences set language = 'de' where user_id = tests.id('ana');
select is(public.search_exercises('qvarkzug') #>> '{items,0,name}', 'Qvarkheben', 'in the language that one prefers');
select results_eq(
  $$select got ->> 'name', got ->> 'description', got ->> 'language', got #>> '{instructions,0}', got -> 'languages', got #> '{calories,per_minute}'
    from public.get_exercise('00000000-0000-4000-8000-00000000e301', bodyweight_kg => 80) as got$$,
  $$values ('Qvarkheben', 'Ein Heben.', 'de', 'Lift.', '["de", "de-AT", "en"]'::jsonb, '8.00'::jsonb)$$,
  'in full: translated as far as it is, with its energy'
);
select tests.throws_error($$select public.get_exercise('00000000-0000-4000-8000-00000000ffff')$$, 'exercise_not_found', 'of what exists');
select tests.throws_error($$select public.get_exercise('00000000-0000-4000-8000-00000000e301', bodyweight_kg => 'NaN')$$, 'invalid_argument', 'a weight is a number');
select tests.act_as('root');
update public.exercise_translations set name = 'Umbenannt', aliases = '{}' where language = 'de' and name = 'Qvarkheben';
select is(public.search_exercises('umbenannt') #>> '{items,0,id}', '00000000-0000-4000-8000-00000000e301', 'what is renamed is found by its new name');
delete from public.exercise_translations where name = 'Umbenannt';
select tests.stop_acting();
select is(
  (select array_agg(language order by language) from private.exercise_search where exercise_id = '00000000-0000-4000-8000-00000000e301'),
  '{de-AT,en}', 'what is deleted by none'
);

-- Filters and pages ----------------------------------------------------------------------------------------------------

select tests.act_as('ben');
select is(
  (select count(*) from jsonb_array_elements(public.search_exercises('qvark', pattern => 'pull', "limit" => 100) -> 'items')), 15::bigint,
  'by movement'
);
select is(
  (select array_agg(distinct item ->> 'difficulty') from jsonb_array_elements(
    public.search_exercises('qvark', level => 'intermediate', "limit" => 100) -> 'items') as item),
  '{beginner,intermediate}', 'for a level, what it can do'
);

select is(
  (
    select array[
      bool_or(item -> 'equipment' ? 'flat_bench' and not item -> 'equipment' ? 'adjustable_bench'),
      bool_or(item -> 'equipment' ? 'adjustable_bench')
    ]
    from jsonb_array_elements(public.search_exercises(equipment => array[bench]::public.equipment[], "limit" => 100) -> 'items') as item
  ),
  finds, 'somebody with an ' || bench || ' finds what it is for'
)
from (values ('adjustable_bench', '{t,t}'::boolean[]), ('flat_bench', '{t,f}')) as v (bench, finds);

create temporary table seen (id text, batch integer);
grant all on seen to public;
create function pg_temp.read_page(p_batch integer, p_cursor text)
returns text
language sql
as $$
  with answer as (select public.search_exercises('qvark', "limit" => 10, cursor => p_cursor) as page),
  kept as (
    insert into seen select item ->> 'id', p_batch from answer, jsonb_array_elements(answer.page -> 'items') as item
  )
  select answer.page ->> 'next_cursor' from answer;
$$;
create temporary table position_after as select pg_temp.read_page(1, null) as cursor;
select tests.stop_acting();
-- Between two pages ten more of the same name come, before and behind the place where the reader is.
insert into public.exercises (id, name, exercise_type, primary_muscles, secondary_muscles, equipment, difficulty, movement_pattern, tracking_type, weight_entry, review_status, aliases)
select ('00000000-0000-4000-' || prefix || '000-00000000e3' || lpad(n::text, 2, '0'))::uuid, 'Qvark Hoist', 'strength', '{chest}', '{triceps}', '{barbell}',
  'beginner', 'push', 'weight_reps', 'total', 'approved', '{qvk}'
from generate_series(1, 5) as n, (values ('8'), ('9')) as v (prefix)
on conflict do nothing;
update position_after set cursor = pg_temp.read_page(2, cursor);
update position_after set cursor = pg_temp.read_page(3, cursor);
select is(
  (select array[count(*), count(distinct id)] from seen where id in (select id::text from public.exercises where slug like 'qvark-%')),
  '{30,30}', 'inserts between pages hide nothing and repeat nothing, though all have one name and one score'
);

select * from finish();
rollback;

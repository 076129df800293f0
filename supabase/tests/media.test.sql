-- Files: how many a folder takes, and which of them are nobody's any more.
begin;
\ir support/acting.psql
select plan(13);

select tests.create_user('ana');
select tests.create_user('ben');
create function tests.uploads(p_bucket text, p_folder text, p_from integer, p_to integer)
returns text
language sql
as $$
  select format(
    'insert into storage.objects (bucket_id, name, owner_id) select %L, %L || n || ''.png'', auth.uid()::text from generate_series(%s, %s) as n',
    p_bucket, p_folder || '/', p_from, p_to
  );
$$;
grant execute on function tests.uploads(text, text, integer, integer), tests.id(text) to public;

select tests.act_as('ana');
insert into public.exercises (id, name, exercise_type, primary_muscles, difficulty, movement_pattern, tracking_type, weight_entry)
select id::uuid, name, 'strength', '{chest}', 'beginner', 'push', 'weight_reps', 'total'
from (
  values ('00000000-0000-4000-8000-00000000fa01', 'Full'), ('00000000-0000-4000-8000-00000000fa02', 'Other')
) as own (id, name);

-- Room -----------------------------------------------------------------------------------------------------------------

select lives_ok(tests.uploads('exercise-media', '00000000-0000-4000-8000-00000000fa01', 1, 20), 'an exercise has 20 files');
select tests.throws_error(
  tests.uploads('exercise-media', '00000000-0000-4000-8000-00000000fa01', 21, 21), '42501', 'and no more'
);
select lives_ok(
  $$insert into storage.objects (bucket_id, name) values ('exercise-media', '00000000-0000-4000-8000-00000000fa01/7.png')
    on conflict (bucket_id, name) do update set metadata = '{}'$$,
  'one of them is replaced'
);
select lives_ok(
  $$update storage.objects set name = '00000000-0000-4000-8000-00000000fa01/x.png'
    where name = '00000000-0000-4000-8000-00000000fa01/7.png'$$,
  'or renamed'
);
select lives_ok(tests.uploads('exercise-media', '00000000-0000-4000-8000-00000000fa02', 1, 1), 'another has its own');
select tests.throws_error(
  $$update storage.objects set name = '00000000-0000-4000-8000-00000000fa01/1b.png'
    where name = '00000000-0000-4000-8000-00000000fa02/1.png'$$,
  '42501', 'and does not get rid of them into one that is full'
);
select lives_ok(tests.uploads('avatars', tests.id('ana')::text, 1, 10), 'a person has 10 pictures');
select tests.throws_error(tests.uploads('avatars', tests.id('ana')::text, 11, 11), '42501', 'and no more');
select tests.act_as('ben');
select lives_ok(tests.uploads('avatars', tests.id('ben')::text, 1, 1), 'which is no matter to others');
select tests.stop_acting();

-- Nobody's -------------------------------------------------------------------------------------------------------------

create function tests.unclaimed()
returns text[]
language sql
as $$
  select array_agg(name order by name)
  from private.unclaimed_media()
  where name like '00000000-0000-4000-8000-00000000fa%';
$$;

update storage.objects set created_at = now() - interval '61 minutes' where name like '00000000-0000-4000-8000-00000000fa%';
insert into storage.objects (bucket_id, name, created_at)
values ('exercise-media', '00000000-0000-4000-8000-00000000fa02/ours.png', now() - interval '61 minutes');
select is(tests.unclaimed(), null, 'files of an exercise and a person that are there are somebody''s');

delete from public.exercises where id = '00000000-0000-4000-8000-00000000fa01';
select is(cardinality(tests.unclaimed()), 20, 'those of an exercise that is gone are nobody''s');
select is(
  (select count(*)::integer from private.files_of(tests.id('ana')) where bucket = 'exercise-media'), 21,
  'and go with whoever brought them'
);

update public.exercises set created_by = null, review_status = 'approved' where id = '00000000-0000-4000-8000-00000000fa02';
delete from auth.users where id = tests.id('ana');
select is(
  (select array_agg(name) from unnest(tests.unclaimed()) as name where name like '%fa02/%'),
  array['00000000-0000-4000-8000-00000000fa02/1.png'], 'so are those that a person brought who is gone'
);

select * from finish();
rollback;

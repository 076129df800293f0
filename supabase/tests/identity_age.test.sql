-- How old an athlete has to be, and what somebody under 18 may show.
begin;
\ir support/acting.psql
select plan(53);

create function tests.years_ago(p_years integer, p_days integer default 0)
returns date
language sql
as $$
  select ((now() at time zone 'UTC')::date - make_interval(years => p_years))::date + p_days;
$$;
grant execute on function tests.years_ago(integer, integer) to authenticated;

-- At the sign-up -------------------------------------------------------------------------------------------------------

create function tests.hook(p_date_of_birth text)
returns jsonb
language sql
as $$
  select private.before_user_created_hook(jsonb_build_object('user', jsonb_build_object(
    'user_metadata', jsonb_build_object('date_of_birth', p_date_of_birth)
  )));
$$;

select is(tests.hook(tests.years_ago(12)::text) #>> '{error,http_code}', '403', 'somebody of twelve is refused');
select is(tests.hook(tests.years_ago(13, 2)::text) #>> '{error,http_code}', '403', 'two days before the birthday too');
select is(tests.hook(tests.years_ago(13)::text), '{}', 'from the birthday on they are let in');
select is(tests.hook('1990-02-30'), '{}', 'a day that there is not says nothing');
select is(tests.hook('soon'), '{}', 'nor does a text');
select is(tests.hook('0001-01-01'), '{}', 'nor a day that is long ago');
select is(private.before_user_created_hook('{}'), '{}', 'nor an event without metadata');
select is(private.before_user_created_hook('{"user": {"user_metadata": {"date_of_birth": ["x"]}}}'), '{}', 'nor a list');

-- Midnight comes first to Kiritimati, at ten in the morning of UTC.
select is(
  private.is_child(birthday, '2026-11-23 10:00Z'), is_child, format('born on %s one is %s 13', birthday, case when is_child then 'not yet' else 'already' end)
)
from (
  values ('2013-11-24'::date, false), ('2013-11-25', true), ('2014-11-24', true), ('1990-01-01', false)
) as born (birthday, is_child);
select ok(private.is_child('2013-11-24', '2026-11-23 09:59Z'), 'a minute before it is the day before');
select is(private.is_child(null), null, 'without a birthday nobody knows');
select tests.create_user('edge' || days, jsonb_build_object('date_of_birth', tests.years_ago(13, days)))
from generate_series(-1, 2) as days;
select results_eq(
  $$
    select users.name, personal_details.date_of_birth is not null and profiles.visibility = 'private'
    from tests.users
    join public.personal_details using (user_id)
    join public.profiles using (user_id)
    where users.name like 'edge%'
    order by users.name
  $$,
  $$
    select 'edge' || days, tests.hook(tests.years_ago(13, days)::text) = '{}'
    from generate_series(-1, 2) as days
    order by 1
  $$,
  'whom the hook lets in keeps the birthday, and is a minor'
);

select tests.create_user('grown', jsonb_build_object('date_of_birth', tests.years_ago(30)));
select tests.create_user('child', jsonb_build_object('date_of_birth', tests.years_ago(12)));
select tests.create_user('teen', jsonb_build_object('date_of_birth', tests.years_ago(15)));
select tests.create_user('unsaid');
select results_eq(
  $$
    select users.name, personal_details.date_of_birth, profiles.visibility::text
    from tests.users
    join public.personal_details using (user_id)
    join public.profiles using (user_id)
    where users.name in ('grown', 'child', 'teen', 'unsaid')
    order by users.name
  $$,
  $$
    values ('child', null, 'public'), ('grown', tests.years_ago(30), 'public'), ('teen', tests.years_ago(15), 'private'),
      ('unsaid', null, 'public')
  $$,
  'a birthday is taken over, unless an operator made an account under 13; a teenager begins in private'
);

-- Later ----------------------------------------------------------------------------------------------------------------

select tests.act_as('unsaid');
select ok(not private.is_minor(auth.uid()), 'who does not say is not taken for a minor');
select tests.throws_error(
  $$update public.personal_details set date_of_birth = tests.years_ago(13, 1)$$, 'too_young', 'thirteen tomorrow is too young'
);
select is((select date_of_birth from public.personal_details), null, 'and changes nothing');
select tests.is_allowed($$update public.personal_details set date_of_birth = tests.years_ago(13)$$, 'thirteen today is not');
update public.personal_details set date_of_birth = tests.years_ago(13);
select is(private.age_of(auth.uid()), 13, 'and is that old');
select ok(private.is_minor(auth.uid()), 'a minor');
select is((select visibility from public.profiles where user_id = auth.uid()), 'private', 'whose profile closes');
select tests.throws_error(
  $$update public.profiles set visibility = 'friends'$$, 'minor_is_not_public', 'without a guardian not even friends see it'
);
select tests.throws_error($$update public.profiles set visibility = 'public'$$, 'minor_is_not_public', 'let alone all');
select tests.throws_error(
  $$update public.personal_details set guardian_since = '2001-01-01'$$, '42501', 'when a guardian agreed is not for clients'
);
update public.personal_details set guardian_name = 'Petra Strong';
select is((select guardian_since from public.personal_details), now(), 'an agreement has its time');
select is((select visibility from public.profiles where user_id = auth.uid()), 'private', 'and opens nothing by itself');
select tests.is_allowed($$update public.profiles set visibility = 'friends'$$, 'friends may see it then');
update public.profiles set visibility = 'friends';
select tests.throws_error($$update public.profiles set visibility = 'public'$$, 'minor_is_not_public', 'but not all');
update public.personal_details set guardian_name = null;
select is((select guardian_since from public.personal_details), null, 'an agreement can be taken back');
select is((select visibility from public.profiles where user_id = auth.uid()), 'private', 'which closes the profile');
select tests.is_allowed($$update public.profiles set bio = 'Squats.'$$, 'all else of the card is the athlete''s');

select tests.throws_error(
  format('update public.personal_details set date_of_birth = %s', date), 'date_of_birth_is_fixed', 'a minor does not grow ' || how
)
from (values ('''1990-01-01''', 'up at will'), ('null', 'out of the rules'), ('date_of_birth - 1', 'by a day')) as grown (date, how);

-- What they show and aim at --------------------------------------------------------------------------------------------

insert into public.workouts (id, bodyweight_kg, timezone) values ('00000000-0000-4000-8000-00000000ae01', 60, 'UTC');
select tests.throws_error($$update public.workouts set visibility = 'friends'$$, 'minor_is_not_public', 'a workout is no wider than the profile');
select tests.throws_error(
  $$insert into public.workouts (visibility, timezone, status, planned_for) values ('public', 'UTC', 'planned', '2026-01-01')$$, 'minor_is_not_public', 'nor begins so'
);
select tests.throws_error(
  $$update public.personal_details set target_weight_kg = 59.9$$, 'no_weight_loss_under_18', 'there is no goal of losing weight'
);
select tests.is_allowed($$update public.personal_details set target_weight_kg = 60$$, 'of keeping it there is');
select tests.stop_acting();
insert into public.workout_templates (id, created_by, name, difficulty, goal)
values ('00000000-0000-4000-8000-00000000fe01', tests.id('unsaid'), 'Teen Plan', 'beginner', 'strength');
insert into public.template_versions (template_id, version, created_by, document, request_hash)
values ('00000000-0000-4000-8000-00000000fe01', 1, tests.id('unsaid'), '{"days": []}', gen_random_uuid());
select tests.throws_error(
  format($$update public.workout_templates set is_published = true, published_at = now(), visibility = %L where name = 'Teen Plan'$$, visibility),
  'minor_is_not_public', 'nor is a template published for ' || visibility
)
from (values ('public'), ('friends')) as v (visibility);
select set_config('fitai.importing', 'restore', true);
select tests.is_allowed(
  format($$insert into public.workouts (user_id, visibility, timezone, status, planned_for) values (%L, 'public', 'UTC', 'planned', '2026-01-01')$$,
    tests.id('unsaid')),
  'but an archive that is restored brings back what it has'
);
select set_config('fitai.importing', '', true);
update public.personal_details set guardian_name = 'Petra Strong' where user_id = tests.id('unsaid');
select tests.is_allowed(
  $$update public.workout_templates set is_published = true, published_at = now(), visibility = 'friends' where name = 'Teen Plan'$$,
  'a guardian may agree to friends'
);
select tests.is_allowed(
  $$update public.workouts set visibility = 'friends' where id = '00000000-0000-4000-8000-00000000ae01'$$, 'of a workout too'
);

update public.personal_details set date_of_birth = tests.years_ago(30), target_weight_kg = 50 where user_id = tests.id('unsaid');
select is((select target_weight_kg from public.personal_details where user_id = tests.id('unsaid')), 50::numeric, 'a grown athlete aims where they like');
update public.personal_details set date_of_birth = tests.years_ago(16) where user_id = tests.id('unsaid');
select is((select target_weight_kg from public.personal_details where user_id = tests.id('unsaid')), null, 'the goal of one who turns out to be a minor goes');

-- Growing up -----------------------------------------------------------------------------------------------------------

update public.personal_details set date_of_birth = tests.years_ago(18, 1) where user_id = tests.id('unsaid');
select tests.act_as('unsaid');
select ok(private.is_minor(auth.uid()), 'a day before 18 one is a minor');
select tests.stop_acting();
update public.personal_details set date_of_birth = tests.years_ago(18) where user_id = tests.id('unsaid');
select tests.act_as('unsaid');
select ok(not private.is_minor(auth.uid()), 'at 18 no more');
select tests.is_allowed($$update public.profiles set visibility = 'public'$$, 'and decides alone');
select tests.is_allowed($$update public.personal_details set date_of_birth = null$$, 'also of what to say about it');
select tests.is_allowed($$update public.workouts set visibility = 'public'$$, 'and of what to show');
select tests.is_allowed($$update public.personal_details set target_weight_kg = 50$$, 'and where to get');

select * from finish();
rollback;

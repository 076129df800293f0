-- Who sees a workout beside its athlete, what they see of it, and how they lose it.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(71);

select tests.create_user(name) from unnest(array['ana', 'ben', 'cleo', 'dan', 'eve']) as name;

create function tests.befriend(p_one text, p_other text)
returns void
language sql
as $$
  insert into public.friendships (requester_id, addressee_id, accepted_at)
  values (tests.id(p_one), tests.id(p_other), now());
$$;

-- What a person is answered about a workout: yes, or the code of the refusal.
create function tests.sees(p_name text, p_workout text)
returns text
language plpgsql
as $$
declare
  v_answer text;
begin
  perform tests.act_as(p_name);
  v_answer := coalesce(tests.error_of(format('select public.get_workout(%L)', tests.ref(p_workout))), 'yes');
  perform tests.stop_acting();
  return v_answer;
end;
$$;

create function tests.follows(p_name text, p_workout text)
returns boolean
language plpgsql
as $$
declare
  v_answer boolean;
begin
  perform tests.act_as(p_name);
  v_answer := private.may_follow_workout('workout:' || tests.ref(p_workout));
  perform tests.stop_acting();
  return v_answer;
end;
$$;

create function tests.shared_with(p_name text)
returns text[]
language plpgsql
as $$
declare
  v_answer text[];
begin
  perform tests.act_as(p_name);
  v_answer := array(
    select item ->> 'name'
    from jsonb_array_elements(public.shared_workouts() -> 'items') with ordinality as shared (item, place)
    order by place
  );
  perform tests.stop_acting();
  return v_answer;
end;
$$;
grant execute on all functions in schema tests to public;

-- ben and dan are friends of ana, cleo and eve are not.
select tests.befriend('ana', 'ben');
select tests.befriend('dan', 'ana');

select tests.act_as('ana');
select tests.start('pull', 'pull-up');
update public.workouts set bodyweight_kg = 80, notes = 'sore elbow', energy = 3 where id = tests.ref('pull');
select public.complete_set(
  workout_exercise_id => tests.ref('pull'), weight_kg => 0, reps => 5, notes => 'elbow again', id => tests.ref('first')
);

-- To nobody ------------------------------------------------------------------------------------------------------------

select tests.stop_acting();
select is(tests.sees('ana', 'pull'), 'yes', 'the athlete sees it');
select is(tests.sees(name, 'pull'), 'workout_not_found', name || ' does not see what is private')
from unnest(array['ben', 'cleo']) as name;
select is(tests.sees('ben', 'nowhere'), 'workout_not_found', 'as if there were none');
select is(tests.follows(name, 'pull'), name = 'ana', name || ' follows only what is their own')
from unnest(array['ana', 'ben', 'cleo']) as name;

-- To friends -----------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select is(
  public.share_workout(tests.ref('pull'), 'friends') - 'version',
  jsonb_build_object('workout_id', tests.ref('pull'), 'visibility', 'friends', 'user_ids', '[]'::jsonb),
  'ana shares it with her friends'
);
select is(public.share_workout(tests.ref('pull'), 'friends') ->> 'version', '3', 'twice is once');
select tests.stop_acting();
select is(tests.sees(name, 'pull'), answer, name || ' asks for it: ' || answer)
from (
  values ('ben', 'yes'), ('dan', 'yes'), ('cleo', 'workout_not_found'), ('eve', 'workout_not_found')
) as asking (name, answer);
select is(tests.follows(name, 'pull'), name in ('ben', 'dan'), name || ' follows it if a friend')
from unnest(array['ben', 'dan', 'cleo']) as name;
select is(tests.shared_with('ben'), array['pull'], 'it is in a friend''s list');
select is(tests.shared_with('cleo'), '{}', 'and in nobody else''s');
select is(tests.shared_with('ana'), '{}', 'nor in her own');

select tests.act_as('ben');
select is_empty('table public.workouts', 'the tables show one''s own alone');
select is_empty('table public.workout_sets', 'sets too');
select is(tests.rows_of($$update public.workouts set name = 'Mine'$$), 0, 'a friend changes nothing');
select tests.throws_error(
  $$select public.complete_set(workout_exercise_id => tests.ref('pull'), weight_kg => 0, reps => 1)$$,
  'workout_exercise_not_found', 'adds no set'
);
select tests.throws_error($$select public.share_workout(tests.ref('pull'), 'public')$$, 'workout_not_found',
  'and shares it with nobody');
select is(public.active_workout(), null, 'it is not the friend''s active workout');

-- What they see --------------------------------------------------------------------------------------------------------

select is(public.get_workout(tests.ref('pull')) #>> '{exercises,0,sets,0,reps}', '5', 'a friend reads the sets');
select is(public.get_workout(tests.ref('pull')) #>> path, null, format('not %s', path))
from unnest(array['{notes}', '{energy}', '{bodyweight_kg}', '{exercises,0,sets,0,notes}', '{exercises,0,sets,0,load_kg}']::text[]) as hidden (p)
cross join lateral (select p::text[]) as at (path);
select is(public.get_workout(tests.ref('pull')) #>> '{exercises,0,effective_volume_kg}', '0',
  'nor the load from which body weight could be told');
select is(public.get_workout(tests.ref('pull')) -> 'records', '[]', 'nor records');
select tests.stop_acting();
update public.preferences set progress_sharing = true where user_id = tests.id('ana');
select tests.act_as('ben');
select is(public.get_workout(tests.ref('pull')) #>> '{exercises,0,sets,0,load_kg}', '80.00000', 'who shares progress shows that');
select isnt(public.get_workout(tests.ref('pull')) -> 'records', '[]', 'and records');
select is(public.get_workout(tests.ref('pull')) ->> 'notes', null, 'never notes');
select tests.stop_acting();
update public.preferences set progress_sharing = false where user_id = tests.id('ana');

-- Settings of the athlete ----------------------------------------------------------------------------------------------

update public.preferences set workout_sharing = false where user_id = tests.id('ana');
select is(tests.sees('ben', 'pull'), 'workout_not_found', 'who shares no workouts shows none');
select is(tests.shared_with('ben'), '{}', 'in lists neither');
select is(tests.follows('ben', 'pull'), false, 'nor live');
select tests.act_as('ana');
select tests.throws_error($$select public.share_workout(tests.ref('pull'), 'public')$$, 'sharing_is_off', 'she is told so');
select tests.is_allowed($$select public.share_workout(tests.ref('pull'), 'private', '{}')$$, 'and may take back');
select tests.stop_acting();
update public.preferences set workout_sharing = true where user_id = tests.id('ana');
update public.profiles set visibility = 'private' where user_id = tests.id('ana');
select is(tests.sees('ben', 'pull'), 'workout_not_found', 'who is private shows none');
select is(tests.shared_with('ben'), '{}', 'in lists neither');
update public.profiles set visibility = 'friends' where user_id = tests.id('ana');
select is(tests.sees('ben', 'pull'), 'yes', 'it comes back with the card');

-- To everyone ----------------------------------------------------------------------------------------------------------

update public.workouts set visibility = 'public' where id = tests.ref('pull');
select is(tests.sees('cleo', 'pull'), 'workout_not_found', 'with a card for friends nothing is public');
update public.profiles set visibility = 'public' where user_id = tests.id('ana');
select is(tests.sees('cleo', 'pull'), 'yes', 'else it is');
select is(tests.follows('cleo', 'pull'), false, 'only friends follow it live');
select tests.act_as('eve');
select public.block_user(tests.id('ana'));
select tests.stop_acting();
select is(tests.sees('eve', 'pull'), 'workout_not_found', 'who blocks her does not see it');
select tests.act_as('ana');
select public.block_user(tests.id('cleo'));
select tests.stop_acting();
select is(tests.sees('cleo', 'pull'), 'workout_not_found', 'nor whom she blocks');

-- By name --------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select is(
  public.share_workout(tests.ref('pull'), 'private', array[tests.id('ben'), tests.id('ben')]) -> 'user_ids',
  jsonb_build_array(tests.id('ben')), 'now with ben alone'
);
select tests.throws_error(format('select public.share_workout(tests.ref(''pull''), null, %L)', user_ids), code, label)
from (
  values
    (array[tests.id('cleo')], 'user_not_found', 'whom she blocks is nobody to share with'),
    (array[tests.id('eve')], 'user_not_found', 'nor who blocks her'),
    (array[tests.ref('nobody')], 'user_not_found', 'nor a random id'),
    (array[tests.id('ana')], 'user_not_found', 'nor she herself'),
    (array[null::uuid], 'user_not_found', 'nor null'),
    (array[array[tests.id('ben')]], 'invalid_argument', 'a list is flat'),
    (array(select gen_random_uuid() from generate_series(1, 101)), 'invalid_argument', 'and not endless')
) as attempt (user_ids, code, label);
select tests.stop_acting();
select is(tests.sees(name, 'pull'), answer, name || ' asks for what ben is shown: ' || answer)
from (values ('ben', 'yes'), ('dan', 'workout_not_found')) as asking (name, answer);
select is(tests.follows('ben', 'pull'), true, 'ben follows');
select is(tests.shared_with('ben'), array['pull'], 'and finds it');

select tests.act_as('ben');
select is(tests.rows_of($$delete from public.workout_shares$$), 1, 'ben may give it up');
select tests.act_as('dan');
select is(tests.rows_of($$delete from public.workout_shares$$), 0, 'nobody else');
select tests.throws_error(
  $$insert into public.workout_shares (workout_id, user_id) values (tests.ref('pull'), auth.uid())$$, '42501',
  'nobody takes what is not shared'
);

select tests.act_as('ana');
select public.remove_friend(tests.id('ben'));
select tests.stop_acting();
select is(tests.sees('ben', 'pull'), 'workout_not_found', 'an ex-friend does not see it');
select is(tests.follows('ben', 'pull'), false, 'nor follow');
select tests.befriend('ben', 'ana');
select is(tests.sees('ben', 'pull'), 'workout_not_found', 'and becoming friends again brings nothing back');

-- The list -------------------------------------------------------------------------------------------------------------

insert into public.workouts (id, user_id, status, timezone, started_at, ended_at, active_seconds, name, visibility)
select gen_random_uuid(), tests.id(case when n % 3 = 0 then 'dan' else 'ana' end), 'completed', 'UTC', at,
  at + interval '1 hour', 3600, 'W' || n, (array['friends', 'public', 'private'])[1 + n % 5 % 3]::public.visibility
from generate_series(1, 40) as n
cross join lateral (select now() - n / 2 * interval '1 day' - interval '2 days' as at) as time;
insert into public.workout_shares (workout_id, owner_id, user_id)
select id, user_id, tests.id('ben') from public.workouts where name in ('W2', 'W7', 'W8');
select tests.befriend('ben', 'dan');
select tests.act_as('ben');
create temporary table page as
with recursive page (answer, n) as (
  select public.shared_workouts("limit" => 7), 1
  union all
  select public.shared_workouts("limit" => 7, cursor => page.answer ->> 'next_cursor'), n + 1
  from page
  where page.answer ->> 'next_cursor' is not null
)
select item ->> 'name' as name, n, place
from page
cross join lateral jsonb_array_elements(page.answer -> 'items') with ordinality as i (item, place);
select tests.stop_acting();
select results_eq(
  $$select name from page order by n, place$$,
  $$select name from public.workouts
    where user_id in (tests.id('ana'), tests.id('dan')) and status = 'completed'
      and (visibility <> 'private' or name in ('W2', 'W7', 'W8'))
    order by started_at desc, id desc$$,
  'its pages together are what is shared, latest first, once, though some began at the same moment'
);
select tests.act_as('ben');
select tests.throws_error($$select public.shared_workouts(cursor => 'x')$$, 'invalid_cursor', 'a cursor is one of ours');
select tests.throws_error($$select public.shared_workouts("limit" => 0)$$, 'invalid_limit', 'a page is something');
select tests.act_as_anon();
select tests.throws_error('select public.shared_workouts()', '42501', 'anon has none');

select * from finish();
rollback;

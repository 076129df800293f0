-- Live channels: who may listen and speak, and what a workout says.
begin;
\ir support/acting.psql
\ir support/workouts.psql
select plan(64);

select tests.create_user('ana');
select tests.create_user('ben');

-- What Realtime asks: may the present actor read, or write, this extension on this topic? As it does, by trying.
create function tests.may_read(p_topic text, p_extension text)
returns boolean
language plpgsql
as $$
begin
  perform set_config('realtime.topic', p_topic, true);
  return exists (
    select from realtime.messages
    where messages.id = tests.ref(p_topic || p_extension)
  );
end;
$$;

create function tests.may_write(p_topic text, p_extension text)
returns boolean
language plpgsql
as $$
begin
  perform set_config('realtime.topic', p_topic, true);
  insert into realtime.messages (topic, extension)
  values (p_topic, p_extension);
  raise exception using errcode = 'TDONE', message = 'undo';
exception
  when sqlstate 'TDONE' then
    return true;
  when insufficient_privilege then
    return false;
end;
$$;
grant execute on all functions in schema tests to public;

select tests.act_as('ana');
select tests.start('push', 'barbell-bench-press');

create temporary table topics (label text, topic text);
insert into topics
values
  ('her workout', 'workout:' || tests.ref('push')),
  ('her own channel', 'user:' || tests.id('ana')),
  ('another''s channel', 'user:' || tests.id('ben')),
  ('an unknown workout', 'workout:' || tests.ref('nowhere')),
  ('no uuid', 'workout:not-a-uuid'),
  ('no id', 'workout:'),
  ('no kind', tests.ref('push')::text),
  ('capitals', 'workout:' || upper(tests.ref('push')::text)),
  ('a long tail', 'workout:' || tests.ref('push') || ':x'),
  ('a quote', 'workout:'' or true --'),
  ('another kind', 'workouts:' || tests.ref('push')),
  ('nothing', '');
grant select on topics to public;
select tests.stop_acting();
insert into realtime.messages (id, topic, extension)
select tests.ref(topic || extension), topic, extension
from topics
cross join (values ('broadcast'), ('presence')) as kind (extension);

-- The owner ------------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select is(tests.may_read(topic, 'broadcast'), label in ('her workout', 'her own channel'), 'ana hears ' || label)
from topics;
select is(tests.may_read(topic, 'presence'), label = 'her workout', 'ana sees who is on ' || label) from topics;
select is(tests.may_write(topic, 'presence'), label = 'her workout', 'ana says that she is on ' || label) from topics;
select is(tests.may_write(topic, 'broadcast'), false, 'ana sends no events to ' || label)
from topics
where label in ('her workout', 'her own channel');

-- Others ---------------------------------------------------------------------------------------------------------------

select tests.act_as('ben');
select is(tests.may_read(topic, 'broadcast'), label = 'another''s channel', 'ben does not hear ' || label)
from topics
where label in ('her workout', 'her own channel', 'another''s channel');
select is(tests.may_write(topic, 'presence'), false, 'ben does not say that he is on ' || label)
from topics
where label in ('her workout', 'her own channel');
select tests.act_as_anon();
select is(tests.may_read(topic, 'broadcast'), false, 'nobody hears without signing in: ' || label)
from topics
where label in ('her workout', 'her own channel');

-- What a workout says --------------------------------------------------------------------------------------------------

select tests.stop_acting();
-- Others may train at the same time: only what concerns ana is looked at.
create view tests.said as
select messages.*
from realtime.messages
where messages.topic in (
  'user:' || tests.id('ana'), 'workout:' || tests.ref('push'), 'workout:' || tests.ref('shown'),
  'workout:' || tests.ref('old')
);
create function tests.heard(p_kind text, p_id uuid)
returns setof text
language sql
stable
as $$
  select said.event
  from tests.said
  where said.topic = p_kind || ':' || p_id
    and said.event is not null
  order by said.payload ->> 'at';
$$;
create function tests.forget()
returns void
language sql
as $$
  delete from tests.said;
$$;

select results_eq(
  $$select * from tests.heard('workout', tests.ref('push'))$$, $$values ('workout:started')$$, 'it has started'
);
select results_eq(
  $$select * from tests.heard('user', tests.id('ana'))$$, $$values ('sync:workout'), ('sync:workout')$$,
  'the other devices are told to read it, and its exercise'
);
select is(
  (
    select count(*)
    from tests.said
    where private and extension = 'broadcast' and payload @> '{"v": 1}' and payload ? 'at'
  ),
  3::bigint, 'every message is private and has a version and a time'
);

select tests.forget();
select tests.act_as('ana');
select tests.lift('push', 1, 100, 5);
select tests.stop_acting();
select results_eq(
  $$select * from tests.heard('workout', tests.ref('push'))$$, $$values ('set:completed'), ('workout:stats')$$,
  'a set is done: first the set, then what follows from it'
);
select results_eq(
  $$
    select payload #>> '{set,id}', payload #>> '{set,weight_kg}', payload -> 'set' ? 'request_hash'
    from tests.said
    where event = 'set:completed'
  $$,
  $$values (tests.ref('push at 1')::text, '100', false)$$, 'the set is told in full'
);
select results_eq(
  $$select payload ->> 'set_count', payload ->> 'volume_kg' from tests.said where event = 'workout:stats'$$,
  $$values ('1', '500')$$, 'and the totals'
);

select tests.forget();
select tests.act_as('ana');
select tests.lift('push', 1, 100, 5);
select tests.stop_acting();
select is_empty($$select event from tests.said$$, 'a retry is not announced again');

select tests.act_as('ana');
select tests.lift('push', 2, 105, 3);
select tests.stop_acting();
select results_eq(
  $$
    select payload ->> 'set_id', record ->> 'kind', record ->> 'at_reps', record ->> 'value', record ->> 'previous_value'
    from tests.said
    cross join lateral jsonb_array_elements(payload -> 'records') as record
    where event = 'pr:achieved'
  $$,
  $$
    values
      (tests.ref('push at 2')::text, 'max_weight', null, '105', '100'),
      (tests.ref('push at 2')::text, 'rep_max', '1', '105', '100'),
      (tests.ref('push at 2')::text, 'rep_max', '2', '105', '100'),
      (tests.ref('push at 2')::text, 'rep_max', '3', '105', '100')
  $$,
  'what a set achieved is celebrated once'
);
select results_eq(
  $$select * from tests.heard('workout', tests.ref('push'))$$,
  $$values ('set:completed'), ('pr:achieved'), ('workout:stats')$$, 'the totals follow, once'
);
select is(
  (select payload ->> 'records_set' from tests.said where event = 'workout:stats'), '2', 'with the number of records'
);
select is((select count(*) from tests.heard('user', tests.id('ana')) as event where event = 'sync:progress'), 1::bigint,
  'and the other devices are told to read the records');

select tests.forget();
select tests.act_as('ana');
select tests.error_of($$select tests.lift('push', 3, -1, 3)$$);
select tests.stop_acting();
select is_empty($$select event from tests.said$$, 'what was refused is not announced');

select tests.act_as('ana');
update public.workout_sets set reps = 2 where id = tests.ref('push at 2');
delete from public.workout_sets where id = tests.ref('push at 2');
select public.start_rest(tests.ref('push'), 60);
select public.skip_rest(tests.ref('push'));
select public.pause_workout(tests.ref('push'));
select public.pause_workout(tests.ref('push'));
select public.resume_workout(tests.ref('push'));
select public.set_current_exercise(tests.ref('push'), 0);
select public.complete_workout(tests.ref('push'));
select tests.stop_acting();
select results_eq(
  $$select * from tests.heard('workout', tests.ref('push')) as event where event not in ('workout:stats')$$,
  $$values ('set:updated'), ('set:deleted'), ('rest:timer'), ('rest:timer'), ('workout:paused'), ('workout:resumed'),
    ('workout:completed')$$,
  'everything is announced, in order, once'
);
select isnt_empty($$select * from tests.heard('workout', tests.ref('push')) as event where event = 'workout:stats'$$,
  'the totals with it');
select results_eq(
  $$select payload ->> 'rest_seconds' from tests.said where event = 'rest:timer' order by payload ->> 'at'$$,
  $$values ('60'), (null)$$, 'the rest timer runs, then does not'
);

-- Where friends may follow who are shown no records, the athlete alone hears of one.
select tests.act_as('ana');
select tests.start('shown', 'barbell-bench-press');
select public.share_workout(tests.ref('shown'), 'friends');
select tests.lift('shown', 3, 110, 5);
select tests.stop_acting();
select results_eq(
  $$select topic, payload #>> '{records,0,value}' from tests.said where event = 'pr:achieved'$$,
  $$values ('user:' || tests.id('ana'), '110')$$, 'a record that friends are not shown is told to the athlete alone'
);
update public.preferences set progress_sharing = true where user_id = tests.id('ana');
select tests.act_as('ana');
select tests.lift('shown', 4, 115, 5);
select public.complete_workout(tests.ref('shown'));
select tests.stop_acting();
select results_eq(
  $$select topic from tests.said where event = 'pr:achieved' and payload #>> '{records,0,value}' = '115'$$,
  $$values ('workout:' || tests.ref('shown'))$$, 'one that they are shown, to all who follow'
);

select tests.forget();
select tests.act_as('ana');
select tests.start('old', 'barbell-bench-press', 30);
select tests.lift('old', 1, 500, 1);
select tests.stop_acting();
select is_empty($$select * from tests.heard('workout', tests.ref('old'))$$, 'nobody follows a workout of last month');
select isnt_empty($$select * from tests.heard('user', tests.id('ana'))$$, 'the other devices hear of it all the same');

select * from finish();
rollback;

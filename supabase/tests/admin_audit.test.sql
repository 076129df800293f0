-- The audit log: what is written, that nothing can be changed, and that whoever gets around that is found.
begin;
\ir support/acting.psql
select plan(39);

select tests.create_user('ada');
select tests.create_user('bob');
update public.user_roles set role = 'admin' where user_id = tests.id('ada');

-- A log of its own: what others write meanwhile waits, first for this entry, so that they hold nothing that is needed here.
select private.audit('user_read', null);
alter table private.audit_log disable trigger _050_append_only;
alter table private.audit_days disable trigger _050_append_only;
delete from private.audit_log;
delete from private.audit_days;
alter table private.audit_log enable always trigger _050_append_only;
alter table private.audit_days enable always trigger _050_append_only;

-- Earlier days, as they would have been written then.
create function tests.write_days(p_days integer, p_entries integer)
returns void
language plpgsql
as $$
declare
  v_hash bytea := sha256('');
  v_entry private.audit_log;
begin
  for v_day in 1..p_days loop
    insert into private.audit_days (day, previous_hash, last_hash) values (date '2001-03-01' + v_day, v_hash, v_hash);

    for v_sequence in 1..p_entries loop
      v_entry := row(
        date '2001-03-01' + v_day, v_sequence, timestamptz '2001-03-01 12:00:00+00' + v_day * interval '1 day',
        tests.id('ada'), 'admin', 'user_updated', tests.id('bob'), jsonb_build_object('reason', 'r' || v_sequence), '\x'
      );
      v_entry.hash := private.audit_hash(v_hash, v_entry);
      v_hash := v_entry.hash;
      insert into private.audit_log values (v_entry.*);
    end loop;

    update private.audit_days set entry_count = p_entries, last_hash = v_hash where day = date '2001-03-01' + v_day;
  end loop;
end;
$$;
select tests.write_days(3, 5);
select is_empty('select * from private.verify_audit_log()', 'a log that nobody touched is whole');

-- Writing --------------------------------------------------------------------------------------------------------------

-- As a function of ours calls it: with the caller's identity, not with the caller's privileges.
create function tests.audit(p_action text, p_subject text, p_details jsonb)
returns void
language sql
security definer
as $$
  select private.audit(p_action, tests.id(p_subject), p_details);
$$;
grant execute on all functions in schema tests to public;

select tests.act_as('ada');
select lives_ok($$select tests.audit('user_read', 'bob', '{"reason": "asked for help"}')$$, 'an entry is added');
select lives_ok($$select tests.audit('user_read', 'ada', '{}')$$, 'and one about oneself');
select tests.act_as_service();
select lives_ok($$select tests.audit('user_updated', 'bob', '{}')$$, 'and one by the server');
select tests.stop_acting();
select results_eq(
  $$select sequence, actor_id, actor_role, action, subject_id from private.audit_log where day > '2001-03-10' order by 1$$,
  $$values
    (1, tests.id('ada'), 'admin', 'user_read', tests.id('bob')),
    (2, tests.id('ada'), 'admin', 'user_read', tests.id('ada')),
    (3, null, 'service_role', 'user_updated', tests.id('bob'))$$,
  'it names the actor, in what capacity, and the subject'
);
select is_empty('select * from private.verify_audit_log()', 'and continues the chain');
select tests.throws_error($$select private.audit('Bad action', null)$$, '23514', 'an action is a word');
select tests.throws_error($$select private.audit('user_read', null, '[]')$$, '23514', 'details are an object');
select tests.throws_error(
  $$select private.audit('user_read', null, jsonb_build_object('reason', repeat('x', 5000)))$$, '23514', 'and short'
);

-- Nobody changes it ----------------------------------------------------------------------------------------------------

select tests.throws_error('update private.audit_log set action = action', 'audit_log_is_append_only', 'its owner changes no entry');
select tests.throws_error('delete from private.audit_log', 'audit_log_is_append_only', 'removes none');
select tests.throws_error('truncate private.audit_log', 'audit_log_is_append_only', 'nor all');
select tests.throws_error('truncate private.audit_log, private.audit_days', 'audit_log_is_append_only', 'nor the days');
select tests.throws_error('delete from private.audit_days', 'audit_log_is_append_only', 'nor one of them');
select tests.throws_error(
  $$update private.audit_days set entry_count = entry_count + 1 where day = '2001-03-03'$$, 'audit_log_is_append_only',
  'changes no day that is over'
);
select tests.throws_error(
  $$update private.audit_days set entry_count = entry_count - 1 where day > '2001-03-10'$$, 'audit_log_is_append_only',
  'takes nothing back from the newest'
);
select tests.throws_error(
  $$update private.audit_days set entry_count = entry_count + 1, previous_hash = sha256('') where day > '2001-03-10'$$,
  'audit_log_is_append_only', 'nor lets it continue another'
);

set local session_replication_role = replica;
select tests.throws_error('delete from private.audit_log', 'audit_log_is_append_only', 'also where triggers are off: no entry');
select tests.throws_error('delete from private.audit_days', 'audit_log_is_append_only', 'no day');
select tests.throws_error(
  $$update private.audit_days set entry_count = 0$$, 'audit_log_is_append_only', 'and no count'
);
set local session_replication_role = origin;
select tests.act_as_service();
select tests.throws_error('select from private.audit_log', '42501', 'the server''s key reads nothing');
select tests.throws_error($$select private.audit('user_read', null)$$, '42501', 'and writes nothing of its own');
select tests.act_as('ada');
select tests.throws_error('select from private.audit_log', '42501', 'nor does an admin''s session read');
select tests.throws_error($$select private.audit('user_read', null)$$, '42501', 'or write');
select tests.stop_acting();

-- Whoever gets around it is found --------------------------------------------------------------------------------------

-- Every single change of a log of some days, each undone: the first place that is reported is that of the change.
create function tests.place_found(p_statement text)
returns text
language plpgsql
as $$
declare
  v_found text;
begin
  execute p_statement;
  select format('%s %s', found.day, found.sequence) into v_found from private.verify_audit_log() as found limit 1;
  raise exception using errcode = 'TDONE', message = coalesce(v_found, 'nothing');
exception
  when sqlstate 'TDONE' then
    return sqlerrm;
end;
$$;

alter table private.audit_log disable trigger _050_append_only;
alter table private.audit_days disable trigger _050_append_only;
alter table private.audit_days disable trigger _060_only_grow;

create temporary table tampering as
select
  log.day, log.sequence, change.column_name,
  tests.place_found(format(
    'update private.audit_log set %s where day = %L and sequence = %s', change.assignment, log.day, log.sequence
  )) as found
from private.audit_log as log
cross join (
  values
    ('at', $$at = at + interval '1 microsecond'$$),
    ('actor_id', $$actor_id = gen_random_uuid()$$),
    ('actor_role', $$actor_role = actor_role || 'x'$$),
    ('action', $$action = 'user_listed'$$),
    ('subject_id', $$subject_id = null$$),
    ('details', $$details = details || '{"x": 1}'$$),
    ('hash', $$hash = sha256(hash)$$)
) as change (column_name, assignment);

select ok((select count(*) > 100 from tampering), 'a hundred changes are tried');
select is_empty(
  $$select * from tampering where found <> format('%s %s', day, sequence)$$, 'each is found where it was made'
);
select is_empty(
  $$select * from (
      select log.day, log.sequence, tests.place_found(format(
        'delete from private.audit_log where day = %L and sequence = %s', log.day, log.sequence
      )) as found
      from private.audit_log as log
    ) as removal
    where split_part(found, ' ', 1) <> day::text$$,
  'so is each that is removed, the last of a day too'
);
select is(
  tests.place_found($$insert into private.audit_log
    select day, 6, at, actor_id, actor_role, action, subject_id, details, hash
    from private.audit_log where day = '2001-03-03' and sequence = 5$$),
  '2001-03-03 5', 'and one that is added at the end'
);
select is(
  tests.place_found($$update private.audit_log set sequence = 12 where day = '2001-03-03' and sequence = 2$$),
  '2001-03-03 3', 'or moved'
);
select is(
  tests.place_found($sql$do $do$ begin
    delete from private.audit_log where day = '2001-03-03';
    delete from private.audit_days where day = '2001-03-03';
  end $do$$sql$),
  '2001-03-04 0', 'and a whole day that is gone'
);

select is(
  tests.place_found($sql$do $do$ begin
    set local session_replication_role = replica;
    delete from private.audit_days where day > '2001-03-10';
  end $do$$sql$),
  (select min(day) from private.audit_log where day > '2001-03-10') || ' 1', 'and entries whose day is gone'
);

-- The end, taken away together with what says that it was there: only a hash that was kept knows of it.
select set_config('tests.hash', last_hash::text, true), set_config('tests.day', day::text, true)
from private.audit_days order by day desc limit 1;

savepoint whole;
delete from private.audit_log where day = current_setting('tests.day')::date and sequence = 3;
update private.audit_days
set entry_count = 2,
  last_hash = (select hash from private.audit_log where day = current_setting('tests.day')::date and sequence = 2)
where day = current_setting('tests.day')::date;
select is_empty('select * from private.verify_audit_log()', 'the chain alone does not tell that its end is gone');
select results_eq(
  $$select day::text, problem like '%kept%' from private.verify_audit_log(
      p_kept_day => current_setting('tests.day')::date, p_kept_hash => current_setting('tests.hash')::bytea)$$,
  $$values (current_setting('tests.day'), true)$$, 'a hash that was kept does'
);
rollback to whole;
select is_empty(
  $$select * from private.verify_audit_log(
      p_kept_day => current_setting('tests.day')::date, p_kept_hash => current_setting('tests.hash')::bytea)$$,
  'and is found where nothing is gone'
);

-- The nightly check ----------------------------------------------------------------------------------------------------

select is(private.check_audit_log(), 0::bigint, 'the job finds nothing');
update private.audit_log set actor_id = null where day = '2001-03-03' and sequence = 2;
select is(private.check_audit_log(), 1::bigint, 'or says in how many places');
select results_eq(
  $$select state ->> 'problems', state ->> 'day', state ->> 'hash'
    from private.audit_state() as state$$,
  $$select '1', '2001-03-04', encode(last_hash, 'hex') from private.audit_days where day = '2001-03-04'$$,
  'which is written down, beside the hash of the last day that is over'
);

-- What an athlete sees -------------------------------------------------------------------------------------------------

select tests.act_as('bob');
select results_eq(
  $$select item ->> 'by', item ->> 'action', item ->> 'reason'
    from jsonb_array_elements(public.my_access_log("limit" => 2) -> 'items') as item$$,
  $$values ('service_role', 'user_updated', null), ('admin', 'user_read', 'asked for help')$$,
  'the newest entries about oneself, without who it was'
);
select is(
  (
    with recursive page as (
      select public.my_access_log("limit" => 4) as answer
      union all
      select public.my_access_log(answer ->> 'next_cursor', 4) from page where answer ->> 'next_cursor' is not null
    )
    select count(distinct item ->> 'at') || ' ' || count(*)
    from page cross join lateral jsonb_array_elements(answer -> 'items') as item
  ),
  '5 17', 'page by page, all of them once'
);

select * from finish();
rollback;

-- Errors, ids, cursors, text and time: what every domain is built of.
begin;
\ir support/acting.psql
select plan(36);

select tests.create_user('ana');

-- Errors ---------------------------------------------------------------------------------------------------------------

create function pg_temp.failure(p_code text, p_details text default null, p_hint text default null)
returns jsonb
language plpgsql
as $$
declare
  v_detail text;
begin
  perform private.fail(p_code, p_details, p_hint);
  return null;
exception
  when sqlstate 'PGRST' then
    get stacked diagnostics v_detail = pg_exception_detail;
    return jsonb_build_object('body', sqlerrm::jsonb, 'response', v_detail::jsonb);
end;
$$;

select is(
  pg_temp.failure('not_found', 'exercise_id'),
  '{
    "body": {
      "code": "not_found",
      "message": "There is no such thing, or it is not visible to this user.",
      "details": "exercise_id",
      "hint": "Check the id."
    },
    "response": {"status": 404, "headers": {}}
  }',
  'an error has the form that PostgREST answers with'
);
select is(
  pg_temp.failure('not_found', null, 'Look elsewhere.') #>> '{body,hint}', 'Look elsewhere.',
  'a hint replaces the registered one'
);
select is(tests.error_of($$select private.fail('no_such_code')$$), 'XX000', 'a code that is not registered is a fault');
select is_empty(
  $$
    select distinct raised.code[1]
    from pg_proc
    cross join regexp_matches(prosrc, 'private\.fail\(\s*''(\w+)''', 'g') as raised (code)
    where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    except
    select error_codes.code from private.error_codes
  $$,
  'every code that a function raises is registered'
);
select tests.act_as_anon();
select tests.throws_error($$select private.fail('not_found')$$, 'not_found', 'the error reaches anonymous callers');
select tests.throws_error($$insert into private.error_codes values ('x_y', 400, 'X.', 'Y.')$$, '42501',
  'nobody registers codes through the API');
select tests.stop_acting();
select tests.throws_error($$insert into private.error_codes values ('x_y', 500, 'X.', 'Y.')$$, '23514',
  'a registered error is the client''s, never a 5xx');

-- The caller -----------------------------------------------------------------------------------------------------------

select tests.act_as('ana');
select is(private.current_user_id(), tests.id('ana'), 'the caller is who the token says');
select tests.act_as_anon();
select tests.throws_error('select private.current_user_id()', 'not_authenticated', 'anon is nobody');
select tests.stop_acting();

-- Ids ------------------------------------------------------------------------------------------------------------------

select is(uuid_extract_version(private.uuid_v7()), 7::smallint, 'ids are of version 7');
select ok(
  abs(
    ('x' || left(replace(private.uuid_v7()::text, '-', ''), 12))::bit(48)::bigint
      - extract(epoch from clock_timestamp()) * 1000
  ) < 60000,
  'an id begins with the milliseconds when it was made'
);
select ok(
  (select bool_and(later.id > later.earlier) from (
    select made.id, lag(made.id) over (order by made.position) as earlier
    from (select position, private.uuid_v7() as id from generate_series(1, 2000) as position) as made
  ) as later where later.earlier is not null and left(later.id::text, 18) <> left(later.earlier::text, 18)),
  'ids sort by when they were made'
);
select is(
  (select count(distinct private.uuid_v7()) from generate_series(1, 2000)), 2000::bigint, 'ids differ'
);

-- Pages ----------------------------------------------------------------------------------------------------------------

select is(private.page_size(null), 20, 'a page has 20 items when nobody says');
select is(private.page_size(100), 100, 'or up to the maximum');
select tests.throws_error('select private.page_size(0)', 'invalid_limit', 'not none');
select tests.throws_error('select private.page_size(101)', 'invalid_limit', 'not more');
select tests.act_as_anon();
select is(private.page_size(50), 50, 'nobody signed in gets that many');
select tests.throws_error('select private.page_size(51)', 'invalid_limit', 'and no larger page');
select tests.stop_acting();
select is(
  private.decode_cursor(private.encode_cursor('[1.5, "ñ/+="]'), '{numeric,text}'), '[1.5, "ñ/+="]',
  'a cursor comes back as it was'
);
select matches(private.encode_cursor('["ñ/+=ÿþ?>"]'), '^[A-Za-z0-9_-]+$', 'a cursor fits into a URL as it is');
select is(private.decode_cursor(null, '{text}'), null, 'no cursor is the first page');
select tests.throws_error(format('select private.decode_cursor(%L, %L)', forged.cursor, '{numeric,uuid}'),
  'invalid_cursor', 'a forged cursor is refused: ' || forged.reason)
from (
  values
    ('', 'empty'),
    ('not base64!', 'not base64'),
    ('_w', 'not UTF-8'),
    ('AAAA', 'not JSON'),
    (private.encode_cursor('{"a": 1}'), 'not an array'),
    (private.encode_cursor('[1]'), 'a key too few'),
    (private.encode_cursor('[1, "x"]'), 'a key of another type'),
    (private.encode_cursor('[1, null]'), 'a key without a value'),
    (translate(encode(convert_to(repeat('[', 150000), 'UTF8'), 'base64'), e'+/=\n', '-_'), 'nested without end')
) as forged (cursor, reason);

-- Text and time --------------------------------------------------------------------------------------------------------

select is(private.fold('Übung ÉCARTÉ'), 'ubung ecarte', 'folding takes case and accents away');
select ok(private.is_timezone('Europe/Berlin') and private.is_timezone('UTC'), 'zones of the tz database');
select ok(
  not private.is_timezone('FOO+3') and not private.is_timezone('Mars/Olympus') and not private.is_timezone(''),
  'no POSIX rules, no inventions'
);
select ok(private.texts_fit('{}', 0, 0) and private.texts_fit('{ab}', 1, 2), 'a list that fits');
select ok(
  not private.texts_fit('{a,b}', 1, 2) and not private.texts_fit('{abc}', 1, 2)
    and not private.texts_fit('{""}', 1, 2) and not private.texts_fit('{null}', 1, 4),
  'too many, too long, empty or missing ones do not'
);

select * from finish();
rollback;

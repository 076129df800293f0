-- The access matrix, run in SQL: every actor, every exposed table, every verb.
begin;
\ir support/acting.psql
\ir support/access.psql
select plan(4 * (select count(*) from tests.access)::integer + 2);

select tests.create_user('owner');
select tests.create_user('stranger');
select tests.create_user('admin');
select tests.create_user('friend');

create table tests.access_ids (
  name text primary key,
  id   uuid not null
);
insert into tests.access_ids (name, id)
select users.name, users.user_id from tests.users
union all
select named.name, gen_random_uuid()
from (
  select distinct found[1] as name
  from tests.access_steps
  cross join regexp_matches(access_steps.statement, '''\{(\w+)\}''', 'g') as found
) as named
where tests.id(named.name) is null;

-- A text with the ids in the place of their names.
create function tests.access_fill(p_text text)
returns text
language plpgsql
as $$
declare
  v_id record;
begin
  for v_id in select name, id from tests.access_ids loop
    p_text := replace(p_text, '{' || v_id.name || '}', v_id.id::text);
  end loop;

  return replace(p_text, '{new}', gen_random_uuid()::text);
end;
$$;

create function tests.access_act(p_actor text)
returns void
language plpgsql
as $$
begin
  if p_actor = 'postgres' then
    perform tests.stop_acting();
  elsif p_actor = 'anon' then
    perform tests.act_as_anon();
  else
    perform tests.act_as(p_actor);
  end if;
end;
$$;

do $$
declare
  v_step record;
begin
  for v_step in select actor, tests.access_fill(statement) as statement from tests.access_steps order by position loop
    perform tests.access_act(v_step.actor);
    execute v_step.statement;
    perform tests.stop_acting();
  end loop;
end;
$$;

create function tests.access_statement(p_table text, p_verb text)
returns text
language plpgsql
as $$
declare
  v_probe tests.access_probes;
  v_match text;
  v_columns text;
  v_row jsonb;
begin
  select access_probes.* into v_probe from tests.access_probes where access_probes.table_name = p_table;
  v_row := tests.access_fill(case p_verb when 'update' then v_probe.patch else v_probe.new_row end::text);

  select string_agg(format('%I = %L', field.key, field.value), ' and ')
  into v_match
  from jsonb_each_text(tests.access_fill(v_probe.match::text)::jsonb) as field;

  select string_agg(quote_ident(field), ', ') into v_columns from jsonb_object_keys(v_row) as field;

  return case p_verb
    when 'select' then format('select from public.%I where %s', p_table, v_match)
    when 'insert' then format(
      'insert into public.%1$I (%2$s) select %2$s from jsonb_populate_record(null::public.%1$I, %3$L)', p_table, v_columns, v_row
    )
    when 'update' then format(
      'update public.%1$I set (%2$s) = (select %2$s from jsonb_populate_record(null::public.%1$I, %3$L)) where %4$s',
      p_table, v_columns, v_row, v_match
    )
    when 'delete' then format('delete from public.%I where %s', p_table, v_match)
  end;
end;
$$;

-- What comes of an attempt, which is undone.
create function tests.access_outcome(p_table text, p_actor text, p_verb text)
returns text
language plpgsql
as $$
declare
  v_statement text := tests.access_statement(p_table, p_verb);
  v_count integer;
begin
  perform tests.access_act(p_actor);
  execute v_statement;
  get diagnostics v_count = row_count;
  raise exception using errcode = 'TDONE', message = v_count::text;
exception
  when sqlstate 'TDONE' then
    return case
      when sqlerrm = '0' then 'none'
      when p_verb = 'select' then 'rows'
      else 'ok'
    end;
  when insufficient_privilege then
    return 'denied';
  when sqlstate 'PGRST' then
    return sqlerrm::json ->> 'code';
  when others then
    return sqlstate;
end;
$$;

select is(
  tests.access_outcome(access.table_name, access.actor, expected.verb), expected.outcome,
  format('%s: %s %s', access.table_name, access.actor, expected.verb)
)
from tests.access
cross join lateral (
  values ('select', can_select), ('insert', can_insert), ('update', can_update), ('delete', can_delete)
) as expected (verb, outcome)
order by access.table_name, access.actor, expected.verb;

select is_empty(
  $$
    select relname::text
    from pg_class
    where relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p', 'v', 'm', 'f')
      and not relispartition
    except
    select table_name from tests.access group by table_name having count(*) = 4
  $$,
  'every table and view of public is in the matrix, for every actor'
);
select is_empty(
  $$
    select table_name from tests.access_probes
    except
    select relname::text from pg_class where relnamespace = 'public'::regnamespace
  $$,
  'and nothing else'
);

select * from finish();
rollback;

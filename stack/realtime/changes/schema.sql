-- What the server asks of a change of a published table: whether a subscription is possible, what a change looks like
-- to a role, and who may see the row. For `supabase_admin` alone.

-- The columns of a table, with the name that casts understand and the name that clients are told.
create or replace view realtime.table_columns as
select
  pg_attribute.attrelid as entity,
  pg_attribute.attname::text as name,
  pg_attribute.attnum as position,
  pg_attribute.atttypid as type,
  format_type(pg_attribute.atttypid, null) as cast_type,
  pg_type.typname::text as type_name,
  exists (
    select
    from pg_index
    where pg_index.indrelid = pg_attribute.attrelid
      and pg_index.indisprimary
      and pg_attribute.attnum = any (pg_index.indkey)
  ) as is_key
from pg_attribute
join pg_type on pg_type.oid = pg_attribute.atttypid
where pg_attribute.attnum > 0 and not pg_attribute.attisdropped;

-- One condition of a filter as an SQL expression about `p_value`, which is of the type `p_type`.
create or replace function realtime.filter_condition(p_value text, p_type text, p_filter jsonb)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_not text := case when (p_filter ->> 'negate')::boolean then 'not ' else '' end;
  v_operand text := p_filter ->> 'value';
  v_symbol text;
begin
  if p_filter ->> 'op' = 'isdistinct' then
    return format('%L::%s is %sdistinct from %L::%s', p_value, p_type, v_not, v_operand, p_type);
  end if;
  if p_filter ->> 'op' = 'is' then
    if v_operand not in ('null', 'true', 'false', 'unknown') then
      raise exception 'invalid value for is filter: must be null, true, false, or unknown';
    end if;
    return format('%L::%s is %s%s', p_value, p_type, v_not, v_operand);
  end if;
  if p_filter ->> 'op' = 'in' then
    return format('%s(%L::%s = any (%L::%s[]))', v_not, p_value, p_type, v_operand, p_type);
  end if;
  v_symbol := case p_filter ->> 'op'
    when 'eq' then '='
    when 'neq' then '<>'
    when 'lt' then '<'
    when 'lte' then '<='
    when 'gt' then '>'
    when 'gte' then '>='
    when 'like' then 'like'
    when 'ilike' then 'ilike'
    when 'match' then '~'
    when 'imatch' then '~*'
  end;
  return format('%s(%L::%s %s %L::%s)', v_not, p_value, p_type, v_symbol, v_operand, p_type);
end;
$$;

-- Raises, in hosted's words, when changes of `p_entity` cannot be filtered or cut as asked.
create or replace function realtime.check_subscription(
  p_entity oid,
  p_role text,
  p_filters jsonb,
  p_select text[]
)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_filter jsonb;
  v_column realtime.table_columns;
  v_name text;
  v_operator text;
begin
  for v_filter in select jsonb_array_elements(p_filters) loop
    select * into v_column
    from realtime.table_columns
    where entity = p_entity
      and name = v_filter ->> 'column'
      and has_column_privilege(p_role, p_entity, position, 'select');
    if not found then
      raise exception 'invalid column for filter %', v_filter ->> 'column';
    end if;

    v_operator := v_filter ->> 'op';
    if v_operator in ('like', 'ilike', 'match', 'imatch') and not exists (
      select
      from pg_catalog.pg_operator
      where oprname = case when v_operator in ('like', 'ilike') then '~~' else '~' end
        and oprleft = v_column.type
        and oprresult = 'boolean'::regtype
    ) then
      raise exception 'operator % requires a text-compatible column type, got %', v_operator, v_column.cast_type;
    end if;
    if v_operator in ('match', 'imatch') then
      begin
        perform '' ~ (v_filter ->> 'value');
      exception when others then
        raise exception 'invalid regular expression for % filter: %', v_operator, sqlerrm;
      end;
    end if;
    if v_operator = 'is' and v_filter ->> 'value' in ('true', 'false', 'unknown')
      and v_column.type <> 'boolean'::regtype then
      raise exception 'is % filter requires a boolean column, got %', v_filter ->> 'value', v_column.cast_type;
    end if;
    if v_operator = 'in' and cardinality((v_filter ->> 'value')::text[]) > 100 then
      raise exception 'too many values for `in` filter. Maximum 100';
    end if;
    execute format('select %s', realtime.filter_condition(null, v_column.cast_type, v_filter));
  end loop;

  foreach v_name in array coalesce(p_select, '{}') loop
    if not exists (
      select
      from realtime.table_columns
      where entity = p_entity and name = v_name and has_column_privilege(p_role, p_entity, position, 'select')
    ) then
      raise exception 'invalid column for select %', v_name;
    end if;
  end loop;
end;
$$;

-- The values of a row, which the WAL has as text, as the JSON that clients get.
create or replace function realtime.typed_values(p_entity oid, p_values jsonb)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_list text;
  v_result jsonb;
begin
  select string_agg(
    format(
      case when type = 'bytea'::regtype then '(%L, to_jsonb(encode(%L::%s, ''hex'')))' else '(%L, to_jsonb(%L::%s))' end,
      name, p_values ->> name, cast_type
    ),
    ', '
  )
  into v_list
  from realtime.table_columns
  where entity = p_entity and p_values ? name;

  if v_list is null then
    return '{}';
  end if;
  execute format('select jsonb_object_agg(name, value) from (values %s) as typed (name, value)', v_list) into v_result;
  return v_result;
end;
$$;

-- Which of `p_asks` ([{role, filters, select}, …]) the row satisfies. All of an ask's filters must hold.
create or replace function realtime.matching_asks(p_entity oid, p_values jsonb, p_asks jsonb)
returns boolean[]
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_conditions text;
  v_result boolean[];
begin
  select string_agg(format('coalesce(%s, false)', coalesce(ask.condition, 'true')), ', ' order by ask.number)
  into v_conditions
  from (
    select
      asks.number,
      string_agg(
        case
          when p_values ? (filter ->> 'column') and has_column_privilege(asks.ask ->> 'role', p_entity, position, 'select')
          then realtime.filter_condition(p_values ->> (filter ->> 'column'), cast_type, filter)
          else 'false'
        end,
        ' and '
      ) filter (where filter is not null) as condition
    from jsonb_array_elements(p_asks) with ordinality as asks (ask, number)
    left join lateral jsonb_array_elements(asks.ask -> 'filters') as filter on true
    left join realtime.table_columns on entity = p_entity and name = filter ->> 'column'
    group by asks.number
  ) as ask;

  execute format('select array[%s]::boolean[]', v_conditions) into v_result;
  return v_result;
end;
$$;

-- What a change looks like to those who ask: one row for each role and selection of columns. `asks` are the positions,
-- from 0, in `p_asks`; where `restricted`, policies decide who of them may see the row.
create or replace function realtime.describe_change(
  p_entity oid,
  p_operation text,
  p_new jsonb,
  p_old jsonb,
  p_asks jsonb
)
returns table (asks int[], columns text, record text, old_record text, errors text[], restricted boolean)
language plpgsql
stable
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_rls boolean;
  v_new jsonb := realtime.typed_values(p_entity, p_new);
  v_old jsonb := realtime.typed_values(p_entity, p_old);
  v_max_value_bytes int;
  v_matches boolean[];
  v_group record;
begin
  select relrowsecurity into v_rls from pg_catalog.pg_class where oid = p_entity;
  if not found then
    return;
  end if;

  if octet_length(p_new::text) + octet_length(p_old::text) > 1048576 then
    v_max_value_bytes := 64;
  end if;
  v_matches := realtime.matching_asks(p_entity, case p_operation when 'DELETE' then p_old else p_new end, p_asks);

  for v_group in
    select
      ask ->> 'role' as role,
      ask -> 'select' as selection,
      array_agg(number::int - 1) as every_ask,
      array_agg(number::int - 1) filter (where v_matches[number]) as matching
    from jsonb_array_elements(p_asks) with ordinality as listed (ask, number)
    where exists (select from pg_catalog.pg_roles where rolname = ask ->> 'role')
    group by 1, 2
  loop
    asks := v_group.matching;
    columns := null;
    record := null;
    old_record := null;
    errors := null;
    restricted := false;

    if p_operation <> 'DELETE' then
      select case
        when not coalesce(bool_or(is_key), false) then array['Error 400: Bad Request, no primary key']
        when bool_or(is_key and not has_column_privilege(v_group.role, p_entity, position, 'select'))
          then array['Error 401: Unauthorized']
      end
      into errors
      from realtime.table_columns
      where entity = p_entity;
    end if;
    if errors is not null then
      asks := v_group.every_ask;
      return next;
      continue;
    end if;
    continue when asks is null;

    restricted := v_rls and p_operation <> 'DELETE';
    select
      jsonb_agg(jsonb_build_object('name', name, 'type', type_name) order by position)::text,
      jsonb_object_agg(name, v_new -> name)
        filter (where v_new ? name and octet_length((v_new -> name)::text) <= coalesce(v_max_value_bytes, 2147483647))::text,
      jsonb_object_agg(name, v_old -> name)
        filter (
          where v_old ? name
            and (is_key or not (v_rls and p_operation = 'DELETE'))
            and octet_length((v_old -> name)::text) <= coalesce(v_max_value_bytes, 2147483647)
        )::text
    into columns, record, old_record
    from realtime.table_columns
    where entity = p_entity
      and has_column_privilege(v_group.role, p_entity, position, 'select')
      and (jsonb_typeof(v_group.selection) = 'null' or v_group.selection ? name or is_key);
    if v_max_value_bytes is not null then
      errors := array['Error 413: Payload Too Large'];
    end if;
    return next;
  end loop;
end;
$$;

-- For each of `p_claims`, whether the policies let that caller, as `p_role`, select the row with the key `p_key`.
-- A policy that fails lets nobody see.
create or replace function realtime.visible_to(p_entity oid, p_key jsonb, p_role text, p_claims text[])
returns boolean[]
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_conditions text;
  v_claims text;
  v_sees boolean;
  v_result boolean[] := '{}';
begin
  select string_agg(format('%I = %L::%s', name, p_key ->> name, cast_type), ' and ')
  into v_conditions
  from realtime.table_columns
  where entity = p_entity and is_key;

  -- Prepared, because it runs once per subscriber; by name, because plpgsql would plan it anew each time.
  if exists (select from pg_catalog.pg_prepared_statements where name = 'realtime_visible') then
    deallocate realtime_visible;
  end if;
  execute format(
    'prepare realtime_visible as select exists (select from %s where %s)', p_entity::regclass, v_conditions
  );
  perform set_config('role', p_role, true);
  foreach v_claims in array p_claims loop
    begin
      perform
        set_config('request.jwt.claims', v_claims, true),
        set_config('request.jwt.claim.sub', coalesce(v_claims::jsonb ->> 'sub', ''), true),
        set_config('request.jwt.claim.role', p_role, true);
      execute 'execute realtime_visible' into v_sees;
      v_result := v_result || v_sees;
    exception when others then
      v_result := v_result || false;
    end;
  end loop;
  perform set_config('role', 'none', true);
  return v_result;
end;
$$;

revoke all on realtime.table_columns from public;
revoke execute on function realtime.filter_condition(text, text, jsonb) from public;
revoke execute on function realtime.check_subscription(oid, text, jsonb, text[]) from public;
revoke execute on function realtime.typed_values(oid, jsonb) from public;
revoke execute on function realtime.matching_asks(oid, jsonb, jsonb) from public;
revoke execute on function realtime.describe_change(oid, text, jsonb, jsonb, jsonb) from public;
revoke execute on function realtime.visible_to(oid, jsonb, text, text[]) from public;

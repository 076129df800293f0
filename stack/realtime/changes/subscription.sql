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

revoke all on realtime.table_columns from public;
revoke execute on function realtime.filter_condition(text, text, jsonb) from public;
revoke execute on function realtime.check_subscription(oid, text, jsonb, text[]) from public;

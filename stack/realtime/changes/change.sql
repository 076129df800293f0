-- What a change of a table means to whom. For `supabase_admin` alone.

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

revoke execute on function realtime.typed_values(oid, jsonb) from public;
revoke execute on function realtime.matching_asks(oid, jsonb, jsonb) from public;
revoke execute on function realtime.describe_change(oid, text, jsonb, jsonb, jsonb) from public;
revoke execute on function realtime.visible_to(oid, jsonb, text, text[]) from public;

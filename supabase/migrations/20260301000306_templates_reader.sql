-- The reader: brings a template's document into its one form, field by field, or says which field breaks which rule.

create function private.template_field_in_words(p_rule private.template_fields)
returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select case p_rule.type
    when 'text' then format('a text of %s to %s characters', p_rule.lower, p_rule.upper)
      || coalesce(', of the form ' || p_rule.of, ', without control characters')
    when 'integer' then format('a whole number from %s to %s', p_rule.lower, p_rule.upper)
    when 'number' then format('a number from %s to %s with at most 3 decimals', p_rule.lower, p_rule.upper)
    when 'boolean' then 'true or false'
    when 'label' then 'one of ' || (
      select string_agg(pg_enum.enumlabel, ', ' order by pg_enum.enumsortorder)
      from pg_catalog.pg_enum
      where pg_enum.enumtypid = p_rule.of::regtype
    )
    when 'uuid' then 'a UUID'
    when 'time' then 'a time such as 2026-03-01T12:00:00Z'
    when 'object' then 'an object'
    when 'list' then format('a list of %s to %s', p_rule.lower, p_rule.upper)
  end;
$$;

comment on function private.template_field_in_words(private.template_fields) is 'What a field of a template has to be.';

create function private.fits_template_field(p_rule private.template_fields, p_value jsonb)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  -- An expression alone, without a query of its own: it is asked of every field. pg_input_is_valid takes a parameter for a
  -- constant and remembers its type, hence the empty text after it.
  return case p_rule.type
    when 'text' then jsonb_typeof(p_value) = 'string'
      and char_length(p_value #>> '{}') between p_rule.lower and p_rule.upper
      and p_value #>> '{}' ~ coalesce(p_rule.of, '^[^\x01-\x08\x0b-\x1f\x7f]*$')
    when 'integer' then jsonb_typeof(p_value) = 'number'
      and (p_value::numeric between p_rule.lower and p_rule.upper)
      and p_value::numeric = trunc(p_value::numeric)
    when 'number' then jsonb_typeof(p_value) = 'number'
      and (p_value::numeric between p_rule.lower and p_rule.upper)
      and p_value::numeric = round(p_value::numeric, 3)
    when 'label' then jsonb_typeof(p_value) = 'string' and pg_input_is_valid(p_value #>> '{}', p_rule.of || '')
    when 'uuid' then jsonb_typeof(p_value) = 'string'
      and p_value #>> '{}' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    when 'time' then jsonb_typeof(p_value) = 'string'
      and p_value #>> '{}' ~ '^2[01]\d\d-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$'
      and pg_input_is_valid(p_value #>> '{}', 'timestamptz')
    when 'list' then jsonb_typeof(p_value) = 'array'
      and jsonb_array_length(p_value) between p_rule.lower and p_rule.upper
    else jsonb_typeof(p_value) = p_rule.type
  end;
end;
$$;

comment on function private.fits_template_field(private.template_fields, jsonb) is 'Whether a value keeps the rule of its field.';

create function private.read_template_value(p_rule private.template_fields, p_value jsonb, p_path text)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_element private.template_fields;
begin
  if not private.fits_template_field(p_rule, p_value) then
    perform private.fail('invalid_template', format('%s must be %s', p_path, private.template_field_in_words(p_rule)));
  end if;

  case p_rule.type
    when 'integer', 'number' then
      return to_jsonb(trim_scale(p_value::numeric));
    when 'uuid' then
      return lower(p_value::text)::jsonb;
    when 'time' then
      return to_jsonb((p_value #>> '{}')::timestamptz);
    when 'object' then
      return private.read_template_object(p_rule.of, p_value, p_path);
    when 'list' then
      select template_fields.*
      into v_element
      from private.template_fields
      where template_fields.level = p_rule.of
        and template_fields.name = '';

      return coalesce((
        select jsonb_agg(
          case when v_element.level is null
            then private.read_template_object(p_rule.of, element.value, format('%s[%s]', p_path, element.place - 1))
            else private.read_template_value(v_element, element.value, format('%s[%s]', p_path, element.place - 1))
          end
          order by element.place
        )
        from jsonb_array_elements(p_value) with ordinality as element (value, place)
      ), '[]');
    else
      return p_value;
  end case;
end;
$$;

comment on function private.read_template_value(private.template_fields, jsonb, text) is
  'A value of a template''s document in its one form. Fails with invalid_template, the path first.';

create function private.read_template_object(p_level text, p_object jsonb, p_path text)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_rule private.template_fields;
  v_read jsonb;
  v_missing text;
  v_unknown jsonb;
begin
  if jsonb_typeof(p_object) is distinct from 'object' then
    perform private.fail('invalid_template', format('%s must be an object', p_path));
  elsif p_level = 'progression' then
    select template_fields.* into v_rule from private.template_fields where template_fields.level = p_level;
    p_level := 'progression.' || (private.read_template_value(
      v_rule, coalesce(p_object -> 'type', 'null'), p_path || '.type'
    ) #>> '{}');
  end if;

  -- Plans have thousands of fields: those of an object are read in one statement, and what breaks its rule says so itself.
  select
    jsonb_object_agg(field.name, case
      when field.value is null then coalesce(field.fallback, 'null')
      when field.type in ('text', 'label', 'boolean') and private.fits_template_field(field.rule, field.value) then field.value
      when field.type in ('integer', 'number') and private.fits_template_field(field.rule, field.value)
        then to_jsonb(trim_scale(field.value::numeric))
      else private.read_template_value(field.rule, field.value, p_path || '.' || field.name)
    end) filter (where field.type <> 'derived'),
    min(field.name) filter (where field.is_required and field.value is null),
    p_object - array_agg(field.name)
  into v_read, v_missing, v_unknown
  from (
    select template_fields.*, template_fields as rule, nullif(p_object -> template_fields.name, 'null') as value
    from private.template_fields
    where template_fields.level = p_level
  ) as field;

  if v_unknown <> '{}' then
    perform private.fail('invalid_template', format(
      '%s.%s is not a field', p_path, (select left(min(name), 60) from jsonb_object_keys(v_unknown) as name)
    ));
  elsif v_missing is not null then
    perform private.fail('invalid_template', format('%s.%s is missing', p_path, v_missing));
  end if;

  return v_read;
end;
$$;

comment on function private.read_template_object(text, jsonb, text) is
  'An object of a template''s document with all its fields, those that are left out at their fallback.
Fails with invalid_template: for a field that is missing, unknown or out of its rule, the path first.';

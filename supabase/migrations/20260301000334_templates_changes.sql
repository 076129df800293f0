-- Changes: what differs between two versions of a plan, as an athlete in the middle of it reads it.

create function private.template_parts(p_document jsonb)
returns table (part text, id text, day text, exercise_id uuid, fields jsonb)
language sql
immutable
security invoker
set search_path = ''
as $$
  select 'plan', '', null, null::uuid, p_document - 'days'
  union all
  select 'day', element ->> 'id', element ->> 'name', null, element - '{id,exercises,estimated_minutes,estimated_calories}'::text[]
  from jsonb_array_elements(p_document -> 'days') as element
  union all
  select
    'exercise', planned ->> 'id', element ->> 'name', (planned ->> 'exercise_id')::uuid,
    (planned - 'id') || jsonb_build_object('day', element ->> 'id')
  from jsonb_array_elements(p_document -> 'days') as element
  cross join jsonb_array_elements(element -> 'exercises') as planned;
$$;

grant execute on function private.template_parts(jsonb) to authenticated;
comment on function private.template_parts(jsonb) is 'The plan, its days and its exercises, each with the fields that may change.';

create function private.changes_between(p_from jsonb, p_to jsonb)
returns table (part text, kind text, day text, exercise_id uuid, field text, old_value jsonb, new_value jsonb)
language sql
stable
security invoker
set search_path = ''
as $$
  with part as (
    select
      coalesce(new.part, old.part) as part,
      coalesce(new.day, old.day) as day,
      coalesce(new.exercise_id, old.exercise_id) as exercise_id,
      case when old.id is null then 'added' when new.id is null then 'removed' else 'changed' end as kind,
      old.fields as old_fields,
      new.fields as new_fields
    from private.template_parts(p_from) as old
    full join private.template_parts(p_to) as new on new.part = old.part and new.id = old.id
  )
  select part.part, part.kind, part.day, part.exercise_id, changed.field, changed.old_value, changed.new_value
  from part
  left join lateral (
    select new.key as field, part.old_fields -> new.key as old_value, new.value as new_value
    from jsonb_each(part.new_fields) as new
    where part.kind = 'changed'
      and part.old_fields -> new.key is distinct from new.value
  ) as changed on true
  where part.kind <> 'changed'
    or changed.field is not null;
$$;

grant execute on function private.changes_between(jsonb, jsonb) to authenticated;
comment on function private.changes_between(jsonb, jsonb) is 'What differs between two documents of one plan, field by field.';

create function private.change_in_words(
  p_part text,
  p_kind text,
  p_day text,
  p_exercise text,
  p_field text,
  p_old jsonb,
  p_new jsonb
)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select case p_part
    when 'plan' then ''
    when 'day' then format('%s: ', p_day)
    else format('%s, %s: ', p_day, coalesce(p_exercise, 'an exercise that is gone'))
  end || case
    when p_kind <> 'changed' then p_kind
    when p_field = 'exercise_id' then 'takes the place of another exercise'
    when p_field = 'day' then 'moved here from another day'
    when p_field in ('description', 'notes', 'alternatives', 'progression', 'deload')
      then format('%s changed', p_field)
    else format(
      '%s from %s to %s', replace(p_field, '_', ' '),
      coalesce(nullif(p_old, 'null') #>> '{}', 'none'), coalesce(nullif(p_new, 'null') #>> '{}', 'none')
    )
  end;
$$;

grant execute on function private.change_in_words(text, text, text, text, text, jsonb, jsonb) to authenticated;
comment on function private.change_in_words(text, text, text, text, text, jsonb, jsonb) is 'A change of a plan in words.';

create function public.template_changes(
  template_id uuid default null,
  from_version integer default null,
  to_version integer default null
)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_card public.workout_templates;
  v_from integer;
  v_to integer;
  v_old jsonb;
  v_new jsonb;
begin
  perform private.current_user_id();
  select workout_templates.*
  into v_card
  from public.workout_templates
  where workout_templates.id = template_changes.template_id;

  v_to := coalesce(template_changes.to_version, v_card.version);
  v_from := coalesce(
    template_changes.from_version,
    (private.my_template_state(template_changes.template_id) #>> '{run,version}')::integer,
    greatest(v_to - 1, 1)
  );
  v_old := private.readable_document(template_changes.template_id, v_from, v_card.is_premium);
  v_new := private.readable_document(template_changes.template_id, v_to, v_card.is_premium);

  -- An exercise that was merged is not another one.
  return jsonb_build_object('from_version', v_from, 'to_version', v_to, 'changes', (
    select coalesce(jsonb_agg(
      jsonb_build_object(
        'part', change.part, 'kind', change.kind, 'day', change.day, 'exercise_id', change.exercise_id,
        'exercise', exercises.name, 'field', change.field, 'from', change.old_value, 'to', change.new_value,
        'text', private.change_in_words(
          change.part, change.kind, change.day, exercises.name, change.field, change.old_value, change.new_value
        )
      )
      order by array_position(array['plan', 'day', 'exercise'], change.part), change.day, exercises.name, change.kind, change.field
    ), '[]')
    from private.changes_between(
      private.current_template(v_old, private.template_library(v_old, auth.uid())),
      private.current_template(v_new, private.template_library(v_new, auth.uid()))
    ) as change
    left join public.exercises on exercises.id = change.exercise_id
  ));
end;
$$;

grant execute on function public.template_changes(uuid, integer, integer) to authenticated;
comment on function public.template_changes(uuid, integer, integer) is
  'What differs between two versions of a plan: from the one that the caller follows, or else the last but one, to the newest.
Answers {from_version, to_version, changes}; a change has part (plan, day, exercise), kind (added, removed, changed), day,
exercise, field, from, to, and text, which says it in English.
Fails with not_authenticated, template_not_found or premium_template.';

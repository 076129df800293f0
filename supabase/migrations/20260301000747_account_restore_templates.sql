-- Import of an archive, the plans: a document is held to the rules that save_template holds it to, and what follows from it
-- is derived from it.

create function private.archive_document(p_document jsonb)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_read jsonb;
begin
  if octet_length(p_document::text) > 1200000
    or (select count(*) from jsonb_path_query(p_document, '$.days[*].exercises[*]')) > 1000
  then
    perform private.fail('invalid_template', '$ must have at most 1000000 bytes and 1000 exercises');
  end if;

  v_read := private.read_template_object('template', p_document, '$') - '{id,version,ai_generated}'::text[];

  if jsonb_path_exists(v_read, '$.days[*].id ? (@ == null)')
    or jsonb_path_exists(v_read, '$.days[*].exercises[*].id ? (@ == null)')
    or jsonb_path_exists(v_read, '$.days[*].position ? (@ == null)')
    or jsonb_path_exists(v_read, '$.days[*].exercises[*].position ? (@ == null)')
  then
    perform private.fail('invalid_template', '$.days must have ids and positions, as their exercises');
  end if;

  return private.with_estimates(v_read);
end;
$$;

comment on function private.archive_document(jsonb) is
  'A document of an archive as it is stored. Fails with invalid_template, the path first.';

create function private.archive_document_problem(p_document jsonb, p_user_id uuid)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_library jsonb := private.template_library(p_document, p_user_id);
  v_known jsonb;
  v_gone jsonb;
begin
  -- An exercise may be gone from the library since the plan was made: the plan is still one, and nothing is asked of that.
  select jsonb_set(p_document, '{days}', jsonb_agg(
    jsonb_set(element.day, '{exercises}', coalesce((
      select jsonb_agg(
        jsonb_set(planned.exercise, '{alternatives}', coalesce((
          select jsonb_agg(alternative.id order by alternative.place)
          from jsonb_array_elements(planned.exercise -> 'alternatives') with ordinality as alternative (id, place)
          where v_library ? (alternative.id #>> '{}')
            and v_library ? (planned.exercise ->> 'exercise_id')
        ), '[]'))
        order by planned.place
      )
      from jsonb_array_elements(element.day -> 'exercises') with ordinality as planned (exercise, place)
    ), '[]'))
    order by element.place
  ))
  into v_known
  from jsonb_array_elements(p_document -> 'days') with ordinality as element (day, place);

  select coalesce(jsonb_object_agg(named.id, jsonb_build_object('id', named.id)), '{}')
  into v_gone
  from (
    select distinct exercise ->> 'exercise_id' as id
    from jsonb_path_query(p_document, '$.days[*].exercises[*]') as exercise
  ) as named
  where not v_library ? named.id;

  return private.template_problem(v_known, v_library || v_gone);
end;
$$;

comment on function private.archive_document_problem(jsonb, uuid) is
  'The first rule between fields that a document of an archive breaks, as a path and a sentence; null for none.';

create function private.derive_template(p_card public.workout_templates)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_document jsonb;
  v_problem text;
begin
  select template_versions.document
  into v_document
  from public.template_versions
  where template_versions.template_id = p_card.id
    and template_versions.version = p_card.version;

  if not found then
    perform private.fail('invalid_archive', 'public.workout_templates: a plan without its newest version');
  end if;

  v_problem := private.archive_document_problem(v_document, p_card.created_by);

  if v_problem is not null then
    perform private.fail('invalid_template', v_problem);
  end if;

  update public.workout_templates
  set (name, language, description, difficulty, goal, category, tags, total_weeks, days_per_week, estimated_minutes,
      estimated_calories, primary_muscles, equipment)
    = (card.name, card.language, card.description, card.difficulty, card.goal, card.category, card.tags, card.total_weeks,
      totals.days_per_week, totals.estimated_minutes, totals.estimated_calories, totals.primary_muscles, totals.equipment)
  from jsonb_populate_record(null::public.workout_templates, v_document) as card
  cross join lateral private.template_totals(v_document) as totals
  where workout_templates.id = p_card.id;

  perform private.store_template_rows(p_card.id, v_document);

  -- An own exercise is not approved by an archive, and others are shown what is of the library.
  update public.workout_templates
  set is_published = false
  where workout_templates.id = p_card.id
    and workout_templates.is_published
    and private.shared_template_problem(v_document, private.template_library(v_document, p_card.created_by)) is not null;
end;
$$;

comment on function private.derive_template(public.workout_templates) is
  'Brings a card and the rows of its days to what its newest version says. Fails with invalid_archive or invalid_template.';

create function private.derive_templates(p_user_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_card public.workout_templates;
begin
  if (select count(*) from public.workout_templates where workout_templates.created_by = p_user_id) > 500 then
    perform private.fail('too_many_templates', '500');
  end if;

  for v_card in
    select workout_templates.*
    from public.workout_templates
    where workout_templates.created_by = p_user_id
  loop
    perform private.derive_template(v_card);
  end loop;
end;
$$;

comment on function private.derive_templates(uuid) is
  'Derives what follows from the documents of a person''s plans. Fails with too_many_templates, or as derive_template does.';

create function private.end_unfollowed_runs(p_user_id uuid)
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_count bigint;
begin
  update public.template_runs
  set status = 'abandoned', ended_at = now()
  where template_runs.user_id = p_user_id
    and template_runs.status = 'active'
    and not exists (
      select from public.template_versions
      where template_versions.template_id = template_runs.template_id
        and template_versions.version = template_runs.version
        and template_versions.created_by = p_user_id
    )
    and not private.may_follow(template_runs.template_id, template_runs.version);

  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

comment on function private.end_unfollowed_runs(uuid) is
  'Ends the runs of plans that the caller may not train by: a run opens its version. Answers how many.';

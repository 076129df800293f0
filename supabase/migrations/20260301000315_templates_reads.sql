-- Reading: a template in one call, with all that a client needs to show it and to train by it.

create function private.readable_document(p_template_id uuid, p_version integer, p_is_premium boolean)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_document jsonb;
begin
  select template_versions.document
  into v_document
  from public.template_versions
  where template_versions.template_id = p_template_id
    and template_versions.version = p_version;

  if found then
    return v_document;
  elsif not coalesce(p_is_premium, false) then
    perform private.fail('template_not_found');
  elsif auth.uid() is null then
    perform private.fail('premium_template');
  elsif not private.has_entitlement('premium_templates') then
    perform private.fail('premium_template');
  end if;

  perform private.fail('template_not_found');
end;
$$;

grant execute on function private.readable_document(uuid, integer, boolean) to anon, authenticated;
comment on function private.readable_document(uuid, integer, boolean) is
  'The document of a version that the caller may read. Fails with premium_template or template_not_found.';

create function private.template_exercise_cards(p_library jsonb)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(private.exercise_card(exercises, private.my_languages(null)) order by exercises.name, exercises.id), '[]')
    from public.exercises
    where exercises.id in (select (named.value ->> 'id')::uuid from jsonb_each(p_library) as named)
  );
end;
$$;

grant execute on function private.template_exercise_cards(jsonb) to anon, authenticated;
comment on function private.template_exercise_cards(jsonb) is 'The exercises of a template that the caller sees, as cards.';

create function private.my_template_state(p_template_id uuid)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if auth.uid() is null then
    return '{"run": null, "ai_generated": null, "my_rating": null, "is_favorite": false}';
  end if;

  return jsonb_build_object(
    'run', (
      select to_jsonb(template_runs)
      from public.template_runs
      where template_runs.template_id = p_template_id
        and template_runs.user_id = (select auth.uid())
        and template_runs.status = 'active'
    ),
    'ai_generated', (
      select jsonb_build_object(
        'prompt', template_generations.prompt,
        'generated_at', template_generations.generated_at,
        'ai_version', template_generations.ai_version
      )
      from public.template_generations
      where template_generations.template_id = p_template_id
    ),
    'my_rating', (
      select template_ratings.rating
      from public.template_ratings
      where template_ratings.template_id = p_template_id
        and template_ratings.user_id = (select auth.uid())
    ),
    'is_favorite', exists (
      select from public.template_favorites
      where template_favorites.template_id = p_template_id
        and template_favorites.user_id = (select auth.uid())
    )
  );
end;
$$;

grant execute on function private.my_template_state(uuid) to anon, authenticated;
comment on function private.my_template_state(uuid) is 'What a template is to the caller: the run that they are on, and what only its author sees.';

create function public.get_template(template_id uuid default null, version integer default null)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_card public.workout_templates;
  v_mine jsonb := private.my_template_state(get_template.template_id);
  v_version integer;
  v_document jsonb;
  v_library jsonb;
begin
  select workout_templates.*
  into v_card
  from public.workout_templates
  where workout_templates.id = get_template.template_id;

  -- One who follows a plan goes on reading it when its author has withdrawn or deleted it.
  v_version := coalesce(get_template.version, v_card.version, (v_mine #>> '{run,version}')::integer);
  v_document := private.readable_document(get_template.template_id, v_version, v_card.is_premium);
  v_library := private.template_library(v_document, auth.uid());

  return to_jsonb(v_card) || private.current_template(v_document, v_library) || v_mine || jsonb_build_object(
    'id', get_template.template_id,
    'version', v_version,
    'newest_version', v_card.version,
    'exercises', private.template_exercise_cards(v_library)
  );
end;
$$;

grant execute on function public.get_template(uuid, integer) to anon, authenticated;
comment on function public.get_template(uuid, integer) is
  'A template in one call: its card, the document of a version (the newest, or that of one''s own run when it was withdrawn)
with days and exercises, a card for each exercise that the caller sees, and the caller''s active run. An exercise that was
merged is the one that took its place; one without a card is gone. Others than the author read the newest version and that
of their run. Fails with template_not_found or premium_template.';

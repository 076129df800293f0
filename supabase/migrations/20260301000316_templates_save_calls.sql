-- save_template: who may write what over what, and when it is a new version.

-- What the author sent, or a repetition of it: the version that it made, null when it has yet to be stored.
create function private.saved_version(p_card public.workout_templates, p_base integer, p_hash uuid)
returns integer
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if exists (
    select from public.template_versions
    where template_versions.template_id = p_card.id
      and template_versions.version = coalesce(p_base + 1, p_card.version)
      and template_versions.request_hash = p_hash
  ) then
    return p_card.version;
  elsif p_base <> p_card.version then
    perform private.fail('template_changed', p_card.version::text);
  end if;

  return null;
end;
$$;

comment on function private.saved_version(public.workout_templates, integer, uuid) is
  'The newest version when this very request made the one after its base; null for a change of the newest.
Fails with template_changed when the change was made in another version.';

create function private.checked_template(p_card public.workout_templates, p_given jsonb, p_previous jsonb, p_user_id uuid)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_placed jsonb := private.placed_template(p_given - '{id,version,ai_generated}'::text[]);
  v_library jsonb := private.template_library(v_placed, p_user_id);
  v_document jsonb := private.current_template(private.identified_template(v_placed, p_previous), v_library);
  v_problem text;
begin
  if v_document = private.current_template(p_previous, private.template_library(p_previous, p_user_id)) then
    return null;
  end if;

  v_problem := private.template_problem(v_placed, v_library);

  if v_problem is not null then
    perform private.fail('invalid_template', v_problem);
  end if;

  if p_card.is_published then
    v_problem := private.shared_template_problem(v_placed, v_library);

    if v_problem is not null then
      perform private.fail('template_not_shareable', v_problem);
    end if;
  end if;

  return private.with_estimates(v_document);
end;
$$;

comment on function private.checked_template(public.workout_templates, jsonb, jsonb, uuid) is
  'The document to store, null when it is what is stored. Fails with invalid_template or template_not_shareable.';

create function private.store_template(p_template jsonb, p_user_id uuid)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_given jsonb;
  v_id uuid;
  v_hash constant uuid := private.request_hash(p_template);
  v_card public.workout_templates;
  v_previous jsonb;
  v_document jsonb;
begin
  if octet_length(p_template::text) > 1000000 then
    perform private.fail('invalid_template', '$ must have at most 1000000 bytes');
  elsif (select count(*) from jsonb_path_query(p_template, '$.days[*].exercises[*]')) > 1000 then
    perform private.fail('invalid_template', '$.days must have at most 1000 exercises altogether');
  end if;

  v_given := private.read_template_object('template', p_template, '$');
  v_id := coalesce((v_given ->> 'id')::uuid, private.uuid_v7());
  perform pg_advisory_xact_lock(hashtextextended('template:' || v_id, 0));
  select workout_templates.* into v_card from public.workout_templates where workout_templates.id = v_id;

  if v_card.id is not null then
    if v_card.created_by is distinct from p_user_id then
      perform private.fail('id_conflict', v_id::text);
    elsif private.saved_version(v_card, (v_given ->> 'version')::integer, v_hash) is not null then
      return v_id;
    end if;

    select private.without_estimates(template_versions.document)
    into v_previous
    from public.template_versions
    where template_versions.template_id = v_id
      and template_versions.version = v_card.version;
  elsif v_given ->> 'version' is not null then
    perform private.fail('template_not_found');
  elsif exists (select from public.template_versions where template_versions.template_id = v_id) then
    perform private.fail('id_conflict', v_id::text);
  elsif (select count(*) from public.workout_templates where workout_templates.created_by = p_user_id) >= 500 then
    perform private.fail('too_many_templates', '500');
  end if;

  v_document := private.checked_template(v_card, v_given, v_previous, p_user_id);

  if v_document is null then
    return v_id;
  end if;

  perform private.store_template_card(v_id, coalesce(v_card.version, 0) + 1, v_given, v_document, p_user_id);
  insert into public.template_versions (
    template_id, version, created_by, is_premium, is_premium_copy, document, request_hash
  )
  values (
    v_id, coalesce(v_card.version, 0) + 1, p_user_id, coalesce(v_card.is_premium, false),
    coalesce(v_card.is_premium_copy, false), v_document, v_hash
  );
  perform private.store_template_rows(v_id, v_document);
  return v_id;
exception
  when unique_violation then
    perform private.fail('id_conflict', 'a day or an exercise has the id of one of another template');
end;
$$;

comment on function private.store_template(jsonb, uuid) is
  'Stores a template of this author''s, the product''s own where there is none, and answers its id. A seed may call it.
Fails as public.save_template does.';

-- definer: cards, versions and their rows are not granted to be written; the author is the caller.
create function private.save_template(p_template jsonb)
returns uuid
language sql
volatile
security definer
set search_path = ''
as $$
  select private.store_template(p_template, private.current_user_id());
$$;

grant execute on function private.save_template(jsonb) to authenticated;
comment on function private.save_template(jsonb) is 'Stores a template of the caller''s and answers its id.';

create function public.save_template(template jsonb default null)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_id uuid := private.save_template(template);
begin
  return public.get_template(v_id);
end;
$$;

grant execute on function public.save_template(jsonb) to authenticated;
comment on function public.save_template(jsonb) is
  'Stores a template, all of it or nothing, and answers it as get_template does. The document''s fields and their rules are
in docs/reference/templates.md; what get_template answered may be sent back changed. A new id makes a template; a known one
of the caller''s makes its next version, unless nothing differs. version says which one the change was made in: another
save meanwhile is not lost but answered with template_changed. The same request again answers the same. Days and exercises
without an id keep that of what stood in their place.
Fails with not_authenticated, invalid_template, template_changed, template_not_found, template_not_shareable, id_conflict,
too_many_templates, or premium_template for a copy of a premium template.';

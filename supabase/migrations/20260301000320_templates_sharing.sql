-- Sharing: an author shows a template to others, or takes it back.

create function private.my_template(p_template_id uuid)
returns public.workout_templates
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id constant uuid := private.current_user_id();
  v_card public.workout_templates;
begin
  perform pg_advisory_xact_lock(hashtextextended('template:' || p_template_id, 0));
  select workout_templates.*
  into v_card
  from public.workout_templates
  where workout_templates.id = p_template_id
    and workout_templates.created_by = v_user_id;

  if not found then
    perform private.fail('template_not_found');
  end if;

  return v_card;
end;
$$;

comment on function private.my_template(uuid) is
  'The caller''s template, held until the transaction ends. Fails with not_authenticated or template_not_found.';

-- Publishing -----------------------------------------------------------------------------------------------------------

-- definer: is_published is not granted, because what is published has to keep its rules.
create function private.publish_template(p_template_id uuid, p_visibility public.visibility)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_card public.workout_templates := private.my_template(p_template_id);
  v_problem text;
begin
  if p_visibility = 'private' or p_visibility is null then
    perform private.fail('invalid_argument', 'visibility must be public or friends');
  elsif v_card.is_premium_copy then
    perform private.fail('template_not_shareable', 'a copy of a premium template');
  end if;

  select private.shared_template_problem(
    template_versions.document, private.template_library(template_versions.document, v_card.created_by)
  )
  into v_problem
  from public.template_versions
  where template_versions.template_id = v_card.id
    and template_versions.version = v_card.version;

  if v_problem is not null then
    perform private.fail('template_not_shareable', v_problem);
  end if;

  update public.workout_templates
  set is_published = true,
    published_at = case when workout_templates.is_published then workout_templates.published_at else now() end,
    visibility = p_visibility
  where workout_templates.id = v_card.id
    and (not workout_templates.is_published or workout_templates.visibility <> p_visibility);
end;
$$;

grant execute on function private.publish_template(uuid, public.visibility) to authenticated;
comment on function private.publish_template(uuid, public.visibility) is 'Does the work of public.publish_template.';

create function public.publish_template(template_id uuid default null, visibility public.visibility default 'public')
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.publish_template(publish_template.template_id, publish_template.visibility);
  return public.get_template(publish_template.template_id);
end;
$$;

grant execute on function public.publish_template(uuid, public.visibility) to authenticated;
comment on function public.publish_template(uuid, public.visibility) is
  'Shows one''s template to everyone or to friends, and answers it. All of its exercises have to be of the library, and it is no copy of a premium one. Everyone sees it only while
the author''s profile is public, friends while it is not private.
Fails with not_authenticated, template_not_found, template_not_shareable or invalid_argument.';

-- definer: as for publish_template.
create function private.unpublish_template(p_template_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_card public.workout_templates := private.my_template(p_template_id);
begin
  update public.workout_templates
  set is_published = false
  where workout_templates.id = v_card.id
    and workout_templates.is_published;
end;
$$;

grant execute on function private.unpublish_template(uuid) to authenticated;
comment on function private.unpublish_template(uuid) is 'Does the work of public.unpublish_template.';

create function public.unpublish_template(template_id uuid default null)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.unpublish_template(unpublish_template.template_id);
  return public.get_template(unpublish_template.template_id);
end;
$$;

grant execute on function public.unpublish_template(uuid) to authenticated;
comment on function public.unpublish_template(uuid) is
  'Takes one''s template back, and answers it. Who is in the middle of it goes on with the version that they follow.
Fails with not_authenticated or template_not_found.';

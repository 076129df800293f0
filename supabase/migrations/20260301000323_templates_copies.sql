-- Copies and the front: others make a template their own, admins say which are featured and which are premium.

insert into private.error_codes (code, status, message, hint)
values
  ('template_not_published', 409, 'The template is not published for everyone.', 'Its author has to publish it first.');

-- Copies ---------------------------------------------------------------------------------------------------------------

-- definer: copied_from is not granted. What is copied, the caller has read.
create function private.save_copy(p_id uuid, p_from public.workout_templates, p_document jsonb)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.store_template(
    private.without_estimates(jsonb_set(p_document, '{days}', (
      select jsonb_agg(
        jsonb_set(element.day - 'id', '{exercises}', coalesce((
          select jsonb_agg(planned.exercise - 'id' order by planned.place)
          from jsonb_array_elements(element.day -> 'exercises') with ordinality as planned (exercise, place)
        ), '[]'))
        order by element.place
      )
      from jsonb_array_elements(p_document -> 'days') with ordinality as element (day, place)
    ))) || jsonb_build_object('id', p_id),
    private.current_user_id()
  );

  update public.workout_templates
  set copied_from = p_from.id,
    is_ai_generated = p_from.is_ai_generated
  where workout_templates.id = p_id;
end;
$$;

grant execute on function private.save_copy(uuid, public.workout_templates, jsonb) to authenticated;
comment on function private.save_copy(uuid, public.workout_templates, jsonb) is 'Stores a copy of a template for the caller.';

create function public.duplicate_template(template_id uuid default null, id uuid default null)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id constant uuid := private.current_user_id();
  v_id constant uuid := coalesce(duplicate_template.id, private.uuid_v7());
  v_from public.workout_templates;
begin
  if exists (
    select from public.workout_templates
    where workout_templates.id = v_id
      and workout_templates.created_by = v_user_id
      and workout_templates.copied_from = duplicate_template.template_id
  ) then
    return public.get_template(v_id);
  elsif exists (select from public.workout_templates where workout_templates.id = v_id) then
    perform private.fail('id_conflict', v_id::text);
  end if;

  select workout_templates.*
  into v_from
  from public.workout_templates
  where workout_templates.id = duplicate_template.template_id;

  perform private.save_copy(v_id, v_from, private.readable_document(v_from.id, v_from.version, v_from.is_premium));
  return public.get_template(v_id);
end;
$$;

grant execute on function public.duplicate_template(uuid, uuid) to authenticated;
comment on function public.duplicate_template(uuid, uuid) is
  'Makes a private copy of a template that the caller reads, and answers it. The same id again answers the same copy.
Fails with not_authenticated, template_not_found, premium_template, id_conflict, too_many_templates, or with
invalid_template where an exercise of it is gone.';

-- Featured -------------------------------------------------------------------------------------------------------------

-- definer: these columns are not granted. Admins alone get past the first line.
create function private.feature_template(p_template_id uuid, p_featured_order integer, p_is_premium boolean)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_card public.workout_templates;
begin
  perform private.require_admin();

  if p_featured_order not between 1 and 999 then
    perform private.fail('invalid_argument', 'featured_order must be between 1 and 999');
  end if;

  select workout_templates.*
  into v_card
  from public.workout_templates
  where workout_templates.id = p_template_id
  for no key update;

  if not found then
    perform private.fail('template_not_found');
  elsif not (v_card.is_published and v_card.visibility = 'public') then
    perform private.fail('template_not_published');
  end if;

  update public.workout_templates
  set featured_order = p_featured_order,
    is_premium = coalesce(p_is_premium, workout_templates.is_premium)
  where workout_templates.id = p_template_id
    and (workout_templates.featured_order, workout_templates.is_premium)
      is distinct from (p_featured_order::smallint, coalesce(p_is_premium, workout_templates.is_premium));

  if found then
    perform private.audit('feature_template', p_template_id, jsonb_build_object(
      'featured_order', p_featured_order, 'is_premium', coalesce(p_is_premium, v_card.is_premium)
    ));
  end if;
end;
$$;

grant execute on function private.feature_template(uuid, integer, boolean) to authenticated;
comment on function private.feature_template(uuid, integer, boolean) is 'Does the work of public.feature_template.';

create function public.feature_template(
  template_id uuid default null,
  featured_order integer default null,
  is_premium boolean default null
)
returns public.workout_templates
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_card public.workout_templates;
begin
  perform private.feature_template(
    feature_template.template_id, feature_template.featured_order, feature_template.is_premium
  );

  select workout_templates.*
  into v_card
  from public.workout_templates
  where workout_templates.id = feature_template.template_id;

  return v_card;
end;
$$;

grant execute on function public.feature_template(uuid, integer, boolean) to authenticated;
comment on function public.feature_template(uuid, integer, boolean) is
  'For admins: gives a public template a place among the featured ones, or takes it away with null; is_premium, where it is
given, says whether its document is for premium plans. Answers the card; every change is in the audit log.
Fails with not_authenticated, admin_only, template_not_found, template_not_published or invalid_argument.';

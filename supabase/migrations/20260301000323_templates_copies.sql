-- Copies: others make a template their own.

insert into private.error_codes (code, status, message, hint)
values
  ('template_not_published', 409, 'The template is not published for everyone.', 'Its author has to publish it first, with a public profile.');

-- Copies ---------------------------------------------------------------------------------------------------------------

-- definer: copied_from is not granted. What is copied, the caller has read.
create function private.save_copy(p_id uuid, p_from public.workout_templates, p_document jsonb)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  -- What others made for premium plans stays that: a plan that ends takes it along.
  v_is_premium constant boolean := p_from.is_premium
    and (p_from.is_premium_copy or p_from.created_by is distinct from private.current_user_id());
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
    is_ai_generated = p_from.is_ai_generated,
    is_premium = v_is_premium,
    is_premium_copy = v_is_premium
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
  'Makes a private copy of a template that the caller reads, and answers it. The same id again answers the same copy. That of
somebody else''s premium template is read, changed and trained by while the plan entitles to it, and is never published.
Fails with not_authenticated, template_not_found, premium_template, id_conflict, too_many_templates, or with
invalid_template where an exercise of it is gone.';

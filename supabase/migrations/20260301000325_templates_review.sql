-- Review: admins look at what is shown to everybody, say what is featured and what is for premium plans. Nothing waits for
-- them: a template is public as soon as its author publishes it.

create table private.template_reviews (
  template_id uuid primary key references public.workout_templates (id) on delete cascade,
  version     integer not null,
  reviewed_at timestamptz not null default now()
);

alter table private.template_reviews enable row level security;

comment on table private.template_reviews is
  'Which version of a template an admin looked at last. Who that was, and what was decided, is in the audit log.';
comment on column private.template_reviews.template_id is 'The template.';
comment on column private.template_reviews.version is 'Its version then; a later one waits for a review again.';
comment on column private.template_reviews.reviewed_at is 'When.';

-- The queue ------------------------------------------------------------------------------------------------------------

-- definer: reviews are nobody's to read, the log is nobody's to write, and whom an author has blocked reviews them too. Admins
-- alone get past the first line.
create function private.template_review_queue(p_cursor text, p_limit integer)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_limit integer := private.page_size(p_limit);
  v_after jsonb := private.decode_cursor(p_cursor, array['timestamptz', 'uuid']);
  v_page public.workout_templates[];
begin
  perform private.require_admin();

  v_page := array(
    select workout_templates
    from public.workout_templates
    where workout_templates.is_published
      and workout_templates.is_active
      and workout_templates.visibility = 'public'
      and workout_templates.author_is_public
      and workout_templates.created_by is not null
      and not exists (
        select from private.template_reviews
        where template_reviews.template_id = workout_templates.id
          and template_reviews.version = workout_templates.version
      )
      and (v_after is null or (workout_templates.published_at, workout_templates.id)
        > ((v_after ->> 0)::timestamptz, (v_after ->> 1)::uuid))
    order by workout_templates.published_at, workout_templates.id
    limit v_limit + 1
  );

  perform private.audit('template_listed', listed.created_by, jsonb_build_object('template_id', listed.id))
  from unnest(v_page[1:v_limit]) as listed;

  return jsonb_build_object(
    'items', coalesce((
      select jsonb_agg(to_jsonb(listed) order by listed.published_at, listed.id)
      from unnest(v_page[1:v_limit]) as listed
    ), '[]'),
    'next_cursor', case when cardinality(v_page) > v_limit then
      private.encode_cursor(jsonb_build_array(v_page[v_limit].published_at, v_page[v_limit].id))
    end
  );
end;
$$;

grant execute on function private.template_review_queue(text, integer) to authenticated;
comment on function private.template_review_queue(text, integer) is
  'The cards of athletes'' public templates whose newest version no admin has looked at, first published first: {items,
next_cursor}. For admin_review_queue. Each is an entry in its author''s access log. Fails with not_authenticated, admin_only, invalid_cursor or invalid_limit.';

-- The decision ---------------------------------------------------------------------------------------------------------

-- definer: these columns are not granted. Admins alone get past the first line.
create function private.feature_template(
  p_template_id uuid,
  p_featured_order integer,
  p_is_premium boolean,
  p_version integer
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_card public.workout_templates;
  v_is_changed boolean;
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
  elsif not (v_card.is_published and v_card.visibility = 'public' and v_card.author_is_public) then
    perform private.fail('template_not_published');
  elsif p_version <> v_card.version then
    perform private.fail('template_changed', v_card.version::text);
  end if;

  update public.workout_templates
  set featured_order = p_featured_order,
    is_premium = coalesce(p_is_premium, workout_templates.is_premium)
  where workout_templates.id = p_template_id
    and (workout_templates.featured_order, workout_templates.is_premium)
      is distinct from (p_featured_order::smallint, coalesce(p_is_premium, workout_templates.is_premium));

  v_is_changed := found;
  insert into private.template_reviews as review (template_id, version)
  values (v_card.id, v_card.version)
  on conflict (template_id) do update
  set version = excluded.version, reviewed_at = now()
  where review.version <> excluded.version;

  if v_is_changed or found then
    perform private.audit('feature_template', v_card.created_by, jsonb_build_object(
      'template_id', p_template_id, 'version', v_card.version, 'featured_order', p_featured_order,
      'is_premium', coalesce(p_is_premium, v_card.is_premium)
    ));
  end if;
end;
$$;

grant execute on function private.feature_template(uuid, integer, boolean, integer) to authenticated;
comment on function private.feature_template(uuid, integer, boolean, integer) is 'Does the work of public.feature_template.';

create function public.feature_template(
  template_id uuid default null,
  featured_order integer default null,
  is_premium boolean default null,
  version integer default null
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
    feature_template.template_id, feature_template.featured_order, feature_template.is_premium, feature_template.version
  );

  select workout_templates.*
  into v_card
  from public.workout_templates
  where workout_templates.id = feature_template.template_id;

  return v_card;
end;
$$;

grant execute on function public.feature_template(uuid, integer, boolean, integer) to authenticated;
comment on function public.feature_template(uuid, integer, boolean, integer) is
  'For admins: gives a public template a place among the featured ones, or takes it away with null; is_premium, where it is
given, says whether its document is for premium plans. Either way it was looked at, and leaves the queue until its next version;
version says which one was read. Answers the card; every decision is in the author''s access log.
Fails with not_authenticated, admin_only, template_not_found, template_not_published, template_changed or invalid_argument.';

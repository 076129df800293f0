-- Review: an admin reads what athletes want to share, and says yes, or no and why. Either is in the athlete's access log.

insert into private.error_codes (code, status, message, hint)
values
  ('admin_only', 403, 'This is for admins.', 'Sign in as an admin.'),
  ('exercise_changed', 409, 'The exercise was edited since it was read.', 'Read it again, then decide.');

create function private.require_admin()
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  perform private.current_user_id();

  if not private.is_admin() then
    perform private.fail('admin_only');
  end if;
end;
$$;

grant execute on function private.require_admin() to authenticated, service_role;
comment on function private.require_admin() is 'Fails with not_authenticated or admin_only unless the caller is an admin now.';

-- definer: review_status is not granted; who may write a variation or a translation is for those tables to say.
create function private.tg__resubmit_exercise()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.exercises
  set review_status = 'pending',
    review_reason = null
  where exercises.id = case tg_op when 'DELETE' then old.exercise_id else new.exercise_id end
    and exercises.review_status <> 'approved';

  return null;
end;
$$;

comment on function private.tg__resubmit_exercise() is
  'What is edited beside an exercise that is not approved counts as an edit of it: it is up for review, at a new updated_at.';

-- The queue ------------------------------------------------------------------------------------------------------------

create function private.audit_exercise(p_action text, p_exercise public.exercises, p_details jsonb default '{}')
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.audit(
    p_action, private.exercise_creator(p_exercise), jsonb_build_object('exercise_id', p_exercise.id) || p_details
  );
end;
$$;

comment on function private.audit_exercise(text, public.exercises, jsonb) is
  'Adds what an admin did with an exercise to the audit log, where the athlete whose it is finds it.';

create function private.beside_exercise(p_exercise_id uuid)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'variations', coalesce((
      select jsonb_agg(to_jsonb(exercise_variations) order by exercise_variations.name)
      from public.exercise_variations
      where exercise_variations.exercise_id = p_exercise_id
    ), '[]'),
    'translations', coalesce((
      select jsonb_agg(to_jsonb(exercise_translations) order by exercise_translations.language)
      from public.exercise_translations
      where exercise_translations.exercise_id = p_exercise_id
    ), '[]')
  );
end;
$$;

comment on function private.beside_exercise(uuid) is 'What belongs to an exercise and is reviewed with it.';

-- definer: what waits is its creators' alone, and the log is writable by nobody. Admins alone get past the first line.
create function private.exercise_review_queue(p_cursor text, p_limit integer)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_limit integer := private.page_size(p_limit);
  v_after jsonb := private.decode_cursor(p_cursor, array['timestamptz', 'uuid']);
  v_page public.exercises[];
begin
  perform private.require_admin();

  v_page := array(
    select exercises
    from public.exercises
    where exercises.review_status = 'pending'
      and exercises.is_active
      and (v_after is null
        or (exercises.created_at, exercises.id) > ((v_after ->> 0)::timestamptz, (v_after ->> 1)::uuid))
    order by exercises.created_at, exercises.id
    limit v_limit + 1
  );

  perform private.audit_exercise('exercise_listed', listed)
  from unnest(v_page[1:v_limit]) as listed;

  return jsonb_build_object(
    'items', coalesce((
      select jsonb_agg(to_jsonb(listed) || private.beside_exercise(listed.id) order by listed.created_at, listed.id)
      from unnest(v_page[1:v_limit]) as listed
    ), '[]'),
    'next_cursor', case when cardinality(v_page) > v_limit then
      private.encode_cursor(jsonb_build_array(v_page[v_limit].created_at, v_page[v_limit].id))
    end
  );
end;
$$;

grant execute on function private.exercise_review_queue(text, integer) to authenticated, service_role;
comment on function private.exercise_review_queue(text, integer) is
  'The exercises that wait for a review, longest first, in full: {items, next_cursor}. For admin_review_queue. Each is an
entry in its creator''s access log.
Fails with not_authenticated, admin_only, invalid_cursor or invalid_limit.';

create function public.admin_review_queue(
  kind text default 'exercises',
  cursor text default null,
  "limit" integer default 20
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  case admin_review_queue.kind
    when 'exercises' then
      return private.exercise_review_queue(admin_review_queue.cursor, admin_review_queue."limit");
    when 'templates' then
      return private.template_review_queue(admin_review_queue.cursor, admin_review_queue."limit");
    else
      perform private.require_admin();
      perform private.fail('invalid_argument', 'kind must be exercises or templates');
  end case;
end;
$$;

grant execute on function public.admin_review_queue(text, text, integer) to authenticated;
comment on function public.admin_review_queue(text, text, integer) is
  'For admins: what waits for a review, longest first, each an entry in its creator''s access log. kind is exercises:
those that athletes added, in full, with variations and translations; or templates: the cards of public ones.
review_exercise and feature_template decide. Answers {items, next_cursor}.
Fails with not_authenticated, admin_only, invalid_argument, invalid_cursor or invalid_limit.';

-- The decision ---------------------------------------------------------------------------------------------------------

-- definer: review_status is not granted, so that nobody approves their own. Admins alone get past the first line.
create function private.review_exercise(
  p_exercise_id uuid,
  p_approve boolean,
  p_reason text,
  p_updated_at timestamptz
)
returns public.exercises
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_exercise public.exercises;
begin
  perform private.require_admin();

  if p_approve is null then
    perform private.fail('invalid_argument', 'approve must be true or false');
  elsif not p_approve and coalesce(char_length(btrim(p_reason)) not between 1 and 500, true) then
    perform private.fail('invalid_argument', 'reason must say why, in at most 500 characters');
  end if;

  select exercises.*
  into v_exercise
  from public.exercises
  where exercises.id = p_exercise_id
  for no key update;

  if not found then
    perform private.fail('exercise_not_found');
  elsif v_exercise.slug is not null or v_exercise.merged_into is not null then
    perform private.fail('invalid_argument', 'exercise_id must be one that an athlete added');
  elsif v_exercise.updated_at <> p_updated_at then
    perform private.fail('exercise_changed');
  end if;

  update public.exercises
  set review_status = case when p_approve then 'approved' else 'rejected' end::public.review_status,
    review_reason = case when not p_approve then btrim(p_reason) end,
    reviewed_at = now()
  where exercises.id = v_exercise.id
  returning exercises.* into v_exercise;

  perform private.audit_exercise('exercise_reviewed', v_exercise, jsonb_build_object(
    'approved', p_approve, 'reason', v_exercise.review_reason
  ));
  return v_exercise;
end;
$$;

grant execute on function private.review_exercise(uuid, boolean, text, timestamptz) to authenticated;
comment on function private.review_exercise(uuid, boolean, text, timestamptz) is
  'Does the work of public.review_exercise.';

create function public.review_exercise(
  exercise_id uuid default null,
  approve boolean default null,
  reason text default null,
  updated_at timestamptz default null
)
returns public.exercises
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.review_exercise(exercise_id, approve, reason, updated_at);
$$;

grant execute on function public.review_exercise(uuid, boolean, text, timestamptz) to authenticated;
comment on function public.review_exercise(uuid, boolean, text, timestamptz) is
  'For admins: offers an athlete''s exercise to everyone, or rejects it with a reason that its creator reads, and answers
it. With updated_at it decides only about what the admin has read. Workouts that have it keep it either way. It is an
entry in the creator''s access log.
Fails with not_authenticated, admin_only, exercise_not_found, exercise_changed or invalid_argument.';

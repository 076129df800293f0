-- Under 18: what an athlete who says so may not show, and what they may not aim at. Who may see a minor at all is said in
-- identity_age; how hard they train, in progression_minors. Why: docs/decisions/0017-who-is-taken-for-a-minor.md.

insert into private.error_codes (code, status, message, hint)
values
  ('no_weight_loss_under_18', 403, 'Under 18 there is no goal of losing weight.',
   'Choose a target weight that is not below the latest body weight, or none.');

-- Showing --------------------------------------------------------------------------------------------------------------

create function private.check_shown_to(p_user_id uuid, p_visibility public.visibility)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if p_visibility < private.widest_visibility(p_user_id) then
    perform private.fail('minor_is_not_public');
  end if;
end;
$$;

grant execute on function private.check_shown_to(uuid, public.visibility) to authenticated, service_role;
comment on function private.check_shown_to(uuid, public.visibility) is
  'Fails with minor_is_not_public when a user is under 18 and may not show something to so many.';

create function private.tg_workouts__check_visibility()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.check_shown_to(new.user_id, new.visibility);
  return new;
end;
$$;

comment on function private.tg_workouts__check_visibility() is
  'Fails with minor_is_not_public when an athlete under 18 shows a workout to more than may see their profile.';

create function private.tg_workout_templates__check_visibility()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.check_shown_to(new.created_by, new.visibility);
  return new;
end;
$$;

comment on function private.tg_workout_templates__check_visibility() is
  'Fails with minor_is_not_public when an athlete under 18 publishes a template for more than may see their profile.';

-- An archive brings back what it has: whom its owner may not show themselves to is not shown it in any case.
create trigger _310_check_visibility
  before insert on public.workouts
  for each row
  when (new.visibility <> 'private' and not private.is_restoring())
  execute function private.tg_workouts__check_visibility();
create trigger _310_check_wider_visibility
  before update of visibility on public.workouts
  for each row
  when (new.visibility < old.visibility)
  execute function private.tg_workouts__check_visibility();
create trigger _300_check_visibility
  before update of visibility, is_published on public.workout_templates
  for each row
  when (new.is_published and (not old.is_published or new.visibility < old.visibility))
  execute function private.tg_workout_templates__check_visibility();

-- Aiming ---------------------------------------------------------------------------------------------------------------

create function private.latest_bodyweight_kg(p_user_id uuid)
returns numeric
language sql
stable
security invoker
set search_path = ''
as $$
  select workouts.bodyweight_kg
  from public.workouts
  where workouts.user_id = p_user_id
    and workouts.bodyweight_kg is not null
  order by workouts.started_at desc nulls last, workouts.id desc
  limit 1;
$$;

grant execute on function private.latest_bodyweight_kg(uuid) to authenticated, service_role;
comment on function private.latest_bodyweight_kg(uuid) is
  'What an athlete weighed last, in kilograms, as the caller sees it; null when nobody knows.';

create function private.tg_personal_details__check_target()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if coalesce(private.age_on(
    new.date_of_birth,
    (now() at time zone (select profiles.timezone from public.profiles where profiles.user_id = new.user_id))::date
  ) >= 18, true)
    or new.target_weight_kg >= private.latest_bodyweight_kg(new.user_id) is not false
  then
    return new;
  elsif new.target_weight_kg is distinct from old.target_weight_kg then
    perform private.fail('no_weight_loss_under_18');
  end if;

  -- Who turns out to be under 18 keeps no such goal.
  new.target_weight_kg := null;
  return new;
end;
$$;

comment on function private.tg_personal_details__check_target() is
  'Fails with no_weight_loss_under_18 for a target below the latest body weight. Without a known weight there is nothing to
compare, and a weight that is entered later leaves the target as it is.';

create trigger _400_check_target
  before update of date_of_birth, target_weight_kg on public.personal_details
  for each row
  when (new.target_weight_kg is not null)
  execute function private.tg_personal_details__check_target();

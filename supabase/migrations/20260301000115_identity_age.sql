-- Age: nobody under 13 has an account, and who sees an athlete of 13 to 17 years. What these may show and aim at is in
-- identity_minors, how hard they train in progression_minors: both ask private.is_minor.

insert into private.error_codes (code, status, message, hint)
values
  ('too_young', 403, 'Athletes are at least 13 years old.', 'Delete the account, or correct the date of birth.'),
  ('minor_is_not_public', 403, 'Under 18 this cannot be seen by so many.',
   'Choose friends once guardian_name says which guardian agrees; without one, private.'),
  ('date_of_birth_is_fixed', 403, 'Under 18 a date of birth is neither taken away nor moved back.',
   'Ask support to correct it.');

-- The age --------------------------------------------------------------------------------------------------------------

create function private.age_on(p_date_of_birth date, p_day date)
returns integer
language sql
immutable
security invoker
set search_path = ''
as $$
  select extract(year from age(p_day, p_date_of_birth))::integer;
$$;

grant execute on function private.age_on(date, date) to authenticated, supabase_auth_admin;
comment on function private.age_on(date, date) is 'Whole years from a birthday to a day; null without a birthday.';

create function private.age_of(p_user_id uuid)
returns integer
language sql
stable
security invoker
set search_path = ''
as $$
  select private.age_on(personal_details.date_of_birth, (now() at time zone profiles.timezone)::date)
  from public.personal_details
  join public.profiles using (user_id)
  where personal_details.user_id = p_user_id;
$$;

grant execute on function private.age_of(uuid) to authenticated;
comment on function private.age_of(uuid) is
  'How old a user is where they are; null where they do not say. The caller has to see their details.';

create function private.is_minor(p_user_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(private.age_of(p_user_id) < 18, false);
$$;

grant execute on function private.is_minor(uuid) to authenticated;
comment on function private.is_minor(uuid) is 'Whether a user is under 18 today; who does not say is not taken for it.';

-- No account under 13 --------------------------------------------------------------------------------------------------

create function private.birthday_at_sign_up(p_metadata jsonb)
returns date
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_text text := p_metadata ->> 'date_of_birth';
  v_date date;
begin
  if v_text !~ '^\d{4}-\d\d-\d\d$' then
    return null;
  end if;
  v_date := v_text::date;
  return case when v_date between date '1900-01-01' and current_date then v_date end;
exception
  when datetime_field_overflow then
    return null;
end;
$$;

grant execute on function private.birthday_at_sign_up(jsonb) to supabase_auth_admin;
comment on function private.birthday_at_sign_up(jsonb) is
  'The date_of_birth of user_metadata, written YYYY-MM-DD; null when there is none that can be one.';

-- Somewhere it is already tomorrow: who is 13 there may have an account.
create function private.is_child(p_date_of_birth date, p_at timestamptz default now())
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select private.age_on(p_date_of_birth, (p_at at time zone 'Pacific/Kiritimati')::date) < 13;
$$;

grant execute on function private.is_child(date, timestamptz) to supabase_auth_admin;
comment on function private.is_child(date, timestamptz) is
  'Whether somebody is under 13 wherever on earth they are; null without a birthday. Decides who gets an account.';

create function private.before_user_created_hook(event jsonb)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select case
    when private.is_child(private.birthday_at_sign_up(event #> '{user,user_metadata}'))
    then '{"error": {"http_code": 403, "message": "Athletes are at least 13 years old."}}'::jsonb
    else '{}'::jsonb
  end;
$$;

grant usage on schema private to supabase_auth_admin;
grant execute on function private.before_user_created_hook(jsonb) to supabase_auth_admin;
comment on function private.before_user_created_hook(jsonb) is
  'Auth''s hook: refuses the sign-up of somebody who says that they are under 13, before anything is stored.';

create function private.tg_personal_details__check_age()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- Who is not born yet is left to the constraint.
  if new.date_of_birth <= current_date and private.age_on(
    new.date_of_birth,
    (now() at time zone (select profiles.timezone from public.profiles where profiles.user_id = new.user_id))::date
  ) < 13 then
    perform private.fail('too_young');
  end if;

  -- Otherwise every rule for minors would end with one request, by whatever function it comes. The operator, who is nobody
  -- to Auth, corrects what was a mistake.
  if new.user_id = auth.uid()
    and private.is_minor(old.user_id)
    and coalesce(new.date_of_birth < old.date_of_birth, true)
  then
    perform private.fail('date_of_birth_is_fixed');
  end if;

  return new;
end;
$$;

comment on function private.tg_personal_details__check_age() is
  'Fails with too_young under 13, and with date_of_birth_is_fixed when an athlete under 18 would be older or of no age.';

create trigger _300_check_age
  before update of date_of_birth on public.personal_details
  for each row
  when (new.date_of_birth is distinct from old.date_of_birth)
  execute function private.tg_personal_details__check_age();

create function private.tg_personal_details__note_guardian()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  new.guardian_since := case when new.guardian_name is not null then now() end;
  return new;
end;
$$;

comment on function private.tg_personal_details__note_guardian() is 'When a guardian agreed is what the clock says.';

create trigger _200_note_guardian
  before update of guardian_name on public.personal_details
  for each row
  when (new.guardian_name is distinct from old.guardian_name)
  execute function private.tg_personal_details__note_guardian();

-- Who sees a minor -----------------------------------------------------------------------------------------------------

create function private.widest_visibility(p_user_id uuid)
returns public.visibility
language sql
stable
security invoker
set search_path = ''
as $$
  select case
    when not private.is_minor(p_user_id) then 'public'
    when personal_details.guardian_name is not null then 'friends'
    else 'private'
  end::public.visibility
  from public.personal_details
  where personal_details.user_id = p_user_id;
$$;

grant execute on function private.widest_visibility(uuid) to authenticated;
comment on function private.widest_visibility(uuid) is
  'To how many a user may show themselves: under 18 to friends when a guardian has agreed, else to nobody.';

create function private.tg_profiles__check_visibility()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if new.visibility < private.widest_visibility(new.user_id) then
    perform private.fail('minor_is_not_public');
  end if;
  return new;
end;
$$;

comment on function private.tg_profiles__check_visibility() is
  'Fails with minor_is_not_public when an athlete under 18 opens their profile further than they may.';

create trigger _300_check_visibility
  before update of visibility on public.profiles
  for each row
  when (new.visibility is distinct from old.visibility)
  execute function private.tg_profiles__check_visibility();

create function private.tg_personal_details__narrow_visibility()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- Who opens the card at this moment has not seen the birthday: one waits for the other.
  perform from public.profiles where profiles.user_id = new.user_id for no key update;

  update public.profiles
  set visibility = private.widest_visibility(new.user_id)
  where profiles.user_id = new.user_id
    and profiles.visibility < private.widest_visibility(new.user_id);
  return null;
end;
$$;

comment on function private.tg_personal_details__narrow_visibility() is
  'The profile of somebody who turns out to be under 18 is closed as far as it has to be.';

create trigger _500_narrow_visibility_of_new
  after insert on public.personal_details
  for each row
  when (new.date_of_birth is not null)
  execute function private.tg_personal_details__narrow_visibility();

create trigger _500_narrow_visibility
  after update of date_of_birth, guardian_name on public.personal_details
  for each row execute function private.tg_personal_details__narrow_visibility();

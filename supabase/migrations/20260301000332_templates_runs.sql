-- Runs: an athlete begins a plan, follows the version that it was begun with, and completes or abandons it. A run has no
-- calendar: what is due follows from what was done, so there is nothing to pause.

insert into private.error_codes (code, status, message, hint)
values
  ('template_run_not_found', 404, 'There is no such run of this user.', 'Check the id.'),
  ('template_run_active', 409, 'A run of this template is active already.',
   'Go on with it, or complete or abandon it first; the details have its id.'),
  ('template_run_over', 409, 'The run is over.', 'Begin another one.'),
  ('template_run_incomplete', 409, 'Too little of the plan was done to call it completed.',
   'Train the days that are left, or abandon the run; the details say how many were done.'),
  ('template_without_training', 409, 'The plan has no training day.', 'Add a day to it first.');

-- Counters -------------------------------------------------------------------------------------------------------------

-- definer: the counters are not granted to those who train.
create function private.tg_template_runs__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_added public.template_runs[] := '{}';
  v_removed public.template_runs[] := '{}';
begin
  if tg_op in ('INSERT', 'UPDATE') then
    select array_agg(added) into v_added from added;
  end if;

  if tg_op in ('UPDATE', 'DELETE') then
    select array_agg(removed) into v_removed from removed;
  end if;

  -- In one order everywhere, so that two statements cannot wait for each other.
  perform
  from public.workout_templates
  where workout_templates.id in (select run.template_id from unnest(v_added || v_removed) as run)
  order by workout_templates.id
  for no key update;

  update public.workout_templates
  set runs_started = workout_templates.runs_started + changed.started,
    runs_completed = workout_templates.runs_completed + changed.completed
  from (
    select cards.id, sum(run.sign) as started, coalesce(sum(run.sign) filter (where run.status = 'completed'), 0) as completed
    from (
      select 1 as sign, added.template_id, added.user_id, added.status from unnest(v_added) as added
      union all
      select -1, removed.template_id, removed.user_id, removed.status from unnest(v_removed) as removed
    ) as run
    join public.workout_templates as cards on cards.id = run.template_id and cards.created_by is distinct from run.user_id
    group by cards.id
  ) as changed
  where workout_templates.id = changed.id
    and (changed.started <> 0 or changed.completed <> 0);

  return null;
end;
$$;

comment on function private.tg_template_runs__count() is
  'Brings runs_started and runs_completed up to date once per statement, with what the statement changed.';

create trigger _050_account_exists
  before insert on public.template_runs
  for each statement execute function private.tg__account_exists();
create trigger _600_count_insert
  after insert on public.template_runs
  referencing new table as added
  for each statement execute function private.tg_template_runs__count();
create trigger _600_count_update
  after update on public.template_runs
  referencing old table as removed new table as added
  for each statement execute function private.tg_template_runs__count();
create trigger _600_count_delete
  after delete on public.template_runs
  referencing old table as removed
  for each statement execute function private.tg_template_runs__count();

-- Beginning ------------------------------------------------------------------------------------------------------------

-- A run opens its version to the athlete; so whoever writes one asks again, whatever the caller says to have read.
create function private.may_follow(p_template_id uuid, p_version integer)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select exists (
    select from public.workout_templates
    where workout_templates.id = p_template_id
      and workout_templates.version = p_version
      and private.sees_template(workout_templates)
      and (
        (workout_templates.created_by = (select auth.uid()) and not workout_templates.is_premium_copy)
        or not workout_templates.is_premium
        or (select private.has_entitlement('premium_templates'))
      )
  );
$$;

comment on function private.may_follow(uuid, integer) is
  'Whether the caller may train by this version: the newest of what they see and are entitled to.';

-- definer: nobody is granted to write runs; the caller begins for themselves alone.
create function private.insert_template_run(p_id uuid, p_card public.workout_templates, p_started_on date)
returns public.template_runs
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id constant uuid := private.current_user_id();
  v_run public.template_runs;
begin
  select template_runs.*
  into v_run
  from public.template_runs
  where template_runs.user_id = v_user_id
    and template_runs.template_id = p_card.id
    and template_runs.status = 'active';

  if found then
    perform private.fail('template_run_active', v_run.id::text);
  elsif not private.may_follow(p_card.id, p_card.version) then
    perform private.fail('template_not_found');
  end if;

  insert into public.template_runs (id, user_id, template_id, version, template_name, started_on)
  values (p_id, v_user_id, p_card.id, p_card.version, p_card.name, p_started_on)
  on conflict (id) do nothing
  returning template_runs.* into v_run;

  if not found then
    perform private.fail('id_conflict', p_id::text);
  end if;

  return v_run;
end;
$$;

grant execute on function private.insert_template_run(uuid, public.workout_templates, date) to authenticated;
comment on function private.insert_template_run(uuid, public.workout_templates, date) is 'Begins a run of a template for the caller.';

create function public.begin_template_run(
  template_id uuid default null,
  id uuid default null,
  started_on date default null
)
returns public.template_runs
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id constant uuid := private.current_user_id();
  v_started_on constant date := coalesce(begin_template_run.started_on, (
    select (now() at time zone profiles.timezone)::date from public.profiles where profiles.user_id = v_user_id
  ), current_date);
  v_card public.workout_templates;
  v_run public.template_runs;
begin
  if v_started_on not between date '2000-01-01' and date '2199-12-31' then
    perform private.fail('invalid_argument', 'started_on must be between 2000-01-01 and 2199-12-31');
  end if;

  perform private.lock_athletes(array[v_user_id]);
  select template_runs.*
  into v_run
  from public.template_runs
  where template_runs.id = begin_template_run.id
    and template_runs.template_id = begin_template_run.template_id
    and template_runs.user_id = v_user_id;

  if found then
    return v_run;
  end if;

  select workout_templates.*
  into v_card
  from public.workout_templates
  where workout_templates.id = begin_template_run.template_id;

  if not exists (
    select from private.plan_schedule(private.readable_document(v_card.id, v_card.version, v_card.is_premium))
  ) then
    perform private.fail('template_without_training');
  end if;

  return private.insert_template_run(coalesce(begin_template_run.id, private.uuid_v7()), v_card, v_started_on);
end;
$$;

grant execute on function public.begin_template_run(uuid, uuid, date) to authenticated;
comment on function public.begin_template_run(uuid, uuid, date) is
  'Begins a plan, in its newest version, today in the athlete''s zone or on started_on, and answers the run. The athlete stays
on that version until move_template_run. The same id again answers the same run. At most one run of a template is active.
Fails with not_authenticated, template_not_found, premium_template, template_run_active, template_without_training,
invalid_argument, id_conflict or busy.';

-- Where a run stands, and how it goes on: completed, abandoned, or moved to the newest version of its plan.

create function private.my_template_run(p_run_id uuid)
returns public.template_runs
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id constant uuid := private.current_user_id();
  v_run public.template_runs;
begin
  perform private.lock_athletes(array[v_user_id]);
  select template_runs.*
  into v_run
  from public.template_runs
  where template_runs.id = p_run_id
    and template_runs.user_id = v_user_id;

  if not found then
    perform private.fail('template_run_not_found');
  end if;

  return v_run;
end;
$$;

grant execute on function private.my_template_run(uuid) to authenticated;
comment on function private.my_template_run(uuid) is
  'The caller''s run, held until the transaction ends. Fails with not_authenticated, template_run_not_found or busy.';

-- definer: an athlete whose premium plan has ended still completes what was trained; only counts leave this.
create function private.template_run_progress(p_run public.template_runs, out done integer, out due integer)
returns record
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  select
    count(*) filter (where exists (
      select from public.workouts
      where workouts.template_run_id = p_run.id
        and workouts.user_id = p_run.user_id
        and workouts.status = 'completed'
        and workouts.template_day_id = schedule.day_id
        and workouts.template_week = schedule.week
    )),
    count(*)
  into done, due
  from public.template_versions
  cross join lateral private.plan_schedule(template_versions.document) as schedule
  where template_versions.template_id = p_run.template_id
    and template_versions.version = p_run.version;
end;
$$;

grant execute on function private.template_run_progress(public.template_runs) to authenticated;
comment on function private.template_run_progress(public.template_runs) is
  'How many training days of a run''s plan were done, of how many.';

-- definer: nobody is granted to write runs; whose run it is, is checked first.
create function private.end_template_run(p_run_id uuid, p_status public.template_run_status)
returns public.template_runs
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_run public.template_runs := private.my_template_run(p_run_id);
  v_progress record;
begin
  if v_run.status = p_status then
    return v_run;
  elsif v_run.status <> 'active' then
    perform private.fail('template_run_over', format('it is %s', v_run.status));
  elsif p_status = 'completed' then
    v_progress := private.template_run_progress(v_run);

    if v_progress.done < v_progress.due * 0.75 then
      perform private.fail('template_run_incomplete', format('%s of %s training days', v_progress.done, v_progress.due));
    end if;
  end if;

  update public.template_runs
  set status = p_status,
    ended_at = now()
  where template_runs.id = v_run.id
  returning template_runs.* into v_run;

  return v_run;
end;
$$;

grant execute on function private.end_template_run(uuid, public.template_run_status) to authenticated;
comment on function private.end_template_run(uuid, public.template_run_status) is
  'Ends a run of the caller''s. Fails as finish_template_run does.';

create function public.finish_template_run(run_id uuid default null)
returns public.template_runs
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.end_template_run(run_id, 'completed');
$$;

grant execute on function public.finish_template_run(uuid) to authenticated;
comment on function public.finish_template_run(uuid) is
  'Completes a run, and answers it; the same call again answers the same. At least three quarters of its training days have to
be done: what adherence asks for before anything is said of a plan.
Fails with not_authenticated, template_run_not_found, template_run_over, template_run_incomplete or busy.';

create function public.abandon_template_run(run_id uuid default null)
returns public.template_runs
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.end_template_run(run_id, 'abandoned');
$$;

grant execute on function public.abandon_template_run(uuid) to authenticated;
comment on function public.abandon_template_run(uuid) is
  'Ends a run without completing it, and answers it; the same call again answers the same. Its workouts stay.
Fails with not_authenticated, template_run_not_found, template_run_over or busy.';

-- definer: as for end_template_run.
create function private.set_template_run_version(p_run_id uuid, p_version integer)
returns public.template_runs
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_run public.template_runs := private.my_template_run(p_run_id);
begin
  if v_run.status <> 'active' then
    perform private.fail('template_run_over', format('it is %s', v_run.status));
  elsif not private.may_follow(v_run.template_id, p_version) then
    perform private.fail('template_not_found');
  end if;

  update public.template_runs
  set version = p_version
  where template_runs.id = v_run.id
    and template_runs.version < p_version
  returning template_runs.* into v_run;

  return private.my_template_run(p_run_id);
end;
$$;

grant execute on function private.set_template_run_version(uuid, integer) to authenticated;
comment on function private.set_template_run_version(uuid, integer) is 'Moves a run of the caller''s to a newer version.';

create function public.move_template_run(run_id uuid default null)
returns public.template_runs
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_run constant public.template_runs := private.my_template_run(run_id);
  v_card public.workout_templates;
begin
  select workout_templates.*
  into v_card
  from public.workout_templates
  where workout_templates.id = v_run.template_id;

  perform private.readable_document(v_card.id, v_card.version, v_card.is_premium);
  return private.set_template_run_version(v_run.id, v_card.version);
end;
$$;

grant execute on function public.move_template_run(uuid) to authenticated;
comment on function public.move_template_run(uuid) is
  'Moves a run to the newest version of its plan, and answers it: template_changes says beforehand what that means. What was
done stays done, for days keep their ids. The same call again answers the same.
Fails with not_authenticated, template_run_not_found, template_run_over, template_not_found, premium_template or busy.';

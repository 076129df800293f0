-- Usage: how often templates are trained by. Counted by a job, as that of exercises is.

create function private.count_template_usage(p_template_ids uuid[] default null)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  update public.workout_templates
  set usage_count = used.workout_count
  from (
    select workout_templates.id, count(workouts.id) as workout_count
    from public.workout_templates
    left join public.workouts on workouts.template_id = workout_templates.id and workouts.status = 'completed'
    where p_template_ids is null or workout_templates.id = any (p_template_ids)
    group by workout_templates.id
  ) as used
  where workout_templates.id = used.id
    and workout_templates.usage_count <> used.workout_count;
$$;

comment on function private.count_template_usage(uuid[]) is
  'Sets usage_count of these templates, or of all, to the number of completed workouts that were started from it.';

select cron.schedule('count-template-usage', '37 * * * *', 'select private.count_template_usage()');

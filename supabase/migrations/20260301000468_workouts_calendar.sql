-- A month of training: what was done on which local day, and what is planned.

create function private.days_of_training(p_user_id uuid, p_from date, p_to date)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  with entry as (
    select workouts.local_date as day, workouts.*
    from public.workouts
    where workouts.user_id = p_user_id
      and workouts.local_date between p_from and p_to
    union all
    select workouts.planned_for, workouts.*
    from public.workouts
    where workouts.user_id = p_user_id
      and workouts.planned_for between p_from and p_to
      and workouts.status = 'planned'
  )
  select coalesce(jsonb_agg(jsonb_build_object('day', days.day, 'workouts', days.workouts) order by days.day), '[]')
  from (
    select
      entry.day,
      jsonb_agg(
        jsonb_build_object(
          'id', entry.id,
          'name', entry.name,
          'status', entry.status,
          'template_id', entry.template_id,
          'timezone', entry.timezone,
          'started_at', entry.started_at,
          'active_seconds', entry.active_seconds,
          'set_count', entry.set_count,
          'volume_kg', entry.volume_kg,
          'calories', entry.calories,
          'records_set', entry.records_set
        )
        order by entry.started_at, entry.id
      ) as workouts
    from entry
    group by entry.day
  ) as days;
$$;

grant execute on function private.days_of_training(uuid, date, date) to authenticated;
comment on function private.days_of_training(uuid, date, date) is
  'The workouts of an athlete by day: begun ones on the day on which they began where they were done, planned ones on theirs.';

create function public.workout_calendar(month date default null)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_timezone text := (select profiles.timezone from public.profiles where profiles.user_id = v_user_id);
  v_today date := (now() at time zone v_timezone)::date;
  v_month date;
begin
  if workout_calendar.month not between date '2000-01-01' and date '2199-12-31' then
    perform private.fail('invalid_argument', 'month must be a day of it, between 2000 and 2199');
  end if;

  v_month := date_trunc('month', coalesce(workout_calendar.month, v_today)::timestamp)::date;
  return jsonb_build_object(
    'month', v_month,
    'today', v_today,
    'timezone', v_timezone,
    'days', private.days_of_training(v_user_id, v_month, (v_month + interval '1 month - 1 day')::date)
  );
end;
$$;

grant execute on function public.workout_calendar(date) to authenticated;
comment on function public.workout_calendar(date) is
  'The caller''s month: {month, today, timezone, days: [{day, workouts: [{id, name, status, template_id, timezone, started_at,
active_seconds, set_count, volume_kg, calories, records_set}]}]}, days with something alone. Any day says which month; without
one it is the present month in the athlete''s zone. Workouts begun stand on the local day of where they were done, planned ones
on the day they are planned for. Fails with not_authenticated or invalid_argument.';

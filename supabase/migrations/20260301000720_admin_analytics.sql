-- Platform: what admins read of the product as a whole, in sums.

-- definer: figures over everybody's rows, which RLS shows to nobody. Admins alone get past the first line.
create function private.platform_analytics(p_from date, p_to date)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  -- A sum over fewer is a view into somebody's day.
  v_fewest constant integer := 5;
begin
  perform private.require_admin();

  if p_from is null or p_to is null or p_to < p_from or p_to - p_from > 366 then
    perform private.fail('invalid_argument', 'from_date and to_date must be at most 366 days apart, in this order');
  end if;

  return (
    with day as (
      select days.day::date as day
      from generate_series(p_from, p_to, interval '1 day') as days (day)
    ),
    joined as (
      select (profiles.created_at at time zone 'UTC')::date as day, count(*) as users
      from public.profiles
      where profiles.created_at >= p_from::timestamp at time zone 'UTC'
        and profiles.created_at < (p_to + 1)::timestamp at time zone 'UTC'
      group by 1
    ),
    trained as (
      select
        (workouts.started_at at time zone 'UTC')::date as day,
        count(*) as workouts,
        count(distinct workouts.user_id) as athletes,
        sum(workouts.set_count) as sets,
        sum(workouts.volume_kg) as volume_kg
      from public.workouts
      where workouts.status = 'completed'
        and workouts.started_at >= p_from::timestamp at time zone 'UTC'
        and workouts.started_at < (p_to + 1)::timestamp at time zone 'UTC'
      group by 1
    )
    select jsonb_build_object(
      'users', (select count(*) from public.profiles),
      'subscribers', coalesce((
        select jsonb_object_agg(plan.plan_id, plan.users)
        from (
          select active.plan_id, count(*) as users
          from private.active_subscriptions as active
          group by active.plan_id
        ) as plan
      ), '{}'),
      'days', jsonb_agg(
        jsonb_build_object(
          'day', day.day,
          'new_users', coalesce(joined.users, 0),
          'athletes', case when trained.day is null then 0 when trained.athletes >= v_fewest then trained.athletes end,
          'workouts', case when trained.day is null then 0 when trained.athletes >= v_fewest then trained.workouts end,
          'sets', case when trained.day is null then 0 when trained.athletes >= v_fewest then trained.sets end,
          'volume_kg', case when trained.day is null then 0 when trained.athletes >= v_fewest then trained.volume_kg end
        )
        order by day.day
      )
    )
    from day
    left join joined using (day)
    left join trained using (day)
  );
end;
$$;

grant execute on function private.platform_analytics(date, date) to authenticated;
comment on function private.platform_analytics(date, date) is 'What platform_analytics answers.';

create function public.platform_analytics(from_date date, to_date date)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select private.platform_analytics(platform_analytics.from_date, platform_analytics.to_date);
$$;

grant execute on function public.platform_analytics(date, date) to authenticated;
comment on function public.platform_analytics(date, date) is
  'For admins: {users, subscribers: {plan: number}, days: [{day, new_users, athletes, workouts, sets, volume_kg}]}, days in
UTC, both ends included, at most 366. The last four are null on a day when fewer than five athletes trained: what is left are
sums about nobody, and no access log is written. Costs a reading of the workouts of the
period. Fails with not_authenticated, admin_only or invalid_argument.';

-- What clients show of streaks: how they stand today.

create function private.streak_document(p_kind public.streak_kind, p_today date)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_present public.user_streaks;
begin
  select user_streaks.*
  into v_present
  from public.user_streaks
  where user_streaks.user_id = auth.uid()
    and user_streaks.kind = p_kind
    and user_streaks.holds_until >= p_today
  order by user_streaks.began_on desc
  limit 1;

  return jsonb_build_object(
    'current', coalesce(v_present.length, 0),
    'began_on', v_present.began_on,
    'holds_until', v_present.holds_until,
    'longest', (
      select coalesce(max(user_streaks.length), 0)
      from public.user_streaks
      where user_streaks.user_id = auth.uid()
        and user_streaks.kind = p_kind
    )
  );
end;
$$;

grant execute on function private.streak_document(public.streak_kind, date) to authenticated;
comment on function private.streak_document(public.streak_kind, date) is
  'The caller''s present and longest streak of a kind, as of a day.';

create function public.my_streaks()
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := private.current_user_id();
  v_today date;
  v_week date;
  v_goal smallint;
begin
  select
    (now() at time zone profiles.timezone)::date,
    private.week_start((now() at time zone profiles.timezone)::date, preferences.week_starts_on),
    preferences.weekly_goal
  into v_today, v_week, v_goal
  from public.profiles
  join public.preferences on preferences.user_id = profiles.user_id
  where profiles.user_id = v_user_id;

  return jsonb_build_object(
    'today', v_today,
    'days', private.streak_document('days', v_today),
    'weeks', private.streak_document('weeks', v_today),
    'week', jsonb_build_object(
      'starts_on', v_week,
      'goal', v_goal,
      'trained', (
        select count(distinct workouts.local_date)
        from public.workouts
        where workouts.user_id = v_user_id
          and workouts.local_date between v_week and v_week + 6
          and private.counts_for_streaks(workouts)
      )
    )
  );
end;
$$;

grant execute on function public.my_streaks() to authenticated;
comment on function public.my_streaks() is
  'How the caller''s streaks stand today, in the zone of their profile: of days and of weeks the present and the longest, and
the last day on which training goes on with the present one; and of this week the goal and the days trained. Fails with
not_authenticated.';

-- Runs of streaks: which there ought to be, read from the run before the earliest change onwards and written where they
-- differ. A workout that is completed today goes on with the last run, however long that is.

-- Runs -----------------------------------------------------------------------------------------------------------------

create function private.streak_holds_until(p_run public.user_streaks, p_on date, p_rules public.preferences)
returns date
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_week_end date := private.week_start(p_on, p_rules.week_starts_on) + 6;
  -- Days of rest that this week still allows, after the day itself.
  v_rest integer := p_rules.rest_days_per_week;
begin
  if p_run.kind = 'weeks' then
    return p_on + 13;
  elsif p_run.ended_on > v_week_end - 7 then
    -- The same week: those taken since are off. A run that holds beyond the week may rest for all of it.
    v_rest := case
      when p_run.holds_until > v_week_end then 7
      else p_run.holds_until - p_on
    end;
  elsif p_run.ended_on is not null then
    v_rest := v_rest - (6 - (v_week_end - p_on));
  end if;

  return case
    when v_rest < v_week_end - p_on then p_on + v_rest + 1
    else v_week_end + 1 + p_rules.rest_days_per_week
  end;
end;
$$;

comment on function private.streak_holds_until(public.user_streaks, date, public.preferences) is
  'Until when a run holds that goes on, or begins, on this day: until the rest that its weeks allow is used up.';

create function private.streaks_since(p_kind public.streak_kind, p_rules public.preferences, p_from date)
returns setof public.user_streaks
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_from date := p_from;
  v_run public.user_streaks;
  v_on date;
begin
  select user_streaks.*
  into v_run
  from public.user_streaks
  where user_streaks.user_id = p_rules.user_id
    and user_streaks.kind = p_kind
    and user_streaks.began_on < p_from
  order by user_streaks.began_on desc
  limit 1;

  -- A change within a run: it is read again as a whole.
  if v_run.ended_on >= p_from then
    v_from := v_run.began_on;
    v_run := null;
  end if;

  for v_on in
    select *
    from private.streak_steps(p_kind, p_rules, v_from)
  loop
    if v_on > v_run.holds_until then
      return next v_run;
      v_run := null;
    end if;

    v_run.user_id := p_rules.user_id;
    v_run.kind := p_kind;
    v_run.holds_until := private.streak_holds_until(v_run, v_on, p_rules);
    v_run.began_on := coalesce(v_run.began_on, v_on);
    v_run.ended_on := v_on;
    v_run.length := coalesce(v_run.length, 0) + 1;
  end loop;

  if v_run.began_on is not null then
    return next v_run;
  end if;
end;
$$;

comment on function private.streaks_since(public.streak_kind, public.preferences, date) is
  'The runs that there ought to be from the one before a day onwards.';

create function private.refresh_streaks(p_user_id uuid, p_kind public.streak_kind, p_from date)
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_rules public.preferences;
  v_due public.user_streaks[];
  v_wrong integer;
  v_missing integer;
begin
  select preferences.*
  into v_rules
  from public.preferences
  where preferences.user_id = p_user_id;

  v_due := array(select due from private.streaks_since(p_kind, v_rules, p_from) as due);

  delete from public.user_streaks
  where user_streaks.user_id = p_user_id
    and user_streaks.kind = p_kind
    and user_streaks.began_on >= coalesce((
      select max(before.began_on)
      from public.user_streaks as before
      where before.user_id = p_user_id
        and before.kind = p_kind
        and before.began_on < p_from
    ), '-infinity')
    and user_streaks <> all (v_due);
  get diagnostics v_wrong = row_count;

  insert into public.user_streaks
  select (due).*
  from unnest(v_due) as due
  on conflict do nothing;
  get diagnostics v_missing = row_count;

  return greatest(v_wrong, v_missing);
end;
$$;

comment on function private.refresh_streaks(uuid, public.streak_kind, date) is
  'Brings the runs from the one before a day onwards up to date; answers how many rows that took.';

-- Upkeep ---------------------------------------------------------------------------------------------------------------

-- definer: streaks are the product's; nobody may write them.
create function private.tg_workouts__streak()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := coalesce(new.user_id, old.user_id);
  v_from date := least(
    case when private.counts_for_streaks(old) then old.local_date end,
    case when private.counts_for_streaks(new) then new.local_date end
  );
begin
  -- With an account goes all of it.
  if v_from is not null and exists (select from public.profiles where profiles.user_id = v_user_id) then
    perform private.lock_athletes(array[v_user_id]);
    perform private.refresh_streaks(v_user_id, 'days', v_from),
      private.refresh_streaks(v_user_id, 'weeks', private.week_start(v_from, preferences.week_starts_on))
    from public.preferences
    where preferences.user_id = v_user_id;
  end if;

  return null;
end;
$$;

comment on function private.tg_workouts__streak() is
  'Brings user_streaks up to date when a workout comes to count, ceases to, or changes its day.';

-- definer: as for tg_workouts__streak.
create function private.tg_preferences__streak_again()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.lock_athletes(array[new.user_id]);
  perform private.refresh_streaks(new.user_id, kind.kind, '-infinity')
  from unnest(enum_range(null::public.streak_kind)) as kind (kind);
  return null;
end;
$$;

comment on function private.tg_preferences__streak_again() is
  'Counts streaks anew by the goal, the rest and the week that the athlete has chosen. Its cost grows with their workouts.';

create trigger _710_streak_insert
  after insert on public.workouts
  for each row
  when (new.status = 'completed')
  execute function private.tg_workouts__streak();
create trigger _710_streak_update
  after update on public.workouts
  for each row
  when (
    (old.status = 'completed' or new.status = 'completed')
    and (old.status, old.local_date, old.timezone, old.set_count > 0)
      is distinct from (new.status, new.local_date, new.timezone, new.set_count > 0)
  )
  execute function private.tg_workouts__streak();
create trigger _710_streak_delete
  after delete on public.workouts
  for each row
  when (old.status = 'completed')
  execute function private.tg_workouts__streak();
create trigger _710_streak_again
  after update on public.preferences
  for each row
  when (
    (old.weekly_goal, old.rest_days_per_week, old.week_starts_on)
      is distinct from (new.weekly_goal, new.rest_days_per_week, new.week_starts_on)
  )
  execute function private.tg_preferences__streak_again();

-- Strength: an exercise's days, what stands of its records, where it goes and where it stands, in one answer.

create function private.athlete_trend(p_user_id uuid, p_exercise_id uuid, p_to date)
returns private.strength_trend
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_weeks integer;
  v_goal integer;
  v_days date[];
  v_maxima numeric[];
begin
  -- Strength comes the more slowly the longer one has trained.
  select
    case profiles.fitness_level when 'beginner' then 3 when 'advanced' then 8 else 6 end,
    preferences.weekly_goal
  into v_weeks, v_goal
  from public.profiles
  join public.preferences on preferences.user_id = profiles.user_id
  where profiles.user_id = p_user_id;

  select coalesce(array_agg(days.day order by days.day), '{}'), array_agg(days.best_e1rm_kg order by days.day)
  into v_days, v_maxima
  from public.exercise_stats as days
  where days.user_id = p_user_id
    and days.exercise_id = p_exercise_id
    and days.day > p_to - 7 * v_weeks
    and days.day <= p_to
    and days.best_e1rm_kg is not null;

  return private.read_trend(
    v_days,
    v_maxima,
    v_weeks,
    exists (
      select from public.personal_records
      join public.workouts on workouts.id = personal_records.workout_id
      where personal_records.user_id = p_user_id
        and personal_records.exercise_id = p_exercise_id
        and personal_records.kind = 'best_e1rm'
        and personal_records.revoked_at is null
        and not personal_records.is_baseline
        and workouts.local_date = any (v_days)
    ),
    (
      select least(round(100.0 * count(distinct workouts.local_date) / (v_goal * v_weeks), 1), 100)
      from public.workouts
      where workouts.user_id = p_user_id
        and workouts.local_date > p_to - 7 * v_weeks
        and workouts.local_date <= p_to
        and workouts.status = 'completed'
        and workouts.set_count > 0
    )
  );
end;
$$;

grant execute on function private.athlete_trend(uuid, uuid, date) to authenticated;
comment on function private.athlete_trend(uuid, uuid, date) is
  'What the last weeks up to a day say of an exercise: three for beginners, six, eight for the advanced. Adherence is the
share of the days on which the athlete means to train.';

create function private.consistency_percent(p_user_id uuid, p_to date)
returns numeric
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    with trained as (
      select private.week_start(workouts.local_date, preferences.week_starts_on) as week
      from public.preferences
      join public.workouts on workouts.user_id = preferences.user_id
      where preferences.user_id = p_user_id
        and workouts.local_date between private.week_start(p_to, preferences.week_starts_on) - 77 and p_to
        and workouts.status = 'completed'
        and workouts.set_count > 0
      group by week, preferences.weekly_goal
      having count(distinct workouts.local_date) >= preferences.weekly_goal
    )
    select round(100.0 * count(*) / 12, 1) from trained
  );
end;
$$;

grant execute on function private.consistency_percent(uuid, date) to authenticated;
comment on function private.consistency_percent(uuid, date) is
  'In how many of the last twelve weeks up to a day the goal was met, in percent.';

create function private.athlete_standard(p_user_id uuid, p_exercise_id uuid)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_ratio numeric;
  v_standards numeric[];
  v_tier integer;
begin
  -- Not before 18, and nobody knows how old those are who do not say.
  select record.value, private.strength_standards(exercises.slug, personal_details.gender)
  into v_ratio, v_standards
  from public.personal_details
  join public.personal_records as record on record.user_id = personal_details.user_id
  join public.exercises on exercises.id = record.exercise_id
  where personal_details.user_id = p_user_id
    and personal_details.date_of_birth <= current_date - interval '18 years'
    and record.exercise_id = p_exercise_id
    and record.kind = 'best_relative'
    and record.superseded_at is null
    and record.revoked_at is null;

  if v_standards is null then
    return null;
  end if;

  v_tier := 1 + (select count(*) from unnest(v_standards) as standard (ratio) where standard.ratio <= v_ratio);
  return jsonb_build_object(
    'ratio', v_ratio,
    'tier', (array['beginner', 'novice', 'intermediate', 'advanced', 'elite'])[v_tier],
    'next_ratio', v_standards[v_tier]
  );
end;
$$;

grant execute on function private.athlete_standard(uuid, uuid) to authenticated;
comment on function private.athlete_standard(uuid, uuid) is
  'Where an athlete''s best one-rep maximum by body weight stands; null for lifts without a standard, for who is not known to
be of age, and without a body weight.';

create function public.strength_progress(exercise_id uuid, from_date date default null, to_date date default null)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.current_user_id();
  v_exercise_id uuid := private.current_exercise_id(strength_progress.exercise_id);
  v_to date := coalesce(to_date, (
    select (now() at time zone profiles.timezone)::date from public.profiles where profiles.user_id = v_user_id
  ));
  v_from date := coalesce(from_date, v_to - 83);
begin
  if not exists (select from public.exercises where exercises.id = v_exercise_id) then
    perform private.fail('exercise_not_found');
  elsif not isfinite(v_from) or not isfinite(v_to) or v_to - v_from not between 0 and 1830 then
    perform private.fail('invalid_argument', 'from_date to to_date must be a span of up to five years');
  end if;

  return jsonb_build_object(
    'exercise_id', v_exercise_id,
    'from_date', v_from,
    'to_date', v_to,
    'days', coalesce((
      select jsonb_agg(to_jsonb(days) - '{user_id,exercise_id}'::text[] order by days.day)
      from public.exercise_stats as days
      where days.user_id = v_user_id
        and days.exercise_id = v_exercise_id
        and days.day between v_from and v_to
    ), '[]'),
    'records', coalesce((
      select jsonb_agg(to_jsonb(record) - 'user_id' order by record.kind, record.at_reps, record.at_weight_kg)
      from public.personal_records as record
      where record.user_id = v_user_id
        and record.exercise_id = v_exercise_id
        and record.superseded_at is null
        and record.revoked_at is null
    ), '[]'),
    'trend', to_jsonb(private.athlete_trend(v_user_id, v_exercise_id, v_to)),
    'standard', private.athlete_standard(v_user_id, v_exercise_id),
    'consistency_percent', private.consistency_percent(v_user_id, v_to)
  );
end;
$$;

grant execute on function public.strength_progress(uuid, date, date) to authenticated;
comment on function public.strength_progress(uuid, date, date) is
  'The caller''s progress in an exercise, which may have been merged into another: its days within a span of up to five
years, the last twelve weeks by default; the records that stand; the trend of the last weeks of it; where the best
one-rep maximum by body weight stands; and in how many of twelve weeks the goal was met. Kilograms, percent. Fails with
not_authenticated, exercise_not_found or invalid_argument.';

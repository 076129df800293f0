-- Trends and standards: what a lifter's daily best says over some weeks, and where it stands among lifters.

create type private.strength_trend as (
  weeks             integer,
  exposures         integer,
  percent_per_week  numeric,
  change_percent    numeric,
  adherence_percent numeric,
  direction         text,
  finding           text
);

comment on type private.strength_trend is 'What the daily bests of so many weeks say, in percent of their median.';

-- Sen 1968, J Am Stat Assoc 63:1379: one good or bad day does not tilt it, as it would a line of least squares.
create function private.theil_sen_slope(p_days date[], p_values numeric[])
returns numeric
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return (
    select percentile_cont(0.5) within group (order by (later.value - earlier.value) / (later.day - earlier.day))::numeric
    from unnest(p_days, p_values) as earlier (day, value)
    join unnest(p_days, p_values) as later (day, value) on later.day > earlier.day
  );
end;
$$;

grant execute on function private.theil_sen_slope(date[], numeric[]) to authenticated;
comment on function private.theil_sen_slope(date[], numeric[]) is
  'The median slope between any two of these points, per day; null with fewer than two. Its cost grows with their square.';

-- The thresholds are ours. They lie below the 4 % by which a tested maximum varies from day to day (Grgic et al. 2020,
-- Sports Med Open 6:31), which is why they ask for weeks and not for a session.
create function private.read_trend(
  p_days date[],
  p_maxima numeric[],
  p_weeks integer,
  p_has_record boolean,
  p_adherence_percent numeric
)
returns private.strength_trend
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
  v_trend private.strength_trend;
  v_median numeric := (
    select percentile_cont(0.5) within group (order by maximum.kg)::numeric from unnest(p_maxima) as maximum (kg)
  );
begin
  v_trend.weeks := p_weeks;
  v_trend.exposures := cardinality(p_days);
  v_trend.adherence_percent := p_adherence_percent;

  if v_trend.exposures < 4 then
    v_trend.finding := 'insufficient_data';
    return v_trend;
  end if;

  v_trend.percent_per_week := round(700 * private.theil_sen_slope(p_days, p_maxima) / v_median, 2);
  v_trend.change_percent := round(
    v_trend.percent_per_week * (p_days[v_trend.exposures] - p_days[1]) / 7, 2
  );
  v_trend.direction := case
    when v_trend.percent_per_week <= -0.5 then 'declining'
    when v_trend.percent_per_week > 0.25 or p_has_record then 'improving'
    else 'maintaining'
  end;
  v_trend.finding := case
    when v_trend.percent_per_week <= -0.5 then 'regression'
    when p_has_record or abs(v_trend.percent_per_week) > 0.25 then null
    when (select max(maximum.kg) from unnest(p_maxima) as maximum (kg)) > v_median * 1.02 then null
    when p_adherence_percent < 75 then 'inconsistent'
    else 'plateau'
  end;
  return v_trend;
end;
$$;

grant execute on function private.read_trend(date[], numeric[], integer, boolean, numeric) to authenticated;
comment on function private.read_trend(date[], numeric[], integer, boolean, numeric) is
  'What daily best one-rep maxima, in order of time, say. A plateau needs four of them, no record, a slope within 0.25 % a
week, none more than 2 % above the median, and an athlete who trained as meant: else it is inconsistency.';

-- A convention of gyms, not a measurement: one-rep maximum by body weight for novice, intermediate, advanced and elite.
create function private.strength_standards(p_slug text, p_gender public.gender)
returns numeric[]
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  return case p_gender
    when 'male' then case
      when p_slug in ('barbell-back-squat', 'low-bar-back-squat') then array[1.0, 1.5, 2.0, 2.5]
      when p_slug = 'barbell-bench-press' then array[0.75, 1.1, 1.5, 1.9]
      when p_slug in ('conventional-deadlift', 'sumo-deadlift') then array[1.25, 1.75, 2.25, 2.75]
      when p_slug = 'barbell-overhead-press' then array[0.45, 0.7, 0.95, 1.2]
    end
    when 'female' then case
      when p_slug in ('barbell-back-squat', 'low-bar-back-squat') then array[0.75, 1.1, 1.5, 2.0]
      when p_slug = 'barbell-bench-press' then array[0.45, 0.65, 0.9, 1.2]
      when p_slug in ('conventional-deadlift', 'sumo-deadlift') then array[0.9, 1.3, 1.75, 2.2]
      when p_slug = 'barbell-overhead-press' then array[0.3, 0.45, 0.6, 0.8]
    end
  end;
end;
$$;

grant execute on function private.strength_standards(text, public.gender) to authenticated;
comment on function private.strength_standards(text, public.gender) is
  'From which multiple of body weight a lifter is a novice, intermediate, advanced, elite. Null for other lifts, and where
the athlete does not say whether they are male or female.';

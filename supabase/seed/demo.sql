-- Demo data, for development alone: five athletes with four months of training behind them, and an admin. Everybody's
-- password is demo-lifter-2026. The history goes through the product's own functions, as the athletes themselves, so that
-- whatever is derived from it is right; it is the same at every load, but for ending yesterday.

-- Of rows that this transaction writes there are no statistics yet: tables look empty, and scanning them looks cheap.
set local enable_seqscan = off;

create function pg_temp.demo_id(p_name text)
returns uuid
language sql
immutable
as $$
  select overlay(overlay(md5('demo ' || p_name) placing '4' from 13) placing '8' from 17)::uuid;
$$;

-- A number from 0 to 1 that follows from its key.
create function pg_temp.chance(p_key text)
returns numeric
language sql
immutable
as $$
  select (hashtextextended(p_key, 2026) & 65535) / 65535.0;
$$;

-- People ---------------------------------------------------------------------------------------------------------------

create temporary table demo_athletes (
  name          text primary key,
  display_name  text not null,
  timezone      text not null,
  units         text not null,
  level         public.training_level,
  bio           text,
  bodyweight_kg numeric,
  -- What the weights of the programme below are multiplied by.
  strength      numeric,
  -- Days of the week, Monday being 1.
  training_days integer[] not null default '{}'
) on commit drop;

insert into demo_athletes
values
  ('mia', 'Mia Keller', 'Europe/Berlin', 'metric', 'intermediate', 'Squats before breakfast.', 64, 0.65, '{1,3,5}'),
  ('jonas', 'Jonas Lind', 'Europe/Stockholm', 'metric', 'advanced', 'Powerlifting, 93 kg.', 92, 1.45, '{1,2,4,6}'),
  ('aisha', 'Aisha Rahman', 'Europe/London', 'metric', 'beginner', 'New to the barbell.', 70, 0.4, '{2,5}'),
  ('diego', 'Diego Torres', 'America/Mexico_City', 'metric', 'intermediate', null, 81, 1, '{1,3,5,6}'),
  ('emma', 'Emma Clark', 'America/New_York', 'imperial', 'intermediate', 'Counts in pounds.', 68, 0.7, '{2,4,6}'),
  ('admin', 'Robin Admin', 'UTC', 'metric', null, null, null, null, default);

insert into auth.users (
  instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, confirmation_token, recovery_token,
  email_change_token_new, email_change, raw_app_meta_data, raw_user_meta_data, created_at, updated_at
)
select
  '00000000-0000-0000-0000-000000000000', pg_temp.demo_id(name), 'authenticated', 'authenticated',
  name || '@example.com', extensions.crypt('demo-lifter-2026', extensions.gen_salt('bf', 8)), now(), '', '', '', '',
  '{"provider": "email", "providers": ["email"]}',
  jsonb_build_object('username', name, 'display_name', display_name, 'timezone', timezone, 'units', units),
  now() - interval '5 months', now() - interval '5 months'
from demo_athletes;

insert into auth.identities (provider_id, user_id, identity_data, provider, created_at, updated_at)
select
  pg_temp.demo_id(name), pg_temp.demo_id(name),
  jsonb_build_object('sub', pg_temp.demo_id(name), 'email', name || '@example.com', 'email_verified', true),
  'email', now() - interval '5 months', now() - interval '5 months'
from demo_athletes;

update public.profiles
set bio = demo_athletes.bio,
  fitness_level = demo_athletes.level
from demo_athletes
where profiles.user_id = pg_temp.demo_id(demo_athletes.name);

update public.user_roles
set role = 'admin'
where user_id = pg_temp.demo_id('admin');

-- What they do ---------------------------------------------------------------------------------------------------------

create temporary table demo_programme (
  session  integer not null,
  title    text not null,
  position integer not null,
  slug     text not null,
  sets     integer not null,
  reps     integer,
  -- For an athlete of strength 1, in the first week; what a week adds, in percent.
  kg       numeric,
  growth   numeric not null,
  seconds  integer,
  metres   integer
) on commit drop;

insert into demo_programme
values
  (0, 'Squat and press', 0, 'barbell-back-squat', 4, 5, 100, 1.1, null, null),
  (0, 'Squat and press', 1, 'barbell-bench-press', 4, 5, 75, 0.8, null, null),
  (0, 'Squat and press', 2, 'pull-up', 3, 6, null, 0, null, null),
  (0, 'Squat and press', 3, 'plank', 2, null, null, 0, 60, null),
  (1, 'Pull', 0, 'conventional-deadlift', 3, 4, 130, 1.1, null, null),
  (1, 'Pull', 1, 'barbell-overhead-press', 4, 6, 45, 0.6, null, null),
  (1, 'Pull', 2, 'lat-pulldown', 3, 10, 55, 0.7, null, null),
  (1, 'Pull', 3, 'dumbbell-curl', 3, 12, 12, 0.5, null, null),
  (2, 'Volume', 0, 'barbell-back-squat', 3, 8, 85, 1.1, null, null),
  (2, 'Volume', 1, 'dumbbell-bench-press', 3, 10, 26, 0.8, null, null),
  (2, 'Volume', 2, 'romanian-deadlift', 3, 8, 90, 0.9, null, null),
  (2, 'Volume', 3, 'rowing-machine', 1, null, null, 0, 900, 3200);

-- One set after another: a warm-up where there is weight, then the working sets. Every fifth week is lighter.
create function pg_temp.demo_sets(p_workout_id uuid, p_athlete demo_athletes, p_session integer, p_week integer)
returns void
language sql
as $$
  insert into public.workout_sets (
    workout_exercise_id, set_type, set_index, weight_kg, entered_unit, reps, duration_seconds, distance_m, rpe,
    rest_seconds, completed_at
  )
  select
    workout_exercises.id,
    case when load.kg > 0 and number = 0 then 'warmup' else 'working' end::public.set_type,
    number - case when load.kg > 0 then 0 else 1 end,
    case
      when load.kg is null then null
      else round(load.kg * case when number = 0 then 0.5 else 1 end / plate.kg) * plate.kg
    end,
    case p_athlete.units when 'imperial' then 'lb' else 'kg' end::public.weight_unit,
    programme.reps - case when number > 1 and luck.value < 0.15 then 1 else 0 end,
    programme.seconds * (0.9 + luck.value / 5),
    programme.metres * (0.9 + luck.value / 5),
    case when number > 0 and programme.reps > 0 then round(least(10, 7 + number * 0.4 + luck.value) * 2) / 2 end,
    case when number > 0 then 90 + round(luck.value * 90) end,
    workouts.started_at + (2 + programme.position * 13 + number * 3) * interval '1 minute'
  from demo_programme as programme
  join public.workout_exercises
    on workout_exercises.workout_id = p_workout_id
    and workout_exercises.position = programme.position
  join public.workouts on workouts.id = p_workout_id
  cross join lateral (
    select programme.kg * p_athlete.strength * (1 + programme.growth * p_week / 100)
      * case when p_week % 5 = 4 then 0.85 else 1 end as kg
  ) as load
  cross join lateral (
    select case p_athlete.units when 'imperial' then 5 * 0.45359237 else 2.5 end as kg
  ) as plate
  cross join lateral generate_series(case when load.kg > 0 then 0 else 1 end, programme.sets) as number
  cross join lateral (
    select pg_temp.chance(format('%s %s %s', p_workout_id, programme.position, number)) as value
  ) as luck
  where programme.session = p_session
  order by programme.position, number;
$$;

do $$
declare
  v_athlete demo_athletes;
  v_workout_id uuid;
  v_day record;
begin
  for v_athlete in select * from demo_athletes where strength is not null order by name loop
    perform set_config(
      'request.jwt.claims',
      jsonb_build_object('sub', pg_temp.demo_id(v_athlete.name), 'role', 'authenticated')::text,
      true
    );

    for v_day in
      select
        day::date as day,
        (day::date - (current_date - 119)) / 7 as week,
        row_number() over (order by day) % 3 as session
      from generate_series(current_date - 119, current_date - 1, interval '1 day') as day
      where extract(isodow from day) = any (v_athlete.training_days)
        and pg_temp.chance(format('%s skips %s', v_athlete.name, current_date - day::date)) > 0.1
      order by day
    loop
      v_workout_id := pg_temp.demo_id(format('%s %s', v_athlete.name, current_date - v_day.day));

      perform public.start_workout(
        id => v_workout_id,
        name => (select title from demo_programme where session = v_day.session limit 1),
        location => 'gym',
        mood_before => (array['motivated', 'tired', 'energetic', 'calm'])[1 + floor(pg_temp.chance(v_workout_id::text) * 3.99)],
        started_at => (v_day.day + time '17:30' + pg_temp.chance(v_workout_id::text) * interval '90 minutes')
          at time zone v_athlete.timezone
      );
      update public.workouts set bodyweight_kg = v_athlete.bodyweight_kg where id = v_workout_id;

      perform public.add_workout_exercise(v_workout_id, exercises.id)
      from (select * from demo_programme where session = v_day.session order by position) as programme
      join public.exercises on exercises.slug = programme.slug;

      perform pg_temp.demo_sets(v_workout_id, v_athlete, v_day.session::integer, v_day.week);

      perform public.complete_workout(
        v_workout_id,
        mood_after => 'content',
        energy => 4 + floor(pg_temp.chance('energy ' || v_workout_id) * 6)::integer,
        ended_at => started_at + interval '65 minutes'
      )
      from public.workouts
      where id = v_workout_id;
    end loop;
  end loop;

  perform set_config('request.jwt.claims', '', true);
end;
$$;

-- Nobody was listening.
delete from realtime.messages;

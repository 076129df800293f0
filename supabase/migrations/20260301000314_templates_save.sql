-- Saving: the whole document in one call, stored or nothing. A save that changes something makes a version.

insert into private.error_codes (code, status, message, hint)
values
  ('template_changed', 409, 'The template was changed since it was read.',
   'Read it again and make the change in its newest version, which the details have.'),
  ('template_not_shareable', 409, 'What others see of a template must be of the library, and something to train.',
   'The details name the exercise or the day; take an approved exercise, or withdraw the template first.'),
  ('too_many_templates', 409, 'This user has as many templates as there may be.', 'Delete one that is not needed.');

-- Where an AI drafted it: what was asked is its author's alone.
create table public.template_generations (
  template_id  uuid primary key references public.workout_templates (id) on delete cascade,
  user_id      uuid default auth.uid() references public.profiles (user_id) on delete cascade,
  prompt       text not null,
  generated_at timestamptz not null,
  ai_version   text not null,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint template_generations_prompt_length check (char_length(prompt) between 1 and 4000),
  constraint template_generations_ai_version_length check (char_length(ai_version) between 1 and 100)
);

create index template_generations_user_id_idx on public.template_generations (user_id);

alter table public.template_generations enable row level security;

create policy select_own on public.template_generations
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.template_generations to authenticated;

create trigger _050_account_exists
  before insert on public.workout_templates
  for each statement execute function private.tg__account_exists();
create trigger _100_touch
  before update on public.template_generations
  for each row execute function private.tg__touch();

comment on table public.template_generations is 'How a template was drafted, where an AI did. Written by save_template.';
comment on column public.template_generations.template_id is 'The template.';
comment on column public.template_generations.user_id is 'Its author, who alone reads this.';
comment on column public.template_generations.prompt is 'What was asked for.';
comment on column public.template_generations.generated_at is 'When.';
comment on column public.template_generations.ai_version is 'What drafted it: model and version.';
comment on policy select_own on public.template_generations is 'The author.';

-- Rules of a template that others see -----------------------------------------------------------------------------------

create function private.shared_template_problem(p_document jsonb, p_library jsonb)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  with planned as (
    select day.place - 1 as day_place, element.place - 1 as place, element.exercise
    from jsonb_array_elements(p_document -> 'days') with ordinality as day (day, place)
    cross join jsonb_array_elements(day.day -> 'exercises') with ordinality as element (exercise, place)
  )
  select case when not exists (select from planned) then '$.days must have an exercise' else (
    select format('$.days[%s].exercises[%s] must be of the library, as its alternatives', planned.day_place, planned.place)
    from planned
    where exists (
      select from jsonb_array_elements_text(planned.exercise -> 'alternatives' || (planned.exercise -> 'exercise_id')) as named (id)
      where (p_library -> named.id ->> 'is_shared')::boolean is not true
    )
    order by planned.day_place, planned.place
    limit 1
  ) end;
$$;

comment on function private.shared_template_problem(jsonb, jsonb) is
  'Why others may not be shown a document, its path first; null when they may.';

-- What is stored -------------------------------------------------------------------------------------------------------

create function private.store_template_card(p_id uuid, p_version integer, p_given jsonb, p_document jsonb, p_user_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into public.workout_templates as stored (
    id, created_by, version, name, language, description, difficulty, goal, category, tags, total_weeks, days_per_week,
    estimated_minutes, estimated_calories, primary_muscles, equipment, is_ai_generated
  )
  select
    p_id, p_user_id, p_version, card.name, card.language, card.description, card.difficulty, card.goal, card.category,
    card.tags, card.total_weeks, totals.days_per_week, totals.estimated_minutes, totals.estimated_calories,
    totals.primary_muscles, totals.equipment, jsonb_typeof(p_given -> 'ai_generated') = 'object'
  from jsonb_populate_record(null::public.workout_templates, p_document) as card
  cross join lateral private.template_totals(p_document) as totals
  on conflict (id) do update
  set version = excluded.version,
    name = excluded.name,
    language = excluded.language,
    description = excluded.description,
    difficulty = excluded.difficulty,
    goal = excluded.goal,
    category = excluded.category,
    tags = excluded.tags,
    total_weeks = excluded.total_weeks,
    days_per_week = excluded.days_per_week,
    estimated_minutes = excluded.estimated_minutes,
    estimated_calories = excluded.estimated_calories,
    primary_muscles = excluded.primary_muscles,
    equipment = excluded.equipment,
    is_ai_generated = stored.is_ai_generated or excluded.is_ai_generated;

  insert into public.template_generations (template_id, user_id, prompt, generated_at, ai_version)
  select p_id, p_user_id, generation.prompt, generation.generated_at, generation.ai_version
  from jsonb_populate_record(null::public.template_generations, p_given -> 'ai_generated') as generation
  where jsonb_typeof(p_given -> 'ai_generated') = 'object'
  on conflict (template_id) do update
  set prompt = excluded.prompt, generated_at = excluded.generated_at, ai_version = excluded.ai_version
  where (template_generations.prompt, template_generations.generated_at, template_generations.ai_version)
    is distinct from (excluded.prompt, excluded.generated_at, excluded.ai_version);
$$;

comment on function private.store_template_card(uuid, integer, jsonb, jsonb, uuid) is
  'Writes the card of a template as its document says.';

create function private.store_template_rows(p_id uuid, p_document jsonb)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  delete from public.template_days
  where template_days.template_id = p_id;

  insert into public.template_days (
    id, template_id, week, position, weekday, is_rest_day, name, focus_areas, notes, estimated_minutes, estimated_calories
  )
  select
    day.id, p_id, day.week, day.position, day.weekday, day.is_rest_day, day.name, day.focus_areas, day.notes,
    day.estimated_minutes, day.estimated_calories
  from jsonb_populate_recordset(null::public.template_days, p_document -> 'days') as day;

  insert into public.template_exercises (
    id, template_id, day_id, exercise_id, planned_exercise_id, section, position, superset_group, group_type, rounds, sets,
    set_type, last_set_type, warmup_sets, reps_min, reps_max, reps_target, duration_seconds, distance_m, load_type,
    load_value, rest_seconds, tempo, notes, alternatives, progression
  )
  select
    planned.id, p_id, (day.element ->> 'id')::uuid, planned.exercise_id, planned.exercise_id, planned.section,
    planned.position, planned.superset_group, planned.group_type, planned.rounds, planned.sets, planned.set_type,
    planned.last_set_type, planned.warmup_sets, planned.reps_min, planned.reps_max, planned.reps_target,
    planned.duration_seconds, planned.distance_m, planned.load_type, planned.load_value, planned.rest_seconds,
    planned.tempo, planned.notes, planned.alternatives, nullif(planned.progression, 'null')
  from jsonb_array_elements(p_document -> 'days') as day (element)
  cross join jsonb_populate_recordset(null::public.template_exercises, day.element -> 'exercises') as planned;
$$;

comment on function private.store_template_rows(uuid, jsonb) is 'Writes days and exercises of a document as rows.';

-- The document of a template: which fields it has, each with its rule, as rows. The reader (306) holds
-- a document to them; what they mean together the rules (308) say. docs/reference/templates.md lists them all.

insert into private.error_codes (code, status, message, hint)
values
  ('invalid_template', 400, 'The document of the template breaks a rule.',
   'The details begin with the path of the field and name its rule; docs/reference/templates.md lists all fields.');

create type public.progression_type as enum ('linear', 'double', 'wave', 'rpe');

comment on type public.progression_type is
  'How a load grows: by a step each time, repetitions first and then the load, in waves of percentages, or by effort.';

create table private.template_fields (
  level       text not null,
  name        text not null,
  type        text not null,
  is_required boolean not null default false,
  lower       numeric,
  upper       numeric,
  of          text,
  fallback    jsonb,
  primary key (level, name),
  constraint template_fields_type_known check (
    type in ('text', 'integer', 'number', 'boolean', 'label', 'uuid', 'time', 'object', 'list', 'derived')
  )
);

alter table private.template_fields enable row level security;

-- The rules ------------------------------------------------------------------------------------------------------------

-- For a text, lower and upper count characters and `of` is a pattern; for a list, they count elements, and `of` is the
-- level of its elements, whose rule, when they are no objects, has no name. A level with a dot is one of several forms.
insert into private.template_fields (level, name, type, is_required, lower, upper, of, fallback)
values
  ('template', 'id', 'uuid', false, null, null, null, null),
  ('template', 'version', 'integer', false, 1, 2147483647, null, null),
  ('template', 'name', 'text', true, 1, 120, '^[^[:cntrl:][:space:]]([^[:cntrl:]]*[^[:cntrl:][:space:]])?$', null),
  ('template', 'language', 'text', false, 2, 5, '^[a-z]{2}(-[A-Z]{2})?$', '"en"'),
  ('template', 'description', 'text', false, 0, 4000, null, '""'),
  ('template', 'difficulty', 'label', true, null, null, 'public.training_level', null),
  ('template', 'goal', 'label', true, null, null, 'public.training_goal', null),
  ('template', 'category', 'label', false, null, null, 'public.template_category', null),
  ('template', 'tags', 'list', false, 0, 10, 'tag', '[]'),
  ('template', 'total_weeks', 'integer', false, 1, 52, null, '1'),
  ('template', 'deload', 'object', false, null, null, 'deload', null),
  ('template', 'days', 'list', true, 1, 366, 'day', null),
  ('template', 'ai_generated', 'object', false, null, null, 'ai_generated', null),
  ('tag', '', 'text', true, 1, 40, '^[a-z0-9]+(-[a-z0-9]+)*$', null),
  ('ai_generated', 'prompt', 'text', true, 1, 4000, null, null),
  ('ai_generated', 'generated_at', 'time', true, null, null, null, null),
  ('ai_generated', 'ai_version', 'text', true, 1, 100, null, null),
  ('deload', 'weeks', 'list', true, 1, 26, 'week', null),
  ('deload', 'sets_percent', 'integer', false, 10, 100, null, '50'),
  ('deload', 'load_percent', 'integer', false, 10, 100, null, '90'),
  ('deload', 'rir_add', 'integer', false, 0, 5, null, '2'),
  ('week', '', 'integer', true, 1, 52, null, null),
  ('day', 'id', 'uuid', false, null, null, null, null),
  ('day', 'week', 'integer', false, 1, 52, null, null),
  ('day', 'position', 'integer', false, 0, 13, null, null),
  ('day', 'weekday', 'label', false, null, null, 'public.weekday', null),
  ('day', 'is_rest_day', 'boolean', false, null, null, null, 'false'),
  ('day', 'name', 'text', true, 1, 120, null, null),
  ('day', 'focus_areas', 'list', false, 0, 10, 'focus_area', '[]'),
  ('day', 'notes', 'text', false, 1, 2000, null, null),
  ('day', 'exercises', 'list', false, 0, 50, 'exercise', '[]'),
  ('day', 'estimated_minutes', 'derived', false, null, null, null, null),
  ('day', 'estimated_calories', 'derived', false, null, null, null, null),
  ('focus_area', '', 'text', true, 1, 60, null, null),
  ('exercise', 'id', 'uuid', false, null, null, null, null),
  ('exercise', 'exercise_id', 'uuid', true, null, null, null, null),
  ('exercise', 'section', 'label', false, null, null, 'public.template_section', '"main"'),
  ('exercise', 'position', 'integer', false, 0, 49, null, null),
  ('exercise', 'superset_group', 'integer', false, 1, 50, null, null),
  ('exercise', 'group_type', 'label', false, null, null, 'public.exercise_group_type', null),
  ('exercise', 'rounds', 'integer', false, 1, 20, null, null),
  ('exercise', 'sets', 'integer', true, 1, 20, null, null),
  ('exercise', 'set_type', 'label', false, null, null, 'public.set_type', '"working"'),
  ('exercise', 'last_set_type', 'label', false, null, null, 'public.set_type', null),
  ('exercise', 'warmup_sets', 'integer', false, 0, 5, null, '0'),
  ('exercise', 'reps_min', 'integer', false, 1, 1000, null, null),
  ('exercise', 'reps_max', 'integer', false, 1, 1000, null, null),
  ('exercise', 'reps_target', 'integer', false, 1, 1000, null, null),
  ('exercise', 'duration_seconds', 'number', false, 1, 86400, null, null),
  ('exercise', 'distance_m', 'number', false, 1, 500000, null, null),
  ('exercise', 'load_type', 'label', false, null, null, 'public.load_type', '"open"'),
  ('exercise', 'load_value', 'number', false, 0, 1500, null, null),
  ('exercise', 'rest_seconds', 'integer', false, 0, 3600, null, null),
  ('exercise', 'tempo', 'text', false, 4, 7, '^[0-9X](-?[0-9X]){3}$', null),
  ('exercise', 'notes', 'text', false, 1, 2000, null, null),
  ('exercise', 'alternatives', 'list', false, 0, 10, 'alternative', '[]'),
  ('exercise', 'progression', 'object', false, null, null, 'progression', null),
  ('alternative', '', 'uuid', true, null, null, null, null),
  ('progression', 'type', 'label', true, null, null, 'public.progression_type', null),
  ('progression.linear', 'type', 'label', true, null, null, 'public.progression_type', null),
  ('progression.linear', 'step_kg', 'number', false, 0.05, 50, null, null),
  ('progression.linear', 'attempts', 'integer', false, 1, 10, null, '3'),
  ('progression.linear', 'reset_percent', 'number', false, 1, 50, null, '10'),
  ('progression.double', 'type', 'label', true, null, null, 'public.progression_type', null),
  ('progression.double', 'step_kg', 'number', false, 0.05, 50, null, null),
  ('progression.double', 'target_rir', 'integer', false, 0, 5, null, null),
  ('progression.double', 'attempts', 'integer', false, 1, 10, null, '2'),
  ('progression.double', 'reset_percent', 'number', false, 1, 50, null, '10'),
  ('progression.wave', 'type', 'label', true, null, null, 'public.progression_type', null),
  ('progression.wave', 'step_kg', 'number', false, 0.05, 50, null, null),
  ('progression.wave', 'reset_percent', 'number', false, 1, 50, null, '10'),
  ('progression.wave', 'weeks', 'list', true, 1, 12, 'wave_week', null),
  ('wave_week', 'sets', 'list', true, 1, 20, 'wave_set', null),
  ('wave_set', 'percent', 'number', true, 1, 150, null, null),
  ('wave_set', 'reps', 'integer', true, 1, 100, null, null),
  ('wave_set', 'amrap', 'boolean', false, null, null, null, 'false'),
  ('progression.rpe', 'type', 'label', true, null, null, 'public.progression_type', null),
  ('progression.rpe', 'tolerance', 'number', false, 0, 2, null, '0.5'),
  ('progression.rpe', 'max_change_percent', 'number', false, 1, 20, null, '5');

-- What get_template answers besides the document may come back with it, and is not read.
insert into private.template_fields (level, name, type)
select 'template', derived.name, 'derived'
from unnest(array[
  'created_by', 'author_is_public', 'days_per_week', 'estimated_minutes', 'estimated_calories', 'primary_muscles',
  'equipment', 'visibility',
  'is_published', 'published_at', 'featured_order', 'is_premium', 'is_premium_copy', 'is_ai_generated', 'is_active', 'copied_from',
  'usage_count', 'favorite_count', 'rating_sum', 'rating_count', 'rating_average', 'runs_started', 'runs_completed',
  'completion_rate', 'popularity', 'created_at', 'updated_at', 'exercises', 'run', 'my_rating', 'is_favorite',
  'newest_version'
]) as derived (name);

comment on table private.template_fields is 'The fields of a template''s document, each with its rule.';
comment on column private.template_fields.level is 'The kind of object: template, day, exercise, progression.wave.';
comment on column private.template_fields.name is 'The field; empty for the elements of a list of plain values.';
comment on column private.template_fields.type is 'What it is; derived is answered and, when it is sent, not read.';
comment on column private.template_fields.is_required is 'Whether it must be there.';
comment on column private.template_fields.lower is 'The least: a number, characters or elements.';
comment on column private.template_fields.upper is 'The most.';
comment on column private.template_fields.of is 'The pattern of a text, the enum of a label, the level of an object or of elements.';
comment on column private.template_fields.fallback is 'What it is when it is left out; null for nothing.';

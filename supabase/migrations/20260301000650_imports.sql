-- Imports: training history from other apps. A file is written in parts, each of them whole: what is derived is right
-- after every one, and an import that broke off goes on where it stopped. What became of each line is kept, because that
-- is the report, tells a duplicate, and is how an import is undone.

insert into private.error_codes (code, status, message, hint)
values
  ('import_not_found', 404, 'There is no such import, or it is somebody else''s.', 'Check the id.'),
  ('import_running', 409, 'Another import of this athlete is running.',
   'Continue or undo that one first; the details have its id.'),
  ('import_undone', 409, 'The import was undone.', 'Import the file again with a new id.'),
  ('import_settings_differ', 409, 'The same file was imported with another unit, zone or order of dates.',
   'Undo that import first; the details have its id.'),
  ('invalid_import', 400, 'What is imported breaks a rule.', 'The details name the rule.');

-- Types ----------------------------------------------------------------------------------------------------------------

create type public.import_source as enum ('strong', 'hevy', 'fitnotes');
create type public.import_status as enum ('running', 'completed', 'undoing', 'undone');
create type public.import_outcome as enum ('imported', 'duplicate', 'skipped', 'failed', 'kept', 'undone');

comment on type public.import_source is 'The app that wrote the file.';
comment on type public.import_status is 'running, then completed; undoing, then undone.';
comment on type public.import_outcome is
  'imported, or not: a duplicate of a set that came in before, skipped because it is no set, failed. Of an import that was
undone: undone, or kept where the athlete had made the workout their own.';

-- Tables ---------------------------------------------------------------------------------------------------------------

create table public.imports (
  id              uuid primary key default private.uuid_v7(),
  user_id         uuid not null references public.profiles (user_id) on delete cascade,
  source          public.import_source not null,
  status          public.import_status not null default 'running',
  file_hash       text not null,
  timezone        text not null,
  line_count      integer not null,
  names           jsonb not null,
  imported_count  integer not null default 0,
  duplicate_count integer not null default 0,
  skipped_count   integer not null default 0,
  failed_count    integer not null default 0,
  workout_count   integer not null default 0,
  kept_count      integer not null default 0,
  settings_hash   uuid not null,
  request_hash    uuid not null,
  finished_at     timestamptz,
  undone_at       timestamptz,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  constraint imports_id_user_id_key unique (id, user_id),
  constraint imports_file_hash_form check (file_hash ~ '^[0-9a-f]{64}$'),
  constraint imports_line_count_in_range check (line_count between 0 and 1000000),
  constraint imports_names_are_list check (jsonb_typeof(names) = 'array' and jsonb_array_length(names) <= 2000)
);

create table public.import_rows (
  import_id   uuid not null,
  line        integer not null,
  user_id     uuid not null,
  outcome     public.import_outcome not null,
  code        text,
  line_text   text,
  fingerprint uuid,
  workout_id  uuid,
  set_id      uuid,
  primary key (import_id, line),
  constraint import_rows_import_id_fkey foreign key (import_id, user_id)
    references public.imports (id, user_id) on delete cascade,
  constraint import_rows_line_in_range check (line between 1 and 10000000),
  constraint import_rows_code_form check (code ~ '^[a-z][a-z_]{2,49}$'),
  constraint import_rows_line_text_length check (char_length(line_text) <= 300),
  constraint import_rows_imported_has_set check (
    (outcome in ('imported', 'kept', 'undone')) = (set_id is not null)
  )
);

create table public.import_names (
  user_id     uuid not null default auth.uid() references public.profiles (user_id) on delete cascade,
  name        text not null,
  exercise_id uuid references public.exercises (id) on delete cascade,
  import_id   uuid references public.imports (id) on delete set null,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (user_id, name),
  constraint import_names_name_length check (char_length(name) between 1 and 200)
);

-- Indexes --------------------------------------------------------------------------------------------------------------

create unique index imports_one_at_a_time_key on public.imports (user_id) where status in ('running', 'undoing');
create index imports_user_id_created_at_idx on public.imports (user_id, created_at desc);
create index import_rows_imported_idx on public.import_rows (import_id, workout_id) where outcome = 'imported';
create index import_rows_workout_id_idx on public.import_rows (workout_id, set_id) where set_id is not null;
create index import_rows_fingerprint_idx on public.import_rows (user_id, fingerprint)
  where outcome in ('imported', 'kept');
create index import_names_exercise_id_idx on public.import_names (exercise_id);
create index import_names_import_id_idx on public.import_names (import_id);

-- Policies -------------------------------------------------------------------------------------------------------------

alter table public.imports enable row level security;
alter table public.import_rows enable row level security;
alter table public.import_names enable row level security;

create policy select_own on public.imports
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy select_own on public.import_rows
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy select_own on public.import_names
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy delete_own on public.import_names
  for delete to authenticated
  using (user_id = (select auth.uid()));

-- Grants ---------------------------------------------------------------------------------------------------------------

grant select on public.imports, public.import_rows to authenticated;
grant select, delete on public.import_names to authenticated;

-- Upkeep ---------------------------------------------------------------------------------------------------------------

create trigger _100_touch
  before update on public.imports
  for each row execute function private.tg__touch();
create trigger _100_touch
  before update on public.import_names
  for each row execute function private.tg__touch();

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.imports is 'A file from another app, and what became of it. Written by the server alone.';
comment on column public.imports.id is 'Chosen by the client: the same id goes on with the same file.';
comment on column public.imports.user_id is 'The athlete.';
comment on column public.imports.source is 'The app that wrote the file.';
comment on column public.imports.status is 'Where it stands. One at a time may be running or undoing.';
comment on column public.imports.file_hash is 'SHA-256 of the file, in hexadecimal digits.';
comment on column public.imports.timezone is 'The zone that the file''s times are taken to be in, for it states none.';
comment on column public.imports.line_count is 'How many lines the file has that say something.';
comment on column public.imports.names is
  'What each exercise of the file was taken to be: a list of {name, exercise_id, chosen, created}; null skips it.';
comment on column public.imports.imported_count is 'Lines that became sets.';
comment on column public.imports.duplicate_count is 'Lines whose sets had come in before.';
comment on column public.imports.skipped_count is 'Lines that are no sets, or of exercises that were to be left out.';
comment on column public.imports.failed_count is 'Lines that could not be read or stored.';
comment on column public.imports.workout_count is 'Workouts that it made.';
comment on column public.imports.kept_count is 'Sets that stayed when it was undone.';
comment on column public.imports.settings_hash is 'Of the units, the zone and the order of dates.';
comment on column public.imports.request_hash is 'Of all that it was begun with: tells a retry from a conflict.';
comment on column public.imports.finished_at is 'When all lines were done.';
comment on column public.imports.undone_at is 'When it was undone.';
comment on column public.imports.created_at is 'When it began.';
comment on column public.imports.updated_at is 'When it last went on.';
comment on policy select_own on public.imports is 'The athlete alone.';

comment on table public.import_rows is
  'The report of an import, line by line. Says which set a line became, and outlives that set: what the athlete deleted
does not come back with the next export.';
comment on column public.import_rows.import_id is 'The import.';
comment on column public.import_rows.line is 'The line in the file, counted from 1; the heading is the first.';
comment on column public.import_rows.user_id is 'The athlete.';
comment on column public.import_rows.outcome is 'What became of it.';
comment on column public.import_rows.code is 'Why it is not imported, or what of it was not; null when all is well.';
comment on column public.import_rows.line_text is 'The line itself, shortened, where it was not imported.';
comment on column public.import_rows.fingerprint is
  'Of source, start, exercise, place, weight and repetitions: the same set in another export has the same.';
comment on column public.import_rows.workout_id is 'The workout that its set went to. May be gone.';
comment on column public.import_rows.set_id is 'The set. May be gone.';
comment on policy select_own on public.import_rows is 'The athlete alone.';

comment on table public.import_names is
  'What an athlete decided about names that are not the library''s, for the next import. Written by the server alone;
deleting a row forgets it.';
comment on column public.import_names.user_id is 'The athlete.';
comment on column public.import_names.name is 'The name in the other app, folded.';
comment on column public.import_names.exercise_id is 'The exercise that it means; null leaves its sets out.';
comment on column public.import_names.import_id is 'The import that made the exercise; null where it was there before.';
comment on column public.import_names.created_at is 'When it was decided first.';
comment on column public.import_names.updated_at is 'When it was decided last.';
comment on policy select_own on public.import_names is 'The athlete alone.';
comment on policy delete_own on public.import_names is 'The athlete alone.';

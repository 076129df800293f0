-- Variations: ways to do an exercise that are not exercises of their own.

create table public.exercise_variations (
  id           uuid primary key default private.uuid_v7(),
  exercise_id  uuid not null references public.exercises (id) on delete cascade,
  name         text not null,
  description  text not null default '',
  difficulty   public.training_level not null,
  instructions text[] not null default '{}',
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint exercise_variations_name_once_per_exercise_key unique (exercise_id, name),
  constraint exercise_variations_name_length check (char_length(name) between 1 and 120),
  constraint exercise_variations_description_length check (char_length(description) <= 1000),
  constraint exercise_variations_instructions_fit check (private.texts_fit(instructions, 30, 500))
);

alter table public.exercise_variations enable row level security;

create policy select_of_visible on public.exercise_variations
  for select to anon, authenticated
  using (exists (select from public.exercises where exercises.id = exercise_id));

create policy insert_of_own on public.exercise_variations
  for insert to authenticated
  with check (
    exercise_id = any ((select private.my_open_exercise_ids())::uuid[])
    or ((select private.is_admin()) and private.is_product_exercise(exercise_id))
  );

create policy update_of_own on public.exercise_variations
  for update to authenticated
  using (
    exercise_id = any ((select private.my_open_exercise_ids())::uuid[])
    or ((select private.is_admin()) and private.is_product_exercise(exercise_id))
  );

create policy delete_of_own on public.exercise_variations
  for delete to authenticated
  using (
    exercise_id = any ((select private.my_open_exercise_ids())::uuid[])
    or ((select private.is_admin()) and private.is_product_exercise(exercise_id))
  );

grant select on public.exercise_variations to anon, authenticated;
grant insert (id, exercise_id, name, description, difficulty, instructions)
  on public.exercise_variations to authenticated;
grant update (name, description, difficulty, instructions) on public.exercise_variations to authenticated;
grant delete on public.exercise_variations to authenticated;

create trigger _100_touch
  before update on public.exercise_variations
  for each row execute function private.tg__touch();
create trigger _600_resubmit
  after insert or update or delete on public.exercise_variations
  for each row execute function private.tg__resubmit_exercise();

comment on table public.exercise_variations is 'Ways to do an exercise that are not exercises of their own.';
comment on column public.exercise_variations.id is 'Chosen by the client or by the server.';
comment on column public.exercise_variations.exercise_id is 'What it is a variation of.';
comment on column public.exercise_variations.description is 'What is different.';
comment on column public.exercise_variations.difficulty is 'For whom it is.';
comment on column public.exercise_variations.instructions is 'The steps, in order.';
comment on column public.exercise_variations.created_at is 'When it was added.';
comment on column public.exercise_variations.updated_at is 'When it was last changed.';
comment on policy select_of_visible on public.exercise_variations is 'Whoever sees the exercise.';
comment on policy insert_of_own on public.exercise_variations is 'Whoever may edit the exercise.';
comment on policy update_of_own on public.exercise_variations is 'Whoever may edit the exercise.';
comment on policy delete_of_own on public.exercise_variations is 'Whoever may edit the exercise.';
comment on column public.exercise_variations.name is 'What it is called; once per exercise.';

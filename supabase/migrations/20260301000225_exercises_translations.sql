-- Translations: an exercise's names and texts in further languages, one row each. Its own row is one language too, and
-- what is shown where there is no translation.

create table public.exercise_translations (
  exercise_id     uuid not null references public.exercises (id) on delete cascade,
  language        text not null,
  name            text not null,
  aliases         text[] not null default '{}',
  description     text not null default '',
  instructions    text[] not null default '{}',
  warnings        text[] not null default '{}',
  common_mistakes text[] not null default '{}',
  tips            text[] not null default '{}',
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (exercise_id, language),
  constraint exercise_translations_language_is_code check (language ~ '^[a-z]{2}(-[A-Z]{2})?$'),
  constraint exercise_translations_name_length check (char_length(name) between 1 and 120),
  constraint exercise_translations_name_is_plain check (name = btrim(name) and name !~ '[[:cntrl:]]'),
  constraint exercise_translations_aliases_fit check (private.texts_fit(aliases, 20, 80)),
  constraint exercise_translations_description_length check (char_length(description) <= 2000),
  constraint exercise_translations_instructions_fit check (private.texts_fit(instructions, 30, 500)),
  constraint exercise_translations_warnings_fit check (private.texts_fit(warnings, 10, 500)),
  constraint exercise_translations_common_mistakes_fit check (private.texts_fit(common_mistakes, 10, 500)),
  constraint exercise_translations_tips_fit check (private.texts_fit(tips, 10, 500))
);

alter table public.exercise_translations enable row level security;

create policy select_of_visible on public.exercise_translations
  for select to anon, authenticated
  using (exists (select from public.exercises where exercises.id = exercise_id));

create policy insert_of_own on public.exercise_translations
  for insert to authenticated
  with check (
    exercise_id = any ((select private.my_open_exercise_ids())::uuid[])
    or ((select private.is_admin()) and private.is_product_exercise(exercise_id))
  );

create policy update_of_own on public.exercise_translations
  for update to authenticated
  using (
    exercise_id = any ((select private.my_open_exercise_ids())::uuid[])
    or ((select private.is_admin()) and private.is_product_exercise(exercise_id))
  );

create policy delete_of_own on public.exercise_translations
  for delete to authenticated
  using (
    exercise_id = any ((select private.my_open_exercise_ids())::uuid[])
    or ((select private.is_admin()) and private.is_product_exercise(exercise_id))
  );

-- Every column of an upsert is written by it; the policies hold the exercise to what it may be.
grant select, delete on public.exercise_translations to authenticated;
grant select on public.exercise_translations to anon;
grant insert (
  exercise_id, language, name, aliases, description, instructions, warnings, common_mistakes, tips
) on public.exercise_translations to authenticated;
grant update (
  exercise_id, language, name, aliases, description, instructions, warnings, common_mistakes, tips
) on public.exercise_translations to authenticated;

create trigger _100_touch
  before update on public.exercise_translations
  for each row execute function private.tg__touch();
create trigger _600_resubmit
  after insert or update or delete on public.exercise_translations
  for each row execute function private.tg__resubmit_exercise();

-- The caller's choice --------------------------------------------------------------------------------------------------

create function private.my_languages(p_language text default null)
returns text[]
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_language text := p_language;
begin
  if v_language !~ '^[a-z]{2}(-[A-Z]{2})?$' then
    perform private.fail('invalid_argument', 'language must be a code such as en or de-AT');
  elsif v_language is null and auth.uid() is not null then
    select preferences.language
    into v_language
    from public.preferences
    where preferences.user_id = auth.uid();
  end if;

  v_language := coalesce(v_language, 'en');
  return case when v_language like '%-%' then array[v_language, left(v_language, 2)] else array[v_language] end;
end;
$$;

grant execute on function private.my_languages(text) to anon, authenticated, service_role;
comment on function private.my_languages(text) is
  'The languages that the caller wants to read, best first: the argument or else the preference, then the same without its
region. English for those who have none. Fails with invalid_argument.';

create function private.exercise_translation(p_exercise public.exercises, p_languages text[])
returns public.exercise_translations
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_translation public.exercise_translations;
begin
  if p_exercise.language <> p_languages[1] then
    select exercise_translations.*
    into v_translation
    from public.exercise_translations
    where exercise_translations.exercise_id = p_exercise.id
      and exercise_translations.language = any (p_languages)
      and array_position(p_languages, exercise_translations.language)
        < coalesce(array_position(p_languages, p_exercise.language), 9)
    order by array_position(p_languages, exercise_translations.language)
    limit 1;
  end if;

  return v_translation;
end;
$$;

grant execute on function private.exercise_translation(public.exercises, text[]) to anon, authenticated, service_role;
comment on function private.exercise_translation(public.exercises, text[]) is
  'The translation that suits these languages better than the exercise''s own, which is shown where this is null.';

-- Comments -------------------------------------------------------------------------------------------------------------

comment on table public.exercise_translations is
  'Names and texts of exercises in languages beside their own. search_exercises finds all of them.';
comment on column public.exercise_translations.exercise_id is 'The exercise.';
comment on column public.exercise_translations.language is 'The language of this row: en, or de-AT.';
comment on column public.exercise_translations.name is 'What it is called.';
comment on column public.exercise_translations.aliases is 'What else people call it.';
comment on column public.exercise_translations.description is 'What it is and what it is good for.';
comment on column public.exercise_translations.instructions is 'The steps, in order.';
comment on column public.exercise_translations.warnings is 'What to beware of.';
comment on column public.exercise_translations.common_mistakes is 'What often goes wrong.';
comment on column public.exercise_translations.tips is 'What helps.';
comment on column public.exercise_translations.created_at is 'When it was added.';
comment on column public.exercise_translations.updated_at is 'When it was last changed.';
comment on policy select_of_visible on public.exercise_translations is 'Whoever sees the exercise.';
comment on policy insert_of_own on public.exercise_translations is 'Whoever may edit the exercise.';
comment on policy update_of_own on public.exercise_translations is 'Whoever may edit the exercise.';
comment on policy delete_of_own on public.exercise_translations is 'Whoever may edit the exercise.';

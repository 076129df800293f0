-- The search index: what search_exercises reads, beside the tables that it is made from.

-- Not columns of the table: clients select *, and a text search vector is nothing for them.
create table private.exercise_search (
  exercise_id uuid not null references public.exercises (id) on delete cascade,
  language    text not null,
  audience    uuid,
  vector      tsvector not null,
  phrase      text not null,
  primary key (exercise_id, language)
);

create table private.search_words (
  word text primary key
);

-- Without the list of pending entries, which every search would have to read through: exercises are rarely written.
create index exercise_search_vector_idx on private.exercise_search using gin (vector) with (fastupdate = off)
  where audience is null;
create index exercise_search_audience_idx on private.exercise_search (audience);
create index search_words_prefix_idx on private.search_words (word text_pattern_ops);

alter table private.exercise_search enable row level security;
alter table private.search_words enable row level security;

comment on table private.exercise_search is
  'What search_exercises searches: one row per active exercise and language. Derived.';
comment on column private.exercise_search.exercise_id is 'The exercise.';
comment on column private.exercise_search.language is 'The language of the name and the aliases.';
comment on column private.exercise_search.audience is 'Who finds it: its creator, or everyone where null.';
comment on column private.exercise_search.vector is
  'Its words: name A, aliases B, tags, equipment and primary muscles C, secondary D.';
comment on column private.exercise_search.phrase is 'Name and aliases as search keys, |name|alias|…|.';
comment on table private.search_words is
  'The words that the library is found by: what a typing error may have meant. One that nothing has any more does no harm.';
comment on column private.search_words.word is 'The word.';

create function private.index_exercise(p_exercise public.exercises, p_language text, p_name text, p_aliases text[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_audience uuid := case when p_exercise.review_status <> 'approved' then p_exercise.created_by end;
  v_vector tsvector := setweight(private.name_vector(p_name), 'A');
  v_phrase text := '|' || coalesce(private.search_key(private.search_terms(p_name)), '') || '|';
  v_alias text;
begin
  foreach v_alias in array p_aliases loop
    v_vector := v_vector || setweight(private.name_vector(v_alias), 'B');
    v_phrase := v_phrase || coalesce(private.search_key(private.search_terms(v_alias)) || '|', '');
  end loop;

  v_vector := v_vector
    || setweight(to_tsvector('simple', concat_ws(
      ' ',
      private.words(array_to_string(p_exercise.tags, ' ')),
      private.synonyms(p_exercise.equipment::text[]),
      private.synonyms(p_exercise.primary_muscles::text[])
    )), 'C')
    || setweight(to_tsvector('simple', coalesce(private.synonyms(p_exercise.secondary_muscles::text[]), '')), 'D');

  insert into private.exercise_search (exercise_id, language, audience, vector, phrase)
  values (p_exercise.id, p_language, v_audience, v_vector, v_phrase)
  on conflict (exercise_id, language) do update
  set audience = excluded.audience,
    vector = excluded.vector,
    phrase = excluded.phrase;

  if v_audience is null then
    insert into private.search_words (word)
    select lexeme
    from unnest(tsvector_to_array(v_vector)) as lexeme
    order by lexeme
    on conflict do nothing;
  end if;
end;
$$;

comment on function private.index_exercise(public.exercises, text, text, text[]) is
  'Writes what an exercise is found by in one language: name before aliases before tags, equipment and primary muscles
before secondary ones.';

-- definer: the search rows are written for whoever edits an exercise, and are nobody's to write.
create function private.tg_exercises__index()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from private.exercise_search
  where exercise_search.exercise_id = new.id;

  if new.is_active then
    perform private.index_exercise(new, new.language, new.name, new.aliases);
    perform private.index_exercise(
      new, exercise_translations.language, exercise_translations.name, exercise_translations.aliases
    )
    from public.exercise_translations
    where exercise_translations.exercise_id = new.id
      and exercise_translations.language <> new.language;
  end if;

  return null;
end;
$$;

comment on function private.tg_exercises__index() is 'Keeps what an exercise is found by, in all its languages.';

-- definer: as for tg_exercises__index.
create function private.tg_exercise_translations__index()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' then
    delete from private.exercise_search
    using public.exercises
    where exercise_search.exercise_id = old.exercise_id
      and exercise_search.language = old.language
      and exercises.id = old.exercise_id
      and exercises.language <> old.language;
  end if;

  if tg_op <> 'DELETE' then
    perform private.index_exercise(exercises, new.language, new.name, new.aliases)
    from public.exercises
    where exercises.id = new.exercise_id
      and exercises.is_active
      and exercises.language <> new.language;
  end if;

  return null;
end;
$$;

comment on function private.tg_exercise_translations__index() is 'Keeps what an exercise is found by in a language.';

create trigger _500_index
  after insert or update of
    name, language, aliases, tags, equipment, primary_muscles, secondary_muscles, is_active, review_status, created_by
  on public.exercises
  for each row execute function private.tg_exercises__index();
create trigger _500_index
  after insert or update or delete on public.exercise_translations
  for each row execute function private.tg_exercise_translations__index();

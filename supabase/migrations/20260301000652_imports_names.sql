-- Names: what exercises are called, made comparable with what other apps call them.

-- Apps write the implement before or behind, in brackets or not, in singular or plural; words that tell nothing go.
create function private.name_key(p_name text)
returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select string_agg(known.word, ' ' order by known.word)
  from unnest(string_to_array(private.words(p_name), ' ')) as written (word)
  cross join lateral (
    select case
      when written.word in ('bb', 'barbells') then 'barbell'
      when written.word in ('db', 'dumbell', 'dumbbells') then 'dumbbell'
      when written.word in ('kb', 'kettlebells') then 'kettlebell'
      when written.word ~ '[^s]s$' and char_length(written.word) > 3 then left(written.word, -1)
      else written.word
    end as word
  ) as known
  where known.word not in ('flat', 'with', 'the', 'a', 'an', 'on', 'of', 'in');
$$;

grant execute on function private.name_key(text) to authenticated, service_role;
comment on function private.name_key(text) is
  'The words of a name in the order of the alphabet, in singular: the same for all ways to write it. Null without words.';

-- A name may be of signs alone.
create function private.import_name(p_name text)
returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select coalesce(private.words(left(p_name, 200)), private.fold(left(p_name, 200)));
$$;

grant execute on function private.import_name(text) to authenticated, service_role;
comment on function private.import_name(text) is 'A name of another app as import_names keeps it.';

-- All that exercises are called, folded once and not by every import. Derived.
create table private.exercise_names (
  exercise_id    uuid not null references public.exercises (id) on delete cascade,
  called         text not null,
  key            text,
  implement_key  text,
  confidence     numeric not null,
  how            text not null,
  primary key (exercise_id, called)
);

create index exercise_names_key_idx on private.exercise_names (key);
create index exercise_names_implement_key_idx on private.exercise_names (implement_key);
create index exercise_names_called_idx on private.exercise_names
  using gin (called extensions.gin_trgm_ops) with (fastupdate = off);

alter table private.exercise_names enable row level security;

comment on table private.exercise_names is 'What exercises are called, as imports look for it. Derived.';
comment on column private.exercise_names.exercise_id is 'The exercise.';
comment on column private.exercise_names.called is 'Its name, an alias or a translation, folded.';
comment on column private.exercise_names.key is 'The name_key of that.';
comment on column private.exercise_names.implement_key is 'The name_key of that with its main implement.';
comment on column private.exercise_names.confidence is 'How sure it is that somebody who writes this means the exercise.';
comment on column private.exercise_names.how is 'name or alias.';

create function private.index_exercise_names(p_exercise public.exercises)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  delete from private.exercise_names
  where exercise_names.exercise_id = p_exercise.id;

  insert into private.exercise_names (exercise_id, called, key, implement_key, confidence, how)
  select distinct on (called.called)
    p_exercise.id, called.called, private.name_key(called.called),
    private.name_key(called.called || ' ' || replace(p_exercise.equipment[1]::text, '_', ' ')), called.confidence,
    called.how
  from (
    select private.words(p_exercise.name) as called, 1.0 as confidence, 'name' as how
    union all
    select private.words(alias), 0.98, 'alias'
    from unnest(p_exercise.aliases) as alias
    union all
    select private.words(translated.name), 0.98, 'name'
    from public.exercise_translations
    cross join unnest(exercise_translations.name || exercise_translations.aliases) as translated (name)
    where exercise_translations.exercise_id = p_exercise.id
  ) as called
  where called.called is not null
  order by called.called, called.confidence desc, called.how;
end;
$$;

comment on function private.index_exercise_names(public.exercises) is 'Writes what an exercise is called in all languages.';

-- definer: the names are written for whoever edits an exercise, and are nobody's to write.
create function private.tg_exercises__index_names()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.index_exercise_names(new);
  return null;
end;
$$;

comment on function private.tg_exercises__index_names() is 'Keeps what an exercise is called.';

-- definer: as for tg_exercises__index_names.
create function private.tg_exercise_translations__index_names()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.index_exercise_names(exercises)
  from public.exercises
  where exercises.id in (old.exercise_id, new.exercise_id);

  return null;
end;
$$;

comment on function private.tg_exercise_translations__index_names() is 'Keeps what an exercise is called in other languages.';

create trigger _510_index_names
  after insert or update of name, aliases, equipment on public.exercises
  for each row execute function private.tg_exercises__index_names();
create trigger _510_index_names
  after insert or update or delete on public.exercise_translations
  for each row execute function private.tg_exercise_translations__index_names();

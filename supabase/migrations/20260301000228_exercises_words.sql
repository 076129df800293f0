-- Words: how names and what people type are brought to one form, so that "Pull-Ups", "pullup" and "pull up" are the same.

create extension if not exists fuzzystrmatch with schema extensions;

create function private.words(p_text text)
returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select nullif(btrim(regexp_replace(private.fold(p_text), '[^[:alnum:]]+', ' ', 'g')), '');
$$;

grant execute on function private.words(text) to anon, authenticated, service_role;
comment on function private.words(text) is
  'The words of a text, folded, with one space between them; null when there are none.';

-- What people call a muscle or an implement beside its name here.
create function private.synonyms(p_names text[])
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select string_agg(replace(named.name, '_', ' ') || case
    when named.name = 'chest' then ' pecs pectorals'
    when named.name in ('front_delts', 'side_delts', 'rear_delts') then ' shoulders deltoids'
    when named.name = 'rotator_cuff' then ' shoulders'
    when named.name in ('lats', 'upper_back', 'lower_back') then ' back latissimus rhomboids'
    when named.name in ('biceps', 'triceps') then ' arms'
    when named.name = 'forearms' then ' arms grip'
    when named.name in ('abdominals', 'obliques') then ' abs core'
    when named.name = 'quadriceps' then ' quads legs thighs'
    when named.name = 'hamstrings' then ' hams legs thighs'
    when named.name in ('calves', 'tibialis') then ' legs'
    when named.name in ('adductors', 'abductors') then ' thighs hips'
    when named.name = 'glutes' then ' gluteus hips butt'
    when named.name = 'dumbbell' then ' dumbell'
    when named.name = 'resistance_band' then ' banded elastic'
    when named.name = 'suspension_trainer' then ' straps'
    when named.name = 'rowing_ergometer' then ' rower erg'
    when named.name in ('stationary_bike', 'air_bike') then ' cycling'
    else ''
  end, ' ')
  from unnest(p_names) as named (name);
$$;

comment on function private.synonyms(text[]) is
  'Names of muscles or equipment as words, each with what else people type for it.';

create function private.search_terms(p_text text)
returns text[]
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  with term as (
    select written.word, typed.position, written.place, written.word = any (
      '{a,an,the,and,or,of,on,in,at,to,with,for,my,best,exercise,exercises,workout,workouts}'
    ) as is_filler
    from string_to_table(private.words(p_text), ' ') with ordinality as typed (word, position)
    cross join lateral string_to_table(coalesce(
      '{
        "bb": "barbell", "db": "dumbbell", "dbs": "dumbbell", "kb": "kettlebell", "kbs": "kettlebell", "bw": "bodyweight",
        "bp": "bench press", "cg": "close grip", "cgbp": "close grip bench press", "dl": "deadlift", "dls": "deadlift",
        "rdl": "romanian deadlift", "rdls": "romanian deadlift", "sldl": "stiff leg deadlift", "oh": "overhead",
        "ohp": "overhead press", "ohs": "overhead squat", "bss": "bulgarian split squat", "ghr": "glute ham raise",
        "hspu": "handstand push up", "hex": "trap", "inc": "incline", "sa": "single arm", "sl": "single leg",
        "one": "single", "1": "single"
      }'::jsonb ->> typed.word, typed.word
    ), ' ') with ordinality as written (word, place)
  )
  select coalesce(
    nullif(array_agg(term.word order by term.position, term.place) filter (where not term.is_filler), '{}'),
    array_agg(term.word order by term.position, term.place)
  )
  from term;
$$;

grant execute on function private.search_terms(text) to anon, authenticated, service_role;
comment on function private.search_terms(text) is
  'The words of a text with abbreviations of the gym written out, without words that say nothing unless there are no
others. Null when there are none.';

create function private.singular(p_word text)
returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select case
    when p_word in ('flies', 'flyes', 'flys', 'flye') then 'fly'
    when p_word = 'calves' then 'calf'
    when char_length(p_word) < 3 or p_word = 'abs' or p_word ~ '(ss|us|is)$' then p_word
    when p_word ~ '(ch|sh|ss|x)es$' then left(p_word, -2)
    when p_word ~ '[^aeiou]ies$' then left(p_word, -3) || 'y'
    when p_word ~ 's$' then left(p_word, -1)
    else p_word
  end;
$$;

grant execute on function private.singular(text) to anon, authenticated, service_role;
comment on function private.singular(text) is 'An English word in the singular, by its ending.';

create function private.search_key(p_terms text[])
returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select string_agg(private.singular(term.word), '' order by term.position)
  from unnest(p_terms) with ordinality as term (word, position);
$$;

grant execute on function private.search_key(text[]) to anon, authenticated, service_role;
comment on function private.search_key(text[]) is
  'Words as one, each in the singular: equal for names that differ in hyphens, spaces, plurals or abbreviations alone.';

create function private.name_vector(p_name text)
returns tsvector
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select coalesce(to_tsvector('simple', concat_ws(
    ' ',
    private.words(p_name),
    array_to_string(private.search_terms(p_name), ' '),
    string_agg(term.singular, ' ' order by term.position),
    string_agg(term.singular || term.next, ' ' order by term.position)
  )), '')
  from (
    select
      private.singular(typed.word) as singular,
      typed.position,
      lead(private.singular(typed.word)) over (order by typed.position) as next
    from unnest(private.search_terms(p_name)) with ordinality as typed (word, position)
  ) as term;
$$;

comment on function private.name_vector(text) is
  'What a name is found by: its words, the same written out and in the singular, and each with the next as one word.';

-- Candidates: which exercises a query means, and how well. All words first; then with typing errors corrected; then any of
-- the words; at last by likeness alone.

create function private.term_query(p_term text)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select case
    when private.singular(p_term) = p_term then format('%L:*', p_term)
    else format('(%L:* | %L)', p_term, private.singular(p_term))
  end;
$$;

comment on function private.term_query(text) is 'A word as part of a query: what begins with it, or is its singular.';

create function private.terms_query(p_terms text[])
returns tsquery
language sql
immutable
security invoker
set search_path = ''
as $$
  -- All words; or all with two neighbours written as one, because "pull down" is a pulldown.
  select to_tsquery('simple', string_agg(variant.query, ' | '))
  from (
    select '(' || string_agg(private.term_query(term), ' & ') || ')' as query
    from unnest(p_terms) as term
    union all
    select '(' || concat_ws(
      ' & ',
      (select string_agg(private.term_query(term), ' & ') from unnest(p_terms[:pair - 1] || p_terms[pair + 2:]) as term),
      format('%L:*', p_terms[pair] || private.singular(p_terms[pair + 1]))
    ) || ')'
    from generate_series(1, cardinality(p_terms) - 1) as pair
  ) as variant;
$$;

comment on function private.terms_query(text[]) is 'The query that asks for all of these words.';

create function private.correct_term(p_term text)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_length integer := char_length(p_term);
  v_errors integer := case when v_length < 4 then 0 when v_length = 4 then 1 else 2 end;
begin
  if v_errors = 0
    or exists (select from private.search_words where word in (p_term, private.singular(p_term)))
    or exists (select from private.search_words where word like replace(p_term, '_', '\_') || '%')
  then
    return p_term;
  end if;

  return coalesce((
    select near.word
    from (
      select
        search_words.word,
        extensions.levenshtein_less_equal(p_term, search_words.word, v_errors) as whole,
        extensions.levenshtein_less_equal(p_term, left(search_words.word, v_length), 1) + 1 as beginning
      from private.search_words
      where char_length(search_words.word) between v_length - v_errors and v_length + 12
    ) as near
    where near.whole <= v_errors or (near.beginning <= v_errors and v_length >= 5)
    order by
      least(near.whole, near.beginning),
      -- A swap of two letters counts as two errors; it is the likelier one.
      extensions.similarity(near.word, p_term) desc,
      (
        select count(*)
        from private.exercise_search
        where exercise_search.audience is null
          and exercise_search.vector @@ to_tsquery('simple', quote_literal(near.word))
      ) desc,
      near.word
    limit 1
  ), p_term);
end;
$$;

comment on function private.correct_term(text) is
  'The word of the library that a word most likely was meant to be; itself when it begins one, or is like none.';

create function private.rank_exercises(p_tsquery tsquery, p_key text, p_user_id uuid)
returns table (exercise_id uuid, relevance double precision)
language plpgsql
stable
security invoker
rows 30
set search_path = ''
as $$
begin
  return query
  select
    found.exercise_id,
    max(
      coalesce(match.quality, 0)
        + extensions.similarity(p_key, split_part(found.phrase, '|', 2))
        + ts_rank(found.vector, p_tsquery)
    )
  from private.exercise_search as found
  cross join lateral (
    select max(case
      when called.name = p_key and called.position = 1 then 4
      when called.name = p_key then 3.5
      when starts_with(called.name, p_key) then
        -- The less is missing, the better; a nickname is a little less than the name.
        3.0 * char_length(p_key) / char_length(called.name) * case called.position when 1 then 1 else 0.95 end
    end) as quality
    from string_to_table(btrim(found.phrase, '|'), '|') with ordinality as called (name, position)
  ) as match
  where found.vector @@ p_tsquery
    and (found.audience is null or found.audience = p_user_id)
  group by found.exercise_id;
end;
$$;

comment on function private.rank_exercises(tsquery, text, uuid) is
  'What matches a query, for a user, with how well its name and aliases match the key: in full, at the beginning, in part.';

-- definer: the text search operators are not leakproof, so under RLS no index would serve them. This answers for the
-- library and the caller's own exercises, and the calling function reads what it shows under the caller's policies.
create function private.exercise_candidates(p_query text)
returns table (exercise_id uuid, relevance double precision)
language plpgsql
stable
security definer
rows 50
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_terms text[] := (private.search_terms(p_query))[:8];
  v_tsquery tsquery;
  v_key text;
begin
  if v_terms is null then
    return;
  end if;

  for v_attempt in 1..3 loop
    if v_attempt = 2 then
      v_terms := array(
        select private.correct_term(term.word)
        from unnest(v_terms) with ordinality as term (word, position)
        order by term.position
      );
    end if;

    v_tsquery := case
      when v_attempt < 3 then private.terms_query(v_terms)
      else to_tsquery('simple', (select string_agg(private.term_query(term), ' | ') from unnest(v_terms) as term))
    end;

    v_key := private.search_key(v_terms);
    return query select * from private.rank_exercises(v_tsquery, v_key, v_user_id);

    if found then
      return;
    end if;
  end loop;

  return query
  select near.exercise_id, max(near.likeness)::double precision
  from (
    select
      search.exercise_id,
      extensions.word_similarity(v_key, search.phrase) as likeness
    from private.exercise_search as search
    where search.audience is null or search.audience = v_user_id
  ) as near
  where near.likeness >= 0.4
  group by near.exercise_id;
end;
$$;

grant execute on function private.exercise_candidates(text) to anon, authenticated, service_role;
comment on function private.exercise_candidates(text) is
  'The exercises that a query finds for the caller, with how well: every word begins a word of the name, an alias, a tag,
the equipment or a muscle in any language; failing that, with typing errors corrected; failing that, any of the words;
failing that, by likeness. Nothing without words.';

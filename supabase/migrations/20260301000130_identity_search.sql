-- Finding athletes by name: those with a public profile.

create function private.words_query(p_query text)
returns tsquery
language sql
immutable
security invoker
set search_path = ''
as $$
  select (
    string_agg('''' || replace(replace(word.text, '\', '\\'), '''', '''''') || '''', ' & ' order by word.place) || ':*'
  )::tsquery
  from unnest(string_to_array(p_query, ' ')) with ordinality as word (text, place)
  where word.text <> '';
$$;

comment on function private.words_query(text) is
  'Finds names, as private.name_words has them, with all words of a folded query: the last one needs only to begin one of theirs.
Null for a query without words.';

-- definer: LIKE is not leakproof, so under RLS no index would serve it. Only public profiles are searched, and the
-- calling function reads what it shows under the caller's own policies.
create function private.matching_user_ids(p_query text, p_limit integer)
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
rows 20
as $$
declare
  v_query text := private.fold(p_query);
  v_words tsquery := private.words_query(v_query);
  v_pattern text := '% ' || regexp_replace(v_query, '([\\%_])', '\\\1', 'g') || '%';
  v_found integer;
begin
  return query
  select profiles.user_id
  from public.profiles
  where profiles.visibility = 'public'
    and profiles.username >= v_query
    and profiles.username < v_query || '~'
    and profiles.user_id not in (select private.hidden_user_ids())
  order by profiles.username
  limit p_limit;

  get diagnostics v_found = row_count;
  if v_found = p_limit then
    return;
  end if;

  -- A word that thousands bear gives some of them, in bounded time.
  return query
  select called.user_id
  from (
    select profiles.user_id, profiles.username
    from public.profiles
    where profiles.visibility = 'public'
      and private.name_words(profiles.display_name) @@ v_words
      -- The words one after the other, as they are asked for.
      and ' ' || private.fold(profiles.display_name) like v_pattern
      and not starts_with(profiles.username, v_query)
      and profiles.user_id not in (select private.hidden_user_ids())
    limit 200
  ) as called
  order by called.username
  limit p_limit - v_found;
end;
$$;

grant execute on function private.matching_user_ids(text, integer) to authenticated;
comment on function private.matching_user_ids(text, integer) is
  'Public profiles whose username or a word of whose name begins with the query, without blocks in either direction:
by username first, the query itself before all that begin with it.';

create function public.search_users(query text, "limit" integer default 20)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_query text := private.clean_name(search_users.query, 61);
begin
  perform private.current_user_id();

  if v_query is null or char_length(v_query) not between 2 and 60 then
    perform private.fail('invalid_argument', 'query must have between 2 and 60 characters');
  end if;

  return jsonb_build_object('items', coalesce((
    select jsonb_agg(
      jsonb_build_object(
        'user_id', profiles.user_id,
        'username', profiles.username,
        'display_name', profiles.display_name,
        'avatar_path', profiles.avatar_path,
        'fitness_level', profiles.fitness_level
      )
      order by match.position
    )
    from private.matching_user_ids(v_query, private.page_size(search_users."limit", 50))
      with ordinality as match (user_id, position)
    join public.profiles using (user_id)
  ), '[]'), 'next_cursor', null);
end;
$$;

grant execute on function public.search_users(text, integer) to authenticated;
comment on function public.search_users(text, integer) is
  'Finds athletes with a public profile by the beginning of a username or of a word of the name.
Answers {items, next_cursor}; the list is short and has one page. Fails with invalid_argument or invalid_limit.';

-- The library of templates: found by words and filters, page by page.

-- definer: a policy would keep the index from being used. It answers ids alone, and whoever asks sees of them what they may.
create function private.template_candidates(p_query text)
returns setof uuid
language sql
stable
security definer
set search_path = ''
rows 100
as $$
  select workout_templates.id
  from public.workout_templates
  where private.fold(workout_templates.name) like '%' || regexp_replace(private.fold(btrim(p_query)), '([\\%_])', '\\\1', 'g') || '%'
    and (
      workout_templates.popularity > 0
      or workout_templates.created_by = (select auth.uid())
      or (workout_templates.is_published and workout_templates.created_by in (select private.friend_ids()))
    )
    and (workout_templates.created_by is null or workout_templates.created_by not in (select private.hidden_user_ids()))
  -- What not everyone sees is popular with nobody, and of few authors: it comes first.
  order by workout_templates.popularity > 0, workout_templates.popularity desc, workout_templates.id
  limit 5000;
$$;

grant execute on function private.template_candidates(text) to anon, authenticated;
comment on function private.template_candidates(text) is
  'The templates whose names have these characters and that the caller may see, their own and
those for friends first, then the most popular, 5000 at most: what they may not see takes nobody''s place.';

create function private.my_favorite_templates()
returns setof uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if auth.uid() is not null then
    return query
    select template_favorites.template_id
    from public.template_favorites
    where template_favorites.user_id = (select auth.uid());
  end if;
end;
$$;

grant execute on function private.my_favorite_templates() to anon, authenticated;
comment on function private.my_favorite_templates() is 'The caller''s favourites; none without a user.';

create function public.search_templates(
  query text default null,
  scope text default 'all',
  goal public.training_goal default null,
  difficulty public.training_level default null,
  category public.template_category default null,
  tags text[] default null,
  equipment public.equipment[] default null,
  muscles public.muscle[] default null,
  max_minutes integer default null,
  max_days_per_week integer default null,
  max_weeks integer default null,
  cursor text default null,
  "limit" integer default 20
)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_limit integer := private.page_size(search_templates."limit");
  v_after jsonb := private.decode_cursor(search_templates.cursor, array['double precision', 'uuid']);
  v_query text := nullif(btrim(search_templates.query), '');
begin
  if char_length(v_query) > 100 then
    perform private.fail('invalid_argument', 'query must have at most 100 characters');
  elsif search_templates.scope is null or search_templates.scope <> all (array['all', 'mine', 'public', 'featured', 'favorites']) then
    perform private.fail('invalid_argument', 'scope must be one of all, mine, public, featured, favorites');
  end if;

  return (
    with page as (
      select ranked.id, ranked.rank, row_number() over (order by ranked.rank desc, ranked.id) as place
      from (
        select workout_templates.*, case search_templates.scope
          when 'featured' then -workout_templates.featured_order::double precision
          when 'mine' then extract(epoch from workout_templates.updated_at)::double precision
          else workout_templates.popularity
        end as rank
        from public.workout_templates
      ) as ranked
      where (v_query is null or ranked.id in (select private.template_candidates(v_query)))
        and case search_templates.scope
          when 'mine' then ranked.created_by = (select auth.uid())
          when 'public' then ranked.is_published and ranked.visibility = 'public'
          when 'featured' then ranked.featured_order is not null
          when 'favorites' then ranked.id in (select private.my_favorite_templates())
          else true
        end
        and (search_templates.goal is null or ranked.goal = search_templates.goal)
        and (search_templates.difficulty is null or ranked.difficulty = search_templates.difficulty)
        and (search_templates.category is null or ranked.category = search_templates.category)
        and (search_templates.tags is null or ranked.tags && search_templates.tags)
        and (search_templates.equipment is null
          or ranked.equipment <@ (search_templates.equipment || '{bodyweight}'::public.equipment[]))
        and (search_templates.muscles is null or ranked.primary_muscles && search_templates.muscles)
        and (search_templates.max_minutes is null or ranked.estimated_minutes <= search_templates.max_minutes)
        and (search_templates.max_days_per_week is null or ranked.days_per_week <= search_templates.max_days_per_week)
        and (search_templates.max_weeks is null or ranked.total_weeks <= search_templates.max_weeks)
        and (v_after is null or (
          ranked.rank <= (v_after ->> 0)::double precision
          and (ranked.rank < (v_after ->> 0)::double precision or ranked.id > (v_after ->> 1)::uuid)
        ))
      order by ranked.rank desc, ranked.id
      limit v_limit + 1
    )
    select jsonb_build_object(
      'items', coalesce(
        jsonb_agg(to_jsonb(workout_templates) order by page.place) filter (where page.place <= v_limit), '[]'
      ),
      'next_cursor', case when count(*) > v_limit then (
        select private.encode_cursor(jsonb_build_array(last.rank, last.id))
        from page as last
        where last.place = v_limit
      ) end
    )
    from page
    join public.workout_templates using (id)
  );
end;
$$;

grant execute on function public.search_templates(
  text, text, public.training_goal, public.training_level, public.template_category, text[], public.equipment[],
  public.muscle[], integer, integer, integer, text, integer
) to anon, authenticated;
comment on function public.search_templates(
  text, text, public.training_goal, public.training_level, public.template_category, text[], public.equipment[],
  public.muscle[], integer, integer, integer, text, integer
) is
  'The cards of templates that the caller sees. scope is all, mine (last changed first), public, featured (as placed) or
favorites; the others come by popularity. query is a part of the name, without case and accents. equipment is what there
is: templates that need nothing else; tags and muscles keep those with at least one of them; max_ are upper bounds.
Answers {items, next_cursor}. Fails with invalid_argument, invalid_cursor or invalid_limit.';

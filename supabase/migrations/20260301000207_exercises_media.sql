-- Media: pictures and films of exercises. Whoever has the address of one sees it; lists follow the exercises' policies.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'exercise-media', 'exercise-media', true, 20971520,
  '{image/png,image/jpeg,image/webp,image/gif,video/mp4}'
)
on conflict (id) do update
set public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create function private.folder_id(p_path text)
returns uuid
language sql
immutable
security invoker
set search_path = ''
as $$
  select case
    when p_path ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/' then split_part(p_path, '/', 1)::uuid
  end;
$$;

grant execute on function private.folder_id(text) to anon, authenticated, service_role;
comment on function private.folder_id(text) is
  'The id that a file''s first folder is named for, written as the database writes it; null for any other path.';

create function private.my_open_exercise_ids()
returns uuid[]
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(array_agg(exercises.id), '{}')
  from public.exercises
  where exercises.created_by = (select auth.uid())
    and exercises.review_status <> 'approved';
$$;

grant execute on function private.my_open_exercise_ids() to authenticated;
comment on function private.my_open_exercise_ids() is 'The caller''s own exercises, until they are approved.';

create function private.is_product_exercise(p_exercise_id uuid)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select exists (
    select from public.exercises
    where exercises.id = p_exercise_id
      and exercises.slug is not null
  );
$$;

grant execute on function private.is_product_exercise(uuid) to authenticated;
comment on function private.is_product_exercise(uuid) is
  'Whether an exercise that the caller sees is the product''s own, and no athlete''s: those have no slug.';

-- definer: the files in a folder are not all readable, and a policy cannot ask the table that it is of.
create function private.has_room(p_bucket text, p_path text, p_id uuid, p_most integer)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select count(*) < p_most
  from (
    select
    from storage.objects
    where objects.bucket_id = p_bucket
      and objects.name collate "C" > split_part(p_path, '/', 1) || '/'
      -- What follows the slash in that order.
      and objects.name collate "C" < split_part(p_path, '/', 1) || '0'
      and objects.name <> p_path
      and objects.id <> p_id
    limit p_most
  ) as neighbor;
$$;

grant execute on function private.has_room(text, text, uuid, integer) to authenticated;
comment on function private.has_room(text, text, uuid, integer) is
  'Whether the first folder of this path has fewer than so many other files: room for a new one, or for one that is moved.';

create policy select_exercise_media on storage.objects
  for select to anon, authenticated
  using (
    bucket_id = 'exercise-media'
    and exists (
      select from public.exercises
      where exercises.id = private.folder_id(objects.name)
    )
  );

create policy insert_exercise_media on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'exercise-media'
    and (
      private.folder_id(name) = any ((select private.my_open_exercise_ids())::uuid[])
      or ((select private.is_admin()) and private.is_product_exercise(private.folder_id(name)))
    )
    and private.has_room(bucket_id, name, id, 20)
  );

create policy update_exercise_media on storage.objects
  for update to authenticated
  using (
    bucket_id = 'exercise-media'
    and (
      private.folder_id(name) = any ((select private.my_open_exercise_ids())::uuid[])
      or ((select private.is_admin()) and private.is_product_exercise(private.folder_id(name)))
    )
  )
  with check (
    bucket_id = 'exercise-media'
    and (
      private.folder_id(name) = any ((select private.my_open_exercise_ids())::uuid[])
      or ((select private.is_admin()) and private.is_product_exercise(private.folder_id(name)))
    )
    and private.has_room(bucket_id, name, id, 20)
  );

create policy delete_exercise_media on storage.objects
  for delete to authenticated
  using (
    bucket_id = 'exercise-media'
    and (
      private.folder_id(name) = any ((select private.my_open_exercise_ids())::uuid[])
      or ((select private.is_admin()) and private.is_product_exercise(private.folder_id(name)))
    )
  );

comment on policy select_exercise_media on storage.objects is 'Whoever sees the exercise lists its files.';
comment on policy insert_exercise_media on storage.objects is
  'The creator until it is approved, and admins to the product''s own: 20 files for each exercise.';
comment on policy update_exercise_media on storage.objects is
  'The creator until it is approved, and admins to the product''s own; none is moved to where 20 are.';
comment on policy delete_exercise_media on storage.objects is 'The creator until it is approved, and admins to the product''s own.';

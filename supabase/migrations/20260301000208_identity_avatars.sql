-- Avatars: one's own picture, in a folder of one's own. Whoever has the address of one sees it.

insert into private.error_codes (code, status, message, hint)
values
  ('avatar_not_found', 400, 'There is no such picture.', 'Upload it to the bucket avatars first, below a folder named for your id.');

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('avatars', 'avatars', true, 2 * 1024 * 1024, '{image/png,image/jpeg,image/webp}')
on conflict (id) do update
set public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create policy select_own_avatars on storage.objects
  for select to authenticated
  using (bucket_id = 'avatars' and private.folder_id(name) = (select auth.uid()));

create policy insert_own_avatars on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'avatars'
    and private.folder_id(name) = (select auth.uid())
    and name ~ '^[^/]+/[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'
  );

create policy update_own_avatars on storage.objects
  for update to authenticated
  using (bucket_id = 'avatars' and private.folder_id(name) = (select auth.uid()))
  with check (
    bucket_id = 'avatars'
    and private.folder_id(name) = (select auth.uid())
    and name ~ '^[^/]+/[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'
  );

create policy delete_own_avatars on storage.objects
  for delete to authenticated
  using (bucket_id = 'avatars' and private.folder_id(name) = (select auth.uid()));

comment on policy select_own_avatars on storage.objects is 'Everybody lists their own; of others they know the address.';
comment on policy insert_own_avatars on storage.objects is 'Everybody in a folder of their own, under a name that a card can point to.';
comment on policy update_own_avatars on storage.objects is 'Everybody their own.';
comment on policy delete_own_avatars on storage.objects is 'Everybody their own.';

create function private.tg_profiles__check_avatar()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if not exists (
    select from storage.objects
    where objects.bucket_id = 'avatars'
      and objects.name = new.avatar_path
  ) then
    perform private.fail('avatar_not_found', new.avatar_path);
  end if;
  return null;
end;
$$;

comment on function private.tg_profiles__check_avatar() is
  'Fails with avatar_not_found for a picture that is not in the bucket, as far as the caller sees it: their own folder.';

-- After the constraint has said what it says of the path.
create trigger _300_check_avatar
  after update of avatar_path on public.profiles
  for each row
  when (new.avatar_path is distinct from old.avatar_path and new.avatar_path is not null)
  execute function private.tg_profiles__check_avatar();

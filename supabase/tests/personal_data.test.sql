-- The list of personal data against the catalogue: what holds something of a person and is not in the list, or not as
-- the list says, is named here with what to do about it.
begin;
\ir support/acting.psql
select plan(15);

create temporary view held as
select
  personal_data.*,
  case when starts_with(personal_data.relation, 'bucket:') then null else to_regclass(personal_data.relation) end as oid,
  substr(personal_data.relation, 8) as bucket_id
from private.personal_data;

create temporary view product_table as
select pg_class.oid, format('%s.%s', relnamespace::regnamespace, relname) as name
from pg_class
where relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and relkind in ('r', 'p')
  and not relispartition
  and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e');

-- Columns that hold the id of a person: by a foreign key, or by their name where there is none.
create temporary view person_column as
select pg_attribute.attrelid as oid, pg_attribute.attname as name
from pg_attribute
left join pg_constraint on conrelid = attrelid
  and contype = 'f'
  and confrelid in ('auth.users'::regclass, 'public.profiles'::regclass)
  and attnum = any (conkey)
where attnum > 0
  and not attisdropped
  and (
    pg_constraint.oid is not null
    or attname ~ '^(user|owner|actor|subject|author|creator|athlete|sender|recipient|reporter|follower|participant|requester|addressee|member|friend)_id$'
    or attname ~ '(_user_id|created_by)$'
  );

-- Tables whose rows go when the account goes, by the foreign keys alone.
create temporary view goes_with_account as
with recursive gone (oid) as (
  select 'auth.users'::regclass::oid
  union
  select pg_constraint.conrelid
  from gone
  join pg_constraint on pg_constraint.confrelid = gone.oid
    and pg_constraint.contype = 'f'
    and pg_constraint.confdeltype = 'c'
)
select gone.oid from gone;

-- A column of another's name: a line may say in its note that it is not what makes the row theirs.
create function pg_temp.mentions(p_text text, p_column text)
returns boolean
language sql
as $$
  select coalesce(p_text ~ ('\m' || p_column || '\M'), false);
$$;

-- The rules, each a query of sentences -------------------------------------------------------------------------------------

create temporary view missing as
select format(
  '%s has no line in supabase/migrations/20260301000732_personal_data_list.sql: say whose its rows are, whether they are exported and restored, and how they are erased (docs/how-to/add-a-table.md)',
  product_table.name
) as sentence
from product_table
where product_table.name not in (select personal_data.relation from private.personal_data);

create temporary view missing_bucket as
select format('the bucket %s has no line bucket:%1$s in the list of personal data', buckets.id) as sentence
from storage.buckets
where 'bucket:' || buckets.id not in (select personal_data.relation from private.personal_data);

create temporary view missing_platform as
select format('%s has a column of a person and no line in the list of personal data', pg_class.oid::regclass) as sentence
from pg_class
where relnamespace in (to_regnamespace('auth'), to_regnamespace('realtime'))
  and relkind in ('r', 'p')
  and not relispartition
  and exists (select from person_column where person_column.oid = pg_class.oid)
  and format('%s.%s', relnamespace::regnamespace, relname) not in (select personal_data.relation from private.personal_data);

create temporary view unknown as
select format('%s is in the list of personal data and does not exist', held.relation) as sentence
from held
where case
  when starts_with(held.relation, 'bucket:') then held.bucket_id not in (select buckets.id from storage.buckets)
  else held.oid is null
end;

create temporary view not_nobodys as
select format('%s is said to hold nothing of anybody, yet its column %s names a person', held.relation, person_column.name)
  as sentence
from held
join person_column using (oid)
where held.whose is null;

create temporary view unsaid_column as
select format(
  '%s.%s names a person: the line of %1$s has to use it in whose, or say in its note why it does not', held.relation,
  person_column.name
) as sentence
from held
join person_column using (oid)
where held.whose is not null
  and not pg_temp.mentions(held.whose, person_column.name)
  and not pg_temp.mentions(held.note, person_column.name);

create temporary view does_not_cascade as
select format('%s is said to go by cascade, and no foreign key on delete cascade leads from it to the account', held.relation)
  as sentence
from held
where held.erasure = 'cascade'
  and held.oid not in (select goes_with_account.oid from goes_with_account)
  -- Auth keeps these as text.
  and held.relation <> 'auth.refresh_tokens';

create temporary view cascades_unsaid as
select format('%s goes with the account by a foreign key, and the list says %s', held.relation, held.erasure) as sentence
from held
join product_table using (oid)
join pg_constraint on pg_constraint.conrelid = held.oid
  and pg_constraint.confrelid in ('auth.users'::regclass, 'public.profiles'::regclass)
  and pg_constraint.confdeltype = 'c'
where held.erasure is distinct from 'cascade';

select is_empty('table missing', 'every table of ours is in the list');
select is_empty('table missing_bucket', 'every bucket is');
select is_empty('table missing_platform', 'every table of the platform that names a person is');
select is_empty('table unknown', 'the list names nothing that is not there');
select is_empty('table not_nobodys', 'what is nobody''s names nobody');
select is_empty('table unsaid_column', 'a column that names a person is accounted for');
select is_empty('table does_not_cascade', 'what goes by cascade does');
select is_empty('table cascades_unsaid', 'and what cascades is said to');

select is_empty(
  $$select relation from private.personal_data where return = 'restored' and relation !~ '^bucket:'
    and relation not in ('public.profiles', 'public.personal_details', 'public.preferences')
    except select relation from private.restored_tables$$,
  'what is said to be restored has its columns in private.restored_tables'
);

-- Each condition and each list of columns is one that runs.
create function pg_temp.broken_lines()
returns setof text
language plpgsql
as $$
declare
  v_line held;
begin
  for v_line in select held.* from held where held.whose is not null loop
    begin
      execute format(
        'select %s from %s where %s', coalesce(v_line.shown, 'count(*)'), coalesce(v_line.oid::regclass::text, 'storage.objects'),
        v_line.whose
      )
      using gen_random_uuid();
    exception
      when others then
        return next format('%s: %s', v_line.relation, sqlerrm);
    end;
  end loop;
end;
$$;

select is_empty('select * from pg_temp.broken_lines()', 'each condition runs');

-- The rules can fail -------------------------------------------------------------------------------------------------------

create table public.brand_new (id uuid primary key, user_id uuid references auth.users (id) on delete set null);
insert into storage.buckets (id, name) values ('brand-new', 'brand-new');

select matches(
  (select sentence from missing where sentence like 'public.brand_new %'), '^public\.brand_new has no line .*20260301000732.*add-a-table', 'a new table is named'
);
select is((select count(*) from missing_bucket where sentence ~ 'brand.new'), 1::bigint, 'and a new bucket');

insert into private.personal_data (relation, note) values ('public.brand_new', 'Nothing.');
select is((select count(*) from not_nobodys where sentence ~ 'brand.new'), 1::bigint, 'a table with a user is not nobody''s');

update private.personal_data
set whose = 'id = $1', copy = 'exported', return = 'left', erasure = 'cascade'
where relation = 'public.brand_new';
select is(
  (select count(*) from unsaid_column where sentence ~ 'brand.new') + (select count(*) from does_not_cascade where sentence ~ 'brand.new'), 2::bigint,
  'nor is a column left out, nor does a set null cascade'
);

select is_empty(
  $$
    select columns.table_name || '.' || columns.column_name
    from information_schema.column_privileges as columns
    join pg_proc on pg_proc.oid = 'private.restore_settings(uuid)'::regprocedure
    where columns.grantee = 'authenticated'
      and columns.privilege_type = 'UPDATE'
      and columns.table_schema = 'public'
      and columns.table_name in ('profiles', 'personal_details', 'preferences')
      and columns.column_name <> 'avatar_path'
      and pg_proc.prosrc !~ ('given\.' || columns.column_name || '\M')
  $$,
  'an archive brings back every setting that a person may make; the avatar comes with its file'
);

select * from finish();
rollback;

-- Personal data: which rows of which table or bucket are somebody's, and what becomes of them when that person takes a
-- copy, brings it into an account, or leaves. Export, import and erasure read this list and nothing else; a test compares
-- it with the catalogue, so that a table which is not in it cannot be released.

-- Types ----------------------------------------------------------------------------------------------------------------

create type private.data_copy as enum ('exported', 'withheld');
create type private.data_return as enum ('restored', 'derived', 'left');
create type private.data_erasure as enum ('cascade', 'deleted', 'detached', 'kept');

comment on type private.data_copy is 'exported: in the person''s archive. withheld: not, the note says why.';
comment on type private.data_return is
  'restored: an archive brings the rows back. derived: they are computed anew from those. left: they do not come back.';
comment on type private.data_erasure is
  'cascade: foreign keys delete the rows with the account. deleted: the erasure does, step by step. detached: the row stays
and the person''s id in it becomes null. kept: the row stays, and the id in it no longer belongs to an account.';

-- Table ----------------------------------------------------------------------------------------------------------------

create table private.personal_data (
  relation text primary key,
  whose    text,
  copy     private.data_copy,
  return   private.data_return,
  erasure  private.data_erasure,
  note     text,
  shown    text,
  constraint personal_data_relation_is_qualified check (
    relation ~ '^(public|private|auth|realtime|storage)\.[a-z_]+$' or relation ~ '^bucket:[a-z-]+$'
  ),
  constraint personal_data_is_stated_whole check (
    num_nonnulls(whose, copy, return, erasure) = case when whose is null then 0 else 4 end
  ),
  constraint personal_data_has_reason check (
    note is not null
    or (copy = 'exported' and return in ('restored', 'derived') and erasure in ('cascade', 'deleted'))
  ),
  constraint personal_data_restores_what_it_exports check (copy = 'exported' or return <> 'restored')
);

alter table private.personal_data enable row level security;

comment on table private.personal_data is
  'What is held of a person and where: one row for each table and bucket, also for those that hold nothing of anybody.';
comment on column private.personal_data.relation is 'The table with its schema, or bucket: and the bucket''s id.';
comment on column private.personal_data.whose is
  'The condition that picks the rows of the person $1; null where no row is anybody''s.';
comment on column private.personal_data.copy is 'Whether the person''s archive has the rows.';
comment on column private.personal_data.return is 'Whether an archive brings them back.';
comment on column private.personal_data.erasure is 'How they go when the person leaves.';
comment on column private.personal_data.note is 'Why so, where it is not the plain case; and whom else a row names.';
comment on column private.personal_data.shown is
  'What of a row is exported, as a list of columns; null for all of it. Secrets and what others said in confidence are not.';

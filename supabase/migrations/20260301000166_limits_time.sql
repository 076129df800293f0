-- How long a statement of a request may take. The roles' own settings, which PostgREST applies to each transaction: an
-- endless query ends with 57014. How many rows one may answer is max_rows in config.toml, for every role alike.

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
-- The backend's own: figures of everybody, and an archive with a lifetime of training that is brought in by one statement.
alter role service_role set statement_timeout = '120s';
notify pgrst, 'reload config';

-- Roles of the server for Jaidee; the tables and what each role may do in them are laid out by the owner's first opening.
-- Run it again after an update: psql -f roles.sql jaidee, as the administrator of PostgreSQL.
CREATE EXTENSION IF NOT EXISTS postgis;

SELECT format('CREATE ROLE %I NOLOGIN', name)
FROM unnest(ARRAY['jaidee_technician', 'jaidee_engineer', 'jaidee_council', 'jaidee_administrator']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['jaidee_owner', 'jaidee_app']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

ALTER ROLE jaidee_owner NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE jaidee_app NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
GRANT jaidee_technician, jaidee_engineer, jaidee_council, jaidee_administrator TO jaidee_app;

SELECT format('ALTER DATABASE %I OWNER TO jaidee_owner', current_database())
\gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database())
\gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO jaidee_app', current_database())
\gexec
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

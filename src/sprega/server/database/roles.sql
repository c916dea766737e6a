-- SPDX-License-Identifier: EUPL-1.2
--
-- The database and the three roles of one cluster, on any PostgreSQL 15 or newer.
--
-- Run it as a superuser, with psql 15 or newer. Passwords go in by the environment, so that no list of processes
-- shows them:
--
--   OWNER_PASSWORD=... APP_PASSWORD=... MAINTENANCE_PASSWORD=... \
--     psql -X -v name=srednogorie -f roles.sql "postgresql://postgres@db.example.org/postgres"
--
-- It makes the database NAME and
--   NAME_owner        owns the tables and runs the migrations    DATABASE_OWNER_URL
--   NAME_app          web and workers: what policies let through DATABASE_URL
--   NAME_maintenance  past the policies: dump, restore           DATABASE_MAINTENANCE_URL
--
-- Run again, it mends what has drifted and sets the passwords anew. It takes over no database of another owner.
-- Sprega itself runs this very file for its embedded server (roles.py).

\set ON_ERROR_STOP on
\set owner :name '_owner'
\set app :name '_app'
\set maintenance :name '_maintenance'
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv maintenance_password MAINTENANCE_PASSWORD

-- A database of another owner is refused, by an error (its owner's name is no number).
SELECT CASE WHEN pg_get_userbyid(datdba) = :'owner' THEN 0
            ELSE ('the database belongs to ' || pg_get_userbyid(datdba))::int END AS "owner is right"
  FROM pg_database WHERE datname = :'name';

-- 1. Roles.

SELECT format('CREATE ROLE %I', role) FROM unnest(ARRAY[:'owner', :'app', :'maintenance']) AS role
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) ORDER BY role
\gexec

ALTER ROLE :"owner" LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE :"app" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE :"maintenance" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS
  PASSWORD :'maintenance_password';

-- Nobody of the three may become another role.
SELECT format('REVOKE %I FROM %I GRANTED BY %I',
              pg_get_userbyid(roleid), pg_get_userbyid(member), pg_get_userbyid(grantor))
  FROM pg_auth_members
 WHERE member IN (:'owner'::regrole, :'app'::regrole, :'maintenance'::regrole)
\gexec

-- 2. The database, with a locale in which Cyrillic has upper and lower case.

SELECT format(
         'CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING ''UTF8'' LOCALE ''C.UTF-8'' LOCALE_PROVIDER %s',
         :'name', :'owner',
         CASE WHEN current_setting('server_version_num')::int >= 170000
              THEN 'builtin BUILTIN_LOCALE ''C.UTF-8''' ELSE 'libc' END)
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name')
\gexec

REVOKE ALL ON DATABASE :"name" FROM PUBLIC, :"app";
GRANT CONNECT, TEMPORARY ON DATABASE :"name" TO :"owner", :"maintenance";
-- No temporary tables for app: one by a table's name would stand before it in functions that run as the owner.
GRANT CONNECT ON DATABASE :"name" TO :"app";

-- Migrations learn from these whom to grant to.
ALTER DATABASE :"name" SET sprega.app_role = :'app';
ALTER DATABASE :"name" SET sprega.maintenance_role = :'maintenance';

-- 3. Inside the database: who may do what with the tables that migrations will make. What a migration took back
--    from a role (the ledger is append-only) stays taken back.

\connect :"name"

ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM :"app", :"maintenance";
GRANT USAGE ON SCHEMA public TO :"app", :"maintenance";

ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"app", :"maintenance";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT USAGE, SELECT ON SEQUENCES TO :"app", :"maintenance";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT UPDATE ON SEQUENCES TO :"maintenance"; -- a restore sets them
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT EXECUTE ON FUNCTIONS TO :"app", :"maintenance";

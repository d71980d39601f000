#!/bin/sh
# Runs once, on an empty data directory: a database for the portal, owned by a role that is no superuser.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$TRACELINE_DB_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE traceline LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE traceline OWNER traceline;
REVOKE ALL ON DATABASE traceline FROM PUBLIC;
SQL

#!/bin/bash
# Runs once, when PostgreSQL's data folder is made: the application's role and its database.
# The role is no superuser. It owns its database, which is enough to migrate it (pg_trgm and
# unaccent are extensions that an owner may create).
set -e
: "${DATABASE_PASSWORD:?}"

psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv password DATABASE_PASSWORD
create role langnghe login password :'password';
create database langnghe owner langnghe;
revoke all on database langnghe from public;
SQL

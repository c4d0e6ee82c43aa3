"""The questions that :mod:`homeroom.database.catalogue` asks of PostgreSQL's own catalogue."""

from __future__ import annotations

__all__ = ["COLUMNS", "FOREIGN_KEYS", "FUNCTIONS", "INDEXES", "POLICIES", "RIGHTS", "ROLE", "TABLES"]

_OURS = r"""n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND n.nspname NOT LIKE 'pg\_temp\_%' AND n.nspname NOT LIKE 'pg\_toast\_temp\_%'"""

#: Everything that holds or shows rows, except what an extension brought.
TABLES = f"""
SELECT c.oid, n.nspname || '.' || c.relname AS name, n.nspname AS schema, c.relname AS plain,
       c.relkind::text AS kind, pg_get_userbyid(c.relowner)::text AS owner,
       coalesce(obj_description(c.oid, 'pg_class'), '') AS comment,
       c.relrowsecurity AS secured, c.relforcerowsecurity AS forced,
       coalesce('security_invoker=true' = ANY(c.reloptions) OR 'security_invoker=on' = ANY(c.reloptions), false)
           AS invoker,
       (SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped) AS tenant_type,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull)
           AS tenant_required
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_OURS}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                  AND d.deptype = 'e')
ORDER BY 2
"""

#: Indexes that tell one row from another: primary keys, unique indexes and exclusion constraints.
INDEXES = """
SELECT i.indrelid AS "table", c.relname AS name, i.indisprimary AS is_primary, a.attname AS first_column
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND a.attnum > 0
WHERE i.indisunique OR i.indisexclusion
ORDER BY 2
"""

FOREIGN_KEYS = """
SELECT k.conrelid AS "table", k.confrelid AS target, k.conname AS name,
       (SELECT array_agg(a.attname::text ORDER BY u.position)
        FROM unnest(k.conkey) WITH ORDINALITY AS u (number, position)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number) AS columns,
       (SELECT array_agg(a.attname::text ORDER BY u.position)
        FROM unnest(k.confkey) WITH ORDINALITY AS u (number, position)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number) AS target_columns
FROM pg_constraint k WHERE k.contype = 'f'
ORDER BY 3
"""

POLICIES = """
SELECT p.polrelid AS "table", p.polname AS name, p.polcmd::text AS command, p.polpermissive AS permissive,
       pg_get_expr(p.polqual, p.polrelid) AS "using", pg_get_expr(p.polwithcheck, p.polrelid) AS checked,
       (SELECT array_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(r)::text END) FROM unnest(p.polroles) r)
           AS roles
FROM pg_policy p ORDER BY 2
"""

#: What a role may do with each table, by whatever way it came to the right, a right on one column included; and
#: what everybody may do.
RIGHTS = f"""
SELECT c.oid AS "table",
       array(SELECT v FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) v
             WHERE has_table_privilege($1::text, c.oid, v)
                OR v IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege($1::text, c.oid, v))
           AS verbs,
       array(SELECT DISTINCT x.privilege_type FROM (
                 SELECT (aclexplode(c.relacl)).* UNION ALL
                 SELECT (aclexplode(a.attacl)).* FROM pg_attribute a WHERE a.attrelid = c.oid) x
             WHERE x.grantee = 0) AS public
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_OURS} AND EXISTS (SELECT FROM pg_roles WHERE rolname = $1::text)
ORDER BY n.nspname, c.relname
"""

#: What makes the application's role more than powerless.
ROLE = f"""
SELECT array_remove(ARRAY[
           CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
           CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END
       ], NULL) AS powers,
       array(SELECT n.nspname::text FROM pg_namespace n
             WHERE {_OURS} AND has_schema_privilege(r.oid, n.oid, 'CREATE') ORDER BY 1) AS creates_in
FROM pg_roles r WHERE r.rolname = $1
"""

FUNCTIONS = f"""
SELECT n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
       (SELECT substr(s, length('search_path=') + 1) FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%')
           AS search_path,
       p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) x WHERE x.grantee = 0) AS public
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND {_OURS}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                  AND d.deptype = 'e')
ORDER BY 1
"""

#: The live columns of the school tables.
COLUMNS = f"""
SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'homeroom' AND {_OURS} AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""

"""What belongs to a table on PostgreSQL, told by its catalogues as statements that make it again."""

# Each yields statements that make a part of the table anew, under its own name. They are to be asked for
# while the old table is there, and run when the new one has taken its name.
PARTS = {
    "options": """
        SELECT format('ALTER TABLE %%s SET (%%s)', oid::regclass, string_agg(o, ', ')) FROM (
            SELECT c.oid, format('%%I = %%L', option_name, option_value) AS o
            FROM pg_class c, pg_options_to_table(c.reloptions) WHERE c.oid = %(table)s::regclass
            UNION ALL
            SELECT c.oid, format('toast.%%I = %%L', option_name, option_value)
            FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid, pg_options_to_table(t.reloptions)
            WHERE c.oid = %(table)s::regclass
        ) AS options GROUP BY oid
    """,
    "columns": """
        SELECT format('ALTER TABLE %%s ALTER COLUMN %%I SET STATISTICS %%s', attrelid::regclass, attname,
            attstattarget)
        FROM pg_attribute WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped
        AND attstattarget >= 0
        UNION ALL
        SELECT format('ALTER TABLE %%s ALTER COLUMN %%I SET (%%s)', attrelid::regclass, attname,
            array_to_string(attoptions, ', '))
        FROM pg_attribute WHERE attrelid = %(table)s::regclass AND NOT attisdropped
        AND attoptions IS NOT NULL
    """,
    "constraints": """
        SELECT format(
            'ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid)
        ) FROM pg_constraint WHERE conrelid = %(table)s::regclass AND contype IN ('p', 'u', 'x')
        ORDER BY contype, conname
    """,
    "indexes": """
        SELECT pg_get_indexdef(indexrelid) FROM pg_index i WHERE indrelid = %(table)s::regclass AND indisvalid
        AND NOT EXISTS (
            SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND contype IN ('p', 'u', 'x')
        ) ORDER BY indexrelid
    """,
    "references": """
        SELECT format(
            'ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid)
        ) FROM pg_constraint WHERE contype = 'f' AND %(table)s::regclass IN (conrelid, confrelid)
        ORDER BY conname
    """,
    "triggers": """
        SELECT pg_get_triggerdef(oid) FROM pg_trigger
        WHERE tgrelid = %(table)s::regclass AND NOT tgisinternal ORDER BY tgname
    """,
    "states of triggers": """
        SELECT format('ALTER TABLE %%s %%s TRIGGER %%I', tgrelid::regclass, CASE tgenabled
            WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE REPLICA' END, tgname)
        FROM pg_trigger WHERE tgrelid = %(table)s::regclass AND NOT tgisinternal AND tgenabled <> 'O'
    """,
    "comments": """
        SELECT format('COMMENT ON TABLE %%s IS %%L', oid::regclass, obj_description(oid))
        FROM pg_class WHERE oid = %(table)s::regclass AND obj_description(oid) IS NOT NULL
        UNION ALL
        SELECT format('COMMENT ON INDEX %%s IS %%L', indexrelid::regclass, obj_description(indexrelid))
        FROM pg_index WHERE indrelid = %(table)s::regclass AND obj_description(indexrelid) IS NOT NULL
        UNION ALL
        SELECT format('COMMENT ON CONSTRAINT %%I ON %%s IS %%L', conname, conrelid::regclass,
            obj_description(oid, 'pg_constraint'))
        FROM pg_constraint WHERE conrelid = %(table)s::regclass AND contype IN ('p', 'u', 'x', 'f')
        AND obj_description(oid, 'pg_constraint') IS NOT NULL
    """,
    "owner": """
        SELECT format('ALTER TABLE %%s OWNER TO %%I', oid::regclass, pg_get_userbyid(relowner))
        FROM pg_class WHERE oid = %(table)s::regclass AND pg_get_userbyid(relowner) <> current_user
    """,
    "grants": """
        SELECT format('GRANT %%s ON %%s %%s TO %%s%%s', privilege_type,
            CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass,
            CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
            CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM pg_class c, aclexplode(COALESCE(
            relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)))
        WHERE c.oid IN (%(table)s::regclass, pg_get_serial_sequence(%(table)s, 'id')::regclass)
        UNION ALL
        SELECT format('GRANT %%s (%%I) ON TABLE %%s TO %%s%%s', privilege_type, attname, attrelid::regclass,
            CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
            CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM pg_attribute, aclexplode(attacl) WHERE attrelid = %(table)s::regclass AND NOT attisdropped
    """,
}

# What a new table of the same name would have by the defaults of the database.
GIVEN_GRANTS = """
    SELECT DISTINCT format('REVOKE ALL ON %%s %%s FROM %%s',
        CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass,
        CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
    FROM pg_class c, aclexplode(relacl)
    WHERE c.oid IN (%(table)s::regclass, pg_get_serial_sequence(%(table)s, 'id')::regclass)
"""

# Other tables' references: they go with the old table, and come with the new one.
INCOMING = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname) FROM pg_constraint
    WHERE contype = 'f' AND confrelid = %(table)s::regclass AND conrelid <> confrelid
"""

# The columns to be copied.
WRITTEN = """
    SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %(table)s::regclass
    AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""

# The columns that are numbered.
IDENTITIES = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped AND attidentity <> ''
"""

# The names of both sequences of a column, quoted, and the statement that gives the new one the old name.
SEQUENCES = """
    SELECT o, n, format('ALTER SEQUENCE %%s RENAME TO %%I', n, relname)
    FROM pg_get_serial_sequence(%(old)s, %(column)s) AS o
    JOIN pg_class ON oid = o::regclass, pg_get_serial_sequence(%(new)s, %(column)s) AS n
"""

# What CREATE TABLE ... LIKE copies by itself.
COPIED = """
    INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING IDENTITY INCLUDING GENERATED INCLUDING STORAGE
    INCLUDING COMPRESSION INCLUDING STATISTICS INCLUDING COMMENTS
"""

# What a table may have that is not carried over: each is a reason to leave it alone.
SPECIALS = """
    SELECT 'policies of rows' FROM pg_class WHERE oid = %(table)s::regclass
    AND (relrowsecurity OR EXISTS (SELECT FROM pg_policy WHERE polrelid = %(table)s::regclass))
    UNION ALL SELECT 'rules' WHERE EXISTS (SELECT FROM pg_rewrite WHERE ev_class = %(table)s::regclass)
    UNION ALL SELECT 'inheritance'
    WHERE EXISTS (SELECT FROM pg_inherits WHERE %(table)s::regclass IN (inhrelid, inhparent))
    UNION ALL SELECT 'publications'
    WHERE EXISTS (SELECT FROM pg_publication_rel WHERE prrelid = %(table)s::regclass)
    UNION ALL SELECT 'security labels'
    WHERE EXISTS (SELECT FROM pg_seclabel WHERE objoid = %(table)s::regclass)
    UNION ALL SELECT 'a tablespace, or a way of replication or storage, of its own'
    FROM pg_class WHERE oid = %(table)s::regclass
    AND (reltablespace <> 0 OR relreplident <> 'd' OR relpersistence <> 'p')
"""

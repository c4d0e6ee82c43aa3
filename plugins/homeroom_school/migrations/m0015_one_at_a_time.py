"""Enrolments and memberships know whether a student has one of their kind at a time: homeroom classes and houses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

#: Table to: the reference, the table that it points to, and the kind of which a student has one at a time.
_KINDS: Final = {
    "class_enrolment": ("school_class_id", "school_class", "homeroom"),
    "group_membership": ("student_group_id", "student_group", "house"),
}
#: Table to the columns that were a unique key before its periods lay apart.
_ONCE: Final = {
    "guardianship": ("student_id", "guardian_id", "starts_on"),
    "class_enrolment": ("student_id", "school_class_id", "starts_on"),
    "homeroom_appointment": ("school_class_id", "staff_id", "starts_on"),
    "teaching_assignment": ("class_subject_id", "staff_id", "starts_on"),
}


async def forwards(schema: Schema) -> None:
    """Add the columns, and the triggers that keep them as the class or group says."""
    # The declaration of the table makes it anew, checked at the end of a transaction as the others are.
    await schema.execute("ALTER TABLE employment DROP CONSTRAINT employment_one_at_a_time")
    for table, columns in _ONCE.items():
        # Periods that lie apart begin on different days, too; a key of its own would be in the way of swaps.
        name = f"{table}_{'_'.join(columns)}_uq"[:63]
        await schema.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        await schema.add_index(table, columns)
    for table, (column, target, kind) in _KINDS.items():
        await schema.add_column(table, "one_at_a_time", "boolean NOT NULL DEFAULT false")
        await schema.execute(
            f"UPDATE {table} r SET one_at_a_time = true FROM {target} t"
            f" WHERE t.tenant_id = r.tenant_id AND t.id = r.{column} AND t.kind = '{kind}'"
        )
        await schema.execute(
            f"CREATE FUNCTION {table}_one_at_a_time() RETURNS trigger LANGUAGE plpgsql"
            " SET search_path = public, pg_temp AS $$ BEGIN"
            f" NEW.one_at_a_time := coalesce((SELECT t.kind = '{kind}' FROM {target} t"
            f" WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.{column}), false);"
            " RETURN NEW; END $$"
        )
        await schema.execute(
            f"CREATE TRIGGER {table}_one_at_a_time BEFORE INSERT OR UPDATE OF {column}, one_at_a_time ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_one_at_a_time()"
        )
        await schema.execute(
            f"CREATE FUNCTION {target}_kind_of_{table}() RETURNS trigger LANGUAGE plpgsql"
            " SET search_path = public, pg_temp AS $$ BEGIN"
            f" UPDATE {table} SET one_at_a_time = (NEW.kind = '{kind}')"
            f" WHERE tenant_id = NEW.tenant_id AND {column} = NEW.id;"
            " RETURN NULL; END $$"
        )
        await schema.execute(
            f"CREATE TRIGGER kind_of_{table} AFTER UPDATE OF kind ON {target} FOR EACH ROW"
            f" WHEN (OLD.kind IS DISTINCT FROM NEW.kind) EXECUTE FUNCTION {target}_kind_of_{table}()"
        )

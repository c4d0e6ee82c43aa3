"""Transfers between schools: what each school knows of them, and the parcels between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_STATES = "('offered', 'accepted', 'refused', 'withdrawn', 'expired')"

_FUNCTIONS = (
    """
    CREATE FUNCTION homeroom.send_school_parcel(
        parcel uuid, receiver uuid, expires_on date, offer jsonb, content jsonb) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        INSERT INTO homeroom.school_parcel (id, giver_id, receiver_id, state, expires_on, offer, content,
            giver_knows, receiver_knows)
        SELECT $1, homeroom.space(), s.id, 'offered', $3, $4, $5, true, false
        FROM homeroom.space s WHERE s.id = $2 AND s.kind = 'school' AND s.id <> homeroom.space();
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.add_school_parcel_file(
        parcel uuid, number integer, name text, media_type text, content bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        INSERT INTO homeroom.school_parcel_file (parcel_id, number, name, media_type, content)
        SELECT p.id, $2, $3, $4, $5 FROM homeroom.school_parcel p
        WHERE p.id = $1 AND p.giver_id = homeroom.space() AND p.state = 'offered';
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.school_parcel_news(today date)
    RETURNS TABLE (parcel uuid, given boolean, state text, offer jsonb, answer jsonb)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        WITH over AS (
            UPDATE homeroom.school_parcel p SET state = 'expired', content = NULL, giver_knows = false,
                receiver_knows = false
            WHERE p.state = 'offered' AND p.expires_on < today AND homeroom.space() IN (p.giver_id, p.receiver_id)
            RETURNING p.id)
        DELETE FROM homeroom.school_parcel_file f USING over WHERE f.parcel_id = over.id;
        RETURN QUERY
        SELECT p.id, p.giver_id = homeroom.space(), p.state, p.offer, p.answer FROM homeroom.school_parcel p
        WHERE (p.giver_id = homeroom.space() AND NOT p.giver_knows)
            OR (p.receiver_id = homeroom.space() AND NOT p.receiver_knows)
        ORDER BY p.id FOR UPDATE;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.note_school_parcel(parcel uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        UPDATE homeroom.school_parcel p SET giver_knows = p.giver_knows OR p.giver_id = homeroom.space(),
            receiver_knows = p.receiver_knows OR p.receiver_id = homeroom.space()
        WHERE p.id = $1 AND homeroom.space() IN (p.giver_id, p.receiver_id);
        DELETE FROM homeroom.school_parcel p WHERE p.id = $1 AND homeroom.space() IN (p.giver_id, p.receiver_id)
            AND p.state <> 'offered' AND p.giver_knows AND p.receiver_knows;
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.open_school_parcel(parcel uuid, today date) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        found jsonb;
    BEGIN
        SELECT p.content INTO found FROM homeroom.school_parcel p
        WHERE p.id = $1 AND p.receiver_id = homeroom.space() AND p.state = 'offered' AND p.expires_on >= $2
        FOR UPDATE;
        RETURN found;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.school_parcel_files(parcel uuid)
    RETURNS TABLE (number integer, name text, media_type text, content bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT f.number, f.name, f.media_type, f.content FROM homeroom.school_parcel_file f
    JOIN homeroom.school_parcel p ON p.id = f.parcel_id
    WHERE p.id = $1 AND p.receiver_id = homeroom.space() AND p.state = 'offered'
    $$
    """,
    """
    CREATE FUNCTION homeroom.answer_school_parcel(parcel uuid, state text, answer jsonb, today date)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        answered boolean;
    BEGIN
        -- A parcel whose time is over can still be taken back, and no longer be answered.
        UPDATE homeroom.school_parcel p SET state = $2, answer = $3, content = NULL,
            giver_knows = p.giver_id = homeroom.space(), receiver_knows = p.receiver_id = homeroom.space()
        WHERE p.id = $1 AND p.state = 'offered' AND (
            ($2 = 'withdrawn' AND p.giver_id = homeroom.space())
            OR ($2 IN ('accepted', 'refused') AND p.receiver_id = homeroom.space() AND p.expires_on >= $4));
        answered := FOUND;
        IF answered THEN
            DELETE FROM homeroom.school_parcel_file f WHERE f.parcel_id = $1;
        END IF;
        RETURN answered;
    END $$
    """,
    # It tells which spaces have something to learn, and nothing of what.
    """
    CREATE FUNCTION homeroom.spaces_with_school_parcels(today date) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(array_agg(DISTINCT u.id), '{}') FROM homeroom.school_parcel p
    CROSS JOIN LATERAL (VALUES (p.giver_id, p.giver_knows), (p.receiver_id, p.receiver_knows)) AS u (id, knows)
    WHERE NOT u.knows OR (p.state = 'offered' AND p.expires_on < $1)
    $$
    """,
)


async def forwards(schema: Schema) -> None:
    """Create the tables and the functions over those outside the spaces."""
    await _between_spaces(schema)
    await schema.create_table(
        "student_transfer",
        {
            "direction": "varchar(10) NOT NULL CHECK (direction IN ('out', 'in'))",
            "parcel_id": "uuid NOT NULL",
            "student_id": "uuid",
            "change_id": "uuid",
            "other_school": "varchar(200) NOT NULL",
            "state": f"varchar(20) NOT NULL CHECK (state IN {_STATES})",
            "reason": "text NOT NULL DEFAULT ''",
            "effective_on": "date NOT NULL",
            "expires_on": "date NOT NULL",
            "proposed_on": "date NOT NULL",
            "answered_on": "date",
            "answer": "text NOT NULL DEFAULT ''",
            "student_name": "varchar(400)",
            "birth_date": "date",
            "sex": "varchar(20)",
            "class_name": "varchar(120)",
            "parts": "text[] NOT NULL",
            "seal": "varchar(64) NOT NULL",
            "version": "integer NOT NULL DEFAULT 1",
        },
        references={"student_id": "student", "change_id": "student_status_change"},
        unique=[("parcel_id",)],
        indexes=[("student_id",), ("change_id",), ("state", "proposed_on")],
        checks={
            "answered_unless_offered": "(state = 'offered') = (answered_on IS NULL)",
            "out_has_student": "direction = 'in' OR (student_id IS NOT NULL AND change_id IS NOT NULL)",
        },
    )
    await schema.create_table(
        "transfer_consent",
        {
            "transfer_id": "uuid NOT NULL",
            "student_id": "uuid",
            "guardian_id": "uuid",
            "given_on": "date NOT NULL",
            "note": "varchar(400) NOT NULL DEFAULT ''",
        },
        references={"transfer_id": "student_transfer", "student_id": "student", "guardian_id": "guardian"},
        indexes=[("transfer_id",), ("student_id",), ("guardian_id",)],
        checks={"of_one_person": "num_nonnulls(student_id, guardian_id) = 1"},
    )
    await schema.create_table(
        "transfer_record",
        {
            "transfer_id": "uuid NOT NULL",
            "student_id": "uuid NOT NULL",
            "kind": "varchar(80) NOT NULL",
            "title": "varchar(200) NOT NULL",
            "content": "jsonb NOT NULL",
            "seal": "varchar(64) NOT NULL",
            "file_id": "uuid",
        },
        references={"transfer_id": "student_transfer", "student_id": "student", "file_id": "stored_file"},
        unique=[("transfer_id", "kind")],
        indexes=[("student_id",), ("file_id",)],
    )
    await schema.add_column(
        "registry_settings",
        "transfer_consent",
        "varchar(20) NOT NULL DEFAULT 'any' CHECK (transfer_consent IN ('none', 'any', 'guardian', 'student'))",
    )


async def _between_spaces(schema: Schema) -> None:
    await schema.create_global_table(
        "school_parcel",
        {
            "id": "uuid PRIMARY KEY",
            "giver_id": "uuid NOT NULL REFERENCES homeroom.space ON DELETE CASCADE",
            "receiver_id": "uuid NOT NULL REFERENCES homeroom.space ON DELETE CASCADE",
            "state": f"text NOT NULL CHECK (state IN {_STATES})",
            "expires_on": "date NOT NULL",
            "offer": "jsonb NOT NULL",
            "content": "jsonb",
            "answer": "jsonb",
            "giver_knows": "boolean NOT NULL",
            "receiver_knows": "boolean NOT NULL",
        },
        reason="on its way from one school to another, and gone once both know the answer",
    )
    await schema.execute("CREATE INDEX school_parcel_giver_ix ON homeroom.school_parcel (giver_id)")
    await schema.execute("CREATE INDEX school_parcel_receiver_ix ON homeroom.school_parcel (receiver_id)")
    await schema.create_global_table(
        "school_parcel_file",
        {
            "parcel_id": "uuid NOT NULL REFERENCES homeroom.school_parcel ON DELETE CASCADE",
            "number": "integer NOT NULL",
            "name": "text NOT NULL",
            "media_type": "text NOT NULL",
            "content": "bytea NOT NULL",
        },
        reason="a part of the parcel",
    )
    await schema.execute("ALTER TABLE homeroom.school_parcel_file ADD PRIMARY KEY (parcel_id, number)")
    for function in _FUNCTIONS:
        await schema.create_function(function)

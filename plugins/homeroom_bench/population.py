"""Filling schools with people, classes and marks: set by set, as the owner of the tables.

Two million marks would take the commands of the product an hour. The rows are those that the commands would have
left behind, and lie in the order in which a term fills: assessment by assessment, class by class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from homeroom_bench.sizes import Size

__all__ = ["BULK", "populate", "settle"]

#: Tables that are filled without their indexes and foreign keys, which are made afterwards at once.
BULK: Final = ("subject_result", "mark")

# Ids in the form of UUIDv7 that count up within a kind of row, so that one row's id tells another's.
_PREPARE: Final = """
CREATE OR REPLACE FUNCTION pg_temp.made(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('0199' || lpad(to_hex(kind), 2, '0') || lpad(to_hex(n), 6, '0') || '70008000000000000000')::uuid $$;
-- The marks of a line are between 2.0 and 10.0 and differ from one line and column to the next.
CREATE OR REPLACE FUNCTION pg_temp.mark_of(line bigint, k int) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT (20 + (line * 7919 + k * 104729) % 81)::int $$;
CREATE TEMP TABLE school ON COMMIT DROP AS
    SELECT (n - 1)::int AS n, id FROM unnest($schools$::uuid[]) WITH ORDINALITY AS given (id, n);
CREATE TEMP TABLE class_number ON COMMIT DROP AS
    SELECT c, s.n AS s, s.id AS tenant_id, s.n * $classes$ + c AS n FROM school s, generate_series(0, $classes$ - 1) c;
CREATE TEMP TABLE book_number ON COMMIT DROP AS
    SELECT cn.*, j, cn.n * $subjects$ + j AS book FROM class_number cn, generate_series(0, $subjects$ - 1) j;
"""

# What a region's preset has made is kept; what is missing for a measurement is added.
_STRUCTURE: Final = """
INSERT INTO school_year (tenant_id, id, name, starts_on, ends_on, status)
    SELECT s.id, pg_temp.made(1, s.n), 'measured', current_date - 60, current_date + 240, 'current' FROM school s
    WHERE NOT EXISTS (SELECT FROM school_year y WHERE y.tenant_id = s.id AND y.status = 'current');
INSERT INTO term (tenant_id, id, school_year_id, number, name, starts_on, ends_on)
    SELECT s.id, pg_temp.made(2, s.n * 2 + t), y.id, t, 'Term ' || t, y.starts_on, y.ends_on
    FROM school s JOIN school_year y ON y.tenant_id = s.id AND y.status = 'current', generate_series(1, 2) t
    WHERE NOT EXISTS (SELECT FROM term o WHERE o.tenant_id = s.id AND o.school_year_id = y.id AND o.number = t);
INSERT INTO subject (tenant_id, id, code, title, position)
    SELECT s.id, pg_temp.made(3, s.n * 100 + j), 'measured-' || j, 'Subject ' || j, 100 + j
    FROM school s, generate_series(1, $subjects$) j
    WHERE j > (SELECT count(*) FROM subject o WHERE o.tenant_id = s.id);
CREATE TEMP TABLE subject_number ON COMMIT DROP AS
    SELECT * FROM (SELECT s.n AS s, o.id, row_number() OVER (PARTITION BY s.n ORDER BY o.position, o.id) - 1 AS j
                   FROM school s JOIN subject o ON o.tenant_id = s.id) numbered WHERE j < $subjects$;
CREATE TEMP TABLE term_number ON COMMIT DROP AS
    SELECT s.n AS s, t.id, t.number - 1 AS t FROM school s JOIN school_year y ON y.tenant_id = s.id
    JOIN term t ON t.tenant_id = s.id AND t.school_year_id = y.id WHERE y.status = 'current' AND t.number <= 2;
"""

_NAMES: Final = """
    (ARRAY['An', 'Binh', 'Chi', 'Dung', 'Giang', 'Hoa', 'Khanh', 'Linh', 'Minh', 'Nam', 'Oanh', 'Phuc'])[1 + i % 12]
        || ' ' || i AS given, (ARRAY['Le', 'Ly', 'Mai', 'Ngo', 'To', 'Vu', 'Ha'])[1 + i % 7] AS family
"""

_PEOPLE: Final = """
INSERT INTO staff (tenant_id, id, code, family_name, given_name, full_name, name_script, sort_key, email)
    SELECT s.id, pg_temp.made(10, s.n * 1000 + i), 'T' || i, family, given, family || ' ' || given, 'latin',
           lower(given || ' ' || family), 'staff' || i || '@school.example'
    FROM school s, (SELECT i, $names$ FROM generate_series(0, $staff$ - 1) i) p;
INSERT INTO student (tenant_id, id, code, family_name, given_name, full_name, name_script, sort_key, sex, birth_date,
                     birth_place, phone)
    SELECT s.id, pg_temp.made(11, s.n * $students$ + i), 'S' || lpad(i::text, 5, '0'), family, given,
           family || ' ' || given, 'latin', lower(given || ' ' || family),
           CASE WHEN i % 2 = 0 THEN 'female' ELSE 'male' END, date '2012-01-01' + i % 1400, 'Town ' || i % 40,
           '09' || lpad((i * 37)::text, 8, '0')
    FROM school s, (SELECT i, $names$ FROM generate_series(0, $students$ - 1) i) p;
INSERT INTO guardian (tenant_id, id, family_name, given_name, full_name, name_script, sort_key, email, phone)
    SELECT s.id, pg_temp.made(12, (s.n * $students$ + i / 2) * 2 + i % 2), family, given, family || ' ' || given,
           'latin', lower(given || ' ' || family), 'guardian' || i || '@home.example',
           '08' || lpad((i * 41)::text, 8, '0')
    FROM school s, (SELECT i, $names$ FROM generate_series(0, $students$ * 2 - 1) i) p;
INSERT INTO guardianship (tenant_id, id, student_id, guardian_id, relation, starts_on)
    SELECT s.id, pg_temp.made(13, (s.n * $students$ + i) * 2 + g), pg_temp.made(11, s.n * $students$ + i),
           pg_temp.made(12, (s.n * $students$ + i) * 2 + g), (ARRAY['mother', 'father'])[g + 1], current_date - 2000
    FROM school s, generate_series(0, $students$ - 1) i, generate_series(0, 1) g;
"""

_CLASSES: Final = """
INSERT INTO school_class (tenant_id, id, school_year_id, grade_level_id, name)
    SELECT cn.tenant_id, pg_temp.made(20, cn.n), y.id,
           (SELECT g.id FROM grade_level g WHERE g.tenant_id = cn.tenant_id AND g.number = 6 + c * 4 / $classes$),
           6 + c * 4 / $classes$ || '/' || c + 1
    FROM class_number cn JOIN school_year y ON y.tenant_id = cn.tenant_id AND y.status = 'current';
INSERT INTO class_enrolment (tenant_id, id, student_id, school_class_id, class_number, starts_on)
    SELECT s.id, pg_temp.made(21, s.n * $students$ + i), pg_temp.made(11, s.n * $students$ + i),
           pg_temp.made(20, s.n * $classes$ + i % $classes$), i / $classes$ + 1, current_date - 60
    FROM school s, generate_series(0, $students$ - 1) i;
INSERT INTO homeroom_appointment (tenant_id, id, school_class_id, staff_id, starts_on)
    SELECT tenant_id, pg_temp.made(22, n), pg_temp.made(20, n), pg_temp.made(10, s * 1000 + c % $staff$),
           current_date - 60
    FROM class_number;
INSERT INTO class_subject (tenant_id, id, school_class_id, subject_id, periods_per_year)
    SELECT b.tenant_id, pg_temp.made(23, b.book), pg_temp.made(20, b.n), sn.id, 140
    FROM book_number b JOIN subject_number sn ON (sn.s, sn.j) = (b.s, b.j);
INSERT INTO teaching_assignment (tenant_id, id, class_subject_id, staff_id, starts_on)
    SELECT tenant_id, pg_temp.made(24, book), pg_temp.made(23, book),
           pg_temp.made(10, s * 1000 + j * $teachers$ + c % $teachers$), current_date - 60
    FROM book_number;
"""

_BOOKS: Final = """
INSERT INTO subject_grading (tenant_id, id, subject_id, measure)
    SELECT s.id, pg_temp.made(30, s.n * 100 + sn.j), sn.id, 'scored' FROM school s JOIN subject_number sn ON sn.s = s.n
    ON CONFLICT (tenant_id, subject_id) DO UPDATE SET measure = 'scored';
INSERT INTO gradebook (tenant_id, id, class_subject_id, school_class_id, subject_id, scheme, scheme_version, grade,
                       school_year_start, ends_on, measure, periods_per_year)
    SELECT b.tenant_id, pg_temp.made(31, b.book), pg_temp.made(23, b.book), pg_temp.made(20, b.n), sn.id,
           'vn.secondary_2021', 'TT22/2021', 6 + b.c * 4 / $classes$, extract(year FROM y.starts_on), y.ends_on,
           'scored', 140
    FROM book_number b JOIN subject_number sn ON (sn.s, sn.j) = (b.s, b.j)
    JOIN school_year y ON y.tenant_id = b.tenant_id AND y.status = 'current';
INSERT INTO assessment (tenant_id, id, gradebook_id, term_id, term_number, kind, ordinal, title, position,
                        coefficient, scale)
    SELECT b.tenant_id, pg_temp.made(32, (b.book * 2 + tn.t) * 6 + k), pg_temp.made(31, b.book), tn.id, tn.t + 1,
           kind, ordinal, initcap(kind) || ' ' || ordinal, tn.t * 6 + k, coefficient, 'vn.ten_points'
    FROM book_number b JOIN term_number tn ON tn.s = b.s, (VALUES
        (0, 'regular', 1, 1), (1, 'regular', 2, 1), (2, 'regular', 3, 1), (3, 'regular', 4, 1),
        (4, 'midterm', 1, 2), (5, 'final', 1, 3)) AS v (k, kind, ordinal, coefficient);
INSERT INTO entry_round (tenant_id, id, title, term_id, opens_at)
    SELECT s.id, pg_temp.made(33, s.n), 'Term 1', tn.id, now() - interval '1 day'
    FROM school s JOIN term_number tn ON tn.s = s.n AND tn.t = 0;
"""

# The line of student i in subject j has the number (i * subjects + j); half-up rounding of (r1..r4, 2m, 3f) / 9.
_LINES: Final = """
INSERT INTO subject_result (tenant_id, id, gradebook_id, student_id, term_id, span, score, scheme_version)
    SELECT b.tenant_id, pg_temp.made(40, line), pg_temp.made(31, b.book), pg_temp.made(11, student), tn.id, 'term',
           round((pg_temp.mark_of(line, 0) + pg_temp.mark_of(line, 1) + pg_temp.mark_of(line, 2)
                  + pg_temp.mark_of(line, 3) + 2 * pg_temp.mark_of(line, 4) + 3 * pg_temp.mark_of(line, 5))
                 ::numeric / 90, 1), 'TT22/2021'
    FROM book_number b JOIN term_number tn ON tn.s = b.s AND tn.t = 0, generate_series(0, $in_class$ - 1) p,
    LATERAL (SELECT b.s * $students$ + p * $classes$ + b.c AS student) st,
    LATERAL (SELECT student::bigint * $subjects$ + b.j AS line) l WHERE p * $classes$ + b.c < $students$;
INSERT INTO subject_result (tenant_id, id, gradebook_id, student_id, span, scheme_version)
    SELECT b.tenant_id, pg_temp.made(41, line), pg_temp.made(31, b.book), pg_temp.made(11, student), 'year',
           'TT22/2021'
    FROM book_number b, generate_series(0, $in_class$ - 1) p,
    LATERAL (SELECT b.s * $students$ + p * $classes$ + b.c AS student) st,
    LATERAL (SELECT student::bigint * $subjects$ + b.j AS line) l WHERE p * $classes$ + b.c < $students$;
"""
_MARKS: Final = """
INSERT INTO mark (tenant_id, id, assessment_id, student_id, subject_result_id, gradebook_id, number)
    SELECT b.tenant_id, pg_temp.made(50 + k, line), pg_temp.made(32, b.book * 12 + k), pg_temp.made(11, student),
           pg_temp.made(40, line), pg_temp.made(31, b.book), pg_temp.mark_of(line, k)::numeric / 10
    FROM generate_series(0, 5) k, book_number b, generate_series(0, $in_class$ - 1) p,
    LATERAL (SELECT b.s * $students$ + p * $classes$ + b.c AS student) st,
    LATERAL (SELECT student::bigint * $subjects$ + b.j AS line) l WHERE p * $classes$ + b.c < $students$;
"""

_FOREIGN_KEYS: Final = """
SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
WHERE conrelid = $1::regclass AND contype = 'f' ORDER BY conname
"""
# Indexes that no constraint owns; those of keys stay, because foreign keys of other tables depend on them.
_INDEXES: Final = """
SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = $1::regclass AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
ORDER BY c.relname
"""


async def populate(connection: Any, schools: Sequence[UUID], size: Size, progress: Callable[[str], None]) -> None:
    """Fill empty schools; all of them, or nothing.

    Args:
        connection: An asyncpg connection as the owner.
        schools: The schools, ``size.schools`` of them.
        size: How much.
        progress: Is called with what is being done.
    """
    values = {
        "$classes$": size.classes,
        "$subjects$": size.subjects,
        "$students$": size.students,
        "$teachers$": size.teachers,
        "$staff$": max(size.subjects * size.teachers, size.classes),
        "$in_class$": size.in_class,
        "$schools$": "'{" + ",".join(map(str, schools)) + "}'",
        "$names$": _NAMES,
    }

    async def run(sql: str) -> None:
        for name, value in values.items():
            sql = sql.replace(name, str(value))
        await connection.execute(sql)

    async with connection.transaction():
        await connection.execute("SET LOCAL homeroom.maintenance = 'on'; SET LOCAL maintenance_work_mem = '512MB'")
        await run(_PREPARE)
        progress("structure, people and classes")
        for step in (_STRUCTURE, _PEOPLE, _CLASSES, _BOOKS):
            await run(step)
        later = [await _put_off(connection, table) for table in BULK]
        progress("lines of the books")
        await run(_LINES)
        progress(f"{size.marks} marks")
        await run(_MARKS)
        progress("indexes and foreign keys")
        for statements in later:
            for statement in statements:
                await connection.execute(statement)


async def _put_off(connection: Any, table: str) -> list[str]:
    """Drop what makes filling a table slow; gives the statements that make it again, word for word."""
    later = []
    for index in await connection.fetch(_INDEXES, table):
        await connection.execute(f'DROP INDEX "{index["name"]}"')
        later.append(index["definition"])
    for key in await connection.fetch(_FOREIGN_KEYS, table):
        await connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{key["name"]}"')
        later.append(f'ALTER TABLE {table} ADD CONSTRAINT "{key["name"]}" {key["definition"]}')
    return later


async def settle(connection: Any) -> None:
    """Leave the tables as a quiet night leaves them: statistics made, dead rows gone."""
    await connection.execute("VACUUM (ANALYZE)")

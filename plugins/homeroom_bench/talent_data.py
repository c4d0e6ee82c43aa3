"""Filling a school with the talents of five years, as the owner of the tables.

The rows are those that the commands would have left behind, each with its nomination.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from homeroom.names.search import text_words

__all__ = ["fill_talents"]

_STUDENTS: Final = 1200
_CLASSES: Final = 36
_TITLES: Final = (
    "香港學校音樂節小提琴獨奏", "香港學校音樂節鋼琴獨奏", "全港校際朗誦節", "校際田徑比賽", "校際游泳比賽",
    "Schools Music Festival, violin solo", "Inter-school chess league", "Mathematics Olympiad", "Science fair",
    "Học sinh giỏi cấp thành phố", "Giải cờ vua trẻ", "Liên hoan âm nhạc học đường", "Service in the library",
    "華羅庚金杯數學邀請賽", "School play, leading part", "Football league", "全国青少年科技创新大赛", "粵劇折子戲",
)  # fmt: skip

_PEOPLE: Final = """
INSERT INTO school_year (tenant_id, id, name, starts_on, ends_on, status)
    SELECT $1, gen_random_uuid(), extract(year FROM y.starts_on)::int - n || '/old',
           (y.starts_on - make_interval(years => n))::date, (y.ends_on - make_interval(years => n))::date, 'past'
    FROM school_year y, generate_series(1, 4) n WHERE y.tenant_id = $1 AND y.status = 'current'
"""
_STAFF: Final = """
INSERT INTO staff (tenant_id, id, code, family_name, given_name, full_name, name_script, sort_key)
    SELECT $1, gen_random_uuid(), 'T' || i, 'Chan', 'T' || i, 'Chan T' || i, 'latin', 'chan t' || i
    FROM generate_series(1, 60) i RETURNING id
"""
_STUDENT: Final = """
INSERT INTO student (tenant_id, id, code, family_name, given_name, full_name, name_script, sort_key)
    SELECT $1, gen_random_uuid(), 'S' || i, 'Wong', 'S' || i, 'Wong S' || i, 'latin', 'wong s' || lpad(i::text, 5, '0')
    FROM generate_series(1, $2) i
"""
_CLASS: Final = """
INSERT INTO school_class (tenant_id, id, school_year_id, grade_level_id, name)
    SELECT $1, gen_random_uuid(), y.id, g.id, g.number || chr(64 + c)
    FROM school_year y, grade_level g, generate_series(1, $2::int / 6) c WHERE y.tenant_id = $1 AND g.tenant_id = $1
"""
_ENROLMENT: Final = """
INSERT INTO class_enrolment (tenant_id, id, student_id, school_class_id, starts_on, ends_on)
    SELECT $1, gen_random_uuid(), s.id, c.id, y.starts_on, CASE WHEN y.status = 'current' THEN NULL ELSE y.ends_on END
    FROM (SELECT id, row_number() OVER (ORDER BY sort_key) AS n FROM student WHERE tenant_id = $1) s
    JOIN (SELECT *, row_number() OVER (PARTITION BY school_year_id ORDER BY name) AS n FROM school_class
          WHERE tenant_id = $1) c ON c.n = 1 + s.n % $2::int
    JOIN school_year y ON y.tenant_id = $1 AND y.id = c.school_year_id
"""
_HOMEROOM: Final = """
INSERT INTO homeroom_appointment (tenant_id, id, school_class_id, staff_id, starts_on)
    SELECT $1, gen_random_uuid(), c.id, $2, y.starts_on FROM school_class c
    JOIN school_year y ON y.tenant_id = $1 AND y.id = c.school_year_id AND y.status = 'current'
    WHERE c.tenant_id = $1 ORDER BY c.name LIMIT 1
"""
#: Item n falls on a day of the last five years, and its student was in some class then.
_ITEM: Final = """
INSERT INTO talent_item (tenant_id, id, student_id, school_class_id, section, category_id, title, titles, happened_on,
                         level, award, rank, grade, organiser, hours, teacher_id, state, words)
    SELECT $1, gen_random_uuid(), e.student_id, e.school_class_id,
           (ARRAY['academic', 'competition', 'other'])[1 + k % 3], v.id, t.title, '{"en": "Achievement"}',
           y.starts_on + (k * 37 % 90)::int, (ARRAY['school', 'district', 'territory', 'national', 'international'])
           [1 + k / 5 % 5], (ARRAY['', 'First prize', '冠軍', 'Giải nhì'])[1 + k % 4], 1 + k % 9, 1 + k % 8,
           'Organiser ' || k % 40, k % 50, f.id,
           (ARRAY['published', 'published', 'published', 'published', 'verified', 'nominated', 'refused'])[1 + k % 7],
           t.words || ' organiser ' || k % 40
    FROM generate_series(1, $2::int) k
    JOIN (SELECT *, row_number() OVER (ORDER BY student_id, starts_on) - 1 AS n FROM class_enrolment
          WHERE tenant_id = $1) e ON e.n = k::bigint * 7919 % $3
    JOIN school_class c ON c.tenant_id = $1 AND c.id = e.school_class_id
    JOIN school_year y ON y.tenant_id = $1 AND y.id = c.school_year_id
    JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS n, count(*) OVER () AS all_of FROM code_value
          WHERE tenant_id = $1 AND code_table = 'talent.category') v ON v.n = k % v.all_of
    JOIN unnest($4::text[], $5::text[]) WITH ORDINALITY AS t (title, words, n) ON t.n = 1 + k % cardinality($4)
    JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS n FROM staff WHERE tenant_id = $1) f ON f.n = k % 60
"""
_REQUEST: Final = """
INSERT INTO approval_request (tenant_id, id, flow, subject_kind, subject_id, title, state, seen, asked_by,
                              asked_persons, asked_at, decided_at)
    SELECT $1, gen_random_uuid(), 'talent.nomination', 'TalentItem', id, title,
           CASE state WHEN 'nominated' THEN 'pending' WHEN 'refused' THEN 'refused' ELSE 'approved' END, 'x',
           'teacher', ARRAY[teacher_id], happened_on, CASE WHEN state <> 'nominated' THEN happened_on END
    FROM talent_item WHERE tenant_id = $1
"""
_ENGAGEMENT: Final = """
INSERT INTO talent_engagement (tenant_id, id, student_id, title, starts_on, ends_on)
    SELECT $1, gen_random_uuid(), s.id, 'Camp', date '2027-01-01' + k * 20, date '2027-01-01' + k * 20 + 2
    FROM student s, generate_series(0, 4) k WHERE s.tenant_id = $1
"""


async def fill_talents(owner: Any, school: UUID, items: int) -> UUID:
    """Fill a new school of Hong Kong: people, classes of five years, items.

    Args:
        owner: A connection as the owner of the tables, which may see all spaces.
        school: The space.
        items: How many items.

    Returns:
        A teacher, who has a class.
    """
    await owner.execute(_PEOPLE, school)
    staff = await owner.fetch(_STAFF, school)
    await owner.execute(_STUDENT, school, _STUDENTS)
    await owner.execute(_CLASS, school, _CLASSES)
    # Without figures of what was just written, PostgreSQL joins it row by row.
    await owner.execute("ANALYZE student, school_class, school_year")
    await owner.execute(_ENROLMENT, school, _CLASSES)
    await owner.execute("ANALYZE class_enrolment, staff, code_value")
    await owner.execute(_HOMEROOM, school, staff[0]["id"])
    words = [text_words([each]) for each in _TITLES]
    await owner.execute(_ITEM, school, items, _STUDENTS * 5, list(_TITLES), words)
    await owner.execute(_REQUEST, school)
    await owner.execute(_ENGAGEMENT, school)
    return UUID(str(staff[0]["id"]))

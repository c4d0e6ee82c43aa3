"""The statements of the bare handler: what somebody who knows PostgreSQL writes for one screen and nothing else.

Each sets the signed context itself, is subject to row level security and asks the one question of permission
that the screen needs. JSON is joined as text: ``json_build_object`` and ``json_agg`` cost about 1.6 times as much.
"""

from __future__ import annotations

from typing import Final

__all__ = ["GRADEBOOK", "PAGE", "REPORT", "SAVE", "STATISTICS"]

# $1 context, $2 book, $3 term, $4 teacher, $5 today
GRADEBOOK: Final = """
SELECT CASE WHEN set_config('homeroom.context', $1, true) <> '' THEN coalesce((
SELECT '{"data":{"gradebook":{"id":"Gradebook_' || g.id || '","schoolClass":{"name":' || to_json(c.name)
  || '},"subject":{"title":' || to_json(s.title) || '},"assessments":{"nodes":[' || (
    SELECT coalesce(string_agg('{"id":"Assessment_' || a.id || '","kind":' || to_json(a.kind)
      || ',"ordinal":' || a.ordinal || ',"title":' || to_json(a.title) || ',"coefficient":' || a.coefficient
      || '}', ',' ORDER BY a.position, a.id), '')
    FROM assessment a WHERE a.gradebook_id = g.id AND a.term_id = $3)
  || ']},"subjectResults":{"nodes":[' || (
    SELECT coalesce(string_agg('{"score":' || coalesce('"' || r.score || '"', 'null') || ',"student":{"id":"Student_'
      || u.id || '","code":' || coalesce(to_json(u.code)::text, 'null') || ',"fullName":' || to_json(u.full_name)
      || '},"marks":{"nodes":[' || coalesce((
        SELECT string_agg('{"id":"Mark_' || m.id || '","number":' || coalesce('"' || m.number || '"', 'null')
          || ',"version":' || m.version || ',"assessment":{"id":"Assessment_' || m.assessment_id || '"}}',
          ',' ORDER BY m.id)
        FROM mark m WHERE m.subject_result_id = r.id), '') || ']}}', ',' ORDER BY r.id), '')
    FROM subject_result r JOIN student u ON u.id = r.student_id WHERE r.gradebook_id = g.id AND r.term_id = $3)
  || ']}}}}'
FROM gradebook g JOIN school_class c ON c.id = g.school_class_id JOIN subject s ON s.id = g.subject_id
WHERE g.id = $2 AND EXISTS (
    SELECT FROM teaching_assignment t WHERE t.class_subject_id = g.class_subject_id AND t.staff_id = $4
    AND t.starts_on <= $5 AND (t.ends_on IS NULL OR t.ends_on >= $5))), '{"data":{"gradebook":null}}') END
"""

# $1 context, $2 student, $3 term, $4 the student who asks, $5 today
REPORT: Final = """
SELECT CASE WHEN set_config('homeroom.context', $1, true) <> '' THEN coalesce((
SELECT '{"data":{"student":{"id":"Student_' || u.id || '","code":' || coalesce(to_json(u.code)::text, 'null')
  || ',"fullName":' || to_json(u.full_name) || ',"birthDate":' || coalesce('"' || u.birth_date || '"', 'null')
  || ',"currentEnrolment":' || coalesce((
    SELECT '{"classNumber":' || coalesce(e.class_number::text, 'null') || ',"schoolClass":{"name":' || to_json(c.name)
      || '}}'
    FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id AND c.kind = 'homeroom'
    WHERE e.student_id = u.id AND e.starts_on <= $5 AND (e.ends_on IS NULL OR e.ends_on >= $5)
    ORDER BY e.starts_on DESC, e.id LIMIT 1), 'null')
  || ',"subjectResults":{"nodes":[' || (
    SELECT coalesce(string_agg('{"score":' || coalesce('"' || r.score || '"', 'null')
      || ',"gradebook":{"subject":{"code":' || to_json(s.code)
      || ',"title":' || to_json(s.title) || '}},"marks":{"nodes":[' || coalesce((
        SELECT string_agg('{"number":' || coalesce('"' || m.number || '"', 'null') || ',"assessment":{"kind":'
          || to_json(a.kind) || ',"ordinal":' || a.ordinal || '}}', ',' ORDER BY m.id)
        FROM mark m JOIN assessment a ON a.id = m.assessment_id WHERE m.subject_result_id = r.id), '')
      || ']}}', ',' ORDER BY r.id), '')
    FROM subject_result r JOIN gradebook g ON g.id = r.gradebook_id JOIN subject s ON s.id = g.subject_id
    WHERE r.student_id = u.id AND r.term_id = $3)
  || ']}}}}'
FROM student u WHERE u.id = $2 AND u.id = $4), '{"data":{"student":null}}') END
"""

# $1 context, $2 size of the page, $3 today. Cursors are made of the last row alone.
PAGE: Final = """
SELECT CASE WHEN set_config('homeroom.context', $1, true) <> '' THEN (
SELECT '{"data":{"students":{"totalCount":' || (SELECT count(*) FROM student WHERE NOT erased)
  || ',"pageInfo":{"hasNextPage":'
  || (count(*) > $2) || ',"endCursor":' || coalesce('"' || translate(encode(convert_to(json_build_array(
    (array_agg(p.sort_key ORDER BY p.n DESC) FILTER (WHERE p.n <= $2))[1],
    (array_agg(p.id::text ORDER BY p.n DESC) FILTER (WHERE p.n <= $2))[1])::text, 'UTF8'), 'base64'), E'\\n', '')
    || '"', 'null')
  || '},"nodes":[' || coalesce(string_agg('{"id":"Student_' || p.id || '","code":'
    || coalesce(to_json(p.code)::text, 'null') || ',"fullName":' || to_json(p.full_name)
    || ',"sex":' || coalesce('"' || upper(p.sex) || '"', 'null')
    || ',"birthDate":' || coalesce('"' || p.birth_date || '"', 'null') || ',"currentEnrolment":' || coalesce((
      SELECT '{"classNumber":' || coalesce(e.class_number::text, 'null') || ',"schoolClass":{"id":"SchoolClass_' || c.id
        || '","name":' || to_json(c.name) || '}}'
      FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id AND c.kind = 'homeroom'
      WHERE e.student_id = p.id AND e.starts_on <= $3 AND (e.ends_on IS NULL OR e.ends_on >= $3)
      ORDER BY e.starts_on DESC, e.id LIMIT 1), 'null')
    || ',"guardianships":{"nodes":[' || coalesce((
      SELECT string_agg('{"relation":"' || upper(w.relation) || '","guardian":{"fullName":' || to_json(w.full_name)
        || ',"phone":' || coalesce(to_json(w.phone)::text, 'null') || ',"email":'
        || coalesce(to_json(w.email)::text, 'null') || '}}', ',' ORDER BY w.starts_on, w.id)
      FROM (SELECT h.relation, h.starts_on, h.id, v.full_name, v.phone, v.email
            FROM guardianship h JOIN guardian v ON v.id = h.guardian_id WHERE h.student_id = p.id
            ORDER BY h.starts_on, h.id LIMIT 5) w), '') || ']}}', ',' ORDER BY p.n) FILTER (WHERE p.n <= $2), '')
  || ']}}}'
FROM (SELECT i.*, row_number() OVER (ORDER BY i.sort_key, i.id) AS n FROM (
      SELECT u.id, u.code, u.full_name, u.sex, u.birth_date, u.sort_key FROM student u
      WHERE NOT u.erased ORDER BY u.sort_key, u.id LIMIT $2 + 1) i) p) END
"""

# $1 context
STATISTICS: Final = """
SELECT CASE WHEN set_config('homeroom.context', $1, true) <> '' THEN (
SELECT '{"data":{"marksAggregate":{"totalCount":' || count(*) || ',"groups":[' || coalesce(string_agg(
    '{"key":{"schoolClass":{"id":"SchoolClass_' || c.id || '","name":' || to_json(c.name) || '}},"count":' || s.count
      || ',"average":{"number":' || coalesce('"' || s.average || '"', 'null') || '}}', ',' ORDER BY c.name, c.id), '')
  || ']}}}'
FROM (SELECT g.school_class_id, count(*) AS count, trim_scale(round(avg(m.number), 6)) AS average
      FROM mark m JOIN gradebook g ON g.id = m.gradebook_id GROUP BY g.school_class_id) s
JOIN school_class c ON c.id = s.school_class_id) END
"""

# $1 context, $2 book, $3 students, $4 assessments, $5 marks in hundredths, $6 expected versions, $7 fresh ids of
# marks, $8 teacher, $9 today, $10 now, $11 the entry's id, $12 ids of its lines.
# The first sub-select that the answer asks for is the book, and asking for it sets the context; whatever writes
# reads ``fits``, so it writes all or nothing. The space comes with the book: the columns' default would prove the
# context again for every row. What is read is read once for the whole class. Marks that are being
# written cannot be read in the same statement: the averages are made of the old ones and the given ones.
SAVE: Final = """
WITH book AS MATERIALIZED (
    SELECT g.tenant_id, g.id, g.school_class_id FROM gradebook g
    WHERE (SELECT set_config('homeroom.context', $1, true)) <> '' AND g.id = $2 AND EXISTS (
        SELECT FROM teaching_assignment t WHERE t.class_subject_id = g.class_subject_id AND t.staff_id = $8
        AND t.starts_on <= $9 AND (t.ends_on IS NULL OR t.ends_on >= $9))
    FOR UPDATE OF g),
col AS MATERIALIZED (
    SELECT a.id, a.term_id, t.number AS term, a.kind, a.coefficient
    FROM book JOIN assessment a ON a.gradebook_id = book.id JOIN term t ON t.id = a.term_id),
line AS MATERIALIZED (
    SELECT r.tenant_id, r.id, r.student_id, r.term_id, r.score
    FROM book JOIN subject_result r ON r.gradebook_id = book.id),
pupil AS MATERIALIZED (
    SELECT e.student_id FROM book JOIN class_enrolment e ON e.school_class_id = book.school_class_id
    WHERE e.starts_on <= $9 AND (e.ends_on IS NULL OR e.ends_on >= $9)),
open AS MATERIALIZED (
    SELECT o.term_id, o.kind FROM book, entry_round o
    WHERE o.term_id IN (SELECT c.term_id FROM col c) AND o.status = 'open' AND o.opens_at <= $10
      AND (o.closes_at IS NULL OR o.closes_at > $10)
      AND (o.school_class_id IS NULL OR o.school_class_id = book.school_class_id)),
given AS MATERIALIZED (
    SELECT n.*, l.tenant_id, l.id AS line, m.id AS old_id, m.number AS old_number, c.coefficient, c.kind
    FROM unnest($3::uuid[], $4::uuid[], $5::int[], $6::int[], $7::uuid[], $12::uuid[])
         WITH ORDINALITY AS n (student, assessment, number, version, fresh, audit, place)
    JOIN col c ON c.id = n.assessment
    JOIN line l ON l.term_id = c.term_id AND l.student_id = n.student
    LEFT JOIN mark m ON m.subject_result_id = l.id AND m.assessment_id = n.assessment
    WHERE m.version IS NOT DISTINCT FROM n.version AND n.number BETWEEN 0 AND 1000
      AND n.student = ANY(ARRAY(SELECT student_id FROM pupil))
      AND EXISTS (SELECT FROM open o WHERE o.term_id = c.term_id AND (o.kind IS NULL OR o.kind = c.kind))),
fits AS MATERIALIZED (SELECT count(*) = cardinality($3::uuid[]) AS yes FROM given),
changed AS (
    UPDATE mark m SET number = n.number::numeric / 100, code = NULL, version = m.version + 1
    FROM fits, given n WHERE fits.yes AND m.id = n.old_id AND m.version = n.version
    RETURNING m.id, n.place, m.number, m.version),
made AS (
    INSERT INTO mark (tenant_id, id, gradebook_id, assessment_id, student_id, subject_result_id, number)
    SELECT n.tenant_id, n.fresh, $2, n.assessment, n.student, n.line, n.number::numeric / 100
    FROM fits, given n WHERE fits.yes AND n.old_id IS NULL
    RETURNING id, number, version),
cell AS (
    SELECT id, place, number, version FROM changed
    UNION ALL SELECT made.id, n.place, made.number, made.version FROM made JOIN given n ON n.fresh = made.id),
before AS MATERIALIZED (
    SELECT m.subject_result_id AS line, sum(c.coefficient * m.number) AS total, sum(c.coefficient) AS weight,
           count(*) FILTER (WHERE c.kind = 'regular') AS regular, count(*) FILTER (WHERE c.kind = 'midterm') AS midterm,
           count(*) FILTER (WHERE c.kind = 'final') AS final
    FROM (SELECT o.* FROM (SELECT DISTINCT line FROM given) n JOIN mark o ON o.subject_result_id = n.line OFFSET 0) m
    JOIN col c ON c.id = m.assessment_id WHERE m.number IS NOT NULL GROUP BY 1),
average AS MATERIALIZED (
    SELECT n.line, CASE WHEN n.regular + coalesce(o.regular, 0) >= 4 AND n.midterm + coalesce(o.midterm, 0) = 1
                             AND n.final + coalesce(o.final, 0) = 1
                        THEN round((coalesce(o.total, 0) + n.total) / (coalesce(o.weight, 0) + n.weight), 1) END
               AS score
    FROM (SELECT line, sum(coefficient * (number::numeric / 100 - coalesce(old_number, 0))) AS total,
                 sum(CASE WHEN old_number IS NULL THEN coefficient ELSE 0 END) AS weight,
                 count(*) FILTER (WHERE old_number IS NULL AND kind = 'regular') AS regular,
                 count(*) FILTER (WHERE old_number IS NULL AND kind = 'midterm') AS midterm,
                 count(*) FILTER (WHERE old_number IS NULL AND kind = 'final') AS final
          FROM given GROUP BY line) n LEFT JOIN before o ON o.line = n.line),
result AS MATERIALIZED (
    SELECT v.line, v.score FROM average v JOIN line l ON l.id = v.line WHERE l.score IS DISTINCT FROM v.score
    UNION ALL
    SELECT y.id, made.score
    FROM (SELECT l.student_id, CASE WHEN count(*) = 2 THEN round(sum(c.term * coalesce(v.score, l.score)) / 3, 1) END
                 AS score
          FROM line l JOIN (SELECT DISTINCT term_id, term FROM col) c ON c.term_id = l.term_id
          LEFT JOIN average v ON v.line = l.id WHERE coalesce(v.score, l.score) IS NOT NULL GROUP BY l.student_id) made
    JOIN line y ON y.student_id = made.student_id AND y.term_id IS NULL
    WHERE y.score IS DISTINCT FROM made.score),
written AS (
    UPDATE subject_result r SET score = v.score, scheme_version = 'TT22/2021'
    FROM result v, fits WHERE fits.yes AND r.id = v.line),
raised AS (
    UPDATE gradebook g SET version = g.version + 1 FROM fits WHERE fits.yes AND g.id = $2),
entry AS (
    INSERT INTO audit_entry (tenant_id, id, at, login, via, command)
    SELECT book.tenant_id, $11::uuid, $10::timestamptz, 'bare', 'session', 'gradebook.mark.enter'
    FROM book, fits WHERE fits.yes),
audited AS (
    INSERT INTO audit_line (tenant_id, id, entry_id, noun, row_id, old_values, new_values)
    SELECT n.tenant_id, n.audit, $11::uuid, 'mark', coalesce(n.old_id, n.fresh),
           ('{"number":"' || CASE WHEN min_scale(n.old_number) < 2 THEN round(n.old_number, 1) ELSE n.old_number END
            || '"}')::jsonb,
           ('{"number":"' || round(n.number::numeric / 100, CASE WHEN n.number % 10 = 0 THEN 1 ELSE 2 END)
            || '"}')::jsonb
    FROM fits, given n WHERE fits.yes)
SELECT CASE WHEN EXISTS (SELECT FROM book) AND (SELECT yes FROM fits) THEN '{"data":{"enterMarks":{"marks":[' || (
    SELECT string_agg('{"id":"Mark_' || c.id || '","number":"' || c.number || '","version":' || c.version
      || ',"subjectResult":{"id":"SubjectResult_' || n.line || '","score":'
      || coalesce('"' || v.score::numeric(6, 2) || '"', 'null') || '}}', ',' ORDER BY n.place)
    FROM given n JOIN cell c ON c.place = n.place
    LEFT JOIN average v ON v.line = n.line) || '],"errors":[]}}}' END
"""

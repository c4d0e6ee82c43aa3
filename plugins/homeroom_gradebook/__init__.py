"""The gradebook: assessments, entry rounds, marks, and what they come to.

Its words are those of every school: assessment, mark, entry round, average, conduct, title, promotion. The rules that
turn marks into results are grading schemes, which regional plugins bring; the gradebook itself knows no region. A
regional plugin takes what it needs from :mod:`homeroom_gradebook.schemes`, :mod:`homeroom_gradebook.scales` and
:mod:`homeroom_gradebook.scheme_choice`.
"""

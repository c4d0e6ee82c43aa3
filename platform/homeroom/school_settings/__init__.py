"""Settings of a school: one row of typed columns with defaults, that those with the right change, with a history.

A plugin declares them beside its nouns, as ``NOUNS`` in the module ``nouns`` of its package::

    class TalentSettings(SettingsTable, tablename="talent_settings"):
        \"\"\"How the talent bank of the school works.\"\"\"

        most_items = number(1, 500, "Talents of one student at most.", default=50)
        shown_to_families = flag("Whether families see what was published.", default=True)

    SETTINGS = school_settings(TalentSettings, "talents.settings", change_by=("principal", "registrar"))
    NOUNS = (SETTINGS,)

That makes the type ``TalentSettings``, the field ``talentSettings`` and the mutation ``changeTalentSettings``. Every
school that has the plugin has the row, with the defaults. Commands and jobs read it: ``await SETTINGS.read(context)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.lazy import on_demand

if TYPE_CHECKING:
    from homeroom.school_settings.declare import SchoolSettings, school_settings
    from homeroom.school_settings.tables import SettingsTable

__all__ = ["SchoolSettings", "SettingsTable", "school_settings"]

__getattr__ = on_demand(__name__, SchoolSettings="declare", school_settings="declare", SettingsTable="tables")

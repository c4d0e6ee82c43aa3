"""Departments, and what people apply for."""

from __future__ import annotations

from enum import StrEnum

from homeroom.columns import day, in_use, number, state, text, version
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom_school.tables import Staff


class DeskState(StrEnum):
    """What has become of an application."""

    ASKED = "asked"
    SIGNED = "signed"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"


class Department(SchoolTable, tablename="department"):
    """A department with its head."""

    name = text(60, "What it is called.")
    head_id = belongs_to(Staff)


class DataAccess(SchoolTable, tablename="data_access"):
    """The permission to query data for some days (查询权限申请表)."""

    department_id = belongs_to(Department)
    content = text(200, "What is to be queried.")
    purpose = text(200, "What for.")
    ends_on = day("The last day of the permission.")
    state = state(DeskState.ASKED)
    version = version()


class AccessField(SchoolTable, tablename="access_field"):
    """A field that is to be queried."""

    data_access_id = belongs_to(DataAccess)
    name = text(60, "Its name.")
    in_use = in_use()


class StaffLeave(SchoolTable, tablename="staff_leave"):
    """Days on which a teacher is unavailable."""

    name = text(60, "Why.")
    days = number(1, 90, "School days.")
    state = state(DeskState.ASKED)
    version = version()


class FamilyMessage(SchoolTable, tablename="family_message"):
    """A message to families, a draft until it is approved."""

    name = text(60, "Its subject.")
    body = text(500, "What it says.")
    state = state(DeskState.ASKED)
    version = version()

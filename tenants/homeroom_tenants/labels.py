"""English labels in place of those that follow from names; see :mod:`homeroom.labels`."""

from __future__ import annotations

from typing import Final

__all__ = ["LABELS"]

LABELS: Final = {
    "tenants.district.administrators": "When administrators were last there",
    "jobs.tenants.mail.reset": "Mail a link for a new password",
    "jobs.tenants.mail.address": "Mail a code for a new address",
    "jobs.tenants.mail.address_undo": "Mail a link that undoes a new address",
    "jobs.tenants.mail.invitation": "Mail an invitation",
    "jobs.tenants.mail.resume": "Mail waiting invitations",
}

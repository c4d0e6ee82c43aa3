"""What administrators read: invitations, who is a member with which roles, and a district's schools and grants.

Except for invitations, the rows lie outside the spaces. Views show those of one space; see `m0015_origin_functions`.
"""

from __future__ import annotations

from typing import Final

from homeroom.resources import EVERYTHING, Relation, resource

from .tables import Invitation
from .views import over_view, view_field

__all__ = ["RESOURCES"]

_INVITATION: Final = resource(
    Invitation,
    scopes={"school": EVERYTHING},
    exclude=("person_id", "digest", "account_id"),
    filters=("address", "mail_state", "created_at", "expires_at", "accepted_at", "revoked_at"),
    order=("created_at", "expires_at"),
    default_order=("-created_at",),
    enums={"mail_state": "InvitationMailState"},
)

_DATES: Final = (
    view_field("valid_from", "DateTime", "From when on it holds; null: at once."),
    view_field("valid_until", "DateTime", "Until when it holds; null: without an end."),
    view_field("granted_at", "DateTime", "When it was given or changed last; null: before this was recorded."),
    view_field("granted_by", "String", "The login of who gave it; null: the operator, or before this was recorded."),
    view_field("reason", "String", "Why, where somebody said so."),
)
RESOURCES: Final = (
    _INVITATION,
    over_view(
        "SpaceMember",
        "space_member",
        "An account that has roles here, by a membership or by a grant of the district.",
        view_field("login", "String", "By which the account signs in."),
        view_field("name", "String", "The account's name."),
        view_field("disabled_at", "DateTime", "When the account was closed; null: it is open."),
        relations=(
            Relation(
                "roles", "space_role", here="id", there="account_id", many=True, order=("role",),
                description="Its roles.",
            ),
        ),
        filters=("login", "name", "disabled_at", "roles"),
        order=("login", "name"),
    ),
    over_view(
        "SpaceRole",
        "space_role",
        "A role that somebody holds here, with its dates and where it comes from.",
        view_field("role", "String", "Which role."),
        view_field("person_id", "ID", "Whom the account stands for in this membership; null: for nobody."),
        view_field(
            "origin",
            "String",
            "Where a role comes from: a membership of the space itself, or a grant of its district.",
            ("membership", "district"),
            "RoleOrigin",
        ),
        view_field("district", "String", "The short name of the district that granted it."),
        *_DATES,
        relations=(
            Relation("member", "space_member", here="account_id", there="id", many=False, description="Whose."),
        ),
        filters=("role", "origin", "valid_from", "valid_until", "granted_at", "granted_by", "member"),
        order=("role", "valid_from", "valid_until"),
    ),
    over_view(
        "DistrictSchool",
        "district_school",
        "A school of this district.",
        view_field("slug", "String", "Its short name."),
        view_field("name", "String", "Its name."),
        view_field("region", "String", "The preset that it was made from."),
        view_field("locale", "String", "BCP 47 language tag."),
        view_field("time_zone", "String", "Where its days begin."),
        view_field("plugins", "[String!]", "The plugins that it has switched on itself."),
        view_field("created_at", "DateTime", "When it was made."),
        relations=(
            Relation(
                "grants", "district_grant_given", here="id", there="school_id", many=True, order=("role",),
                description="The roles that this district has granted there.",
            ),
        ),
        filters=("slug", "name", "region", "grants"),
        order=("slug", "name"),
    ),
    over_view(
        "DistrictGrant",
        "district_grant_given",
        "A role in a school of this district, given to a member of the district.",
        view_field("login", "String", "Whose account."),
        view_field("name", "String", "The account's name."),
        view_field("role", "String", "Which role."),
        *_DATES,
        relations=(
            Relation("school", "district_school", here="school_id", there="id", many=False, description="Where."),
        ),
        filters=("login", "role", "valid_from", "valid_until", "granted_at", "granted_by", "school"),
        order=("login", "role"),
    ),
)  # fmt: skip

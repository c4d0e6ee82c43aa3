"""Districts and schools, accounts, people's memberships, sessions and tokens.

A space is what the walls separate; an account is global; a membership links the two. A request's host name or
``X-Homeroom-Tenant`` selects among what the account holds and opens nothing by itself.
"""

from __future__ import annotations

from .global_tables import GLOBAL_TABLES
from .standing import Account, DatedRole, Grant, InForce, Membership, Standing

__all__ = ["GLOBAL_TABLES", "Account", "DatedRole", "Grant", "InForce", "Membership", "Standing"]

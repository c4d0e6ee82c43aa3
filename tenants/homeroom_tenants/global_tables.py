"""The tables outside every space, each with its reason. The catalogue test knows them by this list."""

from __future__ import annotations

from typing import Final

__all__ = ["GLOBAL_TABLES"]

GLOBAL_TABLES: Final[dict[str, str]] = {
    "space": "spaces themselves are what the walls are between",
    "space_host": "a host name is looked up before the space is known",
    "space_rule": "loaded with the spaces, and written by a district into its schools",
    "district_rule": "what a district has applied holds in each of its schools",
    "account": "one account may serve several spaces",
    "membership": "found by account before the space is known",
    "membership_role": "a part of the membership",
    "district_grant": "links a district with a school",
    "login_attempt": "counted before anybody is known",
    "session": "found by its secret before anybody is known",
    "api_token": "found by its secret before anybody is known",
    "handover": "found by its secret before anybody is known",
    "address_code": "found by its secret before any space is known",
    "address_undo": "found by its secret before anybody is known",
    "page_grant": "found by its secrets before anybody is known",
    "page_token": "found by its secret before anybody is known",
    "reset_link": "found by its secret before anybody is known",
}

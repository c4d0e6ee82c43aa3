"""Functions over accounts, sessions and spaces ask for proof that the application calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

#: Everything but what answers for the space of the signed context alone.
_FUNCTIONS: Final = (
    "spaces", "create_space", "set_space_plugins", "set_space_origins", "set_space_locale", "set_space_fields",
    "add_space_host", "set_space_district", "set_space_rule", "remove_space_rule", "apply_district_policy",
    "note_in_schools", "standing", "create_account", "account_of", "disable_account", "set_password", "login_begin",
    "login_done", "login_forget", "add_member", "join_member", "remove_member", "grant_in_school", "revoke_in_school",
    "open_session", "session_standing", "touch_session", "end_sessions", "sessions_of", "issue_token",
    "token_standing", "tokens_of", "revoke_token", "open_handover", "take_handover", "open_reset", "reset_login",
    "take_reset", "set_address", "address_of", "set_language", "open_address_code", "take_address_code",
    "touch_token", "change_password", "open_address_undo", "take_address_undo", "open_page_grant", "take_page_token",
    "add_page_tokens", "page_standing", "end_page_grant",
)  # fmt: skip


async def forwards(schema: Schema) -> None:
    """Write the demand into each, and the index that a space's host names are found by."""
    for name in _FUNCTIONS:
        await schema.demand_proof(name)
    await schema.execute("CREATE INDEX space_host_space_ix ON homeroom.space_host (space_id)")

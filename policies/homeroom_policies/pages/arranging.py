"""What the pages of permissions show, made of the answers to their queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

__all__ = ["asked_access", "asked_rule", "role_in_words", "rules_in_words"]

_EFFECTS = ("ALLOW", "DENY", "REMOVE")


def _text(given: Mapping[str, Any], name: str, default: str = "") -> str:
    return str(given.get(name) or "").strip() or default


def _action(thing: str) -> str:
    """Tasks have dotted names in small letters; lists begin with a capital."""
    return "RUN" if "." in thing and thing[:1].islower() else "READ"


def asked_access(given: Mapping[str, Any], _today: date) -> dict[str, Any]:
    """What the form asks for; nothing is asked before it is filled in."""
    login, thing = _text(given, "login"), _text(given, "object")
    row = _text(given, "row") or None
    return {"ask": bool(login and thing), "login": login, "object": thing, "action": _action(thing), "row": row}


def asked_rule(given: Mapping[str, Any], _today: date) -> dict[str, Any]:
    """The rule that the form describes; it is asked about when it is whole."""
    role, thing = _text(given, "role"), _text(given, "object")
    chosen = _text(given, "effect", "DENY")
    action = _text(given, "action")
    return {
        "ask": bool(role and thing and chosen in _EFFECTS),
        "role": role,
        "object": thing,
        "action": "INHERIT" if action == "INHERIT" else _action(thing),
        "scope": _text(given, "scope", "school"),
        "effect": None if chosen == "REMOVE" or chosen not in _EFFECTS else chosen,
        "chosen": chosen,
    }


def rules_in_words(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """With everything that some role may see or do: name to label, by label."""
    labels = {each["object"]: each["label"] for role in data["roles"] or () for each in role["may"]}
    return {
        **data,
        "roles": data["roles"] or (),
        "objects": sorted(labels.items(), key=lambda each: each[1].casefold()),
    }


def role_in_words(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a role may do, by the noun that it is about."""
    # A role that does not exist is answered with an error.
    role = (data.get("one") or [{"name": "", "title": "", "inherits": [], "may": []}])[0]
    groups: dict[str, dict[str, Any]] = {}
    for each in role["may"]:
        group = groups.setdefault(each["group"], {"title": each["group"], "reads": [], "runs": []})
        group["reads" if each["action"] == "READ" else "runs"].append(each)
    for group in groups.values():
        group["runs"].sort(key=lambda each: each["label"].casefold())
    return {**data, "role": role, "groups": sorted(groups.values(), key=lambda each: each["title"].casefold())}

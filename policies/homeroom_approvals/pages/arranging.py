"""What the inbox shows: requests by flow, the oldest first, with what each depends on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["inbox"]


def inbox(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The groups of the inbox, and requests of one's own that wait for others.

    Args:
        answer: What the page's query answers.
    """
    flows = {each["name"]: each for each in answer.get("approvalFlows") or ()}
    groups: dict[str, dict[str, Any]] = {}
    for request in answer["approvals"]["nodes"]:
        flow = flows.get(request["flow"], {"title": request["flow"], "steps": []})
        titles = {step["name"]: step["title"] for step in flow["steps"]}
        group = groups.setdefault(request["flow"], {"title": flow["title"], "requests": []})
        group["requests"].append(
            {**request, "facts": _facts(request["arguments"]), "history": _history(request, titles)}
        )
    mine = [
        {**each, "flow_title": flows.get(each["flow"], {}).get("title", each["flow"])}
        for each in (answer.get("mine") or {"nodes": []})["nodes"]
    ]
    return {"total": answer["approvals"]["totalCount"], "groups": list(groups.values()), "mine": mine}


def _facts(arguments: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    """What will be done, without ids, which say nothing to people."""
    return [
        (name, value)
        for name, value in (arguments or {}).items()
        if isinstance(value, bool | int | float | str) and value != "" and not _is_id(value)
    ]


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= 36 and value[-36:].count("-") == 4


def _history(request: Mapping[str, Any], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """The steps that are decided already."""
    steps = (request.get("steps") or {"nodes": []})["nodes"]
    return [{**each, "title": titles.get(each["name"], each["name"])} for each in steps if each["decidedAt"]]

"""Links in mails."""

from __future__ import annotations

import re
from typing import Any


def code_in(mail: Any, what: str, slug: str) -> str:
    """The code in the link of a mail, which leads to a school's own host name."""
    text = " ".join(mail.get_content().split())
    found = re.search(rf"http://{slug}\.schools\.example/welcome#{what}=(\S+)", text)
    assert found is not None, text
    return found[1]

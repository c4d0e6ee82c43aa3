"""What the embedded server's cluster keeps secret: made once, in a file that its owner alone may read."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from homeroom.database.providers.access import ProviderError

__all__ = ["ClusterSecrets"]


@dataclass(frozen=True, slots=True, repr=False)
class ClusterSecrets:
    """Passwords of the three roles and the key that signs contexts.

    Args:
        superuser: Password of ``postgres``, which sets up the roles and is never used afterwards.
        owner: Password of the role that owns the tables.
        app: Password of the powerless role.
        key: The key of the signed context.
    """

    superuser: str
    owner: str
    app: str
    key: str

    @classmethod
    def load_or_make(cls, path: Path, *, may_make: bool) -> ClusterSecrets:
        """Read the file, or make it.

        Args:
            path: The file.
            may_make: Whether a missing file is made; false once there are data that an earlier one belongs
                to.

        Raises:
            ProviderError: The file is missing or damaged although there are data.
        """
        if may_make and not path.exists():
            made = cls(*(secrets.token_urlsafe(32) for _ in fields(cls)))
            draft = path.with_suffix(".new")
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(asdict(made), file)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
            return made
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise ProviderError(
                f"the passwords of the embedded database cannot be read from {path} ({error});"
                " restore that file from a backup, or move its whole folder away to start over"
            ) from None

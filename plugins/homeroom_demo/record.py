"""What the demonstration remembers between runs: who can sign in, and with which password."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from homeroom.errors import ConfigurationError
from homeroom_demo.plans import Login

__all__ = ["Record", "SchoolRecord"]


@dataclass(frozen=True, slots=True)
class SchoolRecord:
    """What is known of one school.

    Args:
        logins: Who can sign in there.
        class_name: The class that they have to do with.
        students: How many students it has.
    """

    logins: tuple[Login, ...]
    class_name: str
    students: int

    def login(self, role: str) -> str:
        """The login of a role; ``homeroom teacher`` counts as one here."""
        return next(each.login for each in self.logins if each.role == role)


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of the demonstration.

    Args:
        password: Of everybody; made once for this installation.
        schools: Slug to school, the district included.
    """

    password: str
    schools: Mapping[str, SchoolRecord]

    @staticmethod
    def new_password() -> str:
        """A password that people can type and nobody can guess."""
        return "-".join(secrets.token_hex(2) for _ in range(4))

    def save(self, path: Path) -> None:
        """Write it where this account alone can read it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(
                {"password": self.password, "schools": {slug: asdict(each) for slug, each in self.schools.items()}},
                file,
                ensure_ascii=False,
            )
        draft.replace(path)

    @classmethod
    def load(cls, path: Path) -> Record | None:
        """What an earlier run wrote, or none.

        Raises:
            ConfigurationError: It cannot be read.
        """
        try:
            found = json.loads(path.read_text())
            schools = {
                slug: SchoolRecord(
                    logins=tuple(Login(**login) for login in each["logins"]),
                    class_name=each["class_name"],
                    students=each["students"],
                )
                for slug, each in found["schools"].items()
            }
            return cls(found["password"], schools)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(f"{path} cannot be read: {error}") from None

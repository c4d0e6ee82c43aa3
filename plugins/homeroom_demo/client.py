"""Speaking to a running server as one person, the way a frontend does: sign in once, then GraphQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http.cookies import SimpleCookie
from typing import Any

import httpx

__all__ = ["Answer", "Person"]


class Answer:
    """What the server answered.

    Args:
        status: The HTTP status.
        body: The JSON body.
    """

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.data: dict[str, Any] = body.get("data") or {}
        self.errors: list[dict[str, Any]] = body.get("errors") or []

    @property
    def codes(self) -> list[str]:
        """The stable codes of the errors."""
        return [str(each.get("extensions", each).get("code", "")) for each in self.errors]

    def __str__(self) -> str:
        return f"HTTP {self.status}, data {self.data}, errors {self.errors}"


class Person:
    """Somebody at a frontend of one school.

    Args:
        address: The server, such as ``http://127.0.0.1:8000``.
        slug: The school; sent as a header, as programs do that cannot resolve its host name.
        login: Who.
    """

    def __init__(self, address: str, slug: str, login: str) -> None:
        self.login = login
        self.slug = slug
        self._http = httpx.Client(
            base_url=address,
            headers={"origin": address, "x-homeroom-tenant": slug, "x-homeroom-csrf": "1"},
            timeout=120,
            trust_env=False,
        )

    def sign_in(self, password: str) -> httpx.Response:
        """Sign in; the session's cookie is kept. Gives the response, whatever it says."""
        response = self._http.post("/auth/login", json={"login": self.login, "password": password})
        # By hand: cookies are marked Secure, which browsers accept from localhost and a cookie jar does not.
        cookies = [
            f"{name}={morsel.value}"
            for header in response.headers.get_list("set-cookie")
            for name, morsel in SimpleCookie(header).items()
        ]
        if cookies:
            self._http.headers["cookie"] = "; ".join(cookies)
        return response

    def ask(self, document: str, **variables: Any) -> Answer:
        """Send one GraphQL operation."""
        response = self._http.post("/graphql", json={"query": document, "variables": variables})
        try:
            body = response.json()
        except ValueError:
            body = {"errors": [{"message": response.text}]}
        return Answer(response.status_code, body)

    def send(self, document: str, files: Sequence[tuple[str, bytes]], path: str, **variables: Any) -> Answer:
        """Send one GraphQL operation with files.

        Args:
            document: The operation.
            files: Each file's name and content.
            path: Where they belong among the variables, such as ``input.evidence``.
            variables: With None in the place of the file, or a list of as many None as there are files.
        """
        place: Any = variables
        for step in path.split("."):
            place = place[step]
        named = [f"variables.{path}"] if place is None else [f"variables.{path}.{n}" for n in range(len(files))]
        response = self._http.post(
            "/graphql",
            data={
                "operations": json.dumps({"query": document, "variables": variables}),
                "map": json.dumps({str(number): [each] for number, each in enumerate(named)}),
            },
            files={str(n): (name, content, "application/octet-stream") for n, (name, content) in enumerate(files)},
        )
        return Answer(response.status_code, response.json())

    def page(self, path: str) -> httpx.Response:
        """Open a page."""
        return self._http.get(path)

    def elsewhere(self, slug: str) -> Person:
        """The same person with the same session, turned to another school."""
        other = Person(str(self._http.base_url).rstrip("/"), slug, self.login)
        if "cookie" in self._http.headers:
            other._http.headers["cookie"] = self._http.headers["cookie"]
        return other

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

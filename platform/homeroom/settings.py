"""The settings of one installation, read once from the environment.

Every setting is a variable ``HOMEROOM_<NAME>`` and a field of :class:`Settings`; nothing else in the house
reads the environment. The reference page of the documentation is made from :func:`describe`.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta

from homeroom.client_address import trusted_proxies
from homeroom.errors import ConfigurationError

__all__ = [
    "PREFIX",
    "SettingDoc",
    "Settings",
    "SettingsError",
    "default_data_dir",
    "describe",
    "plugin_prefix",
    "read_settings",
    "unknown_variables",
]

PREFIX = "HOMEROOM_"
#: The shortest secret that is worth the name, in characters (256 bits as base64 are 43).
_SECRET_LENGTH = 32
_SECRETS = frozenset(
    {"audit_key", "broker_url", "database_url", "mail_url", "metrics_token", "owner_database_url"}
    | {"previous_secret_key", "secret_key"}
)
#: Variables that other parts of the house read: of the tests, and of the ``run`` script.
_RESERVED = re.compile(r"HOMEROOM_(TEST_\w+|PYTHON)")

Read = TypeVar("Read", bound=msgspec.Struct)
Port = Annotated[int, Meta(ge=0, le=65535)]
Count = Annotated[int, Meta(ge=1, le=1024)]
Limit = Annotated[int, Meta(ge=1, le=1_000_000_000)]


class SettingsError(ConfigurationError):
    """A variable of the environment has a value that cannot be used.

    Args:
        variable: The name of the variable, such as ``HOMEROOM_PORT``.
        reason: What is wrong with it, as a half sentence.
    """

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"{variable}: {reason}")
        self.variable = variable
        self.reason = reason


def default_data_dir() -> Path:
    """Where an installation keeps its files unless told: ``.homeroom`` of a checkout, else in XDG's place."""
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file() and os.access(checkout, os.W_OK):
        return checkout / ".homeroom"
    xdg = os.environ.get("XDG_DATA_HOME", "")
    return (Path(xdg) if xdg else Path.home() / ".local" / "share") / "homeroom"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One installation's settings: immutable, complete and checked. Make one with :meth:`load`."""

    database_url: Annotated[
        str | None,
        Meta(
            description=(
                "How the application reaches PostgreSQL (15 to 18), as a role that owns nothing: "
                "`postgresql://homeroom_app:...@host/homeroom`. Unset: the embedded server is started."
            )
        ),
    ] = None
    owner_database_url: Annotated[
        str | None,
        Meta(
            description=(
                "How `homeroom migrate` and backups reach the same database, as the role that owns its "
                "tables. No other command reads it."
            )
        ),
    ] = None
    secret_key: Annotated[
        str | None,
        Meta(
            description=(
                "At least 32 characters that nobody can guess. It signs the context by which the database"
                " keeps schools apart; `homeroom migrate` stores it for the database, and every node "
                "needs the same one. The embedded server makes its own."
            )
        ),
    ] = None
    previous_secret_key: Annotated[
        str | None,
        Meta(
            description=(
                "While the secret key is being changed: the one that was used until now. What it has signed is"
                " accepted still. See `homeroom key`."
            )
        ),
    ] = None
    data_dir: Annotated[
        Path,
        Meta(
            description=(
                "Files of the installation that do not lie in the database. Default: `.homeroom` in a "
                "checkout, else `homeroom` in the XDG data folder."
            )
        ),
    ] = msgspec.field(default_factory=default_data_dir)
    files_dir: Annotated[
        Path | None,
        Meta(
            description=(
                "Where the contents of files lie that people gave their schools; back it up with the database."
                " Every node needs the same one. Default: `files` in the data folder."
            )
        ),
    ] = None
    max_upload: Annotated[int, Meta(ge=1, le=10_000_000_000, description="Bytes that a file may have at most.")] = (
        20_000_000
    )
    readers: Annotated[
        Count,
        Meta(
            description=(
                "Files of people that each server process reads at once, each in a process apart; one of a school at a"
                " time, the others wait."
            )
        ),
    ] = 2
    reading_seconds: Annotated[
        float,
        Meta(ge=1, le=3600, description="Seconds of processor time that reading one file may take."),
    ] = 6.0
    reading_memory: Annotated[
        int,
        Meta(ge=64_000_000, le=64_000_000_000, description="Bytes of memory that reading one file may take."),
    ] = 512_000_000
    breached_passwords: Annotated[
        Path | None,
        Meta(
            description=(
                "A file of leaked passwords that nobody may choose: SHA-1 digests in ascending order, one a line, as"
                " Have I Been Pwned gives them out (`digest:count`). Some thirty thousand of the commonest are"
                " refused without it."
            )
        ),
    ] = None
    audit_dir: Annotated[
        Path | None,
        Meta(
            description=(
                "Where the keyed heads of the audit are written, by which `homeroom audit verify` proves that nobody"
                " changed it in the database. Every node needs the same folder, and the database's server none of it."
                " Default: `audit` in the data folder."
            )
        ),
    ] = None
    audit_key: Annotated[
        str | None,
        Meta(
            description=(
                "At least 32 characters that nobody can guess and the database does not know: the key of the audit's"
                " heads. Unset: one is made, in a file beside them."
            )
        ),
    ] = None
    audit_seal_seconds: Annotated[
        float,
        Meta(
            gt=0, le=60, description="Seconds between two runs of a worker process that seal the audit's new entries."
        ),
    ] = 30.0
    embedded_dir: Annotated[
        Path | None,
        Meta(
            description=(
                "The folder of the embedded server's cluster. Default: `postgres` in the data folder, and"
                " for root a folder under `/var/lib/homeroom`, because the server never runs as root and "
                "may not reach the data folder."
            )
        ),
    ] = None
    embedded_user: Annotated[
        str | None,
        Meta(
            description=(
                "The system account that the embedded server runs as when root starts it. Default: "
                "`homeroom` if there is such an account, else `nobody`."
            )
        ),
    ] = None
    database_pool: Annotated[
        Count, Meta(description="Connections to PostgreSQL that each worker process keeps at most.")
    ] = 10
    host: Annotated[str, Meta(description="The address that `homeroom serve` listens on.")] = "127.0.0.1"
    port: Annotated[Port, Meta(description="The port that `homeroom serve` listens on; 0 takes a free one.")] = 8000
    workers: Annotated[Count, Meta(description="Server processes; one per core serves most requests.")] = 2
    server: Annotated[Literal["granian", "uvicorn"], Meta(description="The HTTP server; uvicorn is the fallback.")] = (
        "granian"
    )
    stop_timeout: Annotated[
        float,
        Meta(
            gt=0,
            le=600,
            description="Seconds that a stopping server has to finish its requests; then it is ended.",
        ),
    ] = 10.0
    stop_delay: Annotated[
        float,
        Meta(
            ge=0,
            le=600,
            description=(
                "Seconds between `/health/ready` saying no and the end of accepting connections: what a proxy needs to"
                " notice."
            ),
        ),
    ] = 0.0
    warm_seconds: Annotated[
        float,
        Meta(
            ge=0,
            le=600,
            description=(
                "Seconds that a starting server process may take to build the schemas of its schools before it listens"
                " and is ready; what is left then is built beside the first requests. 0: each is built when its school"
                " asks first."
            ),
        ),
    ] = 60.0
    run_dir: Annotated[
        Path | None,
        Meta(
            description=(
                "Where each server makes a folder for what its processes share while they run. Default: the system's"
                " folder for temporary files."
            )
        ),
    ] = None
    base_domain: Annotated[
        str,
        Meta(
            description=(
                "The domain under which each school has a host name of its own: school `a` answers at "
                "`a.<base domain>`."
            )
        ),
    ] = "localhost"
    account_page: Annotated[
        str,
        Meta(
            description=(
                "The path at each school's host name that mailed links lead to, for those who have a page of their own "
                "for lost passwords, addresses and invitations. The code stands in the fragment."
            )
        ),
    ] = "/welcome"
    public_scheme: Annotated[
        Literal["http", "https"],
        Meta(description="How browsers reach the server. Anything but a trial on one machine uses `https`."),
    ] = "http"
    trusted_proxies: Annotated[
        str,
        Meta(
            description=(
                "Networks or addresses of the reverse proxies in front of the server, with commas between them, such "
                "as `127.0.0.1, 10.1.0.0/24`; `unix` stands for proxies that connect over a Unix socket. They may name "
                "the client's address in the header of `HOMEROOM_PROXY_HEADER`; from everybody else that header is "
                "ignored. Without it, all clients behind a proxy count as one."
            )
        ),
    ] = ""
    proxy_header: Annotated[
        Literal["x-forwarded-for", "forwarded"],
        Meta(
            description=(
                "The header in which the trusted proxies name the client's address. Name the one that they set: they "
                "pass the other one on as the client wrote it."
            )
        ),
    ] = "x-forwarded-for"
    broker_url: Annotated[
        str | None,
        Meta(
            description=(
                "RabbitMQ, from which workers take the messages of jobs: `amqp://homeroom:...@host/vhost`. Commands "
                "put them into the database all the same, and workers carry them over. Unset: PostgreSQL is the queue."
            )
        ),
    ] = None
    mail_url: Annotated[
        str | None,
        Meta(
            description=(
                "The server that takes mail: `smtp://user:password@host:587` (with STARTTLS, or nothing is sent), "
                "`smtps://user:password@host:465`, or `smtp://host:25?tls=none` for a relay of your own. Unset: "
                "mails are held until it is set."
            )
        ),
    ] = None
    mail_from: Annotated[
        str | None, Meta(description="The address that mails come from; needed with `HOMEROOM_MAIL_URL`.")
    ] = None
    mail_timeout: Annotated[
        float, Meta(ge=1, le=100, description="Seconds that the mail server may take for one answer.")
    ] = 20.0
    job_threads: Annotated[Count, Meta(description="Jobs that one worker process runs at the same time.")] = 4
    password_hashers: Annotated[
        Count,
        Meta(
            description=(
                "Passwords that one process checks at the same time: each takes 19 MiB and about a tenth "
                "of a second, so that more would let a flood of logins starve everybody."
            )
        ),
    ] = 2
    login_failures: Annotated[
        Limit,
        Meta(
            description=(
                "Wrong passwords that may come from one client address in a quarter of an hour, for all logins "
                "together. Errors of those who sign in afterwards are not counted, and browsers that have signed in "
                "before are not held up. Behind a proxy it needs `HOMEROOM_TRUSTED_PROXIES`."
            )
        ),
    ] = 300
    confirmation_minutes: Annotated[
        int,
        Meta(
            ge=1,
            le=720,
            description=(
                "Minutes for which a session counts as confirmed after its password was given. Commands that give "
                "somebody more access need that, and ask for the password again afterwards."
            ),
        ),
    ] = 15
    read_seconds: Annotated[
        float,
        Meta(
            gt=0,
            le=600,
            description="Seconds after which PostgreSQL gives up the statement of a query.",
        ),
    ] = 5.0
    statement_seconds: Annotated[
        float,
        Meta(
            gt=0,
            le=3600,
            description="Seconds after which PostgreSQL gives up a statement of a command or a job.",
        ),
    ] = 30.0
    graphql_max_body: Annotated[Limit, Meta(description="Bytes of a GraphQL request, files apart.")] = 1_000_000
    graphql_max_tokens: Annotated[Limit, Meta(description="Tokens of a GraphQL document.")] = 2_500
    graphql_max_depth: Annotated[
        Annotated[int, Meta(ge=1, le=60)],
        Meta(description="Selection sets within one another in an operation; a list takes two or three of them."),
    ] = 30
    graphql_max_root_fields: Annotated[
        Limit, Meta(description="Root fields of an operation; each one of a mutation is a transaction.")
    ] = 20
    graphql_max_aliases: Annotated[
        Limit, Meta(description="Fields with an alias in a document, fragments unfolded.")
    ] = 100
    graphql_max_directives: Annotated[Limit, Meta(description="Directives in a document, fragments unfolded.")] = 100
    graphql_max_fields: Annotated[
        Limit, Meta(description="Fields and conditions of an operation as it is carried out.")
    ] = 2_000
    graphql_max_cost: Annotated[
        Limit,
        Meta(
            description=(
                "Objects that the answer to an operation could have, were every list as long as the page that is "
                "asked for."
            )
        ),
    ] = 1_000_000
    graphql_new_documents: Annotated[
        Limit,
        Meta(
            description=(
                "GraphQL documents a second that one account may send to one process without anybody having sent them "
                "before; twenty seconds' worth can be saved up. Long ones count more, refused ones ten times."
            )
        ),
    ] = 10
    custom_schemas: Annotated[
        Count,
        Meta(
            description=(
                "Schemas of schools with fields of their own that one process keeps, at most some MiB each; one that "
                "is not kept is made anew in some hundredths of a second when its school asks again."
            )
        ),
    ] = 32
    graphql_max_page: Annotated[Limit, Meta(description="Rows of a page that a client may ask for.")] = 500
    graphql_max_files: Annotated[Count, Meta(description="Files that one GraphQL request may bring.")] = 10
    graphql_max_subscriptions: Annotated[
        Limit,
        Meta(
            description=(
                "Sockets that one account may have in one process, and operations that it may have under way over "
                "them, subscriptions above all."
            )
        ),
    ] = 50
    graphql_init_seconds: Annotated[
        float,
        Meta(gt=0, le=600, description="Seconds in which a WebSocket must begin with `connection_init`."),
    ] = 10.0
    graphql_documents: Annotated[
        Literal["any", "listed"],
        Meta(
            description=(
                "Which GraphQL documents are answered: any, or only those on a list, which are the files of "
                "`HOMEROOM_GRAPHQL_DOCUMENTS_PATH` and what a school has registered. Whoever has the right "
                "`graphql.unlisted` may send others."
            )
        ),
    ] = "any"
    graphql_documents_path: Annotated[
        Path | None,
        Meta(
            description=(
                "A file or a folder of GraphQL documents that clients may ask for by their hash: `.graphql` files, "
                "and `.json` files that map hashes to documents, as the Relay compiler writes them."
            )
        ),
    ] = None
    webhook_networks: Annotated[
        str,
        Meta(
            description=(
                "Networks of your own to which webhooks may be sent, such as `10.1.0.0/16`, with commas between them; "
                "there `http` will do. Elsewhere they go to public addresses by `https` alone."
            )
        ),
    ] = ""
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="The least severe line that is logged."),
    ] = "info"
    log_format: Annotated[
        Literal["console", "json"], Meta(description="Log lines for a person, or one JSON object a line.")
    ] = "console"

    access_log: Annotated[
        Literal["all", "problems", "off"],
        Meta(
            description=(
                "Which requests get a line in the log, at the level `info`: all, those that are answered by 400 or "
                "more or take longer than a second, or none."
            )
        ),
    ] = "all"
    metrics_token: Annotated[
        str | None,
        Meta(
            description=(
                "At least 32 characters that Prometheus sends as a bearer token to read `/metrics`. Unset: there is "
                "no such route, and nothing is counted."
            )
        ),
    ] = None
    trace_endpoint: Annotated[
        str | None,
        Meta(
            description=(
                "Where OpenTelemetry traces go by OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`; needs "
                "`homeroom[tracing]`. Unset: there are no traces."
            )
        ),
    ] = None
    trace_share: Annotated[
        float,
        Meta(ge=0, le=1, description="The share of requests that are traced, unless whoever asks has decided that."),
    ] = 1.0

    def __post_init__(self) -> None:
        for name in ("database_url", "owner_database_url"):
            url = getattr(self, name)
            if url is not None and not re.match(r"postgres(ql)?://", url):
                raise SettingsError(PREFIX + name.upper(), "expected a URL that starts with postgresql://")
        if self.broker_url is not None and not re.match(r"amqps?://", self.broker_url):
            raise SettingsError(f"{PREFIX}BROKER_URL", "expected a URL that starts with amqp:// or amqps://")
        if self.mail_url is not None and not re.match(r"smtps?://", self.mail_url):
            raise SettingsError(f"{PREFIX}MAIL_URL", "expected a URL that starts with smtp:// or smtps://")
        if self.mail_url is not None and not re.fullmatch(r"[\x21-\x3f\x41-\x7e]+@[a-z0-9.-]+", self.mail_from or ""):
            raise SettingsError(f"{PREFIX}MAIL_FROM", "expected an address such as office@schools.example")
        for name in ("secret_key", "previous_secret_key", "audit_key", "metrics_token"):
            secret = getattr(self, name)
            if secret is not None and len(secret) < _SECRET_LENGTH:
                raise SettingsError(PREFIX + name.upper(), f"expected at least {_SECRET_LENGTH} characters")
        if self.audit_key is not None and self.audit_key == self.secret_key:
            raise SettingsError(f"{PREFIX}AUDIT_KEY", "must not be the secret key, which the database knows")
        if self.trace_endpoint is not None and not re.match(r"https?://", self.trace_endpoint):
            raise SettingsError(f"{PREFIX}TRACE_ENDPOINT", "expected a URL that starts with http:// or https://")
        try:
            for each in filter(None, self.webhook_networks.replace(" ", "").split(",")):
                ipaddress.ip_network(each)
        except ValueError as error:
            raise SettingsError(f"{PREFIX}WEBHOOK_NETWORKS", str(error)) from None
        try:
            trusted_proxies(self.trusted_proxies, self.proxy_header)
        except ConfigurationError as error:
            raise SettingsError(f"{PREFIX}TRUSTED_PROXIES", str(error)) from None
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", self.base_domain):
            raise SettingsError(f"{PREFIX}BASE_DOMAIN", "expected a domain in lower case, without a port")

    def __repr__(self) -> str:
        """Every field; secrets are only said to be set, so that settings may be logged."""
        shown = (
            f"{name}={'***' if name in _SECRETS and value is not None else repr(value)}"
            for name, value in msgspec.structs.asdict(self).items()
        )
        return f"Settings({', '.join(shown)})"

    def __rich_repr__(self) -> Any:
        for name, value in msgspec.structs.asdict(self).items():
            yield name, "***" if name in _SECRETS and value is not None else value

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from an environment; an empty variable counts as unset.

        Args:
            environ: The variables; by default those of this process.

        Raises:
            SettingsError: A variable has a value that cannot be used; the error names it.
        """
        return read_settings(cls, PREFIX, environ)

    def environment(self) -> dict[str, str]:
        """The variables from which :meth:`load` makes equal settings, for processes that this one starts."""
        return {
            PREFIX + name.upper(): str(value)
            for name, value in msgspec.structs.asdict(self).items()
            if value is not None
        }


def read_settings(kind: type[Read], prefix: str, environ: Mapping[str, str] | None = None) -> Read:
    """Read settings from an environment; an empty variable counts as unset.

    Args:
        kind: What they are: those of the installation, or those that a plugin declares.
        prefix: What the names of their variables begin with.
        environ: The variables; by default those of this process.

    Raises:
        SettingsError: A variable has a value that cannot be used, or one that is needed is unset; the error names it.
    """
    environ = os.environ if environ is None else environ
    given = {
        name: value for name in kind.__struct_fields__ if (value := environ.get(prefix + name.upper(), "").strip())
    }
    try:
        return msgspec.convert(given, kind, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$.")
        if not path and (missing := re.fullmatch(r"Object missing required field `(\w+)`", reason)):
            raise SettingsError(prefix + missing[1].upper(), "unset") from None
        name = path.rstrip("`")
        secret = any(doc.field == name and doc.secret for doc in describe(kind, prefix))
        shown = "" if secret else f" (got {environ.get(prefix + name.upper())!r})"
        raise SettingsError(prefix + (name.upper() or "*"), reason[:1].lower() + reason[1:] + shown) from None


def plugin_prefix(plugin: str) -> str:
    """What the variables of a plugin's settings begin with: ``HOMEROOM_MAILBOX_``."""
    return f"{PREFIX}{plugin.upper()}_"


def _decode(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value).expanduser().absolute()
    raise TypeError(f"no setting has the type {kind}")  # pragma: no cover - a mistake in this file


@dataclass(frozen=True, slots=True)
class SettingDoc:
    """One line of the reference.

    Args:
        variable: The name in the environment.
        field: The name in :class:`Settings`.
        kind: What values it takes, for a reader.
        default: The default as one would write it, or an empty text.
        description: What it does, in Markdown.
        secret: Whether its value is never shown.
    """

    variable: str
    field: str
    kind: str
    default: str
    description: str
    secret: bool = False


def describe(kind: type[msgspec.Struct] = Settings, prefix: str = PREFIX) -> tuple[SettingDoc, ...]:
    """Every setting, in the order of the class.

    Args:
        kind: Those of the installation, or those that a plugin declares.
        prefix: What the names of their variables begin with.

    Raises:
        ConfigurationError: A setting has no description.
    """
    hints = get_type_hints(kind, include_extras=True)
    docs = []
    for field in msgspec.structs.fields(kind):
        values, *notes = get_args(hints[field.name]) or (hints[field.name],)
        metas = [note for note in notes if isinstance(note, Meta)]
        default = "" if field.default is msgspec.NODEFAULT or field.default is None else str(field.default)
        description = next((note.description for note in metas if note.description), None)
        if description is None:
            raise ConfigurationError(f"the setting {kind.__name__}.{field.name} has no description")
        secret = (kind is Settings and field.name in _SECRETS) or any(
            (note.extra or {}).get("secret") for note in metas
        )
        docs.append(SettingDoc(prefix + field.name.upper(), field.name, _kind(values), default, description, secret))
    return tuple(docs)


def _kind(kind: Any) -> str:
    options = get_args(kind)
    if options and all(isinstance(option, str) for option in options):
        return " or ".join(f"`{option}`" for option in options)
    first = next((option for option in options if option is not type(None)), kind)
    return {int: "whole number", float: "number", Path: "path"}.get(first, "text")


def unknown_variables(
    environ: Mapping[str, str] | None = None, plugins: Mapping[str, type[msgspec.Struct]] | None = None
) -> list[tuple[str, str | None]]:
    """Variables that start like settings but are none, each with the setting it may have been meant as.

    Args:
        environ: The variables; by default those of this process.
        plugins: Plugin to the settings that it declares.
    """
    known = {PREFIX + name.upper() for name in Settings.__struct_fields__}
    for plugin, kind in (plugins or {}).items():
        known |= {plugin_prefix(plugin) + name.upper() for name in kind.__struct_fields__}
    environ = os.environ if environ is None else environ
    return [
        (name, next(iter(difflib.get_close_matches(name, known, n=1)), None))
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known and not _RESERVED.fullmatch(name)
    ]

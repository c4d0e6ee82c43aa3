"""Settings come from the environment, are complete, and refuse what cannot be used by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import pytest
from click.testing import CliRunner

from homeroom.cli.settings import command
from homeroom.plugins import Plugin, PluginRegistry
from homeroom.settings import Settings, SettingsError, describe, plugin_prefix, unknown_variables


def test_an_empty_environment_gives_usable_settings() -> None:
    settings = Settings.load({})
    assert ("127.0.0.1", 8000, "granian") == (settings.host, settings.port, settings.server)
    assert settings.database_url is None


def test_values_are_read_by_type_and_an_empty_one_is_unset() -> None:
    settings = Settings.load(
        {
            "HOMEROOM_PORT": "0",
            "HOMEROOM_DATA_DIR": "/srv/h",
            "HOMEROOM_STOP_TIMEOUT": "2.5",
            "HOMEROOM_HOST": " ",
        }
    )
    assert (0, Path("/srv/h"), 2.5) == (settings.port, settings.data_dir, settings.stop_timeout)
    assert "127.0.0.1" == settings.host


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HOMEROOM_PORT", "many"),
        ("HOMEROOM_PORT", "65536"),
        ("HOMEROOM_WORKERS", "0"),
        ("HOMEROOM_SERVER", "gunicorn"),
        ("HOMEROOM_STOP_TIMEOUT", "-1"),
        ("HOMEROOM_DATABASE_URL", "mysql://x"),
        ("HOMEROOM_OWNER_DATABASE_URL", "x"),
        ("HOMEROOM_SECRET_KEY", "short"),
        ("HOMEROOM_BASE_DOMAIN", "Example.org:80"),
    ],
)
def test_a_bad_value_is_refused_with_the_name_of_its_variable(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({variable: value})
    assert variable == caught.value.variable
    assert str(caught.value).startswith(f"{variable}: ")


def test_a_refused_secret_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({"HOMEROOM_SECRET_KEY": "swordfish"})
    assert "swordfish" not in str(caught.value)


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    url = "postgresql://homeroom_app:swordfish@db/homeroom"
    settings = Settings.load({"HOMEROOM_DATABASE_URL": url, "HOMEROOM_SECRET_KEY": "swordfish" * 5})
    assert "swordfish" not in repr(settings)
    assert url == settings.database_url


def test_settings_go_through_the_environment_unchanged() -> None:
    settings = Settings.load({"HOMEROOM_PORT": "81", "HOMEROOM_LOG_FORMAT": "json", "HOMEROOM_EMBEDDED_DIR": "/x"})
    assert settings == Settings.load(settings.environment())


def test_every_setting_is_described() -> None:
    docs = {doc.variable: doc for doc in describe()}
    assert set(docs) == {f"HOMEROOM_{name.upper()}" for name in Settings.__struct_fields__}
    assert all(len(doc.description) > 20 for doc in docs.values())
    assert ("whole number", "8000") == (docs["HOMEROOM_PORT"].kind, docs["HOMEROOM_PORT"].default)
    assert "`granian` or `uvicorn`" == docs["HOMEROOM_SERVER"].kind
    assert "text" == docs["HOMEROOM_DATABASE_URL"].kind


def test_a_misspelt_variable_is_found() -> None:
    assert unknown_variables({"HOMEROOM_PROT": "1", "HOMEROOM_TEST_DATABASE_URL": "x", "HOMEROOM_PORT": "1"}) == [
        ("HOMEROOM_PROT", "HOMEROOM_PORT")
    ]


class MailboxSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a plugin reads from the environment."""

    inbox: Annotated[str, msgspec.Meta(description="The folder that is read.")] = "INBOX"
    minutes: Annotated[int, msgspec.Meta(ge=1, le=60, description="Minutes between two looks.")] = 5
    password: Annotated[str | None, msgspec.Meta(description="Of the account.", extra={"secret": True})] = None


class MailboxPlugin(Plugin):
    """Reads a mailbox."""

    name = "mailbox"
    title = "Mailbox"
    settings = MailboxSettings


def registry_with(settings: type[msgspec.Struct] = MailboxSettings) -> PluginRegistry:
    """A registry with the plugin alone."""
    made = MailboxPlugin()
    made.settings = settings  # type: ignore[misc]
    return PluginRegistry.discover([made], installed=False)


def test_a_plugin_declares_settings_of_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEROOM_MAILBOX_MINUTES", "15")
    monkeypatch.setenv("HOMEROOM_MAILBOX_PASSWORD", "swordfish")
    registry = registry_with()
    assert MailboxSettings(minutes=15, password="swordfish") == registry.settings["mailbox"]
    docs = {doc.variable: doc for doc in describe(MailboxSettings, plugin_prefix("mailbox"))}
    assert ("whole number", "5", False) == (
        (minutes := docs["HOMEROOM_MAILBOX_MINUTES"]).kind,
        minutes.default,
        minutes.secret,
    )
    assert docs["HOMEROOM_MAILBOX_PASSWORD"].secret
    assert [] == unknown_variables({"HOMEROOM_MAILBOX_INBOX": "x"}, registry.declared_settings())
    ((unknown, _),) = unknown_variables({"HOMEROOM_MAILBOX_INBOX": "x"})
    assert "HOMEROOM_MAILBOX_INBOX" == unknown


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("HOMEROOM_MAILBOX_MINUTES", "61", "HOMEROOM_MAILBOX_MINUTES: expected `int` <= 60 (got '61')"),
        ("HOMEROOM_MAILBOX_MINUTES", "often", "HOMEROOM_MAILBOX_MINUTES: "),
    ],
)
def test_a_bad_value_quarantines_the_plugin(
    variable: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    (quarantined,) = registry_with().quarantined
    assert reason in quarantined.reason


def test_declarations_that_cannot_be_are_named() -> None:
    needed = msgspec.defstruct(
        "Needed", [("server", Annotated[str, msgspec.Meta(description="Where it is.")])], kw_only=True
    )
    unsaid = msgspec.defstruct("Unsaid", [("server", str, "x")], kw_only=True)
    for settings, reason in ((needed, "HOMEROOM_MAILBOX_SERVER: unset"), (unsaid, "Unsaid.server has no description")):
        (quarantined,) = registry_with(settings).quarantined
        assert reason in quarantined.reason


def test_the_command_line_shows_settings_of_plugins_and_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEROOM_MAILBOX_PASSWORD", "swordfish")
    registry = registry_with()
    monkeypatch.setattr("homeroom.cli.settings.PluginRegistry.discover", lambda: registry)
    shown = CliRunner().invoke(command, []).output
    assert "HOMEROOM_MAILBOX_INBOX=INBOX\n" in shown
    assert "HOMEROOM_MAILBOX_PASSWORD=***\n" in shown
    assert "swordfish" not in shown
    assert "| `HOMEROOM_MAILBOX_MINUTES` | whole number | `5` |" in CliRunner().invoke(command, ["--reference"]).output

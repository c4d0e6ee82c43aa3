"""Templates: Jinja with autoescape, in which every missing name is an error."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound

from homeroom.languages import decimal_sign, written
from homeroom.parts import plugin_package
from homeroom_console.assets import Assets
from homeroom_console.forms.hints import prose_of
from homeroom_console.icons import icon
from homeroom_console.live import live
from homeroom_console.shell import LANGUAGE_NAMES
from homeroom_console.showing.values import name_of, row_address, shown, value_label
from homeroom_console.speech import anonymous_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from homeroom.host import Host
    from homeroom.plugins import PluginRegistry
    from homeroom_console.reader import Reader

__all__ = ["Renderer"]

_TEMPLATES: Final = Path(__file__).parent / "templates"


class _Files(BaseLoader):
    """Finds ``console/list.html`` here, and ``gradebook/pages/book.html`` in the package of a plugin.

    Args:
        registry: The plugins.
    """

    def __init__(self, registry: PluginRegistry) -> None:
        self._registry = registry

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The text of a template."""
        plugin, _, name = template.partition("/")
        # The templates of the console's own widgets lie beside their queries, as those of all plugins do.
        own = plugin == "console" and not name.startswith("pages/")
        folder = _TEMPLATES if own else self._folder(plugin)
        path = folder / name if folder is not None else None
        if path is None or ".." in name or not path.is_file():
            raise TemplateNotFound(template)
        return path.read_text("utf-8"), str(path), lambda: True

    def _folder(self, plugin: str) -> Path | None:
        found = self._registry.plugins.get(plugin)
        return None if found is None else package_folder(found)


def package_folder(plugin: object) -> Path:
    """The folder of a plugin's package."""
    import sys

    file = sys.modules[plugin_package(plugin)].__file__
    assert file is not None
    return Path(file).parent


def _plain(value: Any) -> Any:
    """What an expression of a template becomes: null, such as a field that the reader may not see, is no text."""
    return "" if value is None else value


class Renderer:
    """Renders the templates of one host.

    Args:
        host: The host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.assets = Assets(
            (plugin, file)
            for hook in ("pages", "widgets")
            for plugin, found in host.hooks.collect_by_plugin(hook)
            for each in found
            for file in (*each.modules, *getattr(each, "styles", ()))
        )
        self._environment = Environment(
            loader=_Files(host.registry),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_plain,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(asset=self.assets.address, icon=icon, languages=LANGUAGE_NAMES)

    def template_of(self, plugin: str, path: Path) -> str:
        """The name of a plugin's template.

        Args:
            plugin: The plugin.
            path: The file, within the plugin's package.
        """
        folder = package_folder(self._host.registry.plugins[plugin])
        return f"{plugin}/{path.resolve().relative_to(folder.resolve()).as_posix()}"

    def page(self, template: str, reader: Reader, plugin: str = "console", **values: Any) -> str:
        """A template for a reader.

        Args:
            template: Its name: ``console/list.html``.
            reader: Who reads.
            plugin: Whose texts ``t`` translates.
            values: What the template shows.
        """
        return self._environment.get_template(template).render(**for_reader(reader, plugin), **values)

    def anonymous(self, name: str, language: str, **values: Any) -> str:
        """A template for somebody who is not signed in.

        Args:
            name: Of the template.
            language: In which language.
            values: What the template shows.
        """

        def t(text: str, **given: Any) -> str:
            return anonymous_text(text, language).format(**given) if given else anonymous_text(text, language)

        return self._environment.get_template(name).render(t=t, language=language, reader=None, **values)


def for_reader(reader: Reader, plugin: str) -> dict[str, Any]:
    """What every template for a reader knows."""

    def t(text: str, **given: Any) -> str:
        said = reader.text(text, plugin)
        return said.format(**given) if given else said

    def day(value: str | None) -> str:
        from datetime import date, datetime

        if not value:
            return ""
        if "T" in value:
            return written(datetime.fromisoformat(value).astimezone(reader.space.time_zone), reader.language)
        return written(date.fromisoformat(value), reader.language)

    def number(value: Any) -> str:
        """A number with the decimal sign of the reader's language and without zeros at its end."""
        text = "" if value is None else str(value)
        if text.removeprefix("-").replace(".", "", 1).isdecimal() and "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.replace(".", decimal_sign(reader.language))

    def job_title(name: str) -> str:
        job = reader.variant.jobs.get(name)
        given_by = reader.variant.given_by.get(f"jobs.{name}", "")
        return name if job is None else reader.labels.job(job, given_by)

    return {
        "reader": reader,
        "brand": reader.brand,
        "language": reader.language,
        "t": t,
        "day": day,
        "number": number,
        # A list that the reader may not see is null.
        "rows_of": lambda found: found["nodes"] if found else [],
        "shown": lambda field, value, within="": shown(reader, field, value, within),
        "named": lambda noun, row: name_of(reader, noun, row),
        "address_of": row_address,
        "may": reader.may,
        "label_in": lambda noun, name, value: value_label(reader, noun, name, value),
        "job_title": job_title,
        "plainly": lambda text, label="": prose_of(reader, text, label),
        "live": lambda field, **about: live(reader, field, about),
    }

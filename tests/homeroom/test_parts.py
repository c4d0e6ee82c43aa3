"""Parts of plugins: found by their names in the plugin's package, and refused by name where they are misspelt."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from homeroom import Plugin
from homeroom.errors import ConfigurationError, HookError, PluginError
from homeroom.hooks import Hooks
from homeroom.plugins import PluginRegistry

PLUGIN = """
from homeroom import Plugin, Rule, hookimpl

class Shed(Plugin):
    name = "shed"
    title = "Shed"
    {body}

plugin = Shed()
"""
HOOKSPECS = """
from homeroom.hookspecs import hookspec
from homeroom.parts import part

@hookspec
@part("handles.HANDLES")
def handles():
    pass
"""
RULES = 'from homeroom import Rule\nRULES = (Rule("teacher", "Spade"),)\n'

Make = Callable[..., Plugin]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes a plugin from the files of its package: names of modules to what they hold."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def made(body: str = "", **modules: str) -> Plugin:
        package = tmp_path / "shed_package"
        package.mkdir()
        for name, source in {"__init__": "", "plugin": PLUGIN.format(body=body), **modules}.items():
            place = package / f"{name}.py"
            place.parent.mkdir(exist_ok=True)
            place.write_text(source)
        found: Plugin = importlib.import_module("shed_package.plugin").plugin
        return found

    yield made
    for name in [each for each in sys.modules if each.split(".")[0] == "shed_package"]:
        del sys.modules[name]


def discover(plugin: Plugin) -> PluginRegistry:
    """A registry of this one."""
    return PluginRegistry.discover([plugin], installed=False)


def reasons(registry: PluginRegistry) -> list[str]:
    """Why plugins are quarantined."""
    return [each.reason for each in registry.quarantined]


def test_a_plugin_gives_what_lies_in_its_package_by_the_names_of_parts(make: Make) -> None:
    routes = "def routes(host):\n    return [host]\n"
    plugin = make(permissions=RULES, routes=routes, **{"migrations/__init__": ""}, hookspecs=HOOKSPECS)
    hooks = Hooks(discover(plugin))
    assert [each.role for each in hooks.collect("rules")] == ["teacher"]
    assert hooks.collect("role_titles") == []  # permissions.py may give rules alone
    assert hooks.collect("routes", host="the host") == ["the host"]
    assert hooks.collect("commands") == []
    assert plugin.migrations == "shed_package.migrations"
    assert [each.__name__ for each in plugin.hookspecs] == ["shed_package.hookspecs"]


def test_the_same_plugin_can_be_discovered_again(make: Make) -> None:
    plugin = make(permissions=RULES)
    discover(plugin)
    assert [each.role for each in Hooks(discover(plugin)).collect("rules")] == ["teacher"]


def test_a_hook_of_the_class_wins(make: Make) -> None:
    body = """
    @hookimpl
    def rules(self):
        return [Rule("principal", "Spade")]
    """
    hooks = Hooks(discover(make(body, permissions="RIGHTS = {'shed.open': 'Opens it.'}")))
    assert [each.role for each in hooks.collect("rules")] == ["principal"]
    assert hooks.collect("rights") == [("shed.open", "Opens it.")]


@pytest.mark.parametrize(
    ("module", "part"),
    [("comands", "commands"), ("refusal", "refusals"), ("table", "tables"), ("resource", "resources")],
)
def test_a_module_whose_name_is_misspelt_keeps_the_plugin_from_starting(make: Make, module: str, part: str) -> None:
    registry = discover(make(**{module: ""}))
    reason = f"fails its checks: shed_package has a module {module}, which should be called {part}"
    assert reasons(registry) == [reason]
    assert registry.plugins == {}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("RULLES = ()", "shed_package.permissions has RULLES, which should be called RULES"),
        ("ALL = ()", "shed_package.permissions has no RIGHTS and no ROLE_TITLES and no RULES"),
    ],
)
def test_a_module_without_its_constant_is_an_error(make: Make, source: str, reason: str) -> None:
    with pytest.raises(HookError) as caught:
        Hooks(discover(make(permissions=source))).collect("rules")
    assert isinstance(caught.value.__cause__, ConfigurationError)
    assert str(caught.value.__cause__) == reason


def test_an_error_in_a_part_names_the_line_of_the_plugin(make: Make) -> None:
    notices = (
        "from homeroom.recipients import everybody, holders_of\n\nheld = everybody(holders_of('a')).through(None)\n"
    )
    with pytest.raises(HookError, match=r"AttributeError: .* \(.*shed_package/notices\.py:3\)$"):
        Hooks(discover(make(notices=notices))).collect("notice_kinds")


def test_a_plugin_names_modules_that_are_no_parts(make: Make) -> None:
    body = "not_parts = frozenset({'documents', 'job'})"
    registry = discover(make(body, documents="", job="", permissions=RULES))
    assert reasons(registry) == []
    assert Hooks(registry).collect("documents") == []


def test_a_class_outside_a_module_called_plugin_has_no_parts() -> None:
    class Plain(Plugin):
        name = "plain"
        title = "Plain"

    assert Plain.migrations is None
    assert Hooks(discover(Plain())).collect("commands") == []


TABLES = """
from homeroom.columns import in_use, number, text, translated, version
from homeroom.database.tables import SchoolTable, belongs_to

class Spade(SchoolTable, tablename="shed_spade"):
    "A spade."
    shed_id = belongs_to("student")
    code = text(9, "Short.")
    width = number(1, 99, "In centimetres.", null=True)
    name = translated(text(40, "As people call it."))
    active = in_use()
    version = version()
    unique = (("shed_id", "code"),)
"""
NOUNS = """
from homeroom.nouns import ordinary
from shed_package.tables import Spade
NOUNS = (ordinary(Spade, "shed.spade", run_by=("principal",), read_by=("teacher",), nobody="tools",
    import_by="code"),)
"""


def test_an_ordinary_noun_adds_to_the_parts_that_lie_beside_it(make: Make) -> None:
    commands = "from shed_package.nouns import NOUNS\nCOMMANDS = (NOUNS[0].noun.create('Buy one.', verb='buy'),)\n"
    plugin = make(tables=TABLES, nouns=NOUNS, commands=commands)
    hooks = Hooks(discover(plugin))
    names = [f"shed.spade.{verb}" for verb in ("buy", "create", "change", "retire", "remove", "import")]
    assert names == [each.name for each in hooks.collect("commands")]
    assert ["buy_spade", "create_spade"] == [each.function.__name__ for each in hooks.collect("commands")][:2]
    (shown,) = hooks.collect("resources")
    assert ("Spade", "spades", {"school": "TRUE"}) == (shown.name, shown.plural, shown.scopes)
    assert ("shed", "code", "width", "active") == shown.filters
    assert (("code", "width"), ("code",)) == (shown.order, shown.default_order)
    rules = [("principal", "Spade", "read"), ("teacher", "Spade", "read"), ("principal", "shed.spade.*", "run")]
    assert rules == [(each.role, each.object, each.action) for each in hooks.collect("rules")]
    assert [("shed_spade", "tools")] == [(each.name, each.why_nobody) for each in hooks.collect("personal_data")]


def test_nouns_are_refused_where_the_plugin_has_a_hook_for_what_they_add(make: Make) -> None:
    registry = discover(make("@hookimpl\n    def commands(self): return ()", tables=TABLES, nouns=NOUNS))
    assert "shed_package has a module nouns, so it gives commands.COMMANDS and no hook commands" in reasons(registry)[0]


def test_a_module_of_nouns_without_nouns_is_named(make: Make) -> None:
    hooks = Hooks(discover(make(nouns="NOUN = ()\n")))
    with pytest.raises(HookError, match=r"shed_package\.nouns has NOUN, which should be called NOUNS"):
        hooks.collect("rules")


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        ("{'lend': print}", r"then=\['lend'\] are no verbs of it; its verbs are create, change, retire, remove"),
        ("print", ""),
    ],
)
def test_what_follows_is_of_all_verbs_or_of_a_verb_that_there_is(make: Make, then: str, reason: str) -> None:
    nouns = NOUNS.replace("import_by=", f"then={then}, import_by=")
    hooks = Hooks(discover(make(tables=TABLES, nouns=nouns)))
    if not reason:
        assert hooks.collect("commands")
        return
    with pytest.raises(HookError, match=reason):
        hooks.collect("commands")


# Modules in the folder `on` ---------------------------------------------------------------------------------

CREATED = "async def space_created(options):\n    options['made'] = True\n"


async def test_a_module_of_the_folder_on_implements_the_hook_of_its_name(make: Make) -> None:
    plugin = make(**{"on/__init__": "", "on/space_created": CREATED})
    hooks = Hooks(discover(plugin))
    assert "shed_package.on.space_created" not in sys.modules  # a hook that nobody calls costs no import
    options: dict[str, bool] = {}
    await hooks.each("space_created", context=None, options=options)
    assert options == {"made": True}


@pytest.mark.parametrize(
    ("hook", "source", "reason"),
    [
        ("space_creatd", "async def space_creatd(): ...\n", "there is no hook space_creatd; is it space_created?"),
        ("commands", "", "the hook commands has the part commands.COMMANDS, and no module in on"),
        ("event", "async def event(): ...\n", "the plugin's class implements the hook event too"),
    ],
)
def test_a_module_of_the_folder_on_that_is_no_hook_keeps_the_plugin_from_starting(
    make: Make, hook: str, source: str, reason: str
) -> None:
    body = "@hookimpl\n    async def event(self, event): ..."
    registry = discover(make(body, **{"on/__init__": "", f"on/{hook}": source}))
    assert reasons(registry) == [f"fails its checks: shed_package.on.{hook}: {reason}"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("async def created(): ...\n", "has no function space_created"),
        ("async def space_created(space): ...\n", ": the hook space_created has no argument space"),
        ("def space_created(context): ...\n", ": the hook space_created must be async, as its specification is"),
    ],
)
def test_a_wrong_function_in_the_folder_on_is_found_when_a_host_starts(make: Make, source: str, reason: str) -> None:
    hooks = Hooks(discover(make(**{"on/__init__": "", "on/space_created": source})))
    with pytest.raises(PluginError) as caught:
        hooks.load()
    assert caught.value.plugin == "shed"
    assert reason in str(caught.value)


def test_a_hook_of_a_plugin_that_is_not_there_may_be_offered(make: Make) -> None:
    source = "from homeroom import hookimpl\n\n@hookimpl(optionalhook=True)\nasync def shed_burnt(cause): ...\n"
    assert reasons(discover(make(**{"on/__init__": "", "on/shed_burnt": source}))) == []


def test_a_package_of_commands_needs_no_list_of_them(make: Make) -> None:
    source = (
        "from homeroom import command\n\n@command('shed.{0}.{1}')\nasync def {1}_{0}(context) -> None:\n    'Do it.'\n"
    )
    plugin = make(
        **{
            "commands/__init__": "",
            "commands/rakes": source.format("rake", "mend") + "\n_own = mend_rake\n",
            "commands/boxes": "from shed_package.commands.rakes import mend_rake\n" + source.format("box", "shut"),
        }
    )
    assert [each.name for each in Hooks(discover(plugin)).collect("commands")] == ["shed.rake.mend", "shed.box.shut"]


def test_a_package_gives_what_its_modules_hold_of_a_type_each_once(make: Make) -> None:
    plugin = make(
        **{
            "permissions/__init__": "from homeroom import Rule\nfrom homeroom.parts import values_in\n"
            "RULES = values_in(__name__, Rule)\n",
            "permissions/yard": "from homeroom import Rule\n"
            "SPADE = Rule('teacher', 'Spade')\n_OWN = Rule('teacher', 'Own')\n",
            "permissions/attic": "from homeroom import Rule\nfrom shed_package.permissions.yard import SPADE\n"
            "BOX = Rule('teacher', 'Box')\n",
        }
    )
    assert [each.object for each in Hooks(discover(plugin)).collect("rules")] == ["Spade", "Box"]

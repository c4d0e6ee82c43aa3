"""``homeroom plugin check`` on pages: a sound plugin holds every point, and each fault is named at its place."""

# ruff: noqa: E501 - lines of a table

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from homeroom.acceptance import Subject, points_for
from homeroom.acceptance.statements import refused
from homeroom.boot import closed_host
from homeroom.plugins import PluginRegistry
from homeroom.scaffold import NewDistribution
from homeroom.settings import Settings
from homeroom.variants import assemble
from homeroom_console.acceptance import POINTS

ASKS, RENDERED, SAID, BARRED, SCRIPTS, FILES = (each.title for each in POINTS)

SOUND = {
    "__init__.py": '''
"""What people see of the library."""

from pathlib import Path

from homeroom.pages import Figure, Look, Nav, Page, Widget

HERE = Path(__file__).parent
PAGES = (
    Page("library.shelf", title="Shelf", path="shelf", query=HERE / "shelf.graphql", template=HERE / "shelf.html",
         nav=Nav("school"), operations={"add": HERE / "add.graphql"}, modules=(HERE / "shelf.js",),
         styles=(HERE / "shelf.css",)),
    Page("library.volume", title="Volume", path="shelf/{book}", query=HERE / "volume.graphql",
         template=HERE / "volume.html", tab_of="LibraryBook"),
)
WIDGETS = (Widget("library.newest", title="New books", query="{ libraryBooks(first: 3) { nodes { id title } } }",
                  template=HERE / "newest.html"),)
LOOKS = (Look("LibraryBook", columns=("title",)),)
FIGURES = (Figure("library.books", "Books", "{ libraryBooks { totalCount } }", "libraryBooks"),)
''',
    "shelf.graphql": "query Shelf($search: String) { libraryBooks(first: 50, filter: {title: {contains: $search}})"
    " { nodes { id title } } }",
    "add.graphql": "mutation Add($title: String!) { createLibraryBook(input: {title: $title})"
    " { libraryBook { id title } errors { message } } }",
    "volume.graphql": "query Volume($book: ID!) { libraryBook(id: $book) { id title active } }",
    "shelf.html": """{% extends "console/page.html" %}
{% block title %}{{ page_title }}{% endblock %}
{% block head %}{% for each in modules %}<script type="module" src="{{ each }}"></script>{% endfor %}{% endblock %}
{% block content %}
<h1>{{ page_title }}</h1>
<form data-add action="/run/library.shelf/add" data-done="{{ t('Done') }}"><button>{{ t("Add") }}</button></form>
<ul>{% for each in rows_of(data.libraryBooks) %}<li>{{ each.title }}</li>{% else %}<li>{{ t("Nothing") }}</li>{% endfor %}</ul>
{% endblock %}
""",
    "volume.html": """{% extends "console/page.html" %}
{% block title %}{{ data.libraryBook.title }}{% endblock %}
{% block content %}<h1>{{ data.libraryBook.title }}</h1>{% endblock %}
""",
    "newest.html": "{% for each in data.libraryBooks.nodes %}<p>{{ each.title }} <kbd>Enter</kbd></p>{% endfor %}",
    "shelf.js": """
const form = document.querySelector("[data-add]");
const send = async (title) => fetch(form.action, { method: "POST", body: JSON.stringify({ title }) });
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await send(new FormData(form).get("title") ?? "");
  form.textContent = form.dataset.done;
  form.innerHTML = "";
});
class Own extends HTMLElement { #kept = null; }
customElements.define("library-own", Own);
""",
    "shelf.css": ".shelf { background: url('data:image/png;base64,AA=='); }\n",
}

#: Each fault once: what is declared, its files, the point that finds it, and how it is named.
BODY = '{% extends "console/page.html" %}\n{% block content %}\nHERE\n{% endblock %}\n'
ROWS = "{ atticItems(first: 5) { nodes { id title } } }"
Fault = tuple[str, dict[str, str], str, str]
FAULTS: dict[str, Fault] = {
    "unknown": ("query=Q", {"q": "{\n  atticItems { nodes { titel } }\n}"}, ASKS, "unknown.graphql:2: Cannot query field"),
    "unread": ("query=Q", {"q": "{ atticItems {"}, ASKS, "unread.graphql:1: Syntax Error"),
    "writes": ("query=Q", {"q": "mutation { createAtticItem(input: {title: \"A\"}) { errors { code } } }"}, ASKS,
               "writes.graphql: it is a mutation, and a page asks a query"),
    "two": ("query=Q", {"q": "query A { __typename } query B { __typename }"}, ASKS, "two.graphql: it is to hold one"),
    "path": ("query=Q, path='path/{item}'", {"q": ROWS}, ASKS, "the path has {item}, and the query no variable $item"),
    "kind": ("query=Q, path='kind/{item}'", {"q": "query K(\n$item: AtticItemFilter) { atticItems(filter: $item)"
             " { nodes { id } } }"}, ASKS, "kind.graphql:2: $item is a AtticItemFilter, and gets a text from the path"),
    "given": ("query=Q", {"q": "query G($item: ID!) { atticItem(id: $item) { id } }"}, ASKS,
              "given.graphql:1: $item has to be given, and neither the path given nor `fill` gives it"),
    "operation": ("operations={'save': 'mutation { nothing }'}", {}, ASKS,
                  "the page attic.operation, its operation save, line 1: Cannot query field 'nothing'"),
    "needs": ("needs=('attic.item.creat',)", {}, ASKS, "`needs` names 'attic.item.creat'"),
    "noun": ("path='noun/{item}', tab_of='Nothing'", {"q": "query N($item: ID!) { atticItem(id: $item) { id } }"}, ASKS,
             "the page attic.noun: there is no noun Nothing"),
    "twice": ("path='needs'", {}, ASKS, "the pages attic.needs and attic.twice have the same path, needs"),
    "syntax": ("", {"html": "{% if %}"}, RENDERED, "the page attic.syntax, homeroom_attic/pages/syntax.html:1: "),
    "missing": ("query=Q", {"q": ROWS, "html": BODY.replace("HERE", "{{ data.atticItems.node }}")}, RENDERED,
                "missing.html:3: 'dict object' has no attribute 'node' (with an answer)"),
    "null": ("query=Q", {"q": "{ atticItems { totalCount } atticItemsAggregate { groups { count } } }",
             "html": BODY.replace("HERE", "{{ data.atticItemsAggregate.groups }}")}, RENDERED,
             "null.html:3: 'None' has no attribute 'groups' (with an answer that has next to nothing)"),
    "nested": ("query=Q", {"q": ROWS, "html": BODY.replace("HERE",
               "{% for each in rows_of(data.atticItems) %}{{ each.title.split() }}{% endfor %}")}, RENDERED,
               "nested.html:3: 'None' has no attribute 'split' (with an answer in which atticItems.nodes.title is null)"),
    "arranged": ("query=Q, arrange=lambda data: data['nothing']", {"q": ROWS}, RENDERED,
                 "homeroom_attic/pages/__init__.py:"),
    "listened": ("", {"html": BODY.replace("HERE", "<p {{ listens('entered') }}></p>")}, RENDERED,
              "page attic.listened has no operation 'entered' to listen to"),
    "text": ("", {"html": BODY.replace("HERE", "<p>Found\nthings &amp; more</p>")}, SAID,
             'text.html:3: write {{ t("Found things & more") }}'),
    "label": ("", {"html": BODY.replace("HERE", '<p\naria-label="Loud">{{ 1 }}</p>')}, SAID, "for 'Loud'"),
    "spoken": ("", {"html": BODY.replace("HERE", "{{ t(page.title) }}")}, SAID, "spoken.html:3: t() takes a text as it is"),
    "said": ("modules=(J,)", {"js": "\ndocument.body.textContent = 'Saved';"}, SAID, "said.js:2: the script says 'Saved'"),
    "script": ("", {"html": BODY.replace("HERE", "<script>let a = 1;</script>")}, BARRED, "script.html:3: a script within"),
    "style": ("", {"html": BODY.replace("HERE", "<style>p { color: red }</style>")}, BARRED, "style.html:3: a style sheet"),
    "inline": ("", {"html": BODY.replace("HERE", '<p style="color: red">{{ 1 }}</p>')}, BARRED, "inline.html:3: an attribute style"),
    "handler": ("", {"html": BODY.replace("HERE", '<p onclick="go()">{{ 1 }}</p>')}, BARRED, "handler.html:3: the handler onclick"),
    "framed": ("", {"html": BODY.replace("HERE", '<iframe src="/"></iframe>')}, BARRED, "framed.html:3: the element <iframe>"),
    "far": ("", {"html": BODY.replace("HERE", '<img alt="" src="//cdn.example.org/a.png">')}, BARRED,
            "far.html:3: //cdn.example.org/a.png in src, an address of another host"),
    "coded": ("", {"html": BODY.replace("HERE", '<a href="javascript:go()">{{ 1 }}</a>')}, BARRED, "a script as the value of href"),
    "safe": ("", {"html": BODY.replace("HERE", "{{ page.title|safe }}")}, BARRED, "safe.html:3: |safe on data"),
    "escape": ("", {"html": BODY.replace("HERE", "{% autoescape false %}{{ 1 }}{% endautoescape %}")}, BARRED,
               "escape.html:3: autoescape is switched off"),
    "built": ("", {"html": BODY.replace("HERE", '{{ "<b onclick=\\"go()\\">"|safe }}')}, BARRED,
              "the page attic.built, rendered: <b> has the handler onclick"),
    "marked": ("arrange=lambda data: {'html': Markup(data)}", {}, BARRED, "__init__.py:"),
    "sheet": ("styles=(C,)", {"css": "\n@import 'far.css';"}, BARRED, "sheet.css:2: @import loads"),
    "broken": ("modules=(J,)", {"js": "const a = 1;\nconst = ;"}, SCRIPTS, "broken.js:2: it is no JavaScript"),
    "evals": ("modules=(J,)", {"js": "eval(location.hash);"}, SCRIPTS, "evals.js:1: eval makes code of a text"),
    "functions": ("modules=(J,)", {"js": "new Function('a', location.hash);"}, SCRIPTS, "functions.js:1: new Function"),
    "html": ("modules=(J,)", {"js": "\n\ndocument.body.innerHTML = `<b>${location.hash}</b>`;"}, SCRIPTS,
             "html.js:3: innerHTML makes HTML of data"),
    "adjacent": ("modules=(J,)", {"js": "document.body.insertAdjacentHTML('beforeend', location.hash);"}, SCRIPTS,
                 "adjacent.js:1: insertAdjacentHTML makes HTML of data"),
    "imports": ("modules=(J,)", {"js": "import { a } from './other.js';\na();"}, SCRIPTS, "imports.js:1: it imports './other.js'"),
    "node": ("modules=(J,)", {"js": "module.exports = 1;"}, SCRIPTS, "node.js:1: it is a module of Node"),
    "fetches": ("modules=(J,)", {"js": "fetch('https://cdn.example.org/a');"}, SCRIPTS, "fetches.js:1: https://cdn.example.org/a"),
    "runs": ("modules=(J,)", {"js": "fetch('/run/attic.runs/save');"}, SCRIPTS, "runs.js:1: /run/attic.runs/save is no operation"),
    "ending": ("modules=(C,)", {"css": "p {}"}, SCRIPTS, "ending.css: a module is a file whose name ends in .js"),
    "unpacked": ("query=HERE / 'unpacked.secret'", {"secret": ROWS}, FILES, "unpacked.secret would not be in a wheel"),
    "outside": ("query=OUTSIDE", {}, FILES, "lies outside the package homeroom_attic"),
}  # fmt: skip


#: Figures of which a district would see no number: how each is declared, and what is reported.
FIGURES = {
    "uncounted": ("'{ atticItems { totalcount } }', 'atticItems'", "its query, line 1: Cannot query field 'totalcount'"),
    "elsewhere": ("'{ atticItems { totalCount } }', 'items'", "its query: no number can be made of an answer: KeyError"),
    "since": ("'query S($first: Int) { atticItems(first: $first) { totalCount } }', 'atticItems'",
              "its query: $first: Int is not given"),
    "pieces": ("'{ ...A } fragment A on Query { atticItems { totalCount } }', 'atticItems'", "has no fragments"),
    "changes": ("'mutation { createAtticItem(input: {title: \"A\"}) { errors { code } } }', 'atticItems'", "a figure asks a query"),
}  # fmt: skip


def written_to(folder: Path) -> None:
    """Write the pages of the plugin that has each fault once."""
    pages = folder / "homeroom_attic" / "pages"
    pages.mkdir()
    lines = [
        "from pathlib import Path",
        "from markupsafe import Markup",
        "from homeroom.pages import Figure, Page, Widget",
        "",
    ]
    lines += ["HERE = Path(__file__).parent", "OUTSIDE = HERE.parents[1] / 'outside.graphql'", "PAGES = ("]
    for name, (declared, files, _, _) in FAULTS.items():
        for ending, text in {"html": BODY.replace("HERE", "<p>{{ 1 }}</p>"), **files}.items():
            (pages / f"{name}.{'graphql' if ending == 'q' else ending}").write_text(text)
        given = declared if "path=" in declared else f"path={name!r}, {declared}"
        given += ", query=Q" if "q" in files and "query=" not in declared else ""
        for short, ending in (("Q", "graphql"), ("J", "js"), ("C", "css")):
            given = given.replace(f"={short}", f"=HERE / '{name}.{ending}'").replace(
                f"({short},)", f"(HERE / '{name}.{ending}',)"
            )
        lines.append(f"    Page('attic.{name}', title='Title', template=HERE / '{name}.html', {given}),")
    lines += [")", "WIDGETS = ("]
    lines.append(
        "    Widget('attic.me', 'Mine', HERE / 'me.html', 'query M($me: [ID!]!) { atticItems(filter: {id: {in: $me}}) { totalCount } }'),"
    )
    lines += [")", "FIGURES = ("]
    lines += [f"    Figure('attic.{name}', 'Title', {given})," for name, (given, _) in FIGURES.items()]
    lines.append(")")
    (pages / "me.html").write_text("<p>{{ data.atticItems.totalCount }}</p>")
    (pages / "__init__.py").write_text("\n".join(lines))
    (folder / "homeroom_attic" / "pages.py").write_text("")
    (folder / "outside.graphql").write_text(ROWS)
    (folder / ".gitignore").write_text("*.secret\n")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Subject]]:
    """A plugin whose pages are sound, and one that has each fault once, as if they were installed from their folders."""
    where = tmp_path_factory.mktemp("check")
    with pytest.MonkeyPatch.context() as changed:
        for name, noun in (("library", "book"), ("attic", "item")):
            made = NewDistribution(name, noun)
            made.write(where)
            folder = where / made.folder
            known = folder / f"homeroom_{name}-0.1.dist-info"
            known.mkdir()
            (known / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {made.folder}\nVersion: 0.1\n")
            (known / "entry_points.txt").write_text(f"[homeroom]\n{name} = homeroom_{name}.plugin:plugin\n")
            (known / "direct_url.json").write_text(f'{{"url": "{folder.as_uri()}", "dir_info": {{"editable": true}}}}')
            changed.syspath_prepend(str(folder))
        (where / "homeroom-library/homeroom_library/pages").mkdir()
        for file, text in SOUND.items():
            (where / "homeroom-library/homeroom_library/pages" / file).write_text(text)
        written_to(where / "homeroom-attic")
        importlib.invalidate_caches()
        registry = PluginRegistry.discover()
        assert [] == registry.quarantined
        host = closed_host(registry)
        yield {
            name: Subject(registry.plugins[name], host, assemble(host.hooks, registry.with_requirements([name])))
            for name in ("library", "attic")
        }
    for name in [each for each in sys.modules if each.startswith(("homeroom_library", "homeroom_attic"))]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def found(checked: dict[str, Subject]) -> dict[str, list[str]]:
    """What is wrong with the second plugin, by the titles of points."""
    return {each.title: list(each.faults(checked["attic"])) for each in POINTS}


def test_a_sound_plugin_holds_every_point_of_pages(checked: dict[str, Subject]) -> None:
    assert set(POINTS) <= set(points_for(checked["library"]))
    assert {} == {each.title: faults for each in POINTS if (faults := list(each.faults(checked["library"])))}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_at_its_place(name: str, found: dict[str, list[str]]) -> None:
    _, _, point, said = FAULTS[name]
    assert any(said in fault for fault in found[point]), "\n".join(found[point])


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_without_a_number_is_named(name: str, found: dict[str, list[str]]) -> None:
    said = [fault for fault in found[ASKS] if fault.startswith(f"the figure attic.{name}, ")]
    assert any(FIGURES[name][1] in fault for fault in said), "\n".join(found[ASKS])


def test_faults_are_found_by_their_own_points_and_nothing_else_is(found: dict[str, list[str]]) -> None:
    wanted = [(point, said) for _, _, point, said in FAULTS.values()]
    wanted += [(ASKS, said) for _, said in FIGURES.values()]
    wanted += [
        (
            ASKS,
            "the widget attic.me, its query, line 1: $me has to be given, and the host gives it $language, $today alone",
        ),
        (FILES, "homeroom_attic/pages.py lies beside a folder pages"),
    ]
    other = [
        (point, fault)
        for point, faults in found.items()
        for fault in faults
        if not any(point == at and said in fault for at, said in wanted)
    ]
    assert [] == other


async def test_postgresql_prepares_what_pages_ask(checked: dict[str, Subject], database_settings: Settings) -> None:
    connection = await asyncpg.connect(database_settings.owner_database_url)
    try:
        (asks,) = (each for each in POINTS if each.statements is not None)
        assert asks.statements is not None
        statements = list(asks.statements(checked["library"]))
        assert {"shelf.graphql", "add.graphql", "volume.graphql"} <= {
            each.place.rpartition("/")[2] for each in statements
        }
        wrong = await refused(connection, iter(statements))
        assert any("library_book" in each for each in wrong), "no table of it is there"
    finally:
        await connection.close()

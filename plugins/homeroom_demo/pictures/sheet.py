"""The sheet of all pictures: one page of HTML without scripts, to be opened from the folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Final

from homeroom_demo.pictures.taking import Picture

__all__ = ["same_texts", "sheet_of", "write_sheet"]

_STYLE: Final = (
    "body { font: 15px/1.4 sans-serif; margin: 1rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .25rem; }"
    " .row { display: flex; gap: 1rem; align-items: start; overflow-x: auto; } figure { margin: 0; }"
    " img { display: block; border: 1px solid #888; max-height: 24rem; } .fault { color: #a00; margin: .1rem 0; }"
)


def same_texts(pictures: Sequence[Picture]) -> list[str]:
    """Texts of one page that are the same in every language it was taken in, which may be missing translations."""
    by_language: dict[str, frozenset[str]] = {each.language: each.texts for each in pictures}
    if len(by_language) < 2:
        return []
    return sorted(frozenset.intersection(*by_language.values()))


def write_sheet(folder: Path, pictures: Sequence[Picture]) -> int:
    """Write ``index.html``, and say how many faults were found.

    Args:
        folder: Where the pictures are.
        pictures: All of them.
    """
    (folder / "index.html").write_text("\n".join(sheet_of(pictures)), encoding="utf-8")
    return sum(len(each.faults) for each in pictures)


def sheet_of(pictures: Sequence[Picture]) -> Iterator[str]:
    """The lines of the sheet: each page with its pictures side by side, its faults above them."""
    yield "<!doctype html><html lang='en'><meta charset='utf-8'><title>Pages of the console</title>"
    yield f"<style>{_STYLE}</style><h1>Pages of the console</h1>"
    yield f"<p>{len(pictures)} pictures, {sum(len(each.faults) for each in pictures)} faults</p>"
    ordered = sorted(pictures, key=lambda each: each.place.name)
    for name, group in groupby(ordered, key=lambda each: each.place.name):
        several = list(group)
        place = several[0].place
        yield f"<h2 id='{escape(name)}'>{escape(place.address)}</h2>"
        yield f"<p>{escape(place.school)}, {escape(place.role or 'nobody')}: {escape(several[0].title)}</p>"
        for each in several:
            for fault in each.faults:
                where = f"{each.language}, {each.width} px, {each.scheme}"
                yield f"<p class='fault'>{escape(where)}: {escape(fault)}</p>"
        same = same_texts(several)
        if same:
            yield f"<p>The same in each language: {escape('; '.join(same))}</p>"
        yield "<div class='row'>"
        for each in several:
            yield (
                f"<figure><a href='{escape(each.file)}'><img loading='lazy' src='{escape(each.file)}' alt=''></a>"
                f"<figcaption>{each.language}, {each.width} px, {each.scheme}</figcaption></figure>"
            )
        yield "</div>"
    yield "</html>"

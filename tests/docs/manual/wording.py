"""Words that Homeroom's code, texts and manuals do without, each with what to write in its place.

The list is short on purpose: it names habits that were found here, and the words of the glossary's column "not" that
mean nothing else in this project. Matching ignores letter case; an underscore ends a word, so identifiers are read too.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from manual.blocks import ROOT

__all__ = ["BANNED", "Banned", "Found", "files", "found_in"]


@dataclass(frozen=True, slots=True)
class Banned:
    """A word or phrase, and what to write in its place.

    Args:
        words: A regular expression over whole words.
        better: What a reader expects.
        bad: A line that is found.
        good: A line that is not found: a standard use, or the better wording.
        glossary: The word of the glossary in ``CONTRIBUTING.md`` whose column "not" has ``words``; empty if none.
    """

    words: str
    better: str
    bad: str
    good: str
    glossary: str = ""

    @property
    def pattern(self) -> re.Pattern[str]:
        """Matches the words, also within an identifier."""
        return re.compile(rf"(?<![a-z])(?:{self.words})(?![a-z])", re.IGNORECASE)


BANNED = (
    Banned(
        "told", "is given, is informed, is reported; texts", "the paper is told the class", "the paper gets a class"
    ),
    Banned("whoever|whomever", "anyone who, the person who, the caller", "whoever asked", "the account that asked"),
    Banned("hears|heard", "receives, is notified of; received", "a plugin hears events", "a plugin receives events"),
    Banned(
        "stands(?! for)|stood(?! for)", "is, is written, is listed", "it stands in a row", "a stand-in stands for it"
    ),
    Banned("goes(?! wrong)", "is sent, moves, is removed, continues", "the mail goes out", "what goes wrong is logged"),
    Banned("signs?[ _]of[ _]life", "heartbeat", "_SIGN_OF_LIFE = 5", "_HEARTBEAT_SECONDS = 5"),
    Banned("(?<!_)by_itself", "savepoint", "context.by_itself()", "test_that_it_ends_by_itself"),
    Banned("ungranted", "system_only", "ungranted = {}", "a right that is not granted"),
    Banned("sa(?:y|ys|id) of", "say about, state for", "what the roster says of it", "what it says about it"),
    Banned("(?:is|are|was|were) away", "is unavailable, is not there", "the database is away", "a pupil is absent"),
    Banned("rests? on", "refers to, depends on, is in use by", "nothing rests on it", "no row refers to it"),
    Banned("let go|lets go", "release", "it lets go of the lock", "it releases the lock"),
    Banned("anew", "again, new", "the index is built anew", "the index is built again"),
    Banned("just now", "now, currently", "who is signed in just now", "who is signed in now"),
    Banned(
        "at (?:the|every|each) doors?", "at the boundary, everywhere", "a check at every door", "the door of a room"
    ),
    Banned("whereupon|wherein|thereof|thereby|hence|whence|lest|unto", "then, in which, of it", "hence", "therefore"),
    Banned("core plugin", "part of the host", "a core plugin", "a part of the host", "part of the host"),
    Banned("(?<!!)(?<!XML's )entit(?:y|ies)", "noun", "each entity", "each noun", "noun"),
    Banned("ACLs?", "rule", "the ACL of a role", "the rules of a role", "rule"),
    Banned("validation errors?", "refusal", "a validation error", "a refusal", "refusal"),
    Banned("dry runs?", "rehearsal", "a dry run", "the option --dry-run", "rehearsal"),
    Banned("(?<!breach )notifications?", "notice", "a notification by mail", "a notice by mail", "notice"),
    Banned("captions?", "label", "the caption of a field", "the label of a field", "label"),
)
#: What a text has at least, in lower case, that has one of the words: a plain search, many times as fast as the other.
_NEAR = [(each, re.compile(each.words.lower())) for each in BANNED]

#: What is not read: migrations never change once they are there, and neither do the entries of releases.
_UNREAD = re.compile(r"/migrations/|(?:^|/)(?:wording|test_facts)\.py$")
_SUFFIXES = frozenset({".py", ".md", ".txt", ".toml", ".service", ".timer", ".conf", ".yml", ".typ", ".js", ".html"})


@dataclass(frozen=True, slots=True)
class Found:
    """A place that has a banned word."""

    path: str
    line: int
    text: str
    banned: Banned

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text!r}; better: {self.banned.better}"


def files() -> Iterator[Path]:
    """The texts of the checkout that people write."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.split("\0"):
        path = ROOT / name
        written = path.suffix in _SUFFIXES or name in ("run", ".ci/run")
        if written and not _UNREAD.search(name) and path.is_file():
            yield path


def found_in(path: str, text: str) -> Iterator[Found]:
    """Every banned word of a text. Of the changelog, the newest part is read, without the names that it quotes."""
    if path == "CHANGELOG.md":
        text = re.sub(r"`[^`\n]+`", "", text.split("\n## ")[1])
    lower = text.lower()
    patterns = [(banned, banned.pattern) for banned, near in _NEAR if near.search(lower)]
    for number, line in enumerate(text.split("\n") if patterns else (), 1):
        if path == "CONTRIBUTING.md" and line.startswith("| "):
            continue  # the glossary has the words to avoid
        found = ((banned, pattern.search(line)) for banned, pattern in patterns)
        yield from (Found(path, number, match[0], banned) for banned, match in found if match is not None)

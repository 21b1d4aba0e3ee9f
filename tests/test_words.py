"""Names and docstrings are plain English: no participle or pronoun as a name, no riddle in a docstring or comment.

.venv/bin/python -m tests.test_words           list what is left
.venv/bin/python -m tests.test_words --lower   lower MAX_NAMES and MAX_PHRASES to what is left
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TREES = ("zoomapp", "offline-zoom/src", "devtools", "bench")

#: How many banned names and phrases each tree may still have. Lower the numbers, never raise them.
MAX_NAMES = {"zoomapp": 4, "offline-zoom/src": 0, "devtools": 0, "bench": 0}
MAX_PHRASES = {"zoomapp": 1, "offline-zoom/src": 0, "devtools": 0, "bench": 0}

#: Not a name by themselves: a name says what it holds (``pending_signins``, not ``begun``).
BARE = {"told", "kept", "held", "begun", "handed", "noted", "seen", "known", "left", "asked", "given", "gone", "most"}
#: Not a part of a name either.
PARTS = {"told", "begun", "anew", "whoever", "whatever", "each", "one", "other", "way", "word", "who", "somebody"}
#: Names of this kind are standard terms.
STANDARD = re.compile(r"one_time|each_other|last_seen|known_")
PHRASES = re.compile(
    r"\b(?:whoever|whatever|anew|one's own|worked off|at hand|takes no harm|nobody|in this way|on the way|the short way"
    r"|(?:is|are|was|were|be|been|being) told|ha(?:s|ve) (?:its|their) say"
    r"|what (?:is|was|has been|got) (?:kept|told|held|noted|left|lost|known|seen|asked)"
    r"|what (?:nobody|somebody|we|one|they) \w+|who(?:m)? \w+ (?:first|anyway)|others have nothing)\b",
    re.IGNORECASE,
)


def python_files(tree: str) -> list[Path]:
    return sorted((ROOT / tree).rglob("*.py"))


def words_of(name: str) -> list[str]:
    """``pending_signins`` and ``PendingSignIns`` as lower-case words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_").split("_")


def is_banned(name: str) -> bool:
    words = words_of(name)
    return words[0] in BARE if len(words) == 1 else bool(PARTS & set(words)) and not STANDARD.search("_".join(words))


def names_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of each class, function, parameter and variable that the module defines."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def prose_of(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each comment and docstring."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and ast.get_docstring(node):
                yield first.lineno, str(first.value.value)


def banned_names(tree: str) -> list[str]:
    found = []
    for path in python_files(tree):
        names = {(1, path.stem), *names_of(ast.parse(path.read_text()))}
        found += [f"{path.relative_to(ROOT)}:{line} {name}" for line, name in sorted(names) if is_banned(name)]
    return found


def banned_phrases(tree: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line} {match.group()}"
        for path in python_files(tree)
        for line, text in prose_of(path.read_text())
        for match in PHRASES.finditer(text)
    ]


@pytest.mark.parametrize("tree", TREES)
def test_no_name_is_a_participle_or_pronoun(tree):
    found = banned_names(tree)

    assert len(found) <= MAX_NAMES[tree], "\n".join(found)


@pytest.mark.parametrize("tree", TREES)
def test_no_docstring_or_comment_is_a_riddle(tree):
    found = banned_phrases(tree)

    assert len(found) <= MAX_PHRASES[tree], "\n".join(found)


@pytest.mark.parametrize("name", ["told", "_kept", "Begun", "each_user", "sign_in_anew", "OtherSide"])
def test_a_participle_or_pronoun_is_banned_as_a_name(name):
    assert is_banned(name)


@pytest.mark.parametrize("name", ["headers", "pending_signins", "OneTimeLinks", "last_seen", "known_ids", "max_rows"])
def test_a_standard_term_is_allowed_as_a_name(name):
    assert not is_banned(name)


#: What pages must not say, and what they say instead.
REPLACED = {
    "This is not here": "Page not found",
    "You said no": "Connection canceled",
    "All times": "Past sessions",
    "the time before": "Compare with previous",
    "Who came to both": "Attended both",
    "As in my Zoom profile": "Same as Zoom profile",
    "As the system": "Match system",
    "Late after, minutes": "Mark late after (minutes)",
    "Length, minutes": "Duration",
    "by hand": "Manually",
    "Everyone who comes and goes": "All arrivals and departures",
    "Everyone is told": "participants are notified",
    "comes right in": "people can join before you arrive",
    "We give your permission back": "We revoke access and delete your data",
    "keep of you": "your data",
    "Only sign out here": "Sign out on this device",
    "What was deleted": "Deleted in the last 30 days",
    "What you see is from": "Last updated",
    "We took the first": "We used the earlier one",
    "any more": "no longer",
    "switches off one thing": "disables one feature",
    "is away": "is unavailable",
    "did not say who is here": "We couldn’t identify your Zoom account",
    "For programs": "JSON",
    "Show these days": "Apply",
    "What it is for": "Why we need this",
    "matched by name": "merged by name",
    "Tell it from the beginning": "Restart",
    "Plan it": "Add fault",
    "somebody": "someone",
    "everybody": "everyone",
    "e-mail": "email",
    "whoever": "anyone who",
    "anew": "again",
    "cancelled": "canceled",
    "colour": "color",
    "behaviour": "behavior",
    "Tick": "Select",
    "is lacking": "is missing",
    "nobody listens": "nothing is listening",
    "wants a": "must be a",
    "is called unneeded": "is not used",
    "told to": "asked to",
    "hand out": "provide",
    "out of reach": "unreachable",
}


#: Files that may say it: those that read this spelling in other people's texts, and that name a status of Zoom's.
ALLOWED = {
    "e-mail": ("pasted_people.py", "absence.py"),
    "cancelled": ("registration.py", "registrants.py", "seed/tables.py", "offline-zoom/README.md"),
    "by hand": (".md",),
}


def shown_texts() -> Iterator[tuple[Path, str]]:
    """What people see: templates and scripts without their comments, the texts of modules, and documents."""
    for folder in ("templates", "offline-zoom/src/offline_zoom/templates"):
        for path in sorted((ROOT / folder).rglob("*.html")):
            yield path, re.sub(r"{#.*?#}|<!--.*?-->", "", path.read_text(), flags=re.DOTALL)
    for path in sorted((ROOT / "static" / "js").glob("*.js")):
        yield path, re.sub(r"(?m)^\s*//.*$|\s//\s.*$", "", path.read_text())
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "offline-zoom" / "README.md", *DOCUMENTS):
        yield path, path.read_text()
    for tree in ("zoomapp", "devtools", "offline-zoom/src"):
        for path in python_files(tree):
            tree = ast.parse(path.read_text())
            docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, DOCUMENTED)}
            texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
            yield path, "\n".join(text for text in texts if isinstance(text, str) and text not in docs)


#: Without the names of before, which are old words.
DOCUMENTS = [path for path in sorted((ROOT / "docs").glob("*.md")) if path.name != "renames.md"]
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def test_pages_say_it_as_an_american_host_would():
    found = [
        f"{path.relative_to(ROOT)}: {phrase!r}, better {better!r}"
        for path, text in shown_texts()
        if "styleguide" not in path.name
        for phrase, better in REPLACED.items()
        if not str(path).endswith(ALLOWED.get(phrase, ("no file",)))
        if re.search(rf"(?<![\w-]){re.escape(phrase)}\b", text)
    ]

    assert not found, "\n".join(found)


def lower() -> None:
    """Write the numbers that are left into this file."""
    source = Path(__file__).read_text()
    for constant, banned in (("MAX_NAMES", banned_names), ("MAX_PHRASES", banned_phrases)):
        counts = ", ".join(f'"{tree}": {len(banned(tree))}' for tree in TREES)
        source = re.sub(rf"^{constant} = .*$", f"{constant} = {{{counts}}}", source, flags=re.MULTILINE)
    Path(__file__).write_text(source)


if __name__ == "__main__":
    if "--lower" in sys.argv:
        lower()
    for tree in TREES:
        print("\n".join(banned_names(tree) + banned_phrases(tree)))

"""Every text comes from the catalogue: none is missing in it, none stands in the code, and no language lags behind."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest

from karaoke_ui import text
from pipeline import catalogue, errors
from pipeline.errors import BadSetting, EncoreError, JobStopped

ROOT = Path(__file__).parents[1]
FOLDERS = (catalogue.FOLDER, text.FOLDER)
TREES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for package in ("karaoke_ui", "pipeline")
    for path in (ROOT / package).rglob("*.py")
}
ENGLISH = {key: words for folder in FOLDERS for key, words in catalogue.read(folder, "en").items()}
OF_ERRORS = {
    key.removeprefix("errors."): words for key, words in ENGLISH.items() if key.startswith("errors.")
}
# Said of requests that the framework refuses, and of what has no name.
NO_CLASS = {"invalid", "bad_request", "method_not_allowed", "nameless"}
# Ended work: nobody is told.
SILENT = {JobStopped.code, *(kind.code for kind in JobStopped.__subclasses__())}
# What the command line and the supervisor write.
WRITERS = ("karaoke_ui/__main__.py", "karaoke_ui/supervisor.py", "karaoke_ui/doctor.py", "karaoke_ui/app.py")

# What others write and we only recognise; and what is data: the album of the songs to try.
NO_TEXT = {"No space left", "Failed to extract any player response", "Songs to try"}
# Begins like one; SQL does not.
SENTENCE = re.compile(r"[A-Z“](?![A-Z]+ )[\w’]+,? [a-z’]+")
# What is one thing, and has no number.
SINGLE = {"host.library"}
# All that quotes; the apostrophe is another.
MARKS = '„“”«»"'
QUOTES = {"de": "„“", "es": "«»", "fr": "«»"}


def kinds(base: type[EncoreError] = EncoreError) -> Iterator[type[EncoreError]]:
    yield base
    for each in base.__subclasses__():
        yield from kinds(each)


KINDS = {kind.__name__: kind for kind in kinds() if kind.__module__ == errors.__name__}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rsplit(".", 1)[-1], node


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def pattern(node: ast.JoinedStr) -> str:
    """An f-string as the keys it can become."""
    parts = (
        re.escape(str(each.value)) if isinstance(each, ast.Constant) else r"[\w.]+" for each in node.values
    )
    return "".join(parts)


def mentioned(tree: ast.AST) -> Iterator[str]:
    """Regular expressions for all keys that a module may mean."""
    for name, call in calls(tree):
        if name == "part" and call.args and isinstance(call.args[0], ast.Constant):
            yield re.escape(str(call.args[0].value)) + r"\.[\w.]+"
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.match(r"\w+\.", node.value):
            yield re.escape(node.value) + (r"[\w.]+" if node.value.endswith(".") else "")
        elif isinstance(node, ast.JoinedStr) and (found := pattern(node)).startswith(tuple(PARTS)):
            yield found


PARTS = {key.split(".")[0] + r"\." for key in ENGLISH}


def test_every_error_has_its_sentence() -> None:
    for kind in KINDS.values():
        if kind.code not in SILENT:
            assert kind.code in OF_ERRORS or f"{kind.code}.other" in OF_ERRORS, kind.__name__


def test_every_reason_has_its_sentence_and_all_that_it_needs() -> None:
    for path, tree in TREES.items():
        for name, call in calls(tree):
            kind = KINDS.get(name)
            if kind is None or kind.code in SILENT or any(each.arg is None for each in call.keywords):
                continue
            given = {each.arg: each.value for each in call.keywords}
            chosen = given.get("reason", given.get("what"))
            which = str(chosen.value) if isinstance(chosen, ast.Constant) else ""
            where = f"{path}:{call.lineno} {name}({which})"
            if which and not path.startswith("pipeline/engines/"):
                assert f"{kind.code}.{which}" in OF_ERRORS, where
            known = (OF_ERRORS.get(kind.code + each) for each in (f".{which}", ".other", ""))
            words = next(filter(None, known))
            assert fields(words) <= {*given}, where


def test_no_sentence_is_left_over() -> None:
    said = {
        str(node.value)
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
    }
    codes = {kind.code for kind in KINDS.values()} - SILENT | NO_CLASS
    for key in OF_ERRORS:
        code, _, which = key.partition(".")
        assert code in codes, key
        # What is wrong with a setting is named by the library that checks it.
        assert which in {"", "other"} | said or code == BadSetting.code, key


def test_no_text_is_missing() -> None:
    for path, tree in TREES.items():
        for name, call in calls(tree):
            if name not in {"t", "plural"} or not call.args or not isinstance(call.args[0], ast.Constant):
                continue
            key = str(call.args[0].value)
            wanted = [key] if name == "t" else [f"{key}.one", f"{key}.many"]
            assert ENGLISH.keys() >= {*wanted}, f"{path}:{call.lineno}"


def test_every_text_is_given_its_values() -> None:
    for path, tree in TREES.items():
        for name, call in calls(tree):
            if name not in {"t", "plural"} or not call.args or not isinstance(call.args[0], ast.Constant):
                continue
            key = str(call.args[0].value)
            given = {each.arg for each in call.keywords} | ({"n"} if name == "plural" else set())
            for each in [key] if name == "t" else [f"{key}.one", f"{key}.many"]:
                assert None in given or fields(ENGLISH[each]) <= given, f"{path}:{call.lineno} {each}"


def test_no_text_is_left_over() -> None:
    """The stage takes its part as a whole: its own test looks into its scripts."""
    means = re.compile("|".join(sorted({*chain(*map(mentioned, TREES.values()))})))
    for key in ENGLISH:
        if not key.startswith(("errors.", "stage.")):
            singular = re.sub(r"\.(one|many)$", "", key)
            assert means.fullmatch(key) or means.fullmatch(singular), key


def literals(node: ast.AST) -> Iterator[str]:
    """The words that stand in an expression itself, not those that are looked up by them."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {"t", "plural"}:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FormattedValue) or not isinstance(child.value, ast.Subscript):
            yield from literals(child)


@pytest.mark.parametrize("path", WRITERS)
def test_the_command_line_has_no_words_of_its_own(path: str) -> None:
    for name, call in calls(TREES[path]):
        if name in {"print", "write", "exit", "append", "_refuse"}:
            arguments: list[ast.AST] = [*call.args]
        elif name in {"ArgumentParser", "add_parser", "add_argument", "add_subparsers"}:
            arguments = [
                each.value
                for each in call.keywords
                if each.arg in {"help", "description", "epilog", "metavar"}
            ]
        else:
            continue
        for each in chain(*map(literals, arguments)):
            assert not re.search(r"[A-Za-z]{2}", each), f"{path}:{call.lineno} {each!r}"


def sentences(tree: ast.Module) -> Iterator[str]:
    """What looks like words for a person: not the docstrings, and not what programmers read of the API."""
    others: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            others.add(node.value)
        elif isinstance(node, ast.keyword) and node.arg in {"description", "summary"}:
            others |= {*ast.walk(node.value)}
        elif isinstance(node, ast.Dict):
            others |= {
                v
                for k, v in zip(node.keys, node.values, strict=True)
                if ast.unparse(k or v) == "'description'"
            }
    for node in ast.walk(tree):
        words = node.value if isinstance(node, ast.Constant) and node not in others else None
        if isinstance(words, str) and SENTENCE.match(words.strip()):
            yield words


def test_no_sentence_stands_in_the_code() -> None:
    found = {(path, words) for path, tree in TREES.items() for words in sentences(tree)}
    assert {words for _, words in found} <= NO_TEXT


# What programs say to each other, or to programmers.
CODE_WORDS = {
    "use strict",
    "Implicit handshake failed",
    "no sound is loaded",
    "chunk of $ frames",
    "page duet",
    "line wait v$",
}
KEYS = {"Arrow", "Enter", "Escape", "Files"}
COMMENT = re.compile(r"""/\*.*?\*/|(?<![:"'`\w/\\])//[^\n]*""", re.DOTALL)
LITERAL = re.compile(r""""((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`""", re.DOTALL)
FILLED_IN = re.compile(r"{{.*?}}|\${[^}]*}|\$\w+", re.DOTALL)
# Read out, or shown where nothing is written yet.
SHOWN = re.compile(r'\s(?:aria-label|placeholder|title|alt)="([^"]*)"')


def words_of_html(html: str) -> Iterator[str]:
    """The words between the tags, and those of the attributes that a person hears of."""
    html = FILLED_IN.sub("", re.sub(r"<(script|style)\b.*?</\1>|<!.*?>", "", html, flags=re.DOTALL))
    yield from (each for each in re.findall(r">([^<>]*)<", html) if re.search(r"[^\W\d]{2}", each))
    yield from SHOWN.findall(html)


def words_of_script(script: str) -> Iterator[str]:
    """Words in quotes that look as if a person should read them."""
    for found in LITERAL.finditer(COMMENT.sub("", script)):
        words = "".join(filter(None, found.groups()))
        if re.search(r"<\w", words):
            yield from words_of_html(words)
            continue
        words = FILLED_IN.sub("$", words)
        if re.search(r"[^\W\d_]{2} [^\W\d_]{2}|^[A-Z][a-z]+[.!?…]?$", words):
            yield words


def test_no_words_stand_in_the_scripts_and_pages() -> None:
    package = ROOT / "karaoke_ui"
    for path in package.rglob("*.js"):
        found = {*map(str.strip, words_of_script(path.read_text(encoding="utf-8")))}
        # Icons are named by words that are joined.
        shown = {each for each in found if not re.fullmatch(r"[a-z]+(_[a-z]+)+", each)}
        assert shown <= CODE_WORDS | KEYS, path.name
    for path in package.rglob("*.html"):
        assert {*map(str.strip, words_of_html(path.read_text(encoding="utf-8")))} <= {"Encore", ""}, path.name


@pytest.mark.parametrize(
    "script",
    [
        'say("Please wait a moment")',
        "say('Loading…')",
        "say(`${n} songs, one singer`)",
        "template: `<p>{{ n }} songs</p>`",
        'template: `<button class="x" aria-label="Close">×</button>`',
    ],
)
def test_words_in_a_script_are_found(script: str) -> None:
    assert {*words_of_script(script)} - CODE_WORDS - KEYS


def test_what_is_no_text_in_a_script_is_passed_over() -> None:
    script = """
        // Said to programmers: "Please wait a moment".
        const at = `${place} · ${n}`, url = "https://a.example/b", name = "card singing-now", sign = "−";
        template: `<p :aria-label="texts.label" class="a b">{{ texts.shown }}</p>`
    """
    assert {*words_of_script(script)} <= {"card singing-now"}


def test_an_error_is_told_in_words_wherever_it_was_kept() -> None:
    error = errors.BadArchive("not shown", name="old {songs}.zip", reason="password")
    assert text.of_error(error) == "“old {songs}.zip” is not unpacked: it needs a password."
    assert text.of_note(error.note) == text.of_error(error)
    several = errors.WrongSettings(
        problems=[errors.UnknownSetting(name="A"), errors.UnknownSetting(name="B")]
    )
    assert text.of_note(several.note) == "A is not a setting.\nB is not a setting."
    assert text.of_note("A sentence from before.") == "A sentence from before."
    assert catalogue.sentence("of_a_newer_version", {}) == catalogue.sentence("error", {})
    assert text.of_error(errors.VideoGone(name="")) == "“This link” is not on YouTube any more."


def test_another_language_is_spoken_as_far_as_it_goes(tmp_path: Path) -> None:
    for language, words in (("en", 'a = "one"\nb = "two"'), ("xx", 'a = "eins"')):
        (tmp_path / language).mkdir()
        (tmp_path / language / "part.toml").write_text(words)
    assert catalogue.read(tmp_path, "xx") == {"part.a": "eins", "part.b": "two"}
    before = text.spoken.set("xx")
    try:
        assert text.t("host.close") == "Close"
    finally:
        text.spoken.reset(before)


# What bears the same name everywhere, and the words that another language has in common with English.
NAMES = {"Encore", "LRCLIB", "MusicBrainz", "YouTube", "iTunes", "Club", "Tempo"}
ALIKE = {
    "de": {
        "+ Song",
        "Album",
        "Hi {name} {face}",
        "Host",
        "NAME",
        "Name",
        "Neon",
        "Party",
        "Pause",
        "Player",
        "Song",
        "Start",
    },
    "es": {"No", "Show", "{n} GB", "{n} MB"},
    "fr": {"Album", "Guide", "Message", "Pages", "Pause", "Volume", "Wi-Fi", "options", "{n} versions"},
}
OTHERS = [each for each in text.languages() if each != catalogue.ENGLISH]


def own_texts(language: str) -> dict[str, str]:
    """What a language says itself, without the English that fills its gaps."""
    return {key: words for folder in FOLDERS for key, words in catalogue.written(folder, language).items()}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_text_and_no_other(language: str) -> None:
    assert own_texts(language).keys() == ENGLISH.keys()
    assert all(words.strip() for words in own_texts(language).values())


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_fills_in_what_the_english_does(language: str) -> None:
    own = own_texts(language)
    for key, words in ENGLISH.items():
        wanted = fields(words)
        # Where none counts as one, the singular has to say how many.
        counted = wanted | {"n"} if key.endswith(".one") and f"{key[:-4]}.many" in ENGLISH else wanted
        assert fields(own[key]) in (wanted, counted), f"{language}: {key}"


def test_a_text_with_a_singular_has_a_plural() -> None:
    for key in ENGLISH:
        kin = {key.removesuffix(".one"), key.removesuffix(".many")} - {key}
        # Places in a row have more forms than two.
        for each in kin - {"singer.ordinal"}:
            assert {f"{each}.one", f"{each}.many"} <= ENGLISH.keys() or each in SINGLE, each


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_is_not_english(language: str) -> None:
    alike = {
        words
        for key, words in own_texts(language).items()
        # Signs, and what is only filled in, belong to no language.
        if words == ENGLISH[key] and re.search(r"[^\W\d_]{2}", re.sub(r"{\w+}", "", words))
    }
    assert alike <= NAMES | ALIKE[language]
    assert alike >= ALIKE[language], "no longer the same: off the list"


@pytest.mark.parametrize("language", [each for each in OTHERS if each in QUOTES])
def test_a_language_quotes_in_its_own_way(language: str) -> None:
    marks = QUOTES[language]
    for key, words in own_texts(language).items():
        found = re.sub(rf"[^{MARKS}]", "", words)
        assert found == marks * (len(found) // 2), f"{language}: {key}"

"""The house rules that no linter knows: who may import whom, and what never stands in a file."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = (".ci", "karaoke_ui", "migrations", "pipeline", "tests", "tools")
MODULES = sorted(path for name in ("karaoke_ui", "pipeline") for path in (ROOT / name).rglob("*.py"))
MAX_LINES = 400

# The command line talks with print; everything else has a log.
MAY_PRINT = {"karaoke_ui/__main__.py"}
# These compute with torch. They are loaded by the process that separates, and by nothing when it is imported.
ON_TORCH = {"pipeline/engines/demucs.py", "pipeline/engines/_measured.py", "pipeline/engines/_network.py"}
TORCH = {"demucs", "torch"}

MACHINES = re.compile(r"(?<![\w.:/-])/(root|tmp|work|home/\w+|Users/\w+)/")
REGISTRIES = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.(org|com)|yarnpkg\.com|deb\.debian\.org")
TORCH_INDEX = re.compile(r"pytorch\.org")
MAY_NAME_TORCH_INDEX = {"README.md", "tools/install.sh"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts() -> Iterator[tuple[str, str]]:
    """Every text file of the project."""
    files = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".env"]
    for folder in FOLDERS:
        files += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    # Compiled modules come and go while tests run.
    for path in (each for each in files if each.parent.name != "__pycache__"):
        content = path.read_bytes()
        if b"\0" not in content:
            yield name(path), content.decode()


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules that are imported somewhere below."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def imports_when_loaded(tree: ast.AST) -> Iterator[str]:
    """The modules that come along as soon as this one is imported; not those for the type checker alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports(node)
        yield from imports_when_loaded(node)


@pytest.fixture(params=MODULES, ids=name)
def module(request: pytest.FixtureRequest) -> tuple[str, str, ast.Module]:
    return parsed(request.param)


@cache
def parsed(path: Path) -> tuple[str, str, ast.Module]:
    source = path.read_text()
    return name(path), source, ast.parse(source)


def test_no_file_names_a_machine_or_a_registry() -> None:
    for path, text in texts():
        for number, line in enumerate(text.splitlines(), 1):
            assert not MACHINES.search(line), f"{path}:{number} holds a path of one machine: {line.strip()}"
            assert not REGISTRIES.search(line), f"{path}:{number} names a package registry: {line.strip()}"
            assert path in MAY_NAME_TORCH_INDEX or not TORCH_INDEX.search(line), f"{path}:{number}"


def test_a_module_says_what_it_is_for(module: tuple[str, str, ast.Module]) -> None:
    path, source, tree = module
    assert not source or ast.get_docstring(tree), f"{path} does not begin with a docstring"


def test_a_module_is_one_idea(module: tuple[str, str, ast.Module]) -> None:
    path, source, _ = module
    lines = len(source.splitlines())
    assert lines <= MAX_LINES, f"{path} has {lines} lines"


def test_only_the_command_line_prints(module: tuple[str, str, ast.Module]) -> None:
    path, _, tree = module
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert path in MAY_PRINT or "print" not in calls, f"{path} prints"


def test_the_pipeline_runs_without_the_show(module: tuple[str, str, ast.Module]) -> None:
    path, _, tree = module
    if path.startswith("pipeline/"):
        shows = [found for found in imports(tree) if found.split(".")[0] == "karaoke_ui"]
        assert not shows, f"{path} imports {shows}"


def test_torch_is_loaded_only_to_separate(module: tuple[str, str, ast.Module]) -> None:
    path, _, tree = module
    if path not in ON_TORCH:
        heavy = {file.removesuffix(".py").replace("/", ".") for file in ON_TORCH}
        found = [one for one in imports_when_loaded(tree) if one in heavy or one.split(".")[0] in TORCH]
        assert not found, f"{path} imports {found} as soon as it is loaded"


def test_the_web_process_starts_without_what_only_workers_need() -> None:
    heavy = (
        "alembic",
        "av",
        "demucs",
        "httpx",
        "karaoke_ui.api",
        "mutagen",
        "numpy",
        "safetensors",
        "soundfile",
        "torch",
        "yt_dlp",
    )
    loaded = f"import sys, karaoke_ui.app; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "[]"

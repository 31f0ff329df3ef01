"""Do the locks hold what pyproject.toml asks for, each file by its hash and each version once?"""

import re
import tomllib
from collections import defaultdict

import pytest

from tests.code_health.house_rules.house_rule import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
ASKED_IN = {
    "core": PROJECT["project"]["dependencies"],
    **{
        name: PROJECT["project"]["dependencies"] + asked
        for name, asked in PROJECT["project"]["optional-dependencies"].items()
    },
    **PROJECT["dependency-groups"],
}
LOCKS = sorted((REPOSITORY / "requirements").glob("*.txt"))


def plain(name: str) -> str:
    """A package's name as registries compare it: Ruamel.YAML and ruamel-yaml are one."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins_of(lock: str) -> dict[str, set[str]]:
    """Each package of a lock, with every version it is pinned to (one for each kind of Python)."""
    pins: dict[str, set[str]] = defaultdict(set)
    for name, version in re.findall(r"^([\w.\-]+)==(\S+)", lock, re.MULTILINE):
        pins[plain(name)].add(version)
    return pins


@pytest.mark.parametrize("name", ASKED_IN)
def test_everything_asked_for_is_locked(name: str):
    lock = REPOSITORY / "requirements" / f"{name}.txt"
    asked = {plain(re.split(r"[\s\[<>=!~;]", requirement)[0]) for requirement in ASKED_IN[name]}
    missing = asked - pins_of(lock.read_text()).keys()
    assert not missing, f"{lock.name} lacks {sorted(missing)}. Run: make lock"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_has_a_hash(lock):
    entries = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_all_locks_agree_on_every_version():
    versions: dict[str, set[frozenset[str]]] = defaultdict(set)
    for lock in LOCKS:
        for package, pinned in pins_of(lock.read_text()).items():
            versions[package].add(frozenset(pinned))
    disagreeing = {package: pinned for package, pinned in versions.items() if len(pinned) > 1}
    assert not disagreeing, f"Run: make lock. The locks disagree on {disagreeing}"


def test_every_lock_is_asked_for():
    assert {lock.stem for lock in LOCKS} == ASKED_IN.keys()

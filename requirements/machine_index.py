"""Which package index has this machine's owner chosen for pip, in the words uv understands?

uv does not read pip's configuration. This prints shell assignments for it, so that a machine behind
a mirror or a company certificate installs without anybody writing that address into the project.
A setting made for uv itself always wins. Run it with an interpreter that has pip.
"""

import ast
import os
import shlex
import subprocess
import sys

# pip's own order: a later scope overrules an earlier one.
SCOPES = ("global", "install", ":env:")

UV_NAME_OF = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}
SEPARATOR_OF = {"UV_FIND_LINKS": ","}


def settings_of_pip(listing: str) -> dict[str, list[str]]:
    """Read `pip config list`: each setting's words, from the scope that wins."""
    found: dict[str, tuple[int, list[str]]] = {}
    for line in listing.splitlines():
        name, equals, quoted = line.partition("=")
        scope, _, key = name.rpartition(".")
        if not equals or scope not in SCOPES or key not in UV_NAME_OF:
            continue
        rank = SCOPES.index(scope)
        if key not in found or rank >= found[key][0]:
            found[key] = (rank, str(ast.literal_eval(quoted)).split())
    return {key: words for key, (_, words) in found.items()}


def assignments(settings: dict[str, list[str]], environment: dict[str, str]) -> list[str]:
    """One `export` line for each setting that uv has not been given already."""
    lines = []
    for key, uv_name in UV_NAME_OF.items():
        words = settings.get(key)
        if words and uv_name not in environment:
            value = SEPARATOR_OF.get(uv_name, " ").join(words)
            lines.append(f"export {uv_name}={shlex.quote(value)}")
    return lines


def main() -> None:
    """Print the assignments; print nothing when pip is absent or has no setting of its own."""
    answer = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    settings = settings_of_pip(answer.stdout) if answer.returncode == 0 else {}
    print("\n".join(assignments(settings, dict(os.environ))))


if __name__ == "__main__":
    main()

"""May this patient start, be prescribed to, be handed isotretinoin today, and if not, why?

``from isovigil import load_case, load_rulebook, review`` is the whole of the ordinary use; each
name is loaded when it is first asked for, so that importing the package costs almost nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isovigil.decisions.review import review as review
    from isovigil.exchange.case_file import load_case as load_case
    from isovigil.exchange.rulebook_files import load_rulebook as load_rulebook

__version__ = "0.1.0"
__all__ = ["load_case", "load_rulebook", "review"]

_HOMES = {
    "load_case": "isovigil.exchange.case_file",
    "load_rulebook": "isovigil.exchange.rulebook_files",
    "review": "isovigil.decisions.review",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"isovigil has no {name!r}; it offers {', '.join(__all__)}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)

"""Which settings show every part on one page? The product's own, with two addresses more."""

from __future__ import annotations

import copy
from pathlib import Path

from isovigil import settings as product
from isovigil.settings import *  # noqa: F403 - Django reads a settings module by its names

TEMPLATES = copy.deepcopy(product.TEMPLATES)
TEMPLATES[0]["DIRS"] = [*product.TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]  # type: ignore[misc]  # a list
ROOT_URLCONF = "tests.web.gallery.gallery_urls"

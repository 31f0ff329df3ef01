"""How does a command reach the record of an instance?"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from isovigil.cli.streams import complain

WEB_EXTRA = "isovigil[web]"


class NotReady(Exception):
    """The instance cannot be reached; the text says what to do."""


def reach_instance(home: Path | None = None) -> None:
    """Let Django read the settings, once a process; `home` stands in for ISOVIGIL_HOME.

    Raises:
        NotReady: The extra is not installed, or the settings are incomplete.
    """
    if find_spec("django") is None:
        raise NotReady(f"The record needs the extra {WEB_EXTRA}. Type: make install")
    if home is not None:
        os.environ["ISOVIGIL_HOME"] = str(home.absolute())
        for other in ("ISOVIGIL_DATABASE", "ISOVIGIL_KEYS"):
            os.environ.pop(other, None)  # everything of this instance is in its home
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isovigil.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as incomplete:
        raise NotReady(str(incomplete)) from None
    _refuse_another_home(home)


def _refuse_another_home(home: Path | None) -> None:
    from django.conf import settings

    if home is not None and home.absolute() != settings.ISOVIGIL_HOME:
        raise NotReady(f"This process already uses the instance in {settings.ISOVIGIL_HOME}.")


def tell_start_faults() -> bool:
    """Print everything that keeps the instance from serving; was there anything?"""
    from isovigil.usecases.record.start_up import faults_at_start

    faults = faults_at_start()
    for fault in faults:
        complain(f"{fault.what}\n    {fault.remedy}")
    return bool(faults)

"""What can a person type?"""

from __future__ import annotations

from isovigil.cli.main import main as main

"""What does `python -m isovigil.cli` run? The same as `isovigil`."""

from isovigil.cli.main import main

main()

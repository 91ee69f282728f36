"""`python -m app` is `langnghe`."""

from app.cli import main

main()

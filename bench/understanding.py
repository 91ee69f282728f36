"""`make evaluate`: the trained model on the development set (see rasa_project/evaluation)."""

import subprocess
import sys

from app.rasa_server import PROJECT, PYTHON, running_rasa
from app.settings import Settings


def main() -> int:
    with running_rasa(Settings()) as url:
        script = PROJECT / "evaluation" / "evaluate.py"
        return subprocess.run([PYTHON, script, "--url", url], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

"""Files that operators ask for."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Complete or not at all. Raises ValueError where nothing can be written."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            draft.write_bytes(content)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror}") from error

"""Files that somebody names on the command line, as text."""

import sys
from pathlib import Path

from cryptoflow.errors import CryptoflowError, ExitCode


def text_of(file: Path | None) -> str:
    """Return what a file says, or standard input without one."""
    try:
        return sys.stdin.read() if file is None else file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CryptoflowError(f"there is no file {file}", code=ExitCode.USAGE) from error
    except IsADirectoryError as error:
        raise CryptoflowError(f"{file} is a folder", fix="name a file in it", code=ExitCode.USAGE) from error
    except UnicodeDecodeError as error:
        raise CryptoflowError(f"{file or 'standard input'} is no text in UTF-8", code=ExitCode.INVALID) from error

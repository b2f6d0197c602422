"""Files of an earlier revision, read with git."""

import subprocess
from collections.abc import Iterator
from os.path import normpath
from pathlib import Path, PurePosixPath

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.documents import is_spec
from cryptoflow.plugins.guests import FOLDER

FILE_MODES = {"100644", "100755"}


def git(*arguments: str, given: bytes = b"") -> bytes | None:
    """What git prints, None when it refuses."""
    try:
        done = subprocess.run(["git", *arguments], input=given, capture_output=True, check=False)  # noqa: S603, S607  # a list, no shell
    except FileNotFoundError as error:
        raise CryptoflowError(
            "git is not installed", fix="install it, or name files and folders", code=ExitCode.UNAVAILABLE
        ) from error
    return done.stdout if done.returncode == 0 else None


def extract(revision: str, into: Path) -> None:
    """Write what specs are made of (YAML files, and plugin files beside them) as it was at a revision."""
    if git("rev-parse", "--show-toplevel") is None:
        raise CryptoflowError(
            f"`{revision}:` names a revision, but this is no git repository", fix="name a file or a folder"
        )
    tree = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{tree}}") if revision else None
    if tree is None:
        raise CryptoflowError(f"git knows no revision `{revision}`", fix="write it like HEAD~1:configs/btc_trend.yaml")
    listed = git("ls-tree", "-r", "-z", "--full-tree", tree.decode().strip()) or b""
    named = dict(_files(listed.decode(errors="surrogateescape")))
    content = git("cat-file", "--batch", given="".join(f"{digest}\n" for digest in named.values()).encode()) or b""
    for name, text in zip(named, _contents(content), strict=True):
        file = into / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)


def inside(path: str) -> str:
    """A path of a revision from the top of the repository: one that begins with a dot starts at the current folder.

    One that leaves the repository is refused: what it names is in no revision.
    """
    prefix = (git("rev-parse", "--show-prefix") or b"").decode().strip() if path.startswith(".") else ""
    found = normpath(PurePosixPath(prefix, path))
    if PurePosixPath(found).is_absolute() or found.split("/")[0] == "..":
        raise CryptoflowError(
            f"{path} is not in the repository, so no revision has it",
            fix="paths after REV: start at the top of the repository; write REV:./path for one from here",
        )
    return found


def _files(listed: str) -> Iterator[tuple[str, str]]:
    """Names and digests of the files that specs are made of."""
    for entry in filter(None, listed.split("\0")):
        head, _, name = entry.partition("\t")
        mode, _, digest = head.split()
        path = PurePosixPath(name)
        of_specs = is_spec(path) or (path.suffix == ".py" and path.parent.name == FOLDER)
        if mode in FILE_MODES and of_specs and ".." not in path.parts and not path.is_absolute():
            yield name, digest


def _contents(batch: bytes) -> Iterator[bytes]:
    """The contents in the answer of `git cat-file --batch`: a line with the size, the bytes, a line break."""
    at = 0
    while at < len(batch):
        end = batch.index(b"\n", at)
        size = int(batch[at:end].split()[2])
        yield batch[end + 1 : end + 1 + size]
        at = end + 1 + size + 1

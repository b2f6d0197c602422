"""`cryptoflow warmup`."""

from cryptoflow.cli.options import AsJson, Quiet


def warmup(as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Compile the engine and every indicator now, so that the first run starts at once: for images and servers.

    Examples:

      cryptoflow warmup

      CRYPTOFLOW_CACHE=/var/cache cryptoflow warmup
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.warmup import warmup

    silent = quiet or as_json
    done = warmup(tell=None if silent else say.remark, progress=say.progress("compiling", quiet=silent))
    if as_json:
        say.data({**done._asdict(), "folder": str(done.folder), "seconds": round(done.seconds, 3)})
        return
    if done.compiled:
        say.text(f"compiled {len(done.compiled)} parts in {done.seconds:.0f} s, {len(done.ready)} were ready")
    else:
        say.text(f"all {len(done.ready)} parts were compiled already")
    say.text(f"cache  {done.folder}")

"""Which line a stream is kept with."""

from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.lines.counted import Counted
from cryptoflow.market.streams.lines.kept import KeptBook
from cryptoflow.market.streams.lines.line import Line
from cryptoflow.market.streams.lines.tops import Tops
from cryptoflow.market.streams.lines.unnumbered import Unnumbered


def line_of(stream: Stream, numbered: bool, last: int | None = None) -> Line:
    """Return the line that a stream is kept with; `numbered` says whether the venue numbers its ticks."""
    if stream.kind is Kind.BOOK:
        return KeptBook(stream)
    if stream.kind is Kind.TOP:
        return Tops(stream)
    if stream.kind is Kind.TICKS and not numbered:
        return Unnumbered(stream)
    return Counted(stream, last)

"""HTML in which text cannot become markup by accident."""

from html import escape


class Markup(str):
    """Text that is HTML already; everything else is escaped when it is put into an element."""

    __slots__ = ()


VOID = frozenset({"meta", "br", "link"})


def element(name: str, /, *children: str, **attributes: str | bool) -> Markup:
    """Return an element around its children; an attribute that is False is left out.

    A trailing `_` frees an attribute from being a Python word, another `_` is a dash.

    >>> element("p", "a < b", class_="note")
    '<p class="note">a &lt; b</p>'
    """
    shown = "".join(
        f" {_dashed(key)}" if value is True else f' {_dashed(key)}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not False
    )
    start = f"<{name}{shown}>"
    return Markup(start if name in VOID else f"{start}{joined(*children)}</{name}>")


def joined(*children: str) -> Markup:
    """Return children side by side, those that are no markup escaped.

    >>> joined(Markup("<br>"), "<br>")
    '<br>&lt;br&gt;'
    """
    return Markup("".join(child if isinstance(child, Markup) else escape(child) for child in children))


def _dashed(name: str) -> str:
    return name.rstrip("_").replace("_", "-")

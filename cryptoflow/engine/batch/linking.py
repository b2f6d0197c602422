"""One object file for a whole decision, where the compiler would make one for each of its functions.

Numba optimizes every function together with all that it calls, and turns the result into machine code, as if Python
were to call it. Of our hundreds of functions Python calls one. While a run compiles, the others are only kept to be
linked into it, which takes half of the time of the first compile (docs/decisions/0018) and ends in the same code.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.registry import cpu_target

DOOR = "_ZN7cpython"
"""How the names of functions begin that Python calls."""

_compiling = Lock()
_inside = 0


class Linked(JITCodeLibrary):
    """A function that is optimized and turned into machine code once somebody asks where that is."""

    _waits = False

    def _optimize_final_module(self) -> None:
        if self._is_needed():
            super()._optimize_final_module()  # type: ignore[no-untyped-call]

    def _finalize_final_module(self) -> None:
        if self._is_needed():
            super()._finalize_final_module()  # type: ignore[no-untyped-call]
        else:
            self._waits = self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """Return where a function lies, 0 where it is none of this one's."""
        self._ensure_finalized()  # type: ignore[no-untyped-call]
        if self._waits and self._defines(name):
            self._waits = False
            super()._optimize_final_module()  # type: ignore[no-untyped-call]
            super()._finalize_final_module()  # type: ignore[no-untyped-call]
        return int(super().get_pointer_to_function(name))  # type: ignore[no-untyped-call]

    def _is_needed(self) -> bool:
        """Say whether Python calls it, or it has been compiled before."""
        return getattr(self, "_compiled_object", None) is not None or self._defines(DOOR)

    def _defines(self, start: str) -> bool:
        return any(one.name.startswith(start) and not one.is_declaration for one in self._final_module.functions)


@contextmanager
def linked() -> Iterator[None]:
    """Compile what is compiled meanwhile into one object."""
    global _inside
    codegen = cpu_target.target_context.codegen()
    with _compiling:
        _inside += 1
        codegen._library_class, codegen.set_env = Linked, _keeping(codegen)  # noqa: SLF001 - numba has no other door
    try:
        yield
    finally:
        with _compiling:
            _inside -= 1
            if _inside == 0:
                del codegen._library_class, codegen.set_env  # noqa: SLF001 - as above


def _keeping(codegen: Any) -> Any:
    """Return what hands a function its surroundings, if it has become machine code."""

    def set_env(name: str, surroundings: Any) -> None:
        if codegen._engine.is_symbol_defined(name):  # noqa: SLF001 - as above
            type(codegen).set_env(codegen, name, surroundings)

    return set_env

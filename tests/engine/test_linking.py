"""What is compiled for a run becomes one object: only what Python calls is machine code, and what it calls is in it."""

from numba import njit
from numba.extending import register_jitable

from cryptoflow.engine.batch.linking import linked


def third(number: float) -> float:
    return number / 3.0


def test_only_what_python_calls_is_made_machine_code_and_the_rest_when_it_is_asked_for() -> None:
    part = register_jitable(no_cpython_wrapper=True, no_cfunc_wrapper=True)(third)

    @njit
    def whole(number: float) -> float:
        return part(number) + 1.0

    with linked():
        assert whole(7.5) == 3.5
    (library,) = (one.library for one in whole.overloads.values())
    (inner,) = (one for one in library._linking_libraries if one.name == third.__name__)
    (name,) = (one.name for one in inner.get_defined_functions())
    assert not inner.codegen._engine.is_symbol_defined(name)
    assert inner.get_pointer_to_function("nowhere") == 0
    assert inner.get_pointer_to_function(name) != 0
    assert whole(-3.0) == 0.0


def test_numba_is_itself_again_afterwards() -> None:
    with linked(), linked():
        pass

    @njit
    def alone(number: float) -> float:
        return number + 1.0

    assert alone(1.0) == 2.0
    (library,) = (one.library for one in alone.overloads.values())
    assert type(library).__name__ == "JITCodeLibrary"

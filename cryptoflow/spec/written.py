"""Values that keep the text they were written as, and say in plain words why a text cannot be one."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

NUMBER = r"[0-9]+(?:\.[0-9]+)?"


class MisreadError(ValueError):
    """A text that is not the value it should be: the text, the law it breaks, and what would do.

    >>> str(MisreadError("140%", "a share is at most 100%"))
    '140%: a share is at most 100%'
    """

    def __init__(self, text: object, law: str, fix: str = "") -> None:
        super().__init__(f"{text}: {law}")
        self.text, self.law, self.fix = str(text), law, fix

    def __reduce__(self) -> tuple[type["MisreadError"], tuple[str, str, str]]:
        return MisreadError, (self.text, self.law, self.fix)


class Written:
    """An immutable value made from a text, which prints back as that text."""

    noun: ClassVar[str]
    example: ClassVar[str]
    pattern: ClassVar[str]
    text: str

    def __new__(cls, text: str) -> Self:  # noqa: D102 - the class says it
        if not isinstance(text, str):
            raise cls._unwritten(text)
        number, fields = cls._parse(text.strip())
        made = super().__new__(cls) if number is None else super().__new__(cls, number)  # type: ignore[call-arg]  # float's
        vars(made).update(fields, text=text.strip())
        return made

    @classmethod
    def _parse(cls, text: str) -> tuple[float | str | None, Mapping[str, object]]:
        """The number (or text) that the value is itself, and its fields."""
        raise NotImplementedError  # each type says how it is read

    @classmethod
    def _groups(cls, text: str, fix: str = "") -> tuple[str, ...]:
        """The parts of a text that has the shape of this value."""
        found = re.fullmatch(cls.pattern, text)
        if found is None:
            law = f"{cls.noun} is expected here"
            bare = cls._bare(float(text)) if re.fullmatch(NUMBER, text) else ""
            raise MisreadError(text or "empty", law, bare or fix or f"write it like {cls.example}")
        return found.groups()

    @classmethod
    def _bare(cls, number: float) -> str:
        """What to write instead of a number that lacks its unit."""
        return f"write it like {cls.example}, not {number:g}"

    @classmethod
    def _unwritten(cls, value: object) -> MisreadError:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return MisreadError(value, f"{cls.noun} is written with its unit", cls._bare(value))
        return MisreadError(named(value), f"{cls.noun} is expected here", f"write it like {cls.example}")

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed, make a new one")

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.text,)

    @classmethod
    def read(cls, value: Any) -> Self:
        """Return the value of a spec's scalar; a number without its unit is refused, whatever it may mean."""
        return value if isinstance(value, cls) else cls(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.to_string_ser_schema()
        return core_schema.no_info_plain_validator_function(cls.read, serialization=text)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": f"^(?:{cls.pattern})$", "examples": [cls.example]}


def named(value: object) -> str:
    """How a message calls a value of a spec.

    >>> named(None), named(True), named({}), named("5m")
    ('empty', 'true', 'a block', '5m')
    """
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case dict():
            return "a block"
        case list() | tuple():
            return "a list"
        case "":
            return "an empty text"
        case _:
            return str(value)

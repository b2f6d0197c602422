"""Telling the processor what will be read soon, so that it need not be waited for."""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

write: Any = cgutils
READ, KEEP, DATA = 0, 3, 1
"""What the hint says: it will be read, keep it close, and it is no code."""


def typed(_: Any, table: Any, row: Any, column: Any) -> Any:
    """Return the type of the call and what writes its code."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array_type = signature.args[0]
        array = context.make_array(array_type)(context, builder, arguments[0])
        shape, strides = (write.unpack_tuple(builder, part, 2) for part in (array.shape, array.strides))
        place = write.get_item_pointer2(context, builder, array.data, shape, strides, "C", arguments[1:])
        word, byte = ir.IntType(32), ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        hint = write.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(hint, [builder.bitcast(place, byte), *(ir.Constant(word, each) for each in (READ, KEEP, DATA))])
        return context.get_dummy_value()

    return types.none(table, row, column), generate


fetch: Callable[[Any, int, int], None] = cast(Any, intrinsic)(typed)
"""Begin to fetch `table[row, column]` from memory; nothing waits, and nothing changes but the time it takes."""

"""The functions of ``func_odbc.conf``."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.config.func_odbc import SqlFunctions, read_func_odbc
from switchroom.config.language.options import ConfigWarning
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.sql_functions import SqlFunctionBook, make_function
from switchroom.node.part import Part
from switchroom.pbx.pbx import Pbx

FILE = "func_odbc.conf"


class ConfiguredSqlFunctions(Part):
    """The file need not be there."""

    words = frozenset({"func_odbc"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file(FILE, read_func_odbc) or SqlFunctions({})
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        book = pbx.datastore(SqlFunctionBook)
        book.clear()
        book.update(self._config.functions)
        if isinstance(pbx.dialplan, Interpreter):
            made = {name: make_function(each) for name, each in book.items()}
            pbx.dialplan.use_functions(FILE, made)

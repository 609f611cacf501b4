"""The tables of databases that call records go to, as four files of the original name them."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.config.records.cdr_sql import CdrTable, CdrTables
from switchroom.dialplan.record_lines import CallStandIn
from switchroom.node.record_tables import writable
from switchroom.node.template_table import TemplateTable
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cdr_batch import RecordBackend
from switchroom.storage.cdr_sql import CdrSql, RowRules


def open_cdr_tables(
    pbx: Pbx, files: Sequence[CdrTables], *, bills_initiated: bool
) -> list[RecordBackend]:
    """What takes records for these tables.

    Raises:
        ConfigError: A value is written so that it cannot be made.
    """
    backends: list[RecordBackend] = []
    for table, write in writable(pbx, files, "call records"):
        if table.templates:
            show = CallStandIn(pbx).show
            made = TemplateTable(
                pbx, table.backend, table.table, table.templates, show=show, write=write
            )
            backends.append(made)
        else:
            rules = _rules(table, bills_initiated=bills_initiated)
            backends.append(CdrSql(table.backend, rules, write))
    return backends


def _rules(table: CdrTable, *, bills_initiated: bool) -> RowRules:
    return RowRules(
        table.table,
        table.columns,
        table.only_columns,
        table.constants,
        table.filters,
        table.in_utc,
        table.numbers,
        bills_initiated,
    )

"""Statements that are written once for each engine, and then go to its driver as they are.

The toolkit looks a statement up, sorts its parameters and wraps its rows each time it runs: ten
times what SQLite itself needs for a row by its key. An annotator's turn is two dozen statements,
so those that run at every turn are made here. They run in the caller's transaction, their errors
are the toolkit's own, and who listens to its ``before_cursor_execute`` hears of them.

On PostgreSQL, where each statement is a trip to the server, those that wait for no answer
(``later``) and those whose answer is looked at later (``ask``) travel together: see ``trips``.

Columns hold texts, numbers and booleans (see ``tables``). A list of ids is spelled ``among``.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from sqlalchemy import (
    Boolean,
    CompoundSelect,
    Connection,
    Dialect,
    Insert,
    Select,
    TextClause,
    Update,
)
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Delete

if TYPE_CHECKING:
    from qinglan.storage import trips
    from qinglan.storage.trips import Line

Statement: TypeAlias = Select[Any] | CompoundSelect[Any] | Insert | Update | Delete | TextClause
Values: TypeAlias = Mapping[str, object]


class Prepared:
    """One statement with named parameters; threads and connections share it."""

    __slots__ = ("_forms", "_names", "_statement")

    def __init__(self, statement: Statement | Callable[[str], Statement], *names: str) -> None:
        """``names`` are the columns of an insert. What each engine spells in its own way is a
        function of the engine's name.
        """
        self._statement, self._names = statement, names
        self._forms: dict[str, _Form] = {}

    def rows(self, connection: Connection, values: Values) -> list[Any]:
        """All rows, as named tuples."""
        line = _line(connection)
        if line is not None:
            return self._ask(line, connection, values).rows()
        form, cursor = self._execute(connection, values)
        found = [form.row(row) for row in cursor.fetchall()]
        cursor.close()
        return found

    def one_or_none(self, connection: Connection, values: Values) -> Any:  # noqa: ANN401 - a row
        """The first row as a named tuple; ``None`` where there is none."""
        line = _line(connection)
        if line is not None:
            return first(self._ask(line, connection, values))
        form, cursor = self._execute(connection, values)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else form.row(row)

    def one(self, connection: Connection, values: Values) -> Any:  # noqa: ANN401 - a row
        """The first row.

        Raises:
            NoResultFound: of the toolkit: there is none.
        """
        row = self.one_or_none(connection, values)
        if row is None:
            raise NoResultFound("no row, where one was required")
        return row

    def run(self, connection: Connection, values: Values) -> int:
        """Change what it changes; how many rows."""
        line = _line(connection)
        if line is not None:
            return self._ask(line, connection, values).count()
        cursor = self._execute(connection, values)[1]
        count = int(cursor.rowcount)
        cursor.close()
        return count

    def ask(self, connection: Connection, values: Values) -> Reply:
        """Ask for rows that are looked at later; what is asked before then is answered with it.

        An error may not be raised before somebody looks.
        """
        line = _line(connection)
        if line is not None:
            return self._ask(line, connection, values)
        return Found(self.rows(connection, values))

    def later(self, connection: Connection, values: Values) -> None:
        """Change what it changes, before anything that is asked after it, and before the commit.

        An error may not be raised before then.
        """
        line = _line(connection)
        if line is None:
            self.run(connection, values)
        else:
            self._ask(line, connection, values)

    def _ask(self, line: Line, connection: Connection, values: Values) -> trips.Reply:
        said, arrange = self._form(connection).travelling
        return line.ask(connection, said, arrange(values))

    def _form(self, connection: Connection) -> _Form:
        name = connection.dialect.name
        form = self._forms.get(name)
        if form is None:
            made = self._statement(name) if callable(self._statement) else self._statement
            form = self._forms[name] = _form(made, connection.dialect, self._names)
        return form

    def _execute(self, connection: Connection, values: Values) -> tuple[_Form, Any]:
        form = self._form(connection)
        return form, drive(connection, form.sql, form.bind(values))


def drive(connection: Connection, sql: str, parameters: Any) -> Any:  # noqa: ANN401 - the driver's
    """Let the driver run ``sql``: once, or for each of a list of parameters; its cursor.

    Raises:
        DBAPIError: of the toolkit, as it would raise it.
    """
    if connection.dispatch.before_cursor_execute:
        options = {"preserve_rowcount": True}
        result = connection.exec_driver_sql(sql, parameters, execution_options=options)
        return result.cursor if result.returns_rows else _Closed(result.rowcount)
    dialect, held = connection.dialect, connection.connection
    error_class = dialect.loaded_dbapi.Error
    cursor = held.cursor()
    try:
        if isinstance(parameters, list):
            cursor.executemany(sql, parameters)
        else:
            cursor.execute(sql, parameters)
    except error_class as error:
        lost = dialect.is_disconnect(error, held.driver_connection, cursor)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql, parameters, error, error_class, connection_invalidated=lost, dialect=dialect
        ) from error
    return cursor


class Reply(Protocol):
    """What was asked for, once somebody looks."""

    def rows(self) -> list[Any]:
        """All rows, as named tuples."""


class Found(NamedTuple):
    """Rows that are here already."""

    here: list[Any]

    def rows(self) -> list[Any]:
        """All of them."""
        return self.here


def first(reply: Reply) -> Any:  # noqa: ANN401 - a row
    """The first row of ``reply``; ``None`` where there is none."""
    return next(iter(reply.rows()), None)


def send_waiting(connection: Connection) -> None:
    """Let the server do what waits.

    Raises:
        DBAPIError: of the toolkit: one of them failed.
    """
    line = connection.info.get(_LINE)
    if line is not None:
        line.send(connection)


def begin_waiting(connection: Connection) -> None:
    """Let the server do what waits, where that is all there is in the transaction.

    So that none begins and ends in one trip: of a connection that was lost long ago, nobody
    could say whether it still took that.
    """
    line = connection.info.get(_LINE)
    if line is not None and not line.began:
        line.send(connection)


def commit_waiting(connection: Connection) -> None:
    """Let the server do what waits, and end the transaction with it."""
    line = connection.info.get(_LINE)
    if line is not None:
        line.send(connection, commit=line.began)


def forget_waiting(connection: Connection) -> None:
    """What waits is not to be done."""
    line = None if connection.invalidated else connection.info.get(_LINE)
    if line is not None:
        line.forget()


_LINE = "qinglan.line"


def _line(connection: Connection) -> Line | None:
    """Where statements go that travel together; ``None`` where each goes to the driver alone."""
    if connection.dialect.name != "postgresql" or connection.dispatch.before_cursor_execute:
        return None
    info = connection.info
    line: Line | None = info.get(_LINE)
    if line is None:
        from qinglan.storage.trips import Line

        line = info[_LINE] = Line(connection.connection.driver_connection)
    return line


class _Closed(NamedTuple):
    """What is left of a cursor that the toolkit closed."""

    rowcount: int

    def close(self) -> None:
        """There is nothing to let go of."""


class _Form(NamedTuple):
    """A statement as one engine takes it."""

    sql: str
    bind: Callable[[Values], Any]
    """From values by name to the driver's parameters."""
    row: Callable[[Sequence[Any]], Any]
    """From the driver's row to a named tuple."""
    travelling: Any
    """For PostgreSQL alone: as it travels with others, and its parameters in their order."""


def _form(statement: Statement, dialect: Dialect, names: Sequence[str]) -> _Form:
    made = statement.compile(dialect=dialect, column_keys=list(names) or None)
    sql = str(made)
    if not isinstance(made, SQLCompiler) or "POSTCOMPILE" in sql:
        raise ValueError("a list in it has no one text: spell it with `among`")
    columns = [] if isinstance(statement, TextClause) else list(statement.exported_columns)
    bind, row = _binder(made, dialect), _maker(columns, dialect)
    if dialect.name != "postgresql":
        return _Form(sql, bind, row, ())
    from qinglan.storage.trips import Said

    numbered = type(dialect)(paramstyle="numeric_dollar")  # type: ignore[call-arg]
    also: Any = statement.compile(dialect=numbered, column_keys=list(names) or None)
    said = Said(f"qinglan_{next(_NUMBER)}".encode(), str(also).encode(), row)
    return _Form(sql, bind, row, (said, _binder(also, dialect)))


_NUMBER = count()


def _binder(made: SQLCompiler, dialect: Dialect) -> Callable[[Values], Any]:
    processors = {
        name: found
        for name, parameter in made.binds.items()
        if (found := parameter.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    }
    fixed = {
        name: parameter.value for name, parameter in made.binds.items() if not parameter.required
    }

    def complete(values: Values) -> Values:
        if not (fixed or processors):
            return values
        whole = {**fixed, **values}
        return whole | {name: change(whole[name]) for name, change in processors.items()}

    if made.positiontup is None:
        return lambda values: {**complete(values)}
    order = tuple(made.positiontup)
    if len(order) < 2:
        return lambda values: tuple([complete(values)[name] for name in order])
    pick = itemgetter(*order)
    return lambda values: pick(complete(values))


def _maker(columns: Sequence[Any], dialect: Dialect) -> Callable[[Sequence[Any]], Any]:
    row = namedtuple("row", [column.name for column in columns], rename=True)  # type: ignore[misc]
    truths = [place for place, column in enumerate(columns) if isinstance(column.type, Boolean)]
    if dialect.name != "sqlite" or not truths:
        return row._make

    def make(found: Sequence[Any]) -> Any:  # noqa: ANN401 - a row
        values = list(found)
        for place in truths:  # SQLite has no booleans
            values[place] = None if values[place] is None else bool(values[place])
        return row._make(values)

    return make

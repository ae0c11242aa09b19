"""The tables, in types that SQLite and PostgreSQL read alike.

Records are columns, with their commitment beside them, so that an edited row can be told from
the one that was written. Numbers and times that enter a hash are kept as the text that was
hashed. Ids sort by their bytes on both engines (collation ``C`` on PostgreSQL), because readers
resume after the last id they saw. Long text is never part of an index: PostgreSQL refuses
entries beyond 2,700 bytes.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by its bytes."""

Serial = BigInteger().with_variant(Integer(), "sqlite")
"""A number the database hands out; SQLite does so for INTEGER alone."""


def _id() -> Column[str]:
    return Column("id", Id, primary_key=True)


def _to(name: str, target: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Id, ForeignKey(target), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _made(*, always: bool = True) -> tuple[Column[str], Column[str]]:
    """What every record carries: its commitment, and the activity that made the row."""
    return _text("commitment"), _to("activity", "activities.id", nullable=not always)


activities = Table(
    "activities",
    metadata,
    _id(),
    _text("verb"),
    _text("actor"),
    _text("code"),
    _text("started"),
    _text("commitment"),
    Index(None, "started", "id"),
)

deeds = Table(
    "deeds",
    metadata,
    Column("activity", Id, ForeignKey("activities.id"), primary_key=True),
    _text("facts"),
    sqlite_with_rowid=False,
)
"""What an activity was about (JSON), where no project's history says it."""

guidelines = Table(
    "guidelines",
    metadata,
    _id(),
    _text("kind"),
    Column("version", Integer, nullable=False),
    _text("en"),
    _text("zh"),
    *_made(always=False),
)

projects = Table(
    "projects",
    metadata,
    _id(),
    Column("name", Id, nullable=False, unique=True),
    _text("kind"),
    _to("guideline", "guidelines.id"),
    *_made(always=False),
)

revisions = Table(
    "revisions",
    metadata,
    _to("project", "projects.id"),
    Column("version", Integer, nullable=False),
    _to("guideline", "guidelines.id"),
    Column("at", BigInteger, nullable=False),
    _text("why"),
    _text("touches"),
    Column("answers", BigInteger, nullable=False),
    _to("activity", "activities.id"),
    PrimaryKeyConstraint("project", "version"),
    sqlite_with_rowid=False,
)
"""Later versions of a project's guideline, the first being in ``projects`` from the start: since
when (ms since 1970), and which ``answers`` given before it ``touches`` (JSON: a list of skills, or
null for all)."""

origins = Table(
    "origins",
    metadata,
    _id(),
    _text("source"),
    _text("channel"),
    _text("licence", nullable=True),
    _text("family", nullable=True),
    _text("part", nullable=True),
    _text("sha256", nullable=True),
)
"""The id is the commitment: equal origins are one row."""

samples = Table(
    "samples",
    metadata,
    _id(),
    _to("origin", "origins.id"),
    Column("row", BigInteger, nullable=False),
    _text("text"),
    _text("salt"),
    *_made(),
)

tasks = Table(
    "tasks",
    metadata,
    _id(),
    _to("project", "projects.id"),
    _to("guideline", "guidelines.id"),
    _text("kind"),
    _text("prompt"),
    _text("options"),
    _text("skill", nullable=True),
    _text("group"),
    _text("salt"),
    *_made(),
    Index(None, "project", "id"),
)

task_samples = Table(
    "task_samples",
    metadata,
    _to("task", "tasks.id"),
    Column("position", Integer, nullable=False),
    _to("sample", "samples.id"),
    PrimaryKeyConstraint("task", "position"),
    Index(None, "sample"),
    sqlite_with_rowid=False,
)

answer_keys = Table(
    "answer_keys",
    metadata,
    Column("task", Id, ForeignKey("tasks.id"), primary_key=True),
    _text("value"),
    _text("salt"),
    *_made(),
)
"""Apart from ``tasks``: a query for an annotator never names this table."""

annotators = Table(
    "annotators",
    metadata,
    _id(),
    _to("project", "projects.id"),
    _text("type"),
    _text("name"),
    _to("origin", "origins.id"),
    Column("simulated", Boolean, nullable=False),
    *_made(always=False),
    Index(None, "project", "id"),
)

annotations = Table(
    "annotations",
    metadata,
    _id(),
    _to("project", "projects.id"),
    _to("task", "tasks.id"),
    _to("annotator", "annotators.id"),
    _text("answer"),
    _to("supersedes", "annotations.id", nullable=True),
    _text("salt"),
    _text("value", nullable=True),
    _text("value_reason", nullable=True),
    *_made(),
    Index(None, "project", "task", "id"),
)
"""``project`` repeats the task's, so that one index serves votes, checks and the task's page."""

Index(
    "uq_annotations_supersedes",
    annotations.c.supersedes,
    unique=True,
    sqlite_where=text("supersedes IS NOT NULL"),
    postgresql_where=text("supersedes IS NOT NULL"),
)

checks = Table(
    "checks",
    metadata,
    _to("annotation", "annotations.id"),
    Column("verifier", Id, nullable=False),
    _text("outcome"),
    _text("answer", nullable=True),
    _text("reason", nullable=True),
    *_made(),
    PrimaryKeyConstraint("annotation", "verifier"),
    sqlite_with_rowid=False,
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", Id, nullable=False),
    _to("task", "tasks.id"),
    _text("value", nullable=True),
    _text("probability", nullable=True),
    _to("annotation", "annotations.id", nullable=True),
    Column("votes", BigInteger, nullable=False),
    _text("method"),
    _text("reason", nullable=True),
    Column("current", Boolean, nullable=False),
    *_made(),
    _text("estimates", nullable=True),
    Index(None, "id", "seq"),
    sqlite_autoincrement=True,
)

Index(
    "uq_verdicts_current",
    verdicts.c.task,
    unique=True,
    sqlite_where=text("current = 1"),
    postgresql_where=text("current"),
)

judgings = Table(
    "judgings",
    metadata,
    Column("project", Id, ForeignKey("projects.id"), primary_key=True),
    _to("activity", "activities.id"),
    Column("finished", Boolean, nullable=False),
)

releases = Table(
    "releases",
    metadata,
    _id(),
    _to("project", "projects.id"),
    Column("name", Id, nullable=False),
    _text("purpose"),
    _text("root"),
    Column("rows", BigInteger, nullable=False),
    _text("built"),
    _text("permit"),
    _text("history"),
    *_made(),
    UniqueConstraint("project", "name"),
)

held_out_items = Table(
    "held_out_items",
    metadata,
    Column("held_out", Id, nullable=False),
    Column("item", Id, nullable=False),
    PrimaryKeyConstraint("held_out", "item"),
    Index(None, "item"),
    sqlite_with_rowid=False,
)
"""Digests of the questions of each held-out set, so that a look counts for every set with them."""

looks = Table(
    "looks",
    metadata,
    Column("report", Id, primary_key=True),
    Column("held_out", Id, nullable=False),
    _text("model"),
    _text("why"),
    _text("time"),
    *_made(),
    Index(None, "held_out"),
)

reports = Table(
    "reports",
    metadata,
    Column("id", Id, ForeignKey("looks.report"), primary_key=True),
    _to("release", "releases.id"),
    _text("split"),
    _text("held_out"),
    _text("model"),
    _text("run", nullable=True),
    Column("plan", Id, nullable=False),
    _text("made"),
    _text("sha256"),
    *_made(),
    Index(None, "plan"),
)

links = Table(
    "links",
    metadata,
    Column("commitment", Id, primary_key=True),
    Column("output", Id, nullable=False),
    _text("inputs"),
    _to("activity", "activities.id"),
    Index(None, "output"),
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("seq", Serial, primary_key=True),
    _to("project", "projects.id"),
    _text("stage"),
    _text("reason"),
    _text("file", nullable=True),
    Column("line", BigInteger, nullable=True),
    _text("field", nullable=True),
    _text("record", nullable=True),
    _text("detail"),
    _to("activity", "activities.id"),
    Index(None, "project", "stage", "reason"),
    sqlite_autoincrement=True,
)

imports = Table(
    "imports",
    metadata,
    _to("project", "projects.id"),
    _text("sha256"),
    _text("mapping"),
    Column("done_rows", BigInteger, nullable=False),
    Column("finished", Boolean, nullable=False),
    PrimaryKeyConstraint("project", "sha256", "mapping"),
    sqlite_with_rowid=False,
)

tallies = Table(
    "tallies",
    metadata,
    Column("project", Id, nullable=False),
    Column("name", Id, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("n", BigInteger, nullable=False),
    PrimaryKeyConstraint("project", "name", "slot"),
    sqlite_with_rowid=False,
)
"""Running counts of a project, each the sum of its slots."""

history = Table(
    "history",
    metadata,
    _to("project", "projects.id"),
    Column("seq", BigInteger, nullable=False),
    _text("event"),
    _text("prev"),
    _text("digest"),
    PrimaryKeyConstraint("project", "seq"),
)

routing = Table(
    "routing",
    metadata,
    Column("project", Id, ForeignKey("projects.id"), primary_key=True),
    Column("overlap", Integer, nullable=False),
    Column("gold_per_mille", Integer, nullable=False),
    Column("lease_seconds", Integer, nullable=False),
    Column("stop_after", Integer, nullable=False),
    Column("tail", BigInteger, nullable=False),
    *(
        Column(name, Integer, nullable=True)
        for name in ("least", "aim", "calibration", "floor", "passing")
    ),
    Column("most", Integer, nullable=True),
    _text("needs", nullable=True),
    Column("routed", Boolean, nullable=False, server_default=false()),
    Column("reserved", Integer, nullable=False, server_default="0"),
    Column("reserved_for", Id, nullable=True),
    Column("by_gain", Boolean, nullable=False, server_default=false()),
    Column("reserving", Boolean, nullable=False, server_default=false()),
    Column("suggests", Id, nullable=True),
    Column("hidden", Integer, nullable=True),
    Column("suggests_since", BigInteger, nullable=True),
)
"""How a project's work is given out, and the marks it asks of people. ``tail`` is the newest rank;
whoever appends to the queue holds this row until the commit, so ranks become visible in their
order. ``reserving``: slots of some task may be reserved, by these rules or by earlier ones."""

work = Table(
    "work",
    metadata,
    Column("task", Id, ForeignKey("tasks.id"), primary_key=True),
    Column("project", Id, nullable=False),
    Column("skill", Id, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("rank", BigInteger, nullable=False),
    Column("wanted", BigInteger, nullable=True),
    Column("given", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("reports", BigInteger, nullable=False),
    Column("state", Id, nullable=False),
    Column("reserved", Integer, nullable=False, server_default="0"),
    Column("seniors", BigInteger, nullable=False, server_default="0"),
)
"""A task's slots and its place in the queue. Lane 0, of tasks that came back, goes first."""

for _state in ("open", "reserved"):
    for _name, _columns in (
        (f"ix_work_{_state}", (work.c.project, work.c.lane, work.c.rank)),
        (f"ix_work_{_state}_skill", (work.c.project, work.c.skill, work.c.lane, work.c.rank)),
    ):
        Index(
            _name, *_columns,
            sqlite_where=text(f"state = '{_state}'"),
            postgresql_where=text(f"state = '{_state}'"),
        )  # fmt: skip

gold = Table(
    "gold",
    metadata,
    Column("task", Id, ForeignKey("tasks.id"), primary_key=True),
    Column("project", Id, nullable=False),
    Column("skill", Id, nullable=False),
    Column("rank", BigInteger, nullable=False),
    _text("key", nullable=True),
    Index(None, "project", "rank"),
)
"""Apart from ``work`` and ``tasks``: only the choice of the next task reads it. ``key`` is the
answer key, so that what is asked for an annotator never names the table of keys."""

gold_answers = Table(
    "gold_answers",
    metadata,
    Column("annotator", Id, nullable=False),
    Column("task", Id, nullable=False),
    Column("project", Id, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("right", Boolean, nullable=True),
    PrimaryKeyConstraint("annotator", "task"),
    Index(None, "annotator", "at"),
    sqlite_with_rowid=False,
)
"""How annotators fared on gold; ``right`` is NULL where that cannot be told."""

lessons = Table(
    "lessons",
    metadata,
    Column("task", Id, ForeignKey("tasks.id"), primary_key=True),
    Column("project", Id, nullable=False),
    Column("part", Id, nullable=False),
    Column("place", Integer, nullable=False),
    _text("key"),
    _text("words", nullable=True),
    Index(None, "project", "part", "place"),
)
"""What is done before real work: practice with an explanation, then the qualification."""

lesson_answers = Table(
    "lesson_answers",
    metadata,
    Column("annotator", Id, nullable=False),
    Column("task", Id, nullable=False),
    _text("answer"),
    Column("right", Boolean, nullable=True),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("annotator", "task"),
    sqlite_with_rowid=False,
)
"""Answers to lessons. They are nobody's vote, so they are no annotations."""

notices = Table(
    "notices",
    metadata,
    Column("annotator", Id, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("annotator", "version"),
    sqlite_with_rowid=False,
)
"""Who was told what is recorded about their work, in which version of the words, when."""

flags = Table(
    "flags",
    metadata,
    _id(),
    Column("project", Id, nullable=False),
    Column("annotator", Id, nullable=False),
    Column("other", Id, nullable=True),
    Column("kind", Id, nullable=False),
    _text("facts"),
    Column("at", BigInteger, nullable=False),
    Index(None, "project", "annotator"),
)
"""What somebody should look at, with what was seen (``facts``, JSON). Rows are only added."""

flag_words = Table(
    "flag_words",
    metadata,
    _to("flag", "flags.id"),
    Column("seq", Integer, nullable=False),
    Column("what", Id, nullable=False),
    _text("actor"),
    _text("words"),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("flag", "seq"),
    sqlite_with_rowid=False,
)
"""What was said to a flag: appeals, and decisions. Rows are only added."""

suggested = Table(
    "suggested",
    metadata,
    Column("annotator", Id, nullable=False),
    Column("task", Id, nullable=False),
    Column("annotation", Id, nullable=False),
    Column("model", Id, nullable=False),
    Column("origin", Id, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("taken_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("annotator", "task"),
    sqlite_with_rowid=False,
)
"""Which answer of a model somebody saw beside a task, from when on, how many of its parts they took
as they were, and the milliseconds from its showing to their taking them, summed.
"""

behaviour = Table(
    "behaviour",
    metadata,
    Column("annotator", Id, nullable=False),
    Column("task", Id, nullable=False),
    Column("pasted", BigInteger, nullable=False),
    Column("typed", BigInteger, nullable=False),
    Column("away", BigInteger, nullable=False),
    PrimaryKeyConstraint("annotator", "task"),
    sqlite_with_rowid=False,
)
"""What the page counted while an answer was written: characters pasted, keys, times away."""

seats = Table(
    "seats",
    metadata,
    Column("annotator", Id, ForeignKey("annotators.id"), primary_key=True),
    _to("project", "projects.id"),
    _text("skills", nullable=True),
    Column("active", Boolean, nullable=False),
    Column("turns", BigInteger, nullable=False),
    _text("passed"),
    _text("session", nullable=True),
    _to("activity", "activities.id", nullable=True),
    Column("seen", BigInteger, nullable=False, server_default="0"),
    Column("since", BigInteger, nullable=False, server_default="0"),
    Column("admitted", Boolean, nullable=False, server_default=true()),
    Column("tier", Id, nullable=True),
    _text("languages", nullable=True),
    Column("keen", Boolean, nullable=False, server_default=true()),
)
"""Who works at a project's desk, and how far in the queue they are (``passed``, JSON). Answers up
to ``seen`` were held against gold; answers since ``since`` say how good somebody is. ``keen``: the
last judging expects an answer of theirs to tell more than most people's."""

assignments = Table(
    "assignments",
    metadata,
    _to("annotator", "annotators.id"),
    _to("task", "tasks.id"),
    Column("project", Id, nullable=False),
    _text("token"),
    Column("standing", Id, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("moved", BigInteger, nullable=False),
    _to("annotation", "annotations.id", nullable=True),
    Column("answers", Integer, nullable=False),
    _text("late", nullable=True),
    _text("reason", nullable=True),
    _text("note", nullable=True),
    Column("taken", BigInteger, nullable=True),
    Column("senior", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("annotator", "task"),
    Index(None, "annotator", "standing", "moved"),
    sqlite_with_rowid=False,
)
"""One row for each annotator and task they were ever given. ``late`` is an answer that came when
the task had all it wanted."""

Index(
    "ix_assignments_leased",
    assignments.c.project,
    assignments.c.until,
    sqlite_where=text("standing = 'leased'"),
    postgresql_where=text("standing = 'leased'"),
)

rulings = Table(
    "rulings",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", Id, nullable=False),
    _to("project", "projects.id"),
    _to("task", "tasks.id"),
    _text("reviewer"),
    _text("value"),
    _to("annotation", "annotations.id"),
    _text("note"),
    _text("considered"),
    _text("salt"),
    *_made(),
    Index(None, "project", "task", "seq"),
    sqlite_autoincrement=True,
)
"""What reviewers ruled. Rows are only added; the newest of a task counts."""

sightings = Table(
    "sightings",
    metadata,
    Column("annotator", Id, nullable=False),
    Column("task", Id, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("annotator", "task"),
    sqlite_with_rowid=False,
)
"""Who has seen the answers to which task in the office, by the id they would have as annotator."""

drafts = Table(
    "drafts",
    metadata,
    Column("annotator", Id, nullable=False),
    Column("task", Id, nullable=False),
    _text("body"),
    Column("saved", BigInteger, nullable=False),
    PrimaryKeyConstraint("annotator", "task"),
    ForeignKeyConstraint(["annotator", "task"], ["assignments.annotator", "assignments.task"]),
    sqlite_with_rowid=False,
)
"""What somebody has typed so far."""

withdrawals = Table(
    "withdrawals",
    metadata,
    _id(),
    _to("project", "projects.id"),
    _text("what"),
    _text("targets"),
    _text("time"),
    _text("counts"),
    Column("scrubbed", Boolean, nullable=False),
    _to("activity", "activities.id"),
    Index(None, "project"),
)
"""Whose content was taken out. ``targets`` are ids; ``counts`` says how much of what."""

tombstones = Table(
    "tombstones",
    metadata,
    Column("type", Id, nullable=False),
    Column("record", Id, nullable=False),
    _to("withdrawal", "withdrawals.id"),
    _text("commitment", nullable=True),
    PrimaryKeyConstraint("type", "record"),
    sqlite_with_rowid=False,
)
"""What was erased: the table it was in, and its id. The commitment stays only of a record that
was salted, for without its salt it tells nothing; others' could be guessed."""


stale_releases = Table(
    "stale_releases",
    metadata,
    _to("release", "releases.id"),
    _to("withdrawal", "withdrawals.id"),
    Column("rows", BigInteger, nullable=True),
    PrimaryKeyConstraint("release", "withdrawal"),
    sqlite_with_rowid=False,
)
"""Releases that hold what a withdrawal erased, in how many rows; unknown where the folder was not
there to be looked into."""

redactions = Table(
    "redactions",
    metadata,
    Column("report", Id, ForeignKey("reports.id"), primary_key=True),
    _text("sha256"),
)
"""The digest of a report's file since a withdrawal took answers out of it."""

written = Table(
    "written",
    metadata,
    _to("project", "projects.id"),
    Column("path", Id, nullable=False),
    PrimaryKeyConstraint("project", "path"),
    sqlite_with_rowid=False,
)
"""Files that show a project's content: relative to the workspace where they lie in it."""

users = Table(
    "users",
    metadata,
    Column("name", Id, primary_key=True),
    Column("role", Id, nullable=False),
    _text("password"),
    Column("active", Boolean, nullable=False),
    Column("made", BigInteger, nullable=False),
    _text("languages", nullable=True),
)
"""Who may sign in. ``password`` is an argon2id digest with its parameters and salt."""

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Id, primary_key=True),
    Column("user", Id, ForeignKey("users.name"), nullable=False),
    Column("until", BigInteger, nullable=False),
    Index(None, "user"),
    sqlite_with_rowid=False,
)
"""Who is signed in. A session is known by the digest of its token, so the table opens no door."""

invites = Table(
    "invites",
    metadata,
    Column("digest", Id, primary_key=True),
    Column("name", Id, nullable=False),
    Column("role", Id, nullable=False),
    Column("until", BigInteger, nullable=False),
    Index(None, "name"),
    sqlite_with_rowid=False,
)
"""Links that have not been used yet, by the digest of their token."""

attempts = Table(
    "attempts",
    metadata,
    Column("place", Id, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("since", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""How often somebody tried to sign in, by account and address, since when; and, without attempts
and until when, from where each account was used before."""

tokens = Table(
    "tokens",
    metadata,
    _id(),
    Column("digest", Id, nullable=False, unique=True),
    Column("user", Id, ForeignKey("users.name"), nullable=False),
    _text("label"),
    _text("scopes"),
    Column("made", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    _text("ended", nullable=True),
    _to("activity", "activities.id"),
    _to("ended_by", "activities.id", nullable=True),
    Column("parent", Id, nullable=True),
    Index(None, "user"),
)
"""By which programs ask, known by the digest. One that has ended stays, so that it can be seen
who made it, and who ended it (``ended`` says how). One that a program made is of use no longer than
the token it was asked for by (``parent``)."""

outcomes = Table(
    "outcomes",
    metadata,
    _to("token", "tokens.id"),
    Column("key", Id, nullable=False),
    _text("request"),
    _text("claim", nullable=True),
    Column("status", Integer, nullable=True),
    _text("body", nullable=True),
    Column("until", BigInteger, nullable=False),
    PrimaryKeyConstraint("token", "key"),
    Index(None, "until"),
    sqlite_with_rowid=False,
)
"""What came of a program's write, by the key it chose, so that sending it again does nothing
again. Without a ``status`` it is under way until the claim lapses. ``request`` is a digest."""

webhooks = Table(
    "webhooks",
    metadata,
    _id(),
    _to("project", "projects.id"),
    _text("url"),
    _text("events"),
    Column("made", BigInteger, nullable=False),
    _text("ended", nullable=True),
    _to("activity", "activities.id"),
    _to("ended_by", "activities.id", nullable=True),
    Index(None, "project"),
)
"""Whom to tell of what. The secret that signs follows from the id, and is kept nowhere."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", Id, nullable=False, unique=True),
    _to("webhook", "webhooks.id"),
    _text("event"),
    _text("body"),
    Column("made", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=True),
    Column("tries", Integer, nullable=False),
    _text("state"),
    Index(None, "webhook", "seq"),
    sqlite_autoincrement=True,
)
"""What is to be told, written with what it tells of. ``due`` is when to try next; whoever tries
moves it ahead first, so that of one who died the next may try again. None: it is over."""

Index(
    "ix_deliveries_waiting",
    deliveries.c.webhook,
    deliveries.c.due,
    sqlite_where=text("due IS NOT NULL"),
    postgresql_where=text("due IS NOT NULL"),
)

delivery_tries = Table(
    "delivery_tries",
    metadata,
    _to("delivery", "deliveries.id"),
    Column("number", Integer, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("status", Integer, nullable=True),
    _text("error", nullable=True),
    Column("ms", Integer, nullable=False),
    PrimaryKeyConstraint("delivery", "number"),
    sqlite_with_rowid=False,
)
"""How each try went: the status that came back, or the key of the error."""

pay_rates = Table(
    "pay_rates",
    metadata,
    _to("project", "projects.id"),
    Column("version", Integer, nullable=False),
    Column("currency", Id, nullable=False),
    _text("amount"),
    _text("budget", nullable=True),
    Column("since", BigInteger, nullable=False),
    _text("spent"),
    Column("answers", BigInteger, nullable=False),
    _to("activity", "activities.id"),
    Column("told", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("project", "version"),
    sqlite_with_rowid=False,
)
"""What an accepted answer is paid for tasks given out ``since`` (ms since 1970), as decimal text.
Rows are only added. ``spent`` and ``answers`` tell how far the budget and the desk were then;
``told`` is set once those who listen were told that the budget is used up."""

jobs = Table(
    "jobs",
    metadata,
    _id(),
    _to("project", "projects.id"),
    Column("verb", Id, nullable=False),
    _text("actor"),
    Column("state", Id, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=True),
    _text("told"),
    Column("started", BigInteger, nullable=False),
    Column("moved", BigInteger, nullable=False),
    Index(None, "project", "started"),
)
"""Work for the machine that somebody began in the browser, and what came of it (``told``, JSON).
One of which nothing was heard (``moved``, ms since 1970) for long was cut off."""

schemes = Table(
    "schemes",
    metadata,
    _to("project", "projects.id"),
    Column("version", Integer, nullable=False),
    _text("body"),
    _to("activity", "activities.id"),
    PrimaryKeyConstraint("project", "version"),
    sqlite_with_rowid=False,
)
"""What labels and criteria are called. Rows are never changed: the newest version holds."""

tiers = Table(
    "tiers",
    metadata,
    _to("project", "projects.id"),
    Column("place", Integer, nullable=False),
    Column("name", Id, nullable=False),
    PrimaryKeyConstraint("project", "name"),
    sqlite_with_rowid=False,
)
"""A project's own names for kinds of people, from the lowest place to the highest."""

tierings = Table(
    "tierings",
    metadata,
    Column("annotator", Id, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("tier", Id, nullable=True),
    _text("actor"),
    _text("why"),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("annotator", "seq"),
    sqlite_with_rowid=False,
)
"""Who gave whom which tier, and why. Rows are only added; ``seats`` has the newest."""

credentials = Table(
    "credentials",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("annotator", Id, nullable=False),
    _text("words"),
    _text("link", nullable=True),
    _text("checked_by"),
    Column("at", BigInteger, nullable=False),
    _text("ended_by", nullable=True),
    Column("ended", BigInteger, nullable=True),
    Index(None, "annotator"),
    sqlite_autoincrement=True,
)
"""What somebody showed of what they can, who looked at the evidence, and who took it back since."""

pulses = Table(
    "pulses",
    metadata,
    _to("project", "projects.id"),
    Column("at", BigInteger, nullable=False),
    *(
        Column(name, BigInteger, nullable=False)
        for name in ("tasks", "answers", "judged", "accepted")
    ),
    *(
        _text(name, nullable=True)
        for name in (
            "agreement",
            "agreement_low",
            "agreement_high",
            "error",
            "spent",
            "currency",
        )
    ),
    PrimaryKeyConstraint("project", "at"),
    sqlite_with_rowid=False,
)
"""How far a project was at a moment (ms since 1970): running counts, and what a judging found."""

claims = Table(
    "claims",
    metadata,
    Column("task", Id, ForeignKey("tasks.id"), primary_key=True),
    Column("project", Id, nullable=False),
    Column("state", Id, nullable=False),
    _text("value"),
    Column("writer", Id, nullable=True),
    Column("need", Integer, nullable=False),
    _text("words"),
    Column("moved", BigInteger, nullable=False),
    Index(None, "project", "state", "task"),
)
"""What somebody holds to be the key of a task and is not (or no longer) taken for it; apart from
``answer_keys``, which are evidence. ``writer`` is never asked to answer the task."""

work_times = Table(
    "work_times",
    metadata,
    Column("annotator", Id, nullable=False),
    Column("task", Id, nullable=False),
    Column("spent", BigInteger, nullable=False),
    Column("moved", BigInteger, nullable=False),
    PrimaryKeyConstraint("annotator", "task"),
    sqlite_with_rowid=False,
)
"""How long somebody worked on a task, in milliseconds, and when their page last said so."""

demands = Table(
    "demands",
    metadata,
    Column("task", Id, ForeignKey("tasks.id"), primary_key=True),
    Column("language", Id, nullable=True),
    Column("tier", Id, nullable=True),
)
"""What tasks ask of people beside a skill; only of those that do."""

pools = Table(
    "pools",
    metadata,
    _to("project", "projects.id"),
    Column("key", Id, nullable=False),
    _text("skill", nullable=True),
    Column("language", Id, nullable=True),
    Column("tier", Id, nullable=True),
    PrimaryKeyConstraint("project", "key"),
    sqlite_with_rowid=False,
)
"""The parts of each queue: ``work.skill`` is the key of the one that a task is in."""

prospects = Table(
    "prospects",
    metadata,
    Column("project", Id, ForeignKey("projects.id"), primary_key=True),
    Column("at", BigInteger, nullable=False),
    _text("body"),
)
"""What the last judging expects of one more answer by each person, as JSON; figures alone, which
the next judging makes anew."""

rights = Table(
    "rights",
    metadata,
    _to("project", "projects.id"),
    Column("version", Integer, nullable=False),
    _text("en"),
    _text("zh"),
    Column("at", BigInteger, nullable=False),
    _to("activity", "activities.id"),
    PrimaryKeyConstraint("project", "version"),
    sqlite_with_rowid=False,
)
"""What people are asked to agree to, in every version. Rows are only added."""

agreements = Table(
    "agreements",
    metadata,
    Column("annotator", Id, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("annotator", "version"),
    sqlite_with_rowid=False,
)
"""Who agreed to which version, when."""

declarations = Table(
    "declarations",
    metadata,
    Column("activity", Id, ForeignKey("activities.id"), primary_key=True),
    _to("project", "projects.id"),
    _text("actor"),
    _text("words"),
    Column("at", BigInteger, nullable=False),
)
"""What whoever brought answers in declared of the rights in them."""

pictures = Table(
    "pictures",
    metadata,
    _id(),
    _text("owner", nullable=True),
    _text("media"),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    _text("sha256"),
    _text("salt"),
    Column("at", BigInteger, nullable=False),
    Column("waiting", BigInteger, nullable=True),
    *_made(),
    Index(None, "owner", "at"),
)
"""Pictures that texts show, but for their bytes. ``owner`` is the annotator who brought one to the
desk. Nothing uses one that is ``waiting``, since when (ms since 1970); after a day it is swept."""

Index(
    "ix_pictures_waiting",
    pictures.c.waiting,
    sqlite_where=text("waiting IS NOT NULL"),
    postgresql_where=text("waiting IS NOT NULL"),
)

picture_bodies = Table(
    "picture_bodies",
    metadata,
    Column("picture", Id, ForeignKey("pictures.id"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
"""The bytes, apart from what lists read."""

picture_uses = Table(
    "picture_uses",
    metadata,
    _to("picture", "pictures.id"),
    Column("record", Id, nullable=False),
    PrimaryKeyConstraint("picture", "record"),
    Index(None, "record"),
    sqlite_with_rowid=False,
)
"""Which task, answer or guideline shows which picture; by this people are let see it."""

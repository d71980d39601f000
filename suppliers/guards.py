"""The triggers that keep what was signed or done as it is, on SQLite and PostgreSQL alike."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core import checks
from django.db import connections, router

# Signed declarations and everything below them: {row} becomes OLD or NEW.
_SIGNED = "SELECT 1 FROM suppliers_declaration d WHERE d.signed_at IS NOT NULL AND d.id = "
_LINE = "(SELECT l.declaration_id FROM suppliers_line l WHERE l.id = {line})"
_SOURCE_LINE = "(SELECT s.line_id FROM suppliers_source s WHERE s.id = {source})"


def _below(owner: str) -> str:
    return f"EXISTS ({_SIGNED}{owner})"


def _below_source(source: str) -> str:
    return _below(_LINE.format(line=_SOURCE_LINE.format(source=source)))


BODIES = {
    "suppliers_addressee": _below("{row}.declaration_id"),
    "suppliers_costs": _below("{row}.declaration_id"),
    "suppliers_ownvalue": _below("{row}.declaration_id"),
    "suppliers_statement": _below("{row}.declaration_id"),
    "suppliers_claim": _below("{row}.declaration_id"),
    "suppliers_evidence": _below("{row}.declaration_id"),
    "suppliers_line": _below("{row}.declaration_id"),
    "suppliers_source": _below(_LINE.format(line="{row}.line_id")),
    "suppliers_charge": _below_source("{row}.source_id"),
    "suppliers_cannot": _below_source("{row}.source_id"),
    "suppliers_try": _below_source("{row}.cannot_id"),
}

# Acts and results: written once, never changed, never removed.
ACTS = [
    "suppliers_membership",
    "suppliers_membershipend",
    "suppliers_sourcingconfirmation",
    "suppliers_sourcingend",
    "suppliers_request",
    "suppliers_decline",
    "suppliers_withdrawal",
    "suppliers_campaign",
    "suppliers_campaignend",
    "suppliers_postponement",
    "suppliers_reminder",
    "suppliers_contact",
    "suppliers_ending",
    "suppliers_introduction",
    "suppliers_introductionreply",
    "suppliers_invitation",
    "suppliers_invitationuse",
    "suppliers_priceword",
    "suppliers_renaming",
    "suppliers_succession",
    "suppliers_notice",
    "suppliers_seal",
    "tracing_trace",
    "tracing_outcome",
    "tracing_gap",
    "tracing_assignment",
    "tracing_silence",
    "compliance_review",
    "compliance_facereview",
    "compliance_signoff",
    "compliance_certificate",
    "compliance_opening",
    "compliance_revocation",
    "compliance_export",
    "compliance_takeout",
    "compliance_authoritygrant",
    "compliance_grantend",
]


@dataclass(frozen=True)
class Guard:
    """One trigger: on this table, before this event, when this condition holds, refuse with this text."""

    table: str
    event: str
    condition: str
    text: str

    @property
    def name(self) -> str:
        return f"guard_{self.table}_{self.event.lower()}"


def guards() -> list[Guard]:
    """All of them, in one list that the system check compares with the database."""
    return list(_listed())


def _listed() -> Iterator[Guard]:
    signed = "{row}.signed_at IS NOT NULL"
    text = "a signed declaration is never changed: supersede or withdraw it"
    yield Guard("suppliers_declaration", "UPDATE", signed.format(row="OLD"), text)
    yield Guard("suppliers_declaration", "DELETE", signed.format(row="OLD"), text)
    for table, condition in BODIES.items():
        yield Guard(table, "INSERT", condition.format(row="NEW"), text)
        yield Guard(table, "UPDATE", f"{condition.format(row='OLD')} OR {condition.format(row='NEW')}", text)
        yield Guard(table, "DELETE", condition.format(row="OLD"), text)
    for table in ACTS:
        yield Guard(table, "UPDATE", "1 = 1", f"{table}: an act is never changed; it ends by a second row")
        yield Guard(table, "DELETE", "1 = 1", f"{table}: an act is never removed; it ends by a second row")


def install(using: str = "default", **_signal: object) -> None:
    """Lay every guard whose table exists; safe to run again. Connected to ``post_migrate``."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in guards():
            if guard.table in tables and _needs(guard, tables):
                for statement in _statements(guard, connection.vendor):
                    cursor.execute(statement)


def remove(using: str = "default", **_signal: object) -> None:
    """Take every guard away: before SQLite remakes tables, and inside the test runner's flush."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in guards():
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")
            elif guard.table in tables:
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}")
                cursor.execute(f"DROP TRIGGER IF EXISTS guard_{guard.table}_truncate ON {guard.table}")


def missing(using: str = "default") -> list[Guard]:
    """Guards on the list that the database does not have."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    return [guard for guard in guards() if guard.table in tables and guard.name not in present]


def _needs(guard: Guard, tables: set[str]) -> bool:
    return guard.table not in BODIES or {"suppliers_declaration", "suppliers_line", "suppliers_source"} <= tables


def _statements(guard: Guard, vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {guard.name} BEFORE {guard.event} ON {guard.table} "
            f"WHEN {guard.condition} BEGIN SELECT RAISE(ABORT, '{guard.text}'); END"
        ]
    back = "OLD" if guard.event == "DELETE" else "NEW"
    statements = [
        f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
        f"IF {guard.condition} THEN RAISE EXCEPTION '{guard.text}' USING ERRCODE = '23000'; END IF; "
        f"RETURN {back}; END $guard$",
        f"CREATE OR REPLACE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {guard.name}()",
    ]
    if guard.event == "DELETE":
        statements += [
            f"CREATE OR REPLACE FUNCTION guard_truncate() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
            f"RAISE EXCEPTION '{guard.text}' USING ERRCODE = '23000'; END $guard$",
            f"CREATE OR REPLACE TRIGGER guard_{guard.table}_truncate BEFORE TRUNCATE ON {guard.table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
        ]
    return statements


@checks.register(checks.Tags.database)
def guards_are_laid(app_configs, databases=None, **_options):
    """Compare the list with the database (``manage.py check --database default``, and before each migrate)."""
    errors = []
    for using in databases or []:
        if not router.allow_migrate(using, "suppliers"):
            continue
        with_tables = "suppliers_declaration" in connections[using].introspection.table_names()
        lost = missing(using) if with_tables else []
        if lost:
            names = ", ".join(guard.name for guard in lost[:5])
            errors.append(
                checks.Warning(
                    f"{len(lost)} guards are missing in the database: {names} …",
                    hint="manage.py migrate lays them again.",
                    id="suppliers.W001",
                )
            )
    return errors

"""Which changes does the database itself refuse, whoever asks?"""

from __future__ import annotations

from typing import Final

APPEND_ONLY: Final = (
    "entry",
    "log_head",
    "adoption",
    "hand_over_claim",
    "hand_over_done",
    "hand_over_reversal",
    "idempotency_key",
    "break_glass",
    "read_event",
)
"""Tables whose rows are never updated and never deleted."""

OF_ONE_CLINIC: Final = (
    *APPEND_ONLY,
    "log_state",
    "patient_record",
    "patient_key",
    "membership",
    "invitation",
    "worklist_row",
    "draft",
)
"""Tables whose rows belong to one clinic each, and are shown to nobody else."""

NEVER_DELETED: Final = (
    "clinic",
    "person",
    "log_state",
    "patient_record",
    "patient_key",
    "membership",
    "invitation",
)
"""Tables whose rows may change in what the code says, but never go."""

_REFUSAL: Final = "isovigil: {table} is append-only; record a correction instead"

KNOWN_BY: Final = {
    "entry": (("id",), ("clinic_id", "seq")),
    "log_head": (("id",), ("clinic_id", "size")),
    "adoption": (("id",), ("clinic_id", "entry_seq")),
    "hand_over_claim": (("id",), ("clinic_id", "prescription", "attempt"), ("clinic_id", "number")),
    "hand_over_done": (("claim_id",),),
    "hand_over_reversal": (("claim_id",),),
    "idempotency_key": (("id",), ("clinic_id", "actor_id", "key")),
    "break_glass": (("id",),),
    "read_event": (("id",),),
}
"""By which columns a row is one of a kind. SQLite's `INSERT OR REPLACE` takes away the row in its place
without asking the triggers of deletion, so an insertion there is refused as well."""

OF_THE_SAME_CLINIC: Final = (
    *(
        (table, "patient_id", "patient_record")
        for table in (
            "entry",
            "patient_key",
            "hand_over_claim",
            "idempotency_key",
            "membership",
            "invitation",
            "break_glass",
            "read_event",
            "worklist_row",
            "draft",
        )
    ),
    ("hand_over_done", "claim_id", "hand_over_claim"),
    ("hand_over_reversal", "claim_id", "hand_over_claim"),
    ("read_event", "break_glass_id", "break_glass"),
    ("worklist_row", "adoption_id", "adoption"),
)
"""Which rows name which others. Row-level security does not look at what a reference leads to, so the
reference itself names the clinic: nobody can record anything about another clinic's patient."""


def sqlite_guards() -> tuple[str, ...]:
    """The triggers of an embedded database."""
    guards = [
        f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL.format(table=table)}'); END"
        for table in APPEND_ONLY
        for act in ("UPDATE", "DELETE")
    ]
    guards += [
        f"CREATE TRIGGER {table}_refuses_replacement BEFORE INSERT ON {table} "  # noqa: S608 - constants alone
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {_in_the_same_place(table)}) "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL.format(table=table)}'); END"
        for table in APPEND_ONLY
    ]
    guards += [
        f"CREATE TRIGGER {table}_refuses_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'isovigil: a row of {table} is never deleted'); END"
        for table in NEVER_DELETED
    ]
    guards.append(
        "CREATE TRIGGER clinic_is_alone BEFORE INSERT ON clinic WHEN (SELECT count(*) FROM clinic) > 0 "
        "BEGIN SELECT RAISE(ABORT, 'isovigil: an embedded database holds one clinic; "
        "more clinics need PostgreSQL'); END"
    )
    return tuple(guards)


def _in_the_same_place(table: str) -> str:
    keys = (" AND ".join(f"{column} = NEW.{column}" for column in key) for key in KNOWN_BY[table])
    return " OR ".join(f"({key})" for key in keys)


def postgresql_guards() -> tuple[str, ...]:
    """The triggers and row-level security of a PostgreSQL database."""
    guards = [
        """CREATE FUNCTION isovigil_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'isovigil: % is never changed this way; record a correction instead',
        TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"""
    ]
    guards += [
        f"CREATE TRIGGER {table}_refuses_changes BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION isovigil_refuses()"
        for table in APPEND_ONLY
    ]
    guards += [
        f"CREATE TRIGGER {table}_refuses_delete BEFORE DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION isovigil_refuses()"
        for table in NEVER_DELETED
    ]
    guards += [
        f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION isovigil_refuses()"
        for table in dict.fromkeys((*APPEND_ONLY, *NEVER_DELETED))
    ]
    guards += [
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_of_one_clinic UNIQUE (clinic_id, id)"
        for table in dict.fromkeys(named for _, _, named in OF_THE_SAME_CLINIC)
    ]
    guards += [
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_of_the_same_clinic "
        f"FOREIGN KEY (clinic_id, {column}) REFERENCES {named} (clinic_id, id)"
        for table, column, named in OF_THE_SAME_CLINIC
    ]
    for table in (*OF_ONE_CLINIC, "clinic"):
        guards += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY shown ON {table} FOR SELECT USING ({_SHOWN[table]})",
            f"CREATE POLICY added ON {table} FOR INSERT WITH CHECK ({_OURS[table]})",
            f"CREATE POLICY changed ON {table} FOR UPDATE USING ({_OURS[table]}) WITH CHECK ({_OURS[table]})",
            f"CREATE POLICY removed ON {table} FOR DELETE USING ({_OURS[table]})",
        ]
    return tuple(guards)


_CLINIC: Final = "nullif(current_setting('isovigil.clinic', true), '')::uuid"
_PERSON: Final = "nullif(current_setting('isovigil.person', true), '')::uuid"
_INVITATION: Final = "decode(coalesce(current_setting('isovigil.invitation', true), ''), 'hex')"
_INSTANCE: Final = "current_setting('isovigil.instance', true) = 'yes'"
_CLINICS_OF_THE_PERSON: Final = f"SELECT clinic_id FROM membership WHERE person_id = {_PERSON}"  # noqa: S608 - constants alone
_OURS: Final = {
    **dict.fromkeys(OF_ONE_CLINIC, f"clinic_id = {_CLINIC}"),
    "clinic": f"id = {_CLINIC}",
}
_SHOWN: Final = {
    **_OURS,
    # Whoever signs in sees at which clinics they have a role, before they have chosen one.
    "membership": f"clinic_id = {_CLINIC} OR person_id = {_PERSON}",
    # The instance itself, which looks after every clinic's worklist and log, sees which clinics there are.
    "clinic": f"{_INSTANCE} OR id = {_CLINIC} OR id IN ({_CLINICS_OF_THE_PERSON})",
    # Whoever holds an invitation's token may read that one invitation.
    "invitation": f"clinic_id = {_CLINIC} OR token_digest = {_INVITATION}",
}


def grants_to(role: str) -> tuple[str, ...]:
    """What the role that the product runs as may do. It owns nothing, and cannot change what is appended."""
    from django.db import connection

    name = connection.ops.quote_name(role)
    changeable = ("log_state", "patient_key", "membership", "invitation", "person")
    return (
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"GRANT INSERT ON {', '.join((*OF_ONE_CLINIC, 'clinic', 'person'))} TO {name}",
        f"GRANT UPDATE ON {', '.join((*changeable, 'worklist_row', 'draft'))} TO {name}",
        f"GRANT DELETE ON worklist_row, draft TO {name}",
        # Sessions, factors and addresses are Django's and allauth's own, and they come and go.
        f"GRANT INSERT, UPDATE, DELETE ON {', '.join(_COME_AND_GO)} TO {name}",
    )


_COME_AND_GO: Final = (
    "django_session",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "usersessions_usersession",
)

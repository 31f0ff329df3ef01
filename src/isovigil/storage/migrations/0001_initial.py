"""Which tables does the record begin with?"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("language", models.CharField(default="en", max_length=10)),
                ("is_active", models.BooleanField(default=True)),
                ("registered_at", models.DateTimeField()),
            ],
            options={
                "db_table": "person",
            },
        ),
        migrations.CreateModel(
            name="Clinic",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("time_zone", models.CharField(max_length=64)),
                ("programme", models.CharField(max_length=40)),
                ("policy", models.CharField(max_length=40)),
                ("registered_at", models.DateTimeField()),
            ],
            options={
                "db_table": "clinic",
            },
        ),
        migrations.CreateModel(
            name="PatientRecord",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("registered_at", models.DateTimeField()),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
            ],
            options={
                "db_table": "patient_record",
            },
        ),
        migrations.CreateModel(
            name="LogState",
            fields=[
                (
                    "clinic",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="storage.clinic",
                    ),
                ),
                ("tree", models.BinaryField()),
                ("last_recorded_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "log_state",
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(max_length=200)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("prescriber", "prescriber"),
                            ("nurse", "nurse"),
                            ("coordinator", "coordinator"),
                            ("pharmacist", "pharmacist"),
                            ("programme_lead", "programme_lead"),
                            ("auditor", "auditor"),
                            ("administrator", "administrator"),
                            ("patient", "patient"),
                            ("carer", "carer"),
                        ],
                        max_length=20,
                    ),
                ),
                ("invited_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("token_digest", models.BinaryField(unique=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.patientrecord"
                    ),
                ),
            ],
            options={
                "db_table": "invitation",
            },
        ),
        migrations.CreateModel(
            name="HandOverClaim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("prescription", models.UUIDField()),
                ("attempt", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=40)),
                ("entry_seq", models.BigIntegerField()),
                ("claimed_at", models.DateTimeField()),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="storage.patientrecord"
                    ),
                ),
            ],
            options={
                "db_table": "hand_over_claim",
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("identity", "Identity"),
                            ("fact", "Fact"),
                            ("act", "Act"),
                            ("people", "People"),
                            ("clinic", "Clinic"),
                        ],
                        max_length=10,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("sealed", models.BinaryField()),
                ("payload_commitment", models.BinaryField()),
                ("salt", models.BinaryField()),
                ("commitment", models.BinaryField()),
                (
                    "actor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.patientrecord"
                    ),
                ),
            ],
            options={
                "db_table": "entry",
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("form", models.CharField(max_length=40)),
                ("saved_at", models.DateTimeField()),
                ("based_on_seq", models.BigIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="storage.patientrecord"
                    ),
                ),
            ],
            options={
                "db_table": "draft",
            },
        ),
        migrations.CreateModel(
            name="BreakGlass",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reason", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="storage.patientrecord"
                    ),
                ),
            ],
            options={
                "db_table": "break_glass",
            },
        ),
        migrations.CreateModel(
            name="ReadEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(max_length=20)),
                ("page", models.CharField(max_length=40)),
                ("read_at", models.DateTimeField()),
                (
                    "break_glass",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.breakglass"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="storage.patientrecord"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "read_event",
            },
        ),
        migrations.CreateModel(
            name="Adoption",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("programme", models.CharField(max_length=40)),
                ("policy", models.CharField(max_length=200)),
                ("rulebook_hash", models.CharField(max_length=64)),
                ("adopted_at", models.DateTimeField()),
                ("entry_seq", models.BigIntegerField()),
                ("is_withdrawn", models.BooleanField(default=False)),
                (
                    "adopted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
            ],
            options={
                "db_table": "adoption",
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "entry_seq"), name="one_adoption_an_entry")
                ],
            },
        ),
        migrations.CreateModel(
            name="HandOverDone",
            fields=[
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="storage.handoverclaim",
                    ),
                ),
                ("dispense", models.UUIDField()),
                ("done_at", models.DateTimeField()),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
            ],
            options={
                "db_table": "hand_over_done",
            },
        ),
        migrations.CreateModel(
            name="HandOverReversal",
            fields=[
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="storage.handoverclaim",
                    ),
                ),
                ("entry_seq", models.BigIntegerField()),
                ("reversed_at", models.DateTimeField()),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
            ],
            options={
                "db_table": "hand_over_reversal",
            },
        ),
        migrations.CreateModel(
            name="LogHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("size", models.BigIntegerField()),
                ("signed_at", models.DateTimeField()),
                ("signed", models.JSONField()),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
            ],
            options={
                "db_table": "log_head",
                "constraints": [models.UniqueConstraint(fields=("clinic", "size"), name="one_head_a_size")],
            },
        ),
        migrations.CreateModel(
            name="PatientKey",
            fields=[
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="storage.patientrecord",
                    ),
                ),
                ("wrapped", models.JSONField(null=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
            ],
            options={
                "db_table": "patient_key",
            },
        ),
        migrations.CreateModel(
            name="WorklistRow",
            fields=[
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="storage.patientrecord",
                    ),
                ),
                ("worked_out_at", models.DateTimeField()),
                ("holds_until", models.DateTimeField()),
                ("up_to_seq", models.BigIntegerField()),
                ("group", models.CharField(max_length=10)),
                ("order", models.CharField(max_length=80)),
                ("owner", models.CharField(max_length=20)),
                ("sealed", models.BinaryField()),
                ("next_from", models.DateTimeField(null=True)),
                ("next_until", models.DateTimeField(null=True)),
                ("next_group", models.CharField(default="", max_length=10)),
                ("next_order", models.CharField(default="", max_length=80)),
                ("next_owner", models.CharField(default="", max_length=20)),
                ("next_sealed", models.BinaryField(null=True)),
                (
                    "adoption",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.adoption"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
            ],
            options={
                "db_table": "worklist_row",
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("prescriber", "prescriber"),
                            ("nurse", "nurse"),
                            ("coordinator", "coordinator"),
                            ("pharmacist", "pharmacist"),
                            ("programme_lead", "programme_lead"),
                            ("auditor", "auditor"),
                            ("administrator", "administrator"),
                            ("patient", "patient"),
                            ("carer", "carer"),
                        ],
                        max_length=20,
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.patientrecord"
                    ),
                ),
            ],
            options={
                "db_table": "membership",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("patient", None)),
                        fields=("clinic", "person", "role"),
                        name="one_open_membership_a_role",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("patient__isnull", False)),
                        fields=("clinic", "person", "role", "patient"),
                        name="one_open_membership_a_patient",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("patient__isnull", False), ("role__in", ("patient", "carer"))),
                            models.Q(
                                models.Q(("role__in", ("patient", "carer")), _negated=True),
                                ("patient__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="only_patients_and_carers_name_a_patient",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200)),
                ("request_hash", models.BinaryField()),
                ("answer", models.JSONField()),
                ("answered_at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.clinic"),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.patientrecord"
                    ),
                ),
            ],
            options={
                "db_table": "idempotency_key",
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "actor", "key"), name="one_answer_a_key")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="handoverclaim",
            constraint=models.UniqueConstraint(
                fields=("clinic", "prescription", "attempt"), name="one_authorisation_a_prescription"
            ),
        ),
        migrations.AddConstraint(
            model_name="handoverclaim",
            constraint=models.UniqueConstraint(fields=("clinic", "number"), name="one_use_of_a_number"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["patient", "seq"], name="entries_of_a_patient"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("clinic", "seq"), name="one_entry_a_seq"),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                fields=("clinic", "patient", "person", "form"), name="one_draft_a_form_and_person"
            ),
        ),
        migrations.AddIndex(
            model_name="readevent",
            index=models.Index(fields=["patient", "-read_at"], name="who_looked_at_a_patient"),
        ),
        migrations.AddIndex(
            model_name="worklistrow",
            index=models.Index(fields=["clinic", "order"], name="worklist_in_order"),
        ),
        migrations.AddIndex(
            model_name="worklistrow",
            index=models.Index(fields=["clinic", "holds_until"], name="worklist_rows_that_expire"),
        ),
    ]

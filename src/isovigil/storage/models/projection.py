"""What is worked out from the log, or not yet part of it, and may be thrown away at any time?"""

from __future__ import annotations

from django.db import models


class WorklistRow(models.Model):
    """One patient's line of the worklist as last worked out, good until `holds_until`.

    Disposable: rebuilt from the log it must be equal. What it says of the patient is sealed; the columns
    beside it only order the list.
    """

    patient = models.OneToOneField("storage.PatientRecord", on_delete=models.PROTECT, primary_key=True)
    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    worked_out_at = models.DateTimeField()
    holds_until = models.DateTimeField()
    """The first instant at which it may no longer be so; a new entry about the patient brings it forward."""
    up_to_seq = models.BigIntegerField()
    """The patient's last entry that it takes account of."""
    adoption = models.ForeignKey("storage.Adoption", on_delete=models.PROTECT, null=True)
    group = models.CharField(max_length=10)
    order = models.CharField(max_length=80)
    """Sorts within the whole list: group, deadline, verdict."""
    owner = models.CharField(max_length=20)
    sealed = models.BinaryField()
    next_from = models.DateTimeField(null=True)
    """From when on what follows stands in place of the row, prepared ahead; none where nothing is prepared.
    It was judged by the same entries and adoption as the row; a new entry throws it away."""
    next_until = models.DateTimeField(null=True)
    next_group = models.CharField(max_length=10, default="")
    next_order = models.CharField(max_length=80, default="")
    next_owner = models.CharField(max_length=20, default="")
    next_sealed = models.BinaryField(null=True)

    class Meta:
        db_table = "worklist_row"
        indexes = [
            models.Index(fields=["clinic", "order"], name="worklist_in_order"),
            models.Index(fields=["clinic", "holds_until"], name="worklist_rows_that_expire"),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.patient_id}"


class Draft(models.Model):
    """What somebody has typed into a form and not yet signed; sealed under the patient's key."""

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    patient = models.ForeignKey("storage.PatientRecord", on_delete=models.PROTECT)
    person = models.ForeignKey("storage.Person", on_delete=models.PROTECT)
    form = models.CharField(max_length=40)
    saved_at = models.DateTimeField()
    based_on_seq = models.BigIntegerField()
    """The patient's last entry when it was begun; a later one shows beside it before signing."""
    sealed = models.BinaryField()

    class Meta:
        db_table = "draft"
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "person", "form"], name="one_draft_a_form_and_person"
            ),
        ]

    def __str__(self) -> str:
        return self.form

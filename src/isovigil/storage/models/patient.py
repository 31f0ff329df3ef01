"""Which patients does a clinic keep a record of, and with which key can it be read?"""

from __future__ import annotations

from django.db import models


class PatientRecord(models.Model):
    """One patient of one clinic: an opaque id. Who they are is sealed under their own key."""

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "patient_record"

    def __str__(self) -> str:
        return str(self.id)


class PatientKey(models.Model):
    """The key that opens one patient's facts, itself wrapped by the instance's master key.

    Destroying it erases the person: the sealed facts can never be read again. The log's proof stands.
    """

    patient = models.OneToOneField(PatientRecord, on_delete=models.PROTECT, primary_key=True)
    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    wrapped = models.JSONField(null=True)
    """`proof.sealing.WrappedKey` as JSON; none once it is destroyed."""
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "patient_key"

    def __str__(self) -> str:
        return str(self.patient_id)

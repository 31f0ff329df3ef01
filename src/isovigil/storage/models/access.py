"""Who was let in, who looked, and who broke the glass?"""

from __future__ import annotations

from django.db import models

from isovigil.storage.models.people import ROLES


class Invitation(models.Model):
    """A one-use way in. Only a digest of its token is kept."""

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    email = models.EmailField()
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=[(role, role) for role in ROLES])
    patient = models.ForeignKey("storage.PatientRecord", on_delete=models.PROTECT, null=True)
    invited_by = models.ForeignKey("storage.Person", on_delete=models.PROTECT)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    token_digest = models.BinaryField(unique=True)
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "invitation"

    def __str__(self) -> str:
        return str(self.id)


class BreakGlass(models.Model):
    """Somebody opened a record their role does not open, said why, and until when."""

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    patient = models.ForeignKey("storage.PatientRecord", on_delete=models.PROTECT)
    person = models.ForeignKey("storage.Person", on_delete=models.PROTECT)
    reason = models.TextField()
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "break_glass"

    def __str__(self) -> str:
        return str(self.id)


class ReadEvent(models.Model):
    """Somebody looked at a patient's record: who, when, which page, in which role. Patients may see it."""

    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    patient = models.ForeignKey("storage.PatientRecord", on_delete=models.PROTECT)
    person = models.ForeignKey("storage.Person", on_delete=models.PROTECT)
    role = models.CharField(max_length=20)
    page = models.CharField(max_length=40)
    read_at = models.DateTimeField()
    break_glass = models.ForeignKey(BreakGlass, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "read_event"
        indexes = [models.Index(fields=["patient", "-read_at"], name="who_looked_at_a_patient")]

    def __str__(self) -> str:
        return f"{self.page} {self.read_at}"

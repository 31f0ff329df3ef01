"""What was recorded, in which order, and who vouches that nothing was changed since?"""

from __future__ import annotations

from django.db import models


class LogState(models.Model):
    """Where a clinic's log stands. Its row is locked by whoever appends, so that seq has no gap or double."""

    clinic = models.OneToOneField("storage.Clinic", on_delete=models.PROTECT, primary_key=True)
    tree = models.BinaryField()
    """The Merkle tree as far as it must be kept to grow: `proof.tree.Tree.stored`."""
    last_recorded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "log_state"

    def __str__(self) -> str:
        return str(self.clinic_id)


class Entry(models.Model):
    """One thing recorded: never updated, never deleted; a correction is another entry.

    What was recorded (its kind, the days it is true for, its words, whence it came) is in `sealed`, under
    the patient's key where it is about a patient. Outside the seal stands what order, access and "as known
    on" need, and no more: a kind such as `pregnancy` already tells.
    """

    class Category(models.TextChoices):
        """What sort of thing was recorded."""

        IDENTITY = "identity"
        FACT = "fact"
        ACT = "act"
        PEOPLE = "people"
        CLINIC = "clinic"

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    seq = models.BigIntegerField()
    patient = models.ForeignKey("storage.PatientRecord", on_delete=models.PROTECT, null=True)
    category = models.CharField(max_length=10, choices=Category.choices)
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey("storage.Person", on_delete=models.PROTECT, null=True)
    """Who recorded it; none where the instance itself did, as when it is set up."""
    sealed = models.BinaryField()
    payload_commitment = models.BinaryField()
    """What stays of the sealed payload when its key is destroyed."""
    salt = models.BinaryField()
    commitment = models.BinaryField()
    """What the log commits to: `proof.entries.commitment` of everything above, under the salt."""

    class Meta:
        db_table = "entry"
        constraints = [models.UniqueConstraint(fields=["clinic", "seq"], name="one_entry_a_seq")]
        indexes = [models.Index(fields=["patient", "seq"], name="entries_of_a_patient")]

    def __str__(self) -> str:
        return f"{self.clinic_id} {self.seq}"


class LogHead(models.Model):
    """A signed statement of how long the log was and what it held."""

    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    size = models.BigIntegerField()
    signed_at = models.DateTimeField()
    signed = models.JSONField()
    """`proof.heads.SignedHead` as JSON: what is printed, mailed and kept elsewhere."""

    class Meta:
        db_table = "log_head"
        constraints = [models.UniqueConstraint(fields=["clinic", "size"], name="one_head_a_size")]

    def __str__(self) -> str:
        return f"{self.clinic_id} {self.size}"


class IdempotencyKey(models.Model):
    """One request that was carried out, and what it was answered, so that a retry does nothing twice."""

    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    actor = models.ForeignKey("storage.Person", on_delete=models.PROTECT)
    key = models.CharField(max_length=200)
    patient = models.ForeignKey("storage.PatientRecord", on_delete=models.PROTECT, null=True)
    """About whom the request was, if about anybody."""
    request_hash = models.BinaryField()
    """Under the patient's own key: nobody can try out what was asked, least of all once it is destroyed."""
    answer = models.JSONField()
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "idempotency_key"
        constraints = [
            models.UniqueConstraint(fields=["clinic", "actor", "key"], name="one_answer_a_key"),
        ]

    def __str__(self) -> str:
        return self.key

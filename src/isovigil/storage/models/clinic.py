"""Which clinics keep their record here, and what has each adopted?"""

from __future__ import annotations

from django.db import models


class Clinic(models.Model):
    """One clinic. An embedded database holds exactly one; PostgreSQL holds many, apart from each other."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64)
    programme = models.CharField(max_length=40)
    """What the clinic means to adopt; it judges nothing in production until somebody does."""
    policy = models.CharField(max_length=40)
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "clinic"

    def __str__(self) -> str:
        return self.name


class Adoption(models.Model):
    """A named clinician's word that this programme, policy and rulebook judge this clinic's patients.

    Never changed: the latest one counts, and a withdrawal is an adoption of nothing.
    """

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    programme = models.CharField(max_length=40)
    policy = models.CharField(max_length=200)
    rulebook_hash = models.CharField(max_length=64)
    adopted_by = models.ForeignKey("storage.Person", on_delete=models.PROTECT)
    adopted_at = models.DateTimeField()
    entry_seq = models.BigIntegerField()
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        db_table = "adoption"
        constraints = [
            models.UniqueConstraint(fields=["clinic", "entry_seq"], name="one_adoption_an_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.programme}, {self.policy}"

"""Which hand-overs were authorised, so that none is authorised twice?"""

from __future__ import annotations

from django.db import models


class HandOverClaim(models.Model):
    """The one authorisation of one prescription. A reversal frees the prescription for the next attempt.

    The constraint, not a check beforehand, is what lets exactly one of any number of simultaneous
    requests succeed.
    """

    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    patient = models.ForeignKey("storage.PatientRecord", on_delete=models.PROTECT)
    prescription = models.UUIDField()
    """The id of the prescription's fact."""
    attempt = models.PositiveIntegerField()
    """How many earlier authorisations of this prescription were reversed."""
    number = models.CharField(max_length=40)
    entry_seq = models.BigIntegerField()
    claimed_at = models.DateTimeField()

    class Meta:
        db_table = "hand_over_claim"
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "prescription", "attempt"], name="one_authorisation_a_prescription"
            ),
            models.UniqueConstraint(fields=["clinic", "number"], name="one_use_of_a_number"),
        ]

    def __str__(self) -> str:
        return self.number


class HandOverDone(models.Model):
    """An authorisation that was used: the capsules were handed over. One row an authorisation, for ever."""

    claim = models.OneToOneField(HandOverClaim, on_delete=models.PROTECT, primary_key=True)
    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    dispense = models.UUIDField()
    """The id of the hand-over's fact."""
    done_at = models.DateTimeField()

    class Meta:
        db_table = "hand_over_done"

    def __str__(self) -> str:
        return str(self.dispense)


class HandOverReversal(models.Model):
    """An authorisation that was taken back, used or not. One row an authorisation, for ever."""

    claim = models.OneToOneField(HandOverClaim, on_delete=models.PROTECT, primary_key=True)
    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    entry_seq = models.BigIntegerField()
    reversed_at = models.DateTimeField()

    class Meta:
        db_table = "hand_over_reversal"

    def __str__(self) -> str:
        return str(self.claim_id)

"""Who may sign in, and as what?"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

STAFF_ROLES = (
    "prescriber",
    "nurse",
    "coordinator",
    "pharmacist",
    "programme_lead",
    "auditor",
    "administrator",
)
ROLES = (*STAFF_ROLES, "patient", "carer")


class People(BaseUserManager["Person"]):
    """Finds people by the address they sign in with."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person of an address, whatever its capitals."""
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who signs in. What they may do stands in their memberships alone."""

    id = models.UUIDField(primary_key=True)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    registered_at = models.DateTimeField()

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        db_table = "person"

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The name as shown beside what they did."""
        return self.name


class Membership(models.Model):
    """One role of one person at one clinic, from its beginning to its end.

    A patient's or carer's membership names the patient; nobody else's does.
    """

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("storage.Clinic", on_delete=models.PROTECT)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role, role) for role in ROLES])
    patient = models.ForeignKey("storage.PatientRecord", on_delete=models.PROTECT, null=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "membership"
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "person", "role"],
                condition=models.Q(ended_at=None, patient=None),
                name="one_open_membership_a_role",
            ),
            models.UniqueConstraint(
                fields=["clinic", "person", "role", "patient"],
                condition=models.Q(ended_at=None, patient__isnull=False),
                name="one_open_membership_a_patient",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=("patient", "carer"), patient__isnull=False)
                | (~models.Q(role__in=("patient", "carer")) & models.Q(patient__isnull=True)),
                name="only_patients_and_carers_name_a_patient",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} at {self.clinic_id}"

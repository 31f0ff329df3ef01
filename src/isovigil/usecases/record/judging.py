"""Under which programme, policy and rulebook does a clinic judge, and on whose word?"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.decisions.review import Review
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.law.rulebook import Rulebook
from isovigil.storage import ledger
from isovigil.storage.models import Adoption, Clinic, Person
from isovigil.storage.tenancy import writing
from isovigil.usecases.record.access import refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.requests import hold_the_log
from isovigil.usecases.review_cases import AskedMoment, review_at


class NotAdopted(Exception):
    """In production nothing is judged until a named clinician adopts programme, policy and rulebook."""


class Judging(NamedTuple):
    """What a clinic judges by, and who said so."""

    programme: str
    policy: str
    rulebook_hash: str
    adoption: UUID | None
    adopted_by: str | None

    @property
    def is_signed(self) -> bool:
        """Did a named clinician adopt it? Without, every page says "unsigned policy"."""
        return self.adoption is not None


@lru_cache(maxsize=1)
def rulebook_in_use() -> Rulebook:
    """The rulebook that came with this version, read once a process."""
    return load_rulebook()


def judging_of(clinic: UUID) -> Judging:
    """What this clinic judges by.

    Raises:
        NotAdopted: In production, where nobody has adopted a policy or the rulebook changed since.
    """
    here = Clinic.objects.get(id=clinic)
    digest = rulebook_in_use().digest
    last = Adoption.objects.filter(clinic=clinic).select_related("adopted_by").order_by("-entry_seq").first()
    if last is not None and not last.is_withdrawn and last.rulebook_hash == digest:
        return Judging(last.programme, last.policy, digest, last.id, last.adopted_by.name)
    if settings.IS_PRODUCTION:
        raise NotAdopted(_why_not(last, digest))
    return Judging(here.programme, here.policy, digest, None, None)


def _why_not(last: Adoption | None, digest: str) -> str:
    remedy = "A prescriber adopts programme, policy and rulebook on the page “What we judge by”."
    if last is None:
        return f"This clinic has adopted no policy yet, so nobody's therapy is judged. {remedy}"
    if last.is_withdrawn:
        return f"{last.adopted_by.name} withdrew the policy, so nobody's therapy is judged. {remedy}"
    return (
        f"The rulebook changed (adopted: {last.rulebook_hash[:12]}, in use: {digest[:12]}), "
        f"so nobody's therapy is judged until it is adopted again. {remedy}"
    )


def adopt(acting: Acting, programme: str, policy: str) -> UUID:
    """Adopt a programme and policy, with the rulebook that is in use, for the acting prescriber's clinic.

    Raises:
        NotAllowed: The role may not adopt.
        UnknownProgramme, ProgrammeNotModelled, UnknownPolicy: The rulebook does not hold them.
    """
    refuse_unless_allowed(acting, "adopt")
    rulebook = rulebook_in_use()
    rulebook.under_policy(programme, policy)
    adoption = uuid4()
    payload = {
        "kind": "adoption",
        "programme": programme,
        "policy": policy,
        "rulebook": rulebook.digest,
        "by": Person.objects.get(id=acting.person).name,
    }
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        entry = ledger.ToRecord(adoption, ledger.Category.CLINIC, payload)
        (recorded,) = ledger.append(acting.clinic, acting.person, acting.at, [entry])
        Adoption.objects.create(
            id=adoption,
            clinic_id=acting.clinic,
            programme=programme,
            policy=policy,
            rulebook_hash=rulebook.digest,
            adopted_by_id=acting.person,
            adopted_at=recorded.recorded_at,
            entry_seq=recorded.seq,
        )
    return adoption


def judge_now(case: Case, judging: Judging, acting: Acting) -> Review:
    """The review of a case at the moment of the request, by what the clinic judges by.

    Whatever is on record is known, also what the log dates later than the clock: it never goes back, so
    after a clock that ran ahead was put right it does so, and a positive test must not wait for that day.
    """
    moment = AskedMoment(on=None, at=None, now=acting.at, known_by=_known_by(case, acting))
    return review_at(case, rulebook_in_use(), moment, judging.programme, judging.policy)


def chart_now(case: Case, acting: Acting) -> Chart:
    """The facts that stand at the moment of the request, as `judge_now` judges them: neither corrected, nor
    entered in error; what a correction that was itself entered in error seemed to correct stands again.
    """
    return Chart(case, Moment(acting.at, ZoneInfo(case.time_zone)), _known_by(case, acting))


def _known_by(case: Case, acting: Acting) -> datetime:
    zone = ZoneInfo(case.time_zone)
    learned = (fact.recorded_at for fact in case.facts if fact.recorded_at is not None)
    return max(last_instant(acting.at.astimezone(zone).date(), zone), max(learned, default=acting.at))

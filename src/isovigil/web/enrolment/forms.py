"""Which fields does each task of the enrolment have, and which facts do they make?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from isovigil.usecases.enrolment import answers
from isovigil.usecases.enrolment.answers import Given, Severity, TriedTherapy
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.enrolment_acts import AskedAct
from isovigil.usecases.record.enrolment_read import EnrolmentRead
from isovigil.web.asked import AskedIn
from isovigil.web.components import Words
from isovigil.web.enrolment import words
from isovigil.web.enrolment.asked_words import CONDITIONS, MEDICINES, YES_NO
from isovigil.web.fields import DayInput, PageForm
from isovigil.web.visit.words import METHODS, RESULTS, SETTINGS, SPECIMENS


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), **kwargs)


def _radios(label: Any, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **kwargs)


class TaskForm(PageForm):
    """One task. What somebody answers makes facts; what is left out makes none."""

    is_grid = False
    """Questions one under the other, each with its answers beside it."""

    def __init__(self, read: EnrolmentRead, acting: Acting, *args: Any, **kwargs: Any) -> None:
        self.read, self.acting = read, acting
        self.today: date = read.course.review.on
        kwargs.setdefault("initial", {"day": self.today})
        super().__init__(*args, auto_id="id_%s", **kwargs)

    @property
    def has_questions(self) -> bool:
        """Is there anything to answer beside the day?"""
        return any(name != "day" for name in self.fields)

    def facts(self) -> list[Given]:
        """What the answers stand for; of a form whose every problem was mended."""
        raise NotImplementedError

    def act(self) -> AskedAct | None:
        """What is kept beside the facts: that a question was asked, also where the answer makes none."""
        return None


class CategoryForm(TaskForm):
    """Never answered beforehand, neither by sex nor by age."""

    can = _radios(gettext_lazy("Can the patient become pregnant?"), YES_NO)
    basis = _radios(
        gettext_lazy("If not: on which grounds?"), [(k, v) for k, v in words.BASES.items()], required=False
    )
    evidence = forms.CharField(
        label=gettext_lazy("Evidence, as laboratory results or an operation's date"),
        max_length=500,
        required=False,
    )
    day = _day(gettext_lazy("Determined on"))

    def clean(self) -> dict[str, Any]:
        """Grounds belong to a "no", and to nothing else."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("can") == "no" and not given.get("basis"):
            self.add_error("basis", _("Say on which grounds the patient cannot become pregnant."))
        if given.get("can") == "yes" and given.get("basis"):
            self.add_error("basis", _("Grounds are marked, and “yes” is marked too. Keep one."))
        return given

    def facts(self) -> list[Given]:
        given = self.cleaned_data
        return answers.category_facts(
            given["day"],
            can_become_pregnant=given["can"] == "yes",
            by="prescriber" if self.acting.role == "prescriber" else "designee",
            basis=given["basis"] or None,
            evidence=given["evidence"],
        )


class EligibilityForm(TaskForm):
    """Severity by what was looked at, and each treatment tried with how it went."""

    day = _day(gettext_lazy("Looked at on"))
    iga = forms.ChoiceField(label=gettext_lazy("Grade of the whole (IGA)"), choices=words.IGA, required=False)
    nodules = forms.IntegerField(label=gettext_lazy("Nodules"), min_value=0, max_value=200, required=False)
    inflammatory = forms.IntegerField(
        label=gettext_lazy("Inflamed lesions"), min_value=0, max_value=500, required=False
    )
    scarring = _radios(gettext_lazy("Scars, or a risk of them"), words.YES_NO_UNSAID, required=False)
    psychosocial_burden = forms.ChoiceField(
        label=gettext_lazy("Burden on mood, school or work"), choices=words.BURDEN, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in words.THERAPIES:
            self.fields[f"outcome_{name}"] = forms.ChoiceField(
                label=label, choices=words.OUTCOMES, required=False
            )
            for part, word in (("from", _("From")), ("to", _("Until"))):
                self.fields[f"{part}_{name}"] = _day(word, required=False)
                self.fields[f"{part}_{name}"].widget.attrs["aria-label"] = f"{label}: {word}"

    def clean(self) -> dict[str, Any]:
        """A treatment has a beginning and an outcome, or was not tried."""
        given: dict[str, Any] = super().clean() or {}
        for name, _label in words.THERAPIES:
            from_, to = given.get(f"from_{name}"), given.get(f"to_{name}")
            if given.get(f"outcome_{name}") and from_ is None and f"from_{name}" not in self.errors:
                self.add_error(f"from_{name}", _("Say from when on; the first of the month will do."))
            if (from_ or to) and not given.get(f"outcome_{name}"):
                self.add_error(f"outcome_{name}", _("Say how it went."))
            if from_ and to and to < from_:
                self.add_error(f"to_{name}", _("It ends before it begins. Check both days."))
        return given

    @property
    def therapies(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Row by row: how it went, from, until."""
        return [
            (self[f"outcome_{name}"], self[f"from_{name}"], self[f"to_{name}"])
            for name, _label in words.THERAPIES
        ]

    def facts(self) -> list[Given]:
        given = self.cleaned_data
        severity = Severity(
            iga=int(given["iga"]) if given["iga"] else None,
            nodules=given["nodules"],
            inflammatory=given["inflammatory"],
            scarring={"yes": True, "no": False}.get(given["scarring"]),
            psychosocial_burden=given["psychosocial_burden"] or None,
        )
        return answers.eligibility_facts(given["day"], severity, self._tried())

    def _tried(self) -> Iterator[TriedTherapy]:
        given = self.cleaned_data
        for name, _label in words.THERAPIES:
            if given[f"outcome_{name}"]:
                yield TriedTherapy(name, given[f"outcome_{name}"], given[f"from_{name}"], given[f"to_{name}"])


class ConditionsForm(TaskForm):
    """Each by itself, and each with an answer: a list that nobody read aloud is no enquiry."""

    is_grid = True
    day = _day(gettext_lazy("Asked on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked_in = AskedIn(self.read.course.known.identity.language)
        known = self.read.present
        for word in self.read.conditions:
            if word == "breastfeeding" and self.read.can_become_pregnant is False:
                continue
            self._ask(f"is_{word}", CONDITIONS[word], is_known=word in known)
        for word, asked in MEDICINES.items():
            self._ask(f"takes_{word}", asked, is_known=word in known)

    def _ask(self, name: str, asked: Words, *, is_known: bool) -> None:
        """In the patient's own language; beside it, in the page's, what it means for whoever asks."""
        field = _radios(
            self.asked_in.shown(asked),
            self.asked_in.choices(YES_NO),
            initial="yes" if is_known else None,
            help_text=self.asked_in.beside(asked),
        )
        field.error_messages["required"] = _("Answer this one: %(asked)s") % {"asked": str(asked)}
        self.fields[name] = field

    def facts(self) -> list[Given]:
        given = self.cleaned_data
        said = [name for name, value in given.items() if value == "yes"]
        conditions = [name.removeprefix("is_") for name in said if name.startswith("is_")]
        medicines = [name.removeprefix("takes_") for name in said if name.startswith("takes_")]
        return answers.conditions_facts(
            given["day"],
            conditions,
            {word: words.MEDICINE_NAMES[word] for word in medicines},
            self.read.present,
        )

    def clean(self) -> dict[str, Any]:
        """What is on record is not undone by an answer here: it has an end, or was entered in error."""
        given: dict[str, Any] = super().clean() or {}
        for name, value in list(given.items()):
            word = name.removeprefix("is_").removeprefix("takes_")
            if value == "no" and word in self.read.present:
                self.add_error(name, _("It is on record. Correct that entry, or answer “yes”."))
        return given

    def act(self) -> AskedAct:
        given = self.cleaned_data
        return AskedAct(
            form=answers.FORM,
            answers={name: value == "yes" for name, value in given.items() if name != "day"},
            language=self.asked_in.language,
        )


class AgreementForm(TaskForm):
    """Each attestation by itself; a form never implies one."""

    day = _day(gettext_lazy("On"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {each.rule for each in self.read.course.review.findings if each.answer != "not_applicable"}
        for rule, (name, label) in words.ATTESTED.items():
            if rule in asked:
                self.fields[name] = forms.BooleanField(label=label, required=False)
        if "eligibility.second_prescriber" in asked and self.acting.role == "prescriber":
            self.fields["supports"] = _radios(
                gettext_lazy("In my own opinion treatment should start"), words.YES_NO_UNSAID, required=False
            )

    def facts(self) -> list[Given]:
        given = self.cleaned_data
        attested = [name for name, _label in words.ATTESTED.values() if given.get(name)]
        supports = {"yes": True, "no": False}.get(given.get("supports", ""))
        return answers.agreement_facts(given["day"], self.acting.name, attested, supports_treatment=supports)


class CertificationForm(TaskForm):
    """Since when both are certified."""

    prescriber_from = _day(gettext_lazy("Prescriber certified since"), required=False)
    role = forms.ChoiceField(
        label=gettext_lazy("The prescriber's profession"), choices=words.ROLES, required=False
    )
    pharmacy_from = _day(gettext_lazy("Pharmacy certified since"), required=False)

    def facts(self) -> list[Given]:
        given = self.cleaned_data
        return answers.certification_facts(given["prescriber_from"], given["role"], given["pharmacy_from"])


class ProgrammeForm(TaskForm):
    """The day on which the programme took the patient in."""

    has_questions = True  # the day is the answer

    day = _day(gettext_lazy("Enrolled on"))

    def facts(self) -> list[Given]:
        return answers.programme_facts(self.cleaned_data["day"])


class QuestionsForm(TaskForm):
    """The programme's questions are answered with the programme; here is kept how that went."""

    day = _day(gettext_lazy("Answered on"))
    passed = _radios(gettext_lazy("Were they passed?"), YES_NO)

    def facts(self) -> list[Given]:
        given = self.cleaned_data
        return answers.questions_facts(given["day"], passed=given["passed"] == "yes")


class ContraceptionForm(TaskForm):
    """The methods agreed on, as each of the two reported them, and what the cycle needs."""

    primary = forms.ChoiceField(
        label=gettext_lazy("First method"), choices=(("", gettext_lazy("Choose")), *METHODS[1:])
    )
    secondary = forms.ChoiceField(label=gettext_lazy("Second method"), choices=METHODS, required=False)
    since = _day(gettext_lazy("In use since"))
    reported_by = forms.MultipleChoiceField(
        label=gettext_lazy("Who said so?"), choices=words.REPORTERS, widget=forms.CheckboxSelectMultiple
    )
    regular = _radios(gettext_lazy("Periods"), words.REGULAR, required=False)
    cycle_days = forms.IntegerField(
        label=gettext_lazy("Usual length of a cycle"), min_value=1, max_value=366, required=False
    )
    period_on = _day(gettext_lazy("Last period began on"), required=False)

    def clean(self) -> dict[str, Any]:
        """Two different methods, or abstinence alone."""
        given: dict[str, Any] = super().clean() or {}
        first, second = given.get("primary"), given.get("secondary")
        if second and first == second:
            self.add_error("secondary", _("Both methods are the same. Choose another, or none."))
        if second and "abstinence" in (first, second):
            self.add_error("secondary", _("Abstinence stands alone. Choose no second method with it."))
        return given

    def facts(self) -> list[Given]:
        given = self.cleaned_data
        return answers.contraception_facts(
            given["since"],
            [each for each in (given["primary"], given["secondary"]) if each],
            given["reported_by"],
            period_on=given["period_on"],
            cycle_days=given["cycle_days"],
            is_regular={"yes": True, "no": False}.get(given["regular"]),
            today=self.today,
        )


class CounsellingForm(TaskForm):
    """What was talked about."""

    day = _day(gettext_lazy("On"))
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("What was talked about?"),
        choices=words.TOPICS,
        widget=forms.CheckboxSelectMultiple,
    )

    def facts(self) -> list[Given]:
        return answers.counselling_facts(self.cleaned_data["day"], self.cleaned_data["topics"])


class PregnancyTestForm(TaskForm):
    """One pregnancy test: the day the specimen was taken, and what it showed."""

    taken_on = _day(gettext_lazy("Specimen taken on"))
    result = _radios(gettext_lazy("Result"), RESULTS)
    setting = forms.ChoiceField(
        label=gettext_lazy("Where"), choices=(("", gettext_lazy("Choose")), *SETTINGS)
    )
    specimen = forms.ChoiceField(
        label=gettext_lazy("Specimen"), choices=(("", gettext_lazy("Not said")), *SPECIMENS), required=False
    )

    def facts(self) -> list[Given]:
        given = self.cleaned_data
        return answers.pregnancy_test_facts(
            given["taken_on"], given["result"], given["setting"], given["specimen"]
        )


FORMS: Final[dict[str, Callable[..., TaskForm]]] = {
    "category": CategoryForm,
    "eligibility": EligibilityForm,
    "conditions": ConditionsForm,
    "agreement": AgreementForm,
    "certification": CertificationForm,
    "programme": ProgrammeForm,
    "questions": QuestionsForm,
    "contraception": ContraceptionForm,
    "counselling": CounsellingForm,
    "tests": PregnancyTestForm,
}

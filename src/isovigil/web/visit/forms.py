"""Which fields does the visit have, and which answers do they make?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from isovigil.case.units import canonical_value
from isovigil.decisions.whole_capsules import whole_capsules
from isovigil.usecases.record.symptom_words import SymptomWords
from isovigil.usecases.visit.answers import ASKED_APART, Answers, Decided, Result
from isovigil.usecases.visit.asks import Asks, LastResult
from isovigil.usecases.visit.unit_guard import Doubt, doubt_about
from isovigil.usecases.visit.weight_guard import doubt_about_weight
from isovigil.web.asked import AskedIn
from isovigil.web.components import Words
from isovigil.web.fields import DayInput, PageForm
from isovigil.web.visit import marks, safety_words, words
from isovigil.web.visit.asked_words import FREQUENCIES, PHQ9, SEVERITIES, symptom_asked

SELF_HARM_ITEM: Final = 9
_PHQ2_ITEMS: Final = 2
_COMPARATORS: Final = ("<=", ">=", "<", ">")


class VisitForm(PageForm):
    """One visit. Fields that concern other patients are taken away, so that none can be sent for them."""

    day = forms.DateField(label=gettext_lazy("Day of the visit"), widget=DayInput())
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=words.MODES)
    test_result = forms.ChoiceField(
        label=gettext_lazy("Result"), choices=words.RESULTS, widget=forms.RadioSelect, required=False
    )
    test_taken_on = forms.DateField(label=gettext_lazy("Taken on"), widget=DayInput(), required=False)
    test_setting = forms.ChoiceField(label=gettext_lazy("Where"), choices=words.SETTINGS, required=False)
    test_specimen = forms.ChoiceField(label=gettext_lazy("Specimen"), choices=words.SPECIMENS, required=False)
    is_unchanged = forms.BooleanField(label=gettext_lazy("Confirmed today: unchanged"), required=False)
    primary = forms.ChoiceField(label=gettext_lazy("Other method"), choices=words.METHODS, required=False)
    secondary = forms.ChoiceField(label=gettext_lazy("Second method"), choices=words.METHODS, required=False)
    is_counselled = forms.BooleanField(
        label=gettext_lazy("Counselled today on the risks and the rules"), required=False
    )
    weight_kg = forms.FloatField(
        label=gettext_lazy("Weight"), min_value=20, max_value=350, required=False, localize=True
    )
    sure_weight = forms.BooleanField(label=safety_words.WEIGHT_IS_RIGHT, required=False)
    has_no_symptoms = forms.BooleanField(label=gettext_lazy("Asked about all of these: none"), required=False)
    phq2_none = forms.BooleanField(
        label=gettext_lazy("Neither in the last two weeks: not at all"), required=False
    )
    self_harm_disposition = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    asked_sexual_function = forms.BooleanField(
        label=gettext_lazy("Sexual function was asked about today"), required=False
    )
    inflammatory = forms.IntegerField(
        label=gettext_lazy("Inflamed lesions"), min_value=0, max_value=500, required=False
    )
    nodules = forms.IntegerField(label=gettext_lazy("Nodules"), min_value=0, max_value=200, required=False)
    drawn_on = forms.DateField(label=gettext_lazy("Blood drawn on"), widget=DayInput(), required=False)
    fasting = forms.ChoiceField(label=gettext_lazy("Fasting"), choices=words.FASTING, required=False)
    prescribes_same = forms.BooleanField(label=gettext_lazy("Prescribe the same again"), required=False)
    daily_dose_mg = forms.FloatField(
        label=gettext_lazy("Other dose"), min_value=1, max_value=200, required=False, localize=True
    )
    days_supply = forms.IntegerField(label=gettext_lazy("For"), min_value=1, required=False)
    stop_reason = forms.ChoiceField(
        label=gettext_lazy("Stop treatment"), choices=words.STOP_REASONS, required=False
    )

    def __init__(
        self,
        asks: Asks,
        symptoms: Mapping[str, SymptomWords],
        *args: Any,
        may_prescribe: bool,
        asked_in: AskedIn,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {**_suggested(asks), **kwargs["initial"]}
        super().__init__(*args, **kwargs)
        self.asks, self.may_prescribe, self.asked_in = asks, may_prescribe, asked_in
        self.doubts: list[Doubt] = []
        self._add_symptoms(symptoms)
        self._add_mood()
        self._ask_about_self_harm()
        for last in asks.results:
            self._add_result(last)
        self._add_decisions()
        self._take_away()

    def _add_symptoms(self, symptoms: Mapping[str, SymptomWords]) -> None:
        for code, said in sorted(symptoms.items()):
            if code not in ASKED_APART:
                self._ask(f"symptom_{code}", symptom_asked(said.ask), SEVERITIES)

    def _add_mood(self) -> None:
        for number, asked in enumerate(PHQ9, start=1):
            self._ask(f"phq_{number}", asked, FREQUENCIES)

    def _ask_about_self_harm(self) -> None:
        """To be answered where item 9 is reported; where a hold stands from earlier, there to be answered."""
        asked = self.fields["self_harm_disposition"]
        assert isinstance(asked, forms.ChoiceField)
        is_left = self.asks.self_harm_asks_for is not None and not self.reports_self_harm()
        asked.label = safety_words.LATER_ASSESSMENT if is_left else safety_words.DONE_AT_ONCE
        asked.choices = safety_words.dispositions(self.may_prescribe, may_be_left=is_left)
        if not self.may_prescribe:
            asked.help_text = safety_words.WHO_MAY
            asked.error_messages["invalid_choice"] = safety_words.WHO_MAY
        elif self.asks.not_cleared_today:
            asked.help_text = safety_words.GRAVER_OF_ONE_DAY

    def reports_self_harm(self) -> bool:
        """Is item 9 answered with anything but "not at all"?"""
        return self[f"phq_{SELF_HARM_ITEM}"].value() not in (None, "", "0")

    def _ask(self, name: str, asked: Words, choices: Iterable[tuple[str, Words]]) -> None:
        """In the patient's own language; beside it, in the page's, what it means for whoever asks."""
        self.fields[name] = forms.ChoiceField(
            label=self.asked_in.shown(asked),
            choices=self.asked_in.choices(choices),
            widget=forms.RadioSelect,
            required=False,
            help_text=self.asked_in.beside(asked),
        )

    def _add_result(self, last: LastResult) -> None:
        name = words.ANALYTES[last.analyte]
        self.fields[f"value_{last.analyte}"] = forms.CharField(label=str(name), required=False, max_length=12)
        self.fields[f"unit_{last.analyte}"] = forms.ChoiceField(
            label=gettext_lazy("Unit"), choices=[(unit, unit) for unit in last.units], required=False
        )
        self.fields[f"limit_{last.analyte}"] = forms.FloatField(
            label=gettext_lazy("Upper limit"), min_value=0.01, required=False, localize=True
        )
        self.fields[f"sure_{last.analyte}"] = forms.BooleanField(
            label=gettext_lazy("The value and the unit are right"), required=False
        )

    def _add_decisions(self) -> None:
        for one in self.asks.to_decide:  # named by rule: a place in the list may be another finding's by now
            self.fields[f"decision_{one.rule}"] = forms.ChoiceField(
                label=one.says, choices=words.DECISIONS, required=False
            )
            self.fields[f"reason_{one.rule}"] = forms.CharField(
                label=gettext_lazy("Reason"), max_length=1000, required=False
            )

    def _take_away(self) -> None:
        gone: list[str] = []
        if not self.asks.asks_pregnancy_test:
            gone += ["test_result", "test_taken_on", "test_setting", "test_specimen", "primary", "secondary"]
        if not self.asks.asks_sexual_function:
            gone.append("asked_sexual_function")
        if not self.may_prescribe:
            gone += ["prescribes_same", "daily_dose_mg", "days_supply", "stop_reason"]
            gone += [name for name in self.fields if name.startswith(("decision_", "reason_"))]
        if self.asks.daily_dose_mg is None and "prescribes_same" not in gone:
            gone.append("prescribes_same")
        for name in gone:
            del self.fields[name]

    def rows(self, prefix: str) -> Iterator[forms.BoundField]:
        """The fields whose name begins so, in their order."""
        for name in self.fields:
            if name.startswith(prefix):
                yield self[name]

    def clean(self) -> dict[str, Any]:
        """What no field can judge alone."""
        cleaned: dict[str, Any] = super().clean() or {}
        self._check_mood(cleaned)
        self._check_weight(cleaned)
        self._check_results(cleaned)
        self._check_decisions(cleaned)
        if self.may_prescribe:
            self._check_dose(cleaned)
        if cleaned.get("has_no_symptoms") and any(
            cleaned.get(name) not in ("", "none", None) for name in self.fields if name.startswith("symptom_")
        ):
            self.add_error("has_no_symptoms", _("“None” is marked, and a symptom is marked too. Keep one."))
        return cleaned

    def _check_mood(self, cleaned: Mapping[str, Any]) -> None:
        asked = [str(cleaned.get(f"phq_{number}") or "") for number in range(1, len(PHQ9) + 1)]
        is_phq2 = all(asked[:_PHQ2_ITEMS]) and not any(asked[_PHQ2_ITEMS:])
        if any(asked) and not is_phq2 and not all(asked):
            missing = next(number for number, each in enumerate(asked, start=1) if not each)
            self.add_error(f"phq_{missing}", _("Answer the first two questions, or all nine."))
        if cleaned.get("phq2_none") and any(each not in ("", "0") for each in asked):
            self.add_error(
                "phq2_none",
                _("“Not at all” is marked, and an answer that says more is marked too. Keep one."),
            )
        if asked[SELF_HARM_ITEM - 1] not in ("", "0") and not cleaned.get("self_harm_disposition"):
            self.add_error(
                "self_harm_disposition",
                _("Thoughts of self-harm were reported. Say what was done at once; it cannot be left open."),
            )

    def _check_weight(self, cleaned: Mapping[str, Any]) -> None:
        """Nothing is converted by itself: what was typed is right, or somebody types it again."""
        kg = cleaned.get("weight_kg")
        if kg is None or marks.is_confirmed(self, "sure_weight", "asked_about_weight", "weight_kg"):
            return
        doubt = doubt_about_weight(kg, self.asks.weight_kg, self.asks.weighed_on)
        if doubt is not None:
            self.add_error("weight_kg", safety_words.weight_doubted(doubt))

    def _check_results(self, cleaned: Mapping[str, Any]) -> None:
        self.doubts = []
        for last in self.asks.results:
            typed = str(cleaned.get(f"value_{last.analyte}") or "").strip()
            if not typed:
                continue
            try:
                _comparator, value = _number(typed)
            except ValueError:
                self.add_error(
                    f"value_{last.analyte}",
                    _("“%(typed)s” is not a number. Write it as 23, 1.7 or <10.") % {"typed": typed},
                )
                continue
            unit = str(cleaned.get(f"unit_{last.analyte}"))
            self._check_limit(cleaned, last, unit)
            doubt = doubt_about(last.analyte, value, unit)
            if doubt is not None and not self._is_result_confirmed(last.analyte):
                self.doubts.append(doubt)
                self.add_error(f"value_{last.analyte}", _doubted(doubt))

    def _is_result_confirmed(self, analyte: str) -> bool:
        fields = f"value_{analyte}", f"unit_{analyte}"
        return marks.is_confirmed(self, f"sure_{analyte}", f"asked_about_{analyte}", *fields)

    def _check_limit(self, cleaned: Mapping[str, Any], last: LastResult, unit: str) -> None:
        """A limit stands in the unit of its value: one suggested for another unit is not this report's."""
        limit = cleaned.get(f"limit_{last.analyte}")
        if limit is None or unit == last.unit:
            return
        if limit == last.upper_limit:
            self.cleaned_data[f"limit_{last.analyte}"] = None
        elif doubt_about(last.analyte, limit, unit) is not None:
            said = {"limit": f"{limit:g}", "unit": unit}
            words_of_doubt = _("The upper limit of %(limit)s %(unit)s is hardly ever seen. Check it.")
            self.add_error(f"limit_{last.analyte}", words_of_doubt % said)

    def _check_dose(self, cleaned: Mapping[str, Any]) -> None:
        """A dose is prescribed in whole capsules; another one has no pack."""
        mg, days = self._prescribed(cleaned)
        if mg is None or days is None or not self.asks.strengths:
            return
        plan = whole_capsules(mg, self.asks.strengths, days=days)
        if plan is None or plan.daily_mg != mg:
            nearest = "" if plan is None else _("The nearest is %s mg.") % f"{plan.daily_mg:g}"
            said = _("%(mg)s mg a day cannot be made of whole capsules (%(strengths)s mg).") % {
                "mg": f"{mg:g}",
                "strengths": ", ".join(f"{each:g}" for each in self.asks.strengths),
            }
            self.add_error("daily_dose_mg", f"{said} {nearest}".strip())

    def _check_decisions(self, cleaned: Mapping[str, Any]) -> None:
        for one in self.asks.to_decide:
            reason = str(cleaned.get(f"reason_{one.rule}") or "").strip()
            if cleaned.get(f"decision_{one.rule}") and not reason:
                self.add_error(f"reason_{one.rule}", _("Give the reason of this decision."))

    def answers(self) -> Answers:
        """The answers; of a form whose every problem was mended."""
        given = self.cleaned_data
        return Answers(
            day=given["day"],
            mode=given["mode"],
            test_result=given.get("test_result") or None,
            test_taken_on=given.get("test_taken_on"),
            test_setting=given.get("test_setting") or "clinic",
            test_specimen=given.get("test_specimen") or None,
            is_unchanged=bool(given.get("is_unchanged")),
            methods=tuple(each for each in (given.get("primary"), given.get("secondary")) if each),
            is_counselled=bool(given.get("is_counselled")),
            weight_kg=given.get("weight_kg"),
            has_no_symptoms=bool(given.get("has_no_symptoms")),
            symptoms=self._symptoms(given),
            phq2=self._phq2(given),
            phq9=self._phq9(given),
            self_harm_disposition=given.get("self_harm_disposition") or None,
            asked_sexual_function=bool(given.get("asked_sexual_function")),
            inflammatory=given.get("inflammatory"),
            nodules=given.get("nodules"),
            drawn_on=given.get("drawn_on"),
            fasting={"yes": True, "no": False}.get(given.get("fasting") or ""),
            results=tuple(self._results(given)),
            **self._treatment(given),
            decided=tuple(self._decided(given)),
        )

    def _symptoms(self, given: Mapping[str, Any]) -> dict[str, str]:
        told = {name: given.get(name) for name in self.fields if name.startswith("symptom_")}
        return {
            name.removeprefix("symptom_"): severity
            for name, severity in told.items()
            if severity and (severity != "none" or name.removeprefix("symptom_") in self.asks.open_symptoms)
        }

    def _phq2(self, given: Mapping[str, Any]) -> tuple[int, int] | None:
        first, second = given.get("phq_1"), given.get("phq_2")
        if first and second:
            return int(first), int(second)
        return (0, 0) if given.get("phq2_none") else None

    def _phq9(self, given: Mapping[str, Any]) -> tuple[int | None, ...] | None:
        """The nine items; none is dropped for another that is missing, since the advice is asked early."""
        items = [given.get(f"phq_{number}") for number in range(1, len(PHQ9) + 1)]
        if not any(items[_PHQ2_ITEMS:]):
            return None
        return tuple(int(item) if item else None for item in items)

    def _results(self, given: Mapping[str, Any]) -> Iterator[Result]:
        for last in self.asks.results:
            typed = str(given.get(f"value_{last.analyte}") or "").strip()
            if typed:
                comparator, value = _number(typed)
                limit = given.get(f"limit_{last.analyte}")
                yield Result(last.analyte, value, given[f"unit_{last.analyte}"], limit, comparator)

    def _prescribed(self, given: Mapping[str, Any]) -> tuple[float | None, int | None]:
        """The dose and for how many days; nothing where nothing is prescribed."""
        mg, days = given.get("daily_dose_mg"), given.get("days_supply")
        if mg is None and given.get("prescribes_same"):
            mg = self.asks.daily_dose_mg
        if mg is None:
            return None, None
        return mg, days or self.asks.days_supply or self.asks.most_days

    def _treatment(self, given: Mapping[str, Any]) -> dict[str, Any]:
        mg, days = self._prescribed(given)
        plan = None
        if mg is not None and days is not None and self.asks.strengths:
            plan = whole_capsules(mg, self.asks.strengths, days=days)
        return {
            "daily_dose_mg": mg,
            "days_supply": days,
            "capsules": () if plan is None or plan.daily_mg != mg else plan.to_hand_over,
            "stop_reason": given.get("stop_reason") or None,
        }

    def _decided(self, given: Mapping[str, Any]) -> Iterator[Decided]:
        for one in self.asks.to_decide:
            decision = given.get(f"decision_{one.rule}")
            if decision:
                yield Decided(one.rule, decision, str(given.get(f"reason_{one.rule}") or "").strip())


def _suggested(asks: Asks) -> dict[str, Any]:
    """What stands in the form before anybody touched it: nothing that would be an answer about today."""
    suggested: dict[str, Any] = {
        "day": asks.today,
        "mode": asks.mode,
        "test_taken_on": asks.today,
        "test_setting": asks.test_setting,
        "test_specimen": asks.test_specimen,
        "drawn_on": asks.today,
        "days_supply": asks.days_supply or asks.most_days,
    }
    for last in asks.results:
        suggested[f"unit_{last.analyte}"] = last.unit
        suggested[f"limit_{last.analyte}"] = _as_written(last.upper_limit)
    return suggested


def _as_written(value: float | None) -> float | None:
    """A whole number without the point that nobody types: 40, not 40.0."""
    return int(value) if value is not None and value.is_integer() else value


def _number(typed: str) -> tuple[str | None, float]:
    """`<10` as its sign and number. Raises ValueError."""
    sign = next((each for each in _COMPARATORS if typed.startswith(each)), None)
    number = float(typed.removeprefix(sign or "").strip().replace(",", "."))
    if not 0 <= number < float("inf"):
        raise ValueError(typed)
    return sign, number


def _doubted(doubt: Doubt) -> str:
    others = [unit for unit in doubt.likelier if unit != doubt.unit]
    said = {"value": f"{doubt.value:g}", "unit": doubt.unit}
    if others:
        other = canonical_value(doubt.analyte, doubt.value, others[0])
        return _(
            "%(value)s %(unit)s is hardly ever seen. In %(other)s it would be %(canonical)s %(in)s. "
            "Choose the unit of the report, or mark that value and unit are right."
        ) % {**said, "other": others[0], "canonical": f"{other:.0f}", "in": doubt.canonical_unit}
    return (
        _("%(value)s %(unit)s is hardly ever seen. Check it, or mark that value and unit are right.") % said
    )

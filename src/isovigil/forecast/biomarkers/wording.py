"""In which words are chances, cautions and the limits of the forecast said?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from isovigil.forecast.biomarkers.evidence import Reading
from isovigil.forecast.biomarkers.priors import is_youth, model, published
from isovigil.forecast.biomarkers.values import Analyte, Chance, DoseStep, Person, Threshold, Visit

NOT_VALIDATED: Final = (
    "The intervals hold if the model is true. It reproduces published group figures; nobody has "
    "yet validated it against the results of individual patients."
)
NOT_A_RULE: Final = (
    "It supports a professional who can check its basis. It does not decide whether a scheduled "
    "test may be skipped; local monitoring and pregnancy prevention rules always come first."
)
NOT_A_DISEASE: Final = (
    "It says nothing about pancreatitis or any other disease: most published pancreatitis cases "
    "were not explained by triglycerides (Opel et al. 2017)."
)
STATEMENTS: Final = (NOT_VALIDATED, NOT_A_RULE, NOT_A_DISEASE)
NO_PREFERENCE: Final = "Doses are compared, not recommended. The order is the order in which they were given."


def chance_of(threshold: Threshold, probability: float) -> Chance:
    """The chance in words, no finer than the model can tell."""
    smallest = published().value("smallest_stated_probability")
    percent = f"{smallest * 100:g}"
    if probability < smallest:
        return Chance(threshold, None, f"<{percent}%", f"fewer than {percent} in 100")
    if probability > 1.0 - smallest:
        most = f"{(1.0 - smallest) * 100:g}"
        return Chance(threshold, None, f">{most}%", f"more than {most} in 100")
    whole = round(probability * 100)
    return Chance(threshold, round(probability, 3), f"{whole}%", f"about {whole} in 100")


def cautions_for(
    analyte: Analyte,
    person: Person,
    steps: Sequence[DoseStep],
    readings: Sequence[Reading],
    visit: Visit,
    left_out: int,
) -> tuple[str, ...]:
    """What about this forecast is assumed or stretched, in the order that matters most."""
    limits = published()
    said = []
    if analyte == "triglycerides" and visit.fasting is not True:
        said.append("The sample is not known to be fasting, so the interval is wider.")
    if analyte == "triglycerides" and any(not one.fasting for one in readings):
        said.append("Some earlier values are not known to be fasting and count for less.")
    if left_out:
        said.append(f"{left_out} value(s) reported only as above or below a limit are left out.")
    if steps and visit.day - steps[0].from_day > limits.value("longest_course"):
        said.append("The course is longer than those studied.")
    if person.sex not in ("female", "male"):
        said.append("The baseline averages the tables of women and men.")
    if analyte in ("alt", "ast", "ck") and is_youth(model(), person.age_years):
        said.append("No table for this age was found; the youngest adults' is used, widened.")
    if analyte == "ck":
        said += _exercise_cautions(person)
    said += _medicine_cautions(person)
    return tuple(said)


def _exercise_cautions(person: Person) -> list[str]:
    """What is assumed about exercise for creatine kinase."""
    if person.sex == "female" and person.exercises_strenuously is True:
        return ["Bursts after exercise are modelled in men only; hers may be underestimated."]
    if person.sex != "female" and person.exercises_strenuously is None:
        return ["Exercise is not recorded; bursts after exercise are allowed for."]
    return []


def _medicine_cautions(person: Person) -> list[str]:
    """What is assumed about other medicines."""
    if person.medicines is None:
        return ["Other medicines are not recorded; none that moves this value is assumed."]
    if not person.medicines:
        return []
    table = published().tables["medicines"]
    known = {row["class"] for row in table["outside_for"]} | set(table["inside"])
    unknown = sorted(set(person.medicines) - known)
    said = [f"Whether {name} moves this value is not known to the model." for name in unknown]
    included = sorted(set(person.medicines).intersection(table["inside"]))
    said += [f"The baseline tables include users of {name}; not told apart." for name in included]
    return said


def what_would_narrow(
    analyte: Analyte, steps: Sequence[DoseStep], readings: Sequence[Reading], visit: Visit
) -> tuple[str, ...]:
    """Which further facts would make this forecast more certain."""
    first = steps[0].from_day if steps else float("inf")
    wanted = []
    if analyte == "triglycerides" and visit.fasting is not True:
        wanted.append("a fasting sample at the visit")
    if analyte == "triglycerides" and any(not one.fasting for one in readings):
        wanted.append("fasting samples before it")
    if not any(one.day <= first for one in readings):
        wanted.append("a value from before the first dose")
    if steps and visit.day > first and not any(one.day > first for one in readings):
        wanted.append("a value while taking the drug")
    if any(step.adherence == 1.0 or step.relative_exposure == 1.0 for step in steps):
        wanted.append("how many capsules are really taken, and with what meal")
    if analyte == "ck":
        wanted.append("rest from strenuous exercise before the sample")
    return tuple(wanted)

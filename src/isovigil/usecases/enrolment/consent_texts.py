"""What does our own summary of a consent say, and which question shows that it was understood?

These are summaries of ours, in plain words, labelled as such. The official form is signed beside them and
lies in the clinic's files. A text is never changed: a new wording is a new version, and a signature names the
version, the language and the hash of the words that were read.
"""

from __future__ import annotations

import hashlib
from typing import Final, Literal

import msgspec

VERSION: Final = "1"
LANGUAGES: Final = ("en", "es")
Language = Literal["en", "es"]


class Said(msgspec.Struct, frozen=True):
    """The same in both languages."""

    en: str
    es: str

    def in_language(self, language: Language) -> str:
        """The words of one language."""
        return self.es if language == "es" else self.en


class Risk(msgspec.Struct, frozen=True):
    """One risk: what is said, and the question by which the patient tells it back."""

    key: str
    title: Said
    says: Said
    question: Said
    answers: tuple[Said, ...]
    """The first is right; a page shows them in an order of its own."""
    why: Said
    """Said after a wrong answer."""


_BIRTH_DEFECTS: Final = Risk(
    "birth_defects",
    Said("Birth defects", "Malformaciones del bebé"),
    Said(
        "Isotretinoin can badly harm an unborn baby, even after one dose. "
        "Nobody may be pregnant while taking it.",
        "La isotretinoína puede dañar gravemente al bebé antes de nacer, incluso con una sola dosis. "
        "Nadie puede estar embarazada mientras la toma.",
    ),
    Said(
        "What can happen to a baby if isotretinoin is taken in pregnancy?",
        "¿Qué puede pasarle a un bebé si se toma isotretinoína en el embarazo?",
    ),
    (
        Said("It can be born with severe harm", "Puede nacer con daños graves"),
        Said("Nothing, if it was only one capsule", "Nada, si fue solo una cápsula"),
        Said("Nothing, after the first months", "Nada, después de los primeros meses"),
    ),
    Said(
        "Even one capsule can harm an unborn baby, at any time of the pregnancy.",
        "Incluso una sola cápsula puede dañar al bebé, en cualquier momento del embarazo.",
    ),
)
_CONTRACEPTION: Final = Risk(
    "contraception",
    Said("Birth control and tests", "Anticoncepción y pruebas"),
    Said(
        "Before, during and after treatment you use the birth control that you and your "
        "prescriber agreed on, "
        "without a gap, and you take every pregnancy test on its day. Your plan shows the days.",
        "Antes, durante y después del tratamiento usa, sin interrupción, los anticonceptivos que acordó con "
        "quien le receta, y se hace cada prueba de embarazo en su día. Su plan muestra los días.",
    ),
    Said("When do you stop birth control?", "¿Cuándo deja los anticonceptivos?"),
    (
        Said(
            "After the last dose, when the plan says so",
            "Después de la última dosis, cuando lo diga el plan",
        ),
        Said("On the day of the last dose", "El día de la última dosis"),
        Said("When the acne is gone", "Cuando desaparezca el acné"),
    ),
    Said(
        "The medicine stays in the body for a time. The plan says how long birth control goes on.",
        "El medicamento permanece un tiempo en el cuerpo. El plan dice hasta cuándo siguen "
        "los anticonceptivos.",
    ),
)
_STOP_AND_CALL: Final = Risk(
    "stop_and_call",
    Said("If a period is late", "Si se retrasa la regla"),
    Said(
        "If a period is late, if birth control failed, or if you may be pregnant: stop the capsules and call "
        "the clinic the same day.",
        "Si se retrasa la regla, si falló el anticonceptivo o si podría estar embarazada: "
        "deje las cápsulas y "
        "llame a la clínica el mismo día.",
    ),
    Said(
        "What do you do if you think you may be pregnant?",
        "¿Qué hace si cree que podría estar embarazada?",
    ),
    (
        Said(
            "Stop the capsules and call the clinic the same day",
            "Dejar las cápsulas y llamar a la clínica el mismo día",
        ),
        Said("Wait for the next test", "Esperar a la próxima prueba"),
        Said("Take half the dose until the next visit", "Tomar la mitad de la dosis hasta la próxima visita"),
    ),
    Said(
        "Stop at once and call: every day counts, and nobody will blame you.",
        "Deje de tomarlas y llame enseguida: cada día cuenta, y nadie le reprochará nada.",
    ),
)
_MOOD: Final = Risk(
    "mood",
    Said("Mood", "Estado de ánimo"),
    Said(
        "Some people feel low, angry or anxious, or think of hurting themselves, while they "
        "take isotretinoin. "
        "Tell somebody at once. You, your family and friends may notice it first.",
        "Algunas personas se sienten tristes, irritables o ansiosas, o piensan en hacerse "
        "daño, mientras toman "
        "isotretinoína. Dígalo enseguida. Usted, su familia o sus amigos pueden notarlo primero.",
    ),
    Said(
        "What do you do if your mood gets much worse?",
        "¿Qué hace si su estado de ánimo empeora mucho?",
    ),
    (
        Said("Tell the clinic or a doctor at once", "Decirlo enseguida a la clínica o a un médico"),
        Said("Wait for the next visit", "Esperar a la próxima visita"),
        Said("Keep it to myself", "No decírselo a nadie"),
    ),
    Said(
        "Do not wait: say it at once, to the clinic or to an emergency service.",
        "No espere: dígalo enseguida a la clínica o a un servicio de urgencias.",
    ),
)
_SHARING: Final = Risk(
    "sharing",
    Said("Capsules and blood", "Cápsulas y sangre"),
    Said(
        "The capsules are for you alone: never share them. Do not give blood during treatment, nor after it "
        "until the plan says so: it could reach somebody who is pregnant.",
        "Las cápsulas son solo para usted: no las comparta nunca. No done sangre durante el tratamiento, ni "
        "después hasta que el plan lo diga: podría llegar a una persona embarazada.",
    ),
    Said("A friend asks for some of your capsules.", "Una amiga le pide algunas de sus cápsulas."),
    (
        Said("I give none: they could do great harm", "No le doy ninguna: podrían hacer mucho daño"),
        Said("One or two do no harm", "Una o dos no hacen daño"),
        Said("Only if she has acne too", "Solo si también tiene acné"),
    ),
    Said(
        "Never share: one capsule can harm an unborn baby.",
        "No las comparta nunca: una sola cápsula puede dañar a un bebé antes de nacer.",
    ),
)
_BODY: Final = Risk(
    "body",
    Said("Liver, blood fats, head and eyes", "Hígado, grasas, cabeza y ojos"),
    Said(
        "Blood tests watch the liver and the fats in the blood. A very bad headache, changes "
        "of sight, strong "
        "pain in the belly or yellow skin are reasons to stop and call at once.",
        "Los análisis de sangre vigilan el hígado y las grasas. Un dolor de cabeza muy fuerte, cambios en la "
        "vista, dolor fuerte de vientre o piel amarilla son motivos para dejarlas y llamar enseguida.",
    ),
    Said(
        "You have a very bad headache and your sight is blurred.",
        "Tiene un dolor de cabeza muy fuerte y ve borroso.",
    ),
    (
        Said("I stop the capsules and call at once", "Dejo las cápsulas y llamo enseguida"),
        Said("I take a painkiller and go on", "Tomo un analgésico y sigo"),
        Said("I mention it at the next visit", "Lo comento en la próxima visita"),
    ),
    Said(
        "It may be raised pressure in the head. Stop, and call at once.",
        "Puede ser presión alta dentro de la cabeza. Deje las cápsulas y llame enseguida.",
    ),
)
_FOR_EVERYBODY: Final = (_MOOD, _SHARING, _BODY)
_FOR_WHO_CAN: Final = (_BIRTH_DEFECTS, _CONTRACEPTION, _STOP_AND_CALL)
_BIRTH_DEFECTS_ALONE: Final = frozenset({"us_birth_defects_consent"})
_WITHOUT_BIRTH_DEFECTS: Final = frozenset({"us_patient_consent"})

TITLES: Final[dict[str, Said]] = {
    "us_patient_consent": Said("Patient consent", "Consentimiento del paciente"),
    "us_birth_defects_consent": Said(
        "Consent on birth defects", "Consentimiento sobre malformaciones del bebé"
    ),
    "uk_risk_form": Said("Risk form", "Formulario de riesgos"),
    "eu_acknowledgement": Said("Acknowledgement of risk", "Reconocimiento del riesgo"),
    "fr_agreement": Said("Agreement to care", "Acuerdo de cuidados"),
    "it_consent": Said("Informed consent", "Consentimiento informado"),
    "nl_consent": Said("Consent", "Consentimiento"),
}
LABEL: Final = Said(
    "Our own summary, in plain words. It does not replace the official form, which you also get and sign.",
    "Resumen nuestro, en palabras sencillas. No sustituye al formulario oficial, que también recibe y firma.",
)
MEANINGS: Final[dict[str, Said]] = {
    "patient": Said(
        "I have read this summary and the official form, and I agree.",
        "He leído este resumen y el formulario oficial, y estoy de acuerdo.",
    ),
    "carer": Said(
        "I have read this summary and the official form, and I agree for my child or ward.",
        "He leído este resumen y el formulario oficial, y estoy de acuerdo por la persona a mi cargo.",
    ),
    "prescriber": Said(
        "I explained this, answered every question, and witnessed the signatures.",
        "He explicado esto, he respondido a todas las preguntas y he presenciado las firmas.",
    ),
}


class ConsentText(msgspec.Struct, frozen=True):
    """What one person reads before they sign one form."""

    form: str
    version: str
    language: Language
    title: str
    label: str
    risks: tuple[Risk, ...]

    @property
    def words(self) -> str:
        """The text as it is read, and as it is hashed."""
        parts = [self.title, self.label]
        for risk in self.risks:
            parts += [risk.title.in_language(self.language), risk.says.in_language(self.language)]
        return "\n\n".join(parts)

    @property
    def digest(self) -> str:
        """SHA-256 of the words, in hexadecimal."""
        return hashlib.sha256(self.words.encode()).hexdigest()


def consent_text(form: str, language: Language, *, can_become_pregnant: bool | None) -> ConsentText:
    """The summary for one form in one language.

    Nobody is left without the risk to an unborn baby unless it is recorded that they cannot become pregnant.
    """
    risks: tuple[Risk, ...] = _FOR_EVERYBODY
    if form in _BIRTH_DEFECTS_ALONE:
        risks = _FOR_WHO_CAN
    elif form not in _WITHOUT_BIRTH_DEFECTS and can_become_pregnant is not False:
        risks = (*_FOR_WHO_CAN, *_FOR_EVERYBODY)
    title = TITLES.get(form, Said(form.replace("_", " "), form.replace("_", " ")))
    return ConsentText(
        form, VERSION, language, title.in_language(language), LABEL.in_language(language), risks
    )


def shown_order(risk: Risk) -> tuple[int, ...]:
    """In which order the answers stand, so that the right one is not always the first; by the key alone."""
    mark = hashlib.sha256(risk.key.encode()).digest()[0]
    places = range(len(risk.answers))
    turn = mark % len(risk.answers)
    return (*places[turn:], *places[:turn])

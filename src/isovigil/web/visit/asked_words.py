"""In which words is a patient asked at a visit? Each of them is read, or heard, by the patient."""

from __future__ import annotations

from typing import Final

from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from isovigil.web.components import Words

PHQ_ASKS: Final = _("Over the last two weeks, how often have you been bothered by:")
SEVERITIES: Final = (
    ("none", _("No")),
    ("mild", _("Mild")),
    ("moderate", _("Moderate")),
    ("severe", _("Severe")),
)
FREQUENCIES: Final = (
    ("0", _("Not at all")),
    ("1", _("Several days")),
    ("2", _("More than half the days")),
    ("3", _("Nearly every day")),
)
PHQ9: Final[tuple[Words, ...]] = (
    _("Little interest or pleasure in doing things"),
    _("Feeling down, depressed, or hopeless"),
    _("Trouble falling or staying asleep, or sleeping too much"),
    _("Feeling tired or having little energy"),
    _("Poor appetite or overeating"),
    _("Feeling bad about yourself, or that you are a failure or have let yourself or your family down"),
    _("Trouble concentrating on things, such as reading the newspaper or watching television"),
    _(
        "Moving or speaking so slowly that other people could have noticed, or the opposite: being so "
        "fidgety or restless that you have been moving around a lot more than usual"
    ),
    _("Thoughts that you would be better off dead, or of hurting yourself in some way"),
)
"""How often one was bothered by each in the last two weeks. Free to use, with credit; see NOTICE. Its Spanish
is the published one (PHQ-9, Spanish for the United States), no translation of ours.
"""
SYMPTOMS: Final = (
    gettext_noop("Are your eyes gritty or red? Is there trouble with contact lenses?"),
    gettext_noop(
        "Are your eyes yellow, your urine dark? Do you itch, have pain on the right side, or marked fatigue?"
    ),
    gettext_noop("Are your lips dry, cracked or bleeding?"),
    gettext_noop(
        "Are there blisters, painful skin, sores in mouth, eyes or genitals, fever, or spots like targets?"
    ),
    gettext_noop("Are there purple spots, swelling of the face, or wheeze?"),
    gettext_noop("Are you losing hair?"),
    gettext_noop("Are you more tired than usual?"),
    gettext_noop("Are you thirsty, and passing water often?"),
    gettext_noop("Did you break a bone? Is there a worry about growth, or stiffness of the spine?"),
    gettext_noop("Did you burn, or get a rash, after a normal amount of sun?"),
    gettext_noop("Did your acne suddenly get worse, with ulcers, fever or joint pain?"),
    gettext_noop("Do you have nosebleeds? Do they last longer than 20 minutes?"),
    gettext_noop("Do you hear or see things that others do not, feel persecuted, or have violent impulses?"),
    gettext_noop(
        "Do your joints or back hurt? Are they stiff in the morning for over 30 minutes, "
        "better with movement, painful at night?"
    ),
    gettext_noop("Do your muscles ache or feel weak? Is your urine dark?"),
    gettext_noop("Has anything changed in your sexual function or desire?"),
    gettext_noop("Have you felt low, irritable, angry, or slept badly?"),
    gettext_noop("Have you thought of harming yourself, or that you would be better off dead?"),
    gettext_noop("Is it harder to see at night, while driving or in the cinema?"),
    gettext_noop(
        "Is there a new severe headache, nausea or vomiting, double vision, or whooshing in the ears?"
    ),
    gettext_noop("Is there bloody or lasting diarrhoea, or bleeding from the back passage?"),
    gettext_noop("Is there fever with mouth ulcers, or bruising?"),
    gettext_noop("Is there severe pain in the upper belly that goes through to the back, or vomiting?"),
    gettext_noop("Is your hearing worse, or is there ringing?"),
    gettext_noop("Is your period late, or did you miss your contraception?"),
    gettext_noop("Is your skin dry, itchy, fragile or peeling? Are there patches of eczema?"),
    gettext_noop("Is your vision blurred or double, or are there halos?"),
)
"""The questions of the checklist as the rulebook words them, so that each is found in the catalogue."""
_in_the_language_asked = lazy(gettext, str)


def symptom_asked(ask: str) -> Words:
    """The rulebook's question about an unwanted effect, said in whatever language it is shown in."""
    return _in_the_language_asked(ask)

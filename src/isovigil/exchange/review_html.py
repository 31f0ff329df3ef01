"""How is a review shown as one page that asks for nothing from outside?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from isovigil.calendar.days import in_words
from isovigil.case.case import Case
from isovigil.decisions.finding import PASSES
from isovigil.decisions.review import Review
from isovigil.exchange import review_words as words
from isovigil.exchange.html_text import Html, joined, table, tag
from isovigil.exchange.review_content import (
    OPEN_TITLE,
    AlternativeTold,
    FindingTold,
    GateTold,
    ReviewTold,
    tell,
)
from isovigil.exchange.review_timeline import timeline
from isovigil.law.rulebook import Rulebook
from isovigil.law.value import Dated

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def reviews_as_html(reviewed: Sequence[tuple[Case, Review]], rulebook: Rulebook) -> str:
    """All reviews as one page: no script, no request, every text of the case escaped."""
    told = [(case, review, tell(review, rulebook)) for case, review in reviewed]
    first = told[0][2]
    title = f"Review of {first.patient}, {first.day}" if len(told) == 1 else f"{len(told)} reviews"
    articles = [
        _article(one, case, review, rulebook, f"r{place}")
        for place, (case, review, one) in enumerate(told, start=1)
    ]
    style = (files("isovigil.exchange") / "review.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        Html(f"<style>{style}</style>"),
    )
    main = tag("main", _contents(told) if len(told) > 1 else None, articles)
    return f"<!doctype html>\n{tag('html', head, tag('body', main), lang='en-GB')}"


def _contents(told: Sequence[tuple[Case, Review, ReviewTold]]) -> Html:
    """With several patients: one line each, to jump from."""
    rows = []
    for place, (_, review, one) in enumerate(told, start=1):
        signs = [_verdict(gate.verdict) for gate in one.gates]
        rows.append((tag("a", review.patient, href=f"#r{place}"), *signs))
    heads = ("Patient", *(gate.gate for gate in told[0][2].gates))
    return tag("nav", table("Reviews on this page", heads, rows), aria_label="Reviews")


def _article(told: ReviewTold, case: Case, review: Review, rulebook: Rulebook, prefix: str) -> Html:
    return tag(
        "article",
        tag("header", tag("h1", f"{told.patient}, {told.day}"), _gates(told), _next(told)),
        _pairs(told.about, "about"),
        _section("Window to hand over", _window(told, case, review, prefix)),
        _section("What to do next", _steps(told)) if told.steps else None,
        _findings("What stands in the way", told.obstacles, rulebook),
        _findings(OPEN_TITLE, told.advice, rulebook),
        _findings("Passed, but look at these", told.amber, rulebook),
        _section("Course", _pairs(told.course, "course")),
        [_alternative(other) for other in told.alternatives],
        _section("The rest", _rest(told)),
        tag("footer", tag("p", told.notice)),
        id=prefix,
    )


def _section(title: str, *content: Html | None) -> Html:
    return tag("section", tag("h2", title), list(content))


def _verdict(verdict: str) -> Html:
    sign = words.VERDICTS[verdict]
    return tag("span", f"{sign.symbol} {sign.word}", class_=f"sign {sign.tone}")


def _gates(told: ReviewTold) -> Html:
    rows = [(gate.gate, _verdict(gate.verdict), gate.reason) for gate in told.gates]
    if told.clinical is not None:
        rows.append(("Clinical", _clinical(told.clinical), told.clinical.reason))
    return table("The three gates", ("Gate", "Verdict", "Why"), rows, class_="gates stacks")


def _clinical(clinical: GateTold) -> Html:
    if clinical.verdict in {"hold", "stop"}:
        return _verdict(clinical.verdict)
    if clinical.verdict == "emergency":
        return tag("span", "✖ EMERGENCY", class_="sign bad")
    return tag("span", f"{words.AMBER.symbol} ADVICE", class_="sign wait")


def _next(told: ReviewTold) -> Html:
    return tag("p", tag("strong", "Next: "), told.next_step, class_="next")


def _pairs(pairs: Sequence[tuple[str, str]], kind: str) -> Html:
    return tag("dl", [joined(tag("dt", name), tag("dd", value)) for name, value in pairs], class_=kind)


def _window(told: ReviewTold, case: Case, review: Review, prefix: str) -> Html:
    return joined(tag("p", told.window or "No window is set now."), timeline(case, review, prefix))


def _steps(told: ReviewTold) -> Html:
    rows = [
        (step.who, ("" if step.is_required else "Advised: ") + step.says, step.when) for step in told.steps
    ]
    return table("What is only advised comes last", ("Who", "What", "When"), rows, class_="stacks")


def _findings(title: str, findings: Sequence[FindingTold], rulebook: Rulebook) -> Html | None:
    if not findings:
        return None
    items = [tag("li", _finding(told, rulebook)) for told in findings]
    return _section(f"{title} ({len(findings)})", tag("ul", items, class_="findings"))


def _finding(told: FindingTold, rulebook: Rulebook) -> Html:
    finding = told.finding
    sign = words.ANSWERS[finding.answer]
    tone = sign.tone if told.blocks or finding.answer in PASSES else "wait"
    amber = finding.amber and finding.answer in PASSES
    advice = words.ACTIONS[finding.action] if finding.action not in {None, "continue"} else None
    clears = None
    if told.needs:
        move = words.plain(finding.whose_move or "")
        said = [words.sentence(f"needs {told.needs}"), f" Whose move: {move}" if move else ""]
        clears = tag("p", *said, f", {told.when}." if told.when else "." if move else "")
    return joined(
        tag(
            "h3",
            tag("span", f"{sign.symbol} {sign.word}", class_=f"sign {tone}"),
            " ",
            tag("code", finding.rule),
            tag("span", f" {words.AMBER.symbol} {words.AMBER.word}", class_="sign wait") if amber else None,
            f" {advice}" if advice else None,
        ),
        tag(
            "p",
            finding.says,
            tag("span", f" Facts: {', '.join(finding.facts)}.", class_="facts") if finding.facts else None,
        ),
        clears,
        tag("ul", [tag("li", value_cited(value, rulebook)) for value in finding.values], class_="values")
        if finding.values
        else None,
    )


def value_cited(value: Dated[Any], rulebook: Rulebook) -> Html:
    """One value with its question, its start, its strength and its source by title."""
    programme, _, name = value.name.partition("/")
    asks = question_of(name, programme, rulebook)
    source = rulebook.sources.get(value.cite.source)
    title = source.title if source is not None else value.cite.source
    url = source.url if source is not None else None
    return joined(
        f"{asks} ",
        tag("strong", words.dated_in_words(value)),
        f", {words.STRENGTHS[value.strength]} since {in_words(value.from_)}: ",
        tag("cite", link(title, url)),
        f", {value.cite.at}",
    )


def question_of(name: str, programme: str, rulebook: Rulebook) -> str:
    """The question a value answers; its name where the rulebook holds no question for it."""
    held = rulebook.programmes.get(programme)
    histories = [held.values] if held is not None else []
    histories += [policy.values for policy in rulebook.policies.values()]
    return next((values[name].asks for values in histories if name in values), f"{name}:")


def link(text: str, url: str | None) -> Html:
    """A link for people to follow; only to the web, and nothing is loaded from it."""
    if url is None or not url.startswith(("https://", "http://")):
        return joined(text)
    return tag("a", text, href=url, rel="noreferrer")


def _alternative(other: AlternativeTold) -> Html:
    rows = [(gate.gate, _verdict(gate.verdict), gate.reason) for gate in other.gates]
    return _section(
        "Another reading of the law",
        tag("p", f"{other.supposes} ({other.decided_by}):"),
        table("The gates in that reading", ("Gate", "Verdict", "Why"), rows, class_="gates stacks"),
        tag("p", f"Window: {other.window}") if other.window is not None else None,
    )


def _rest(told: ReviewTold) -> Html:
    return tag("details", tag("summary", f"{told.rest}."), list(_rest_tables(told)))


def _rest_tables(told: ReviewTold) -> Iterable[Html]:
    for caption, findings in (("Met", told.passed), ("Does not apply", told.not_applicable)):
        if findings:
            rows = [(tag("code", one.finding.rule), one.finding.says, _titles(one)) for one in findings]
            yield table(caption, ("Rule", "What was found", "Source"), rows)


def _titles(told: FindingTold) -> Html:
    return joined([joined(link(source.title, source.url), f", {source.at}. ") for source in told.sources])

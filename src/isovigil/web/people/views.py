"""How does an administrator let people in, and end what they may do?"""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from isovigil.usecases.record.access import may
from isovigil.usecases.record.acting import Acting, Role
from isovigil.usecases.record.end_membership import LastAdministrator, NoSuchMembership, end_membership
from isovigil.usecases.record.invite import (
    InvitationGone,
    InvitationRefused,
    invite,
    open_invitations,
    renew_way_in,
    withdraw,
)
from isovigil.usecases.record.members_listed import Member, one_of_staff, staff_of
from isovigil.web.accounts.freshness import asks_who_you_are
from isovigil.web.acting import page
from isovigil.web.components import Cell, Column, Row, Table
from isovigil.web.people.forms import InviteStaff, Reason
from isovigil.web.shell import ROLE_WORDS


@require_GET
@page("see_people")
def people(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Everybody who works or worked at the clinic, and the invitations that are open."""
    members = staff_of(acting)
    context = {
        "here": _table(_("Who works here"), [one for one in members if one.ended_at is None]),
        "left": _table(_("Who worked here"), [one for one in members if one.ended_at is not None]),
        "has_left": any(one.ended_at is not None for one in members),
        "invitations": [(one, ROLE_WORDS[one.role]) for one in open_invitations(acting)],
        "may_invite": may(acting, "invite"),
    }
    return render(request, "people/people.html", context)


def _table(caption: str, members: list[Member]) -> Table:
    has_left = any(one.ended_at is not None for one in members)
    columns = [Column(_("Name")), Column(_("Role")), Column(_("Since"))]
    columns += [Column(_("Until"))] if has_left else []
    rows = tuple(Row(_cells(one)) for one in members)
    return Table(caption, tuple(columns), rows, empty=_("Nobody yet."))


def _cells(member: Member) -> tuple[Cell, ...]:
    cells = (
        Cell(member.name, url=reverse("person", args=[member.membership])),
        Cell(ROLE_WORDS[member.role]),
        Cell(date_format(localtime(member.began_at))),
    )
    return cells if member.ended_at is None else (*cells, Cell(date_format(localtime(member.ended_at))))


@require_http_methods(["GET", "POST"])
@page("invite")
@asks_who_you_are
def invite_staff(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Invite somebody who will work here; the code is shown once."""
    form = InviteStaff(request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            invited = invite(acting, asked["name"], asked["email"], cast(Role, asked["role"]))
        except InvitationRefused as refused:
            form.add_error(None, str(refused))
        else:
            context = {"invited": invited, "name": asked["name"], "where": _where(request)}
            return render(request, "people/invited.html", context)
    return render(request, "people/invite.html", {"form": form}, status=422 if form.is_bound else 200)


def _where(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("accept_invitation"))


@require_GET
@page("see_people")
def one_person(request: HttpRequest, acting: Acting, membership: UUID) -> HttpResponse:
    """One role of somebody, and what an administrator can do about it."""
    return _person_page(request, acting, _member(acting, membership), Reason())


def _person_page(
    request: HttpRequest, acting: Acting, member: Member, form: Reason, status: int = 200
) -> HttpResponse:
    context = {
        "member": member,
        "role": ROLE_WORDS[member.role],
        "form": form,
        "may_end": member.ended_at is None and may(acting, "end_membership"),
        "may_renew": member.ended_at is None and may(acting, "invite") and not member.is_oneself,
    }
    return render(request, "people/person.html", context, status=status)


def _member(acting: Acting, membership: UUID) -> Member:
    try:
        return one_of_staff(acting, membership)
    except NoSuchMembership as none:
        raise Http404 from none


@require_POST
@page("end_membership")
def end(request: HttpRequest, acting: Acting, membership: UUID) -> HttpResponse:
    """End a role now. It waits for nothing: a leaver's sessions end with it."""
    member = _member(acting, membership)
    form = Reason(request.POST)
    if form.is_valid():
        try:
            end_membership(acting, membership, reason=form.cleaned_data["reason"])
        except LastAdministrator as last:
            form.add_error(None, str(last))
        except NoSuchMembership as none:
            raise Http404 from none
        else:
            messages.success(request, _("The role has ended, and every session with it."))
            return redirect("people")
    return _person_page(request, acting, member, form, status=422)


@require_POST
@page("invite")
def withdraw_one(request: HttpRequest, acting: Acting, invitation: UUID) -> HttpResponse:
    """Make an invitation worthless."""
    try:
        withdraw(acting, invitation)
    except InvitationGone as gone:
        raise Http404 from gone
    messages.success(request, _("The invitation opens nothing any more."))
    return redirect("people")


@require_http_methods(["GET", "POST"])
@page("invite")
@asks_who_you_are
def new_way_in(request: HttpRequest, acting: Acting, membership: UUID) -> HttpResponse:
    """Somebody lost their factor: take their ways in, and show a new invitation once."""
    member = _member(acting, membership)
    if request.method == "GET":
        return render(request, "people/new_way_in.html", {"member": member})
    try:
        invited = renew_way_in(acting, membership)
    except InvitationRefused as refused:
        context = {"member": member, "refusal": str(refused)}
        return render(request, "people/new_way_in.html", context, status=422)
    except NoSuchMembership as none:
        raise Http404 from none
    context = {"invited": invited, "name": member.name, "where": _where(request)}
    return render(request, "people/invited.html", context)

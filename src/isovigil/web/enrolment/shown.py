"""How do the tasks of an enrolment read?"""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from isovigil.usecases.enrolment.tasks import TaskFound
from isovigil.usecases.record.enrolment_read import EnrolmentRead
from isovigil.web.components import Task, Words
from isovigil.web.enrolment.words import IN_THE_VISIT, TASK_WORDS


def tasks_shown(read: EnrolmentRead) -> list[Task]:
    """The task list, each with the word of its state and what is open."""
    patient = read.course.known.patient
    return [Task(TASK_WORDS[task.name], task.state, _url(task, patient), _hint(task)) for task in read.tasks]


def _url(task: TaskFound, patient: UUID) -> str | None:
    if task.name == "other":
        return reverse("course", args=[patient])
    if task.name in IN_THE_VISIT:
        return reverse("visit", args=[patient])
    if task.name == "consents":
        return reverse("consents", args=[patient])
    if task.state == "not_yet":
        return None
    return reverse("enrolment_task", args=[patient, task.name])


def _hint(task: TaskFound) -> Words:
    if task.state == "to_do" and not task.open_ones:
        return _("Nobody has asked yet; nothing on record is read as none known.")
    if task.state == "not_yet":
        return _("First say whether the patient can become pregnant.")
    return " ".join(dict.fromkeys(each.says for each in task.open_ones))


def how_many_done(read: EnrolmentRead) -> tuple[int, int]:
    """How many tasks are done, and of how many."""
    return sum(task.state == "done" for task in read.tasks), len(read.tasks)

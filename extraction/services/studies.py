"""Studies and their reports, and who extracts them."""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import combinations
from string import ascii_lowercase
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Max

from extraction.choices import CopySeat, CopyStanding, ReportKind
from extraction.companions import families
from extraction.models import (
    Alignment,
    CopyState,
    Extraction,
    FormVersion,
    Report,
    Study,
    StudyDetails,
)
from extraction.querysets.reports import included_reports, reports_to_open
from extraction.services.forms import latest_form
from records.models import Record
from records.querysets.companions import companions_of
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership
from reviews.roles import Capability

EXTRACTORS_AT_LEAST = 2
T = TypeVar("T")


def lock_study(member: Membership, study: Study) -> Study:
    """Lock a study of the member's review and return it as it is now."""
    studies = Study.objects.select_for_update(no_key=True)
    return studies.get(pk=study.pk, review=member.review_id)


def lock_copies(study: Study) -> None:
    """Lock the current copies of a locked study, in the order of their keys.

    Whoever ends a copy takes them before the review, as who writes in one does.
    """
    copies = Extraction.objects.current().filter(study=study).order_by("pk")
    list(copies.select_for_update(no_key=True).values_list("pk", flat=True))


def _refuse_unless_current(study: Study) -> None:
    """Refuse a study whose last report was moved to another one meanwhile."""
    if not Study.objects.filter(pk=study.pk).current().exists():
        raise ValidationError(
            "This study has no report any more: it was moved to another study meanwhile.",
            code="no_report",
        )


@all_or_nothing
def open_studies(*, lead: Membership) -> list[Study]:
    """Make a study of every report included at full text and released that has none yet.

    Reports that a person took for reports of one study become one. One whose companion has a study
    already is left to be added to it. A second run changes nothing. Returns the new studies.
    """
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    records = {record.pk: record for record in reports_to_open(act.review)}
    if not records:
        return []
    opened = [
        [records[key] for key in family]
        for family in families(list(records), companions_of(records))
    ]
    numbers = Study.objects.filter(review=act.review)
    last = numbers.aggregate(last=Max("number"))["last"] or 0
    taken = set(
        StudyDetails.objects.current().filter(review=act.review).values_list("label", flat=True)
    )
    studies = act.bulk_insert(
        [Study(number=number) for number, _ in enumerate(opened, start=last + 1)]
    )
    rows = list(zip(studies, opened, strict=True))
    act.bulk_insert([StudyDetails(study=s, label=_free_label(r[0], taken)) for s, r in rows])
    act.bulk_insert([Report(study=study, record=record) for study, rs in rows for record in rs])
    act.log("extraction.studies_opened", studies=len(studies))
    return studies


@all_or_nothing
def link_report(
    *, lead: Membership, study: Study, record: Record, kind: str = ReportKind.ARTICLE
) -> Report:
    """Make an included record a further report of a study, or say what kind of report it is.

    A record that was opened as a study of its own leaves it, unless somebody extracts that one.

    Raises:
        ValidationError: the record was not included at full text and released (code
            ``not_included``), or its own study has been assigned (code ``study_in_use``).
    """
    record = Record.objects.select_for_update(no_key=True).get(pk=record.pk, review=lead.review_id)
    study = lock_study(lead, study)
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    if not included_reports(act.review).filter(pk=record.pk).exists():
        raise ValidationError(
            "Only a report included at full text and released can belong to a study.",
            code="not_included",
        )
    current = Report.objects.current().filter(record=record).select_related("study").first()
    if current is not None:
        if current.study_id == study.pk and current.kind == kind:
            return current
        if current.study_id != study.pk:
            _may_leave(current)
    report = act.replace(current, Report(study=study, record=record, kind=kind))
    act.log("extraction.report_linked", subject=study, record=record.uid, kind=kind)
    return report


@all_or_nothing
def rename_study(*, lead: Membership, study: Study, label: str, note: str = "") -> StudyDetails:
    """Give a study the name the tables print, and the note they print beside it.

    Raises:
        ValidationError: the study has no report any more (code ``no_report``), the name is blank
            (code ``blank``), or another study has it (code ``label_taken``).
    """
    study = lock_study(lead, study)
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    _refuse_unless_current(study)
    label, note = " ".join(label.split()), note.strip()
    if not label:
        raise ValidationError("A study needs a name.", code="blank")
    details = StudyDetails.objects.current().filter(review=act.review)
    if details.filter(label__iexact=label).exclude(study=study).exists():
        raise ValidationError(f"Another study is named “{label}”.", code="label_taken")
    current = details.get(study=study)
    if (current.label, current.note) == (label, note):
        return current
    new = act.replace(current, StudyDetails(study=study, label=label, note=note))
    act.log("extraction.study_renamed", subject=study)
    return new


@all_or_nothing
def assign_extractors(
    *,
    lead: Membership,
    study: Study,
    first: Membership,
    second: Membership,
    form_version: FormVersion | None = None,
) -> list[Extraction]:
    """Assign two people to extract a study, each their own copy.

    A person who is replaced keeps what they wrote, but it is no longer a copy of the study; the
    one who follows starts from a blank copy.

    Raises:
        ValidationError: the study has no report any more (code ``no_report``); the two are the
            same, or one may not extract (code ``extractors``); the copies have been compared
            already (code ``compared``); one person has made the study final (code ``final``); no
            form is published (code ``no_form``).
    """
    study = lock_study(lead, study)
    lock_copies(study)
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    _refuse_unless_current(study)
    _fit_to_extract(act, [first, second])
    return _assign(act, study, {CopySeat.A: first, CopySeat.B: second}, form_version)


@all_or_nothing
def assign_all(*, lead: Membership, extractors: Sequence[Membership]) -> list[Study]:
    """Assign two of the people chosen to every study without extractors, all pairs equally often.

    Which two, and who has which seat, is drawn in a seeded order. Returns the studies assigned.

    Raises:
        ValidationError: fewer than two people, or one may not extract (code ``extractors``); no
            form is published (code ``no_form``).
    """
    act = audit.begin_as(member=lead, capability=Capability.MANAGE)
    members = _fit_to_extract(act, extractors)
    studies = list(Study.objects.filter(review=act.review).without_extractors())
    if not studies:
        return []
    version = latest_form(act.review)
    pairs = _drawn(combinations(members, 2), f"{act.review.uid}:{studies[0].uid}")
    extractions = [
        Extraction(study=study, form=version.form, seat=seat, member=member, form_version=version)
        for index, study in enumerate(studies)
        for seat, member in zip(
            (CopySeat.A, CopySeat.B),
            _drawn(pairs[index % len(pairs)], str(study.uid)),
            strict=True,
        )
    ]
    act.bulk_insert(extractions)
    act.bulk_insert([CopyState(extraction=e, standing=CopyStanding.DRAFT) for e in extractions])
    act.log(
        "extraction.studies_assigned",
        studies=len(studies),
        extractors=[member.uid for member in members],
    )
    return studies


def _assign(
    act: Act,
    study: Study,
    wanted: dict[CopySeat, Membership],
    form_version: FormVersion | None,
) -> list[Extraction]:
    copies = Extraction.objects.current().filter(study=study).exclude(seat=CopySeat.CONSENSUS)
    current = {copy.seat: copy for copy in copies.select_related("form_version__form")}
    keeps = {
        seat: copy
        for seat, copy in current.items()
        if copy.member_id == wanted[CopySeat(seat)].pk
        and (form_version is None or copy.form_version_id == form_version.pk)
    }
    if len(keeps) == len(wanted):
        return [keeps[seat] for seat in wanted]
    if current and Alignment.objects.current().filter(study=study).exists():
        raise ValidationError(
            "The two copies of this study are being compared, so their extractors stay.",
            code="compared",
        )
    staying = next(iter(keeps.values()), None)
    version = form_version or (staying.form_version if staying else latest_form(act.review))
    if version.review_id != act.review.pk:
        raise ValidationError("This form belongs to another review.", code="no_form")
    if not current:
        _end_single_copy(act, study)
    act.supersede(*[copy for seat, copy in current.items() if seat not in keeps])
    for seat, member in wanted.items():
        if seat not in keeps:
            copy = act.insert(
                Extraction(
                    study=study, form=version.form, seat=seat, member=member, form_version=version
                )
            )
            act.insert(CopyState(extraction=copy, standing=CopyStanding.DRAFT))
            keeps[seat] = copy
    act.log(
        "extraction.study_assigned",
        subject=study,
        extractors={seat.value: member.uid for seat, member in wanted.items()},
    )
    return [keeps[seat] for seat in wanted]


def _end_single_copy(act: Act, study: Study) -> None:
    """End what one person made final, and the lead opened again, before two people extract it."""
    copies = Extraction.objects.current().filter(study=study, seat=CopySeat.CONSENSUS)
    copy = copies.with_standing().first()
    if copy is None:
        return
    if copy.standing == CopyStanding.FINAL:
        raise ValidationError(
            "This study is final, entered by one person. Open it again first; then two people "
            "can extract it anew.",
            code="final",
        )
    act.supersede(copy)


def _drawn(items: Iterable[T], seed: str) -> list[T]:
    """Return the items in an order that the seed alone decides."""
    numbered = enumerate(items)
    drawn = [
        (hashlib.sha256(f"{seed}:{place}".encode()).digest(), item) for place, item in numbered
    ]
    return [item for _, item in sorted(drawn, key=lambda pair: pair[0])]


def _fit_to_extract(act: Act, chosen: Sequence[Membership]) -> list[Membership]:
    keys = {member.pk for member in chosen}
    fit = Membership.objects.active().filter(pk__in=keys, review=act.review)
    members = [member for member in fit if member.can(Capability.EXTRACT)]
    if len(keys) < EXTRACTORS_AT_LEAST:
        raise ValidationError("Choose two different people.", code="extractors")
    if len(members) != len(keys):
        raise ValidationError("Choose members of this review who may extract.", code="extractors")
    return members


def _may_leave(report: Report) -> None:
    others = Report.objects.current().filter(study=report.study_id).exclude(pk=report.pk)
    copies = Extraction.objects.current().filter(study=report.study_id)
    if not others.exists() and copies.exists():
        raise ValidationError(
            f"This report is the only one of {report.study}, which people extract already.",
            code="study_in_use",
        )


def _free_label(record: Record, taken: set[str]) -> str:
    """Return the short name of the record, with a letter where another study has that name."""
    name = record.short_name[:190]
    label, letters = name, iter(ascii_lowercase[1:])
    while label in taken:
        label = f"{name}{next(letters, f' ({record.number})')}"
    taken.add(label)
    return label

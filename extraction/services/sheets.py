"""An extraction sheet becomes one copy of each study that it names: all of it, or nothing."""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction

from extraction.choices import CopySeat, CopyStanding
from extraction.models import CopyState, Extraction, Form, FormVersion, Report, Study
from extraction.schema import SHIPPED_FORMS, shipped_form
from extraction.services.elements import MOST_ELEMENTS
from extraction.services.forms import publish_form
from extraction.services.sheet_findings import Warned, warnings_of
from extraction.services.sheet_studies import (
    Directory,
    NamedStudy,
    make_studies,
    named_studies,
    refuse_unfit,
    refuse_unknown,
    report_key,
)
from extraction.services.sheet_writing import Entry, entry_of, name_reports, write
from extraction.sheets import Problem, Problems, Sheet, SheetRefused, read_copy_of, read_sheet
from records import uploads
from records.services.imports import shown_name
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership
from reviews.roles import Capability

FINAL = "final"
WAYS = (FINAL, CopySeat.A, CopySeat.B)


class RefusedSheet(ValidationError):
    """A sheet that was refused, with the line and the field of everything that keeps it out."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__([str(problem) for problem in problems], code="sheet_refused")
        self.problems = list(problems)


@dataclass(frozen=True, kw_only=True)
class SheetInput:
    """A sheet, and as what it is to be entered.

    Args:
        data: the file.
        file_name: what it is called.
        form: the short name of the form that it answers.
        way: ``final``, or the seat whose copy it is.
        create_studies: make the studies that nobody knows.
    """

    data: bytes
    file_name: str
    form: str
    way: str
    create_studies: bool = False

    @property
    def sha256(self) -> str:
        """Return the digest of the file."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, kw_only=True)
class SheetOutcome:
    """What a sheet said, what of it was new, and what does not fit in it."""

    studies: int
    elements: int
    values: int
    changed: int
    created: Sequence[str] = ()
    warnings: Sequence[Warned] = ()
    unread: Sequence[str] = ()
    form: str = ""
    labels: Sequence[str] = field(default=())


def preview_sheet(*, member: Membership, given: SheetInput) -> SheetOutcome:
    """Return what importing a sheet would do; nothing of it is kept.

    Raises:
        ValidationError: see ``import_sheet``.
    """
    with transaction.atomic():
        outcome = _import(member=member, given=given, keep=None)
        transaction.set_rollback(True)
    return outcome


def import_sheet(*, member: Membership, given: SheetInput) -> SheetOutcome:
    """Enter a sheet as one copy of each study it names, all or nothing.

    As a seat's copy it becomes the draft of whoever holds that seat. As final it becomes the
    consensus of studies that no two people extract, which releases their data. A copy says what
    the sheet says and nothing else; what it says already is not written again, so that the same
    sheet twice changes nothing.

    Raises:
        RefusedSheet: a row cannot be stored, or names what is not there (code ``sheet_refused``).
        ValidationError: the member may not do this (code ``may_not``), the review does not declare
            extraction by one person (code ``not_single``), or it has no such form (code
            ``no_form``).
    """
    return _import(member=member, given=given, keep=uploads.keep)


@all_or_nothing
def _import(
    *, member: Membership, given: SheetInput, keep: Callable[[io.BytesIO], object] | None
) -> SheetOutcome:
    try:
        return _Import(member, given, keep).run()
    except SheetRefused as refused:
        raise RefusedSheet(refused.problems) from refused


class _Import:
    """One sheet on its way into a review."""

    def __init__(
        self,
        member: Membership,
        given: SheetInput,
        keep: Callable[[io.BytesIO], object] | None,
    ) -> None:
        self.member, self.given, self.keep = member, given, keep
        self.problems = Problems()
        self.is_final = given.way == FINAL
        self.file_name = shown_name(given.file_name)

    def run(self) -> SheetOutcome:
        self._refuse_unless_allowed()
        sheet = read_sheet(self.given.data)
        targets = self._targets(sheet)
        self._lock(targets)
        version = self._version()
        act = audit.begin_as(
            member=self.member,
            capability=Capability.MANAGE if self.is_final else Capability.EXTRACT,
        )
        if self.is_final and not act.review.settings.single_extraction:
            raise ValidationError(
                "This review does not declare that one person extracts, so a sheet is entered as "
                "the copy of a seat. The lead declares it in the settings of the review.",
                code="not_single",
            )
        self._refuse_if_moved(sheet, targets)
        copies = self._copies(targets)
        entries = self._entries(act, sheet, targets, copies, version)
        return self._store(act, sheet, targets, entries, version)

    def _refuse_unless_allowed(self) -> None:
        if self.given.way not in WAYS:
            raise ValidationError("Say as what the sheet is to be entered.", code="unknown_way")
        if self.is_final and not self.member.can(Capability.MANAGE):
            raise ValidationError(
                "Only a lead can make studies final from a sheet.", code="may_not"
            )
        if not self.is_final and not self.member.can(Capability.EXTRACT):
            raise ValidationError(
                "A sheet is entered as a seat's copy by the member whose seat it is.",
                code="may_not",
            )
        if self.given.create_studies and not self.is_final:
            raise ValidationError(
                "Studies made from a sheet have no extractors yet, so they can be made only "
                "together with their final data.",
                code="no_seats_yet",
            )

    def _targets(self, sheet: Sheet) -> list[NamedStudy]:
        """Return the studies that the sheet names, or refuse those that nobody knows."""
        self.directory = Directory(self.member)
        problems = Problems()
        targets = named_studies(self.directory, sheet.rows, problems)
        new = [target for target in targets if target.study is None]
        if self.given.create_studies:
            refuse_unfit(self.member.review_id, new, problems)
        else:
            refuse_unknown(new, problems)
        problems.refuse()
        return targets

    def _lock(self, targets: Sequence[NamedStudy]) -> None:
        """Lock the studies and their copies, in the order of their keys."""
        keys = [target.study.pk for target in targets if target.study is not None]
        studies = Study.objects.filter(pk__in=keys).order_by("pk")
        copies = Extraction.objects.current().filter(study__in=keys).order_by("pk")
        if self.is_final:
            list(studies.select_for_update(no_key=True).values_list("pk", flat=True))
        else:
            copies = copies.filter(member=self.member)
        list(copies.select_for_update(no_key=True).values_list("pk", flat=True))

    def _version(self) -> FormVersion:
        """Return the latest version of the form, which is published first where it ships."""
        slug = self.given.form
        form = Form.objects.filter(review=self.member.review_id, slug=slug).first()
        if form is not None:
            latest = form.versions.select_related("form").order_by("number").last()
            if latest is not None:
                return latest
        if slug in SHIPPED_FORMS and self.is_final:
            return publish_form(lead=self.member, definition=shipped_form(slug).as_data())
        known = Form.objects.filter(review=self.member.review_id).values_list("slug", flat=True)
        there = ", ".join(dict.fromkeys([*known, *SHIPPED_FORMS]))
        raise ValidationError(
            f"There is no form “{slug[:60]}” in this review; there are {there}.", code="no_form"
        )

    def _refuse_if_moved(self, sheet: Sheet, targets: Sequence[NamedStudy]) -> None:
        """Refuse where a name means another study by now than the one that was locked."""
        before = {target.name: target.study for target in targets}
        self.directory = Directory(self.member)
        now = {t.name: t.study for t in named_studies(self.directory, sheet.rows, Problems())}
        if before != now:
            raise ValidationError(
                "The studies of this review were changed at the same moment. Nothing was "
                "imported; look at them and import the sheet again.",
                code="changed_meanwhile",
            )

    def _copies(self, targets: Sequence[NamedStudy]) -> dict[int, Extraction]:
        """Return the copies there are of the studies named, or refuse what may not be entered."""
        keys = [target.study.pk for target in targets if target.study is not None]
        copies = Extraction.objects.current().filter(study__in=keys).with_standing()
        by_study: dict[int, list[Extraction]] = {}
        self.standings: dict[int, str] = {}
        for copy in copies.select_related("form_version__form"):
            self.standings[copy.pk] = copy.standing
            by_study.setdefault(copy.study_id, []).append(copy)
        choose = self._consensus if self.is_final else self._of_seat
        found = {}
        for target in targets:
            if target.study is not None:
                copy = choose(target, by_study.get(target.study.pk, []))
                if copy is not None:
                    found[target.study.pk] = copy
        self.problems.refuse()
        return found

    def _consensus(self, target: NamedStudy, copies: Sequence[Extraction]) -> Extraction | None:
        label = self._label(target)
        other = next((c.form_version.form for c in copies if not self._answers(c)), None)
        if other is not None:
            self.problems.add(
                target.line, "study", f"“{label}” is extracted with another form, “{other}”."
            )
        elif any(copy.seat != CopySeat.CONSENSUS for copy in copies):
            self.problems.add(
                target.line,
                "study",
                f"two people extract “{label}”; its data become final by comparing what they "
                "entered.",
            )
        return next((copy for copy in copies if copy.seat == CopySeat.CONSENSUS), None)

    def _answers(self, copy: Extraction) -> bool:
        """Return whether a copy answers the form that the sheet answers."""
        return copy.form_version.form.slug == self.given.form

    def _of_seat(self, target: NamedStudy, copies: Sequence[Extraction]) -> Extraction | None:
        seat, label = self.given.way, self._label(target)
        mine = (c for c in copies if c.seat == seat and c.member_id == self.member.pk)
        own = next((copy for copy in mine if self._answers(copy)), None)
        if own is None:
            self.problems.add(
                target.line,
                "study",
                f"{self.member} does not hold seat {seat} of “{label}” with this form. The lead "
                "assigns it, and who holds it enters the sheet.",
            )
        elif self.standings[own.pk] != CopyStanding.DRAFT:
            self.problems.add(
                target.line,
                "study",
                f"this extraction of “{label}” was submitted. The lead can open it again.",
            )
        return own

    def _label(self, target: NamedStudy) -> str:
        return self.directory.labels[target.study.pk] if target.study else target.name

    def _entries(
        self,
        act: Act,
        sheet: Sheet,
        targets: Sequence[NamedStudy],
        copies: dict[int, Extraction],
        version: FormVersion,
    ) -> list[Entry]:
        """Read every study's rows under the form version that its copy has."""
        settings = act.review.settings
        notes = [note for note in (settings.table_note, settings.extraction_note) if note]
        entries = []
        for target in targets:
            copy = copies.get(target.study.pk) if target.study else None
            asked = version if self.is_final or copy is None else copy.form_version
            said = read_copy_of(
                asked.spec,
                target.rows,
                self.problems,
                most=MOST_ELEMENTS,
                has_meanings=sheet.has_meanings,
            )
            entry = entry_of(asked, said, notes, self.problems)
            entry.extraction = copy
            if target.study is not None:
                find = partial(self.directory.report, target.study)
                name_reports(entry, find, self.problems)
            entries.append(entry)
        self.problems.refuse()
        return entries

    def _store(
        self,
        act: Act,
        sheet: Sheet,
        targets: Sequence[NamedStudy],
        entries: Sequence[Entry],
        version: FormVersion,
    ) -> SheetOutcome:
        new = [target for target in targets if target.study is None]
        made = set(new)
        reports = self._make(act, new)
        for target, entry in zip(targets, entries, strict=True):
            if target in made and target.study is not None:
                name_reports(entry, _found_in(reports, target.study))
        begun = self._begin(act, targets, entries, version) if self.is_final else 0
        written = write(act, self.member, entries)
        elements = sum(len(entry.sheet.elements) for entry in entries)
        values = sum(entry.answered for entry in entries)
        if written or begun or new:
            act.log(
                "extraction.sheet_imported" if self.is_final else "extraction.sheet_entered",
                sha256=self.given.sha256,
                form=self.given.form,
                studies=len(targets),
                created=len(new),
                elements=elements,
                values=values,
                changed=written.values,
                removed=written.removed,
            )
        copies = [entry.extraction for entry in entries if entry.extraction is not None]
        names = {
            str(element.uid): one.name
            for entry in entries
            for one, element in entry.elements.items()
        }
        outcome = SheetOutcome(
            studies=len(targets),
            elements=elements,
            values=values,
            changed=written.values + written.elements + written.removed + begun,
            created=[target.name for target in new],
            warnings=warnings_of(act.review, copies, names),
            unread=sheet.unread,
            form=str(version),
            labels=[target.name if target in made else self._label(target) for target in targets],
        )
        if new and self.keep is not None:
            self.keep(io.BytesIO(self.given.data))
        return outcome

    def _make(self, act: Act, new: Sequence[NamedStudy]) -> dict[tuple[int, str], Report]:
        return make_studies(
            act,
            self.member,
            new,
            file_name=self.file_name,
            sha256=self.given.sha256,
            size=len(self.given.data),
        )

    def _begin(
        self,
        act: Act,
        targets: Sequence[NamedStudy],
        entries: Sequence[Entry],
        version: FormVersion,
    ) -> int:
        """Make the final copies that are not there, or not with this version; returns how many.

        A copy of an earlier version ends, and one of this version begins in its place.
        """
        earlier, made, opened = [], [], []
        for target, entry in zip(targets, entries, strict=True):
            copy = entry.extraction
            if copy is not None and copy.form_version_id != version.pk:
                earlier.append(copy)
                copy = None
            if copy is None:
                entry.extraction = Extraction(
                    study=target.study,
                    form=version.form,
                    seat=CopySeat.CONSENSUS,
                    form_version=version,
                )
                made.append(entry.extraction)
            elif self.standings[copy.pk] != CopyStanding.FINAL:
                opened.append(copy)
        act.supersede(*earlier)
        act.bulk_insert(made)
        states = CopyState.objects.current().filter(extraction__in=opened).order_by("pk")
        act.supersede(*states)
        note = f"Entered by one person, from the extraction sheet “{self.file_name}”."
        act.bulk_insert(
            [
                CopyState(extraction=copy, standing=CopyStanding.FINAL, note=note)
                for copy in (*made, *opened)
            ]
        )
        return len(made) + len(opened)


def _found_in(
    reports: dict[tuple[int, str], Report], study: Study
) -> Callable[[str], Report | None]:
    """Return what finds a report of a study that was made with the sheet."""
    return lambda name: reports.get((study.pk, report_key(name)))

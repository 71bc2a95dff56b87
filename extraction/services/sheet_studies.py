"""Which study a sheet means, and how a study comes to be that a sheet alone names."""

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Max, Q

from extraction.choices import SHEET_FORMAT
from extraction.models import Report, Study, StudyDetails
from extraction.sheets import Problems, SheetRow
from extraction.sheets.reading import shortened
from records.choices import BatchStanding, DuplicateStanding, SourceKind
from records.importers.identifiers import normalise_doi, normalise_pmid
from records.models import BatchState, DuplicateMember, ImportBatch, Record, Source, SourceDetails
from reviews.audit import Act
from reviews.models import Membership
from screening.choices import Retrieval, Settled, Stage, Standing
from screening.models import FullText, Release, Resolution

LONGEST_LABEL = 200
_LONGEST_NUMBER = 9


@dataclass(eq=False)
class NamedStudy:
    """One study that a sheet names, with its rows; a new one has no ``study`` before it is made."""

    name: str
    study: Study | None = None
    rows: list[SheetRow] = field(default_factory=list)

    @property
    def line(self) -> int:
        """Return the first line that names it."""
        return self.rows[0].line

    @property
    def reports_named(self) -> list[str]:
        """Return the reports that its rows name, each once, as the first names it."""
        named = {report_key(row.report): row.report for row in reversed(self.rows) if row.report}
        return [named[key] for key in reversed(named)]


def report_key(text: str) -> str:
    """Return what one report is told by: its DOI, or failing that the text."""
    return normalise_doi(text) or text.casefold()


class Directory:
    """The studies that a member may know of, by everything that a sheet may call them.

    A constant number of queries.
    """

    def __init__(self, member: Membership) -> None:
        studies = list(Study.objects.visible_to(member).named())
        self.studies: dict[int, Study] = {study.pk: study for study in studies}
        self.labels = {study.pk: _plain(study.label) for study in studies}
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._folded: dict[str, set[int]] = defaultdict(set)
        for pk, label in self.labels.items():
            self._exact[label].add(pk)
            self._folded[label.casefold()].add(pk)
        self._identified: dict[str, set[int]] = defaultdict(set)
        self.reports: dict[int, dict[str, Report]] = defaultdict(dict)
        self._read_reports()

    def _read_reports(self) -> None:
        reports = Report.objects.current().filter(study__in=self.studies).select_related("record")
        found = {report.record_id: report for report in reports.defer("record__raw")}
        merged = DuplicateMember.objects.current().filter(standing=DuplicateStanding.MERGED)
        kept = dict(
            merged.filter(record__in=found, kept=True).order_by().values_list("group", "record")
        )
        behind = merged.filter(group__in=kept, kept=False).select_related("record")
        rows = [(report, report.record) for report in found.values()]
        rows += [(found[kept[row.group_id]], row.record) for row in behind.defer("record__raw")]
        for report, record in rows:
            for name in _names_of(record):
                self._identified[name].add(report.study_id)
                self.reports[report.study_id].setdefault(name, report)

    def find(self, name: str) -> set[int]:
        """Return the keys of the studies that a name may mean."""
        return (
            self._exact.get(name)
            or self._folded.get(name.casefold())
            or {key for one in _identifiers(name) for key in self._identified.get(one, ())}
        )

    def report(self, study: Study, name: str) -> Report | None:
        """Return the report of a study that a record's number or a DOI names."""
        known = self.reports[study.pk]
        return next((known[one] for one in _identifiers(name) if one in known), None)


def named_studies(
    directory: Directory, rows: Iterable[SheetRow], problems: Problems
) -> list[NamedStudy]:
    """Return the studies that the rows name, in the order in which the sheet first names them."""
    found: dict[object, NamedStudy] = {}
    by_name: dict[str, NamedStudy | None] = {}
    for row in rows:
        if row.study not in by_name:
            by_name[row.study] = _named(directory, row, found, problems)
        target = by_name[row.study]
        if target is not None:
            target.rows.append(row)
    return list(found.values())


def _named(
    directory: Directory, row: SheetRow, found: dict[object, NamedStudy], problems: Problems
) -> NamedStudy | None:
    if not row.study:
        problems.add(row.line, "study", "name the study this is about.")
        return None
    keys = directory.find(row.study)
    if len(keys) > 1:
        labels = ", ".join(f"“{directory.labels[key]}”" for key in sorted(keys))
        problems.add(
            row.line, "study", f"“{shortened(row.study)}” may be any of {labels}; write its name."
        )
        return None
    if keys:
        [key] = keys
        return found.setdefault(key, NamedStudy(row.study, directory.studies[key]))
    return found.setdefault(row.study.casefold(), NamedStudy(row.study))


def refuse_unknown(new: Sequence[NamedStudy], problems: Problems) -> None:
    """Refuse the studies that nobody knows, each by its name."""
    for target in new:
        problems.add(
            target.line,
            "study",
            f"there is no study “{shortened(target.name)}” in this review. A study is named by its "
            "name, or by the number, DOI or PMID of a record of it.",
        )


def refuse_unfit(review_id: int, new: Sequence[NamedStudy], problems: Problems) -> None:
    """Refuse to make a study of what is a record of the review already, or no name. One query."""
    wanted = {name: target for target in new for name in _identifiers(target.name)}
    asked = Q(pk__in=[])
    for column in ("number", "doi", "pmid"):
        said = [one.partition(":")[2] for one in wanted if one.startswith(f"{column}:")]
        asked |= Q(**{f"{column}__in": said}) if said else Q(pk__in=[])
    known: dict[str, Record] = {}
    if wanted:
        records = Record.objects.filter(asked, review=review_id).visible()
        for record in records.defer("raw", "abstract"):
            known.update(dict.fromkeys(_names_of(record), record))
    for name, target in wanted.items():
        if name in known:
            problems.add(
                target.line,
                "study",
                f"“{shortened(target.name)}” is record {known[name].number} of this review, which "
                "belongs to no study yet. Create the studies of included reports first.",
            )
    for target in new:
        if len(target.name) > LONGEST_LABEL:
            problems.add(
                target.line, "study", f"a study's name has at most {LONGEST_LABEL} characters."
            )
        if any(unicodedata.category(character) == "Cc" for character in target.name):
            problems.add(target.line, "study", "the name holds a character that cannot be stored.")


def make_studies(
    act: Act,
    member: Membership,
    new: Sequence[NamedStudy],
    *,
    file_name: str,
    sha256: str,
    size: int,
) -> dict[tuple[int, str], Report]:
    """Make the studies that only a sheet names, each with its reports, within an act.

    Their records come from a source of their own, by another method than searching, and are
    included at both stages by whoever imports the sheet: nobody screened them, which is why their
    import says what it is. Returns the reports by study and ``report_key``.
    """
    if not new:
        return {}
    records = _records(act, member, new, file_name=file_name, sha256=sha256, size=size)
    numbers = Study.objects.filter(review=act.review)
    start = (numbers.aggregate(last=Max("number"))["last"] or 0) + 1
    studies = act.bulk_insert([Study(number=start + place) for place, _ in enumerate(new)])
    for target, study in zip(new, studies, strict=True):
        target.study = study
    act.bulk_insert(
        [StudyDetails(study=s, label=target.name) for target, s in zip(new, studies, strict=True)]
    )
    rows = act.bulk_insert(
        [
            Report(study=study, record=record)
            for target, study in zip(new, studies, strict=True)
            for record in records[target].values()
        ]
    )
    by_record = {row.record_id: row for row in rows}
    return {
        (study.pk, name): by_record[record.pk]
        for target, study in zip(new, studies, strict=True)
        for name, record in records[target].items()
    }


def _records(
    act: Act,
    member: Membership,
    new: Sequence[NamedStudy],
    *,
    file_name: str,
    sha256: str,
    size: int,
) -> dict[NamedStudy, dict[str, Record]]:
    batch = act.insert(
        ImportBatch(
            source=_source(act, file_name),
            member=member,
            file_name=file_name,
            file_sha256=sha256,
            file_size=size,
        )
    )
    numbers = Record.objects.filter(review=act.review)
    number = numbers.aggregate(last=Max("number"))["last"] or 0
    found: dict[NamedStudy, dict[str, Record]] = {}
    for target in new:
        found[target] = {}
        for name in target.reports_named or [""]:
            number += 1
            found[target][report_key(name)] = _record(batch, number, target, name)
    records = [record for of_study in found.values() for record in of_study.values()]
    act.insert(
        BatchState(
            batch=batch,
            standing=BatchStanding.PUBLISHED,
            format=SHEET_FORMAT,
            encoding="utf-8",
            found=len(records),
            imported=len(records),
            items_read=len(records),
            bytes_read=size,
            asked_format=SHEET_FORMAT,
        )
    )
    act.bulk_insert(records)
    act.bulk_insert(
        [
            Resolution(
                record=record,
                stage=stage,
                verdict=Standing.INCLUDED,
                how=Settled.ADJUDICATION,
                member=member,
                note=f"Named in the extraction sheet “{file_name}”; not screened.",
                settled_at=act.at,
            )
            for record in records
            for stage in Stage
        ]
    )
    act.bulk_insert([Release(record=record, stage=stage) for record in records for stage in Stage])
    act.bulk_insert([FullText(record=record, standing=Retrieval.RETRIEVED) for record in records])
    return found


def _source(act: Act, file_name: str) -> Source:
    name = f"Extraction sheet: {file_name}"[:200].strip()
    known = Source.objects.filter(review=act.review, name=name).first()
    if known is not None:
        return known
    source = act.insert(Source(name=name))
    act.insert(SourceDetails(source=source, kind=SourceKind.OTHER))
    return source


def _record(batch: ImportBatch, number: int, target: NamedStudy, report: str) -> Record:
    raw = f"study: {target.name}" + (f"\nreport: {report}" if report else "")
    doi = normalise_doi(report) or normalise_doi(target.name)
    title = target.name if doi or not report else f"{target.name}, report {report}"
    return Record(
        batch=batch,
        number=number,
        line=target.line,
        raw=raw,
        raw_sha256=hashlib.sha256(raw.encode()).hexdigest(),
        source_record_id=report if report and not doi else "",
        title=title,
        doi=doi,
    )


def _identifiers(name: str) -> list[str]:
    """Return what a name may be in the words of ``_names_of``."""
    found = []
    if name.isascii() and name.isdigit() and len(name) <= _LONGEST_NUMBER:
        found.append(f"number:{int(name)}")
    if doi := normalise_doi(name):
        found.append(f"doi:{doi}")
    if pmid := normalise_pmid(name):
        found.append(f"pmid:{pmid}")
    return found


def _names_of(record: Record) -> list[str]:
    """Return what a record is told by: its number, DOI and PMID."""
    names = [f"number:{record.number}"]
    names += [f"doi:{record.doi.lower()}"] if record.doi else []
    names += [f"pmid:{record.pmid}"] if record.pmid else []
    return names


def _plain(text: str) -> str:
    return " ".join(text.split())

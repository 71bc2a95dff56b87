"""Input of extraction sheets: the file, the form that it answers, and as what it is entered."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from extraction.choices import CopySeat
from extraction.forms import PlainForm
from extraction.models import Form
from extraction.schema import SHIPPED_FORMS, shipped_form
from extraction.services import SheetInput
from extraction.services.sheets import FINAL
from reviews.models import Membership, Review

MEGABYTE = 1024 * 1024
# What a page may carry on to the next step; a sheet of 100,000 rows is far below.
MOST_CARRIED = 2_000_000
KEPT_SECONDS = 24 * 60 * 60
WAYS = (
    (FINAL, "Final data, entered by one person"),
    (CopySeat.A.value, "My own copy, seat A"),
    (CopySeat.B.value, "My own copy, seat B"),
)


class SheetForm(PlainForm):
    """An extraction sheet to be looked at."""

    sheet = forms.FileField(label="Sheet", allow_empty_file=True)
    form = forms.ChoiceField(label="Form it answers")
    way = forms.ChoiceField(label="Enter it as", choices=WAYS, widget=forms.RadioSelect)
    create_studies = forms.BooleanField(
        required=False,
        label="Make the studies that this review does not have",
        help_text="They stand under other methods in the PRISMA diagram: no search found them.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        *,
        review: Review,
    ) -> None:
        single = review.settings.single_extraction
        super().__init__(data, files, initial={"way": FINAL if single else CopySeat.A.value})
        own = Form.objects.filter(review=review).order_by("title", "pk")
        titles = {slug: shipped_form(slug).title for slug in SHIPPED_FORMS}
        titles |= dict(own.values_list("slug", "title"))
        self.fields["form"] = forms.ChoiceField(
            label="Form it answers",
            choices=list(titles.items()),
            help_text="One that ships is published with the sheet where it is not yet.",
        )
        self.fields["sheet"].help_text = (
            "A CSV file (UTF-8) with the columns study, group, element, parent, question and "
            "value. The table “Every value” is such a sheet. A very large one, above about 2 MB "
            "when compressed, is imported with the command import_extraction."
        )
        if not single:
            self.fields["way"].help_text = (
                "Final data are taken only where the settings of the review say that one person "
                "may extract."
            )

    def clean_sheet(self) -> UploadedFile:
        """Refuse a file above the limit of all uploads; ``carried`` refuses more."""
        file: UploadedFile = self.cleaned_data["sheet"]
        if (file.size or 0) > settings.MAX_UPLOAD_MB * MEGABYTE:
            raise ValidationError(
                f"{file.name} is larger than {settings.MAX_UPLOAD_MB} MB. Split the sheet by "
                "studies and import the parts one after the other.",
                code="too_large",
            )
        return file

    @property
    def given(self) -> SheetInput:
        """Return the sheet as the service takes it."""
        answers: dict[str, Any] = dict(self.cleaned_data)
        file = answers.pop("sheet")
        return SheetInput(data=file.read(), file_name=file.name or "", **answers)


def carried(member: Membership, given: SheetInput) -> str:
    """Return a sheet that was looked at as a text for the next step, signed for the member.

    Raises:
        ValidationError: it is too large to be carried by a page (code ``too_large``).
    """
    said = {**asdict(given), "data": given.data.decode(), "member": str(member.uid)}
    text = signing.dumps(said, salt=_salt(member), compress=True)
    if len(text) > MOST_CARRIED:
        raise ValidationError(
            "This sheet is too large for a page. Split it by studies, or import it with the "
            "command import_extraction.",
            code="too_large",
        )
    return text


def taken_up(member: Membership, text: str) -> SheetInput:
    """Return the sheet that ``carried`` made a text of.

    Raises:
        ValidationError: the text is none of this member's, or too old (code ``not_carried``).
    """
    try:
        said = signing.loads(text, salt=_salt(member), max_age=KEPT_SECONDS)
        said.pop("member")
        return SheetInput(**{**said, "data": said["data"].encode()})
    except (signing.BadSignature, UnicodeError, ValueError, KeyError, TypeError) as problem:
        raise ValidationError(
            "The sheet was not kept as it was looked at. Give the file again.", code="not_carried"
        ) from problem


def _salt(member: Membership) -> str:
    return f"extraction.sheet.{member.uid}"

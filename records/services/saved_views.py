"""Saved views: a member's own names for filters of the list of records."""

from django.core.exceptions import ValidationError

from records.models import SavedView
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.models import Membership
from reviews.roles import Capability

MOST_VIEWS = 50


@all_or_nothing
def save_view(*, member: Membership, name: str, query: str) -> SavedView:
    """Keep filters under a name; under the same name again they take the place of the old ones.

    Raises:
        ValidationError: the name is blank (code ``blank``), or the member keeps fifty already
            (code ``too_many``).
    """
    act = audit.begin_as(member=member, capability=Capability.READ)
    name = " ".join(name.split())
    if not name:
        raise ValidationError("A view needs a name.", code="blank")
    own = SavedView.objects.current().filter(member=member)
    old = own.filter(name=name).first()
    if old is not None and (old.query, old.removed) == (query, False):
        return old
    if (old is None or old.removed) and own.filter(removed=False).count() >= MOST_VIEWS:
        raise ValidationError(f"You keep {MOST_VIEWS} views. Remove one first.", code="too_many")
    view = act.replace(old, SavedView(member=member, name=name, query=query))
    act.log("records.view_saved", subject=view)
    return view


@all_or_nothing
def remove_view(*, member: Membership, name: str) -> SavedView:
    """Forget a saved view.

    Raises:
        ValidationError: the member has none of this name (code ``removed``).
    """
    return _turn(member, name, removed=True)


@all_or_nothing
def restore_view(*, member: Membership, name: str) -> SavedView:
    """Bring a removed view back.

    Raises:
        ValidationError: none of this name was removed (code ``not_removed``).
    """
    return _turn(member, name, removed=False)


def _turn(member: Membership, name: str, *, removed: bool) -> SavedView:
    act = audit.begin_as(member=member, capability=Capability.READ)
    own = SavedView.objects.current().filter(member=member, name=name)
    old = own.filter(removed=not removed).first()
    if old is None:
        code = "removed" if removed else "not_removed"
        raise ValidationError("There is no such view any more.", code=code)
    new = SavedView(member=member, name=name, query=old.query, removed=removed)
    view = act.replace(old, new)
    act.log(f"records.view_{'removed' if removed else 'restored'}", subject=view)
    return view

"""Saved views: one's own, shared by who may, opened with one's own rights."""

from uuid import UUID

import pytest

from qa_server.desk import saved_views
from qa_server.desk.saved_views import SavedSearch, ViewRefused, ViewSharing
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden, NotFound
from tests.searching.conftest import Archive, Promote
from tests.village import Village

NOBODY = ViewSharing()


def save(
    place: Workplace, person: StaffMember, name: str = "逾期", *, sharing: ViewSharing = NOBODY, **filters: str
) -> SavedSearch:
    """Save a view of conversations."""
    given = filters or {"q": "逾期", "state": "ended"}
    return saved_views.save_view(place, person, name=name, searched="conversations", filters=given, sharing=sharing)


def names(place: Workplace, person: StaffMember) -> list[str]:
    return [each.name for each in saved_views.views(place, person)]


def test_a_view_keeps_the_filters_and_nothing_else(place: Workplace, people: Village) -> None:
    saved = save(place, people.lin, q="逾期", state="ended", read="9", nonsense="x")
    assert saved.filters == {"q": "逾期", "state": "ended"}
    assert names(place, people.lin) == ["逾期"]
    assert names(place, people.chen) == []


def test_an_articles_view_says_so(place: Workplace, people: Village) -> None:
    saved = saved_views.save_view(
        place, people.lin, name="草稿", searched="articles", filters={"state": "draft"}, sharing=NOBODY
    )
    assert (saved.searched, saved.filters) == ("articles", {"in": "articles", "state": "draft"})


def test_pinned_views_come_first_and_one_begins_the_search(place: Workplace, people: Village) -> None:
    first, second = save(place, people.lin, "一"), save(place, people.lin, "二")
    saved_views.choose_view(place, people.lin, second.id, is_pinned=True, is_default=True)
    assert names(place, people.lin) == ["二", "一"]
    saved_views.choose_view(place, people.lin, first.id, is_pinned=False, is_default=True)
    assert [(each.name, each.is_default) for each in saved_views.views(place, people.lin)] == [
        ("二", False),
        ("一", True),
    ]


def test_sharing_takes_the_right_to_supervise(place: Workplace, people: Village, promote: Promote) -> None:
    for sharing in (ViewSharing(desk_id=people.desk_a), ViewSharing(library="AAA")):
        with pytest.raises(Forbidden):
            save(place, people.lin, sharing=sharing)
    dispatcher = promote(people.chen, people.library_a, Role.DISPATCHER)
    save(place, dispatcher, "台", sharing=ViewSharing(desk_id=people.desk_a))
    save(place, dispatcher, "馆", sharing=ViewSharing(library="AAA"))
    with pytest.raises(Forbidden):
        save(place, dispatcher, sharing=ViewSharing(library="BBB"))
    assert names(place, people.lin) == ["台", "馆"]
    assert names(place, people.grace) == []


def test_what_a_centre_shares_is_there_for_everybody_below(place: Workplace, people: Village, promote: Promote) -> None:
    centre = promote(people.zhou, people.nation, Role.CENTRE_ADMINISTRATOR)
    save(place, centre, "全网", sharing=ViewSharing(library="NAT"))
    assert names(place, people.lin) == names(place, people.grace) == ["全网"]


def test_a_shared_view_finds_what_the_reader_of_it_may_see(archive: Archive, promote: Promote) -> None:
    centre = promote(archive.people.zhou, archive.people.nation, Role.CENTRE_ADMINISTRATOR)
    save(archive.place, centre, "续借", sharing=ViewSharing(library="NAT"), q="续借")
    (shared,) = saved_views.views(archive.place, archive.people.grace)
    assert set(archive.names(centre, **shared.filters)) == {"renew", "elsewhere"}
    assert archive.names(archive.people.grace, **shared.filters) == ["elsewhere"]


def test_only_the_owner_changes_a_view_and_a_supervisor_may_delete_it(
    place: Workplace, people: Village, promote: Promote
) -> None:
    dispatcher = promote(people.chen, people.library_a, Role.DISPATCHER)
    shared = save(place, dispatcher, sharing=ViewSharing(desk_id=people.desk_a))
    with pytest.raises(NotFound):
        saved_views.change_view(place, people.lin, shared.id, name="我的", sharing=NOBODY)
    with pytest.raises(NotFound):
        saved_views.delete_view(place, people.lin, shared.id)
    administrator = promote(people.zhou, people.library_a, Role.LIBRARY_ADMINISTRATOR)
    saved_views.delete_view(place, administrator, shared.id)
    assert names(place, dispatcher) == []


def test_another_persons_own_view_is_not_there(place: Workplace, people: Village) -> None:
    own = save(place, people.lin)
    with pytest.raises(NotFound):
        saved_views.delete_view(place, people.chen, own.id)
    with pytest.raises(NotFound):
        saved_views.choose_view(place, people.chen, own.id, is_pinned=True, is_default=False)
    with pytest.raises(NotFound):
        saved_views.delete_view(place, people.lin, UUID(int=5))
    assert names(place, people.lin) == ["逾期"]


def test_renaming_keeps_filters_and_sharing_stays_the_owners(
    place: Workplace, people: Village, promote: Promote
) -> None:
    saved = save(place, people.lin)
    changed = saved_views.change_view(place, people.lin, saved.id, name="  新  名 ", sharing=NOBODY)
    assert (changed.name, changed.filters) == ("新 名", saved.filters)
    again = saved_views.change_view(
        place, people.lin, saved.id, name="新名", sharing=NOBODY, filters={"language": "en"}
    )
    assert again.filters == {"language": "en"}


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_a_view_needs_a_name_that_fits(place: Workplace, people: Village, name: str) -> None:
    with pytest.raises(ViewRefused):
        save(place, people.lin, name)


def test_a_deleted_view_is_forgotten_by_those_who_pinned_it(
    place: Workplace, people: Village, promote: Promote
) -> None:
    dispatcher = promote(people.chen, people.library_a, Role.DISPATCHER)
    shared = save(place, dispatcher, sharing=ViewSharing(desk_id=people.desk_a))
    saved_views.choose_view(place, people.lin, shared.id, is_pinned=True, is_default=True)
    saved_views.delete_view(place, dispatcher, shared.id)
    assert names(place, people.lin) == []

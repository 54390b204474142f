"""The pages about harvests: who sees them, what they do, and what they say when something does not fit."""

from uuid import UUID

from fastapi import FastAPI

from qa_server.desk.answers import harvesting
from qa_server.desk.workplace import Workplace
from tests.admin.conftest import Doors, Visit
from tests.village import Village

FIELDS = {
    "address": "https://repository.example.edu/oai",
    "set_spec": "",
    "name": "Repository",
    "library": "AAA",
    "language": "zh",
    "service_topic": "other",
    "every_hours": "0",
}


def test_a_curator_adds_starts_and_removes_a_source(doors: Doors, townsfolk: Village) -> None:
    visit = doors.sign_in("zhou")
    added = visit.post("/console/harvests", **FIELDS)
    assert added.status_code == 303
    page = visit.read(added.headers["location"])
    assert "Repository" in page
    assert "It has not been harvested yet." in page
    where = added.headers["location"].partition("?")[0]
    assert "The harvest begins within" in visit.read(visit.post(f"{where}/run").headers["location"])
    saved = visit.post(where, **{**FIELDS, "name": "Renamed", "every_hours": "24"})
    assert "Renamed" in visit.read(saved.headers["location"])
    assert "Every day" in visit.read("/console/harvests")
    assert visit.post(f"{where}/removal").status_code == 303
    assert "Nothing is harvested yet." in visit.read("/console/harvests")
    assert visit.client.get(where).status_code == 404


def test_what_does_not_fit_is_said_and_what_was_typed_stays(doors: Doors, townsfolk: Village) -> None:
    visit = doors.sign_in("zhou")
    wrong = {**FIELDS, "address": "ftp://repository.example.edu"}
    refused = visit.post("/console/harvests", **wrong)
    assert refused.status_code == 422
    assert "ftp://repository.example.edu" in refused.text
    assert "cannot be harvested" in refused.text
    visit.post("/console/harvests", **FIELDS)
    assert visit.post("/console/harvests", **FIELDS).status_code == 409
    assert visit.post("/console/harvests", **{**FIELDS, "library": "NAT"}).status_code == 403
    assert visit.post("/console/harvests", **{**FIELDS, "every_hours": "1"}).status_code in (409, 422)


def test_a_broken_run_says_why(doors: Doors, townsfolk: Village) -> None:
    visit = doors.sign_in("zhou")
    where = _added(visit, address="http://127.0.0.1:9/oai")
    place: Workplace = doors.place
    harvesting.run(place, UUID(where.rpartition("/")[2]), wait=lambda seconds: None)
    page = visit.read(where)
    assert "Broke off" in page
    assert "private network" in page


def test_others_see_neither_the_list_nor_a_source(doors: Doors, townsfolk: Village, app: FastAPI) -> None:
    where = _added(doors.sign_in("zhou"))
    for login in ("lin", "grace"):
        visit = doors.sign_in(login)
        assert visit.client.get("/console/harvests").status_code == 403
        assert visit.client.get(where).status_code == 404
        assert visit.post(f"{where}/run").status_code == 404
        assert visit.post(f"{where}/removal").status_code == 404
    assert "Repository" in doors.sign_in("zhou").read("/console/harvests")


def _added(visit: Visit, **values: str) -> str:
    location: str = visit.post("/console/harvests", **{**FIELDS, **values}).headers["location"]
    return location.partition("?")[0]
